"""请假单: asked, granted or refused, closed by the return; a granted slip excuses in the roll calls of its days."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.audit.services import record as audit
from gaobo_banzhuren.audit.services import sensitive
from gaobo_banzhuren.documents.models import StoredFile
from gaobo_banzhuren.documents.services import store
from gaobo_banzhuren.web.errors import StaleError, UserError
from teachers.models import RosterEntry, SchoolClass, Student, StudentState

from ..attendance_counts import periods_meet, split_periods
from ..models import AttendanceSession, LeaveReason, LeaveState, Mark, StudentLeave
from ..policies import attendance as policies
from .attendance import marks_of, rewrite
from .roll import Exceptions, Ground, SessionInput, covers, filled_by, tally_of

FILE_PURPOSE = "duties.leave"


@transaction.atomic
def record_leave(
    actor: User,
    school_class: SchoolClass,
    student: Student,
    *,
    kind: LeaveReason | str,
    starts_on: dt.date,
    ends_on: dt.date,
    reason: str,
    periods: str = "",
    approved: bool = True,
    approver_name: str = "",
    proof: Any = None,
) -> StudentLeave:
    """Write a slip down, granted at once or waiting. Both days belong to the leave; `periods` empty is the whole day.

    Raises UserError for a student who is not on the roster on the first day and for a slip that overlaps another one.
    """
    policies.can_write_leave(actor, school_class).require()
    if ends_on < starts_on:
        raise UserError(f"结束日期 {ends_on} 早于开始日期 {starts_on}，请改正。")
    if not reason.strip():
        raise UserError("请写明请假事由。")
    named = "、".join(split_periods(periods))
    on_roster = RosterEntry.objects.on(starts_on).filter(
        student=student, school_class=school_class, state=StudentState.ENROLLED
    )
    if not on_roster.exists():
        raise UserError(f"{student.name} {starts_on} 不在{school_class.name}的在读名册上，不能登记请假。")
    _refuse_overlap(student, starts_on, ends_on, named)
    stored = store(proof, owner=actor, purpose=FILE_PURPOSE) if proof else None
    leave = StudentLeave.objects.create(
        student=student, school_class=school_class, kind=LeaveReason(kind), starts_on=starts_on, ends_on=ends_on,
        periods=named[:60], reason=reason.strip()[:200], proof=stored,
        state=LeaveState.APPROVED if approved else LeaveState.ASKED,
        approver_name=(approver_name.strip() or actor.name)[:30] if approved else "", recorded_by=actor,
    )  # fmt: skip
    audit(actor, "duties.leave_ask", leave, after=_facts(leave), college=school_class.college_id)
    return leave


def _refuse_overlap(student: Student, first: dt.date, last: dt.date, periods: str) -> None:
    others = StudentLeave.objects.filter(
        student=student, starts_on__lte=last, ends_on__gte=first,
        state__in=(LeaveState.ASKED, LeaveState.APPROVED, LeaveState.RETURNED),
    )  # fmt: skip
    for other in others:
        until = other.ends_on
        if other.returned_on and other.returned_on <= until:
            until = max(other.starts_on, other.returned_on - dt.timedelta(days=1))
        if until >= first and _share_a_period(periods, other.periods):
            raise UserError(
                f"{student.name} {other.starts_on} 至 {other.ends_on} 已有{other.get_kind_display()}"
                f"（{other.get_state_display()}），日期重叠。请改日期，或先处理原来的请假单。"
            )


def _share_a_period(one: str, other: str) -> bool:
    mine, theirs = split_periods(one), split_periods(other)
    if not mine or not theirs:
        return True
    return any(periods_meet(other, each) for each in mine) or any(periods_meet(one, each) for each in theirs)


@transaction.atomic
def approve_leave(actor: User, leave: StudentLeave, *, version: int, approver_name: str = "") -> None:
    """待批 → 已准假. Raises StaleError when somebody else decided first."""
    policies.can_decide_leave(actor, leave).require()
    name = (approver_name.strip() or actor.name)[:30]
    _move(actor, leave, (LeaveState.ASKED,), LeaveState.APPROVED, version, approver_name=name)


@transaction.atomic
def refuse_leave(actor: User, leave: StudentLeave, *, reason: str, version: int) -> None:
    """待批 → 未准假, with the reason."""
    policies.can_decide_leave(actor, leave).require()
    _need(reason, "请写明不准假的理由。")
    _move(
        actor, leave, (LeaveState.ASKED,), LeaveState.REFUSED, version, reason=reason, note=reason.strip()[:200],
        approver_name=actor.name[:30],
    )  # fmt: skip


@transaction.atomic
def return_leave(actor: User, leave: StudentLeave, *, returned_on: dt.date, version: int, note: str = "") -> None:
    """销假: 已准假 → 已销假. A return before the end frees the days from the return on."""
    policies.can_return_leave(actor, leave).require()
    if returned_on > timezone.localdate():
        raise UserError("销假日期不能晚于今天。")
    if returned_on < leave.starts_on:
        raise UserError(f"销假日期不能早于请假开始的 {leave.starts_on}；没有请成的假请作废请假单。")
    _move(
        actor, leave, (LeaveState.APPROVED,), LeaveState.RETURNED, version, returned_on=returned_on,
        note=note.strip()[:200] or leave.note,
    )  # fmt: skip


@transaction.atomic
def void_leave(actor: User, leave: StudentLeave, *, reason: str, version: int) -> int:
    """待批 or 已准假 → 已作废. Marks that the slip filled become 未准假 by a correction; returns how many roll calls."""
    policies.can_void_leave(actor, leave).require()
    _need(reason, "请写明作废的理由。")
    open_states = (LeaveState.ASKED, LeaveState.APPROVED)
    _move(actor, leave, open_states, LeaveState.VOIDED, version, reason=reason, note=reason.strip()[:200])
    filled = AttendanceSession.objects.standing().filter(marks__leave=leave).select_related("school_class")
    done = 0
    for session in filled:
        changed = Exceptions(leave.student_id, Mark.LEAVE.value, approved=False, note="请假单已作废")
        _replace(actor, session, changed, f"请假单已作废：{reason.strip()}"[:200])
        done += 1
    return done


def _need(reason: str, message: str) -> None:
    if not reason.strip():
        raise UserError(message)


def _move(
    actor: User,
    leave: StudentLeave,
    allowed: tuple[LeaveState, ...],
    state: LeaveState,
    version: int,
    *,
    reason: str = "",
    **values: Any,
) -> None:
    before = _facts(leave)
    rows = StudentLeave.objects.filter(pk=leave.pk, state__in=allowed, version=version)
    if not rows.update(state=state, version=F("version") + 1, **values):
        raise StaleError("这张请假单刚在别处办理过，您的操作没有保存。请刷新后核对。")
    leave.refresh_from_db()
    audit(
        actor, f"duties.leave_{state.value}", leave, before=before, after=_facts(leave), reason=reason.strip(),
        college=leave.school_class.college_id,
    )  # fmt: skip


def _facts(leave: StudentLeave) -> dict[str, Any]:
    names = ("kind", "starts_on", "ends_on", "periods", "state", "approver_name", "returned_on")
    return {name: getattr(leave, name) for name in names} | {
        "student": leave.student_id,
        "reason": sensitive(leave.reason),
    }


def sessions_to_update(leave: StudentLeave) -> list[tuple[AttendanceSession, str]]:
    """Roll calls that were saved before the slip: they hold the student as missing without leave, the slip excuses.

    Whoever was there stays present. Each with the word that stands in it now. Two queries.
    """
    if leave.state not in (LeaveState.APPROVED, LeaveState.RETURNED):
        return []
    rows = (
        AttendanceSession.objects.standing()
        .filter(
            day__range=(leave.starts_on, leave.ends_on), marks__student=leave.student_id, marks__leave=None,
            marks__mark__in=(Mark.ABSENT, Mark.LEAVE, Mark.OFFICIAL),
        )
        .select_related("school_class", "taken_by")
        .prefetch_related("marks")
        .order_by("day", "period")
    )  # fmt: skip
    found = []
    for session in rows:
        if not covers(leave, session.day, session.period):
            continue
        mark = next(each for each in session.marks.all() if each.student_id == leave.student_id)
        found.append((session, Exceptions(mark.student_id, mark.mark, mark.approved).word))
    return found


def sessions_after_return(leave: StudentLeave) -> list[AttendanceSession]:
    """Roll calls from the day of the return on that still hold the student as excused by this slip: to be looked at."""
    if leave.returned_on is None:
        return []
    rows = AttendanceSession.objects.standing().filter(marks__leave=leave, day__gte=leave.returned_on)
    return list(rows.select_related("school_class", "taken_by").order_by("day", "period"))


@transaction.atomic
def apply_leave(actor: User, leave: StudentLeave, session_ids: set[int]) -> int:
    """Correct the chosen roll calls by the slip, each with its own entry in history and log. Returns how many."""
    policies.can_write_leave(actor, leave.school_class).require()
    chosen = [session for session, _ in sessions_to_update(leave) if session.pk in session_ids]
    if len(chosen) != len(session_ids):
        raise StaleError("所选的点名刚有改动，没有更正。请刷新后重新选择。")
    for session in chosen:
        _replace(
            actor,
            session,
            filled_by(leave),
            f"补请假单：{leave.get_kind_display()} {leave.starts_on} 至 {leave.ends_on}",
        )
    if chosen:
        after = {"sessions": [session.pk for session in chosen], "student": leave.student_id}
        audit(actor, "duties.leave_apply", leave, after=after, college=leave.school_class.college_id)
    return len(chosen)


def _replace(actor: User, session: AttendanceSession, changed: Exceptions, reason: str) -> None:
    """One student's mark is replaced; the other marks and the number due stay as they were called."""
    marks = marks_of(session) | {changed.student_id: changed}
    counts = tally_of(session.due, marks)
    same = SessionInput(session.day, session.period, {}, session.course_name, session.course_teacher, session.remark)
    rewrite(actor, session, same, counts, marks, reason=reason, version=session.version)


def students_for_leave(school_class: SchoolClass, day: dt.date) -> set[int]:
    """Students who can be given leave from the day on."""
    return Ground.of(school_class, {day}).roster(day)


def may_open_file(user: User, stored: StoredFile) -> bool:
    """A proof opens for whoever sees the slip."""
    leave = StudentLeave.objects.filter(proof=stored).first()
    if leave is None:
        return stored.owner_id == user.pk
    return leave_visible(user, leave.pk)


def leave_visible(user: User, key: int) -> bool:
    """Whether the person reads slips at all and this one."""
    return user.access.has(*policies.LEAVE_READERS) and StudentLeave.objects.visible_to(user).filter(pk=key).exists()
