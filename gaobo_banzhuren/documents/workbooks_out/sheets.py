"""Sheets described as data and streamed into a workbook."""

import datetime
import math
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, islice
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from gaobo_banzhuren.documents.workbooks_out.package import finish
from gaobo_banzhuren.documents.workbooks_out.values import (
    DATE,
    DATETIME,
    FORMATS,
    INTEGER,
    MONEY,
    NUMBER,
    TEXT,
    TEXT_FORMAT,
    SheetNames,
    safe_cell,
)

MEASURED_ROWS: Final = 500
MIN_WIDTH: Final = 6
MAX_WIDTH: Final = 48
LINE_HEIGHT: Final = 16.0
"""Points of one line of the standard font."""
MAX_LINES: Final = 25
"""Excel's highest row is 409 points."""
_RIGHT: Final = frozenset({MONEY, INTEGER, NUMBER})
_SHOWN: Final = {DATE: "2000-01-01", DATETIME: "2000-01-01 00:00"}
_THIN: Final = Side(style="thin", color="FF999999")
_BOX: Final = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_HEADER_FILL: Final = PatternFill("solid", start_color="FFE8EEF7", end_color="FFE8EEF7")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an export: its header, where a row (mapping, sequence or object) holds the value, what it is."""

    header: str
    key: str | int
    kind: str = TEXT
    width: float | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Columns, rows and foot rows (plain sequences laid under the columns, e.g. 合计). `rows` is read once."""

    columns: Sequence[Column]
    rows: Iterable[Any]
    foot: Sequence[Sequence[Any]] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: lines above the header (the first is the title), the table, lines below."""

    name: str
    table: Table
    before: Sequence[Sequence[Any]] = ()
    after: Sequence[Sequence[Any]] = ()
    landscape: bool = True


def workbook_bytes(sheets: Sequence[Sheet], *, title: str) -> bytes:
    """Write the sheets in order, row by row; `title` goes into the file's properties."""
    book = Workbook(write_only=True)
    names = SheetNames()
    for sheet in sheets:
        write_sheet(book, sheet, names)
    return finish(book, title)


def write_sheet(book: Workbook, sheet: Sheet, names: SheetNames) -> None:
    """Add one described sheet to a workbook, set up for A4 with the header row repeated on each page."""
    columns = sheet.table.columns
    rows: Iterator[list[Any]] = ([_value_of(row, column.key) for column in columns] for row in sheet.table.rows)
    measured = list(islice(rows, MEASURED_ROWS))
    target = book.create_sheet(names.take(sheet.name))
    header_row = len(sheet.before) + 1
    widths: list[float] = []
    # A streamed sheet writes its widths and print set-up before the first row.
    for index, column in enumerate(columns):
        values = (shown_width(row[index], column.kind) for row in chain(measured, _padded(sheet.table.foot, columns)))
        wanted = column.width or fitting_width(chain([display_width(column.header)], values))
        target.column_dimensions[get_column_letter(index + 1)].width = wanted
        widths.append(wanted)
    print_setup(target, header_row, landscape=sheet.landscape)
    styles = _Styles(target)
    for number, line in enumerate(sheet.before):
        target.append([styles.cell(value, None, "title" if number == index == 0 else "line")
                       for index, value in enumerate(line)])  # fmt: skip
    target.append([styles.cell(column.header, TEXT, "header") for column in columns])
    for number, row in enumerate(chain(measured, rows), header_row + 1):
        lines = lines_needed(row, widths)
        if lines > 1:
            # Not every office program makes room for folded text by itself.
            target.row_dimensions[number].height = LINE_HEIGHT * min(lines, MAX_LINES)
        target.append([styles.cell(value, column.kind, "body") for value, column in zip(row, columns, strict=True)])
    for foot in _padded(sheet.table.foot, columns):
        target.append([styles.cell(value, column.kind, "foot") for value, column in zip(foot, columns, strict=True)])
    for line in sheet.after:
        target.append([styles.cell(value, None, "line") for value in line])


def _value_of(row: Any, key: str | int) -> Any:
    if isinstance(row, Mapping):
        return row.get(key)
    if isinstance(key, int):
        return row[key]
    return getattr(row, key)


def _padded(lines: Sequence[Sequence[Any]], columns: Sequence[Column]) -> Iterator[list[Any]]:
    for line in lines:
        yield [line[index] if index < len(line) else None for index in range(len(columns))]


class _Styles:
    """Makes cells; each style is composed once and then shared, which is ten times as fast."""

    def __init__(self, target: Any) -> None:
        self._target = target
        self._known: dict[tuple[str | None, str, bool], Any] = {}

    def cell(self, value: object, kind: str | None, role: str) -> Cell:
        cell: Cell = safe_cell(WriteOnlyCell(self._target), value, kind)
        key = (kind, role, cell.data_type == "s")
        if key not in self._known:
            self._known[key] = self._compose(*key)
        # A date in a line without columns brought its own format along.
        if kind is not None or cell._style is None:
            cell._style = self._known[key]
        return cell

    def _compose(self, kind: str | None, role: str, is_text: bool) -> Any:
        cell = WriteOnlyCell(self._target)
        if kind is not None:
            right = kind in _RIGHT and not is_text
            cell.number_format = TEXT_FORMAT if is_text else FORMATS[kind]
            cell.border = _BOX
            cell.alignment = Alignment(horizontal="right" if right else "left", vertical="center", wrap_text=not right)
        if role == "header":
            cell.fill = _HEADER_FILL
            cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        if role in {"header", "foot"}:
            cell.font = Font(bold=True)
        if role == "title":
            cell.font = Font(bold=True, size=14)
        return cell._style


def display_width(text: str) -> int:
    """Width of the widest line in Excel's unit; a Chinese character takes two."""
    return max(
        (sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in line) for line in text.split("\n")),
        default=0,
    )


def shown_width(value: object, kind: str) -> int:
    """Width of a value as its column shows it."""
    if value is None:
        return 0
    if kind == MONEY and isinstance(value, int | float | Decimal):
        return len(f"{value:,.2f}")
    if isinstance(value, datetime.date):
        return len(_SHOWN.get(kind, _SHOWN[DATETIME]))
    return display_width(str(value)[:1000])


def lines_needed(row: Sequence[object], widths: Sequence[float]) -> int:
    """Lines that the longest text of the row takes in columns of these widths."""
    return max(
        (
            sum(max(1, math.ceil(display_width(line) / (width - 1))) for line in value.split("\n"))
            for value, width in zip(row, widths, strict=True)
            if isinstance(value, str)
        ),
        default=1,
    )


def fitting_width(widths: Iterable[int]) -> int:
    """Column width for contents of these widths: not too narrow to read, not so wide that the page shrinks."""
    return min(max(max(widths, default=0) + 2, MIN_WIDTH), MAX_WIDTH)


def print_setup(target: Any, header_row: int, *, landscape: bool = True) -> None:
    """A4, one page wide, header row frozen on screen and repeated on paper, page numbers in the foot."""
    target.freeze_panes = f"A{header_row + 1}"
    target.print_title_rows = f"{header_row}:{header_row}"
    target.page_setup.paperSize = int(Worksheet.PAPERSIZE_A4)
    target.page_setup.orientation = "landscape" if landscape else "portrait"
    target.page_setup.fitToWidth = 1
    target.page_setup.fitToHeight = 0
    target.sheet_properties.pageSetUpPr.fitToPage = True
    target.page_margins.left = target.page_margins.right = 0.4
    target.page_margins.top, target.page_margins.bottom = 0.6, 0.8
    target.page_margins.header = target.page_margins.footer = 0.3
    target.oddFooter.center.text = "第 &P 页 共 &N 页"
