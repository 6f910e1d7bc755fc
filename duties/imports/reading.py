"""From a workbook to rows: every visible sheet whose header names the columns of the kind is read."""

from __future__ import annotations

from itertools import islice
from typing import Final

from gaobo_banzhuren.documents.problems import Problems
from gaobo_banzhuren.documents.workbooks_in import SafeWorkbook, open_workbook
from gaobo_banzhuren.documents.workbooks_in.headers import HEADER_ROWS, find_header, normal_header
from teachers.imports.columns import SheetKind
from teachers.imports.reading import ReadSheet, RowConverter

from .declaring import ImportKind, Reading

MEANT: Final = 2
"""A sheet whose header names so many columns is meant, even if a required one is missing."""


def read(content: bytes, kind: ImportKind) -> Reading:
    """Read a workbook as the kind says. Raises WorkbookRefused when the file is not a workbook that may be read."""
    reading = Reading(Problems())
    with open_workbook(content) as book:
        kind.read(book, reading, kind)
        reading.notes += book.notes
    return reading


def read_tables(book: SafeWorkbook, reading: Reading, kind: ImportKind) -> None:
    """The usual way: rows under a header, in one sheet or several."""
    (sheet_kind,) = kind.sheets
    meant = [title for title in book.sheet_names if is_meant(book, title, sheet_kind)]
    if not meant and len(book.sheet_names) == 1:
        meant = book.sheet_names
    if not meant:
        wanted = "".join(f"「{column.header}」" for column in sheet_kind.columns if column.required)
        reading.problems.sheet("、".join(book.sheet_names), f"没有一张工作表的前 {HEADER_ROWS} 行里有表头{wanted}")
    for title in book.sheet_names:
        if title in meant:
            read_table(book, reading, sheet_kind, title)
        else:
            reading.notes.append(f"工作表「{title}」没有{kind.label}的表头，没有读取")


def head(book: SafeWorkbook, title: str) -> list[tuple[object, ...]]:
    """The first rows at their places: row n at index n − 1."""
    rows: list[tuple[object, ...]] = []
    for number, values in islice(book.raw_rows(title, last_row=HEADER_ROWS), HEADER_ROWS):
        rows.extend(() for _ in range(number - 1 - len(rows)))
        rows.append(values)
    return rows


def is_meant(book: SafeWorkbook, title: str, sheet_kind: SheetKind) -> bool:
    if normal_header(title) == normal_header(sheet_kind.name):
        return True
    header = find_header(head(book, title), sheet_kind.columns)
    return header is not None and len(header.index_of) >= MEANT


def read_table(book: SafeWorkbook, reading: Reading, sheet_kind: SheetKind, title: str) -> None:
    """Rows of one sheet; bad cells are reported, the good cells of their rows are still checked against others."""
    table = book.table(title, sheet_kind.columns, reading.problems)
    if table is None:
        return
    reading.notes += table.notes
    reading.titles.append(table.sheet)
    sheet = ReadSheet(sheet_kind, table)
    converter = RowConverter(sheet, reading.problems, book.date1904)
    sheet.rows = [converter.row(number, raw) for number, raw in table.rows()]
    reading.sheets.append(sheet)
