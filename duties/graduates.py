"""The graduating class: since when it is one, who graduates, and how far each of the three matters is (article 6 (3))."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from django.utils import timezone

from gaobo_banzhuren.regulation.school_calendar import NoSchoolYearError, school_year_of, term_of
from teachers.models import RosterEntry, SchoolClass, Student, StudentState

from .fee_figures import Share
from .models import Appraisal, DepartureItem, GraduateAward
from .opinions import warning_about

GRADUATES = (StudentState.ENROLLED, StudentState.GRADUATED)
STEPS = ("self_summary_received", "stamped", "photo_ok", "identity_ok", "applied")
"""Steps of an appraisal that are either done or not; the opinion and the qualification check come to them."""
GONE_UP = (GraduateAward.State.SUBMITTED, GraduateAward.State.APPROVED)
"""Candidates that use up the ratio of A-88."""


def graduating_since(school_class: SchoolClass) -> dt.date | None:
    """First day of the term in which teaching ends; None while no end of teaching is entered. One query at most."""
    ends = school_class.teaching_ends_on
    if ends is None:
        return None
    term = term_of(ends)
    return min(term.starts_on, ends) if term else ends


def is_graduating(school_class: SchoolClass, day: dt.date) -> bool:
    """In its last term of teaching or after it, and not closed."""
    since = graduating_since(school_class)
    closed = school_class.closes_on is not None and day > school_class.closes_on
    return since is not None and day >= since and not closed


def graduates_of(class_ids: Collection[int]) -> dict[int, list[Student]]:
    """Students 在读 or 毕业 in each class today (of a closed class on its last day), by number. One query."""
    today = timezone.localdate()
    rows = (
        RosterEntry.objects.standing()
        .filter(school_class__in=class_ids, state__in=GRADUATES, starts_on__lte=today)
        .select_related("student", "school_class")
        .order_by("student__student_no")
    )
    found: dict[int, list[Student]] = defaultdict(list)
    for row in rows:
        day = min(today, row.school_class.closes_on or today)
        if row.starts_on <= day and (row.ends_on is None or row.ends_on >= day):
            found[row.school_class_id].append(row.student)
    return dict(found)


def is_complete(one: Appraisal) -> bool:
    """Every step done, an opinion written, the qualification check passed."""
    return (
        all(getattr(one, step) for step in STEPS)
        and bool(one.opinion.strip())
        and one.qualification == Appraisal.Qualification.PASSED
    )


@dataclass(slots=True)
class Leaving:
    """The leaving list of one student."""

    student: Student
    items: dict[str, DepartureItem] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        return all(item in self.items for item in DepartureItem.Item.values)

    @property
    def open_items(self) -> list[str]:
        return [str(item.label) for item in DepartureItem.Item if item.value not in self.items]

    @property
    def cells(self) -> list[tuple[str, DepartureItem | None]]:
        """Name and entry of every item in the order of the list, None where one is open."""
        return [(str(item.label), self.items.get(item.value)) for item in DepartureItem.Item]


def leaving_lists(class_ids: Collection[int]) -> dict[int, list[Leaving]]:
    """The leaving list of every graduate, by class. Two queries."""
    graduates = graduates_of(class_ids)
    items: dict[int, dict[str, DepartureItem]] = defaultdict(dict)
    keys = [student.pk for students in graduates.values() for student in students]
    for item in DepartureItem.objects.filter(student__in=keys).select_related("by"):
        items[item.student_id][item.item] = item
    return {
        class_id: [Leaving(student, items.get(student.pk, {})) for student in students]
        for class_id, students in graduates.items()
    }


@dataclass(frozen=True, slots=True)
class Progress:
    """The three figures of a graduating class: persons ÷ graduates."""

    proposed: Share
    appraised: Share
    left: Share


def progress_of(class_ids: Collection[int]) -> dict[int, Progress]:
    """Nominated, appraised and left ÷ graduates of each class. Four queries whatever the number of classes (C6.3)."""
    lists = leaving_lists(class_ids)
    proposed: dict[int, set[int]] = defaultdict(set)
    awards = GraduateAward.objects.filter(school_class__in=class_ids).exclude(state=GraduateAward.State.WITHDRAWN)
    for class_id, student in awards.values_list("school_class_id", "student_id"):
        proposed[class_id].add(student)
    done: dict[int, set[int]] = defaultdict(set)
    for one in Appraisal.objects.filter(school_class__in=class_ids):
        if is_complete(one):
            done[one.school_class_id].add(one.student_id)
    found = {}
    for class_id, rows in lists.items():
        keys = {row.student.pk for row in rows}
        found[class_id] = Progress(
            Share(len(proposed[class_id] & keys), len(keys)),
            Share(len(done[class_id] & keys), len(keys)),
            Share(sum(row.done for row in rows), len(keys)),
        )
    return found


def most_awards(school_class: SchoolClass, graduates: int) -> int | None:
    """How many may be proposed by the ratio of the school year (A-88), cut to whole persons; None without a ratio."""
    if school_class.teaching_ends_on is None:
        return None
    try:
        percent = school_year_of(school_class.teaching_ends_on).settings().graduate_award_percent
    except NoSchoolYearError:
        return None
    return None if percent is None else int(graduates * percent / 100)


def against_closing(school_class: SchoolClass, closes_on: dt.date) -> list[str]:
    """Why the class cannot be closed yet (C6.3c). A day to come is only a plan until the class graduates."""
    today = timezone.localdate()
    if closes_on > today and not is_graduating(school_class, today):
        return []
    rows = [row for row in leaving_lists([school_class.pk]).get(school_class.pk, []) if not row.done]
    if not rows:
        return []
    names = "、".join(row.student.name for row in rows[:3])
    return [f"还有 {len(rows)} 名学生的离校清单没有办完或免办（{names}{'等' if len(rows) > 3 else ''}）"]


def opinion_warnings(appraisals: Collection[Appraisal]) -> dict[int, str]:
    """Warnings about opinions by student, of those that need one."""
    found = {one.student_id: warning_about(one.opinion) for one in appraisals}
    return {student: text for student, text in found.items() if text}
