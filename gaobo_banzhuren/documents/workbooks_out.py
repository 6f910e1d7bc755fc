"""Workbooks that the offices open: described as data, written as values only, the same bytes for the same input.

No cell is ever a formula: text that begins like one stays text, whatever a person typed.
"""

import datetime
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, TypeVar
from urllib.parse import quote

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

ResponseT = TypeVar("ResponseT", bound=HttpResponseBase)

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF: Final = "application/pdf"
ZIP: Final = "application/zip"

TEXT: Final = "text"
MONEY: Final = "money"
INTEGER: Final = "integer"
NUMBER: Final = "number"
DATE: Final = "date"
DATETIME: Final = "datetime"
_FORMATS: Final = {
    TEXT: "@",
    MONEY: "#,##0.00",
    INTEGER: "0",
    NUMBER: "General",
    DATE: "yyyy-mm-dd",
    DATETIME: "yyyy-mm-dd hh:mm",
}
_RIGHT: Final = frozenset({MONEY, INTEGER, NUMBER})

MAX_CELL: Final = 32_767
CUT_MARK: Final = "…（已截断）"
MAX_SHEET_NAME: Final = 31
# A workbook's own time stamps say nothing that its content does not say, but would make two equal exports differ.
FIXED_TIME: Final = datetime.datetime(2000, 1, 1)  # noqa: DTZ001  openpyxl takes naive times only
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_BAD_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
_BAD_IN_FILE_NAME = re.compile(r'[\\/:*?"<>|\s]+')

_THIN = Side(style="thin", color="FF999999")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_HEADER_FILL = PatternFill("solid", start_color="FFE8EEF7", end_color="FFE8EEF7")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an export: its header, where a row (mapping, sequence or object) holds the value, what it is."""

    header: str
    key: str | int
    kind: str = TEXT
    width: float | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Columns, rows and foot rows (plain sequences laid under the columns, e.g. 合计)."""

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
    notes: Mapping[str, str] = field(default_factory=dict)


class SheetNames:
    """Hands out sheet names that Excel accepts, each once (case does not tell two apart)."""

    def __init__(self) -> None:
        self._taken = {"history"}

    def take(self, wanted: str) -> str:
        base = _BAD_IN_SHEET_NAME.sub(" ", _ILLEGAL.sub("", wanted)).strip().strip("'").strip() or "工作表"
        name = base[:MAX_SHEET_NAME]
        number = 2
        while name.casefold() in self._taken:
            suffix = f"({number})"
            name = base[: MAX_SHEET_NAME - len(suffix)] + suffix
            number += 1
        self._taken.add(name.casefold())
        return name


def safe_text(value: object) -> str:
    """Text that a cell can hold: no control characters or half pairs, at most 32,767 characters, cut with a mark."""
    text = _ILLEGAL.sub("", str(value))
    if len(text) > MAX_CELL:
        text = text[: MAX_CELL - len(CUT_MARK)] + CUT_MARK
    return text


def safe_cell(cell: Cell, value: object, kind: str | None = None) -> Cell:
    """Put a value into a cell by its Python type; text is stored as text even when it begins with `=`."""
    if value is None or value == "":
        cell.value = None
    elif isinstance(value, bool):
        cell.value = "是" if value else "否"
    elif isinstance(value, int | float | Decimal) and kind != TEXT:
        cell.value = value
    elif isinstance(value, datetime.datetime):
        cell.value = timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
    elif isinstance(value, datetime.date | datetime.time):
        cell.value = value
    else:
        cell.value = None
        cell._value = safe_text(value)  # the setter would make a formula or an error of it
        cell.data_type = "s"
    if kind is not None:
        cell.number_format = _FORMATS[kind] if not (kind == TEXT and cell.data_type == "n") else "General"
    return cell


def workbook_bytes(sheets: Sequence[Sheet], *, title: str) -> bytes:
    """Write the sheets in order; `title` goes into the file's properties."""
    book = Workbook()
    book.remove(book.active)
    names = SheetNames()
    for sheet in sheets:
        write_sheet(book, sheet, names)
    return finish(book, title)


def write_sheet(book: Workbook, sheet: Sheet, names: SheetNames) -> Worksheet:
    """Add one described sheet to a workbook, set up for A4 with the header row repeated on each page."""
    target = book.create_sheet(names.take(sheet.name))
    columns = sheet.table.columns
    for line_number, line in enumerate(sheet.before):
        _write_line(target, line_number + 1, line)
    if sheet.before:
        target.cell(1, 1).font = Font(bold=True, size=14)
    header_row = len(sheet.before) + 1
    for index, column in enumerate(columns):
        cell = safe_cell(target.cell(header_row, index + 1), column.header)
        cell.font, cell.fill, cell.border = Font(bold=True), _HEADER_FILL, _BOX
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    row_number = header_row
    for row in sheet.table.rows:
        row_number += 1
        for index, column in enumerate(columns):
            _body_cell(target.cell(row_number, index + 1), _value_of(row, column.key), column.kind)
    for foot in sheet.table.foot:
        row_number += 1
        for index, column in enumerate(columns):
            value = foot[index] if index < len(foot) else None
            kind = column.kind if not isinstance(value, str) else TEXT
            _body_cell(target.cell(row_number, index + 1), value, kind).font = Font(bold=True)
    for line in sheet.after:
        row_number += 1
        _write_line(target, row_number, line)
    set_widths(target, header_row, columns)
    print_setup(target, header_row, landscape=sheet.landscape)
    return target


def _write_line(target: Worksheet, row_number: int, line: Sequence[Any]) -> None:
    for index, value in enumerate(line):
        safe_cell(target.cell(row_number, index + 1), value)


def _value_of(row: Any, key: str | int) -> Any:
    if isinstance(row, Mapping):
        return row.get(key)
    if isinstance(key, int):
        return row[key]
    return getattr(row, key)


def _body_cell(cell: Cell, value: object, kind: str) -> Cell:
    safe_cell(cell, value, kind)
    cell.border = _BOX
    right = kind in _RIGHT and cell.data_type == "n"
    cell.alignment = Alignment(horizontal="right" if right else "left", vertical="center", wrap_text=not right)
    return cell


def display_width(text: str) -> int:
    """Width of the widest line in Excel's unit; a Chinese character takes two."""
    return max(
        (sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in line) for line in text.split("\n")),
        default=0,
    )


def set_widths(target: Worksheet, header_row: int = 1, columns: Sequence[Column] = ()) -> None:
    """Set column widths from the content at and below the header row (at most the first 500 rows)."""
    widths: dict[int, int] = {}
    for row in target.iter_rows(min_row=header_row, max_row=min(target.max_row, header_row + 500)):
        for cell in row:
            if cell.value is not None:
                widths[cell.column] = max(widths.get(cell.column, 0), display_width(_shown(cell)))
    for index, width in widths.items():
        fixed = columns[index - 1].width if index <= len(columns) else None
        target.column_dimensions[get_column_letter(index)].width = fixed or min(max(width + 2, 6), 48)


def _shown(cell: Cell) -> str:
    if cell.number_format == _FORMATS[MONEY] and isinstance(cell.value, int | float | Decimal):
        return f"{cell.value:,.2f}"
    if isinstance(cell.value, datetime.datetime) and cell.number_format == _FORMATS[DATE]:
        return "2000-01-01"
    return str(cell.value)


def print_setup(target: Worksheet, header_row: int, *, landscape: bool = True) -> None:
    """A4, one page wide, header row frozen on screen and repeated on paper, page numbers in the foot."""
    target.freeze_panes = f"A{header_row + 1}"
    target.print_title_rows = f"{header_row}:{header_row}"
    target.page_setup.paperSize = target.PAPERSIZE_A4
    target.page_setup.orientation = "landscape" if landscape else "portrait"
    target.page_setup.fitToWidth = 1
    target.page_setup.fitToHeight = 0
    target.sheet_properties.pageSetUpPr.fitToPage = True
    target.page_margins.left = target.page_margins.right = 0.4
    target.page_margins.top = target.page_margins.bottom = 0.6
    target.oddFooter.center.text = "第 &P 页 共 &N 页"


def finish(book: Workbook, title: str) -> bytes:
    """Save with fixed dates inside the file and in its zip, so that equal content gives equal bytes."""
    book.properties.title = safe_text(title)
    book.properties.creator = "班主任工作管理"
    book.properties.lastModifiedBy = None
    book.properties.created = FIXED_TIME
    raw = io.BytesIO()
    book.save(raw)
    result = io.BytesIO()
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            content = source.read(info)
            if info.filename == "docProps/core.xml":
                content = _MODIFIED.sub(
                    rb"\g<1>" + FIXED_TIME.strftime("%Y-%m-%dT%H:%M:%SZ").encode() + rb"\2", content
                )
            fixed = zipfile.ZipInfo(info.filename, (2000, 1, 1, 0, 0, 0))
            fixed.compress_type = zipfile.ZIP_DEFLATED
            fixed.external_attr = 0o600 << 16
            fixed.create_system = 3
            target.writestr(fixed, content)
    return result.getvalue()


_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


def safe_file_name(name: str, fallback: str = "文件") -> str:
    """A name for a download: no path, no control or direction characters, no leading dot, at most 150 bytes."""
    name = re.sub(r"[\r\n\t]", " ", name)
    name = "".join(char for char in name if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Cn"})
    name = _BAD_IN_FILE_NAME.sub(" ", name)
    name = re.sub(r"\.{2,}", ".", name).strip(" .") or fallback
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 8:
        stem, extension = name, ""
    while len(stem.encode()) > 150:
        stem = stem[:-1]
    return f"{stem.rstrip()}.{extension}" if extension else stem


def attachment_response(data: bytes, filename: str, content_type: str = XLSX) -> HttpResponse:
    """Answer with a download that no browser shows inline, sniffs or keeps."""
    response = HttpResponse(data, content_type=content_type)
    response["Content-Length"] = str(len(data))
    return as_attachment(response, filename)


def as_attachment(response: ResponseT, filename: str) -> ResponseT:
    """Set the headers of every served file: saved under its name (RFC 5987), can run nothing, kept by nobody."""
    name = safe_file_name(filename)
    extension = name.rpartition(".")[2] if "." in name else ""
    plain = f"download.{extension}" if extension.isascii() and extension.isalnum() else "download"
    response["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "no-store, private"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
