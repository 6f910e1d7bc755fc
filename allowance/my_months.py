"""A class teacher's own months, across colleges, with what changed and why."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.regulation.models import SchoolYear

from .calculation import Line
from .explanation import Comparison, compare
from .models import SheetLine, SheetState

STATE_WORDS = {
    SheetState.SUBMITTED: "学院已提交，继续教育学院审核中",
    SheetState.REVIEWED: "已审核，等待送人事",
    SheetState.HANDED_OVER: "已送人事部门",
    SheetState.RECEIVED: "人事部门已接收",
}


@dataclass(frozen=True, slots=True)
class MyMonth:
    """All own lines of a month; `comparison` is None when the month before is unknown."""

    month: dt.date
    lines: tuple[SheetLine, ...]
    comparison: Comparison | None

    @property
    def amount_fen(self) -> int:
        return sum(line.amount_fen for line in self.lines)

    @property
    def state(self) -> str:
        """In plain words; where two colleges are at different steps, of each."""
        words = {line.sheet.college.name: STATE_WORDS[SheetState(line.sheet.state)] for line in self.lines}
        if len(set(words.values())) == 1:
            return next(iter(words.values()))
        return "；".join(f"{college}：{text}" for college, text in words.items())


@dataclass(frozen=True, slots=True)
class MyYear:
    """A school year of own months; `name` is empty for months outside every school year."""

    name: str
    months: tuple[MyMonth, ...]

    @property
    def amount_fen(self) -> int:
        return sum(month.amount_fen for month in self.months)


def my_months(user: User) -> list[MyYear]:
    """Lines of sheets past the draft state, newest first. Two queries."""
    rows = (
        SheetLine.objects.filter(teacher__user=user)
        .exclude(sheet__state=SheetState.DRAFT)
        .select_related("sheet__college")
        .order_by("-sheet__month", "sheet__college__code", "sequence")
    )
    by_month: dict[dt.date, list[SheetLine]] = defaultdict(list)
    for row in rows:
        by_month[row.sheet.month].append(row)
    spans = list(SchoolYear.objects.values_list("name", "starts_on", "ends_on"))
    years: dict[str, list[MyMonth]] = defaultdict(list)
    for month in sorted(by_month, reverse=True):
        before = by_month.get((month - dt.timedelta(days=1)).replace(day=1))
        comparison = compare(_lines(before), _lines(by_month[month])) if before else None
        name = next((name for name, first, last in spans if first <= month <= last), "")
        years[name].append(MyMonth(month, tuple(by_month[month]), comparison))
    return [MyYear(name, tuple(months)) for name, months in years.items()]


def _lines(rows: list[SheetLine]) -> list[Line]:
    return [Line.from_dict(row.result) for row in rows if row.adjustment_id is None]
