"""Issuing one-time codes: shown once, kept as keyed digests, the earlier ones withdrawn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone

from gaobo_banzhuren.audit import services as audit
from gaobo_banzhuren.web.errors import UserError

from .. import codes, policies
from ..models import OneTimeCode, User
from ._hat import hat


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """A code to hand to its person; it exists in clear only here."""

    user: User
    code: str
    expires_at: dt.datetime


def issue_code(actor: User | None, person: User) -> IssuedCode:
    return issue_codes(actor, [person])[0]


@transaction.atomic
def issue_codes(actor: User | None, people: Iterable[User]) -> list[IssuedCode]:
    """One code for each person, all or none. Fast for hundreds: random codes need no slow hash."""
    people = list(people)
    prefetch_related_objects(people, "role_grants")
    for person in people:
        if actor:
            policies.can_manage(actor, person).require()
        if not person.is_active:
            raise UserError(f"{person} 已停用，不能发登录码。请先启用。")
    now = timezone.now()
    expires_at = now + dt.timedelta(days=settings.ONE_TIME_CODE_DAYS)
    issued = [IssuedCode(person, codes.new_code(), expires_at) for person in people]
    open_codes = OneTimeCode.objects.filter(user__in=people, used_at=None, withdrawn_at=None)
    open_codes.update(withdrawn_at=now)
    OneTimeCode.objects.bulk_create(
        OneTimeCode(user=one.user, digest=codes.digest(one.code), issued_by=actor, expires_at=expires_at)
        for one in issued
    )
    _record(actor, people, expires_at)
    return issued


def _record(actor: User | None, people: list[User], expires_at: dt.datetime) -> None:
    """One entry per college, naming the people and never a code."""
    by_college: dict[int | None, list[User]] = {}
    for person in people:
        by_college.setdefault(person.home_college_id, []).append(person)
    for college_id, members in by_college.items():
        one = members[0] if len(members) == 1 else None
        audit.record(
            actor,
            "accounts.issue_code",
            one,
            after={"工号": [person.staff_no for person in members], "有效期至": expires_at},
            role=hat(actor),
            college=college_id,
            object_text="" if one else f"{len(members)} 人的登录码",
        )
