"""Single values and names as a workbook can hold them."""

import datetime
import re
from decimal import Decimal
from typing import Final

from django.utils import timezone
from openpyxl.cell import Cell

TEXT: Final = "text"
MONEY: Final = "money"
INTEGER: Final = "integer"
NUMBER: Final = "number"
DATE: Final = "date"
DATETIME: Final = "datetime"
TEXT_FORMAT: Final = "@"
FORMATS: Final = {
    TEXT: TEXT_FORMAT,
    MONEY: "#,##0.00",
    INTEGER: "0",
    NUMBER: "General",
    DATE: "yyyy-mm-dd",
    DATETIME: "yyyy-mm-dd hh:mm",
}

MAX_CELL: Final = 32_767
CUT_MARK: Final = "…（已截断）"
MAX_SHEET_NAME: Final = 31
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_BAD_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")


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
    """Put a value into a cell by its Python type; text is stored as text even when it begins with `=`.

    `kind` TEXT makes text of everything, so that a code given as a number keeps all its digits.
    """
    if value is None or value == "":
        cell.value = None
    elif isinstance(value, bool):
        _put_text(cell, "是" if value else "否")
    elif kind == TEXT:
        _put_text(cell, _plain(value))
    elif isinstance(value, datetime.datetime):
        cell.value = timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
    elif isinstance(value, int | float | Decimal | datetime.date | datetime.time):
        cell.value = value
    else:
        _put_text(cell, value)
    return cell


def _put_text(cell: Cell, value: object) -> None:
    cell.value = safe_text(value)
    # openpyxl takes some texts for formulas or errors.
    cell.data_type = "s"


def _plain(value: object) -> object:
    if isinstance(value, datetime.datetime) and timezone.is_aware(value):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
