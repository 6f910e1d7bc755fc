"""Findings of an import: each names sheet, row, column and value, so that a person can go straight to the cell."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from gaobo_banzhuren.web.errors import UserError

SHOWN_VALUE = 60
LISTED_PROBLEMS = 20
KEPT_PROBLEMS = 5_000


def show_value(value: object) -> str:
    """Render a cell's value the way its sheet shows it, cut to a length fit for a message."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime.datetime):
        text = value.strftime("%Y-%m-%d") if value.time() == datetime.time() else value.strftime("%Y-%m-%d %H:%M")
    elif isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
        text = str(int(value))
    else:
        text = str(value)
    text = "".join(" " if char.isspace() or not char.isprintable() else char for char in text)
    return text if len(text) <= SHOWN_VALUE else text[:SHOWN_VALUE] + "…"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right. `row` None means the whole sheet, `column` empty the whole row."""

    sheet: str
    row: int | None
    column: str
    value: object
    reason: str
    letter: str = ""

    def __str__(self) -> str:
        if self.row is None:
            return f"工作表「{self.sheet}」：{self.reason}"
        if not self.column:
            return f"工作表「{self.sheet}」第 {self.row} 行：{self.reason}"
        return f"工作表「{self.sheet}」第 {self.row} 行「{self.column}」：值「{show_value(self.value)}」{self.reason}"


class TableLike(Protocol):
    """What a finding needs to know of its table: the sheet's name and how a field is headed there."""

    @property
    def sheet(self) -> str: ...

    def label(self, field: str) -> str: ...

    def letter(self, field: str) -> str: ...


class ImportRefused(UserError):
    """The workbook has problems, nothing was saved; `problems` holds them all."""

    def __init__(self, problems: "Problems") -> None:
        lines = [str(problem) for problem in list(problems)[:LISTED_PROBLEMS]]
        rest = problems.count - len(lines)
        if rest > 0:
            lines.append(f"……另有 {rest} 处问题")
        super().__init__(f"导入未进行，共 {problems.count} 处问题：\n" + "\n".join(lines))
        self.problems = problems


class Problems:
    """Collects every problem of a workbook; keeps the first 5,000 and counts the rest."""

    def __init__(self) -> None:
        self._items: list[Problem] = []
        self.count = 0

    def add(self, problem: Problem) -> None:
        self.count += 1
        if len(self._items) < KEPT_PROBLEMS:
            self._items.append(problem)

    def at(self, table: TableLike, row: int, field: str, value: object, reason: str) -> None:
        """Report a field of a row of `table` under the header that the person's sheet uses."""
        self.add(Problem(table.sheet, row, table.label(field), value, reason, table.letter(field)))

    def sheet(self, sheet: str, reason: str, row: int | None = None) -> None:
        """Report something about a sheet (or one whole row of it)."""
        self.add(Problem(sheet, row, "", None, reason))

    def refuse(self) -> None:
        """Raise `ImportRefused` when there is any problem."""
        if self.count:
            raise ImportRefused(self)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self._items)

    def __len__(self) -> int:
        return self.count

    def __bool__(self) -> bool:
        return self.count > 0
