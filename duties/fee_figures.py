"""续费率 and 收费率 of a class and fee period (5.5, 5.6, A-41). Pure: whole 分 and whole numbers, no rounding of rates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import NamedTuple

from .figures import NO_DATA, percent


class Measure(Enum):
    """What 续费率 counts (A-41); the values are those of the rule data."""

    PERSONS = "persons"
    AMOUNT = "amount"


class Share(NamedTuple):
    """A figure as a fraction; nothing due is 无数据, never 0 % or 100 %."""

    numerator: int
    denominator: int

    @property
    def rate(self) -> Fraction | None:
        return Fraction(self.numerator, self.denominator) if self.denominator else None

    @property
    def text(self) -> str:
        """Percent with two decimals, half up: 91.67 %."""
        rate = self.rate
        return NO_DATA if rate is None else percent(rate)

    def __add__(self, other: object) -> Share:
        if not isinstance(other, Share):
            return NotImplemented
        return Share(self.numerator + other.numerator, self.denominator + other.denominator)


NOTHING = Share(0, 0)


@dataclass(frozen=True, slots=True)
class DueFact:
    """What one student owes for one period, in 分.

    `on_roster` is being on the roster on the first day of the period: who graduated, moved away or left before it is not
    due; who leaves later stays due. `in_time_fen` was paid by the deadline, with a deferral by the deferred day.
    """

    due_fen: int
    paid_fen: int = 0
    waived_fen: int = 0
    in_time_fen: int = 0
    exempt: bool = False
    first_period: bool = False
    deferred: bool = False
    on_roster: bool = True

    @property
    def payable_fen(self) -> int:
        """Due less what was waived; 0 for 免缴."""
        return 0 if self.exempt else self.due_fen - self.waived_fen

    @property
    def owed_fen(self) -> int:
        return self.due_fen - self.paid_fen - self.waived_fen

    @property
    def paid_in_time(self) -> bool:
        return self.in_time_fen >= self.payable_fen


def renewal(dues: Iterable[DueFact], *, measure: Measure = Measure.PERSONS, deferral_counts: bool = False) -> Share:
    """续费率: paid in full by the deadline ÷ those due. The first period of a new intake stays out (5.5).

    A deferral counts as unpaid until it is paid, unless the reading A-41 says that it counts. By amount: 分 paid in
    time ÷ 分 due.
    """
    rows = [row for row in dues if row.on_roster and not row.first_period and row.payable_fen > 0]
    if measure is Measure.AMOUNT:
        got = sum(
            row.payable_fen if deferral_counts and row.deferred else min(row.in_time_fen, row.payable_fen)
            for row in rows
        )
        return Share(got, sum(row.payable_fen for row in rows))
    paid = sum(1 for row in rows if row.paid_in_time or (deferral_counts and row.deferred))
    return Share(paid, len(rows))


def first_payment(dues: Iterable[DueFact]) -> Share:
    """缴费率 of the first period of a new intake, shown apart from 续费率 (5.5)."""
    rows = [row for row in dues if row.on_roster and row.first_period and row.payable_fen > 0]
    return Share(sum(1 for row in rows if row.paid_in_time), len(rows))


def collection(dues: Iterable[DueFact]) -> Share:
    """收费率: 分 paid ÷ 分 due, waivers taken off what is due (5.6)."""
    rows = [row for row in dues if row.payable_fen > 0]
    return Share(sum(row.paid_fen for row in rows), sum(row.payable_fen for row in rows))
