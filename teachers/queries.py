"""What other parts of the product ask about chapter 1, as plain rows: a fixed number of queries whatever the size.

The rows are of the whole school: whoever shows them to a person narrows them to what the person may see. All days are
inclusive. The fields bear the names that the allowance calculation uses for its facts.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.db.models import Count, Q

from .calculation import ONE_DAY, earliest
from .models import Appointment, AppointmentState, ClassTeacher, Leave, PostKind, RosterEntry, SchoolClass


class TeacherFact(NamedTuple):
    """`key` is the 工号, `home_college` the code of the own college."""

    key: str
    name: str
    home_college: str
    category: str
    teacher_id: int


class ClassFact(NamedTuple):
    """`teaching_end` and `closes_on` are the last days of what they name."""

    code: str
    name: str
    college: str
    opens_on: dt.date
    teaching_end: dt.date | None
    closes_on: dt.date | None
    class_id: int
    college_id: int


class AppointmentFact(NamedTuple):
    """Days in post of one person at one class. `last_day` None: still in post.

    A recorded term that ran out without renewal ends the days in post (C2.3); `term_over` says that this, and not an
    entered end, is what ended them. `via` is `main` or `acting`.
    """

    class_code: str
    teacher_key: str
    first_day: dt.date
    last_day: dt.date | None
    dismissed: bool
    share: int | None
    filed: bool
    via: str
    term_over: bool
    appointment_id: int


class LeaveFact(NamedTuple):
    """A standing leave, whole, not cut to the span asked for."""

    teacher_key: str
    first_day: dt.date
    last_day: dt.date
    stand_in_key: str | None


class DismissalFact(NamedTuple):
    """`effective_on` is the first day not in post. Whoever is in here is not 优秀 in the cycle; a hand-over is not."""

    teacher_id: int
    teacher_key: str
    effective_on: dt.date


class RosterSpan(NamedTuple):
    """Days on which one student counts for the class."""

    class_id: int
    first_day: dt.date
    last_day: dt.date | None


def teacher_facts() -> list[TeacherFact]:
    """All class teachers, in order of 工号. One query."""
    rows = ClassTeacher.objects.order_by("user__staff_no").values_list(
        "user__staff_no", "user__name", "college__code", "category", "pk"
    )
    return [TeacherFact(*row) for row in rows]


def class_facts(first: dt.date | None = None, last: dt.date | None = None) -> list[ClassFact]:
    """Classes in order of code; with both days only those open on at least one day of the span. One query."""
    rows = SchoolClass.objects.order_by("code")
    if first and last:
        rows = rows.open_on_any(first, last)
    found = rows.values_list(
        "code", "name", "college__code", "opens_on", "teaching_ends_on", "closes_on", "pk", "college_id"
    )
    return [ClassFact(*row) for row in found]


def appointment_facts(first: dt.date, last: dt.date) -> list[AppointmentFact]:
    """Effective appointments with at least one day in post from `first` to `last`, by class and start. One query."""
    rows = (
        Appointment.objects.touching(first, last)
        .order_by("school_class__code", "starts_on", "pk")
        .values_list(
            "school_class__code", "teacher__user__staff_no", "starts_on", "ends_on", "planned_end_on", "state", "share",
            "filed_on", "kind", "pk",
        )
    )  # fmt: skip
    return [_appointment_fact(*row) for row in rows]


def _appointment_fact(
    code: str,
    staff_no: str,
    starts_on: dt.date,
    ends_on: dt.date | None,
    planned_end_on: dt.date | None,
    state: str,
    share: int | None,
    filed_on: dt.date | None,
    kind: str,
    pk: int,
) -> AppointmentFact:
    last_day = earliest(ends_on, planned_end_on)
    via = "acting" if kind == PostKind.ACTING else "main"
    return AppointmentFact(
        code, staff_no, starts_on, last_day, state == AppointmentState.DISMISSED, share, filed_on is not None, via,
        term_over=last_day != ends_on, appointment_id=pk,
    )  # fmt: skip


def leave_facts(first: dt.date, last: dt.date) -> list[LeaveFact]:
    """Leaves that are not cancelled and touch the span, by teacher and start. One query."""
    rows = (
        Leave.objects.standing()
        .filter(starts_on__lte=last, ends_on__gte=first)
        .order_by("teacher__user__staff_no", "starts_on")
        .values_list("teacher__user__staff_no", "starts_on", "ends_on", "stand_in__user__staff_no")
    )
    return [LeaveFact(*row) for row in rows]


def dismissal_facts(first: dt.date, last: dt.date) -> list[DismissalFact]:
    """Dismissals that took effect in the span, decided here or imported, once per person and day (C2.2). One query."""
    rows = (
        Appointment.objects.filter(state=AppointmentState.DISMISSED, ends_on__range=(first - ONE_DAY, last - ONE_DAY))
        .order_by("ends_on", "teacher__user__staff_no")
        .values_list("teacher_id", "teacher__user__staff_no", "ends_on")
        .distinct()
    )
    return [DismissalFact(pk, key, ends_on + ONE_DAY) for pk, key, ends_on in rows if ends_on]


def headcounts(days: dt.date | Mapping[int, dt.date], states: Iterable[str]) -> dict[int, int]:
    """Students per class id in one of the states (as stored, e.g. 在读) on the day. One grouped query.

    With one day for all, classes without students are left out; with a day per class id every class asked for is in
    the answer, with 0 where it has none (A-02, A-03).
    """
    rows = RosterEntry.objects.standing().filter(state__in=tuple(states))
    if isinstance(days, dt.date):
        rows, found = rows.filter(_on(days)), {}
    else:
        found = dict.fromkeys(days, 0)
        by_day: dict[dt.date, list[int]] = defaultdict(list)
        for class_id, wanted in days.items():
            by_day[wanted].append(class_id)
        asked = Q(pk__in=())
        for wanted, class_ids in by_day.items():
            asked |= Q(school_class_id__in=class_ids) & _on(wanted)
        rows = rows.filter(asked)
    found.update(rows.order_by().values_list("school_class_id").annotate(heads=Count("pk")))
    return found


def roster_spans(first: dt.date, last: dt.date, states: Iterable[str]) -> list[RosterSpan]:
    """Spans of counted students that touch the span asked for, for daily or mean headcounts (A-03). One query."""
    rows = (
        RosterEntry.objects.standing()
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=first), starts_on__lte=last, state__in=tuple(states))
        .order_by("school_class_id", "starts_on")
        .values_list("school_class_id", "starts_on", "ends_on")
    )
    return [RosterSpan(*row) for row in rows]


def _on(day: dt.date) -> Q:
    return Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day))
