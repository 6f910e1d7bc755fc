"""Every measured figure (section 5 of the reading): a numerator over a denominator, compared before it is rounded.

Pure: no database, no clock, no settings. A zero denominator is 无数据, never 0 % and never 100 %.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from fractions import Fraction
from typing import Final

NO_DATA: Final = "无数据"
Number = int | Fraction


class Verdict(Enum):
    """What is said about a target; the word stands beside the value because the rounded value may look the same."""

    MET = "达标"
    MISSED = "未达标"
    NO_DATA = NO_DATA
    RUNNING = "进行中"
    NO_TARGET = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A rate. `target` is a fraction of one; `at_most` turns it into an upper limit; `inclusive` lets equality pass.

    `how` replaces the sum in words where the rate is no plain division (mean or worst of several classes). `readings`
    are the ids of the silent points that define it, `note` says what stands apart. Raises ValueError below zero.
    """

    key: str
    label: str
    numerator: Number
    denominator: Number
    target: Fraction | None = None
    inclusive: bool = True
    at_most: bool = False
    note: str = ""
    how: str = ""
    readings: tuple[str, ...] = ()
    target_label: str = ""

    def __post_init__(self) -> None:
        if self.numerator < 0 or self.denominator < 0:
            raise ValueError(f"{self.label}：分子和分母不能为负")

    @property
    def rate(self) -> Fraction | None:
        """The exact rate; None without data."""
        return Fraction(self.numerator) / Fraction(self.denominator) if self.denominator else None

    @property
    def text(self) -> str:
        rate = self.rate
        return NO_DATA if rate is None else percent(rate)

    @property
    def sum_text(self) -> str:
        """The division in words, e.g. `1125 ÷ 1170`."""
        return self.how or f"{self.numerator} ÷ {self.denominator}"

    @property
    def met(self) -> bool | None:
        """Whether the unrounded rate meets the target; None without a target or without data."""
        rate = self.rate
        if rate is None or self.target is None:
            return None
        if rate == self.target:
            return self.inclusive
        return rate < self.target if self.at_most else rate > self.target

    @property
    def verdict(self) -> Verdict:
        if self.rate is None:
            return Verdict.NO_DATA
        if self.target is None:
            return Verdict.NO_TARGET
        return Verdict.MET if self.met else Verdict.MISSED

    @property
    def target_text(self) -> str:
        """The target as people say it: ≥ 95 %."""
        if self.target is None:
            return ""
        sign = {(False, True): "≥", (False, False): "＞", (True, True): "≤", (True, False): "＜"}
        return f"{sign[self.at_most, self.inclusive]} {percent(self.target)}"

    @property
    def is_rate(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Count:
    """A plain number. `target` is a least number, `target_label` who set it (制度规定 or 自定目标).

    `running` says that the period still goes on, so that a number below the target is not missed yet. `parts` are the
    numbers of the terms (or classes and terms) when each of them has to reach the target by itself.
    """

    key: str
    label: str
    number: int
    target: int | None = None
    target_label: str = ""
    unit: str = "次"
    note: str = ""
    running: bool = False
    readings: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()

    @property
    def text(self) -> str:
        if self.parts:
            return " / ".join(str(part.number) for part in self.parts)
        return str(self.number)

    @property
    def met(self) -> bool | None:
        """Whether every part reaches the target; None without target, or while only running parts lack something."""
        if self.target is None:
            return None
        lacking = [part for part in self._judged if part.number < self.target]
        if not lacking:
            return True if self._judged else None
        return None if all(part.running for part in lacking) else False

    @property
    def verdict(self) -> Verdict:
        if self.target is None or not self._judged:
            return Verdict.NO_TARGET
        return {True: Verdict.MET, False: Verdict.MISSED, None: Verdict.RUNNING}[self.met]

    @property
    def sum_text(self) -> str:
        """The parts in words, e.g. `第一学期 2 次，第二学期 1 次`."""
        return "，".join(f"{part.label} {part.number} {self.unit}" for part in self.parts)

    @property
    def target_text(self) -> str:
        if self.target is None:
            return ""
        return f"{'每学期 ' if self.parts else ''}≥ {self.target} {self.unit}"

    @property
    def is_rate(self) -> bool:
        return False

    @property
    def _judged(self) -> tuple[Part, ...]:
        return self.parts or (Part(self.label, self.number, self.running),)


@dataclass(frozen=True, slots=True)
class Part:
    """The number of one term."""

    label: str
    number: int
    running: bool = False


Measured = Figure | Count


def percent(rate: Fraction) -> str:
    """Half up to two decimals of a percent, for the eye only: `96.15 %`."""
    hundredths = (rate * 20_000 + 1) // 2
    return f"{hundredths // 100}.{hundredths % 100:02d} %"


def mean_of(figures: Iterable[Figure]) -> Figure | None:
    """The mean of the rates that have data (A-37: mean); None without any figure."""
    rows = list(figures)
    if not rows:
        return None
    rates = [row.rate for row in rows if row.rate is not None]
    if not rates:
        return replace(rows[0], numerator=0, denominator=0)
    mean = sum(rates, Fraction(0)) / len(rates)
    how = f"（{' + '.join(percent(rate) for rate in rates)}）÷ {len(rates)} 个班"
    return replace(rows[0], numerator=mean.numerator, denominator=mean.denominator, how=how, note="")


def worst_of(figures: Iterable[Figure]) -> Figure | None:
    """The least favourable rate that has data (A-37: worst): the lowest, for an upper limit the highest."""
    rows = list(figures)
    known = [row for row in rows if row.rate is not None]
    if not known:
        return rows[0] if rows else None
    pick = max if known[0].at_most else min
    return pick(known, key=lambda row: row.rate or Fraction(0))
