"""A school year of allowance: teachers or colleges by month, with totals that are counted twice."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet, Sum

from gaobo_banzhuren.documents.workbooks_out import MONEY, TEXT, Column, Sheet, Table, workbook_bytes
from gaobo_banzhuren.regulation.models import SchoolYear

from .calculation import Month, to_yuan
from .models import MonthSheet, SheetLine, SheetState
from .overview import Control


@dataclass(frozen=True, slots=True)
class YearRow:
    """One person or college; `cells` follow the months, None where there was nothing."""

    key: int
    label: str
    note: str
    cells: tuple[int | None, ...]

    @property
    def total_fen(self) -> int:
        return sum(cell or 0 for cell in self.cells)


@dataclass(frozen=True, slots=True)
class YearTable:
    """Only sheets past the draft state count; `drafts` are the months left out."""

    name: str
    months: tuple[dt.date, ...]
    rows: tuple[YearRow, ...]
    drafts: tuple[str, ...]
    control: Control

    @property
    def totals(self) -> tuple[int, ...]:
        return tuple(sum(row.cells[at] or 0 for row in self.rows) for at in range(len(self.months)))

    @property
    def total_fen(self) -> int:
        return sum(self.totals)


def months_of(year: SchoolYear) -> tuple[dt.date, ...]:
    months = [Month.of(year.starts_on)]
    while months[-1].following.first_day <= year.ends_on:
        months.append(months[-1].following)
    return tuple(month.first_day for month in months)


def _sheets(year: SchoolYear, sheets: QuerySet[MonthSheet]) -> tuple[tuple[dt.date, ...], QuerySet[MonthSheet]]:
    months = months_of(year)
    return months, sheets.filter(month__in=months)


def teachers_table(year: SchoolYear, sheets: QuerySet[MonthSheet]) -> YearTable:
    """Class teachers by month, of the given sheets. Four queries."""
    months, rows = _sheets(year, sheets)
    closed = rows.exclude(state=SheetState.DRAFT)
    lines = (
        SheetLine.objects.filter(sheet__in=closed)
        .order_by()
        .values_list("teacher_id", "staff_no", "name", "sheet__month")
        .annotate(fen=Sum("amount_fen"))
    )
    cells: dict[tuple[str, int], dict[dt.date, int]] = defaultdict(lambda: defaultdict(int))
    names: dict[tuple[str, int], str] = {}
    for teacher, staff_no, name, month, fen in lines:
        cells[staff_no, teacher][month] += fen
        names[staff_no, teacher] = name
    found = [
        YearRow(key[1], names[key], key[0], tuple(cells[key].get(month) for month in months)) for key in sorted(cells)
    ]
    return _table(year, months, found, rows, closed)


def colleges_table(year: SchoolYear, sheets: QuerySet[MonthSheet]) -> YearTable:
    """Colleges by month. Three queries."""
    months, rows = _sheets(year, sheets)
    closed = rows.exclude(state=SheetState.DRAFT)
    cells: dict[tuple[str, int, str], dict[dt.date, int]] = defaultdict(dict)
    for code, pk, name, month, fen in closed.values_list(
        "college__code", "college", "college__name", "month", "total_fen"
    ):
        cells[code, pk, name][month] = fen
    found = [YearRow(key[1], key[2], key[0], tuple(cells[key].get(month) for month in months)) for key in sorted(cells)]
    return _table(year, months, found, rows, closed)


def _table(
    year: SchoolYear,
    months: tuple[dt.date, ...],
    found: Sequence[YearRow],
    rows: QuerySet[MonthSheet],
    closed: QuerySet[MonthSheet],
) -> YearTable:
    heads = closed.aggregate(total=Sum("total_fen"), school=Sum("school_fen"), college=Sum("college_fen"))
    control = Control(
        heads["total"] or 0, sum(row.total_fen for row in found), (heads["school"] or 0) + (heads["college"] or 0)
    )
    drafts = rows.filter(state=SheetState.DRAFT).order_by("month", "college__code").select_related("college")
    left_out = tuple(f"{sheet.month:%Y-%m} {sheet.college}" for sheet in drafts)
    return YearTable(year.name, months, tuple(found), left_out, control)


def year_workbook(tables: Iterable[tuple[str, str, str, YearTable]]) -> bytes:
    """One sheet per table: sheet name, first column, second column, the table."""
    pages = [_page(*table) for table in tables]
    return workbook_bytes(pages, title="班主任津贴学年一览")


def _page(name: str, first: str, second: str, table: YearTable) -> Sheet:
    columns = [Column(first, 0, TEXT, 16), Column(second, 1, TEXT, 16)]
    columns += [Column(f"{month:%Y-%m}", at, MONEY, 11) for at, month in enumerate(table.months, start=2)]
    columns.append(Column("合计", len(columns), MONEY, 13))
    rows = [
        (row.note, row.label, *(None if cell is None else to_yuan(cell) for cell in row.cells), to_yuan(row.total_fen))
        for row in table.rows
    ]
    foot = ("合计", "", *(to_yuan(fen) for fen in table.totals), to_yuan(table.total_fen))
    after = [[f"草稿未计入：{'、'.join(table.drafts)}"]] if table.drafts else []
    return Sheet(name, Table(columns, rows, foot=[foot]), before=[[f"{table.name} 学年班主任津贴"]], after=after)
