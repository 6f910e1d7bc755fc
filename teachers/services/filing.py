"""Filing appointments with the continuing-education office (article 11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.audit.services import record
from gaobo_banzhuren.web.errors import NotAllowed, UserError

from ..models import Appointment, AppointmentState, FilingEvent
from ..policies import filing as policies
from .appointments import change, facts_of

Kind = FilingEvent.Kind


@transaction.atomic
def file_appointments(
    actor: User,
    appointments: Sequence[Appointment],
    *,
    filing_no: str,
    filed_on: dt.date,
    versions: dict[int, int] | None = None,
) -> int:
    """File all of them under one number, or none; return how many. Ended ones are filed too and stay 已离任.

    `versions` by key are the ones the person saw. Raises NotAllowed naming every appointment that cannot be filed.
    """
    if not appointments:
        raise UserError("没有选择聘任，请先勾选要备案的行。")
    if filed_on > timezone.localdate():
        raise UserError(f"备案日期 {filed_on} 在今天之后，请改正。")
    if not filing_no.strip():
        raise UserError("请填写备案编号。")
    refused = [(row, decision) for row in appointments if not (decision := policies.can_file(actor, row))]
    if refused:
        raise NotAllowed("全部未备案：" + "；".join(f"{row}：{decision.reason}" for row, decision in refused))
    for appointment in appointments:
        _file(actor, appointment, filing_no.strip(), filed_on, (versions or {}).get(appointment.pk))
    return len(appointments)


def _file(actor: User, appointment: Appointment, number: str, day: dt.date, version: int | None) -> None:
    state = AppointmentState.FILED if appointment.state == AppointmentState.APPOINTED else appointment.state
    before = change(appointment, version=version, state=state, filed_on=day, filing_no=number)
    FilingEvent.objects.create(appointment=appointment, kind=Kind.FILED, text=f"{number}，{day}", by=actor)
    record(
        actor, "teachers.file", appointment, before=before, after=facts_of(appointment),
        college=appointment.school_class.college_id,
    )  # fmt: skip


@transaction.atomic
def ask_back(actor: User, appointment: Appointment, *, text: str, version: int | None = None) -> None:
    """The office asks the college about a filing; filing waits for the answer."""
    policies.can_question(actor, appointment).require()
    asked = _text(text)
    _correspond(actor, appointment, Kind.QUESTIONED, asked, question=asked, version=version)


@transaction.atomic
def answer(actor: User, appointment: Appointment, *, text: str, version: int | None = None) -> None:
    """The college answers the open question."""
    policies.can_answer(actor, appointment).require()
    _correspond(actor, appointment, Kind.ANSWERED, _text(text), question="", version=version)


def _correspond(
    actor: User, appointment: Appointment, kind: FilingEvent.Kind, text: str, *, question: str, version: int | None
) -> None:
    change(appointment, version=version, filing_question=question)
    FilingEvent.objects.create(appointment=appointment, kind=kind, text=text, by=actor)
    record(
        actor, f"teachers.filing_{kind}", appointment, after={"text": text},
        college=appointment.school_class.college_id,
    )  # fmt: skip


def _text(text: str) -> str:
    if not text.strip():
        raise UserError("请写明内容。")
    return text.strip()
