"""Confirming readings of silent points and recording interpretations (第十三条)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.audit.services import record
from gaobo_banzhuren.web.errors import UserError

from .. import policies
from ..models import Interpretation, Reading, ReadingDecision, RuleVersion
from .conflicts import refusing_conflicts


@transaction.atomic
def confirm(
    reading: Reading, version: RuleVersion, *, note: str, interpretation: Interpretation | None, actor: User
) -> ReadingDecision:
    """Record that the office stands by the reading as it is under a version in force. The value does not change.

    Confirming again replaces note and interpretation; the audit log keeps the former ones.
    """
    policies.can_decide(actor).require()
    if not version.is_active:
        raise UserError("口径只在生效的版本上确认；草稿中的改动在启用时一并生效。")
    if interpretation and interpretation.reading_id not in (None, reading.pk):
        raise UserError(f"{interpretation.label} 针对的是 {interpretation.reading_id}，不是 {reading.pk}。")
    old = ReadingDecision.objects.filter(version=version, reading=reading).first()
    values = {
        "note": note.strip(),
        "interpretation": interpretation,
        "decided_by": actor,
        "decided_at": timezone.now(),
    }
    decision, _ = ReadingDecision.objects.update_or_create(version=version, reading=reading, defaults=values)
    record(
        actor,
        "regulation.confirm_reading",
        reading,
        before={"note": old.note, "interpretation": old.interpretation_id} if old else None,
        after={"note": note.strip(), "interpretation": interpretation.label if interpretation else ""},
        role=Role.OFFICE,
    )
    return decision


@transaction.atomic
def interpret(
    *,
    clause: str,
    question: str,
    answer: str,
    given_on: dt.date,
    reading: Reading | None,
    setting_changed: str,
    supersedes: Interpretation | None,
    actor: User,
) -> Interpretation:
    """Record an interpretation under the next number of its year."""
    policies.can_decide(actor).require()
    if not (clause.strip() and question.strip() and answer.strip()):
        raise UserError("请写明条款、问题和答复。")
    if given_on > timezone.localdate():
        raise UserError("答复日期不能在今天之后。")
    last = Interpretation.objects.filter(year=given_on.year).aggregate(last=Max("number"))["last"] or 0
    with refusing_conflicts("刚有另一条解释登记，编号相同；请再提交一次。"):
        interpretation = Interpretation.objects.create(
            year=given_on.year,
            number=last + 1,
            clause=clause.strip(),
            question=question.strip(),
            answer=answer.strip(),
            given_on=given_on,
            reading=reading,
            setting_changed=setting_changed.strip(),
            supersedes=supersedes,
            given_by=actor,
        )
    after = {"clause": clause, "question": question, "answer": answer, "reading": reading.pk if reading else ""}
    record(actor, "regulation.interpret", interpretation, after=after, role=Role.OFFICE)
    return interpretation
