"""Chapter 1 made ready for tests: classes, teachers, students and appointments, one valid thing per call."""

from __future__ import annotations

import datetime as dt

import factory

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.accounts.roles import Role
from teachers.models import (
    Appointment,
    ClassTeacher,
    EndReason,
    Leave,
    Programme,
    ProjectType,
    RosterEntry,
    SchoolClass,
    Student,
    StudentState,
)
from tests.factories import CollegeFactory, person


def day(text: str) -> dt.date:
    """A date as people write it here: day("2024-03-18")."""
    return dt.date.fromisoformat(text)


OPENED = day("2023-09-01")


class ProgrammeFactory(factory.django.DjangoModelFactory[Programme]):
    class Meta:
        model = Programme
        django_get_or_create = ("project_type", "sponsor", "major")

    project_type = ProjectType.UPGRADE
    sponsor = "江南测试大学"
    major = "会计学"


class SchoolClassFactory(factory.django.DjangoModelFactory[SchoolClass]):
    class Meta:
        model = SchoolClass

    code = factory.Sequence(lambda n: f"K{n:03d}")
    name = factory.Sequence(lambda n: f"测试{n}班")
    college = factory.SubFactory(CollegeFactory)
    programme = factory.SubFactory(ProgrammeFactory)
    entry_year = 2023
    opens_on = OPENED


class StudentFactory(factory.django.DjangoModelFactory[Student]):
    class Meta:
        model = Student

    student_no = factory.Sequence(lambda n: f"23{n:05d}")
    name = factory.Sequence(lambda n: f"学生{n}")


def teacher_of(college: College | None = None, *, role: bool = True, **fields: object) -> ClassTeacher:
    """A class teacher of the college; with `role` the account may also sign in as one."""
    from tests.factories import UserFactory

    college = college or CollegeFactory()
    user = person(Role.CLASS_TEACHER, college, **fields) if role else UserFactory(home_college=college, **fields)
    return ClassTeacher.objects.create(user=user, college=college)


def teacher_for(user: User, college: College) -> ClassTeacher:
    """The class-teacher record of somebody who already has an account."""
    return ClassTeacher.objects.create(user=user, college=college)


def appointed(
    school_class: SchoolClass,
    teacher: ClassTeacher | None = None,
    first: str = "2023-09-01",
    last: str | None = None,
    **fields: object,
) -> Appointment:
    """An effective appointment written straight into the table, as an import leaves it."""
    values: dict[str, object] = {"starts_on": day(first)}
    if last:
        values |= {"ends_on": day(last), "end_reason": EndReason.WORK, "state": "ended"}
    return Appointment.objects.create(
        school_class=school_class, teacher=teacher or teacher_of(school_class.college), **(values | fields)
    )


def enrolled(
    school_class: SchoolClass, count: int = 1, first: str = "2023-09-01", state: str = StudentState.ENROLLED
) -> list[Student]:
    """That many students on the roster of the class since the day."""
    students = StudentFactory.create_batch(count)
    RosterEntry.objects.bulk_create(
        RosterEntry(student=student, school_class=school_class, state=state, starts_on=day(first))
        for student in students
    )
    return students


def on_leave(teacher: ClassTeacher, first: str, last: str, stand_in: ClassTeacher | None = None) -> Leave:
    return Leave.objects.create(teacher=teacher, starts_on=day(first), ends_on=day(last), stand_in=stand_in)
