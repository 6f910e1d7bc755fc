"""Giving and ending roles."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q

from gaobo_banzhuren.audit import services as audit
from gaobo_banzhuren.web.errors import StaleError, UserError

from .. import policies
from ..models import College, RoleGrant, User
from ..roles import COLLEGE_ROLES, Role
from ._hat import hat


@transaction.atomic
def grant_role(
    actor: User | None,
    person: User,
    role: Role,
    *,
    college: College | None = None,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
) -> RoleGrant:
    """Give a role for a span of days. The same role (for the same college) twice on one day is refused."""
    if actor:
        policies.can_grant(actor, person, role, college).require()
    _check_shape(role, college, starts_on, ends_on)
    # Locks the person's row, so that two equal grants at the same moment are seen by one of them.
    User.objects.select_for_update().get(pk=person.pk)
    same = RoleGrant.objects.filter(user=person, role=role, college=college)
    overlapping = same.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on))
    if ends_on:
        overlapping = overlapping.filter(starts_on__lte=ends_on)
    if overlapping.exists():
        raise UserError("这个人在这段时间里已经有同样的角色。要改日期，请先结束原来的授权。")
    grant = RoleGrant.objects.create(
        user=person, role=role, college=college, starts_on=starts_on, ends_on=ends_on, granted_by=actor
    )
    after = _described(grant)
    audit.record(actor, "accounts.grant", person, after=after, role=hat(actor), college=college or person.home_college)
    _forget_access(person)
    return grant


@transaction.atomic
def end_grant(actor: User | None, grant: RoleGrant, *, last_day: dt.date, reason: str = "") -> None:
    """The role holds up to and including `last_day`; a day before its start means that it never held."""
    if actor:
        policies.can_end(actor, grant).require()
    if grant.ends_on and grant.ends_on <= last_day:
        raise UserError(f"这项授权到 {grant.ends_on:%Y-%m-%d} 就已结束。")
    before = _described(grant)
    unchanged = RoleGrant.objects.filter(pk=grant.pk, ends_on=grant.ends_on)
    after: dict[str, object]
    if last_day < grant.starts_on:
        changed, _ = unchanged.delete()
        after = {"结束日期": "撤销，未生效"}
    else:
        changed = unchanged.update(ends_on=last_day)
        after = {**before, "结束日期": last_day}
    if not changed:
        raise StaleError("这项授权刚被别人改过，请刷新后再看。")
    audit.record(
        actor,
        "accounts.end_grant",
        grant.user,
        before=before,
        after=after,
        reason=reason,
        role=hat(actor),
        college=grant.college or grant.user.home_college,
    )
    _forget_access(grant.user)


def _check_shape(role: Role, college: College | None, starts_on: dt.date, ends_on: dt.date | None) -> None:
    if role in COLLEGE_ROLES and college is None:
        raise UserError(f"「{role.label}」必须指定学院。")
    if role not in COLLEGE_ROLES and college is not None:
        raise UserError(f"「{role.label}」不分学院，请把学院留空。")
    if ends_on and ends_on < starts_on:
        raise UserError("结束日期不能早于开始日期。")


def _described(grant: RoleGrant) -> dict[str, object]:
    return {
        "用户": str(grant.user),
        "角色": grant.get_role_display(),
        "学院": str(grant.college or ""),
        "开始日期": grant.starts_on,
        "结束日期": grant.ends_on or "",
    }


def _forget_access(person: User) -> None:
    person.__dict__.pop("access", None)
