"""补发 and 扣回: the difference that later facts make to a month that is closed (A-22).

A closed month is never recomputed in place. Its stored rules are applied to today's facts; what differs from what was
paid, all earlier adjustments included, is shown in the open month as a proposal.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from allowance import policies
from allowance.calculation import Line, Month
from allowance.explanation import compare
from allowance.models import Adjustment, AdjustmentState, LineKind, MonthSheet, SheetLine, SheetState
from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.audit.models import AuditEntry
from gaobo_banzhuren.audit.services import record
from gaobo_banzhuren.web.errors import StaleError, UserError
from teachers.models import ClassTeacher

from .gathering import gather
from .naming import refuse_student_names
from .rows import KIND_OF_PHASE
from .stored import rules_of

Key = tuple[str, str]
"""工号 and kind of line."""

COUNTED = (AdjustmentState.APPROVED, AdjustmentState.INCLUDED)
CLOSED = (SheetState.HANDED_OVER, SheetState.RECEIVED)


@dataclass(frozen=True, slots=True)
class Difference:
    """What one person's kind of line of a closed month was paid and what it should be by today's facts."""

    key: Key
    settled_fen: int
    recomputed_fen: int
    old: Line | None
    new: Line | None

    @property
    def amount_fen(self) -> int:
        return self.recomputed_fen - self.settled_fen


Due = Mapping[tuple[str, Key], Line]
"""What the facts of today make of a month: by college code, then 工号 and kind."""


def _due(sheet: MonthSheet) -> Due:
    """All colleges at once, by the rules stored with the sheet."""
    facts = gather(Month.of(sheet.month), rules_of(sheet), sheet.rule_version.effective_from)
    _, result = facts.compute()
    return {(line.college, (line.teacher_key, KIND_OF_PHASE[line.kind].value)): line for line in result.lines}


def differences(sheet: MonthSheet, due: Due | None = None) -> list[Difference]:
    """Compare a closed sheet, with its earlier adjustments, with the same rules applied to the facts as they stand."""
    every = _due(sheet) if due is None else due
    new = {key: line for (code, key), line in every.items() if code == sheet.college.code}
    paid: dict[Key, int] = defaultdict(int)
    old: dict[Key, Line] = {}
    for row in sheet.lines.filter(adjustment__isnull=True):
        paid[row.staff_no, row.kind] += row.amount_fen
        old[row.staff_no, row.kind] = Line.from_dict(row.result)
    for key, fen in _adjusted(sheet).items():
        paid[key] += fen
    found = []
    for key in sorted(new.keys() | paid.keys()):
        fen = new[key].amount_fen if key in new else 0
        if fen != paid.get(key, 0):
            found.append(Difference(key, paid.get(key, 0), fen, old.get(key), new.get(key)))
    return found


def _adjusted(sheet: MonthSheet) -> Mapping[Key, int]:
    rows = (
        Adjustment.objects.filter(college_id=sheet.college_id, origin_month=sheet.month, state__in=COUNTED)
        .order_by()
        .values_list("teacher__user__staff_no", "origin_kind")
        .annotate(fen=Sum("amount_fen"))
    )
    return {(staff_no, kind): fen for staff_no, kind, fen in rows}


@transaction.atomic
def detect_differences(college: College) -> int:
    """Look at every closed month of the college that later facts may touch; how many differences stand now."""
    renew_differences([college.pk])
    return Adjustment.objects.filter(college=college, state=AdjustmentState.DETECTED).count()


@transaction.atomic
def check_history(college: College, *, actor: User) -> int:
    """The same at somebody's wish, on record."""
    policies.can_settle(actor, college).require()
    found = detect_differences(college)
    record(actor, "allowance.detect", college, after={"found": found}, college=college)
    return found


def renew_differences(college_ids: Sequence[int]) -> None:
    """Renew the findings of the colleges' closed months: those found earlier are replaced, the vanished ones go.

    Months without a later entry about roster, appointments, classes or leave are skipped: nothing can have changed.
    A month is gathered once for all colleges that were settled under the same rules. Must run in a transaction.
    """
    newest = _last_fact_change()
    sheets = (
        MonthSheet.objects.select_for_update(of=("self",))
        .select_related("college", "rule_version")
        .filter(college__in=college_ids, state__in=CLOSED, checked_sequence__lt=newest)
        .order_by("month", "rule_version", "college__code")
    )
    basis: object = None
    due: Due = {}
    for sheet in sheets:
        if basis != (sheet.month, sheet.rules):
            basis, due = (sheet.month, sheet.rules), _due(sheet)
        _renew(sheet, differences(sheet, due))
        MonthSheet.objects.filter(pk=sheet.pk).update(checked_sequence=newest)


def _last_fact_change() -> int:
    latest = AuditEntry.objects.filter(action__startswith="teachers.").order_by("-sequence").values_list("sequence")
    found = latest.first()
    return found[0] if found else 0


def _renew(sheet: MonthSheet, found: list[Difference]) -> None:
    waiting = Adjustment.objects.filter(college_id=sheet.college_id, origin_month=sheet.month)
    waiting.filter(state=AdjustmentState.DETECTED).delete()
    proposed = set(waiting.filter(state=AdjustmentState.PROPOSED).values_list("teacher__user__staff_no", "origin_kind"))
    teachers = dict(
        ClassTeacher.objects.filter(user__staff_no__in={item.key[0] for item in found}).values_list(
            "user__staff_no", "pk"
        )
    )
    Adjustment.objects.bulk_create(
        [
            Adjustment(
                college_id=sheet.college_id,
                teacher_id=teachers[item.key[0]],
                origin_month=sheet.month,
                origin_kind=item.key[1],
                settled_fen=item.settled_fen,
                recomputed_fen=item.recomputed_fen,
                amount_fen=item.amount_fen,
                explanation=_explain(item),
                state=AdjustmentState.DETECTED,
            )
            for item in found
            if item.key not in proposed
        ]
    )


def _explain(item: Difference) -> dict[str, object]:
    return {
        "old": item.old.to_dict() if item.old else None,
        "new": item.new.to_dict() if item.new else None,
        "changes": list(compare(item.old, item.new).reasons),
    }


@transaction.atomic
def adopt(adjustment: Adjustment, *, actor: User, reason: str) -> Adjustment:
    """The college takes a found difference over as its proposal, with the reason that HR will read."""
    policies.can_propose_adjustment(actor, adjustment.college).require()
    reason = reason.strip()
    if not reason:
        raise UserError("请写明补发或扣回的原因")
    refuse_student_names(reason, MonthSheet.objects.filter(
        college=adjustment.college_id, month=adjustment.origin_month
    ).first())  # fmt: skip
    changed = Adjustment.objects.filter(
        pk=adjustment.pk, state=AdjustmentState.DETECTED, amount_fen=adjustment.amount_fen
    ).update(state=AdjustmentState.PROPOSED, reason=reason, proposed_by=actor, proposed_at=timezone.now())
    if not changed:
        raise StaleError("该项差额已变化或已被处理，请刷新后再提出")
    adjustment.refresh_from_db()
    _log(adjustment, actor, "allowance.adjustment_propose", reason)
    return adjustment


@transaction.atomic
def propose(
    *,
    actor: User,
    college: College,
    teacher: ClassTeacher,
    origin_month: dt.date,
    kind: LineKind,
    amount_fen: int,
    reason: str,
) -> Adjustment:
    """Enter a difference by hand where the facts do not show it, e.g. an amount that was agreed otherwise."""
    policies.can_propose_adjustment(actor, college).require()
    if not reason.strip():
        raise UserError("请写明补发或扣回的原因")
    if not amount_fen:
        raise UserError("差额不能为 0：补发填正数，扣回填负数")
    origin = MonthSheet.objects.filter(college=college, month=origin_month, state__in=CLOSED).first()
    if origin is None:
        raise UserError(f"{college} {origin_month:%Y-%m} 的月表尚未送人事，请直接在该月更正")
    refuse_student_names(reason, origin)
    if kind not in (LineKind.TEACHING, LineKind.GRADUATING):
        raise UserError("原类别只能是在读或毕业班")
    paid = _paid(origin, teacher, kind)
    if paid + amount_fen < 0:
        raise UserError("扣回后该月金额会小于 0，请核对金额")
    if Adjustment.objects.filter(
        college=college, teacher=teacher, origin_month=origin_month, origin_kind=kind, state=AdjustmentState.PROPOSED
    ).exists():
        raise UserError("该班主任这个月已有一项待审批，请先审批完")
    Adjustment.objects.filter(
        college=college, teacher=teacher, origin_month=origin_month, origin_kind=kind, state=AdjustmentState.DETECTED
    ).delete()
    adjustment = Adjustment.objects.create(
        college=college, teacher=teacher, origin_month=origin_month, origin_kind=kind, settled_fen=paid,
        recomputed_fen=paid + amount_fen, amount_fen=amount_fen, computed=False, reason=reason.strip(),
        state=AdjustmentState.PROPOSED, proposed_by=actor,
    )  # fmt: skip
    _log(adjustment, actor, "allowance.adjustment_propose", reason.strip())
    return adjustment


def _paid(sheet: MonthSheet, teacher: ClassTeacher, kind: str) -> int:
    settled = (
        SheetLine.objects.filter(sheet=sheet, teacher=teacher, kind=kind).aggregate(fen=Sum("amount_fen"))["fen"] or 0
    )
    earlier = Adjustment.objects.filter(
        college_id=sheet.college_id, teacher=teacher, origin_month=sheet.month, origin_kind=kind, state__in=COUNTED
    ).aggregate(fen=Sum("amount_fen"))["fen"]
    return settled + (earlier or 0)


@transaction.atomic
def decide(adjustment: Adjustment, *, actor: User, approve: bool, note: str = "") -> Adjustment:
    """The office approves or refuses; an approved one is paid with the college's next settled draft."""
    policies.can_decide_adjustment(actor, adjustment).require()
    if not approve and not note.strip():
        raise UserError("不同意请写明理由")
    new = AdjustmentState.APPROVED if approve else AdjustmentState.REJECTED
    changed = Adjustment.objects.filter(pk=adjustment.pk, state=AdjustmentState.PROPOSED).update(
        state=new, decided_by=actor, decided_at=timezone.now(), decision_note=note.strip()
    )
    if not changed:
        raise StaleError("该项刚被其他人审批过，请刷新页面查看")
    adjustment.refresh_from_db()
    _log(adjustment, actor, "allowance.adjustment_approve" if approve else "allowance.adjustment_reject", note.strip())
    return adjustment


def _log(adjustment: Adjustment, actor: User, action: str, reason: str) -> None:
    record(
        actor, action, adjustment, reason=reason, college=adjustment.college_id,
        after={"teacher": adjustment.teacher.staff_no, "month": f"{adjustment.origin_month:%Y-%m}",
               "kind": adjustment.origin_kind, "amount_fen": adjustment.amount_fen, "state": adjustment.state},
    )  # fmt: skip
