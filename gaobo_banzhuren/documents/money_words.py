"""Amounts in Chinese capitals (人民币大写), as sheets to be signed state their total."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("", "拾", "佰", "仟")
_GROUPS: Final = ("", "万", "亿", "万亿")
_FEN: Final = Decimal("0.01")
_MAX_DIGITS: Final = 16


def money_in_words(yuan: Decimal | int) -> str:
    """Write an amount in yuan in Chinese capitals: 2800 is 贰仟捌佰元整, 0 is 零元整, -0.5 is 负伍角整.

    Halves of a 分 round up. Raises ValueError from 10^16 yuan on and for what is not a number.
    """
    amount = Decimal(yuan)
    if not amount.is_finite():
        raise ValueError("not an amount")
    fen = int(abs(amount).quantize(_FEN, rounding=ROUND_HALF_UP) * 100)
    whole, cents = divmod(fen, 100)
    if whole >= 10**_MAX_DIGITS:
        raise ValueError("amount too large")
    if fen == 0:
        return "零元整"
    jiao, fen_digit = divmod(cents, 10)
    words = f"{_integer_words(whole)}元" if whole else ""
    if not cents:
        words += "整"
    else:
        if jiao:
            words += f"{_DIGITS[jiao]}角"
        elif whole:
            words += "零"
        words += f"{_DIGITS[fen_digit]}分" if fen_digit else "整"
    return ("负" if amount < 0 else "") + words


def _integer_words(number: int) -> str:
    groups = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    words = ""
    gap = False
    for index in range(len(groups) - 1, -1, -1):
        group = groups[index]
        if group == 0:
            gap = bool(words)
            continue
        # A zero is said once for a gap: an empty group above, or this group not filling its thousands.
        if words and (gap or group < 1000):
            words += "零"
        # 万亿 is said as 万 when 亿 follows in the next group, which then carries the 亿.
        unit = "万" if index == 3 and groups[2] else _GROUPS[index]
        words += _group_words(group) + unit
        gap = False
    return words


def _group_words(group: int) -> str:
    words = ""
    gap = False
    for place in range(3, -1, -1):
        digit = group // 10**place % 10
        if digit == 0:
            gap = bool(words)
            continue
        words += ("零" if gap else "") + _DIGITS[digit] + _PLACES[place]
        gap = False
    return words
