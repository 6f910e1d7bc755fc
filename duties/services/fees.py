"""Fee periods, what is due, what was paid, what is waived or deferred (article 4 (2)). All amounts in 分."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.audit.services import record as audit
from gaobo_banzhuren.web.errors import StaleError, UserError
from gaobo_banzhuren.web.templatetags.gaobo import yuan

from ..models import ArrearsReason, FeeDue, FeePayment, FeePeriod
from ..policies import fees as policies


@transaction.atomic
def create_period(actor: User, *, name: str, starts_on: dt.date, deadline: dt.date) -> FeePeriod:
    """A fee period of the school. Raises UserError for a name in use or a deadline before the first day."""
    policies.can_keep_periods(actor).require()
    _check_period(starts_on, deadline)
    try:
        with transaction.atomic():
            period = FeePeriod.objects.create(name=_name(name), starts_on=starts_on, deadline=deadline)
    except IntegrityError:
        raise UserError(f"已有缴费期「{name.strip()}」。") from None
    audit(actor, "duties.fee_period", period, after=_period_facts(period))
    return period


@transaction.atomic
def change_period(
    actor: User, period: FeePeriod, *, name: str, starts_on: dt.date, deadline: dt.date, version: int
) -> FeePeriod:
    """Change a period as it was read in `version`; figures follow."""
    policies.can_keep_periods(actor).require()
    _check_period(starts_on, deadline)
    before = _period_facts(period)
    rows = FeePeriod.objects.filter(pk=period.pk, version=version)
    try:
        with transaction.atomic():
            done = rows.update(name=_name(name), starts_on=starts_on, deadline=deadline, version=F("version") + 1)
    except IntegrityError:
        raise UserError(f"已有缴费期「{name.strip()}」。") from None
    if not done:
        raise StaleError("这个缴费期刚被他人修改，没有保存。请刷新后核对。")
    period.refresh_from_db()
    audit(actor, "duties.fee_period", period, before=before, after=_period_facts(period))
    return period


def _name(name: str) -> str:
    if not name.strip():
        raise UserError("请填写缴费期的名称。")
    return name.strip()


def _check_period(starts_on: dt.date, deadline: dt.date) -> None:
    if deadline < starts_on:
        raise UserError(f"缴费截止 {deadline} 早于开始日期 {starts_on}，请改正。")


def _period_facts(period: FeePeriod) -> dict[str, Any]:
    return {"name": period.name, "starts_on": period.starts_on, "deadline": period.deadline}


@transaction.atomic
def record_payment(actor: User, due: FeeDue, amount_fen: int, on: dt.date, *, note: str = "") -> FeePayment:
    """A payment of `amount_fen`; a negative one takes a mistaken payment back and needs a note.

    Raises UserError for a day to come, for more than is owed, and for taking back more than was paid.
    """
    _keep(actor, due)
    if not amount_fen:
        raise UserError("缴费金额不能是 0。")
    if on > timezone.localdate():
        raise UserError("缴费日期不能晚于今天。")
    if amount_fen < 0 and not note.strip():
        raise UserError("冲回已缴金额要写明原因。")
    _owes_enough(due, amount_fen)
    paid = due.paid_fen + amount_fen
    settled = due.due_fen - paid - due.waived_fen == 0
    _change(due, paid_fen=paid, paid_on=on if settled else None)
    payment = FeePayment.objects.create(due=due, amount_fen=amount_fen, on=on, note=note.strip(), by=actor)
    after = {"amount_fen": amount_fen, "on": on, "owed_fen": due.owed_fen}
    audit(actor, "duties.fee_payment", due, after=after, reason=note.strip(), college=due.school_class.college_id)
    return payment


def _owes_enough(due: FeeDue, amount_fen: int) -> None:
    if amount_fen > due.owed_fen:
        raise UserError(
            f"{due.student.name}尚欠 {yuan(due.owed_fen)}，不能登记 {yuan(amount_fen)}。请核对金额，或先改应缴数。"
        )
    if due.paid_fen + amount_fen < 0:
        raise UserError(f"{due.student.name}已缴 {yuan(due.paid_fen)}，不能冲回 {yuan(-amount_fen)}。")


@transaction.atomic
def waive(actor: User, due: FeeDue, waived_fen: int, reason: str) -> FeeDue:
    """Set how much of the due is waived; 0 takes the waiver back. Never more than due less paid."""
    _keep(actor, due)
    _explained(reason, "减免")
    if waived_fen < 0 or waived_fen > due.due_fen - due.paid_fen:
        most = yuan(due.due_fen - due.paid_fen)
        raise UserError(f"减免最多 {most}（应缴减去已缴）：欠费不会是负数。")
    return _decide(actor, due, "duties.fee_waive", reason, waived_fen=waived_fen, exempt=False)


@transaction.atomic
def exempt(actor: User, due: FeeDue, reason: str, *, on: bool = True) -> FeeDue:
    """免缴: the student is not due for this period and stays out of both rates; `on=False` takes it back."""
    _keep(actor, due)
    _explained(reason, "免缴")
    waived = due.due_fen - due.paid_fen if on else 0
    return _decide(actor, due, "duties.fee_exempt", reason, exempt=on, waived_fen=waived)


@transaction.atomic
def defer(actor: User, due: FeeDue, until: dt.date | None, reason: str) -> FeeDue:
    """缓缴 until a day; None takes it back. It counts as unpaid until paid (5.5)."""
    _keep(actor, due)
    _explained(reason, "缓缴")
    if until is not None and until <= due.period.deadline:
        raise UserError(f"缓缴日期应晚于缴费截止 {due.period.deadline}。")
    if until is not None and due.owed_fen == 0:
        raise UserError(f"{due.student.name}没有欠费，不需要缓缴。")
    return _decide(actor, due, "duties.fee_defer", reason, deferred_until=until)


@transaction.atomic
def note_reason(actor: User, due: FeeDue, reason: str, note: str, *, version: int) -> FeeDue:
    """Why the student owes, one of the reasons of C4.2c; 其他 needs a word."""
    policies.can_note_reason(actor, due).require()
    if reason not in ArrearsReason.values:
        raise UserError("请从列表中选择欠费原因。")
    if reason == ArrearsReason.OTHER and not note.strip():
        raise UserError("选择「其他」时请写明原因。")
    before = {"reason": due.reason}
    _change(due, version=version, reason=reason, reason_note=note.strip()[:200])
    audit(actor, "duties.fee_reason", due, before=before, after={"reason": reason}, college=due.school_class.college_id)
    return due


def _keep(actor: User, due: FeeDue) -> None:
    policies.can_keep_dues(actor, due.school_class.college_id).require()


def _explained(reason: str, what: str) -> None:
    if not reason.strip():
        raise UserError(f"{what}要写明理由。")


def _decide(actor: User, due: FeeDue, action: str, reason: str, **values: Any) -> FeeDue:
    before = _facts(due)
    note = reason.strip()[:200]
    waived = values.get("waived_fen", due.waived_fen)
    if due.due_fen - due.paid_fen - waived:
        values["paid_on"] = None
    _change(due, decision_note=note, **values)
    audit(actor, action, due, before=before, after=_facts(due), reason=note, college=due.school_class.college_id)
    return due


def _change(due: FeeDue, version: int | None = None, **values: Any) -> None:
    rows = FeeDue.objects.filter(pk=due.pk, version=version or due.version)
    if not rows.update(version=F("version") + 1, **values):
        raise StaleError(f"{due.student.name}的费用刚被他人修改，没有保存。请刷新后核对再改。")
    for name, value in values.items():
        setattr(due, name, value)
    due.version = (version or due.version) + 1


def _facts(due: FeeDue) -> dict[str, Any]:
    names = ("due_fen", "paid_fen", "waived_fen", "exempt", "first_period", "deferred_until")
    return {name: getattr(due, name) for name in names}
