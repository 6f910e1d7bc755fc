"""Which part of a month a stretch is: by calendar days, by halves, or by a fixed denominator (A-05, A-06)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from gaobo_banzhuren.regulation.rules import AllowanceRules, Denominator, PartialMonth

from .facts import Month
from .spells import HALVES

_WORK_DAYS = Fraction(87, 4)
_FIXED_DAYS = 30
_DAYS_OF_WORK = 5


class MonthPart(NamedTuple):
    """The fraction and how it is written in the sum."""

    fraction: Fraction
    text: str


def month_parts(stretches: Sequence[tuple[int, int]], month: Month, rules: AllowanceRules) -> list[MonthPart]:
    """Give the part of the month that each stretch (first and last day) is worth.

    A fixed denominator is for broken months only: who is in post on every day gets the whole rate, and no line is ever
    worth more than a whole month.
    """
    if rules.partial_month is PartialMonth.HALF_MONTH:
        return [_half_part(first, last, month.days) for first, last in stretches]
    whole = sum(last - first + 1 for first, last in stretches) == month.days
    if rules.denominator is Denominator.CALENDAR or whole:
        return [_simple(last - first + 1, month.days) for first, last in stretches]
    if rules.denominator is Denominator.FIXED_30:
        counts, denominator, shown = [last - first + 1 for first, last in stretches], Fraction(_FIXED_DAYS), "30"
    else:
        counts, denominator, shown = [_weekdays(month, *stretch) for stretch in stretches], _WORK_DAYS, "21.75"
    if sum(counts) > denominator:
        denominator, shown = Fraction(sum(counts)), str(sum(counts))
    return [MonthPart(count / denominator, f"{count}/{shown}") for count in counts]


@cache
def _simple(count: int, of: int) -> MonthPart:
    return MonthPart(Fraction(count, of), f"{count}/{of}")


def _half_part(first: int, last: int, days: int) -> MonthPart:
    fraction = Fraction(0)
    for begin, end in HALVES:
        end = min(end, days)
        inside = min(last, end) - max(first, begin) + 1
        if inside > 0:
            fraction += Fraction(inside, 2 * (end - begin + 1))
    halves = fraction * 2
    return MonthPart(fraction, f"{halves.numerator}/2" if halves.denominator == 1 else str(fraction))


def _weekdays(month: Month, first: int, last: int) -> int:
    start = month.first_day.weekday()
    return sum(1 for day in range(first, last + 1) if (start + day - 1) % 7 < _DAYS_OF_WORK)
