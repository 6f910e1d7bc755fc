"""Leaves that move a post (A-14): who is absent on which days of the month, and who stands in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from gaobo_banzhuren.regulation.rules import AllowanceRules, LeaveMode

from .facts import FindingKind, LeaveFact, Month, Via


@dataclass(frozen=True, slots=True)
class Cover:
    """Days of a post and who has them: the person, the stand-in, or nobody (``missing`` says why, if worth saying)."""

    first: int
    last: int
    teacher_key: str | None
    via: Via = Via.MAIN
    missing: FindingKind | None = None


@dataclass(frozen=True, slots=True)
class _Absence:
    first: int
    last: int
    stand_in_key: str | None


class Leaves:
    """Absences that count in a month, by person.

    A leave counts by its whole length, also when only a part lies in the month; two leaves are never added up.
    """

    def __init__(self, month: Month, leaves: Iterable[LeaveFact], rules: AllowanceRules) -> None:
        self._deducts = rules.leave_mode is LeaveMode.DEDUCT
        self._absences: dict[str, list[_Absence]] = defaultdict(list)
        if rules.leave_mode is LeaveMode.NONE:
            return
        least = 1 if self._deducts else rules.long_leave_days
        first_day, last_day = month.first_day, month.last_day
        for leave in sorted(leaves, key=lambda item: item.first_day):
            length = (leave.last_day - leave.first_day).days + 1
            if length < least or leave.first_day > last_day or leave.last_day < first_day:
                continue
            first = leave.first_day.day if leave.first_day > first_day else 1
            last = leave.last_day.day if leave.last_day < last_day else month.days
            stand_in = None if self._deducts or leave.stand_in_key == leave.teacher_key else leave.stand_in_key
            self._absences[leave.teacher_key].append(_Absence(first, last, stand_in))

    def of(self, teacher_key: str) -> bool:
        """Say whether the person is on any counting leave in the month."""
        return teacher_key in self._absences

    def cover(self, teacher_key: str, first: int, last: int) -> list[Cover]:
        """Divide the days of a post among the person and those who stand in, in the order of days.

        A stand-in who is himself on such a leave covers nothing; nobody stands in for a stand-in.
        """
        covers: list[Cover] = []
        day = first
        for absence in self._absences.get(teacher_key, ()):
            begin, end = max(absence.first, day), min(absence.last, last)
            if begin > end:
                continue
            if day < begin:
                covers.append(Cover(day, begin - 1, teacher_key))
            covers += self._stood_in(absence.stand_in_key, begin, end)
            day = end + 1
        if day <= last:
            covers.append(Cover(day, last, teacher_key))
        return covers

    def _stood_in(self, stand_in_key: str | None, first: int, last: int) -> list[Cover]:
        if stand_in_key is None:
            missing = None if self._deducts else FindingKind.STAND_IN_MISSING
            return [Cover(first, last, None, missing=missing)]
        covers: list[Cover] = []
        day = first
        for absence in self._absences.get(stand_in_key, ()):
            begin, end = max(absence.first, day), min(absence.last, last)
            if begin > end:
                continue
            if day < begin:
                covers.append(Cover(day, begin - 1, stand_in_key, Via.STAND_IN))
            covers.append(Cover(begin, end, None, missing=FindingKind.STAND_IN_ON_LEAVE))
            day = end + 1
        if day <= last:
            covers.append(Cover(day, last, stand_in_key, Via.STAND_IN))
        return covers
