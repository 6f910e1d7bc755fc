"""The retake list, talks and plans about it, and students whose parents are to be told."""

from __future__ import annotations

from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duties import retakes
from duties.models import ExamResult
from duties.services import exams, records
from tests.duties.exams import ACCOUNTING, ENGLISH, LAW, course, imported, result, results, session
from tests.duties.given import Room, room, written
from tests.factories import office
from tests.teachers.given import appointed, day, teacher_of

pytestmark = pytest.mark.django_db

APRIL = day("2024-06-01")
"""A day on which the results of April are out and those of October are not."""


def listed(here: Room, on: str = "2024-06-01") -> list[tuple[str, str, str]]:
    rows = retakes.open_retakes([here.school_class.pk], on=day(on))
    return [(row.student.name, row.course.name, row.reason) for row in rows]


@pytest.mark.clause("C4.3")
def test_failed_missed_and_cancelled_papers_are_listed_and_passed_and_exempted_ones_are_not():
    here, april, accounting = room(6), session(), course()
    results(here, april, accounting, "合格", "不合格", "缺考", "违纪", "免考", "作弊")
    names = [student.name for student in here.students]
    assert listed(here) == [
        (names[1], "基础会计学", "不合格"), (names[2], "基础会计学", "缺考"), (names[3], "基础会计学", "违纪"),
        (names[5], "基础会计学", "作弊"),
    ]  # fmt: skip


@pytest.mark.clause("C4.3")
def test_passing_later_clears_the_list_and_the_history_stays():
    here, april, accounting = room(1), session(), course()
    october = session("2024 年 10 月统考", "2024-10-26")
    student = here.students[0]
    result(here, student, april, accounting, "不合格", "48")
    result(here, student, october, accounting, "合格", "66")
    assert len(listed(here, "2024-06-01")) == 1
    assert len(listed(here, "2024-11-19")) == 1, "the results of October are out on the 20th"
    assert listed(here, "2024-11-20") == []
    history = retakes.histories(here.school_class.pk, on=day("2024-11-20"))
    assert [attempt.status for attempt in history[(student, accounting)]] == ["不合格", "合格"]


@pytest.mark.clause("C4.3")
def test_exemption_clears_the_list_as_passing_does():
    """Trap 17."""
    here, april, accounting = room(1), session(), course()
    october = session("2024 年 10 月免考", "2024-10-26")
    result(here, here.students[0], april, accounting, "缺考")
    assert len(listed(here)) == 1
    result(here, here.students[0], october, accounting, "免考")
    assert listed(here, "2024-12-01") == []
    history = retakes.histories(here.school_class.pk, on=day("2024-12-01"))
    assert [attempt.clears for attempt in history[(here.students[0], accounting)]] == [False, True]


def test_a_course_once_passed_is_not_listed_for_a_failed_second_try():
    here, accounting = room(1), course()
    result(here, here.students[0], session("2023 年 10 月", "2023-10-28"), accounting, "合格")
    result(here, here.students[0], session(), accounting, "不合格")
    assert listed(here) == []


def test_the_list_goes_with_the_student_into_another_class():
    here, there, accounting = room(1), room(0), course()
    result(here, here.students[0], session(), accounting, "不合格")
    entry = here.students[0].roster_entries.get()
    entry.ends_on = day("2024-05-31")
    entry.save()
    here.students[0].roster_entries.create(school_class=there.school_class, state="在读", starts_on=day("2024-06-01"))
    assert listed(here) == []
    assert len(listed(there)) == 1


def test_who_has_left_has_nothing_to_retake():
    here, accounting = room(2), course()
    results(here, session(), accounting, "不合格", "不合格")
    here.students[0].roster_entries.update(state="退学")
    here.students[1].roster_entries.update(state="休学")
    assert [name for name, _, _ in listed(here)] == [here.students[1].name]


@pytest.mark.clause("C4.3")
def test_talked_and_planned_of_listed_counted_by_hand():
    """Three students, four rows: A in two courses. A talk with A about the session ticks both; the plan names one of
    them. B was spoken to before the results were out. C's talk is about studies in general. 2/4 talked, 1/4 planned."""
    here, april = room(3), session()
    accounting, english = course(*ACCOUNTING), course(*ENGLISH)
    a, b, c = here.students
    for student, what in ((a, accounting), (a, english), (b, accounting), (c, english)):
        result(here, student, april, what, "不合格")
    written(here, "talk", "2024-05-21", students=[a], exam_session=april)
    written(here, "talk", "2024-05-19", students=[b], category="retake")
    written(here, "talk", "2024-05-22", students=[c], category="study")
    written(here, "review_plan", "2024-05-22", students=[a], courses="英语（二）")
    rows = retakes.open_retakes([here.school_class.pk], on=APRIL)
    assert (retakes.talked(rows).rate, retakes.planned(rows).rate) == (Fraction(1, 2), Fraction(1, 4))
    assert retakes.talked(rows).text == "50.00 %"
    assert [row.plan is not None for row in rows] == [True, False, False, False]  # 00015 英语 before 00041
    written(here, "talk", "2024-05-23", students=[b], category="retake")
    assert retakes.talked(retakes.open_retakes([here.school_class.pk], on=APRIL)).rate == Fraction(3, 4)


def test_a_plan_that_names_no_course_is_for_all_of_them_and_one_for_a_passed_course_for_none():
    here, april = room(2), session()
    accounting, english = course(*ACCOUNTING), course(*ENGLISH)
    october = session("2024 年 10 月统考", "2024-10-26")
    a, b = here.students
    for student in (a, b):
        for what in (accounting, english):
            result(here, student, april, what, "不合格")
        result(here, student, october, english, "合格")
    written(here, "review_plan", "2024-05-22", students=[a], courses="英语（二）")
    written(here, "review_plan", "2024-05-22", students=[b], courses="全部补考课程")
    rows = retakes.open_retakes([here.school_class.pk], on=day("2024-12-01"))
    assert [(row.student, row.plan is not None) for row in rows] == [(a, False), (b, True)]


def test_a_voided_talk_no_longer_counts_and_failing_again_asks_for_a_new_one():
    here, april, accounting = room(1), session(), course()
    result(here, here.students[0], april, accounting, "不合格")
    talk = written(here, "talk", "2024-05-21", students=here.students, category="retake")
    assert retakes.open_retakes([here.school_class.pk], on=APRIL)[0].talk is not None
    again = session("2024 年 10 月统考", "2024-10-26")
    result(here, here.students[0], again, accounting, "不合格")
    row = retakes.open_retakes([here.school_class.pk], on=day("2024-12-01"))[0]
    assert (row.session, row.times, row.talk) == (again, 2, None)
    records.void(here.user, talk, "记错学生")
    assert retakes.open_retakes([here.school_class.pk], on=APRIL)[0].talk is None


@pytest.mark.clause("C5.5e", "A-44")
def test_parents_are_told_of_students_with_two_failed_papers_in_one_session():
    """A failed two, B one, C one and missed one, D failed one and was cancelled once, E one each in two sessions."""
    here, april, earlier = room(5), session(), session("2023 年 10 月", "2023-10-28")
    accounting, english = course(*ACCOUNTING), course(*ENGLISH)
    a, b, c, d, e = here.students
    for student, first, second in (
        (a, "不合格", "不合格"), (b, "不合格", "合格"), (c, "不合格", "缺考"), (d, "作弊", "不合格"), (e, "不合格", "合格"),
    ):  # fmt: skip
        result(here, student, april, accounting, first)
        result(here, student, april, english, second)
    result(here, e, earlier, english, "不合格")
    rows = retakes.trouble_list([here.school_class.pk], on=APRIL)
    assert [(row.student, row.failed, row.needed) for row in rows] == [(a, 2, 2), (d, 2, 2)]
    assert retakes.told(rows).rate == 0
    written(here, "parent_contact", "2024-05-19", students=[a], category="study", exam_session=april)
    assert retakes.told(retakes.trouble_list([here.school_class.pk], on=APRIL)).done == 0, "before the results were out"
    written(here, "parent_contact", "2024-05-20", students=[a], category="study", exam_session=april)
    written(here, "parent_contact", "2024-05-25", students=[d], category="routine")
    assert retakes.told(retakes.trouble_list([here.school_class.pk], on=APRIL)).rate == Fraction(1, 2)
    written(here, "parent_contact", "2024-05-26", students=[d], category="study")
    assert retakes.told(retakes.trouble_list([here.school_class.pk], on=APRIL)).text == "100.00 %"


@pytest.mark.clause("C5.5e")
def test_a_contact_about_another_session_tells_nothing_about_this_one():
    here, april, earlier = room(1), session(), session("2023 年 10 月", "2023-10-28")
    for what in (course(*ACCOUNTING), course(*ENGLISH)):
        result(here, here.students[0], april, what, "不合格")
    written(here, "parent_contact", "2024-05-25", students=here.students, category="study", exam_session=earlier)
    assert retakes.trouble_list([here.school_class.pk], on=APRIL)[0].told is None


def test_results_before_the_regulation_was_in_force_list_nobody():
    here, may = room(1), session("2023 年 9 月", "2023-09-09")
    for what in (course(*ACCOUNTING), course(*ENGLISH)):
        result(here, here.students[0], may, what, "不合格")
    assert retakes.trouble_list([here.school_class.pk], on=APRIL) == []


def test_results_that_are_not_out_yet_list_nobody():
    here, april = room(1), session(results_on=day("2024-05-20"))
    for what in (course(*ACCOUNTING), course(*ENGLISH)):
        result(here, here.students[0], april, what, "不合格")
    assert listed(here, "2024-05-19") == []
    assert retakes.trouble_list([here.school_class.pk], on=day("2024-05-19")) == []
    assert retakes.histories(here.school_class.pk, on=day("2024-05-19")) == {}


@pytest.mark.clause("C5.5d", "C4.3", "C5.5e")
def test_an_import_of_results_makes_the_retake_list_and_the_list_of_parents_to_tell():
    here, april = room(2), session()
    accounting, english, law = course(*ACCOUNTING), course(*ENGLISH), course(*LAW)
    a, b = here.students
    imported(april, (a, accounting, "不合格"), (a, english, "不合格"), (a, law, "合格"), (b, accounting, "缺考"))
    keys = [here.school_class.pk]
    assert [(row.student, row.course) for row in retakes.open_retakes(keys)] == [
        (a, english), (a, accounting), (b, accounting),
    ]  # fmt: skip
    assert [row.student for row in retakes.trouble_list(keys)] == [a]
    exams.correct_result(
        office(), ExamResult.objects.get(student=a, course=english), version=1, status="合格", score=None, grade="",
        reason="复核改分",
    )  # fmt: skip
    assert len(retakes.open_retakes(keys)) == 2
    assert retakes.trouble_list(keys) == []


def test_the_new_teacher_sees_the_list_and_the_private_talk_only_as_done():
    here, april, accounting = room(1), session(), course()
    result(here, here.students[0], april, accounting, "不合格")
    written(here, "talk", "2024-05-21", students=here.students, category="retake", privacy="private")
    successor = teacher_of(here.college)
    here.school_class.appointments.update(ends_on=day("2024-08-31"), end_reason="工作需要", state="ended")
    appointed(here.school_class, successor, "2024-09-01")
    talk = retakes.open_retakes([here.school_class.pk], on=day("2024-09-02"))[0].talk
    assert talk is not None
    assert not talk.opens_for(successor.user_id)
    assert talk.opens_for(here.teacher.user_id)


def test_three_and_twelve_classes_ask_the_same_number_of_queries():
    april, accounting, english = session(), course(*ACCOUNTING), course(*ENGLISH)
    rooms = [room(3) for _ in range(12)]
    for here in rooms:
        for what in (accounting, english):
            results(here, april, what, "不合格", "不合格", "缺考")
        written(here, "talk", "2024-05-21", students=here.students, category="retake")
        written(here, "review_plan", "2024-05-21", students=here.students)
    keys = [here.school_class.pk for here in rooms]
    for function, most in ((retakes.open_retakes, 4), (retakes.trouble_list, 6)):
        asked = []
        for some in (keys[:3], keys):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                function(some, on=APRIL)
            asked.append(len(queries))
        assert asked[0] == asked[1] <= most, function.__name__
