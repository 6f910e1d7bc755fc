"""Short words for allowance tests: the first rule version, its variants, and facts about one month."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from allowance.calculation import (
    AppointmentFact,
    ClassFact,
    LeaveFact,
    Line,
    Month,
    MonthCut,
    TeacherFact,
    calculate_month,
    cut_month,
    to_yuan,
)
from gaobo_banzhuren.regulation import rules as regulation_rules
from gaobo_banzhuren.regulation.rules import AllowanceRules

SAMPLES = Path(__file__).parent.parent / "samples"
RULES_FILE = Path(regulation_rules.__file__).parent / "data" / "2023-10-01.json"
RULES = AllowanceRules.from_dict(json.loads(RULES_FILE.read_text(encoding="utf-8"))["parts"]["allowance"])
START = date(2023, 10, 1)


def rules(**changes: Any) -> AllowanceRules:
    """The first rule version with some readings changed; `rounding` takes a dict of its fields."""
    if "rounding" in changes:
        changes["rounding"] = replace(RULES.rounding, **changes["rounding"])
    return replace(RULES, **changes)


def a_class(
    code: str = "K1",
    headcount: int = 60,
    college: str = "C1",
    opens: str = "2023-09-01",
    teaching_end: str | None = None,
    closes: str | None = None,
    **more: Any,
) -> ClassFact:
    return ClassFact(code, f"{code}班", college, day(opens), _day(teaching_end), _day(closes), headcount, **more)


def leads(
    teacher: str = "A", code: str = "K1", first: str = "2023-09-01", last: str | None = None, **more: Any
) -> AppointmentFact:
    return AppointmentFact(code, teacher, day(first), _day(last), **more)


def on_leave(teacher: str, first: str, last: str, stand_in: str | None = None) -> LeaveFact:
    return LeaveFact(teacher, day(first), day(last), stand_in)


def day(text: str) -> date:
    return date.fromisoformat(text)


def _day(text: str | None) -> date | None:
    return None if text is None else day(text)


def cut(
    month: str,
    classes: Sequence[ClassFact],
    appointments: Sequence[AppointmentFact],
    leaves: Sequence[LeaveFact] = (),
    version: AllowanceRules = RULES,
    home: dict[str, str] | None = None,
) -> MonthCut:
    """Cut a month; everybody named belongs to college C1 unless `home` says otherwise."""
    named = {item.teacher_key for item in (*appointments, *leaves)}
    named |= {item.stand_in_key for item in leaves if item.stand_in_key}
    people = [TeacherFact(key, f"{key}老师", (home or {}).get(key, "C1")) for key in sorted(named)]
    return cut_month(Month.parse(month), classes, appointments, leaves, people, version, START)


def lines(
    month: str,
    classes: Sequence[ClassFact],
    appointments: Sequence[AppointmentFact],
    leaves: Sequence[LeaveFact] = (),
    version: AllowanceRules = RULES,
    **more: Any,
) -> tuple[Line, ...]:
    result = cut(month, classes, appointments, leaves, version, **more)
    return calculate_month(Month.parse(month), result.teachers, version).lines


def paid(*args: Any, **more: Any) -> dict[str, Decimal]:
    """Yuan per person over all lines of the month."""
    sums: dict[str, int] = {}
    for line in lines(*args, **more):
        sums[line.teacher_key] = sums.get(line.teacher_key, 0) + line.amount_fen
    return {key: to_yuan(fen) for key, fen in sums.items()}


class Sample:
    """The sample roster, read straight from the workbook."""

    def __init__(self) -> None:
        book = load_workbook(SAMPLES / "roster.xlsx", read_only=True)
        self.rows = {sheet.title: list(sheet.iter_rows(min_row=2, values_only=True)) for sheet in book}

    def lines(self, month: str, version: AllowanceRules = RULES) -> tuple[Line, ...]:
        when = Month.parse(month)
        people = [TeacherFact(row[0], row[1], row[3]) for row in self.rows["班主任"]]
        appointments = [
            AppointmentFact(row[0], row[1], plain(row[2]), _plain(row[3]), row[4] == "解聘", None, row[5] is not None)
            for row in self.rows["聘任"]
        ]
        leaves = [LeaveFact(row[0], plain(row[1]), plain(row[2]), row[3]) for row in self.rows["班主任请假"]]
        result = cut_month(when, self._classes(when), appointments, leaves, people, version, START)
        return calculate_month(when, result.teachers, version).lines

    def _classes(self, month: Month) -> list[ClassFact]:
        found = []
        for row in self.rows["班级"]:
            opens = plain(row[7])
            basis = max(month.first_day, opens)
            count = sum(
                1
                for student in self.rows["学生"]
                if student[4] == row[0]
                and plain(student[5]) <= basis
                and (student[6] == "在读" or plain(student[7]) > basis)
            )
            found.append(ClassFact(row[0], row[1], row[2], opens, _plain(row[8]), _plain(row[9]), count))
        return found


def plain(value: object) -> date:
    assert isinstance(value, datetime)
    return value.date()


def _plain(value: object) -> date | None:
    return None if value is None else plain(value)
