"""Recompute every closed month from its frozen inputs; a sheet that cannot be reproduced to the 分 is named."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from allowance.calculation import Month, TeacherMonth, calculate, split_sheet
from allowance.models import FROZEN_STATES, MonthSheet, SheetLine

from .rows import KIND_OF_PHASE
from .settlement import digest_of, rules_of, teacher_months


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One thing in a closed sheet that its own frozen inputs do not give."""

    sheet: str
    subject: str
    text: str

    def __str__(self) -> str:
        return f"{self.sheet}　{self.subject}：{self.text}"


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Number of sheets' months and lines looked at, and every mismatch."""

    months: int
    lines: int
    mismatches: tuple[Mismatch, ...]


def reconcile(month: dt.date | None = None) -> Reconciliation:
    """Feed the stored inputs of every frozen sheet (of one month, or of all) back into the calculation."""
    sheets = (
        MonthSheet.objects.frozen()
        .filter(state__in=FROZEN_STATES)
        .select_related("college")
        .order_by("month", "college__code")
    )
    if month is not None:
        sheets = sheets.filter(month=month)
    months: set[dt.date] = set()
    lines = 0
    found: list[Mismatch] = []
    for sheet in sheets.iterator(chunk_size=50):
        rows = list(sheet.lines.select_related("adjustment").order_by("sequence"))
        months.add(sheet.month)
        lines += len(rows)
        found += _check(sheet, rows)
    return Reconciliation(len(months), lines, tuple(found))


def _check(sheet: MonthSheet, rows: list[SheetLine]) -> Iterator[Mismatch]:
    name = str(sheet)
    try:
        rules = rules_of(sheet)
        months = teacher_months(rows)
    except ValueError as error:
        yield Mismatch(name, "冻结的输入", str(error))
        return
    yield from _check_lines(sheet, rows, months, name)
    totals = split_sheet([row.amount_fen for row in rows], rules)
    for label, stored, expected in (
        ("金额", sheet.total_fen, totals.total_fen),
        ("学校承担", sheet.school_fen, totals.school_fen),
        ("学院承担", sheet.college_fen, totals.college_fen),
        ("人数", sheet.people, len({row.staff_no for row in rows})),
    ):
        if stored != expected:
            yield Mismatch(name, label, f"表内 {stored}，重算 {expected}")
    if digest_of(rows, sheet.rules) != sheet.inputs_digest:
        yield Mismatch(name, "输入摘要", "行、输入或制度参数与冻结时不同")
    yield from _check_headcounts(sheet, months, name)


def _check_lines(
    sheet: MonthSheet, rows: list[SheetLine], months: dict[str, TeacherMonth], name: str
) -> Iterator[Mismatch]:
    rules = rules_of(sheet)
    month = Month.of(sheet.month)
    expected = {
        (line.teacher_key, KIND_OF_PHASE[line.kind].value): line
        for teacher in months.values()
        for line in calculate(teacher, month, rules)
        if line.college == sheet.college.code and line.amount_fen
    }
    for row in rows:
        subject = f"{row.name}（{row.staff_no}）{row.kind}"
        if row.adjustment is not None:
            if row.amount_fen != row.adjustment.amount_fen:
                yield Mismatch(name, subject, f"表内 {row.amount_fen} 分，批准 {row.adjustment.amount_fen} 分")
            continue
        line = expected.pop((row.staff_no, row.kind), None)
        if line is None:
            yield Mismatch(name, subject, f"表内 {row.amount_fen} 分，重算无此行")
            continue
        for label, stored, computed in (
            ("金额（分）", row.amount_fen, line.amount_fen),
            ("基准人数", row.headcount, line.headcount_text),
            ("系数", row.coefficient, line.coefficient_text),
            ("月标准", row.monthly_rate, line.monthly_rate_text),
            ("在岗天数", row.days, line.days_text),
            ("计算说明", row.formula, line.formula),
            ("结果", row.result, line.to_dict()),
        ):
            if stored != computed:
                yield Mismatch(name, subject, f"{label}：表内 {stored}，重算 {computed}"[:300])
    for (staff_no, kind), line in expected.items():
        yield Mismatch(name, f"{line.name}（{staff_no}）{kind}", f"重算 {line.amount_fen} 分，表内无此行")


def _check_headcounts(sheet: MonthSheet, months: dict[str, TeacherMonth], name: str) -> Iterator[Mismatch]:
    kept = {row.class_code: row for row in sheet.headcounts.all()}
    for row in kept.values():
        if row.roster and len(row.roster.splitlines()) != row.headcount:
            yield Mismatch(name, row.class_name, f"基准人数 {row.headcount}，名单 {len(row.roster.splitlines())} 人")
    basis = sheet.rules.get("basis")
    if basis == "daily":
        return
    for teacher in months.values():
        for post in teacher.posts:
            snapshot = kept.get(post.class_code)
            if snapshot is not None and snapshot.headcount != post.headcount:
                yield Mismatch(
                    name, post.class_name, f"基准人数 {snapshot.headcount}，{teacher.name} 的行用了 {post.headcount}"
                )
