"""Vacancies, the timeline of a class and the service record of a teacher."""

import pytest

from teachers import posts
from teachers.calculation import Span, clip, gaps
from teachers.models import Appointment, SchoolClass

from .given import SchoolClassFactory, appointed, day, on_leave, teacher_of


def span(first, last):
    return Span(day(first), day(last))


NOVEMBER = span("2023-11-01", "2023-11-30")


def test_gaps_are_the_days_that_nobody_has():
    taken = [span("2023-11-20", "2023-11-25"), span("2023-10-01", "2023-11-05"), span("2023-11-22", "2023-11-23")]

    assert gaps(NOVEMBER, taken) == [span("2023-11-06", "2023-11-19"), span("2023-11-26", "2023-11-30")]
    assert gaps(NOVEMBER, []) == [NOVEMBER]
    assert gaps(NOVEMBER, [span("2023-10-01", "2024-01-01")]) == []
    assert gaps(NOVEMBER, [span("2023-11-01", "2023-11-29")]) == [span("2023-11-30", "2023-11-30")]
    assert NOVEMBER.days == 30


def test_clipping_keeps_both_days():
    assert clip(day("2023-10-01"), None, NOVEMBER) == NOVEMBER
    assert clip(day("2023-11-30"), day("2023-12-31"), NOVEMBER) == span("2023-11-30", "2023-11-30")
    assert clip(day("2023-12-01"), None, NOVEMBER) is None


@pytest.mark.clause("C2.1", "A-27")
@pytest.mark.django_db
def test_vacancies_name_class_and_days(django_assert_num_queries):
    led, empty, half = SchoolClassFactory(code="A1"), SchoolClassFactory(code="A2"), SchoolClassFactory(code="A3")
    SchoolClassFactory(code="A4", opens_on=day("2023-12-01"))
    SchoolClassFactory(code="A5", closes_on=day("2023-10-31"))
    late = SchoolClassFactory(code="A6", opens_on=day("2023-11-21"), closes_on=day("2023-11-25"))
    appointed(led)
    appointed(half, first="2023-09-01", last="2023-11-10")
    appointed(half, first="2023-11-16")
    appointed(empty, state="voided")

    with django_assert_num_queries(2):
        found = posts.vacancies(SchoolClass.objects.all(), NOVEMBER)
    assert found == [
        (empty, NOVEMBER, None),
        (half, span("2023-11-11", "2023-11-15"), None),
        (late, span("2023-11-21", "2023-11-25"), None),
    ]
    assert list(posts.vacant_on(SchoolClass.objects.all(), day("2023-11-12"))) == [empty, half]
    assert list(posts.vacant_on(SchoolClass.objects.all(), day("2023-11-10"))) == [empty]


@pytest.mark.clause("C2.3")
@pytest.mark.django_db
def test_days_after_an_unrenewed_term_are_a_vacancy_that_renewal_fills():
    school_class = SchoolClassFactory()
    appointment = appointed(school_class, planned_end_on=day("2023-11-15"))

    assert posts.vacancies(SchoolClass.objects.all(), NOVEMBER) == [
        (school_class, span("2023-11-16", "2023-11-30"), appointment)
    ]
    assert list(posts.expiring(Appointment.objects.all(), day("2023-10-16"))) == [appointment]
    assert list(posts.expiring(Appointment.objects.all(), day("2023-10-15"))) == []


@pytest.mark.clause("C2.1", "A-14")
@pytest.mark.django_db
def test_the_timeline_tells_posts_stand_ins_and_gaps():
    school_class = SchoolClassFactory(opens_on=day("2023-09-01"), closes_on=day("2024-01-31"))
    first = appointed(school_class, teacher_of(name="林静怡"), "2023-09-04", "2023-10-31")
    appointed(school_class, teacher_of(name="徐海涛"), "2023-11-06", kind="acting")
    on_leave(first.teacher, "2023-10-20", "2023-12-10", teacher_of(name="唐明哲"))

    told = [(s.when, s.title, s.text) for s in posts.class_timeline(school_class, day("2024-06-30"))]
    assert told == [
        ("2023-09-01 至 2023-09-03", "空缺", "这些日子没有人在岗，不计发津贴"),
        ("2023-09-04 至 2023-10-31", "林静怡", "已离任，工作需要"),
        ("2023-10-20 至 2023-10-31", "林静怡其他", "由唐明哲代班"),
        ("2023-11-01 至 2023-11-05", "空缺", "这些日子没有人在岗，不计发津贴"),
        ("2023-11-06 至 今", "徐海涛", "代理，已聘"),
    ]


@pytest.mark.django_db
def test_the_service_record_counts_days_in_post():
    teacher = teacher_of()
    old = appointed(SchoolClassFactory(), teacher, "2023-09-01", "2023-09-30")
    new = appointed(SchoolClassFactory(), teacher, "2023-11-01")
    future = appointed(SchoolClassFactory(), teacher, "2024-02-01")
    appointed(SchoolClassFactory(), teacher, state="voided")

    assert posts.service_record(teacher, day("2023-11-30")) == [(future, 0), (new, 30), (old, 30)]
