"""A class teacher's leave, the stand-in, and the length from which the allowance moves (A-14)."""

import pytest
from django.db import DatabaseError, transaction

from teachers.models import Leave, LeaveKind
from teachers.services import leaves as services
from tests.factories import audit_entries, college_admin, college_head, hr, office

from .given import SchoolClassFactory, appointed, day, on_leave, teacher_for, teacher_of
from .refusals import NotAllowed, StaleError, UserError, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def teacher():
    return teacher_of()


@pytest.fixture
def admin(teacher):
    return college_admin(teacher.college)


def recorded(actor, teacher, first="2024-03-01", last="2024-03-12", **fields):
    return services.record_leave(actor, teacher=teacher, starts_on=day(first), ends_on=day(last), **fields)


@pytest.mark.clause("A-14")
def test_a_leave_is_recorded_with_its_stand_in(admin, teacher):
    stand_in = teacher_of(teacher.college)
    leave = recorded(admin, teacher, kind=LeaveKind.SICK, reason="手术", stand_in=stand_in)

    assert (leave.stand_in, leave.kind, services.days_of(leave)) == (stand_in, "病假", 12)
    assert audit_entries("teachers.leave", leave)[0].after["stand_in_id"] == stand_in.pk


@pytest.mark.clause("A-14")
@pytest.mark.parametrize(("last", "days", "long"), [("2024-03-29", 29, False), ("2024-03-30", 30, True)])
def test_from_the_length_in_the_rules_a_leave_is_long(admin, teacher, last, days, long):
    leave = recorded(admin, teacher, last=last)

    assert (services.days_of(leave), services.is_long(leave)) == (days, long)


def test_before_any_rule_no_leave_is_long(admin, teacher):
    leave = recorded(admin, teacher, "2023-06-01", "2023-08-31")
    assert services.long_leave_days(leave.starts_on) is None
    assert not services.is_long(leave)


def test_overlaps_and_a_stand_in_on_leave_are_refused(admin, teacher):
    away = teacher_of(teacher.college, name="周晓燕")
    on_leave(away, "2024-03-12", "2024-03-15")
    recorded(admin, teacher)

    refused(UserError, lambda: recorded(admin, teacher, "2024-03-12", "2024-03-20"), "2024-03-01 至 2024-03-12", "重叠")
    refused(UserError, lambda: recorded(admin, teacher, "2024-03-20", "2024-03-19"), "早于")
    refused(
        UserError, lambda: recorded(admin, teacher, "2024-03-13", "2024-03-14", stand_in=away), "周晓燕", "本人请假"
    )
    refused(UserError, lambda: recorded(admin, teacher, "2024-03-13", "2024-03-14", stand_in=teacher), "另一位")
    assert recorded(admin, teacher, "2024-03-13", "2024-03-14")


def test_whoever_stands_in_does_not_go_on_leave_unnoticed(admin, teacher):
    stand_in = teacher_of(teacher.college)
    leave = recorded(admin, teacher, stand_in=stand_in)
    refused(UserError, lambda: recorded(admin, stand_in, "2024-03-05", "2024-03-06"), teacher.name, "代班")

    services.change_stand_in(admin, leave, teacher_of(teacher.college))
    assert recorded(admin, stand_in, "2024-03-05", "2024-03-06")
    refused(UserError, lambda: services.change_stand_in(admin, leave, stand_in), "本人请假")
    assert [entry.action for entry in audit_entries("teachers.leave", leave)] == [
        "teachers.leave",
        "teachers.leave_stand_in",
    ]


def test_who_records(teacher):
    school_class = SchoolClassFactory()
    appointed(school_class, teacher)
    for actor in (college_admin(), college_head(), hr(), teacher.user):
        refused(NotAllowed, lambda actor=actor: recorded(actor, teacher))
    own = teacher_for(admin := college_admin(teacher.college), teacher.college)
    refused(NotAllowed, lambda: recorded(admin, own), "自己")

    days = iter(range(1, 9))
    for actor in (admin, college_head(teacher.college), college_admin(school_class.college), office()):
        date = f"2024-05-{next(days):02d}"
        assert recorded(actor, teacher, date, date)


def test_a_cancelled_leave_stays_visible_and_frees_its_days(admin, teacher):
    leave = recorded(admin, teacher)
    seen = Leave.objects.get(pk=leave.pk)
    refused(UserError, lambda: services.cancel_leave(admin, leave, reason=" "), "原因")
    refused(NotAllowed, lambda: services.cancel_leave(college_admin(), leave, reason="x"))
    services.cancel_leave(admin, leave, reason="提前返岗")

    leave.refresh_from_db()
    assert leave.cancel_reason == "提前返岗"
    assert not Leave.objects.standing().exists()
    refused(NotAllowed, lambda: services.cancel_leave(admin, leave, reason="再撤"), "已经撤销")
    refused(StaleError, lambda: services.cancel_leave(admin, seen, reason="再撤"), "他人撤销")
    assert recorded(admin, teacher, last="2024-03-05")


def test_the_database_refuses_overlapping_leaves_too(teacher):
    on_leave(teacher, "2024-03-01", "2024-03-12")
    with pytest.raises(DatabaseError), transaction.atomic():
        on_leave(teacher, "2024-03-12", "2024-03-20")
    assert Leave.objects.count() == 1
