"""A class teacher's leave and the stand-in (A-14)."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.audit.services import record
from gaobo_banzhuren.regulation.in_force import NoRuleError, rules_on
from gaobo_banzhuren.regulation.models import RuleVersion
from gaobo_banzhuren.web.errors import StaleError, UserError

from ..models import ClassTeacher, Leave, LeaveKind
from ..policies import leaves as policies
from .days import span_text


def long_leave_days(day: dt.date) -> int | None:
    """From how many calendar days a leave moves the allowance to the stand-in; None before any rule is in force."""
    try:
        return rules_on(day).allowance.long_leave_days
    except NoRuleError:
        return None


def long_leave_days_of(days: Iterable[dt.date]) -> dict[dt.date, int | None]:
    """`long_leave_days` for many days: one query and one per rule version."""
    starts = sorted(RuleVersion.objects.active().values_list("effective_from", flat=True))
    limits = [long_leave_days(start) for start in starts]
    return {day: limits[at - 1] if (at := bisect_right(starts, day)) else None for day in days}


def days_of(leave: Leave) -> int:
    """Calendar days, first and last included."""
    return (leave.ends_on - leave.starts_on).days + 1


def is_long(leave: Leave) -> bool:
    limit = long_leave_days(leave.starts_on)
    return limit is not None and days_of(leave) >= limit


@transaction.atomic
def record_leave(
    actor: User,
    *,
    teacher: ClassTeacher,
    starts_on: dt.date,
    ends_on: dt.date,
    kind: LeaveKind | str = LeaveKind.OTHER,
    reason: str = "",
    stand_in: ClassTeacher | None = None,
) -> Leave:
    """Both days belong to the leave. Raises UserError when leaves overlap or the stand-in is on leave himself."""
    policies.can_record(actor, teacher).require()
    _check(teacher, starts_on, ends_on, stand_in)
    try:
        with transaction.atomic():
            leave = Leave.objects.create(
                teacher=teacher,
                starts_on=starts_on,
                ends_on=ends_on,
                kind=LeaveKind(kind),
                reason=reason.strip(),
                stand_in=stand_in,
                recorded_by=actor,
            )
    except IntegrityError as problem:
        raise StaleError(f"{teacher.name}的请假刚被他人登记，日期重叠，没有保存。请刷新后核对。") from problem
    record(actor, "teachers.leave", leave, after=_facts(leave), college=teacher.college_id)
    return leave


@transaction.atomic
def change_stand_in(actor: User, leave: Leave, stand_in: ClassTeacher | None) -> Leave:
    """Another stand-in for the whole leave."""
    policies.can_change(actor, leave).require()
    _check_stand_in(leave.teacher, leave.starts_on, leave.ends_on, stand_in)
    before = _facts(leave)
    _update(leave, stand_in=stand_in)
    record(
        actor, "teachers.leave_stand_in", leave, before=before, after=_facts(leave), college=leave.teacher.college_id
    )
    return leave


@transaction.atomic
def cancel_leave(actor: User, leave: Leave, *, reason: str) -> Leave:
    """The row stays, struck out with its reason; a changed leave is cancelled and recorded anew."""
    policies.can_change(actor, leave).require()
    if not reason.strip():
        raise UserError("请写明撤销的原因。")
    before = _facts(leave)
    _update(leave, cancelled_at=timezone.now(), cancel_reason=reason.strip())
    record(
        actor, "teachers.leave_cancel", leave, before=before, after=_facts(leave), reason=reason.strip(),
        college=leave.teacher.college_id,
    )  # fmt: skip
    return leave


def _check(teacher: ClassTeacher, first: dt.date, last: dt.date, stand_in: ClassTeacher | None) -> None:
    if last < first:
        raise UserError(f"结束日期 {last} 早于开始日期 {first}，请改正。")
    other = _touching(first, last).filter(teacher=teacher).first()
    if other:
        raise UserError(
            f"{teacher.name}在 {span_text(other.starts_on, other.ends_on)} 已登记{other.get_kind_display()}，日期重叠。"
            "请改日期，或先撤销原来的请假。"
        )
    busy = _touching(first, last).filter(stand_in=teacher).select_related("teacher__user").first()
    if busy:
        raise UserError(
            f"{teacher.name}在 {span_text(busy.starts_on, busy.ends_on)} 正为{busy.teacher.name}代班，"
            "请先为那次请假改派代班人。"
        )
    _check_stand_in(teacher, first, last, stand_in)


def _check_stand_in(teacher: ClassTeacher, first: dt.date, last: dt.date, stand_in: ClassTeacher | None) -> None:
    if stand_in is None:
        return
    if stand_in.pk == teacher.pk:
        raise UserError("代班人应是另一位班主任。")
    away = _touching(first, last).filter(teacher=stand_in).first()
    if away:
        raise UserError(
            f"代班人{stand_in.name}在 {span_text(away.starts_on, away.ends_on)} 本人请假（{away.get_kind_display()}），"
            "请另选代班人。"
        )


def _touching(first: dt.date, last: dt.date) -> Any:
    return Leave.objects.standing().filter(starts_on__lte=last, ends_on__gte=first).order_by("starts_on")


def _update(leave: Leave, **values: Any) -> None:
    if not Leave.objects.filter(pk=leave.pk, cancelled_at=None).update(**values):
        raise StaleError("该请假刚被他人撤销，您的操作没有保存。请刷新后核对。")
    for name, value in values.items():
        setattr(leave, name, value)


def _facts(leave: Leave) -> dict[str, Any]:
    names = ("teacher_id", "starts_on", "ends_on", "kind", "stand_in_id", "cancelled_at")
    return {name: getattr(leave, name) for name in names}
