"""Roll calls, leave slips, exams, fees and telephones of the demo college."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.regulation.models import SchoolYear, Term
from teachers.models import Guardian, RosterEntry, SchoolClass, StudentState

from ..models import Course, CourseKind, ExamRegistration, ExamSession, FeePeriod, RegistrationState
from ..services import attendance, exam_sessions, exams, fee_rows, fees, phones, student_leaves
from ..services.roll import MarkInput, SessionInput
from .records import Led, working_days

COURSES = (
    ("00015", "英语（二）", CourseKind.PROVINCE, "14"),
    ("00023", "高等数学（工本）", CourseKind.PROVINCE, "10"),
    ("02197", "概率论与数理统计（二）", CourseKind.PROVINCE, "3"),
    ("04735", "数据库系统原理", CourseKind.PROVINCE, "6"),
    ("04737", "C++ 程序设计", CourseKind.WITH_PRACTICE, "6"),
    ("03709", "马克思主义基本原理概论", CourseKind.PROVINCE, "4"),
)
LESSONS = (("1-2节", "高等数学", "顾从远"), ("3-4节", "大学英语", "聂书岚"), ("5-6节", "数据库原理", "樊静之"))
MARKS = ("late", "late", "early", "absent", "absent", "leave")
DUE_FEN, PER_SESSION = 620_000, 2
YEAR = dt.timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Ledgers:
    """Who writes the ledgers: the office and the administrator of each college."""

    office: User
    admins: dict[int, User]
    today: dt.date
    chance: Random


def call_rolls(led: Led, terms: Sequence[Term], today: dt.date, chance: Random, *, per_week: int) -> None:
    """Some roll calls a week over the terms, most students present."""
    for term in terms:
        days = working_days(max(led.first, term.starts_on), min(led.last, term.ends_on, today))
        days = [day for day in days if day.weekday() < per_week and day.month not in (2, 7, 8)]
        if not days or not led.students:
            continue
        weak = chance.sample(led.students, min(4, len(led.students)))
        calls = []
        for day in days:
            period, course, teacher = LESSONS[day.weekday() % len(LESSONS)]
            calls.append(SessionInput(day, period, _marks(led, weak, chance), course, teacher))
        attendance.call_many(led.user, led.school_class, calls)


def _marks(led: Led, weak: Sequence[int], chance: Random) -> dict[int, MarkInput]:
    missing = [key for key in weak if chance.random() < 0.2]
    missing += [key for key in chance.sample(led.students, min(2, len(led.students))) if chance.random() < 0.35]
    marks = {}
    for key in dict.fromkeys(missing):
        mark = chance.choice(MARKS)
        marks[key] = MarkInput(mark, approved=mark == "leave")
    return marks


def write_leaves(led: Led, today: dt.date, chance: Random) -> None:
    """One slip that is closed, one that is open and one that was not returned in time."""
    from teachers.models import Student

    if led.last < today or len(led.students) < 3:
        return
    for number, (start, days, back) in enumerate(((30, 2, True), (1, 3, False), (9, 1, False))):
        first = today - dt.timedelta(days=start)
        if first < led.first:
            continue
        student = Student.objects.get(pk=led.students[number])
        leave = student_leaves.record_leave(
            led.user, led.school_class, student, kind="sick" if number else "personal", starts_on=first,
            ends_on=first + dt.timedelta(days=days - 1), reason=("家中有事", "发热就医", "牙科复诊")[number],
        )  # fmt: skip
        if back:
            student_leaves.return_leave(led.user, leave, returned_on=leave.ends_on, version=leave.version)


def keep_exams(ledgers: Ledgers) -> None:
    """Courses, the sessions of the last year with results, and the next one with its registration."""
    courses = [
        exam_sessions.save_course(
            ledgers.office, {"code": code, "name": name, "kind": kind, "credits": Decimal(points)}
        )
        for code, name, kind, points in COURSES
    ]
    last = _spring_and_autumn(ledgers.today)
    for day in last[:2]:
        session = _session(ledgers, day, results=day + dt.timedelta(days=40))
        _results(ledgers, session, courses)
    _session(ledgers, last[2], results=None)


def _spring_and_autumn(today: dt.date) -> list[dt.date]:
    """Two sittings whose results are out, oldest first, and the next one."""
    days = sorted(_second_saturday(year, month) for year in range(today.year - 2, today.year + 2) for month in (4, 10))
    past = [day for day in days if day + dt.timedelta(days=41) <= today]
    return [*past[-2:], next(day for day in days if day > today)]


def _second_saturday(year: int, month: int) -> dt.date:
    first = dt.date(year, month, 1)
    return first + dt.timedelta(days=(5 - first.weekday()) % 7 + 7)


def _session(ledgers: Ledgers, day: dt.date, *, results: dt.date | None) -> ExamSession:
    opens = day - dt.timedelta(days=60)
    if results is None:
        opens = min(opens, ledgers.today - dt.timedelta(days=5))
    fields = {
        "name": f"{day.year} 年 {day.month} 月统考", "kind": CourseKind.PROVINCE, "college": None,
        "registration_opens_on": opens, "registration_closes_on": opens + dt.timedelta(days=21), "starts_on": day,
        "ends_on": day + dt.timedelta(days=1), "results_on": results, "note": "",
    }  # fmt: skip
    return exam_sessions.save_session(ledgers.office, fields)


def _results(ledgers: Ledgers, session: ExamSession, courses: Sequence[Course]) -> None:
    """Registrations of the time, which the closed window would refuse today, and the results of each college."""
    entries = RosterEntry.objects.on(session.starts_on).filter(state=StudentState.ENROLLED)
    by_college: dict[int, list[exams.ResultRow]] = defaultdict(list)
    registrations = []
    rows = entries.values_list("student_id", "school_class_id", "school_class__college_id").order_by("student_id")
    for student, class_id, college in rows:
        for course in ledgers.chance.sample(courses, PER_SESSION):
            registrations.append(
                ExamRegistration(
                    student_id=student, school_class_id=class_id, session=session, course=course, paid=True,
                    state=RegistrationState.REGISTERED,
                )
            )  # fmt: skip
            by_college[college].append(_result(student, course, ledgers.chance))
    ExamRegistration.objects.bulk_create(registrations, batch_size=500)
    for college, found in by_college.items():
        exams.record_results(ledgers.admins[college], session, found)


def _result(student: int, course: Course, chance: Random) -> exams.ResultRow:
    if chance.random() < 0.03:
        return exams.ResultRow(student, course.pk, "缺考")
    score = min(max(int(chance.gauss(66, 12)), 12), 98)
    return exams.ResultRow(student, course.pk, "合格" if score >= 60 else "不合格", Decimal(score))


def keep_fees(ledgers: Ledgers) -> None:
    """Last year's fees nearly all paid, this year's with debtors."""
    years = SchoolYear.objects.filter(starts_on__lte=ledgers.today).order_by("-starts_on")[:2]
    for number, year in enumerate(reversed(years)):
        period = fees.create_period(
            ledgers.office, name=f"{year.name} 学年学费", starts_on=year.starts_on,
            deadline=year.starts_on + dt.timedelta(days=60),
        )  # fmt: skip
        _dues(ledgers, period, paid_share=0.985 if number == 0 else 0.93)


def _dues(ledgers: Ledgers, period: FeePeriod, *, paid_share: float) -> None:
    entries = RosterEntry.objects.on(period.starts_on).filter(state=StudentState.ENROLLED)
    by_college: dict[int, list[fee_rows.DueRow]] = defaultdict(list)
    rows = entries.values_list("student_id", "school_class__college_id", "school_class__opens_on")
    for student, college, opened in rows.order_by("student_id"):
        paid = ledgers.chance.random() < paid_share
        day = period.starts_on + dt.timedelta(days=ledgers.chance.randrange(1, 50))
        part = ledgers.chance.choice((0, 0, 200_000, 400_000))
        by_college[college].append(
            fee_rows.DueRow(
                student, DUE_FEN, DUE_FEN if paid else part, first_period=opened >= period.starts_on,
                paid_on=min(day, ledgers.today) if paid or part else None,
            )
        )  # fmt: skip
    for college, found in by_college.items():
        fee_rows.record_dues(ledgers.admins[college], period, found)


def confirm_phones(led: Led, year: SchoolYear, today: dt.date, *, share: float) -> None:
    """The first guardians of the class, confirmed in the first weeks of the year."""
    on = min(max(year.starts_on + dt.timedelta(days=9), led.first), today)
    guardians = list(Guardian.objects.filter(student__in=led.students).exclude(phone="").order_by("pk"))
    for guardian in guardians[: int(len(guardians) * share)]:
        phones.confirm(led.user, guardian, year, on=on, way="call")


def classes_of(led: Sequence[Led]) -> list[SchoolClass]:
    """The classes led, each once."""
    return list({one.school_class.pk: one.school_class for one in led}.values())
