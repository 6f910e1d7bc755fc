"""A student's timeline: states, moves and corrections by day, and the headcount that follows from it."""

from __future__ import annotations

import pytest

from gaobo_banzhuren.web.errors import NotAllowed, StaleError, UserError
from teachers.models import RosterEntry, Student
from teachers.queries import headcounts
from teachers.services import students
from tests.factories import CollegeFactory, college_admin

from .given import SchoolClassFactory, day, enrolled

pytestmark = pytest.mark.django_db


@pytest.fixture
def school_class():
    return SchoolClassFactory()


@pytest.fixture
def admin(school_class):
    return college_admin(school_class.college)


def heads(school_class, on: str) -> int:
    return headcounts(day(on), ["在读"]).get(school_class.pk, 0)


def spans(student: Student) -> list[tuple[str, str, str | None]]:
    rows = RosterEntry.objects.standing().filter(student=student).order_by("starts_on")
    return [(row.state, str(row.starts_on), str(row.ends_on) if row.ends_on else None) for row in rows]


def add(admin, school_class, number="2301", joins="2023-09-01") -> Student:
    return students.add_student(
        admin,
        student_no=number,
        fields=students.StudentFields("闻若溪"),
        school_class=school_class,
        joins_on=day(joins),
    )


def test_a_student_counts_from_the_day_of_joining(admin, school_class):
    add(admin, school_class, joins="2023-10-09")
    assert [heads(school_class, on) for on in ("2023-10-08", "2023-10-09")] == [0, 1]


@pytest.mark.clause("A-02", "A-03")
def test_a_state_dated_the_first_counts_for_the_first(admin, school_class):
    """Trap 10: 退学 since the 1st does not count on the 1st."""
    student = add(admin, school_class)
    students.change_state(admin, student, state="退学", from_day=day("2023-11-01"))
    assert [heads(school_class, on) for on in ("2023-10-31", "2023-11-01")] == [1, 0]
    assert spans(student) == [("在读", "2023-09-01", "2023-10-31"), ("退学", "2023-11-01", None)]


def test_whoever_joins_and_leaves_on_one_day_never_counts(admin, school_class):
    student = add(admin, school_class, joins="2023-11-01")
    students.change_state(admin, student, state="退学", from_day=day("2023-11-01"))
    assert spans(student) == [("退学", "2023-11-01", None)]
    assert heads(school_class, "2023-11-01") == 0
    assert RosterEntry.objects.filter(student=student, voided_at__isnull=False).count() == 1


def test_a_student_comes_back_after_a_suspension(admin, school_class):
    student = add(admin, school_class)
    students.change_state(admin, student, state="休学", from_day=day("2023-11-10"))
    students.change_state(admin, student, state="在读", from_day=day("2024-02-20"), note="复学")
    assert spans(student) == [
        ("在读", "2023-09-01", "2023-11-09"),
        ("休学", "2023-11-10", "2024-02-19"),
        ("在读", "2024-02-20", None),
    ]


def test_a_move_counts_in_the_new_class_from_its_day(admin, school_class):
    other = SchoolClassFactory(college=school_class.college)
    student = add(admin, school_class)
    students.move_to_class(admin, student, school_class=other, from_day=day("2023-12-04"))
    assert [heads(school_class, on) for on in ("2023-12-03", "2023-12-04")] == [1, 0]
    assert [heads(other, on) for on in ("2023-12-03", "2023-12-04")] == [0, 1]


def test_a_wrong_first_day_is_corrected_and_the_wrong_entry_stays_struck_out(admin, school_class):
    student = add(admin, school_class, joins="2023-09-01")
    wrong = RosterEntry.objects.get(student=student)
    students.correct_start(admin, wrong, starts_on=day("2023-09-11"), reason="报到单日期为 9 月 11 日")
    assert spans(student) == [("在读", "2023-09-11", None)]
    wrong.refresh_from_db()
    assert (wrong.starts_on, wrong.void_reason) == (day("2023-09-01"), "报到单日期为 9 月 11 日")


def test_correcting_a_later_state_moves_the_end_of_the_one_before(admin, school_class):
    student = add(admin, school_class)
    entry = students.change_state(admin, student, state="退学", from_day=day("2023-11-20"))
    students.correct_start(admin, entry, starts_on=day("2023-11-01"), reason="退学审批表")
    assert spans(student) == [("在读", "2023-09-01", "2023-10-31"), ("退学", "2023-11-01", None)]


def test_an_entry_is_corrected_once(admin, school_class):
    student = add(admin, school_class)
    wrong = RosterEntry.objects.get(student=student)
    students.correct_start(admin, wrong, starts_on=day("2023-09-11"), reason="报到单")
    with pytest.raises(StaleError):
        students.correct_start(admin, wrong, starts_on=day("2023-09-12"), reason="报到单")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda a, s: students.change_state(a, s, state="在读", from_day=day("2023-10-01")), "已是「在读」"),
        (lambda a, s: students.change_state(a, s, state="退学", from_day=day("2023-08-01")), "早于现有记录"),
    ],
)
def test_a_change_that_cannot_be_true_is_refused_in_words(admin, school_class, change, message):
    student = add(admin, school_class)
    with pytest.raises(UserError, match=message):
        change(admin, student)
    assert spans(student) == [("在读", "2023-09-01", None)]


def test_a_number_in_use_is_refused(admin, school_class):
    add(admin, school_class)
    with pytest.raises(UserError, match="学号「2301」已被占用"):
        add(admin, school_class)


def test_another_college_keeps_its_hands_off(school_class):
    student = enrolled(school_class, 1)[0]
    stranger = college_admin(CollegeFactory())
    with pytest.raises(NotAllowed):
        students.change_state(stranger, student, state="退学", from_day=day("2023-11-01"))
    own = SchoolClassFactory(college=stranger.home_college)
    with pytest.raises(NotAllowed):
        students.move_to_class(stranger, student, school_class=own, from_day=day("2023-11-01"))


def test_a_closed_class_takes_nobody(admin):
    closed = SchoolClassFactory(college=admin.home_college, closes_on=day("2024-06-30"))
    with pytest.raises(UserError, match="已于 2024-06-30 结班"):
        add(admin, closed, joins="2024-07-01")


def test_a_guardian_is_kept_once_by_name(admin, school_class):
    student = add(admin, school_class)
    students.save_guardian(admin, student, name="闻致远", relation="父亲", phone="19900001111")
    with pytest.raises(UserError, match="已有名为"):
        students.save_guardian(admin, student, name="闻致远")
