"""A second, slow and plain reading of 5.8: goes day by day and asks for every day who leads what.

Shares no code with the product except the facts it is given. It knows the main readings of the silent points, so that
both can be compared under each of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from allowance.calculation import AppointmentFact, ClassFact, LeaveFact, Month, TeacherFact
from gaobo_banzhuren.regulation.rules import AllowanceRules

Amounts = dict[tuple[str, str, str], int]


class Led(NamedTuple):
    """A class that somebody leads on a day."""

    code: str
    college: str
    heads: int
    phase: str


class Slice(NamedTuple):
    """Days that count alike: their weight in the month and who leads what on them."""

    weight: Fraction
    days: int
    led: dict[str, list[Led]]


class Oracle:
    """All facts of a month, asked day by day."""

    def __init__(
        self,
        month: Month,
        classes: Sequence[ClassFact],
        appointments: Sequence[AppointmentFact],
        leaves: Sequence[LeaveFact],
        teachers: Sequence[TeacherFact],
        rules: AllowanceRules,
        effective_from: date,
    ) -> None:
        self.classes, self.appointments, self.leaves = classes, appointments, leaves
        self.homes = {teacher.key: teacher.home_college for teacher in teachers}
        self.rules, self.effective_from = rules, effective_from
        first = date(month.year, month.month, 1)
        self.days = [day for day in (first + timedelta(days=n) for n in range(31)) if day.month == first.month]

    def amounts(self) -> Amounts:
        """分 by person, kind and college; nothing where nothing is paid."""
        slices = self.slices()
        found: Amounts = {}
        for teacher in sorted({key for piece in slices for key in piece.led}):
            left = None if self.rules.ceiling_amount is None else int(self.rules.ceiling_amount * 100)
            for phase in ("teaching", "graduating"):
                exact = Fraction(0)
                headcount_days: dict[str, int] = defaultdict(int)
                for piece in slices:
                    rate, counted = self.rate(piece.led.get(teacher, []), phase)
                    exact += rate * piece.weight
                    for led in counted:
                        headcount_days[led.college] += led.heads * piece.days
                total = half_up(exact * 100)
                if left is not None:
                    total = min(total, left)
                    left -= total
                for college, amount in self.shares(teacher, total, headcount_days).items():
                    if amount:
                        found[teacher, phase, college] = amount
        return found

    # ------------------------------------------------------------ who leads what

    def phase(self, item: ClassFact, day: date) -> str | None:
        if day < item.opens_on or day < self.effective_from:
            return None
        if item.closes_on is not None and day > item.closes_on:
            return None
        if item.teaching_end is None or day <= item.teaching_end:
            return "teaching"
        same_month = (day.year, day.month) == (item.teaching_end.year, item.teaching_end.month)
        return "teaching" if self.rules.graduating_start == "next_month" and same_month else "graduating"

    def absence(self, teacher: str, day: date) -> LeaveFact | None:
        if self.rules.leave_mode == "none":
            return None
        least = 1 if self.rules.leave_mode == "deduct" else self.rules.long_leave_days
        for leave in sorted(self.leaves, key=lambda leave: leave.first_day):
            long = (leave.last_day - leave.first_day).days + 1 >= least
            if leave.teacher_key == teacher and leave.first_day <= day <= leave.last_day and long:
                return leave
        return None

    def payee(self, teacher: str, day: date) -> str | None:
        leave = self.absence(teacher, day)
        if leave is None:
            return teacher
        other = leave.stand_in_key
        if self.rules.leave_mode == "deduct" or other is None or self.absence(other, day):
            return None
        return other

    def on(self, day: date) -> dict[str, list[Led]]:
        led: dict[str, list[Led]] = defaultdict(list)
        for item in self.classes:
            phase = self.phase(item, day)
            if phase is None:
                continue
            for appointment in self.appointments:
                if appointment.class_code != item.code or appointment.first_day > day:
                    continue
                if appointment.last_day is not None and appointment.last_day < day:
                    continue
                payee = self.payee(appointment.teacher_key, day)
                if payee is not None:
                    heads = item.headcount if appointment.share is None else appointment.share
                    led[payee].append(Led(item.code, item.college, heads if item.headcount else 0, phase))
        return led

    def slices(self) -> list[Slice]:
        number = len(self.days)
        if self.rules.partial_month == "calendar_days":
            return [Slice(Fraction(1, number), 1, self.on(day)) for day in self.days]
        if self.rules.partial_month == "day15":
            return [Slice(Fraction(1), number, self.on(self.days[14]))]
        halves = (self.days[:15], self.days[15:])
        return [Slice(Fraction(1, 2), len(half), self.winners(half)) for half in halves]

    def winners(self, half: Sequence[date]) -> dict[str, list[Led]]:
        """Give every class of the half to whoever has more of its days."""
        days: dict[str, dict[str, list[Led]]] = defaultdict(lambda: defaultdict(list))
        last: dict[tuple[str, str], date] = {}
        for day in half:
            for teacher, leds in self.on(day).items():
                for led in leds:
                    days[led.code][teacher].append(led)
                    last[led.code, teacher] = day
        won: dict[str, list[Led]] = defaultdict(list)
        for code, by_teacher in days.items():
            best = max(by_teacher, key=lambda key: (len(by_teacher[key]), last[code, key]))
            own = by_teacher[best]
            graduating = [led for led in own if led.phase == "graduating"]
            won[best].append(graduating[0] if 2 * len(graduating) >= len(own) else own[0])
        return won

    # ------------------------------------------------------------ what a day is worth

    def coefficient(self, heads: int) -> Fraction:
        for tier in self.rules.tiers:
            if heads >= tier.minimum and (tier.maximum is None or heads <= tier.maximum):
                if heads == 0 and self.rules.zero_students == "nothing":
                    return Fraction(0)
                return Fraction(tier.coefficient)
        raise AssertionError(heads)

    def teaching(self, led: Sequence[Led]) -> Fraction:
        if not led:
            return Fraction(0)
        base, scope = Fraction(self.rules.base_rate), self.rules.coefficient_scope
        if scope == "teacher_total":
            return base * self.coefficient(sum(item.heads for item in led))
        each = [base * self.coefficient(item.heads) for item in led]
        return sum(each, Fraction(0)) if scope == "per_class" else max(each)

    def graduating(self, led: Sequence[Led]) -> Fraction:
        groups = [item.heads for item in led]
        if self.rules.graduating_per != "class":
            groups = [sum(groups)]
        total = Fraction(0)
        for heads in groups:
            if not heads:
                continue
            rate = Fraction(self.rules.graduating_rate)
            if self.rules.graduating_per == "posts_of_standard_size":
                full, rest = divmod(heads, self.rules.standard_class_size)
                rate *= full + (1 if rest else 0)
            if self.rules.graduating_coefficient == "by_tier":
                rate *= self.coefficient(heads)
            total += rate
        return total

    def rate(self, led: Sequence[Led], phase: str) -> tuple[Fraction, Sequence[Led]]:
        """Monthly rate of a kind of line for these classes, and the classes it counts."""
        if self.rules.ceiling_classes is not None:
            led = sorted(led, key=lambda item: (item.phase == "graduating", -item.heads, item.code))
            led = led[: self.rules.ceiling_classes]
        taught = [item for item in led if item.phase == "teaching"]
        graduating = [item for item in led if item.phase == "graduating"]
        rates = {"teaching": self.teaching(taught), "graduating": self.graduating(graduating)}
        mode = self.rules.teaching_and_graduating
        if mode != "add" and rates["teaching"] and rates["graduating"]:
            if mode == "sum_heads":
                return (self.teaching(led), led) if phase == "teaching" else (Fraction(0), [])
            higher = "graduating" if rates["graduating"] > rates["teaching"] else "teaching"
            if phase != higher:
                return Fraction(0), []
        return rates[phase], taught if phase == "teaching" else graduating

    def shares(self, teacher: str, total: int, headcount_days: dict[str, int]) -> dict[str, int]:
        if self.rules.two_colleges == "home_college":
            return {self.homes[teacher]: total}
        colleges = sorted(college for college, number in headcount_days.items() if number)
        whole = sum(headcount_days.values())
        given = {college: half_up(Fraction(total * headcount_days[college], whole)) for college in colleges[:-1]}
        if colleges:
            given[colleges[-1]] = total - sum(given.values())
        return given


def half_up(value: Fraction) -> int:
    """Whole number nearest to a value of 0 or more, a half goes up."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)
