"""The database itself refuses two class teachers on one day and a student on two rosters on one day."""

import pytest
from django.db import DatabaseError, connection, transaction

from teachers import triggers
from teachers.models import Appointment, RosterEntry

from .given import SchoolClassFactory, StudentFactory, appointed, day, teacher_of

pytestmark = pytest.mark.django_db


def refused(write):
    """Whether the database refuses the write and keeps what was there."""
    before = list(Appointment.objects.order_by("pk").values()), list(RosterEntry.objects.order_by("pk").values())
    with pytest.raises(DatabaseError), transaction.atomic():
        write()
    after = list(Appointment.objects.order_by("pk").values()), list(RosterEntry.objects.order_by("pk").values())
    assert after == before
    return True


@pytest.mark.clause("C2.1")
@pytest.mark.parametrize(
    ("first", "last"),
    [("2023-11-10", "2023-12-31"), ("2023-01-01", "2023-09-01"), ("2023-10-01", "2023-10-01"), ("2023-11-10", None)],
)
def test_two_teachers_cannot_share_a_day_of_a_class(first, last):
    school_class = SchoolClassFactory()
    appointed(school_class, first="2023-09-01", last="2023-11-10")
    other = teacher_of(school_class.college)

    assert refused(lambda: appointed(school_class, other, first, last))


@pytest.mark.clause("C2.1")
def test_the_next_teacher_may_start_the_day_after():
    school_class = SchoolClassFactory()
    appointed(school_class, first="2023-09-01", last="2023-11-10")
    appointed(school_class, first="2023-11-11")

    assert school_class.appointments.count() == 2


def test_bulk_create_and_update_are_held_too():
    school_class = SchoolClassFactory()
    first = appointed(school_class, first="2023-09-01", last="2023-11-10")
    second = appointed(school_class, first="2023-11-11", last="2023-12-31")
    rows = [
        Appointment(school_class=school_class, teacher=first.teacher, starts_on=day("2024-03-01")),
        Appointment(school_class=school_class, teacher=second.teacher, starts_on=day("2024-02-01"), ends_on=day("2024-03-01"),
                    end_reason="期满", state="ended"),
    ]  # fmt: skip

    assert refused(lambda: Appointment.objects.bulk_create(rows))
    assert refused(lambda: Appointment.objects.filter(pk=first.pk).update(ends_on=day("2023-11-11")))
    assert refused(lambda: Appointment.objects.filter(pk=second.pk).update(starts_on=day("2023-11-10")))


def test_a_voided_or_proposed_row_takes_no_days_until_it_becomes_effective():
    school_class = SchoolClassFactory()
    appointed(school_class)
    draft = appointed(school_class, first="2024-01-01", state="proposed")
    appointed(school_class, first="2024-02-01", state="voided")

    assert refused(lambda: Appointment.objects.filter(pk=draft.pk).update(state="appointed"))


@pytest.mark.clause("A-20")
def test_days_are_shared_only_when_both_have_heads_of_their_own():
    school_class = SchoolClassFactory()
    one, two = teacher_of(school_class.college), teacher_of(school_class.college)
    appointed(school_class, one, share=65)
    shared = appointed(school_class, two, share=65)

    assert refused(lambda: Appointment.objects.filter(pk=shared.pk).update(share=None))
    assert refused(lambda: appointed(school_class, two, "2024-01-01", share=20))


def test_a_student_is_on_one_roster_a_day():
    student, school_class = StudentFactory(), SchoolClassFactory()
    entry = RosterEntry.objects.create(
        student=student, school_class=school_class, state="在读", starts_on=day("2023-09-01"), ends_on=day("2023-10-31")
    )
    RosterEntry.objects.create(student=student, school_class=school_class, state="休学", starts_on=day("2023-11-01"))
    more = [RosterEntry(student=student, school_class=school_class, state="在读", starts_on=day("2023-10-31"),
                        ends_on=day("2023-10-31"))]  # fmt: skip

    assert refused(lambda: RosterEntry.objects.bulk_create(more))
    assert refused(lambda: RosterEntry.objects.filter(pk=entry.pk).update(ends_on=day("2023-11-01")))
    assert refused(lambda: RosterEntry.objects.filter(pk=entry.pk).update(ends_on=None))


def test_without_the_triggers_the_database_takes_what_it_should_refuse():
    school_class, student = SchoolClassFactory(), StudentFactory()
    appointed(school_class, first="2023-09-01", last="2023-11-10")
    assert triggers.installed(connection)
    triggers.drop(connection)

    assert not triggers.installed(connection)
    appointed(school_class, first="2023-11-10")
    for first in ("2023-09-01", "2023-10-01"):
        RosterEntry.objects.create(
            student=student, school_class=school_class, state="在读", starts_on=day(first), ends_on=day("2023-10-31")
        )


def test_installing_again_changes_nothing():
    triggers.install(connection)

    assert triggers.installed(connection)
