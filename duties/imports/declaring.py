"""What an import kind is: columns, who may, and how rows become the call of a service. A new kind is one of these."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.documents.problems import Problem, Problems
from gaobo_banzhuren.documents.workbooks_in import HeaderColumn, SafeWorkbook
from teachers.imports.columns import SheetKind
from teachers.imports.reading import ReadSheet, Row

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """Who imports, and the colleges whose students exist for that person; None for the whole school."""

    actor: User
    colleges: frozenset[int] | None

    @property
    def unknown(self) -> str:
        """The same words for what does not exist and for what belongs to others."""
        return "不存在" if self.colleges is None else "不存在，或不在您的学院范围内"

    def covers(self, college_id: int) -> bool:
        return self.colleges is None or college_id in self.colleges


@dataclass(slots=True)
class Reading:
    """All that a workbook says to this kind: its sheets as rows, problems and notes; `extra` is the kind's own."""

    problems: Problems
    sheets: list[ReadSheet] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    extra: Any = None
    bad: set[tuple[str, int]] = field(default_factory=set)

    def rows(self) -> list[tuple[ReadSheet, Row]]:
        return [(sheet, row) for sheet in self.sheets for row in sheet.rows]

    def report(self, sheet: ReadSheet, row: Row, column: str, reason: str, value: object = None) -> None:
        """Report a field of a row; the value shown is the one in the sheet unless another is given."""
        shown = row.values.get(column) if value is None else value
        self.problems.at(sheet.table, row.number, column, shown, reason)
        self.bad.add((sheet.table.sheet, row.number))

    def add(self, title: str, row: int, column: str, value: object, reason: str, letter: str = "") -> None:
        """Report a cell of a sheet that is no plain table."""
        self.problems.add(Problem(title, row, column, value, reason, letter))
        self.bad.add((title, row))

    def is_bad(self, sheet: ReadSheet, row: Row) -> bool:
        return bool(row.bad) or (sheet.table.sheet, row.number) in self.bad


@dataclass(frozen=True, slots=True)
class Line:
    """What a row (or a column of marks) asks for: its place, the key of the record it is about, and how it is called."""

    sheet: str
    row: int
    key: Key
    code: str
    name: str


@dataclass(slots=True)
class Wanted:
    """The rows as a call of services: `write(actor)` may be tried and rolled back, or kept.

    `tracked` are the rows it may touch, the main model first, then those that point at it.
    """

    write: Callable[[User], None]
    tracked: Sequence[models.QuerySet[Any]]
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Shown:
    """A column of the main model in the preview, as a person reads it."""

    column: str
    label: str
    show: Callable[[Any], str] = str


@dataclass(frozen=True, slots=True)
class ImportKind:
    """One kind of workbook. `key_columns` are those of the main model that make up `Line.key`."""

    key: str
    label: str
    text: str
    icon: str
    roles: tuple[Role, ...]
    sheets: tuple[SheetKind, ...]
    key_columns: tuple[str, ...]
    shown: tuple[Shown, ...]
    plan: Callable[[Reading, Scope], Wanted]
    read: Callable[[SafeWorkbook, Reading, ImportKind], None]
    examples: Mapping[str, Sequence[Sequence[object]]] = field(default_factory=dict)
    hints: tuple[str, ...] = ()

    def is_open_to(self, user: User) -> bool:
        return user.access.has(*self.roles)

    def scope_of(self, user: User) -> Scope:
        """The whole school for the office, else the colleges of the roles that may import this."""
        roles = [role for role in self.roles if role is not Role.OFFICE]
        return Scope(user, None if user.access.has(Role.OFFICE) else frozenset(user.access.colleges(*roles)))

    @property
    def columns(self) -> Collection[tuple[SheetKind, HeaderColumn]]:
        return [(sheet, column) for sheet in self.sheets for column in sheet.columns]
