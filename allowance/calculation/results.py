"""What the calculation gives: lines with every step of their sum, storable as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from .codec import decode, encode
from .facts import Finding, Month, Phase, Via
from .money import format_yuan


@dataclass(frozen=True, slots=True)
class ClassHeads:
    """A class as it counts in a stretch; ``headcount`` are the heads that count for this person."""

    code: str
    name: str
    college: str
    headcount: int
    via: Via = Via.MAIN
    class_headcount: int | None = None


@dataclass(frozen=True, slots=True)
class RatePart:
    """One coefficient with the heads and the tier (in words) it comes from; None = no coefficient is applied."""

    headcount: int
    coefficient: Decimal | None
    tier: str
    monthly_rate: Decimal


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days in which the same classes with the same heads count. ``part`` is the share of the month, e.g. ``15/30``."""

    first_day: date
    last_day: date
    days: int
    part: str
    headcount: int
    monthly_rate: Decimal
    parts: tuple[RatePart, ...]
    classes: tuple[ClassHeads, ...]

    @property
    def coefficient_text(self) -> str:
        """``0.8``, ``0.6＋0.8`` for several, ``—`` where the rate has no coefficient."""
        return "＋".join(_plain(part.coefficient) for part in self.parts if part.coefficient is not None) or "—"

    @property
    def tier_text(self) -> str:
        return "＋".join(part.tier for part in self.parts)

    @property
    def sum_text(self) -> str:
        return f"{format_yuan(self.monthly_rate)}×{self.part}"


@dataclass(frozen=True, slots=True)
class CollegeShare:
    """Part of one college in a person's line (A-19)."""

    college: str
    headcount_days: int
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a sheet: a person, a kind, a college.

    ``amount_fen`` is this college's part of ``total_fen``; ``uncapped_fen`` is the total before the ceiling of A-13.
    """

    teacher_key: str
    name: str
    kind: Phase
    college: str
    amount_fen: int
    total_fen: int
    uncapped_fen: int
    month: Month
    stretches: tuple[Stretch, ...]
    shares: tuple[CollegeShare, ...]

    @property
    def classes(self) -> tuple[ClassHeads, ...]:
        """Every class that counted, once, in the order of its code."""
        found = {item.code: item for stretch in self.stretches for item in stretch.classes}
        return tuple(found[code] for code in sorted(found))

    @property
    def headcount_text(self) -> str:
        return "；".join(str(stretch.headcount) for stretch in self.stretches)

    @property
    def coefficient_text(self) -> str:
        return "；".join(stretch.coefficient_text for stretch in self.stretches)

    @property
    def monthly_rate_text(self) -> str:
        return "；".join(format_yuan(stretch.monthly_rate) for stretch in self.stretches)

    @property
    def days_text(self) -> str:
        return "；".join(str(stretch.days) for stretch in self.stretches)

    @property
    def formula(self) -> str:
        """The whole sum, e.g. ``480.00×15/30＋720.00×15/30``, with ceiling and college share where they apply."""
        text = "＋".join(stretch.sum_text for stretch in self.stretches)
        if self.total_fen != self.uncapped_fen:
            text = f"（{text}），封顶 {format_yuan(self.total_fen)}"
        if len(self.shares) < 2:
            return text
        if self.college == self.shares[-1].college:
            others = "".join(f"－{format_yuan(share.amount_fen)}" for share in self.shares[:-1])
            return f"（{text}）{others}"
        own = next(share for share in self.shares if share.college == self.college)
        return f"（{text}）×人数日 {own.headcount_days}/{sum(share.headcount_days for share in self.shares)}"

    def to_dict(self) -> dict[str, Any]:
        """Give JSON data from which ``from_dict`` makes an equal object."""
        return dict(encode(self))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Line:
        """Read stored data; raise ``codec.DecodeError`` in Chinese when they do not fit."""
        return decode(cls, data, "line")


@dataclass(frozen=True, slots=True)
class MonthResult:
    """All lines of a month in the order of the persons given, and what the sheets should warn about."""

    lines: tuple[Line, ...]
    findings: tuple[Finding, ...]


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


plain_number = _plain
