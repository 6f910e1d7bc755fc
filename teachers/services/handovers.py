"""Handing a class over to another teacher during the term (article 2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.audit.services import record
from gaobo_banzhuren.web.errors import StaleError, UserError

from ..calculation import ONE_DAY
from ..models import (
    ADJUSTMENT_REASONS,
    Appointment,
    ClassTeacher,
    Handover,
    HandoverItem,
    HandoverState,
    PostKind,
    RosterEntry,
    StudentState,
)
from ..models.changes import HandoverQuerySet
from ..policies import handovers as policies
from .appointments import (
    change,
    check_last_day,
    check_new,
    create_appointment,
    end_for_handover,
    facts_of,
    reopen_after_handover,
)

Kind = HandoverItem.Kind


@transaction.atomic
def start_handover(
    actor: User,
    outgoing: Appointment,
    *,
    teacher: ClassTeacher,
    takes_over_on: dt.date,
    reason: str,
    note: str = "",
    last_day: dt.date | None = None,
    planned_end_on: dt.date | None = None,
    version: int | None = None,
) -> Handover:
    """End the outgoing appointment, start the incoming one (已聘, to be filed) and open the checklist.

    The outgoing teacher's last day is the day before unless `last_day` names an earlier one; the days between are a
    vacancy that nobody is paid for. Raises UserError when days clash or a term has run out.
    """
    policies.can_start(actor, outgoing, teacher).require()
    if reason not in ADJUSTMENT_REASONS:
        raise UserError("调整的原因应为工作需要或特殊事由（第二条）；解聘请在“解聘”中办理。")
    last_day = takes_over_on - ONE_DAY if last_day is None else last_day
    if last_day >= takes_over_on:
        raise UserError(f"移交方的最后在岗日 {last_day} 应早于接任日期 {takes_over_on}，两人不能同一天在岗。")
    school_class = outgoing.school_class
    check_last_day(outgoing, last_day)
    check_new(
        school_class, teacher, takes_over_on, share=outgoing.share, planned_end_on=planned_end_on, apart_from=outgoing
    )
    before = end_for_handover(outgoing, last_day=last_day, reason=reason, version=version)
    _record_appointment(actor, "teachers.handover_out", outgoing, before)
    incoming = create_appointment(
        actor,
        school_class=school_class,
        teacher=teacher,
        starts_on=takes_over_on,
        action="teachers.handover_in",
        kind=PostKind.MAIN,
        planned_end_on=planned_end_on,
        share=outgoing.share,
    )
    handover = Handover.objects.create(
        school_class=school_class,
        outgoing=outgoing,
        incoming=incoming,
        takes_over_on=takes_over_on,
        reason=reason,
        note=note,
        proposed_by=actor,
    )
    _open_checklist(handover)
    record(
        actor, "teachers.handover", handover, reason=note, college=school_class.college_id,
        after={"outgoing": outgoing.pk, "incoming": incoming.pk, "last_day": last_day, "takes_over_on": takes_over_on,
               "reason": reason},
    )  # fmt: skip
    return handover


def _open_checklist(handover: Handover) -> None:
    """Four items; the name list says how many students the roster has on the day of taking over."""
    roster = RosterEntry.objects.on(handover.takes_over_on).filter(school_class=handover.school_class)
    enrolled = roster.filter(state=StudentState.ENROLLED).count()
    first = {Kind.ROSTER: f"{handover.takes_over_on} 名册在读 {enrolled} 人"}
    HandoverItem.objects.bulk_create(
        HandoverItem(handover=handover, kind=kind, content=first.get(kind, "")) for kind in Kind
    )


@transaction.atomic
def fill_checklist(actor: User, handover: Handover, items: Mapping[str, tuple[str, bool]]) -> Handover:
    """Keep text and tick of the items by kind, until the outgoing teacher has confirmed."""
    policies.can_fill(actor, handover).require()
    # The same row is locked by the confirmation: neither slips in after the other.
    if not _still_open(handover).filter(outgoing_confirmed_at=None).update(state=HandoverState.OPEN):
        raise _stale(handover)
    before = {item.kind: [item.content, item.done] for item in handover.items.all()}
    for kind, (content, done) in items.items():
        handover.items.filter(kind=kind).update(content=content.strip(), done=done)
    after = {kind: [content.strip(), done] for kind, (content, done) in items.items()}
    _record(actor, "teachers.handover_items", handover, before=before, after=after)
    return handover


@transaction.atomic
def confirm(actor: User, handover: Handover) -> Handover:
    """The confirmation of the teacher who asks; with the incoming one's the hand-over is complete."""
    policies.can_confirm(actor, handover).require()
    now = timezone.now()
    if handover.outgoing.teacher.user_id == actor.pk:
        changed = _still_open(handover).filter(outgoing_confirmed_at=None).update(outgoing_confirmed_at=now)
        side = "outgoing"
    else:
        rows = _still_open(handover).filter(incoming_confirmed_at=None, outgoing_confirmed_at__isnull=False)
        changed = rows.update(incoming_confirmed_at=now, state=HandoverState.DONE)
        side = "incoming"
    if not changed:
        raise _stale(handover)
    handover.refresh_from_db()
    _record(actor, "teachers.handover_confirm", handover, after={"side": side, "state": handover.state})
    return handover


@transaction.atomic
def cancel(actor: User, handover: Handover, *, reason: str) -> Handover:
    """Take it back while nobody has relied on it: the incoming appointment is voided, the outgoing one goes on."""
    policies.can_cancel(actor, handover).require()
    if not reason.strip():
        raise UserError("请写明取消的原因。")
    changed = (
        _still_open(handover)
        .filter(outgoing_confirmed_at=None, incoming_confirmed_at=None)
        .update(state=HandoverState.CANCELLED, cancelled_at=timezone.now(), cancel_reason=reason.strip())
    )
    if not changed:
        raise _stale(handover)
    before = change(handover.incoming, state="voided", filing_question="")
    _record_appointment(actor, "teachers.handover_cancel_in", handover.incoming, before)
    before = reopen_after_handover(handover.outgoing)
    _record_appointment(actor, "teachers.handover_cancel_out", handover.outgoing, before)
    handover.refresh_from_db()
    _record(actor, "teachers.handover_cancel", handover, after={"state": handover.state}, reason=reason.strip())
    return handover


def _still_open(handover: Handover) -> HandoverQuerySet:
    return Handover.objects.filter(pk=handover.pk, state=HandoverState.OPEN)


def _stale(handover: Handover) -> StaleError:
    return StaleError(f"“{handover}”刚被他人更改，您的操作没有保存。请刷新后核对再办。")


def _record(actor: User, action: str, handover: Handover, **details: object) -> None:
    record(actor, action, handover, college=handover.school_class.college_id, **details)  # type: ignore[arg-type]


def _record_appointment(actor: User, action: str, appointment: Appointment, before: dict[str, object]) -> None:
    record(
        actor, action, appointment, before=before, after=facts_of(appointment),
        college=appointment.school_class.college_id,
    )  # fmt: skip
