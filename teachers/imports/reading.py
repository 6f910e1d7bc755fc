"""From a workbook to plain rows. Every bad cell is reported; the good cells of its row are still checked against others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any, Final

from openpyxl.utils import get_column_letter

from gaobo_banzhuren.documents import cells
from gaobo_banzhuren.documents.problems import Problems, show_value
from gaobo_banzhuren.documents.workbooks_in import SafeWorkbook, SheetTable, WorkbookRefused
from gaobo_banzhuren.documents.workbooks_in.headers import HEADER_ROWS, find_header, normal_header

from .columns import KINDS, SheetKind

TICK: Final = 500
SHEETS: Final = "*"
"""Key under which a mapping says which sheet is which, as title → fixed name."""
SAMPLES: Final = 3

ColumnMap = Mapping[str, Mapping[str, str | None]]
"""By sheet: header text or column letter → field, None to ignore the column."""


class Row:
    """One row: `values` of the good cells (None where blank), `bad` the fields that were reported."""

    __slots__ = ("bad", "number", "values")

    def __init__(self, number: int, values: dict[str, Any], bad: frozenset[str]) -> None:
        self.number = number
        self.values = values
        self.bad = bad

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


@dataclass(slots=True)
class ReadSheet:
    """A sheet that could be read; `table` knows how its fields are headed."""

    kind: SheetKind
    table: SheetTable
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FoundColumn:
    """A column as the person's sheet has it, for the page that matches columns."""

    letter: str
    text: str
    field: str
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a sheet's header was found and what was made of it."""

    name: str
    title: str
    header_row: int
    columns: tuple[FoundColumn, ...]
    missing: tuple[str, ...]


@dataclass(slots=True)
class Reading:
    """All that a workbook says. `unreadable` are sheets that exist but could not be understood."""

    problems: Problems
    sheets: dict[str, ReadSheet] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    layouts: list[Layout] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)

    def rows(self, name: str) -> list[Row]:
        sheet = self.sheets.get(name)
        return sheet.rows if sheet else []

    def at(self, name: str, row: Row, column: str, reason: str, value: object = None) -> None:
        """Report a field of a row; the value shown is the one in the sheet unless another is given."""
        shown = row.values.get(column) if value is None else value
        self.problems.at(self.sheets[name].table, row.number, column, shown, reason)


def read_steps(
    book: SafeWorkbook, reading: Reading, mapping: ColumnMap, memory: ColumnMap, *, layouts: bool = False
) -> Iterator[tuple[str, int]]:
    """Fill `reading`, yielding (sheet, rows so far) now and then so that a page can show how far it is."""
    used = set()
    titles = _named_sheets(book, mapping, memory)
    for kind in KINDS:
        try:
            title = book.resolve(kind.name) or titles.get(kind.name)
        except WorkbookRefused as refused:
            reading.problems.sheet(kind.name, refused.message)
            reading.unreadable.add(kind.name)
            continue
        if title is None:
            continue
        used.add(title)
        yield from _read_sheet(book, reading, kind, title, _mapping_for(book, kind, title, mapping, memory), layouts)
    reading.hidden = [title for title in book.hidden_sheets if title not in used]
    reading.ignored = [title for title in book.sheet_names if title not in used]
    reading.notes += book.notes
    reading.notes += [f"工作表「{title}」不在名册的六张表之内，没有读取" for title in reading.ignored]
    if not used and not reading.problems:
        names = "".join(f"「{kind.name}」" for kind in KINDS)
        where = "、".join(reading.ignored or reading.hidden) or "工作簿"
        reading.problems.sheet(where, f"没有找到名册的工作表，应至少有{names}中的一张")


def _named_sheets(book: SafeWorkbook, mapping: ColumnMap, memory: ColumnMap) -> dict[str, str]:
    """Sheets under another name that somebody said are one of the six, by the fixed name."""
    said = {**memory.get(SHEETS, {}), **mapping.get(SHEETS, {})}
    return {name: title for title, name in said.items() if name and title in book.sheet_names}


def _mapping_for(
    book: SafeWorkbook, kind: SheetKind, title: str, mapping: ColumnMap, memory: ColumnMap
) -> dict[str, str | None]:
    """What was remembered for headers that this sheet really has, overruled by what was chosen for this file."""
    remembered = memory.get(kind.name)
    chosen: dict[str, str | None] = {}
    if remembered:
        present = {normal_header(cell) for _, row in _head(book, title) for cell in row}
        chosen = {text: name for text, name in remembered.items() if normal_header(text) in present}
    return chosen | dict(mapping.get(kind.name, {}))


def _head(book: SafeWorkbook, title: str, count: int = HEADER_ROWS) -> list[tuple[int, tuple[object, ...]]]:
    return list(islice(book.raw_rows(title), count))


def _read_sheet(
    book: SafeWorkbook, reading: Reading, kind: SheetKind, title: str, mapping: dict[str, str | None], layouts: bool
) -> Iterator[tuple[str, int]]:
    if layouts:
        reading.layouts.append(_layout(book, kind, title, mapping))
    table = book.table(title, kind.columns, reading.problems, mapping=mapping or None)
    if table is None:
        reading.unreadable.add(kind.name)
        return
    reading.notes += table.notes
    sheet = reading.sheets[kind.name] = ReadSheet(kind, table)
    converter = RowConverter(sheet, reading.problems, book.date1904)
    for count, (number, raw) in enumerate(table.rows(), 1):
        sheet.rows.append(converter.row(number, raw))
        if count % TICK == 0:
            yield kind.name, count
    yield kind.name, len(sheet.rows)


class RowConverter:
    """Converts cells and remembers what it has converted: dates, codes and words of choice repeat by the thousand."""

    def __init__(self, sheet: ReadSheet, problems: Problems, date1904: bool) -> None:
        self.sheet = sheet
        self.problems = problems
        table = sheet.table
        self.absent = {column.field: None for column in sheet.kind.columns if column.field not in table.columns}
        self.missing = frozenset(
            column.field for column in sheet.kind.columns if column.required and column.field not in table.columns
        )
        self.plan: list[tuple[str, Callable[[Any], Any], bool, dict[Any, Any]]] = [
            (
                column.field,
                partial(cells.date, date1904=True) if date1904 and column.convert is cells.date else column.convert,
                column.required,
                {},
            )
            for column in table.columns.values()
        ]

    def row(self, number: int, raw: dict[str, object]) -> Row:
        values: dict[str, Any] = dict(self.absent)
        bad = self.missing
        for name, convert, required, known in self.plan:
            value = raw[name]
            kind = type(value)
            if kind is str or kind is dt.datetime:
                found = known.get(value, known)
                if found is not known:
                    values[name] = found
                    continue
            values[name] = None
            # A letter, digit or Chinese character in front settles it without looking for invisible ones.
            if value is None or (isinstance(value, str) and not value[:1].isalnum() and cells.is_blank(value)):
                if required:
                    bad |= {name}
                    self.problems.at(self.sheet.table, number, name, value, "不能为空")
                continue
            try:
                values[name] = convert(value)
            except cells.CellProblem as problem:
                bad |= {name}
                self.problems.at(self.sheet.table, number, name, value, problem.reason)
                continue
            if kind is str or kind is dt.datetime:
                known[value] = values[name]
        return Row(number, values, bad)


def _layout(book: SafeWorkbook, kind: SheetKind, title: str, mapping: Mapping[str, str | None]) -> Layout:
    numbered = _head(book, title, HEADER_ROWS + SAMPLES)
    dense: list[tuple[object, ...]] = []
    for number, values in numbered:
        if number > HEADER_ROWS:
            break
        dense.extend(() for _ in range(number - 1 - len(dense)))
        dense.append(values)
    header = find_header(dense, kind.columns, mapping or None)
    required = tuple(column.header for column in kind.columns if column.required)
    if header is None:
        return Layout(kind.name, title, 0, (), required)
    body = [values for number, values in numbered if number > header.row + 1][:SAMPLES]
    by_index = {index: name for name, index in header.index_of.items()}
    columns = tuple(
        FoundColumn(get_column_letter(index + 1), text, by_index.get(index, ""), _samples(body, index))
        for index, text in enumerate(header.texts)
        if text or index in by_index
    )
    missing = tuple(column.header for column in kind.columns if column.required and column.field not in header.index_of)
    return Layout(kind.name, title, header.row + 1, columns, missing)


def _samples(body: list[tuple[object, ...]], index: int) -> tuple[str, ...]:
    return tuple(show_value(row[index])[:20] for row in body if index < len(row) and not cells.is_blank(row[index]))
