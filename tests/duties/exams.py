"""Exams made ready for tests: a course, a session, results and registrations, one valid thing per call."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from duties.models import Course, ExamRegistration, ExamResult, ExamSession
from duties.services import exams
from gaobo_banzhuren.accounts.models import User
from teachers.models import Student
from tests.duties.given import Room
from tests.factories import office
from tests.teachers.given import day


def course(code: str = "00041", name: str = "基础会计学", **fields: object) -> Course:
    return Course.objects.get_or_create(code=code, defaults={"name": name, **fields})[0]


ACCOUNTING, ENGLISH, LAW, MATHS = (
    ("00041", "基础会计学"),
    ("00015", "英语（二）"),
    ("00043", "经济法概论"),
    ("00020", "高等数学"),
)


def session(name: str = "2024 年 4 月统考", first: str = "2024-04-13", **fields: object) -> ExamSession:
    """Two days of exams; the results are out on the 20th of the month after unless told otherwise."""
    begins = day(first)
    values: dict[str, object] = {
        "starts_on": begins,
        "ends_on": begins + dt.timedelta(days=1),
        "results_on": (begins.replace(day=1) + dt.timedelta(days=31)).replace(day=20),
    }
    return ExamSession.objects.create(name=name, **(values | fields))


def result(
    where: Room, student: Student, sitting: ExamSession, what: Course, status: str, score: str = ""
) -> ExamResult:
    """A result as an import leaves it."""
    return ExamResult.objects.create(
        student=student, school_class=where.school_class, session=sitting, course=what, status=status,
        score=Decimal(score) if score else None,
    )  # fmt: skip


def results(where: Room, sitting: ExamSession, what: Course, *statuses: str) -> list[ExamResult]:
    """Results of the class's students in the order of its list."""
    return [
        result(where, student, sitting, what, status) for student, status in zip(where.students, statuses, strict=False)
    ]


def registration(
    where: Room, student: Student, sitting: ExamSession, what: Course, **fields: object
) -> ExamRegistration:
    return ExamRegistration.objects.create(
        student=student, school_class=where.school_class, session=sitting, course=what, **fields
    )


def imported(sitting: ExamSession, *rows: tuple[Student, Course, str], by: User | None = None) -> exams.Recorded:
    """A list of results written down as the import does it."""
    lines = [exams.ResultRow(student.pk, what.pk, status) for student, what, status in rows]
    return exams.record_results(by or office(), sitting, lines)
