"""What the allowance asks about classes, appointments, leave and students."""

import pytest
from django.utils import timezone

from teachers import queries
from teachers.models import RosterEntry

from .given import SchoolClassFactory, appointed, day, enrolled, on_leave, teacher_of

pytestmark = pytest.mark.django_db

NOVEMBER = (day("2023-11-01"), day("2023-11-30"))


def test_appointments_of_a_month_come_with_first_and_last_day_in_post():
    school_class = SchoolClassFactory(code="K1")
    before = appointed(school_class, first="2023-09-01", last="2023-10-31")
    leaving = appointed(school_class, first="2023-11-01", last="2023-11-10", filed_on=day("2023-11-02"))
    staying = appointed(school_class, first="2023-11-11", kind="acting")
    appointed(SchoolClassFactory(code="K2"), first="2023-12-01")
    appointed(SchoolClassFactory(code="K3"), first="2023-09-01", state="voided")

    facts = queries.appointment_facts(*NOVEMBER)

    assert before.teacher.staff_no not in [fact.teacher_key for fact in facts]
    assert facts == [
        (
            "K1",
            leaving.teacher.staff_no,
            day("2023-11-01"),
            day("2023-11-10"),
            False,
            None,
            True,
            "main",
            False,
            leaving.pk,
        ),
        ("K1", staying.teacher.staff_no, day("2023-11-11"), None, False, None, False, "acting", False, staying.pk),
    ]


@pytest.mark.clause("C2.3")
def test_days_after_the_term_are_not_in_post_until_it_is_renewed():
    appointment = appointed(SchoolClassFactory(), planned_end_on=day("2023-11-15"))

    fact = queries.appointment_facts(*NOVEMBER)[0]
    assert (fact.last_day, fact.term_over) == (day("2023-11-15"), True)
    assert queries.appointment_facts(day("2023-12-01"), day("2023-12-31")) == []

    type(appointment).objects.filter(pk=appointment.pk).update(planned_end_on=None)
    assert queries.appointment_facts(*NOVEMBER)[0].last_day is None


@pytest.mark.clause("A-02")
def test_headcount_counts_the_wanted_states_of_the_day():
    school_class, other = SchoolClassFactory(), SchoolClassFactory()
    stay, leave = enrolled(school_class, 3), enrolled(other, 2)
    RosterEntry.objects.filter(student=leave[0]).update(ends_on=day("2023-10-31"))
    RosterEntry.objects.create(student=leave[0], school_class=other, state="退学", starts_on=day("2023-11-01"))
    RosterEntry.objects.filter(student=stay[0]).update(voided_at=timezone.now(), void_reason="录错")

    assert queries.headcounts(day("2023-10-31"), ["在读"]) == {school_class.pk: 2, other.pk: 2}
    assert queries.headcounts(day("2023-11-01"), ["在读"]) == {school_class.pk: 2, other.pk: 1}
    assert queries.headcounts(day("2023-11-01"), ["在读", "退学"]) == {school_class.pk: 2, other.pk: 2}
    assert queries.headcounts(day("2023-08-31"), ["在读"]) == {}


def test_each_class_may_be_asked_for_its_own_day(django_assert_num_queries):
    early, late, empty = SchoolClassFactory(), SchoolClassFactory(), SchoolClassFactory()
    enrolled(early, 2, first="2023-11-01")
    enrolled(late, 3, first="2023-11-20")

    with django_assert_num_queries(1):
        found = queries.headcounts(
            {early.pk: day("2023-11-01"), late.pk: day("2023-11-20"), empty.pk: day("2023-11-01")}, ["在读"]
        )
    assert found == {early.pk: 2, late.pk: 3, empty.pk: 0}
    assert queries.headcounts({}, ["在读"]) == {}


@pytest.mark.clause("C2.2")
def test_a_dismissal_is_told_once_and_an_ordinary_change_not():
    teacher = teacher_of()
    for code in ("K1", "K2"):
        appointed(
            SchoolClassFactory(code=code), teacher, last="2023-11-19", state="dismissed", end_reason="解聘"
        )  # fmt: skip
    appointed(SchoolClassFactory(), last="2023-11-19")

    assert queries.dismissal_facts(*NOVEMBER) == [(teacher.pk, teacher.staff_no, day("2023-11-20"))]
    assert queries.dismissal_facts(day("2023-11-20"), day("2023-11-20")) != []
    assert queries.dismissal_facts(day("2023-11-21"), day("2023-11-30")) == []
    assert queries.dismissal_facts(day("2023-11-01"), day("2023-11-19")) == []


def test_leaves_that_touch_the_month_come_whole_and_cancelled_ones_not():
    teacher, stand_in = teacher_of(), teacher_of()
    on_leave(teacher, "2023-10-20", "2023-11-25", stand_in)
    cancelled = on_leave(teacher, "2023-11-28", "2023-11-29")
    type(cancelled).objects.filter(pk=cancelled.pk).update(cancelled_at=timezone.now())
    on_leave(stand_in, "2023-12-01", "2023-12-02")

    assert queries.leave_facts(*NOVEMBER) == [
        (teacher.staff_no, day("2023-10-20"), day("2023-11-25"), stand_in.staff_no)
    ]


@pytest.mark.parametrize("classes", [1, 4])
def test_the_number_of_queries_does_not_grow(classes, django_assert_num_queries):
    for _ in range(classes):
        school_class = SchoolClassFactory()
        enrolled(school_class, 2)
        teacher = appointed(school_class).teacher
        on_leave(teacher, "2023-11-01", "2023-11-05", teacher_of())

    with django_assert_num_queries(6):
        assert len(queries.class_facts(*NOVEMBER)) == classes
        assert len(queries.appointment_facts(*NOVEMBER)) == classes
        assert len(queries.leave_facts(*NOVEMBER)) == classes
        assert len(queries.teacher_facts()) == 2 * classes
        assert len(queries.headcounts(day("2023-11-01"), ["在读"])) == classes
        assert len(queries.roster_spans(*NOVEMBER, ["在读"])) == 2 * classes
