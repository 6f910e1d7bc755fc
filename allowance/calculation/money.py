"""Whole 分: the one rounding function, the funding split (5.9) and sharing by headcount-days (A-19)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from gaobo_banzhuren.regulation.rules import AllowanceRules, OddFenTo, Rounding, RoundingMode, RoundingUnit, SplitLevel

_UNIT_FEN = {RoundingUnit.FEN: 1, RoundingUnit.JIAO: 10, RoundingUnit.YUAN: 100}
_PERCENT = 100


def round_units(value: Fraction | int, mode: RoundingMode = RoundingMode.HALF_UP) -> int:
    """Round to a whole number; a half goes away from zero (half up) or to the even neighbour. Symmetric in sign."""
    whole, rest = divmod(abs(value.numerator), value.denominator)
    to_half = 2 * rest - value.denominator
    if to_half > 0 or (to_half == 0 and (mode is RoundingMode.HALF_UP or whole % 2)):
        whole += 1
    return whole if value >= 0 else -whole


def round_fen(exact_fen: Fraction | int, rounding: Rounding) -> int:
    """Turn an exact amount in 分 into whole 分, in the unit and mode of A-07."""
    unit = _UNIT_FEN[rounding.unit]
    return round_units(Fraction(exact_fen, unit) if unit != 1 else exact_fen, rounding.mode) * unit


def to_fen(yuan: Decimal) -> int:
    """Give whole 分 for yuan with at most two decimals; raise ``ValueError`` if something would be lost."""
    fen = yuan.scaleb(2)
    if fen != int(fen):
        raise ValueError(f"金额 {yuan} 不是整分")
    return int(fen)


def to_yuan(fen: int) -> Decimal:
    """Give yuan with exactly two decimals."""
    return Decimal(fen).scaleb(-2).quantize(Decimal("0.01"))


def format_yuan(amount: Decimal | int) -> str:
    """Write yuan (``Decimal``) or 分 (``int``) as ``480.00``; more than two decimals stay if a rate has them."""
    if isinstance(amount, int):
        sign, amount = ("-", -amount) if amount < 0 else ("", amount)
        return f"{sign}{amount // 100}.{amount % 100:02d}"
    exponent = amount.normalize().as_tuple().exponent
    places = max(2, -exponent) if isinstance(exponent, int) else 2
    return f"{amount:.{places}f}"


@dataclass(frozen=True, slots=True)
class SheetSplit:
    """Who pays what of one college's sheet, in 分; ``lines`` are the shares of the single lines, for display."""

    total_fen: int
    school_fen: int
    college_fen: int
    lines: tuple[tuple[int, int], ...]


def split(total_fen: int, rules: AllowanceRules) -> tuple[int, int]:
    """Split an amount into (school, college); the share that is cut to the 分 leaves the odd 分 to the other (5.9)."""
    school_percent = Fraction(rules.school_share_percent)
    if rules.odd_fen_to is OddFenTo.SCHOOL:
        college = _cut(total_fen * (_PERCENT - school_percent) / _PERCENT)
        return total_fen - college, college
    school = _cut(total_fen * school_percent / _PERCENT)
    return school, total_fen - school


def _cut(value: Fraction) -> int:
    whole = abs(value.numerator) // value.denominator
    return whole if value >= 0 else -whole


def split_sheet(amounts_fen: Sequence[int], rules: AllowanceRules) -> SheetSplit:
    """Split a sheet by its total, or line by line where A-17 says so; in both cases the shares add up to the total."""
    total = sum(amounts_fen)
    lines = tuple(split(amount, rules) for amount in amounts_fen)
    if rules.split_level is SplitLevel.LINE:
        school = sum(line[0] for line in lines)
    else:
        school = split(total, rules)[0]
    return SheetSplit(total, school, total - school, lines)


def share_out(total_fen: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Share 分 over colleges by weight, half up; the last college in the order of codes takes the remainder (A-19)."""
    codes = sorted(weights)
    whole = sum(weights.values())
    shares: dict[str, int] = {}
    left = total_fen
    for code in codes[:-1]:
        share = min(round_units(Fraction(total_fen * weights[code], whole)), left)
        shares[code] = share
        left -= share
    if codes:
        shares[codes[-1]] = left
    return shares
