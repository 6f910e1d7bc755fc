"""Dismissal: proposal with facts and evidence, the teacher's view, the school's decision (article 2, A-82)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.audit.services import record, sensitive
from gaobo_banzhuren.documents.models import StoredFile
from gaobo_banzhuren.documents.services import Upload, store
from gaobo_banzhuren.web.errors import StaleError, UserError

from ..models import Appointment, ClassTeacher, Dismissal, DismissalGround, DismissalState
from ..policies import dismissals as policies
from .appointments import end_by_dismissal

State = DismissalState
PURPOSE = "teachers.dismissal"
"""Purpose of the evidence files: they open for whoever may see the dismissal."""


@transaction.atomic
def propose(
    actor: User,
    *,
    teacher: ClassTeacher,
    college: College,
    ground: DismissalGround | str,
    facts: str,
    effective_on: dt.date,
    evidence: Iterable[Upload] = (),
) -> Dismissal:
    """`effective_on` is the first day that shall not be in post; the decision may name another."""
    policies.can_propose(actor, teacher, college).require()
    if not facts.strip():
        raise UserError("请写明事实：时间、经过、影响。")
    concerned = _in_post(teacher, effective_on).filter(school_class__college=college)
    dismissal = Dismissal.objects.create(
        teacher=teacher,
        college=college,
        ground=DismissalGround(ground),
        facts=facts.strip(),
        effective_on=effective_on,
        proposed_by=actor,
    )
    dismissal.appointments.set(concerned)
    dismissal.evidence.set([store(upload, owner=actor, purpose=PURPOSE) for upload in evidence])
    after = {**_facts(dismissal), "facts": sensitive(dismissal.facts), "evidence": dismissal.evidence.count()}
    record(actor, "teachers.dismissal_propose", dismissal, after=after, college=college)
    return dismissal


@transaction.atomic
def state_view(actor: User, dismissal: Dismissal, *, text: str) -> Dismissal:
    """The teacher's own view; it may be completed until the decision."""
    policies.can_state(actor, dismissal).require()
    if not text.strip():
        raise UserError("请写下您的意见。")
    before = {"statement": sensitive(dismissal.statement)}
    _move(dismissal, State.PROPOSED, statement=text.strip(), statement_at=timezone.now())
    after = {"statement": sensitive(dismissal.statement)}
    record(actor, "teachers.dismissal_statement", dismissal, before=before, after=after, college=dismissal.college_id)
    return dismissal


@transaction.atomic
def decide(
    actor: User, dismissal: Dismissal, *, decision_no: str, effective_on: dt.date, decision: str = ""
) -> Dismissal:
    """Record the decision: every appointment of the teacher ends the day before `effective_on` with 解聘."""
    policies.can_decide(actor, dismissal).require()
    if not decision_no.strip():
        raise UserError("请填写学校决定的文号。")
    concerned = list(_in_post(dismissal.teacher, effective_on))
    if not concerned:
        raise UserError(f"{dismissal.teacher.name}到 {effective_on} 已没有在岗的聘任，请核对生效日期。")
    before = _facts(dismissal)
    _move(dismissal, State.DECIDED, effective_on=effective_on, **_decision(actor, decision, decision_no.strip()))
    for appointment in concerned:
        end_by_dismissal(actor, appointment, effective_on=effective_on)
    dismissal.appointments.set(concerned)
    record(
        actor, "teachers.dismissal_decide", dismissal, before=before, after=_facts(dismissal), reason=decision.strip(),
        college=dismissal.college_id,
    )  # fmt: skip
    return dismissal


@transaction.atomic
def reject(actor: User, dismissal: Dismissal, *, decision: str, decision_no: str = "") -> Dismissal:
    """不予解聘: nothing ends and no mark remains."""
    policies.can_decide(actor, dismissal).require()
    if not decision.strip():
        raise UserError("请写明不予解聘的理由。")
    before = _facts(dismissal)
    _move(dismissal, State.REJECTED, **_decision(actor, decision, decision_no.strip()))
    record(
        actor, "teachers.dismissal_reject", dismissal, before=before, after=_facts(dismissal), reason=decision.strip(),
        college=dismissal.college_id,
    )  # fmt: skip
    return dismissal


@transaction.atomic
def withdraw(actor: User, dismissal: Dismissal, *, reason: str) -> Dismissal:
    policies.can_withdraw(actor, dismissal).require()
    if not reason.strip():
        raise UserError("请写明撤回的原因。")
    before = _facts(dismissal)
    _move(dismissal, State.WITHDRAWN)
    record(
        actor, "teachers.dismissal_withdraw", dismissal, before=before, after=_facts(dismissal), reason=reason.strip(),
        college=dismissal.college_id,
    )  # fmt: skip
    return dismissal


def may_open_evidence(user: User, stored: StoredFile) -> bool:
    """Evidence opens for whoever may see the dismissal, the teacher concerned included."""
    return Dismissal.objects.visible_to(user).filter(evidence=stored).exists()


def _in_post(teacher: ClassTeacher, effective_on: dt.date) -> Any:
    """Effective appointments that reach the day on which the dismissal takes effect."""
    rows = Appointment.objects.effective().not_over(effective_on).filter(teacher=teacher)
    return rows.select_related("school_class", "teacher__user").exclude(state="dismissed")


def _decision(actor: User, decision: str, decision_no: str) -> dict[str, Any]:
    return {
        "decision": decision.strip(),
        "decision_no": decision_no,
        "decided_by": actor,
        "decided_at": timezone.now(),
    }


def _move(dismissal: Dismissal, to: DismissalState, **values: Any) -> None:
    """Only an open proposal moves, and it moves once."""
    changed = Dismissal.objects.filter(pk=dismissal.pk, state=State.PROPOSED).update(state=to, **values)
    if not changed:
        raise StaleError(f"“{dismissal}”刚被他人办理，您的操作没有保存。请刷新后核对。")
    dismissal.state = to
    for name, value in values.items():
        setattr(dismissal, name, value)


def _facts(dismissal: Dismissal) -> dict[str, Any]:
    names = ("teacher_id", "ground", "effective_on", "state", "decision_no")
    return {name: getattr(dismissal, name) for name in names}
