"""Students to look after now: who is listed, why, and what takes them off."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duties.attention import Entry, Reason, attention_for, concerns, seen_by
from duties.models import AttendanceMark, StudentLeave, WeakStudent
from duties.services import records
from teachers.models import RosterEntry, Student
from tests.factories import college_admin, college_head
from tests.teachers.given import day

from . import measuring as given
from .given import Room, room, term_of, written

pytestmark = pytest.mark.django_db
TODAY = day("2024-04-30")


def listed(where: Room, today: dt.date = TODAY) -> list[tuple[str, Student]]:
    return [(entry.reason_key, entry.student) for entry in attention_for([where.school_class.pk], today)]


def absent(where: Room, student: Student, *days: str) -> None:
    for on in days:
        session = given.called(where.school_class, on, due=5, absent=1)
        AttendanceMark.objects.create(session=session, student=student, mark="absent")


@pytest.mark.clause("C5.4b", "A-42")
def test_three_truancies_in_thirty_days_list_a_student_until_somebody_talks_with_them():
    here = room()
    student = here.students[0]
    absent(here, student, "2024-04-08", "2024-04-15")
    assert listed(here) == []
    absent(here, student, "2024-04-22")
    written(here, "talk", "2024-04-20", students=[student])
    assert listed(here) == [("truancy", student)]
    written(here, "parent_contact", "2024-04-23", students=[student])
    assert listed(here) == []
    handled = concerns([here.school_class.pk], TODAY)
    assert [(entry.since, entry.handled_on) for entry in handled] == [(day("2024-04-22"), day("2024-04-23"))]


@pytest.mark.clause("A-42")
def test_truancies_of_more_than_thirty_days_ago_are_forgotten():
    here = room()
    absent(here, here.students[0], "2024-03-30", "2024-04-08", "2024-04-15")
    assert listed(here) == []


@pytest.mark.clause("C5.5e", "A-44")
def test_two_failed_papers_in_one_session_are_told_to_the_parents_after_the_results():
    here = room()
    student, other = here.students[:2]
    session = given.exam(results="2024-04-20")
    for code in ("00043", "00018"):
        given.result(here, student, "不合格", given.course(code), session)
    given.result(here, other, "不合格", None, session)
    written(here, "parent_contact", "2024-04-18", students=[student], category="study")
    assert listed(here) == [("trouble", student)]
    written(here, "parent_contact", "2024-04-21", students=[student], exam_session=session)
    assert listed(here) == []


@pytest.mark.clause("C5.2")
def test_a_return_visit_is_overdue_on_the_day_after_and_answered_by_a_follow_up_or_a_later_talk():
    here = room()
    first, second = here.students[:2]
    one = written(here, "talk", "2024-04-01", students=[first], follow_up_on=day("2024-04-29"))
    written(here, "talk", "2024-04-01", students=[second], follow_up_on=day("2024-04-30"))
    assert listed(here) == [("visit", first)]
    records.append(here.user, one, "follow_up", "已见面", on=day("2024-04-30"))
    assert listed(here) == []
    assert listed(here, day("2024-05-01")) == [("visit", second)]
    written(here, "talk", "2024-04-30", students=[second])
    assert listed(here, day("2024-05-01")) == []


@pytest.mark.clause("C9.2.3.5")
def test_a_leave_that_is_over_waits_to_be_closed():
    here = room()
    slip = StudentLeave.objects.create(
        student=here.students[0], school_class=here.school_class, kind="sick", starts_on=day("2024-04-28"),
        ends_on=day("2024-04-29"), reason="感冒", recorded_by=here.user,
    )  # fmt: skip
    assert listed(here, day("2024-04-29")) == []
    assert listed(here) == [("leave", here.students[0])]
    StudentLeave.objects.filter(pk=slip.pk).update(state="returned", returned_on=day("2024-04-30"))
    assert listed(here) == []


@pytest.mark.clause("C6.1b")
def test_a_weak_student_is_to_be_checked():
    here = room()
    WeakStudent.objects.create(
        student=here.students[0], school_class=here.school_class, term=term_of("2024-04-30"), basis="两门不及格",
        listed_on=day("2024-04-10"), listed_by=here.user,
    )  # fmt: skip
    written(here, "weak_check", "2024-04-09", students=here.students[:1])
    assert listed(here) == [("weak", here.students[0])]
    written(here, "weak_check", "2024-04-10", students=here.students[:1])
    assert listed(here) == []


@pytest.mark.clause("C4.2b")
def test_a_debtor_without_follow_up_is_listed_until_spoken_to():
    here = room()
    given.fee(here, here.students[0])
    given.fee(here, here.students[1], paid_on="2024-03-20")
    assert listed(here) == [("arrears", here.students[0])]
    written(here, "talk", "2024-04-10", students=here.students[:1], category="arrears")
    assert listed(here) == []


@pytest.mark.clause("C4.2c")
def test_a_hardship_report_waits_for_its_answer():
    here = room()
    period = given.fee_period()
    given.fee(here, here.students[0])
    written(here, "arrears_followup", "2024-04-10", students=here.students[:1], fee_period=period, way="phone",
            text="家中困难")  # fmt: skip
    report = written(here, "hardship", "2024-04-11", students=here.students[:1], fee_period=period, text="父亲住院")
    assert listed(here) == [("hardship", here.students[0])]
    records.answer_report(college_head(here.college), report, "同意缓缴", closes=True)
    assert listed(here) == []


def test_whoever_left_is_not_on_the_list():
    here = room()
    given.fee(here, here.students[0])
    RosterEntry.objects.filter(student=here.students[0]).update(ends_on=day("2024-04-01"))
    RosterEntry.objects.create(
        student=here.students[0], school_class=here.school_class, state="退学", starts_on=day("2024-04-02")
    )
    assert listed(here) == []


@pytest.mark.clause("A-87")
def test_a_name_out_of_a_confidential_record_is_for_its_author():
    here = room()
    written(here, "talk", "2024-04-01", students=here.students[:1], category="mind", follow_up_on=day("2024-04-02"))
    written(here, "talk", "2024-04-01", students=here.students[1:2], follow_up_on=day("2024-04-02"))
    found = attention_for([here.school_class.pk], TODAY)
    assert len(seen_by(here.user, found)) == 2
    assert [entry.student for entry in seen_by(college_head(here.college), found)] == [here.students[1]]
    assert seen_by(college_admin(here.college), found) == []
    given.fee(here, here.students[0])
    found = attention_for([here.school_class.pk], TODAY)
    assert [entry.reason_key for entry in seen_by(college_admin(here.college), found)] == ["arrears"]


def test_every_reason_says_what_to_do_and_what_takes_the_student_off():
    for reason in Reason:
        assert reason.label
        assert reason.doing
        assert reason.handled_by
        assert reason.icon
    entry = Entry(Student(), 1, "weak", "", TODAY, "", "")
    assert entry.reason is Reason.WEAK


def test_the_same_number_of_questions_for_three_and_for_twelve_classes():
    rooms = [room(2) for _ in range(12)]
    for each in rooms:
        given.fee(each, each.students[0])
        absent(each, each.students[0], "2024-04-08", "2024-04-15", "2024-04-22")
        written(each, "talk", "2024-04-01", students=each.students[:1], follow_up_on=day("2024-04-02"))
    keys = [each.school_class.pk for each in rooms]
    attention_for(keys[:1], TODAY)
    counts = []
    for some in (keys[:3], keys):
        with CaptureQueriesContext(connection) as asked:
            assert attention_for(some, TODAY)
        counts.append(len(asked))
    assert counts[0] == counts[1]
