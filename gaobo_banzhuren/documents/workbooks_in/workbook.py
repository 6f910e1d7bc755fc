"""Open a checked workbook for streaming; every way in goes through `guard`."""

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from io import BytesIO
from types import TracebackType
from typing import Any, BinaryIO, Self
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse
from django.conf import settings
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.utils.exceptions import InvalidFileException

from gaobo_banzhuren.documents.problems import Problems
from gaobo_banzhuren.documents.workbooks_in.guard import PartFacts, open_package, read_upload, refuse_by_magic
from gaobo_banzhuren.documents.workbooks_in.headers import HEADER_ROWS, HeaderColumn, Mapped, find_header, normal_header
from gaobo_banzhuren.documents.workbooks_in.limits import Limits
from gaobo_banzhuren.documents.workbooks_in.refused import WorkbookRefused
from gaobo_banzhuren.documents.workbooks_in.table import Numbered, SheetTable

# What openpyxl and the parsers raise on a file whose inside is not what it should be.
BROKEN = (
    ParseError,
    DefusedXmlException,
    InvalidFileException,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    OverflowError,
    AssertionError,
)
# A row may claim any number; the rows before it are made up one by one.
LAST_SHEET_ROW = 1_048_576
BROKEN_TEXT = "工作簿内部已损坏，无法读取；请用 Excel 或 WPS 打开后另存为 xlsx，再上传"


def open_workbook(file: BinaryIO | bytes, limits: Limits | None = None) -> "SafeWorkbook":
    """Check an upload by its content and open it read-only.

    Raises `WorkbookRefused` (a `UserError`) that says in Chinese what the file really is and what to do.
    """
    limits = limits or Limits(file_bytes=settings.MAX_WORKBOOK_BYTES)
    data = read_upload(file, limits.file_bytes)
    refuse_by_magic(data)
    package = open_package(data, limits)
    try:
        book = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
    except BROKEN as error:
        raise WorkbookRefused("broken", BROKEN_TEXT) from error
    if not book.sheetnames:
        raise WorkbookRefused("no_sheet", "工作簿里没有工作表，请重新保存后再上传")
    if len(book.sheetnames) > limits.sheets:
        raise WorkbookRefused("sheets", f"工作表超过 {limits.sheets} 张，请拆成几个文件")
    return SafeWorkbook(data, book, package.parts, limits)


class SafeWorkbook:
    """A workbook that may be read: sheets by name, each as a stream of rows with all caps counted on the way."""

    def __init__(self, data: bytes, book: Any, parts: dict[str, PartFacts], limits: Limits) -> None:
        self.data = data
        self.limits = limits
        self._book = book
        self._parts = parts
        self._rows_read = 0
        self.date1904 = book.epoch == CALENDAR_MAC_1904
        self._sheets = {sheet.title: sheet for sheet in book.worksheets if hasattr(sheet, "reset_dimensions")}
        self.sheet_names = [title for title, sheet in self._sheets.items() if sheet.sheet_state == "visible"]
        self.hidden_sheets = [title for title, sheet in self._sheets.items() if sheet.sheet_state != "visible"]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; a table must not be read afterwards."""
        self._book.close()

    @property
    def notes(self) -> list[str]:
        """What the preview should mention about the whole workbook."""
        notes = [f"工作表「{name}」是隐藏的，没有读取" for name in self.hidden_sheets]
        if self.date1904:
            notes.append("工作簿使用 1904 日期系统，日期已按此换算")
        return notes

    def resolve(self, name: str) -> str | None:
        """Find the title of a sheet whose name is `name` but for blanks, width and case; None when absent.

        Raises `WorkbookRefused` when two sheets fit or the one that fits is hidden.
        """
        wanted = normal_header(name)
        found = [title for title in self._sheets if normal_header(title) == wanted]
        if not found:
            return None
        if len(found) > 1:
            names = "".join(f"「{title}」" for title in found)
            raise WorkbookRefused("two_sheets", f"有两张同名的工作表{names}，请只留一张")
        if found[0] in self.hidden_sheets:
            raise WorkbookRefused("hidden_sheet", f"工作表「{found[0]}」是隐藏的，请取消隐藏（或删除）后再导入")
        return found[0]

    def raw_rows(self, title: str, last_row: int | None = None) -> Iterator[Numbered]:
        """Yield (row number, values) of the rows that hold anything, all of one width."""
        sheet = self._sheets[title]
        # What a file says about its own size may be wrong; the rows themselves are counted.
        sheet.reset_dimensions()
        width = self.limits.columns + 1
        number = 0
        # openpyxl gives one and the same tuple for every row of a gap, and a gap may be a million rows.
        gap = None
        try:
            for values in sheet.iter_rows(max_row=last_row, max_col=width, values_only=True):
                number += 1
                if number > LAST_SHEET_ROW:
                    raise WorkbookRefused("rows", f"工作表「{title}」的行号超出范围，请另存为 xlsx 后再上传")
                if values is gap:
                    continue
                if values.count(None) == width:
                    gap = values
                    continue
                if values[-1] is not None:
                    raise WorkbookRefused(
                        "columns", f"工作表「{title}」第 {number} 行超过 {self.limits.columns} 列，请删除多余的列"
                    )
                yield number, values
        except BROKEN as error:
            raise WorkbookRefused("broken", BROKEN_TEXT) from error

    def _counted(self, rows: Iterator[Numbered]) -> Iterator[Numbered]:
        for numbered in rows:
            self._rows_read += 1
            if self._rows_read > self.limits.rows:
                raise WorkbookRefused("rows", f"数据超过 {self.limits.rows} 行，请拆成几个文件分别导入")
            yield numbered

    def table(
        self, name: str, columns: Sequence[HeaderColumn], problems: Problems, *, mapping: Mapped | None = None
    ) -> SheetTable | None:
        """Open the sheet called `name`. None when it is absent or its header is unusable (then reported)."""
        try:
            title = self.resolve(name)
        except WorkbookRefused as refused:
            problems.sheet(name, refused.message)
            return None
        return None if title is None else self._open(title, columns, problems, mapping)

    def find_table(
        self, columns: Sequence[HeaderColumn], problems: Problems, *, mapping: Mapped | None = None
    ) -> SheetTable | None:
        """Open the one visible sheet whose header has all required columns; reports none and several."""
        fitting = []
        for title in self.sheet_names:
            header = find_header(self._head(title), columns, mapping)
            if header is not None and not header.errors:
                fitting.append(title)
        if len(fitting) > 1:
            names = "".join(f"「{title}」" for title in fitting)
            problems.sheet(fitting[0], f"工作表{names}的表头都符合，无法确定读哪一张；请只留一张")
            return None
        if fitting:
            return self._open(fitting[0], columns, problems, mapping)
        if len(self.sheet_names) == 1:
            return self._open(self.sheet_names[0], columns, problems, mapping)
        required = "".join(f"「{column.header}」" for column in columns if column.required)
        problems.sheet("、".join(self.sheet_names), f"没有一张工作表的前 {HEADER_ROWS} 行里有表头{required}")
        return None

    def _head(self, title: str) -> list[tuple[object, ...]]:
        return _dense(list(self.raw_rows(title, last_row=HEADER_ROWS)))

    def _open(
        self, title: str, columns: Sequence[HeaderColumn], problems: Problems, mapping: Mapped | None
    ) -> SheetTable | None:
        header = find_header(self._head(title), columns, mapping)
        if header is None:
            wanted = "".join(f"「{column.header}」" for column in columns if column.required)
            problems.sheet(title, f"前 {HEADER_ROWS} 行里没有找到表头，应有列{wanted}")
            return None
        for error in header.errors:
            problems.sheet(title, error)
        if header.errors:
            return None
        part = self._sheets[title]._worksheet_path.lstrip("/")
        facts = self._parts.get(part, PartFacts())
        body = self._counted(numbered for numbered in self.raw_rows(title) if numbered[0] > header.row + 1)
        return SheetTable(
            title,
            header,
            columns,
            body,
            merges=facts.merges,
            formulas=self._formulas_without_value(part) if facts.has_formula else frozenset(),
            date1904=self.date1904,
            max_chars=self.limits.cell_chars,
        )

    def _formulas_without_value(self, part: str) -> frozenset[str]:
        """Coordinates of formulas that hold no result (saved by a program, never calculated)."""
        found = set()
        try:
            with zipfile.ZipFile(BytesIO(self.data)) as archive, archive.open(part) as source:
                for _event, element in iterparse(source, forbid_dtd=True):
                    tag = element.tag.rpartition("}")[2]
                    if tag == "c":
                        children = {child.tag.rpartition("}")[2]: child for child in element}
                        value = children.get("v")
                        # A calculated empty text is a result: Excel writes it as an empty value of type str.
                        empty = value is None or (not value.text and element.get("t") != "str")
                        if "f" in children and empty and element.get("r"):
                            found.add(element.get("r"))
                    if tag in {"c", "row"}:
                        element.clear()
        except BROKEN as error:
            raise WorkbookRefused("broken", BROKEN_TEXT) from error
        return frozenset(found)


def _dense(numbered: list[Numbered]) -> list[tuple[object, ...]]:
    """Put rows at their place: row number n at index n - 1, empty tuples between."""
    rows: list[tuple[object, ...]] = []
    for number, values in numbered:
        rows.extend(() for _ in range(number - 1 - len(rows)))
        rows.append(values)
    return rows
