"""Courses still to be passed, who was spoken to about them, and students whose parents are to be told (A-44).

The lists follow the students: they hold those on the roster of the class on the day asked for, with their results in
whichever class they sat. Each function asks the same number of queries however many classes are given.
"""

from __future__ import annotations

import datetime as dt
import uuid
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, cast

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from gaobo_banzhuren.regulation.in_force import NoRuleError, rules_on
from gaobo_banzhuren.regulation.models import RuleVersion
from teachers.models import RosterEntry, Student, StudentState

from . import exam_figures as figures
from .kinds import words
from .models import Course, ExamResult, ExamSession, Privacy, RecordState, RecordStudent
from .models.exams import ExamResultQuerySet
from .weak import weak_courses_by_rule as weak_courses_by_rule

STILL_STUDYING: Final = (StudentState.ENROLLED, StudentState.SUSPENDED, StudentState.RETAINED)
"""Who has left or graduated has nothing to retake here; 休学 and 保留 come back."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A record that counts for a list. `public` ones open for whoever sees the class, the others for their author."""

    day: dt.date
    public_id: uuid.UUID
    author_id: int
    public: bool

    def opens_for(self, user_id: int) -> bool:
        return self.public or self.author_id == user_id


@dataclass(frozen=True, slots=True)
class Share:
    """Done of listed: a figure of a list."""

    done: int
    listed: int

    @property
    def rate(self) -> Fraction | None:
        return Fraction(self.done, self.listed) if self.listed else None

    @property
    def text(self) -> str:
        return figures.percent(self.rate)

    @property
    def left(self) -> int:
        return self.listed - self.done


@dataclass(frozen=True, slots=True)
class Attempt:
    """One result on the way of a student through a course."""

    session: ExamSession
    status: str
    score: Decimal | None

    @property
    def clears(self) -> bool:
        return self.status in figures.CLEARS


@dataclass(frozen=True, slots=True)
class Retake:
    """A course that a student failed or missed and has not passed since: `session` is the latest attempt."""

    student: Student
    class_id: int
    course: Course
    session: ExamSession
    reason: str
    times: int
    talk: Mention | None = None
    plan: Mention | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """A student who failed `failed` papers in one session, at least `needed` (A-44); `told` is the contact since."""

    student: Student
    class_id: int
    session: ExamSession
    failed: int
    absent: int
    needed: int
    told: Mention | None = None


def released_on(session: ExamSession) -> dt.date:
    """From when on a talk or contact about the results counts."""
    return session.results_on or session.ends_on


def open_retakes(class_ids: Collection[int], *, on: dt.date | None = None) -> list[Retake]:
    """The retake list of the classes by class, student and course, as of the day (C4.3). Four queries.

    A talk counts from the day of the latest result when it is about that session or of category 补考; a review plan
    covers the courses that it names, or all of them when it names none.
    """
    day = on or timezone.localdate()
    groups: dict[tuple[int, int], list[ExamResult]] = defaultdict(list)
    for result in _owed(class_ids, day):
        groups[(result.student_id, result.course_id)].append(result)
    homes = _homes(class_ids, day, {student for student, _ in groups})
    found = []
    for attempts in groups.values():
        last = attempts[-1]
        home = homes[last.student_id]
        found.append(Retake(home.student, home.school_class_id, last.course, last.session, last.status, len(attempts)))
    found.sort(key=lambda row: (row.class_id, row.student.student_no, row.course.code))
    return _with_records(found, day)


def _roster(class_ids: Collection[int], day: dt.date) -> QuerySet[RosterEntry]:
    return RosterEntry.objects.on(day).filter(school_class_id__in=class_ids, state__in=STILL_STUDYING)


def _homes(class_ids: Collection[int], day: dt.date, students: Collection[int]) -> dict[int, RosterEntry]:
    """Student and class of those found, not of everybody: the lists are short and the classes many."""
    rows = _roster(class_ids, day).filter(student_id__in=students)
    return {entry.student_id: entry for entry in rows.select_related("student")}


def _results_of(class_ids: Collection[int], day: dt.date) -> ExamResultQuerySet:
    return ExamResult.objects.released(day).filter(student__in=_roster(class_ids, day).values("student"))


def _owed(class_ids: Collection[int], day: dt.date) -> ExamResultQuerySet:
    same = ExamResult.objects.released(day).filter(student=OuterRef("student"), course=OuterRef("course"))
    cleared = same.filter(status__in=figures.CLEARS)
    rows = _results_of(class_ids, day).filter(~Exists(cleared), status__in=figures.OWED)
    return rows.select_related("course", "session").order_by("session__starts_on", "session_id")


def _with_records(rows: Sequence[Retake], day: dt.date) -> list[Retake]:
    talks: dict[int, list[dict[str, Any]]] = defaultdict(list)
    plans: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for link in _links({row.student.pk for row in rows}, ("talk", "review_plan"), day):
        (talks if link["record__kind"] == "talk" else plans)[link["student_id"]].append(link)
    # All that the student ever failed: a plan for a course passed since is no plan for the others.
    ever = ExamResult.objects.filter(student_id__in={row.student.pk for row in rows}, status__in=figures.OWED)
    names: dict[int, set[str]] = defaultdict(set)
    for student, name in ever.order_by().values_list("student_id", "course__name").distinct():
        names[student].add(name)
    return [_row_with(row, talks[row.student.pk], plans[row.student.pk], names[row.student.pk]) for row in rows]


def _row_with(row: Retake, talks: list[dict[str, Any]], plans: list[dict[str, Any]], names: set[str]) -> Retake:
    since = released_on(row.session)
    talk = next(
        (
            link
            for link in talks
            if link["record__happened_on"] >= since
            and (link["record__exam_session_id"] == row.session.pk or link["record__category"] == words.RETAKE)
        ),
        None,
    )
    plan = next((link for link in plans if link["record__happened_on"] >= since and _covers(link, row, names)), None)
    return replace(row, talk=_mention(talk), plan=_mention(plan))


def _covers(link: dict[str, Any], row: Retake, names: set[str]) -> bool:
    text = str((link["record__details"] or {}).get("courses", ""))
    if row.course.code in text:
        return True
    named = figures.named_courses(text, names)
    return row.course.name in named or not named


def _links(students: Collection[int], kinds: Collection[str], day: dt.date) -> list[dict[str, Any]]:
    """Records that count, about the students, newest first."""
    rows = RecordStudent.objects.filter(
        student_id__in=students, part=RecordStudent.Part.ABOUT, record__state=RecordState.ARCHIVED,
        record__kind__in=kinds, record__happened_on__lte=day,
    )  # fmt: skip
    found = list(
        rows.order_by("-record__happened_on", "-record_id").values(
            "student_id", "record__kind", "record__happened_on", "record__category", "record__exam_session_id",
            "record__details", "record__public_id", "record__author_id", "record__privacy",
        )
    )  # fmt: skip
    return cast(list[dict[str, Any]], found)


def _mention(link: dict[str, Any] | None) -> Mention | None:
    if link is None:
        return None
    public = link["record__privacy"] == Privacy.NORMAL
    return Mention(link["record__happened_on"], link["record__public_id"], link["record__author_id"], public)


def talked(rows: Sequence[Retake]) -> Share:
    """谈话 ÷ 名单, per student and course."""
    return Share(sum(row.talk is not None for row in rows), len(rows))


def planned(rows: Sequence[Retake]) -> Share:
    """复习计划 ÷ 名单, per student and course."""
    return Share(sum(row.plan is not None for row in rows), len(rows))


def histories(class_id: int, *, on: dt.date | None = None) -> dict[tuple[Student, Course], list[Attempt]]:
    """Every course that a student of the class ever failed or missed, with all attempts in order. One query.

    What has been passed or exempted since stays here when it has left the open list.
    """
    day = on or timezone.localdate()
    same = ExamResult.objects.released(day).filter(student=OuterRef("student"), course=OuterRef("course"))
    ever = same.filter(status__in=figures.OWED)
    rows = _results_of([class_id], day).filter(Exists(ever)).select_related("student", "course", "session")
    found: dict[tuple[Student, Course], list[Attempt]] = {}
    for result in rows.order_by("student__student_no", "course__code", "session__starts_on", "session_id"):
        key = (result.student, result.course)
        found.setdefault(key, []).append(Attempt(result.session, result.status, result.score))
    return found


def trouble_list(
    class_ids: Collection[int],
    *,
    sessions: Collection[int] | None = None,
    since: dt.date | None = None,
    on: dt.date | None = None,
) -> list[Trouble]:
    """Students with as many failed papers in one session as the rules of its day say (A-44), newest session first.

    `sessions` or `since` (first day of the session) narrow it. A contact with the parents counts from the release of
    the results when it is about that session, or about 学业 without naming one (C5.5e).
    """
    day = on or timezone.localdate()
    rows = _results_of(class_ids, day)
    if sessions is not None:
        rows = rows.filter(session_id__in=sessions)
    if since is not None:
        rows = rows.filter(session__starts_on__gte=since)
    counted = list(
        rows.values("student_id", "session_id")
        .annotate(
            failed=Count("pk", filter=Q(status__in=figures.NOT_PASSED)),
            absent=Count("pk", filter=Q(status=figures.ABSENT)),
        )
        .filter(failed__gt=0)
        .order_by("student_id")
    )
    known = ExamSession.objects.in_bulk({row["session_id"] for row in counted})
    needed = _needed({session.starts_on for session in known.values()})
    listed = [
        row for row in counted if (least := needed[known[row["session_id"]].starts_on]) and row["failed"] >= least
    ]
    homes = _homes(class_ids, day, {row["student_id"] for row in listed})
    found = []
    for row in listed:
        home, session = homes[row["student_id"]], known[row["session_id"]]
        least = needed[session.starts_on] or 0
        found.append(Trouble(home.student, home.school_class_id, session, row["failed"], row["absent"], least))
    return _with_contacts(found, day)


def _with_contacts(rows: Sequence[Trouble], day: dt.date) -> list[Trouble]:
    links: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for link in _links({row.student.pk for row in rows}, ("parent_contact",), day):
        links[link["student_id"]].append(link)
    told = [
        replace(row, told=_mention(next((link for link in links[row.student.pk] if _tells(link, row.session)), None)))
        for row in rows
    ]
    told.sort(key=lambda row: row.student.student_no)
    return sorted(told, key=lambda row: row.session.starts_on, reverse=True)


def _tells(link: dict[str, Any], session: ExamSession) -> bool:
    if link["record__happened_on"] < released_on(session):
        return False
    about = link["record__exam_session_id"]
    return about == session.pk or (about is None and link["record__category"] == words.STUDY)


def _needed(days: Collection[dt.date]) -> dict[dt.date, int | None]:
    """How many failed papers list a student, by the rules in force on each day; None before the first rules."""
    starts = sorted(RuleVersion.objects.active().values_list("effective_from", flat=True)) if days else []
    limits = [_limit(start) for start in starts]
    return {day: limits[at - 1] if (at := bisect_right(starts, day)) else None for day in days}


def _limit(day: dt.date) -> int | None:
    try:
        return rules_on(day).rates.trouble_failed_papers
    except NoRuleError:
        return None


def told(rows: Sequence[Trouble]) -> Share:
    """已告知家长 ÷ 名单."""
    return Share(sum(row.told is not None for row in rows), len(rows))
