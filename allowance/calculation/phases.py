"""Which phase a class is in on a day (A-11), and on which day its students are counted (A-03)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

from gaobo_banzhuren.regulation.rules import AllowanceRules, Basis, GraduatingStart

from .facts import ClassFact, HeadcountStep, Month, Phase
from .money import round_units


def graduating_from(teaching_end: date | None, rules: AllowanceRules) -> date | None:
    """First day that is paid as 毕业班; None while no end of teaching is known."""
    if teaching_end is None:
        return None
    if rules.graduating_start is GraduatingStart.NEXT_DAY:
        return teaching_end + timedelta(days=1)
    return Month.of(teaching_end).following.first_day


def phase_on(class_fact: ClassFact, day: date, rules: AllowanceRules) -> Phase | None:
    """Phase of the class on that day; None before it opens and after it closes."""
    if day < class_fact.opens_on or (class_fact.closes_on is not None and day > class_fact.closes_on):
        return None
    turning_day = graduating_from(class_fact.teaching_end, rules)
    return Phase.TEACHING if turning_day is None or day < turning_day else Phase.GRADUATING


def basis_day(
    month: Month, opens_on: date, closes_on: date | None, rules: AllowanceRules, term_start: date | None = None
) -> date:
    """Day whose students are the basis of the month: never before the class opens nor after it closes.

    For the daily and the average basis it is the day from which counting starts.
    """
    if rules.basis is Basis.MONTH_END:
        return month.last_day if closes_on is None else max(opens_on, min(month.last_day, closes_on))
    start = term_start if rules.basis is Basis.TERM_START and term_start is not None else month.first_day
    return max(start, opens_on)


def average_headcount(steps: Sequence[HeadcountStep], first_day: date, last_day: date) -> int:
    """Mean of the days' headcounts over a span, half up to a whole student; steps in the order of their days."""
    total = 0
    for number, step in enumerate(steps):
        begin = max(step.first_day, first_day)
        following = steps[number + 1].first_day if number + 1 < len(steps) else last_day + timedelta(days=1)
        end = min(following - timedelta(days=1), last_day)
        if begin <= end:
            total += step.headcount * ((end - begin).days + 1)
    return round_units(Fraction(total, (last_day - first_day).days + 1))
