"""Cut a month: from appointments, leaves and class dates to the days for which each person is paid (5.8).

Works on spans, never day by day. Days inside the month are whole numbers 1 … D here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from gaobo_banzhuren.regulation.rules import AllowanceRules, Basis, Dismissal, PartialMonth, SharedClass, Unfiled

from .facts import (
    AppointmentFact,
    ClassFact,
    Finding,
    FindingKind,
    LeaveFact,
    Month,
    Phase,
    Post,
    TeacherFact,
    TeacherMonth,
)
from .leaves import Leaves
from .phases import graduating_from
from .spells import HALVES, Piece, Spell, half_winner, seated


@dataclass(frozen=True, slots=True)
class MonthCut:
    """Posts of every person who has one in the month (in the order of 工号), and the facts found on the way."""

    teachers: tuple[TeacherMonth, ...]
    findings: tuple[Finding, ...]


def cut_month(
    month: Month,
    classes: Iterable[ClassFact],
    appointments: Iterable[AppointmentFact],
    leaves: Iterable[LeaveFact],
    teachers: Iterable[TeacherFact],
    rules: AllowanceRules,
    effective_from: date | None = None,
) -> MonthCut:
    """Give each person's posts in the month; no day before ``effective_from`` (start of the rules) counts.

    Raise ``ValueError`` when an appointment or a leave names a person who is not among ``teachers``.
    """
    people = {teacher.key: teacher for teacher in teachers}
    by_class: dict[str, list[AppointmentFact]] = defaultdict(list)
    for appointment in appointments:
        by_class[appointment.class_code].append(appointment)
    cutter = _Cutter(month, rules, people, Leaves(month, leaves, rules), effective_from)
    for each in classes:
        cutter.cut_class(each, by_class.get(each.code, ()))
    return cutter.result()


class _Cutter:
    def __init__(
        self,
        month: Month,
        rules: AllowanceRules,
        people: dict[str, TeacherFact],
        leaves: Leaves,
        effective_from: date | None,
    ) -> None:
        self.month, self.rules, self.people, self.leaves = month, rules, people, leaves
        self.first, self.last, self.days = month.first_day, month.last_day, month.days
        self.starts_on = self.first if effective_from is None else max(self.first, effective_from)
        self.posts: dict[str, list[Post]] = defaultdict(list)
        self.findings: list[Finding] = []

    def result(self) -> MonthCut:
        teachers = []
        for key in sorted(self.posts):
            person = self._person(key)
            posts = tuple(sorted(self.posts[key], key=lambda post: (post.class_code, post.first_day, post.phase)))
            teachers.append(TeacherMonth(key, person.name, person.home_college, posts))
        return MonthCut(tuple(teachers), tuple(self.findings))

    def cut_class(self, fact: ClassFact, appointments: Sequence[AppointmentFact]) -> None:
        opens = max(fact.opens_on, self.starts_on)
        closes = self.last if fact.closes_on is None else min(fact.closes_on, self.last)
        if opens > closes:
            return
        first, last = opens.day, closes.day
        spells = self._spells(fact, appointments, first, last)
        self._find_gaps(fact, spells, first, last)
        if not spells:
            return
        spells = self._paid(fact, spells, last)
        for seat in seated(spells):
            pieces = [piece for spell in seat for piece in self._pieces(fact, spell)]
            self._emit(fact, pieces)

    # ------------------------------------------------------------ who is in post

    def _spells(self, fact: ClassFact, appointments: Sequence[AppointmentFact], first: int, last: int) -> list[Spell]:
        spells = []
        for item in sorted(appointments, key=lambda item: (item.first_day, item.teacher_key)):
            ends = self.last if item.last_day is None else item.last_day
            if item.first_day > self.last or ends < self.first:
                continue
            begin = max(first, item.first_day.day if item.first_day > self.first else 1)
            end = min(last, ends.day if ends < self.last else self.days)
            if begin <= end:
                spells.append(Spell(item, begin, end, item.share))
        if len(spells) > 1 or (spells and spells[0].share is not None):
            spells = self._settle_shares(fact, spells)
        return spells

    def _settle_shares(self, fact: ClassFact, spells: list[Spell]) -> list[Spell]:
        """Make sure that no class-day is paid twice unless heads are shared and sharing is allowed (A-20)."""
        if self.rules.shared_class is SharedClass.FORBID:
            for spell in spells:
                if spell.share is not None:
                    self._find(FindingKind.SHARE_FORBIDDEN, fact, spell.first, spell.last, spell.teacher_key)
            spells = [Spell(spell.appointment, spell.first, spell.last, None) for spell in spells]
        kept: list[Spell] = []
        for spell in spells:
            for number, earlier in enumerate(kept):
                if earlier.last >= spell.first and (earlier.share is None or spell.share is None):
                    self._find(
                        FindingKind.OVERLAP, fact, spell.first, min(earlier.last, spell.last), earlier.teacher_key
                    )
                    kept[number] = earlier.until(spell.first - 1)
            kept.append(spell)
        kept = [spell for spell in kept if spell.first <= spell.last]
        if any(spell.share is not None for spell in kept):
            self._check_shares(fact, kept)
        return kept

    def _check_shares(self, fact: ClassFact, spells: list[Spell]) -> None:
        """Report the days on which the shares of a class do not add up to its headcount."""
        steps = [(step.first_day.day if step.first_day > self.first else 1, step.headcount) for step in fact.daily]
        marks = {mark for spell in spells for mark in (spell.first, spell.last + 1)} | {day for day, _ in steps}
        for begin, following in pairwise(sorted(marks)):
            shares = [spell.share for spell in spells if spell.first <= begin <= spell.last]
            headcount = fact.headcount
            for day, number in steps:
                if day <= begin:
                    headcount = number
            total = sum(share for share in shares if share is not None)
            if shares and None not in shares and total != headcount:
                self._find(FindingKind.SHARES_DIFFER, fact, begin, following - 1, headcount=total - headcount)

    def _find_gaps(self, fact: ClassFact, spells: list[Spell], first: int, last: int) -> None:
        expected = first
        for spell in sorted(spells, key=lambda spell: spell.first):
            if spell.first > expected:
                self._find(FindingKind.GAP, fact, expected, spell.first - 1, headcount=fact.headcount)
            expected = max(expected, spell.last + 1)
        if expected <= last:
            self._find(FindingKind.GAP, fact, expected, last, headcount=fact.headcount)

    def _paid(self, fact: ClassFact, spells: list[Spell], closes: int) -> list[Spell]:
        """Leave out blocked appointments (A-29) and prolong dismissed ones where the month is finished (A-15)."""
        paid = []
        for spell in spells:
            if not spell.appointment.filed:
                blocked = self.rules.unfiled is Unfiled.BLOCK
                kind = FindingKind.UNFILED_BLOCKED if blocked else FindingKind.UNFILED
                self._find(kind, fact, spell.first, spell.last, spell.teacher_key)
                if blocked:
                    continue
            if spell.appointment.dismissed and self.rules.dismissal is Dismissal.WHOLE_MONTH:
                ended = spell.appointment.last_day
                if ended is not None and ended < self.last:
                    spell = spell.until(closes)
            paid.append(spell)
        return paid

    # ------------------------------------------------------------ which days, phase and heads

    def _pieces(self, fact: ClassFact, spell: Spell) -> list[Piece]:
        absent = self.leaves.of(spell.teacher_key)
        if absent:
            covered = self.leaves.cover(spell.teacher_key, spell.first, spell.last)
            pieces = []
            for span in covered:
                if span.missing is not None:
                    self._find(span.missing, fact, span.first, span.last, spell.teacher_key)
                elif span.teacher_key is not None:
                    via = spell.via if span.teacher_key == spell.teacher_key else span.via
                    pieces.append(Piece(span.teacher_key, span.first, span.last, via, spell.share))
        else:
            pieces = [Piece(spell.teacher_key, spell.first, spell.last, spell.via, spell.share)]
        return [part for piece in pieces for part in self._split_piece(fact, piece)]

    def _split_piece(self, fact: ClassFact, piece: Piece) -> list[Piece]:
        turning_day = graduating_from(fact.teaching_end, self.rules)
        if turning_day is None or turning_day > self.last:
            turning = self.days + 1
        else:
            turning = turning_day.day if turning_day > self.first else 1
        cuts = {turning}
        steps = []
        if fact.daily and self.rules.basis is Basis.DAILY:
            steps = [
                (step.first_day.day if step.first_day > self.first else 1, step.headcount)
                for step in fact.daily
                if step.first_day <= self.last
            ]
            cuts.update(day for day, _ in steps)
        elif piece.first >= turning or piece.last < turning:
            phase = Phase.GRADUATING if piece.first >= turning else Phase.TEACHING
            return [piece.having(piece.first, piece.last, phase, fact.headcount)]
        begins = [piece.first, *sorted(day for day in cuts if piece.first < day <= piece.last), piece.last + 1]
        parts: list[Piece] = []
        for begin, following in pairwise(begins):
            headcount = fact.headcount
            for day, number in steps:
                if day <= begin:
                    headcount = number
            phase = Phase.GRADUATING if begin >= turning else Phase.TEACHING
            parts.append(piece.having(begin, following - 1, phase, headcount))
        return parts

    # ------------------------------------------------------------ partial months

    def _emit(self, fact: ClassFact, pieces: list[Piece]) -> None:
        mode = self.rules.partial_month
        if mode is PartialMonth.CALENDAR_DAYS:
            for piece in pieces:
                self._post(fact, piece, piece.first, piece.last)
        elif mode is PartialMonth.DAY15:
            for piece in pieces:
                if piece.first <= HALVES[0][1] <= piece.last:
                    self._post(fact, piece, 1, self.days)
        else:
            winners = [half_winner(pieces, *self._half(half)) for half in HALVES]
            if winners[0] is not None and winners[0] == winners[1]:
                self._post(fact, winners[0], 1, self.days)
                return
            for half, winner in zip(HALVES, winners, strict=True):
                if winner is not None:
                    self._post(fact, winner, *self._half(half))

    def _half(self, half: tuple[int, int]) -> tuple[int, int]:
        return half[0], min(half[1], self.days)

    def _post(self, fact: ClassFact, piece: Piece, first: int, last: int) -> None:
        first_day = self.first if first == 1 else self.first.replace(day=first)
        last_day = self.last if last == self.days else self.first.replace(day=last)
        post = Post(
            fact.code,
            fact.name,
            fact.college,
            first_day,
            last_day,
            piece.phase,
            piece.headcount,
            piece.share,
            piece.via,
        )
        self.posts[piece.teacher_key].append(post)
        if not post.heads:
            self._find(FindingKind.ZERO_STUDENTS, fact, first, last, piece.teacher_key)

    # ------------------------------------------------------------ findings

    def _person(self, key: str) -> TeacherFact:
        try:
            return self.people[key]
        except KeyError:
            raise ValueError(f"工号 {key} 不在班主任名单内") from None

    def _find(
        self,
        kind: FindingKind,
        fact: ClassFact,
        first: int,
        last: int,
        teacher_key: str = "",
        headcount: int | None = None,
    ) -> None:
        self.findings.append(
            Finding(
                kind,
                (fact.college,),
                self.first.replace(day=first),
                self.first.replace(day=last),
                fact.code,
                fact.name,
                teacher_key,
                self._person(teacher_key).name if teacher_key else "",
                headcount,
            )
        )
