"""Rows behind the figures, written straight into the tables that other rooms fill through their services."""

from __future__ import annotations

import datetime as dt
from typing import Any

from duties.models import (
    AttendanceSession,
    Course,
    ExamRegistration,
    ExamResult,
    ExamSession,
    FeeDue,
    FeePeriod,
    MeetingAttendance,
    StaffMeeting,
    Task,
    TaskAssignment,
    TermPaper,
)
from gaobo_banzhuren.regulation.models import RuleVersion, Term
from gaobo_banzhuren.regulation.rates import RateRules
from teachers.models import SchoolClass, Student
from tests.teachers.given import day

from .given import Room, term_of

FIRST, LAST = day("2024-02-01"), day("2024-08-31")


def called(school_class: SchoolClass, on: str, *, due: int, excused: int = 0, absent: int = 0, **more: Any):
    """A roll call with its counts."""
    return AttendanceSession.objects.create(
        school_class=school_class, day=day(on), period=more.pop("period", "1-2节"), due=due, excused=excused,
        absent=absent, present=due - excused - absent, **more,
    )  # fmt: skip


def course(code: str = "00043", name: str = "经济法概论", kind: str = "统考") -> Course:
    return Course.objects.get_or_create(code=code, defaults={"name": name, "kind": kind})[0]


def exam(on: str = "2024-04-13", name: str = "2024 年 4 月统考", results: str | None = "2024-06-01") -> ExamSession:
    return ExamSession.objects.get_or_create(
        name=name,
        defaults={"starts_on": day(on), "ends_on": day(on), "results_on": day(results) if results else None},
    )[0]


def result(where: Room, student: Student, status: str, of: Course | None = None, at: ExamSession | None = None):
    return ExamResult.objects.create(
        student=student, school_class=where.school_class, session=at or exam(), course=of or course(), status=status
    )


def registered(where: Room, student: Student, of: Course | None = None, state: str = "registered"):
    return ExamRegistration.objects.create(
        student=student, school_class=where.school_class, session=exam(), course=of or course(), state=state
    )


def fee_period(deadline: str = "2024-03-31", first: str = "2024-03-01") -> FeePeriod:
    return FeePeriod.objects.get_or_create(
        name=f"{deadline} 期", defaults={"starts_on": day(first), "deadline": day(deadline)}
    )[0]


def fee(where: Room, student: Student, *, paid_on: str | None = None, **more: Any) -> FeeDue:
    values: dict[str, Any] = {"due_fen": 300_000}
    if paid_on:
        values |= {"paid_fen": 300_000, "paid_on": day(paid_on)}
    return FeeDue.objects.create(
        student=student, school_class=where.school_class, period=more.pop("period", None) or fee_period(),
        **(values | more),
    )  # fmt: skip


def task(where: Room, due: str, reported: str | None, *, state: str = "reported") -> TaskAssignment:
    given = Task.objects.create(
        giver="college", college=where.college, title="材料", due_on=day(due), created_by=where.user
    )
    return TaskAssignment.objects.create(
        task=given, teacher=where.teacher, college=where.college, due_on=day(due),
        reported_on=day(reported) if reported else None, state=state if reported else "given",
    )  # fmt: skip


def staff_meeting(where: Room, on: str, presence: str, *, settled: bool = True) -> MeetingAttendance:
    meeting = StaffMeeting.objects.create(
        giver="office", title="班主任会议", held_on=day(on), created_by=where.user,
        settled_at=dt.datetime(2024, 1, 1, tzinfo=dt.UTC) if settled else None,
    )  # fmt: skip
    return MeetingAttendance.objects.create(
        meeting=meeting, teacher=where.teacher, college=where.college, presence=presence
    )


def paper(where: Room, kind: str, term: Term | None = None, state: str = "submitted") -> TermPaper:
    return TermPaper.objects.create(
        kind=kind, teacher=where.teacher, school_class=where.school_class, term=term or term_of("2024-03-18"),
        state=state, submitted_on=day("2024-03-01") if state != "draft" else None,
    )  # fmt: skip


def rates(monkeypatch: Any, **changes: Any) -> RateRules:
    """The definitions with other readings, in force everywhere in the test."""
    from dataclasses import replace

    from duties.measures import classes

    version = RuleVersion.objects.active().order_by("effective_from").first()
    assert version is not None
    rules = replace(version.typed_parts().rates, **changes)
    monkeypatch.setattr(classes, "rates_on", lambda _day: rules)
    return rules
