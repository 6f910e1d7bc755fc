"""Making, changing, switching off and unlocking accounts."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from gaobo_banzhuren.audit import services as audit
from gaobo_banzhuren.web.errors import UserError

from .. import policies, throttle
from ..models import College, OneTimeCode, RoleGrant, User
from ..names import pinyin_of
from ..roles import Role
from ._hat import hat

STAFF_NO = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{1,19}")


@dataclass(frozen=True, slots=True)
class PersonSpec:
    """A person to be made, as an import knows him."""

    staff_no: str
    name: str
    home_college: College | None = None


def clean_staff_no(text: str) -> str:
    """The 工号 in one form: half width, no blanks; leading zeros stay. Raises UserError."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    if not STAFF_NO.fullmatch(plain):
        raise UserError(f"工号「{plain[:30]}」不对：由 2 到 20 个字母、数字、短横或下划线组成。")
    return plain


def clean_name(text: str) -> str:
    """The name without blanks between Chinese characters and with one kind of inner dot. Raises UserError."""
    plain = " ".join(re.sub(r"[\u200b-\u200f\ufeff\x00-\x1f]", "", unicodedata.normalize("NFKC", text)).split())
    plain = re.sub(r"[•・‧．]", "·", plain)
    plain = re.sub(r"(?<=[⺀-\U0003ffff]) (?=[⺀-\U0003ffff])", "", plain)
    if not 1 <= len(plain) <= 50:
        raise UserError("请填写姓名（不超过 50 个字）。")
    return plain


@transaction.atomic
def create_person(
    actor: User | None,
    *,
    staff_no: str,
    name: str,
    home_college: College | None = None,
    role: Role | None = None,
    college: College | None = None,
    starts_on: dt.date | None = None,
) -> User:
    """A new account, optionally with its first role. It cannot sign in until a one-time code is issued."""
    from .grants import grant_role

    if actor:
        policies.can_create(actor, home_college, [role] if role else []).require()
    staff_no, name = clean_staff_no(staff_no), clean_name(name)
    if User.objects.filter(staff_no__iexact=staff_no).exists():
        raise UserError(f"工号 {staff_no} 已被占用。")
    try:
        with transaction.atomic():
            person = User.objects.create_user(staff_no, name, home_college=home_college)
    except IntegrityError as problem:
        raise UserError(f"工号 {staff_no} 已被占用。") from problem
    after = {"工号": staff_no, "姓名": name, "所属学院": str(home_college or "")}
    audit.record(actor, "accounts.create", person, after=after, role=hat(actor), college=home_college)
    if role:
        grant_role(actor, person, role, college=college, starts_on=starts_on or timezone.localdate())
    return person


@transaction.atomic
def create_people(
    actor: User | None, people: Sequence[PersonSpec], role: Role = Role.CLASS_TEACHER, starts_on: dt.date | None = None
) -> list[User]:
    """Many accounts with one role (a role without a college) in three statements and one audit entry per college.

    For imports: 工号 and names must have been cleaned and checked, as with `clean_staff_no` and `clean_name`.
    Permission is checked for every college that occurs.
    """
    day = starts_on or timezone.localdate()
    colleges = {spec.home_college for spec in people}
    if actor:
        for college in colleges:
            policies.can_create(actor, college, [role]).require()
    users = User.objects.bulk_create(_new_user(spec) for spec in people)
    RoleGrant.objects.bulk_create(RoleGrant(user=user, role=role, starts_on=day, granted_by=actor) for user in users)
    for college in sorted(colleges, key=lambda one: one.code if one else ""):
        made = [user for user in users if user.home_college_id == (college.pk if college else None)]
        after = {"角色": role.label, "开始日期": day, "人数": len(made), "工号": [user.staff_no for user in made]}
        text = f"{len(made)} 个账号"
        audit.record(actor, "accounts.create_many", after=after, role=hat(actor), college=college, object_text=text)
    return users


def _new_user(spec: PersonSpec) -> User:
    full, initials = pinyin_of(spec.name)
    return User(
        staff_no=spec.staff_no,
        name=spec.name,
        name_pinyin=full,
        name_initials=initials,
        home_college=spec.home_college,
        password=make_password(None),
    )


@transaction.atomic
def update_person(actor: User | None, person: User, *, name: str, home_college: College | None) -> None:
    """Correct the name or move the person to another college. The 工号 never changes."""
    if actor:
        policies.can_move(actor, person, home_college).require()
    name = clean_name(name)
    before = {"姓名": person.name, "所属学院": str(person.home_college or "")}
    after = {"姓名": name, "所属学院": str(home_college or "")}
    if before == after:
        return
    full, initials = pinyin_of(name)
    User.objects.filter(pk=person.pk).update(
        name=name, name_pinyin=full, name_initials=initials, home_college=home_college
    )
    college = person.home_college
    audit.record(actor, "accounts.update", person, before=before, after=after, role=hat(actor), college=college)
    person.refresh_from_db()


@transaction.atomic
def deactivate(actor: User | None, person: User, *, reason: str) -> None:
    """Close the account: sessions end with the next click, open codes are withdrawn, roles and history stay."""
    if actor:
        policies.can_manage(actor, person).require()
    reason = reason.strip()
    if not reason:
        raise UserError("请填写停用的理由。")
    changed = User.objects.filter(pk=person.pk, is_active=True).update(
        is_active=False, session_version=F("session_version") + 1
    )
    if not changed:
        raise UserError("这个账号已经停用。")
    OneTimeCode.objects.filter(user=person, used_at=None, withdrawn_at=None).update(withdrawn_at=timezone.now())
    _record_state(actor, "accounts.deactivate", person, before="启用", after="停用", reason=reason)


@transaction.atomic
def activate(actor: User | None, person: User, *, reason: str = "") -> None:
    if actor:
        policies.can_manage(actor, person).require()
    if not User.objects.filter(pk=person.pk, is_active=False).update(is_active=True):
        raise UserError("这个账号已经启用。")
    _record_state(actor, "accounts.activate", person, before="停用", after="启用", reason=reason)


@transaction.atomic
def unlock(actor: User | None, person: User) -> int:
    """Forget the failed sign-ins of this account; the number of them."""
    if actor:
        policies.can_manage(actor, person).require()
    forgiven = throttle.forgive(person)
    audit.record(
        actor,
        "accounts.unlock",
        person,
        after={"清除的失败次数": forgiven},
        role=hat(actor),
        college=person.home_college,
    )
    return forgiven


def _record_state(actor: User | None, action: str, person: User, *, before: str, after: str, reason: str) -> None:
    audit.record(
        actor,
        action,
        person,
        before={"状态": before},
        after={"状态": after},
        reason=reason,
        role=hat(actor),
        college=person.home_college,
    )
    person.refresh_from_db()
