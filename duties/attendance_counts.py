"""Counting of roll calls (5.1), slips over sessions and students often absent (A-42): pure, for service, import and demo."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Final

PRESENT, LATE, EARLY, LEAVE, OFFICIAL, ABSENT = "present", "late", "early", "leave", "official", "absent"
EXCEPTIONS: Final = frozenset({LATE, EARLY, LEAVE, OFFICIAL, ABSENT})
EXCUSABLE: Final = frozenset({LEAVE, OFFICIAL})
"""Marks that count as 准假 when they are approved, and as absence when they are not."""


@dataclass(frozen=True, slots=True)
class Counts:
    """人次 of one roll call or of many: due = present + excused + absent; late and early are among the present."""

    due: int = 0
    present: int = 0
    late: int = 0
    early: int = 0
    excused: int = 0
    absent: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    @property
    def missing(self) -> int:
        """Whoever was not there, with or without leave."""
        return self.excused + self.absent

    def as_dict(self) -> dict[str, int]:
        return {each.name: getattr(self, each.name) for each in fields(self)}


def tally(due: int, marks: Iterable[tuple[str, bool]]) -> Counts:
    """Count the exceptions (mark, approved) of a roll call with `due` students; whoever has none was present.

    Leave without approval is absence. Raises ValueError for an unknown mark and for more exceptions than students.
    """
    late = early = excused = absent = total = 0
    for mark, approved in marks:
        if mark not in EXCEPTIONS:
            raise ValueError(f"no exception: {mark!r}")
        total += 1
        late += mark == LATE
        early += mark == EARLY
        if mark in EXCUSABLE and approved:
            excused += 1
        elif mark == ABSENT or mark in EXCUSABLE:
            absent += 1
    if total > due:
        raise ValueError(f"{total} exceptions for {due} students")
    return Counts(due, due - excused - absent, late, early, excused, absent)


def attendance_fraction(counts: Counts, *, leave: str = "excluded", late_is_present: bool = True) -> tuple[int, int]:
    """到课率 as numerator and denominator (5.1). `leave` is the value of the rule A-30: excluded, present or absent."""
    there = counts.present if late_is_present else counts.present - counts.late - counts.early
    if leave == "excluded":
        return there, counts.due - counts.excused
    return there + (counts.excused if leave == "present" else 0), counts.due


def presence_fraction(counts: Counts) -> tuple[int, int]:
    """在课率: 实到 ÷ 应到, for information beside 到课率."""
    return counts.present, counts.due


HALF_DAYS: Final = {"上午": ("1-2", "3-4", "1-4"), "下午": ("5-6", "7-8", "5-8"), "晚上": ("9-10", "晚自习")}
"""Periods that lie within the half of the day that a slip names."""


def split_periods(text: str) -> tuple[str, ...]:
    """「1-2节、晚自习」 as its periods; empty for a whole day."""
    return tuple(part for part in re.split(r"[、,，;；\s]+", text) if part)


def _plain(period: str) -> str:
    """第1-2节, 1-2节 and 1-2 are the same period."""
    return period.removeprefix("第").removesuffix("节")


def periods_meet(text: str, period: str) -> bool:
    """Whether the period is among those of the text, or within a half of the day that it names."""
    asked = _plain(period)
    return any(asked == _plain(named) or asked in HALF_DAYS.get(named, ()) for named in split_periods(text))


def slip_covers(
    starts_on: dt.date, ends_on: dt.date, returned_on: dt.date | None, periods: str, day: dt.date, period: str
) -> bool:
    """Whether a granted slip excuses on that day and period. A return before the end frees the day of the return."""
    if not starts_on <= day <= ends_on or (returned_on is not None and returned_on <= ends_on and day >= returned_on):
        return False
    return not split_periods(periods) or periods_meet(periods, period)


def truancy_days(
    absences: Iterable[dt.date], lates: Iterable[dt.date], late_per_truancy: int | None = None
) -> list[dt.date]:
    """Days of the truancies in order, one per absence; every n-th lateness is one more where the rule says so (A-32)."""
    found = list(absences)
    if late_per_truancy:
        found += sorted(lates)[late_per_truancy - 1 :: late_per_truancy]
    return sorted(found)


def listed_on(days: list[dt.date], threshold: int) -> dt.date | None:
    """The day on which the truancies of the window reached the threshold; None while they do not (A-42)."""
    return days[threshold - 1] if len(days) >= threshold else None
