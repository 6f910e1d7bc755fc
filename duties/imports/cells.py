"""Cells of these workbooks that the common converters do not know: yuan, yes or no, points."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

from gaobo_banzhuren.documents import cells

_AMOUNT = re.compile(r"[0-9]{1,9}(?:\.[0-9]+)?\Z|[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?\Z", re.ASCII)
_CENT: Final = Decimal("0.01")
_TENTH: Final = Decimal("0.1")
_NOISE: Final = Decimal("0.000001")
"""What a formula leaves behind the digits that its cell shows."""

YES_NO: Final = {"是": True, "否": False, "√": True, "×": False}
yes_no = cells.choice(YES_NO)


def _number(value: Any, reason: str) -> Decimal:
    if isinstance(value, int | float) and not isinstance(value, bool):
        found = Decimal(repr(value))
        if not found.is_finite():
            raise cells.CellProblem(reason)
        return found.quantize(_NOISE).normalize() if isinstance(value, float) else found
    if isinstance(value, Decimal):
        return value
    text = cells.text(value).replace(" ", "").removeprefix("¥").removesuffix("元")
    if text.startswith("-") and _AMOUNT.match(text[1:]):
        return -Decimal(text[1:].replace(",", ""))
    if not _AMOUNT.match(text):
        raise cells.CellProblem(reason)
    return Decimal(text.replace(",", ""))


def fen(value: Any) -> int:
    """Yuan with at most two decimals as 分: 6800, 6,800.00, ¥6800 and 6800元 are 680,000; 6800.005 is refused."""
    found = _number(value, "不是金额，应为元，最多两位小数")
    if found != found.quantize(_CENT):
        raise cells.CellProblem("多于两位小数，金额精确到分")
    if found < 0:
        raise cells.CellProblem("不能是负数")
    return int(found * 100)


def points(value: Any) -> Decimal:
    """The score of a paper with at most one decimal."""
    found = _number(value, "不是分数；没有分数的请留空，等第写在「等第」列")
    if found != found.quantize(_TENTH):
        raise cells.CellProblem("分数最多一位小数")
    if not 0 <= found < 1000:
        raise cells.CellProblem("分数应在 0 到 999.9 之间")
    return found.quantize(_TENTH)
