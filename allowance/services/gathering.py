"""From the database to the plain facts of a month: one query per kind of fact, all colleges at once.

All colleges, because a person may lead classes in two of them and the total heads decide the coefficient (A-19).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Max

from allowance.calculation import (
    AppointmentFact,
    ClassFact,
    HeadcountStep,
    LeaveFact,
    Month,
    MonthCut,
    MonthResult,
    TeacherFact,
    Via,
    average_headcount,
    basis_day,
    calculate_month,
    cut_month,
)
from gaobo_banzhuren.regulation.models import Term
from gaobo_banzhuren.regulation.rules import AllowanceRules, Basis
from teachers import queries
from teachers.models import RosterEntry, StudentState


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A class as the sheet needs it besides the calculation."""

    pk: int
    code: str
    name: str
    college_id: int
    basis_on: dt.date
    headcount: int
    graduated: int


@dataclass(frozen=True, slots=True)
class TeacherRow:
    pk: int
    staff_no: str
    name: str
    category: str


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """Everything that a month is computed from, under one set of rules."""

    month: Month
    rules: AllowanceRules
    effective_from: dt.date
    classes: tuple[ClassFact, ...]
    appointments: tuple[AppointmentFact, ...]
    leaves: tuple[LeaveFact, ...]
    teachers: tuple[TeacherFact, ...]
    class_rows: Mapping[str, ClassRow] = field(default_factory=dict)
    teacher_rows: Mapping[str, TeacherRow] = field(default_factory=dict)
    terms_over: tuple[tuple[str, str, dt.date], ...] = ()

    def cut(self) -> MonthCut:
        return cut_month(
            self.month, self.classes, self.appointments, self.leaves, self.teachers, self.rules, self.effective_from
        )

    def compute(self) -> tuple[MonthCut, MonthResult]:
        cut = self.cut()
        return cut, calculate_month(self.month, cut.teachers, self.rules)


def gather(month: Month, rules: AllowanceRules, effective_from: dt.date) -> MonthFacts:
    """Read the facts of the month from the roster, the appointments, the class dates and the leaves as they stand now."""
    first, last = month.first_day, month.last_day
    classes = queries.class_facts(first, last)
    term_start = _term_start(first) if rules.basis is Basis.TERM_START else None
    basis = {row.class_id: basis_day(month, row.opens_on, row.closes_on, rules, term_start) for row in classes}
    heads, steps = _headcounts(month, rules, basis)
    graduated = queries.headcounts(first, [StudentState.GRADUATED.value])
    facts, rows = [], {}
    for row in classes:
        pk, headcount = row.class_id, heads.get(row.class_id, 0)
        rows[row.code] = ClassRow(pk, row.code, row.name, row.college_id, basis[pk], headcount, graduated.get(pk, 0))
        facts.append(ClassFact(*row[:6], headcount, steps.get(pk, ())))
    posts = queries.appointment_facts(first, last)
    appointments = tuple(AppointmentFact(*post[:7], Via(post.via)) for post in posts)
    leaves = tuple(LeaveFact(*leave) for leave in queries.leave_facts(first, last))
    teachers, teacher_rows = _teachers(appointments, leaves)
    terms_over = tuple(
        (post.class_code, post.teacher_key, post.last_day) for post in posts if post.term_over and post.last_day
    )
    return MonthFacts(
        month, rules, effective_from, tuple(facts), appointments, leaves, teachers, rows, teacher_rows,
        terms_over,
    )  # fmt: skip


def _term_start(day: dt.date) -> dt.date | None:
    """First day of the term that has begun last by the day."""
    return Term.objects.filter(starts_on__lte=day).order_by("-starts_on").values_list("starts_on", flat=True).first()


def _headcounts(
    month: Month, rules: AllowanceRules, basis: Mapping[int, dt.date]
) -> tuple[dict[int, int], dict[int, tuple[HeadcountStep, ...]]]:
    """Basis headcount of every class, and for the daily basis the days on which it changes.

    Nearly all classes share one basis day, which one grouped count answers; the few others are asked apart.
    """
    states = [state.label for state in rules.counted_states]
    if rules.basis in (Basis.DAILY, Basis.AVERAGE):
        steps = _daily_steps(month, states)
        if rules.basis is Basis.AVERAGE:
            spans = {pk: max(day, month.first_day) for pk, day in basis.items()}
            return {pk: average_headcount(steps.get(pk, ()), day, month.last_day) for pk, day in spans.items()}, {}
        return queries.headcounts(basis, states), steps
    common, _ = Counter(basis.values()).most_common(1)[0] if basis else (month.first_day, 0)
    heads = queries.headcounts(common, states)
    others = {pk: day for pk, day in basis.items() if day != common}
    return heads | (queries.headcounts(others, states) if others else {}), {}


def _daily_steps(month: Month, states: list[str]) -> dict[int, tuple[HeadcountStep, ...]]:
    """Headcount of every class from each day of the month on which it changes."""
    first, last = month.first_day, month.last_day
    changes: dict[int, dict[dt.date, int]] = defaultdict(lambda: defaultdict(int))
    for pk, starts, ends in queries.roster_spans(first, last, states):
        changes[pk][max(starts, first)] += 1
        if ends is not None and ends < last:
            changes[pk][ends + dt.timedelta(days=1)] -= 1
    steps: dict[int, tuple[HeadcountStep, ...]] = {}
    for pk, by_day in changes.items():
        count, found = 0, []
        for day in sorted(by_day):
            count += by_day[day]
            found.append(HeadcountStep(day, count))
        steps[pk] = tuple(found)
    return steps


def _teachers(
    appointments: tuple[AppointmentFact, ...], leaves: tuple[LeaveFact, ...]
) -> tuple[tuple[TeacherFact, ...], dict[str, TeacherRow]]:
    wanted = {fact.teacher_key for fact in appointments} | {fact.teacher_key for fact in leaves}
    wanted |= {fact.stand_in_key for fact in leaves if fact.stand_in_key}
    people = [person for person in queries.teacher_facts() if person.key in wanted]
    facts = tuple(TeacherFact(person.key, person.name, person.home_college) for person in people)
    return facts, {each.key: TeacherRow(each.teacher_id, each.key, each.name, each.category) for each in people}


def roster_updated(college_ids: list[int]) -> dict[int, dt.datetime]:
    """When the roster of each college was last written."""
    rows = (
        RosterEntry.objects.filter(school_class__college_id__in=college_ids)
        .order_by()
        .values_list("school_class__college_id")
        .annotate(latest=Max("recorded_at"))
    )
    return dict(rows)


def names_of(class_pk: int, basis_on: dt.date, states: list[str]) -> list[tuple[str, str]]:
    """学号 and 姓名 of the students that count for the class on the day."""
    entries = RosterEntry.objects.on(basis_on).filter(school_class=class_pk, state__in=states)
    return list(entries.order_by("student__student_no").values_list("student__student_no", "student__name"))
