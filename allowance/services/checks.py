"""Checks before submission: what a careful person would look at, each with its facts, confirmed with a reason or fixed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from allowance import policies
from allowance.calculation import Finding, FindingKind, Phase
from allowance.models import (
    LineKind,
    MonthSheet,
    SheetLine,
    SheetWarning,
    WarningCode,
)
from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.audit.services import record
from gaobo_banzhuren.regulation.rules import AllowanceRules
from gaobo_banzhuren.web.errors import StaleError, UserError

from .headcounts import WAITING, confirmation_closed, objection_text
from .naming import refuse_student_names
from .surroundings import Before, Surroundings, surroundings

JUMP_PERCENT = 20
"""From this change against the month before a line is pointed out. A hint of this product, not of the regulation."""

ROSTER_DAYS = 31
"""A roster last written longer before the month's first day than this is pointed out."""

CODE_OF_FINDING = {
    FindingKind.GAP: WarningCode.VACANT,
    FindingKind.STAND_IN_MISSING: WarningCode.NO_STAND_IN,
    FindingKind.STAND_IN_ON_LEAVE: WarningCode.NO_STAND_IN,
    FindingKind.ZERO_STUDENTS: WarningCode.ZERO_STUDENTS,
    FindingKind.UNFILED: WarningCode.UNFILED,
    FindingKind.UNFILED_BLOCKED: WarningCode.UNFILED,
    FindingKind.OVERLAP: WarningCode.SHARES,
    FindingKind.SHARES_DIFFER: WarningCode.SHARES,
    FindingKind.SHARE_FORBIDDEN: WarningCode.SHARES,
    FindingKind.TWO_POSTS: WarningCode.TWO_POSTS,
    FindingKind.MANY_STUDENTS: WarningCode.TWO_POSTS,
}


@dataclass(frozen=True, slots=True)
class Found:
    """One finding before it is stored."""

    code: WarningCode
    subject: str
    text: str
    facts: dict[str, Any] = field(default_factory=dict)


def renew_warnings(sheets: Sequence[MonthSheet], settlement: Any, lines: Mapping[int, Sequence[SheetLine]]) -> None:
    """Replace the sheets' warnings; a confirmation survives only where subject and text are still the same."""
    if not sheets:
        return
    around = surroundings(sheets)
    kept: dict[tuple[int, str, str], SheetWarning] = {
        (row.sheet_id, row.code, row.subject): row for row in SheetWarning.objects.filter(sheet__in=sheets)
    }
    found = {
        (sheet.pk, item.code.value, item.subject): item
        for sheet in sheets
        for item in _all_findings(sheet, settlement, lines[sheet.pk], around)
    }
    gone = [row.pk for key, row in kept.items() if key not in found or found[key].text != row.text]
    SheetWarning.objects.filter(pk__in=gone).delete()
    fresh = [(key[0], item) for key, item in found.items() if key not in kept or kept[key].text != item.text]
    SheetWarning.objects.bulk_create(
        [
            SheetWarning(sheet_id=sheet_id, code=item.code, subject=item.subject, text=item.text, facts=item.facts)
            for sheet_id, item in fresh
        ],
        batch_size=1000,
    )


def _all_findings(
    sheet: MonthSheet, settlement: Any, lines: Sequence[SheetLine], around: Surroundings
) -> Iterator[Found]:
    previous = around.previous.get(sheet.college_id, {})
    yield from _from_calculation(sheet, (*settlement.cut.findings, *settlement.result.findings))
    yield from _months(sheet, settlement)
    yield from _bands(sheet, settlement, previous)
    yield from _jumps(lines, previous)
    yield from _without_class(lines)
    yield from _closed_but_teaching(sheet, settlement)
    yield from _two_colleges(lines, around)
    yield from _headcounts_unconfirmed(sheet, settlement, around)
    yield from _terms_over(sheet, settlement)
    yield from _old_roster(sheet, around)
    yield from _waiting_differences(sheet, around)


def _from_calculation(sheet: MonthSheet, findings: Iterable[Finding]) -> Iterator[Found]:
    """The facts the calculation met, one warning per kind, class and person."""
    merged: dict[tuple[WarningCode, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        if sheet.college.code in finding.colleges:
            subject = f"{finding.class_code}:{finding.teacher_key}"
            merged[CODE_OF_FINDING[finding.kind], subject].append(finding)
    for (code, subject), group in merged.items():
        yield Found(code, subject[:80], "".join(item.text for item in group)[:400],
                    {"findings": [item.to_dict() for item in group]})  # fmt: skip


def _months(sheet: MonthSheet, settlement: Any) -> Iterator[Found]:
    if not settlement.payable.payable:
        yield Found(WarningCode.MONTHS_UNCONFIRMED, "months", f"{sheet.month:%Y-%m} 不在发放月份内，本表不计发。")
    elif not settlement.payable.confirmed:
        yield Found(
            WarningCode.MONTHS_UNCONFIRMED, "months",
            "继续教育学院尚未确认本学年的发放月份（口径 A-04）；确认之前不能送人事。",
        )  # fmt: skip


def _bands(sheet: MonthSheet, settlement: Any, previous: Mapping[tuple[str, str], Before]) -> Iterator[Found]:
    """A tier crossed since last month, or missed by one student."""
    rules: AllowanceRules = settlement.rules.allowance
    edges = {tier.minimum for tier in rules.tiers if tier.minimum > 1}
    for line in settlement.lines_by_college.get(sheet.college.code, ()):
        if line.kind is not Phase.TEACHING or not line.stretches:
            continue
        last = line.stretches[-1]
        texts = []
        before = previous.get((line.teacher_key, LineKind.TEACHING.value))
        if before is not None and before.coefficient.split("；")[-1] != last.coefficient_text:
            texts.append(
                f"系数由上月的 {before.coefficient.split('；')[-1]} 变为 {last.coefficient_text}"
                f"（{before.headcount.split('；')[-1]} 人 → {last.headcount} 人）"
            )
        if last.headcount + 1 in edges:
            texts.append(f"{last.headcount} 人，差 1 人即进入上一档")
        elif last.headcount in edges:
            texts.append(f"{last.headcount} 人，刚好达到本档下限")
        if texts:
            yield Found(
                WarningCode.BAND_EDGE, line.teacher_key, f"{line.name}（{line.teacher_key}）：{'；'.join(texts)}。"
            )


def _jumps(lines: Sequence[SheetLine], previous: Mapping[tuple[str, str], Before]) -> Iterator[Found]:
    if not previous:
        return
    current = {(row.staff_no, row.kind): row for row in lines if row.adjustment_id is None}
    for key in sorted(current.keys() | previous.keys()):
        now, before = current.get(key), previous.get(key)
        new_fen, old_fen = (now.amount_fen if now else 0), (before.amount_fen if before else 0)
        if new_fen == old_fen or abs(new_fen - old_fen) * 100 < JUMP_PERCENT * max(old_fen, new_fen):
            continue
        name = now.name if now else before.name if before else ""
        yield Found(
            WarningCode.JUMP, f"{key[0]}:{key[1]}",
            f"{name}（{key[0]}）{key[1]}：上月 {_yuan(old_fen)} 元，本月 {_yuan(new_fen)} 元。",
            {"before_fen": old_fen, "after_fen": new_fen},
        )  # fmt: skip


def _without_class(lines: Sequence[SheetLine]) -> Iterator[Found]:
    with_class = {row.staff_no for row in lines if row.adjustment_id is None and row.classes}
    for row in lines:
        if row.amount_fen > 0 and row.staff_no not in with_class:
            yield Found(
                WarningCode.NO_CLASS, f"{row.staff_no}:{row.adjustment_id or row.kind}",
                f"{row.name}（{row.staff_no}）本月不带班，表中有 {_yuan(row.amount_fen)} 元（{row.kind}）。",
            )  # fmt: skip


def _closed_but_teaching(sheet: MonthSheet, settlement: Any) -> Iterator[Found]:
    """Students have graduated and yet the class has no end of teaching: its dates are probably not kept."""
    teaching = {
        post.class_code for teacher in settlement.cut.teachers for post in teacher.posts if post.phase is Phase.TEACHING
    }
    for row in settlement.facts.class_rows.values():
        if row.college_id == sheet.college_id and row.graduated and row.code in teaching:
            yield Found(
                WarningCode.CLOSED_TEACHING, row.code,
                f"{row.name}：已有 {row.graduated} 名学生毕业，仍按教学中计发。请核对教学结束日期。",
            )  # fmt: skip


def _two_colleges(lines: Sequence[SheetLine], around: Surroundings) -> Iterator[Found]:
    for row in lines:
        shares = row.result.get("shares", []) if row.adjustment_id is None else []
        if len(shares) > 1:
            others = "、".join(
                f"{around.colleges.get(share['college'], share['college'])} {_yuan(share['amount_fen'])} 元"
                for share in shares
            )
            yield Found(
                WarningCode.TWO_COLLEGES, f"{row.staff_no}:{row.kind}",
                f"{row.name}（{row.staff_no}）在两个学院任职，{row.kind}津贴按人数日分摊：{others}。",
            )  # fmt: skip


def _headcounts_unconfirmed(sheet: MonthSheet, settlement: Any, around: Surroundings) -> Iterator[Found]:
    """Classes whose teacher has not agreed with the headcount, or objected (A-28)."""
    led = {(post.class_code) for teacher in settlement.cut.teachers for post in teacher.posts}
    rows = [r for r in settlement.facts.class_rows.values() if r.college_id == sheet.college_id and r.code in led]
    closed = confirmation_closed(sheet, around.objection_days)
    waiting = []
    for row in rows:
        given = [answer for answer in around.answers.get(row.pk, ()) if answer.headcount == row.headcount]
        objections = [answer for answer in given if not answer.agreed and not answer.resolution]
        for answer in objections:
            yield Found(
                WarningCode.HEADCOUNT_UNCONFIRMED, row.code, objection_text(row.name, answer), {"answer": answer.pk}
            )
        if not given and not closed:
            waiting.append(row)
    if waiting:
        names = "、".join(f"{row.name} {row.headcount} 人" for row in waiting[:6]) + ("等" if len(waiting) > 6 else "")
        yield Found(
            WarningCode.HEADCOUNT_UNCONFIRMED, WAITING,
            f"{len(waiting)} 个班共 {sum(row.headcount for row in waiting)} 人的基准人数尚未经班主任确认：{names}。",
            {"classes": [row.code for row in waiting]},
        )  # fmt: skip


def _terms_over(sheet: MonthSheet, settlement: Any) -> Iterator[Found]:
    """Appointments whose recorded term ran out without renewal: their days end with the term (C2.3)."""
    for class_code, staff_no, last_day in settlement.facts.terms_over:
        row = settlement.facts.class_rows.get(class_code)
        if row is not None and row.college_id == sheet.college_id and last_day < settlement.month.last_day:
            name = settlement.facts.teacher_rows[staff_no].name
            yield Found(
                WarningCode.TERM_OVER, f"{class_code}:{staff_no}",
                f"{row.name}：{name}（{staff_no}）的聘期至 {last_day}，之后未续聘，不计发。",
            )  # fmt: skip


def _old_roster(sheet: MonthSheet, around: Surroundings) -> Iterator[Found]:
    updated = around.roster_updated.get(sheet.college_id)
    if updated is None:
        return
    day = timezone.localdate(updated)
    if (sheet.month - day).days > ROSTER_DAYS:
        yield Found(WarningCode.ROSTER_OLD, "roster", f"名册最后更新于 {day}，距本月 1 日已超过一个月。")


def _waiting_differences(sheet: MonthSheet, around: Surroundings) -> Iterator[Found]:
    for item in around.differences.get(sheet.college_id, ()):
        yield Found(
            WarningCode.ADJUSTMENT_PROPOSED, f"{item.teacher.staff_no}:{item.origin_month:%Y-%m}:{item.origin_kind}",
            f"{item.teacher.name}（{item.teacher.staff_no}）{item.origin_month:%Y-%m} {item.origin_kind}："
            f"按现有资料应为 {_yuan(item.recomputed_fen)} 元，已发 {_yuan(item.settled_fen)} 元，差额 {_yuan(item.amount_fen)} 元。",
        )  # fmt: skip


def _yuan(fen: int) -> str:
    sign, fen = ("-" if fen < 0 else ""), abs(fen)
    return f"{sign}{fen // 100:,}.{fen % 100:02d}"


@transaction.atomic
def confirm_warnings(sheet: MonthSheet, warnings: Sequence[SheetWarning], *, actor: User, reason: str) -> int:
    """Confirm findings with one reason that travels with the sheet; how many were confirmed.

    Raises UserError without a reason or with a student's name in it, StaleError when one of them is gone or was confirmed by somebody else.
    """
    policies.can_edit_draft(actor, sheet).require()
    reason = reason.strip()
    if not reason:
        raise UserError("请写明确认的理由，它会随表送审")
    refuse_student_names(reason, sheet)
    locked = MonthSheet.objects.select_for_update().get(pk=sheet.pk)
    policies.can_edit_draft(actor, locked).require()
    wanted = [warning.pk for warning in warnings]
    changed = SheetWarning.objects.filter(pk__in=wanted, sheet=locked, confirmed_at__isnull=True).update(
        reason=reason, confirmed_by=actor, confirmed_at=timezone.now()
    )
    if changed != len(wanted):
        raise StaleError("有提示已被处理或重新结算，请刷新页面后再确认")
    record(
        actor, "allowance.confirm_warning", sheet, reason=reason, college=sheet.college_id,
        after={"warnings": [f"{warning.code}:{warning.subject}" for warning in warnings]},
    )  # fmt: skip
    return changed
