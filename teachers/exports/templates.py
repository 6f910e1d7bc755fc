"""Empty workbooks for filling in and importing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from gaobo_banzhuren.documents import cells
from gaobo_banzhuren.documents.workbooks_out import SheetNames, finish, safe_cell

from ..imports.columns import SheetKind

TEMPLATE_ROWS: Final = 500
REQUIRED_FILL: Final = PatternFill("solid", start_color="FFFCE4B0", end_color="FFFCE4B0")
OPTIONAL_FILL: Final = PatternFill("solid", start_color="FFE8EEF7", end_color="FFE8EEF7")


def empty_workbook(kinds: Sequence[SheetKind], title: str, lines: Sequence[str]) -> bytes:
    """A sheet per kind, required columns marked, hints as comments, lists to choose from; `lines` explain how to fill."""
    book = Workbook()
    book.remove(book.active)
    names = SheetNames()
    for kind in kinds:
        _template_sheet(book.create_sheet(names.take(kind.name)), kind, title)
    _explain(book.create_sheet(names.take("填写说明")), [f"{title}填写说明", *lines])
    return finish(book, title)


def _template_sheet(sheet: Worksheet, kind: SheetKind, title: str) -> None:
    for number, column in enumerate(kind.columns, 1):
        cell = safe_cell(sheet.cell(1, number), column.header + ("*" if column.required else ""))
        cell.font = Font(bold=True)
        cell.fill = REQUIRED_FILL if column.required else OPTIONAL_FILL
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = max(14, 2 * len(column.header) + 4)
        sheet.column_dimensions[letter].number_format = "yyyy-mm-dd" if column.convert is cells.date else "@"
        hints = [hint for hint in ("必填" if column.required else "", kind.notes.get(column.field, "")) if hint]
        if column.convert is cells.date:
            hints.append("日期，如 2023-09-01")
        if hints:
            cell.comment = Comment("；".join(hints), title)
        words = kind.choices.get(column.field)
        if words:
            choice = DataValidation(
                type="list", formula1=f'"{",".join(words)}"', allow_blank=True, showErrorMessage=True
            )
            choice.error, choice.errorTitle = "请从列表中选择：" + "、".join(words), column.header
            sheet.add_data_validation(choice)
            choice.add(f"{letter}2:{letter}{TEMPLATE_ROWS + 1}")
    sheet.freeze_panes = "A2"


def _explain(sheet: Worksheet, lines: Sequence[str]) -> None:
    for number, line in enumerate(lines, 1):
        safe_cell(sheet.cell(number, 1), line)
    sheet.cell(1, 1).font = Font(bold=True, size=14)
    sheet.column_dimensions["A"].width = 90
