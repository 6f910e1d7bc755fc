"""Counts of roll calls: per class, per student, and who has been absent too often. Fixed numbers of queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Q, Sum, Value, When

from gaobo_banzhuren.regulation.in_force import NoRuleError, rules_on
from gaobo_banzhuren.regulation.rates import RateRules
from teachers.models import RosterEntry, Student, StudentState

from ..attendance_counts import Counts, attendance_fraction, listed_on, presence_fraction, truancy_days
from ..figures import Figure
from ..kinds import find
from ..models import AttendanceMark, AttendanceSession, Mark, RecordState, RecordStudent

EDUCATION = ("talk", "parent_contact", "discipline")
"""Records that show that a student often absent was taken care of (C5.4b)."""
SHOWN_DAYS = 5
COLUMNS = ("due", "present", "late", "early", "excused", "absent")
UNEXCUSED = Q(mark=Mark.ABSENT) | Q(mark__in=(Mark.LEAVE, Mark.OFFICIAL), approved=False)


def rates_on(day: dt.date) -> RateRules | None:
    """The rules of rates on the day; None before any rule is in force."""
    try:
        return rules_on(day).rates
    except NoRuleError:
        return None


def attendance_figure(counts: Counts, rules: RateRules | None) -> Figure:
    """到课率 with its target (5.1, A-30 to A-32)."""
    if rules is None:
        return Figure("attendance", "到课率", *attendance_fraction(counts))
    fraction = attendance_fraction(counts, leave=str(rules.leave_counting.value), late_is_present=rules.late_is_present)
    return Figure(
        "attendance", "到课率", *fraction, target=rules.attendance_target, inclusive=rules.attendance_target_inclusive,
        readings=("A-30", "A-31", "A-32"),
    )  # fmt: skip


def presence_figure(counts: Counts) -> Figure:
    """在课率, for information."""
    return Figure("presence", "在课率", *presence_fraction(counts))


@dataclass(frozen=True, slots=True)
class ClassTotal:
    """The roll calls of a class over a span."""

    sessions: int
    counts: Counts


def totals(class_ids: Collection[int], first: dt.date, last: dt.date) -> dict[int, ClassTotal]:
    """Totals per class key; classes without a roll call are left out. One query."""
    sums = {f"all_{name}": Sum(name) for name in COLUMNS}
    rows = (
        AttendanceSession.objects.standing()
        .filter(school_class_id__in=class_ids, day__range=(first, last))
        .order_by()
        .values("school_class_id")
        .annotate(sessions=Count("pk"), **sums)
        .values_list("school_class_id", "sessions", *sums)
    )
    return {row[0]: ClassTotal(row[1], Counts(*row[2:])) for row in rows}


@dataclass(frozen=True, slots=True)
class StudentTotal:
    """How often a student was missed in the roll calls of a class."""

    student_id: int
    name: str
    number: str
    absent: int
    unapproved: int
    late: int
    early: int
    excused: int


def absences_of_students(class_id: int, first: dt.date, last: dt.date) -> list[StudentTotal]:
    """Students with at least one exception, most absences first. One query."""
    excused = Q(mark__in=(Mark.LEAVE, Mark.OFFICIAL), approved=True)
    unapproved = Q(mark__in=(Mark.LEAVE, Mark.OFFICIAL), approved=False)
    rows = (
        AttendanceMark.objects.filter(
            session__school_class=class_id, session__day__range=(first, last), session__voided_at=None
        )
        .order_by()
        .values_list("student_id", "student__name", "student__student_no")
        .annotate(
            n_absent=Count("pk", filter=Q(mark=Mark.ABSENT)),
            n_unapproved=Count("pk", filter=unapproved),
            n_late=Count("pk", filter=Q(mark=Mark.LATE)),
            n_early=Count("pk", filter=Q(mark=Mark.EARLY)),
            n_excused=Count("pk", filter=excused),
        )
    )
    found = [StudentTotal(*row) for row in rows]
    return sorted(
        found, key=lambda one: (-one.absent - one.unapproved, -one.late - one.early, -one.excused, one.number)
    )


@dataclass(frozen=True, slots=True)
class Handling:
    """The record that shows that a listed student was taken care of."""

    public_id: Any
    kind: str
    on: dt.date

    @property
    def name(self) -> str:
        kind = find(self.kind)
        return kind.name if kind else self.kind


@dataclass(frozen=True, slots=True)
class Truant:
    """A student with too many truancies in the window (A-42); `since` is the day on which the number was reached."""

    class_id: int
    student_id: int
    name: str
    number: str
    days: tuple[dt.date, ...]
    since: dt.date
    lates: int
    handled: Handling | None = None

    @property
    def latest(self) -> tuple[dt.date, ...]:
        """The last few days, newest first."""
        return self.days[: -SHOWN_DAYS - 1 : -1]


def window(rules: RateRules, today: dt.date) -> dt.date:
    """The first day of the window that ends today."""
    return today - dt.timedelta(days=rules.truancy_days - 1)


def truants(class_ids: Collection[int], today: dt.date) -> list[Truant]:
    """Students on the roster today whose truancies in the window reach the number of the rule (A-42), worst first.

    旷课 and leave that was not granted count; lateness only where the rule converts it (A-32). A talk, a parent contact
    or a discipline record about the student on or after the day of listing handles it (C5.4b). Five queries.
    """
    rules = rates_on(today)
    if rules is None or not class_ids:
        return []
    first = window(rules, today)
    absences: dict[tuple[int, int], list[dt.date]] = defaultdict(list)
    lates: dict[tuple[int, int], list[dt.date]] = defaultdict(list)
    rows = AttendanceMark.objects.filter(
        session__school_class_id__in=class_ids, session__day__range=(first, today), session__voided_at=None
    )
    found = rows.order_by("session__day", "pk").annotate(
        truant=Case(When(UNEXCUSED, then=Value(1)), default=Value(0), output_field=IntegerField())
    )
    for class_id, student_id, day, mark, truant in found.values_list(
        F("session__school_class_id"), "student_id", F("session__day"), "mark", "truant"
    ):
        if truant:
            absences[class_id, student_id].append(day)
        elif mark in (Mark.LATE, Mark.EARLY):
            lates[class_id, student_id].append(day)
    listed: dict[tuple[int, int], tuple[list[dt.date], dt.date]] = {}
    for key in {*absences, *lates}:
        days = truancy_days(absences[key], lates[key], rules.late_per_truancy)
        since = listed_on(days, rules.truancy_count)
        if since is not None:
            listed[key] = (days, since)
    students = _names(listed, today)
    handled = _handled({student_id for _, student_id in students}, first)
    result = [
        _with_handling(
            Truant(
                class_id,
                student_id,
                *students[class_id, student_id],
                tuple(days),
                since,
                len(lates[class_id, student_id]),
            ),
            handled.get(student_id, ()),
        )
        for (class_id, student_id), (days, since) in listed.items()
        if (class_id, student_id) in students
    ]
    return sorted(result, key=lambda one: (one.handled is not None, -len(one.days), one.number))


def _names(keys: Iterable[tuple[int, int]], today: dt.date) -> dict[tuple[int, int], tuple[str, str]]:
    """Name and number of those who are on the roster today."""
    wanted = set(keys)
    here = RosterEntry.objects.on(today).filter(
        student_id__in={student for _, student in wanted}, state=StudentState.ENROLLED
    )
    rows = here.values_list("school_class_id", "student_id", "student__name", "student__student_no")
    return {(row[0], row[1]): (row[2], row[3]) for row in rows if (row[0], row[1]) in wanted}


def _handled(students: Collection[int], first: dt.date) -> dict[int, list[Handling]]:
    if not students:
        return {}
    rows = (
        RecordStudent.objects.filter(
            student_id__in=students, part=RecordStudent.Part.ABOUT, record__state=RecordState.ARCHIVED,
            record__kind__in=EDUCATION, record__happened_on__gte=first,
        )
        .order_by("record__happened_on", "record_id")
        .values_list("student_id", "record__public_id", "record__kind", "record__happened_on")
    )  # fmt: skip
    found: dict[int, list[Handling]] = defaultdict(list)
    for student_id, public_id, kind, on in rows:
        found[student_id].append(Handling(public_id, kind, on))
    return found


def _with_handling(one: Truant, records: Iterable[Handling]) -> Truant:
    return replace(one, handled=next((each for each in records if each.on >= one.since), None))


def students_of(class_id: int, first: dt.date, last: dt.date) -> list[Student]:
    """Students 在读 in the class on some day of the span, by number. One query."""
    spans = (
        RosterEntry.objects.standing()
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=first), starts_on__lte=last)
        .filter(school_class=class_id, state=StudentState.ENROLLED)
    )
    return list(Student.objects.filter(pk__in=spans.values("student")).order_by("student_no"))
