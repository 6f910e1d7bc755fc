"""Chapters 2 and 3 made ready for tests: a class with its teacher, a term, students, and one valid record per call."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from duties.models import WorkRecord
from duties.services import records
from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.regulation.models import SchoolYear, Term
from teachers.models import ClassTeacher, SchoolClass, Student
from tests.factories import CollegeFactory
from tests.teachers.given import SchoolClassFactory, appointed, day, enrolled, teacher_of

MONDAY = day("2024-03-18")


@dataclass
class Room:
    """A class in the second term of 2023-2024 with its teacher and some students."""

    school_class: SchoolClass
    teacher: ClassTeacher
    students: list[Student] = field(default_factory=list)

    @property
    def user(self) -> User:
        return self.teacher.user

    @property
    def college(self) -> College:
        return self.school_class.college


def room(
    count: int = 5, *, college: College | None = None, teacher: ClassTeacher | None = None, first: str = "2023-09-01"
) -> Room:
    """A class opened on 2023-09-01, led by one teacher, with `count` students 在读 since then."""
    college = college or (teacher.college if teacher else CollegeFactory())
    school_class = SchoolClassFactory(college=college)
    leader = teacher or teacher_of(college)
    appointed(school_class, leader, first)
    return Room(school_class, leader, enrolled(school_class, count))


def term_of(text: str) -> Term:
    """The term of the school calendar that the day lies in."""
    found = day(text)
    return Term.objects.get(starts_on__lte=found, ends_on__gte=found)


def present_term() -> Term:
    """The term that today lies in, made if the calendar has none."""
    today = timezone.localdate()
    found = Term.objects.filter(starts_on__lte=today, ends_on__gte=today).first()
    if found:
        return found
    year = SchoolYear.objects.filter(starts_on__lte=today, ends_on__gte=today).first() or SchoolYear.objects.create(
        name=f"{today.year}-{today.year + 1}",
        starts_on=today - dt.timedelta(days=60),
        ends_on=today + dt.timedelta(days=60),
    )
    return Term.objects.create(
        school_year=year, number=9, name="本学期", starts_on=today - dt.timedelta(days=30),
        ends_on=today + dt.timedelta(days=30),
    )  # fmt: skip


def school_year(name: str = "2023-2024") -> SchoolYear:
    return SchoolYear.objects.get(name=name)


def written(
    where: Room,
    kind: str,
    on: dt.date | str = MONDAY,
    *,
    students: list[Student] | None = None,
    by: User | None = None,
    archive: bool = True,
    classes: list[SchoolClass] | None = None,
    themes: tuple[str, ...] = (),
    privacy: str = "",
    **values: Any,
) -> WorkRecord:
    """A record of the kind, written by the class's teacher with the least that the kind asks for."""
    least: dict[str, dict[str, Any]] = {
        "talk": {"category": "study", "way": "face", "text": "谈了近期的学习。"},
        "activity": {"category": "theme", "title": "主题教育", "text": "组织学生参观。"},
        "class_meeting": {"title": "学期安排", "text": "说明本学期安排，记录如下。"},
        "room_check": {"period": "1-2节", "due": 5, "present": 5, "log_filled": True},
        "lesson_visit": {"course_name": "会计学原理", "course_teacher": "顾老师"},
        "teacher_contact": {"course_teacher": "顾老师", "way": "phone", "text": "了解课堂情况。"},
        "parent_contact": {"category": "routine", "way": "phone", "text": "告知近况。"},
        "thought_report": {"title": "三月", "text": "总体平稳。"},
        "case_study": {"category": "study", "title": "学习动力", "text": "背景。", "problem_text": "问题。"},
        "honour": {"category": "commendation", "title": "三好学生", "level": "school"},
        "discipline": {"title": "夜不归宿", "level": "warning", "text": "经过。"},
        "incident": {"title": "实训安全", "level": "general", "text": "事实。"},
        "review_plan": {"courses": "会计学原理", "text": "每晚一小时。"},
        "weak_check": {"text": "已检查作业。"},
        "worklog": {"text": "走访宿舍。"},
    }
    data = records.RecordInput(
        kind=kind,
        happened_on=day(on) if isinstance(on, str) else on,
        classes=classes or [where.school_class],
        students=[student.pk for student in students or ()],
        themes=themes,
        values=least.get(kind, {}) | values,
        privacy=privacy,
    )
    return records.save(by or where.user, data, archive=archive)
