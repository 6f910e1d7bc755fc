"""One account per role, each with a password of its own that is made here and kept in a file beside the database."""

from __future__ import annotations

import datetime as dt
import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.accounts.roles import COLLEGE_ROLES, Role
from gaobo_banzhuren.accounts.services.grants import grant_role
from gaobo_banzhuren.accounts.services.people import create_person
from teachers.models import Appointment

FILE = "demo-accounts.json"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """What somebody who tries the product needs to sign in."""

    role: str
    staff_no: str
    name: str
    password: str


OFFICES = (
    (Role.COLLEGE_ADMIN, "900001", "沈立言"),
    (Role.ASSESSOR, "900002", "陆景行"),
    (Role.COLLEGE_HEAD, "900003", "顾怀谦"),
    (Role.OFFICE, "900004", "闻清越"),
    (Role.HR, "900005", "祝予安"),
    (Role.SYSADMIN, "900006", "纪承远"),
    (Role.AUDITOR, "900007", "乔知微"),
)
SECOND_OFFICE = (Role.OFFICE, "900008", "温书衡")
OTHER_ADMINS = ("900011", "900012", "900013")


@dataclass(slots=True)
class Cast:
    """The people who act in the demo."""

    office: User
    second_office: User
    hr: User
    heads: dict[str, User]
    admins: dict[str, User]


def make_cast(colleges: dict[str, College], starts_on: dt.date) -> Cast:
    """The staff of the first college and the offices, and an administrator for each other college."""
    first = next(iter(colleges.values()))
    made: dict[Role, User] = {}
    for role, staff_no, name in OFFICES:
        made[role] = _person(role, staff_no, name, first, starts_on)
    second = _person(*SECOND_OFFICE, first, starts_on)
    admins = {first.code: made[Role.COLLEGE_ADMIN]}
    heads = {first.code: made[Role.COLLEGE_HEAD]}
    for number, (code, college) in enumerate(list(colleges.items())[1:]):
        admins[code] = _person(
            Role.COLLEGE_ADMIN, OTHER_ADMINS[number], f"学院管理员{college.name[:2]}", college, starts_on
        )
        heads[code] = admins[code]
    return Cast(made[Role.OFFICE], second, made[Role.HR], heads, admins)


def _person(role: Role, staff_no: str, name: str, college: College, starts_on: dt.date) -> User:
    own = college if role in COLLEGE_ROLES else None
    person = create_person(None, staff_no=staff_no, name=name, home_college=own)
    grant_role(None, person, role, college=own, starts_on=starts_on)
    return person


def give_passwords(teacher: User) -> list[DemoAccount]:
    """A random password for one account of each role; the same accounts every time."""
    accounts = []
    people = [(Role.CLASS_TEACHER, teacher)]
    people += [(role, User.objects.get(staff_no=staff_no)) for role, staff_no, _ in OFFICES]
    for role, person in people:
        password = f"试用-{secrets.token_hex(5)}"
        person.set_password(password)
        person.must_change_password = False
        person.save(update_fields=["password", "must_change_password"])
        accounts.append(DemoAccount(role.label, person.staff_no, person.name, password))
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(json.dumps([asdict(account) for account in accounts], ensure_ascii=False, indent=1), "utf-8")
    return accounts


def known_accounts() -> list[DemoAccount]:
    """The accounts of an earlier run whose people are in this database; empty when there are none."""
    try:
        accounts = [DemoAccount(**row) for row in json.loads(_path().read_text("utf-8"))]
    except (OSError, ValueError, TypeError):
        return []
    known = set(
        User.objects.filter(staff_no__in=[account.staff_no for account in accounts]).values_list("staff_no", "name")
    )
    return [account for account in accounts if (account.staff_no, account.name) in known]


def _path() -> Path:
    return Path(settings.MEDIA_ROOT).parent / FILE


def busy_teacher(college: College) -> User:
    """A class teacher of the college with the most classes in post."""
    posts = Appointment.objects.effective().filter(school_class__college=college, ends_on=None)
    counted: dict[int, int] = {}
    for teacher_id in posts.order_by("starts_on", "pk").values_list("teacher__user_id", flat=True):
        counted[teacher_id] = counted.get(teacher_id, 0) + 1
    return User.objects.get(pk=max(counted, key=lambda pk: (counted[pk], -pk)))
