"""The life of an appointment: 拟聘 → 已聘 → 已备案 → 已离任/已解聘, and 已作废 for a wrong entry (articles 1, 2, 11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import F

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.audit.services import record
from gaobo_banzhuren.web.errors import NotAllowed, StaleError, UserError

from ..calculation import ONE_DAY, earliest
from ..models import (
    Appointment,
    AppointmentState,
    ClassTeacher,
    EndReason,
    FilingEvent,
    Nomination,
    PostKind,
    SchoolClass,
)
from ..policies import appointments as policies
from .days import check_class_days, check_free, check_number_of_classes, guarded, span_text, term_end

State = AppointmentState

ALLOWED_MOVES: Mapping[str, frozenset[AppointmentState]] = {
    # 拟聘 lives in the nomination: its approval creates the appointment as 已聘.
    State.PROPOSED: frozenset({State.APPOINTED}),
    State.APPOINTED: frozenset({State.FILED, State.ENDED, State.DISMISSED, State.VOIDED}),
    State.FILED: frozenset({State.ENDED, State.DISMISSED, State.VOIDED}),
    # Back to a standing one only when a hand-over is cancelled before anybody relied on it.
    State.ENDED: frozenset({State.APPOINTED, State.FILED, State.DISMISSED, State.VOIDED}),
    State.DISMISSED: frozenset(),
    State.VOIDED: frozenset(),
}

SHOWN_IN_AUDIT = (
    "school_class_id", "teacher_id", "kind", "starts_on", "ends_on", "planned_end_on", "end_reason", "share", "state",
    "filed_on", "filing_no",
)  # fmt: skip


def facts_of(appointment: Appointment) -> dict[str, Any]:
    """What the audit log keeps of an appointment."""
    return {name: getattr(appointment, name) for name in SHOWN_IN_AUDIT}


def change(appointment: Appointment, *, version: int | None = None, **values: Any) -> dict[str, Any]:
    """Write `values` if nobody changed the row since `version` (default: since it was read); return the facts before.

    A building block for services, inside their transaction. Raises StaleError, and ValueError for a move that the map
    does not have.
    """
    target = values.get("state", appointment.state)
    if target != appointment.state and target not in ALLOWED_MOVES[appointment.state]:
        raise ValueError(f"{appointment.state} → {target}")
    before = facts_of(appointment)
    with guarded(appointment.school_class):
        changed = Appointment.objects.filter(
            pk=appointment.pk, state=appointment.state, version=appointment.version if version is None else version
        ).update(version=F("version") + 1, **values)
    if not changed:
        raise StaleError(f"“{appointment}”刚被他人更改，您的操作没有保存。请刷新后核对再办。")
    for name, value in values.items():
        setattr(appointment, name, value)
    appointment.version += 1
    return before


def create_appointment(
    actor: User,
    *,
    school_class: SchoolClass,
    teacher: ClassTeacher,
    starts_on: dt.date,
    action: str,
    ends_on: dt.date | None = None,
    default_term: bool = True,
    **values: Any,
) -> Appointment:
    """Put a teacher in post and hand the appointment in for filing; the caller has asked its policy.

    `values` are further fields (kind, planned_end_on, share, nomination, note, end_reason, state). Without
    `planned_end_on` the term is that of the school year (A-81), or none when `default_term` is off. Raises UserError when a day is taken.
    """
    if values.get("planned_end_on") is None and default_term:
        values["planned_end_on"] = term_end(school_class, starts_on)
    planned = values.get("planned_end_on")
    check_new(school_class, teacher, starts_on, ends_on, share=values.get("share"), planned_end_on=planned)
    with guarded(school_class):
        appointment = Appointment.objects.create(
            school_class=school_class,
            teacher=teacher,
            starts_on=starts_on,
            ends_on=ends_on,
            recorded_by=actor,
            **values,
        )
    FilingEvent.objects.create(appointment=appointment, kind=FilingEvent.Kind.SUBMITTED, by=actor)
    record(actor, action, appointment, after=facts_of(appointment), college=school_class.college_id)
    return appointment


def check_new(
    school_class: SchoolClass,
    teacher: ClassTeacher,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
    *,
    share: int | None = None,
    planned_end_on: dt.date | None = None,
    apart_from: Appointment | None = None,
) -> None:
    """Everything that a new appointment must fulfil; `apart_from` is the one it replaces. Raises UserError."""
    check_class_days(school_class, starts_on, ends_on)
    if planned_end_on and planned_end_on < starts_on:
        raise UserError(f"聘期至 {planned_end_on} 早于开始日期 {starts_on}，请改正。")
    if planned_end_on and ends_on and ends_on > planned_end_on:
        raise UserError(f"聘期至 {planned_end_on}，结束日期 {ends_on} 不能超过聘期；需要时把聘期改长。")
    check_free(school_class, teacher, starts_on, ends_on, share, apart_from=apart_from)
    check_number_of_classes(teacher, starts_on, school_class)


@transaction.atomic
def appoint_acting(
    actor: User,
    *,
    school_class: SchoolClass,
    teacher: ClassTeacher,
    starts_on: dt.date,
    planned_end_on: dt.date | None = None,
    note: str = "",
) -> Appointment:
    """Put in a 代理班主任 for a class without a teacher, without a nomination; filed like every appointment."""
    policies.can_appoint_acting(actor, school_class, teacher).require()
    return create_appointment(
        actor, school_class=school_class, teacher=teacher, starts_on=starts_on, action="teachers.appoint_acting",
        kind=PostKind.ACTING, planned_end_on=planned_end_on, note=note,
    )  # fmt: skip


def appoint_from(actor: User, nomination: Nomination) -> Appointment:
    """The appointment of an approved nomination, in the approver's transaction."""
    return create_appointment(
        actor,
        school_class=nomination.school_class,
        teacher=nomination.teacher,
        starts_on=nomination.starts_on,
        action="teachers.appoint",
        kind=nomination.kind,
        planned_end_on=nomination.planned_end_on,
        share=nomination.share,
        nomination=nomination,
    )


@transaction.atomic
def end_appointment(
    actor: User,
    appointment: Appointment,
    *,
    last_day: dt.date,
    reason: EndReason | str,
    note: str = "",
    version: int | None = None,
) -> Appointment:
    """End the post; `last_day` is the last day in post (trap 8). 解聘 has a procedure of its own."""
    policies.can_end(actor, appointment).require()
    if reason == EndReason.DISMISSED:
        raise NotAllowed("解聘须由学院提出、继续教育学院登记学校决定，请在“解聘”中办理（第二条）。")
    check_last_day(appointment, last_day)
    values: dict[str, Any] = {"state": State.ENDED, "ends_on": last_day, "end_reason": EndReason(reason)}
    if note:
        values["note"] = note
    before = change(appointment, version=version, **values)
    record(
        actor, "teachers.end", appointment, before=before, after=facts_of(appointment), reason=note,
        college=appointment.school_class.college_id,
    )  # fmt: skip
    return appointment


def check_last_day(appointment: Appointment, last_day: dt.date) -> None:
    """A last day that this appointment can have. It does not outlive its term without renewal (C2.3)."""
    if last_day < appointment.starts_on:
        raise UserError(f"最后在岗日 {last_day} 早于开始日期 {appointment.starts_on}；若聘任录入有误，请用“更正”。")
    planned = appointment.planned_end_on
    if planned and last_day > planned:
        raise UserError(f"聘期至 {planned}，最后在岗日 {last_day} 已过聘期；请先续聘，或把最后在岗日填到 {planned}。")


@transaction.atomic
def renew(
    actor: User, appointment: Appointment, *, planned_end_on: dt.date, note: str = "", version: int | None = None
) -> Appointment:
    """A new end of the term, later than the old one; also afterwards, for days that have passed meanwhile (C2.3)."""
    policies.can_renew(actor, appointment).require()
    old = appointment.planned_end_on
    if planned_end_on < appointment.starts_on or (old and planned_end_on <= old):
        raise UserError(
            f"续聘至 {planned_end_on} 应晚于{f'原聘期 {old}' if old else f'开始日期 {appointment.starts_on}'}。"
        )
    closes_on = appointment.school_class.closes_on
    if closes_on and planned_end_on > closes_on:
        raise UserError(f"{appointment.school_class}于 {closes_on} 结班，续聘不能超过结班日期。")
    before = change(appointment, version=version, planned_end_on=planned_end_on)
    text = f"续聘至 {planned_end_on}" + (f"：{note}" if note else "")
    FilingEvent.objects.create(appointment=appointment, kind=FilingEvent.Kind.SUBMITTED, text=text, by=actor)
    record(
        actor, "teachers.renew", appointment, before=before, after=facts_of(appointment), reason=note,
        college=appointment.school_class.college_id,
    )  # fmt: skip
    return appointment


@transaction.atomic
def renew_many(
    actor: User,
    appointments: Iterable[Appointment],
    *,
    planned_end_on: dt.date,
    versions: Mapping[int, int] | None = None,
) -> int:
    """Renew all or none; return how many. A class that closes earlier is renewed to its last day."""
    count = 0
    for appointment in appointments:
        until = earliest(planned_end_on, appointment.school_class.closes_on) or planned_end_on
        renew(actor, appointment, planned_end_on=until, version=(versions or {}).get(appointment.pk))
        count += 1
    return count


@transaction.atomic
def void_appointment(actor: User, appointment: Appointment, *, reason: str, version: int | None = None) -> Appointment:
    """Take back a wrong entry; the row stays as 已作废 and its days count no more."""
    policies.can_correct(actor, appointment).require()
    reason = _reason(reason)
    before = change(appointment, version=version, state=State.VOIDED, filing_question="")
    record(
        actor, "teachers.void", appointment, before=before, after=facts_of(appointment), reason=reason,
        college=appointment.school_class.college_id,
    )  # fmt: skip
    return appointment


@transaction.atomic
def correct_appointment(
    actor: User,
    appointment: Appointment,
    *,
    reason: str,
    starts_on: dt.date,
    teacher: ClassTeacher | None = None,
    ends_on: dt.date | None = None,
    end_reason: EndReason | str = "",
    planned_end_on: dt.date | None = None,
    share: int | None = None,
    version: int | None = None,
) -> Appointment:
    """Void the wrong entry and make the right one in its place, to be filed anew; return the new one.

    The term is what is given here and nothing else: an imported appointment without a term stays without one.
    """
    if ends_on and end_reason == EndReason.DISMISSED:
        raise NotAllowed("解聘须经解聘程序，不能通过更正录入（第二条）。")
    if ends_on and not end_reason:
        raise UserError("填写了结束日期，请同时选择结束原因。")
    new_teacher, school_class = teacher or appointment.teacher, appointment.school_class
    check_new(
        school_class,
        new_teacher,
        starts_on,
        ends_on,
        share=share,
        planned_end_on=planned_end_on,
        apart_from=appointment,
    )
    void_appointment(actor, appointment, reason=reason, version=version)
    return create_appointment(
        actor,
        school_class=school_class,
        teacher=new_teacher,
        starts_on=starts_on,
        ends_on=ends_on,
        action="teachers.correct",
        default_term=False,
        kind=appointment.kind,
        planned_end_on=planned_end_on,
        share=share,
        end_reason=EndReason(end_reason) if ends_on else "",
        state=State.ENDED if ends_on else State.APPOINTED,
        note=f"更正 {span_text(appointment.starts_on, appointment.ends_on)} 的聘任：{reason}"[:200],
    )


def end_for_handover(
    appointment: Appointment, *, last_day: dt.date, reason: str, version: int | None
) -> dict[str, Any]:
    """End the outgoing appointment of a hand-over in its transaction; return the facts before."""
    return change(appointment, version=version, state=State.ENDED, ends_on=last_day, end_reason=reason)


def reopen_after_handover(appointment: Appointment) -> dict[str, Any]:
    """Undo `end_for_handover`; return the facts before."""
    state = State.FILED if appointment.filed_on else State.APPOINTED
    return change(appointment, state=state, ends_on=None, end_reason="")


def end_by_dismissal(actor: User, appointment: Appointment, *, effective_on: dt.date) -> None:
    """The effective date is the first day not in post (trap 9); an appointment that would start later falls away."""
    if appointment.starts_on >= effective_on:
        before = change(appointment, state=State.VOIDED)
    else:
        before = change(
            appointment, state=State.DISMISSED, ends_on=effective_on - ONE_DAY, end_reason=EndReason.DISMISSED
        )
    record(
        actor, "teachers.dismissed", appointment, before=before, after=facts_of(appointment),
        college=appointment.school_class.college_id,
    )  # fmt: skip


def _reason(text: str) -> str:
    if not text.strip():
        raise UserError("请写明更正的原因，原因会留在审计记录里。")
    return text.strip()
