"""Give an import's problems back in the person's own file: bad cells marked, a list of all in front."""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from gaobo_banzhuren.documents.cells import is_blank
from gaobo_banzhuren.documents.problems import Problem, Problems, show_value
from gaobo_banzhuren.documents.workbooks_in.limits import Limits
from gaobo_banzhuren.documents.workbooks_in.table import Numbered
from gaobo_banzhuren.documents.workbooks_in.workbook import open_workbook
from gaobo_banzhuren.documents.workbooks_out import (
    INTEGER,
    TEXT,
    Column,
    Sheet,
    SheetNames,
    Table,
    finish,
    fitting_width,
    safe_cell,
    shown_width,
    write_sheet,
)

LIST_SHEET: Final = "导入问题"
COPIED_CELLS: Final = 250_000
BAD_FILL: Final = PatternFill("solid", start_color="FFFFC7CE", end_color="FFFFC7CE")

_LIST = (
    Column("工作表", "sheet"),
    Column("行", "row", INTEGER),
    Column("列", "column"),
    Column("列号", "letter"),
    Column("值", "value"),
    Column("原因", "reason"),
    Column("说明", "line"),
)


def error_workbook(original: bytes, problems: Problems, limits: Limits | None = None) -> bytes:
    """Return the person's workbook with every bad cell filled and commented, and a first sheet listing all problems.

    The copy is written anew from the checked values, so nothing of the original but text, numbers and dates is carried
    over. A workbook of more than 250,000 cells gets the list only.
    """
    book = Workbook()
    book.remove(book.active)
    names = SheetNames()
    write_sheet(book, Sheet(LIST_SHEET, Table(_LIST, [_as_row(problem) for problem in problems])), names)
    marks: dict[str, dict[tuple[int, int], list[str]]] = defaultdict(lambda: defaultdict(list))
    for problem in problems:
        if problem.row is not None:
            column = column_index_from_string(problem.letter) if problem.letter else 1
            marks[problem.sheet][problem.row, column].append(problem.reason)
    left = COPIED_CELLS
    with open_workbook(original, limits) as source:
        for title in source.sheet_names:
            if title == LIST_SHEET or left <= 0:
                continue
            sheet = book.create_sheet(names.take(title))
            left = _copy(source.raw_rows(title), sheet, left)
            _mark(sheet, marks.get(title, {}))
    return finish(book, LIST_SHEET)


def _as_row(problem: Problem) -> dict[str, object]:
    return {
        "sheet": problem.sheet,
        "row": problem.row,
        "column": problem.column,
        "letter": problem.letter,
        "value": show_value(problem.value),
        "reason": problem.reason,
        "line": str(problem),
    }


def _copy(rows: Iterator[Numbered], sheet: Worksheet, left: int) -> int:
    widths: dict[int, int] = {}
    for number, values in rows:
        for index, value in enumerate(values):
            if is_blank(value):
                continue
            cell = safe_cell(sheet.cell(number, index + 1), value)
            if isinstance(value, datetime.date):
                cell.number_format = "yyyy-mm-dd"
            widths[index] = max(widths.get(index, 0), shown_width(value, TEXT))
            left -= 1
        if left <= 0:
            break
    for index, width in widths.items():
        sheet.column_dimensions[get_column_letter(index + 1)].width = fitting_width([width])
    return left


def _mark(sheet: Worksheet, marks: dict[tuple[int, int], list[str]]) -> None:
    for (row, column), reasons in marks.items():
        cell = sheet.cell(row, column)
        cell.fill = BAD_FILL
        cell.comment = Comment("；".join(dict.fromkeys(reasons)), "导入检查")
