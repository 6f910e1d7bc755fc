"""Weak courses and students who are behind (article 6 (1)).

The regulation gives no number for a weak course. What is offered here is a suggestion (自定), and the class teacher
decides what goes on the list.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from django.db.models import Count, Q
from django.utils import timezone

from gaobo_banzhuren.regulation.models import Term

from . import exam_figures as figures
from .models import Course, ExamResult, ExamSession, RecordState, RecordStudent, WeakCourse, WeakStudent

SUGGEST_BELOW: Final = Fraction(3, 5)
SUGGEST_AT_MOST: Final = 2
SUGGESTION: Final = "建议（自定）：最近一次出成绩的考试中及格率低于 60 % 的课程，取最低的两门；制度没有规定数字。"


@dataclass(frozen=True, slots=True)
class Rate:
    """Passed of sat of one class in one course and session."""

    session: ExamSession
    passed: int
    sat: int

    @property
    def rate(self) -> Fraction | None:
        return Fraction(self.passed, self.sat) if self.sat else None

    @property
    def text(self) -> str:
        return figures.percent(self.rate)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A course that may be put on the class's list of weak courses."""

    class_id: int
    course: Course
    before: Rate

    @property
    def basis(self) -> str:
        return f"{self.before.session.name}及格率 {self.before.text}（{self.before.passed}/{self.before.sat}）"


@dataclass(frozen=True, slots=True)
class WeakCourseRow:
    """A listed course with the pass counts before the help and the latest since."""

    entry: WeakCourse
    before: Rate | None
    after: Rate | None

    @property
    def change(self) -> str:
        """The difference in percentage points, with its sign; empty while one of the two is missing."""
        if not (self.before and self.after) or self.before.rate is None or self.after.rate is None:
            return ""
        points = (self.after.rate - self.before.rate) * 100
        return f"{'+' if points > 0 else ''}{figures.half_up(points, '0.01')}"


@dataclass(frozen=True, slots=True)
class WeakStudentRow:
    """A listed student with the checks written down since."""

    entry: WeakStudent
    checks: tuple[dict[str, Any], ...]

    @property
    def is_checked(self) -> bool:
        return bool(self.checks)


def weak_courses_by_rule(class_ids: Collection[int], *, on: dt.date | None = None) -> list[Suggestion]:
    """Suggestions for each class out of its latest released session, weakest first. Three queries."""
    day = on or timezone.localdate()
    newest: dict[int, dict[str, Any]] = {}
    rows = _counts(class_ids, day)
    for row in rows:
        newest[row["school_class_id"]] = row
    last = [row for row in rows if row["session_id"] == newest[row["school_class_id"]]["session_id"] and row["sat"]]
    weak = [row for row in last if Fraction(row["passed"], row["sat"]) < SUGGEST_BELOW]
    weak.sort(key=lambda row: (row["school_class_id"], Fraction(row["passed"], row["sat"]), row["course__code"]))
    chosen: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in weak:
        if len(chosen[row["school_class_id"]]) < SUGGEST_AT_MOST:
            chosen[row["school_class_id"]].append(row)
    picked = [row for rows_of_class in chosen.values() for row in rows_of_class]
    courses = Course.objects.in_bulk({row["course_id"] for row in picked})
    sessions = ExamSession.objects.in_bulk({row["session_id"] for row in picked})
    return [
        Suggestion(
            row["school_class_id"], courses[row["course_id"]], Rate(sessions[row["session_id"]], row["passed"], row["sat"])
        )
        for row in picked
    ]  # fmt: skip


def _counts(class_ids: Collection[int], day: dt.date, courses: Collection[int] | None = None) -> list[dict[str, Any]]:
    """Passed and sat per class, session and course of released sessions, oldest session first."""
    rows = ExamResult.objects.released(day).filter(school_class_id__in=class_ids)
    if courses is not None:
        rows = rows.filter(course_id__in=courses)
    counted: Any = (
        rows.values("school_class_id", "session_id", "session__starts_on", "course_id", "course__code")
        .annotate(
            passed=Count("pk", filter=Q(status=figures.PASSED)), sat=Count("pk", filter=Q(status__in=figures.SAT))
        )
        .order_by("session__starts_on", "session_id", "course_id")
    )
    return list(counted)


def listed_courses(class_ids: Collection[int], term: Term, *, on: dt.date | None = None) -> list[WeakCourseRow]:
    """The term's weak courses with the pass rate in the session they were listed for and in the latest one since.

    Three queries. A session counts as "since" when it began after the first and after the day of the help, if any.
    """
    day = on or timezone.localdate()
    entries = list(
        WeakCourse.objects.filter(school_class_id__in=class_ids, term=term)
        .select_related("course", "session_before", "school_class")
        .order_by("school_class__code", "course__code")
    )
    groups: dict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
    for row in _counts(class_ids, day, {entry.course_id for entry in entries}):
        if row["sat"]:
            groups[(row["school_class_id"], row["course_id"])].append(row)
    sessions = ExamSession.objects.in_bulk({row["session_id"] for rows in groups.values() for row in rows})
    found = []
    for entry in entries:
        rows = groups[(entry.school_class_id, entry.course_id)]
        before = next((row for row in rows if row["session_id"] == entry.session_before_id), None)
        starts = [entry.session_before.starts_on] if entry.session_before else []
        since = max([*starts, *([entry.helped_on] if entry.helped_on else [])], default=None)
        later = [row for row in rows if since and row["session__starts_on"] > since and row is not before]
        found.append(
            WeakCourseRow(entry, _rate(before, sessions), _rate(later[-1] if later else None, sessions))
        )  # fmt: skip
    return found


def _rate(row: dict[str, Any] | None, sessions: dict[int, ExamSession]) -> Rate | None:
    return Rate(sessions[row["session_id"]], row["passed"], row["sat"]) if row else None


def listed_students(class_ids: Collection[int], term: Term, *, on: dt.date | None = None) -> list[WeakStudentRow]:
    """The term's list of students who are behind, each with the checks of kind 后进生检查 since the listing. Two queries."""
    day = on or timezone.localdate()
    entries = list(
        WeakStudent.objects.filter(school_class_id__in=class_ids, term=term)
        .select_related("student", "school_class", "term")
        .order_by("school_class__code", "student__student_no")
    )
    checks: dict[int, list[dict[str, Any]]] = defaultdict(list)
    links = RecordStudent.objects.filter(
        student_id__in={entry.student_id for entry in entries}, part=RecordStudent.Part.ABOUT,
        record__state=RecordState.ARCHIVED, record__kind="weak_check", record__happened_on__lte=min(day, term.ends_on),
    )  # fmt: skip
    for link in links.order_by("-record__happened_on", "-record_id").values(
        "student_id", "record__happened_on", "record__public_id", "record__author_id", "record__privacy"
    ):
        checks[link["student_id"]].append(dict(link))
    return [
        WeakStudentRow(entry, tuple(link for link in checks[entry.student_id] if _within(link, entry)))
        for entry in entries
    ]


def _within(link: dict[str, Any], entry: WeakStudent) -> bool:
    day = link["record__happened_on"]
    return day >= entry.listed_on and (entry.removed_on is None or day <= entry.removed_on)


def checked(rows: Sequence[WeakStudentRow]) -> tuple[int, int]:
    """已检查 ÷ 名单 as two counts; who was taken off the list within the term stays in it."""
    return sum(row.is_checked for row in rows), len(rows)


def helped(rows: Sequence[WeakCourseRow]) -> tuple[int, int]:
    """已请任课教师帮助 ÷ 名单 as two counts."""
    return sum(bool(row.entry.help_given) for row in rows), len(rows)
