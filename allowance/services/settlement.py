"""Settle a month: from the facts of the day to the draft sheets of the colleges (第十条, 5.8 and 5.9)."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from allowance import policies
from allowance.calculation import Line, Month, MonthCut, MonthResult, TeacherMonth, split_sheet
from allowance.models import (
    Adjustment,
    AdjustmentState,
    HeadcountSnapshot,
    LineKind,
    MonthSheet,
    SheetEvent,
    SheetLine,
    SheetState,
)
from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.audit.models import ChainHead
from gaobo_banzhuren.audit.services import record
from gaobo_banzhuren.regulation.bundle import Rules
from gaobo_banzhuren.regulation.in_force import rules_for_month
from gaobo_banzhuren.regulation.school_calendar import PayableState, payable
from gaobo_banzhuren.web.errors import UserError

from .adjustments import renew_differences
from .checks import renew_warnings
from .gathering import ClassRow, MonthFacts, TeacherRow, gather
from .rows import adjustment_row, line_row
from .stored import rules_of

NO_LINES = MonthResult((), ())
NO_CUT = MonthCut((), ())
BATCH = 1000
HEADCOUNT = ("school_class_id", "class_code", "class_name", "phase", "basis_on", "headcount")


@dataclass(frozen=True, slots=True)
class Settled:
    """What settling did to one college's sheet; a sheet past the draft state is left alone and only reported."""

    sheet: MonthSheet
    recomputed: bool
    changed: bool


@dataclass(slots=True)
class Settlement:
    """Everything the steps of one run share."""

    month: Month
    rules: Rules
    payable: PayableState
    facts: MonthFacts
    cut: MonthCut
    result: MonthResult
    actor: User | None
    lines_by_college: dict[str, list[Line]] = field(default_factory=dict)
    _adjustments: dict[int, list[Adjustment]] | None = None

    def adjustments(self, sheet: MonthSheet) -> list[Adjustment]:
        """What is tied to the sheet, in the order of origin month and 工号. One query for all sheets of the run."""
        if self._adjustments is None:
            self._adjustments = defaultdict(list)
            tied = Adjustment.objects.filter(sheet__month=sheet.month, state=AdjustmentState.INCLUDED)
            ordered = tied.order_by("origin_month", "teacher__user__staff_no", "pk").select_related("teacher__user")
            for item in ordered:
                assert item.sheet_id is not None
                self._adjustments[item.sheet_id].append(item)
        return self._adjustments.get(sheet.pk, [])


def settle_month(month: Month, *, actor: User | None, college: College | None = None) -> list[Settled]:
    """Make or recompute the draft sheets of the month, of one college or of all, in one transaction.

    Running it twice gives the same rows. A sheet that is submitted or later is never touched; naming such a college is
    an error. Raises UserError without rules in force (无适用制度), for a month that has not begun, and NotAllowed.
    """
    if month.first_day > timezone.localdate():
        raise UserError(f"{month} 还没有开始，不能结算")
    rules = rules_for_month(month.first_day)
    colleges = [college] if college else list(_colleges_to_settle(month))
    if actor is not None:
        for each in colleges:
            policies.can_settle(actor, each).require()
    with transaction.atomic():
        sheets = _locked_sheets(month, rules, colleges)
        drafts = [sheet for sheet in sheets if sheet.state == SheetState.DRAFT]
        if college and not drafts:
            raise UserError(f"{college}{month} 的月表{sheets[0].get_state_display()}，不能重新结算；须先退回")
        settlement = _compute(month, rules, actor)
        changed = _write_all(drafts, settlement)
    return [Settled(sheet, sheet.pk in changed, changed.get(sheet.pk, False)) for sheet in sheets]


def _colleges_to_settle(month: Month) -> Iterable[College]:
    """Colleges with a class, and those that have a sheet of the month already."""
    with_class = College.objects.filter(classes__isnull=False)
    with_sheet = College.objects.filter(month_sheets__month=month.first_day)
    return (with_class | with_sheet).distinct().order_by("code")


def _locked_sheets(month: Month, rules: Rules, colleges: Sequence[College]) -> list[MonthSheet]:
    """The sheets, made where missing, locked in the order of the college codes."""
    missing = [
        MonthSheet(college=college, month=month.first_day, rule_version_id=rules.version_id, rule_label=rules.label)
        for college in colleges
    ]
    MonthSheet.objects.bulk_create(missing, ignore_conflicts=True)
    return list(
        MonthSheet.objects.select_for_update(of=("self",))
        .select_related("college")
        .filter(month=month.first_day, college__in=colleges)
        .order_by("college__code")
    )


def _compute(month: Month, rules: Rules, actor: User | None) -> Settlement:
    state = payable(month.first_day)
    facts = gather(month, rules.allowance, rules.effective_from)
    cut, result = facts.compute() if state.payable else (NO_CUT, NO_LINES)
    settlement = Settlement(month, rules, state, facts, cut, result, actor)
    by_college: dict[str, list[Line]] = defaultdict(list)
    for line in result.lines:
        if line.amount_fen:
            by_college[line.college].append(line)
    settlement.lines_by_college = by_college
    return settlement


def _write_all(sheets: Sequence[MonthSheet], settlement: Settlement) -> dict[int, bool]:
    """Replace the drafts' lines, headcounts and warnings in few statements; which sheets changed."""
    _tie_adjustments(sheets)
    built = {sheet.pk: _build_lines(sheet, settlement) for sheet in sheets}
    rules_data = settlement.rules.allowance.to_dict()
    digests = {sheet.pk: digest_of(built[sheet.pk], rules_data) for sheet in sheets}
    changed = {sheet.pk: digests[sheet.pk] != sheet.inputs_digest for sheet in sheets}
    stale = [sheet.pk for sheet in sheets if changed[sheet.pk]]
    SheetLine.objects.filter(sheet__in=stale).delete()
    SheetLine.objects.bulk_create([line for pk in stale for line in built[pk]], batch_size=BATCH)
    _write_headcounts(sheets, settlement)
    renew_differences([sheet.college_id for sheet in sheets])
    renew_warnings(sheets, settlement, built)
    before = {sheet.pk: {"total_fen": sheet.total_fen, "people": sheet.people} for sheet in sheets}
    now, position = timezone.now(), _audit_position()
    for sheet in sheets:
        lines = built[sheet.pk]
        totals = split_sheet([line.amount_fen for line in lines], settlement.rules.allowance)
        sheet.total_fen, sheet.school_fen, sheet.college_fen = totals.total_fen, totals.school_fen, totals.college_fen
        sheet.people = len({line.staff_no for line in lines})
        sheet.inputs_digest, sheet.rules = digests[sheet.pk], rules_data
        sheet.rule_version_id, sheet.rule_label = settlement.rules.version_id, settlement.rules.label
        sheet.months_confirmed = settlement.payable.confirmed
        sheet.computed_at, sheet.computed_by = now, settlement.actor
        sheet.first_computed_at = sheet.first_computed_at or now
        sheet.facts_sequence = sheet.checked_sequence = position
        sheet.save()
    for sheet in sheets:
        if changed[sheet.pk]:
            after = {"total_fen": sheet.total_fen, "people": sheet.people, "digest": sheet.inputs_digest}
            _note(sheet, settlement.actor, before[sheet.pk], after)
    return changed


def _note(sheet: MonthSheet, actor: User | None, before: dict[str, Any], after: dict[str, Any]) -> None:
    SheetEvent.objects.create(
        sheet=sheet, action="结算", old_state=sheet.state, new_state=sheet.state, version=sheet.version,
        by=actor, by_name=actor.name if actor else "系统",
    )  # fmt: skip
    record(actor, "allowance.settle", sheet, before=before, after=after, college=sheet.college_id)


def _audit_position() -> int:
    """Facts recorded after this audit number are not in the sheet."""
    head = ChainHead.objects.filter(pk=1).first()
    return head.sequence if head else 0


def _build_lines(sheet: MonthSheet, settlement: Settlement) -> list[SheetLine]:
    teachers = {teacher.teacher_key: teacher for teacher in settlement.cut.teachers}
    encoded: dict[str, dict[str, Any]] = {}
    lines = []
    for line in settlement.lines_by_college.get(sheet.college.code, ()):
        key = line.teacher_key
        if key not in encoded:
            encoded[key] = teachers[key].to_dict()
        lines.append(line_row(sheet, line, settlement.facts.teacher_rows[key], encoded[key]))
    lines.sort(key=lambda row: (row.staff_no, row.kind != LineKind.TEACHING))
    lines += [adjustment_row(sheet, item) for item in settlement.adjustments(sheet)]
    for number, row in enumerate(lines, start=1):
        row.sequence = number
    return lines


def _tie_adjustments(sheets: Sequence[MonthSheet]) -> None:
    """Approved 补发 and 扣回 from earlier months join their college's draft, so that none is paid twice."""
    waiting = Adjustment.objects.filter(state=AdjustmentState.APPROVED, sheet__isnull=True)
    if not waiting.exists():
        return
    for sheet in sheets:
        waiting.filter(college_id=sheet.college_id, origin_month__lt=sheet.month).update(
            sheet=sheet, state=AdjustmentState.INCLUDED
        )


def _write_headcounts(sheets: Sequence[MonthSheet], settlement: Settlement) -> None:
    """Keep the basis headcount of every class whose people are in the sheet or whose college it is."""
    phases = {post.class_code: post.phase.value for teacher in settlement.cut.teachers for post in teacher.posts}
    kept: dict[int, set[tuple[object, ...]]] = defaultdict(set)
    for sheet_id, *values in HeadcountSnapshot.objects.filter(sheet__in=sheets).values_list("sheet_id", *HEADCOUNT):
        kept[sheet_id].add(tuple(values))
    rows: list[HeadcountSnapshot] = []
    stale = []
    for sheet in sheets:
        fresh = {
            (row.pk, row.code, row.name, phases.get(row.code, ""), row.basis_on, row.headcount)
            for row in _classes_of(sheet, settlement)
        }
        if fresh != kept[sheet.pk]:
            stale.append(sheet.pk)
            rows += [HeadcountSnapshot(sheet=sheet, **dict(zip(HEADCOUNT, values, strict=True))) for values in fresh]
    HeadcountSnapshot.objects.filter(sheet__in=stale).delete()
    HeadcountSnapshot.objects.bulk_create(rows, batch_size=BATCH)


def _classes_of(sheet: MonthSheet, settlement: Settlement) -> list[ClassRow]:
    codes = {
        item.code
        for line in settlement.lines_by_college.get(sheet.college.code, ())
        for stretch in line.stretches
        for item in stretch.classes
    }
    rows = settlement.facts.class_rows.values()
    return [row for row in rows if row.college_id == sheet.college_id or row.code in codes]


def digest_of(lines: Sequence[SheetLine], rules: dict[str, Any]) -> str:
    """SHA-256 over every line's inputs and amount and over the rules: a planted or missing line changes it."""
    body = [
        [
            line.staff_no,
            line.kind,
            line.amount_fen,
            line.name,
            line.category,
            line.formula,
            line.inputs,
            line.adjustment_id,
        ]
        for line in lines
    ]
    text = json.dumps([body, rules], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def teacher_months(lines: Iterable[SheetLine]) -> dict[str, TeacherMonth]:
    """The frozen input of each person in the sheet."""
    found: dict[str, TeacherMonth] = {}
    for line in lines:
        if line.adjustment_id is None and line.staff_no not in found:
            found[line.staff_no] = TeacherMonth.from_dict(line.inputs)
    return found


__all__ = ["Settled", "Settlement", "TeacherRow", "digest_of", "rules_of", "settle_month", "teacher_months"]
