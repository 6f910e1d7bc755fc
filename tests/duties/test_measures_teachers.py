"""The figures of class teachers: over the days in post, over several classes, and what is the person's own."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duties.figures import Count, Figure
from duties.measures.teachers import teacher_figures
from gaobo_banzhuren.regulation.rates import SeveralClasses
from teachers.models import ClassTeacher
from tests.teachers.given import appointed, day, teacher_of

from . import measuring as given
from .given import Room, room, written

pytestmark = pytest.mark.django_db
YEAR = (day("2023-09-01"), day("2024-08-31"))


def of(teacher: ClassTeacher, *window, **more):
    return teacher_figures([teacher.pk], *(window or YEAR), **more)[teacher.pk]


def rate(teacher: ClassTeacher, key: str) -> Figure:
    found = of(teacher, only=(key,)).pooled[key]
    assert isinstance(found, Figure)
    return found


def two_classes() -> tuple[Room, Room]:
    one = room(0)
    two = room(0, teacher=one.teacher)
    given.called(one.school_class, "2024-03-04", due=10, absent=1)
    given.called(two.school_class, "2024-03-04", due=90)
    return one, two


@pytest.mark.clause("A-37", "A-36")
def test_trap_6_counts_are_pooled_and_each_class_is_listed(monkeypatch):
    one, two = two_classes()
    found = of(one.teacher)
    assert found.pooled["attendance"].sum_text == "99 ÷ 100"
    assert [found.by_class[each.school_class.pk]["attendance"].text for each in (one, two)] == ["90.00 %", "100.00 %"]
    given.rates(monkeypatch, several_classes=SeveralClasses.MEAN)
    assert rate(one.teacher, "attendance").text == "95.00 %"
    given.rates(monkeypatch, several_classes=SeveralClasses.WORST)
    assert rate(one.teacher, "attendance").text == "90.00 %"


@pytest.mark.clause("A-37")
def test_only_the_days_in_post_count_for_each_of_two_teachers():
    """The hand-over day ends the one's and starts the next day the other's days; both ends count (trap 8)."""
    here = room(0)
    first, second = here.teacher, teacher_of(here.college)
    here.school_class.appointments.update(ends_on=day("2024-03-10"), end_reason="工作需要", state="ended")
    appointed(here.school_class, second, "2024-03-11")
    given.called(here.school_class, "2024-03-10", due=10, absent=2)
    given.called(here.school_class, "2024-03-11", due=10)
    assert rate(first, "attendance").sum_text == "8 ÷ 10"
    assert rate(second, "attendance").sum_text == "10 ÷ 10"


@pytest.mark.clause("A-39")
def test_after_a_hand_over_the_class_and_term_is_judged_and_says_who_held_what():
    here = room(2)
    second = teacher_of(here.college)
    written(here, "class_meeting", "2024-03-04")
    here.school_class.appointments.update(ends_on=day("2024-03-10"), end_reason="工作需要", state="ended")
    appointed(here.school_class, second, "2024-03-11")
    written(here, "class_meeting", "2024-05-06", by=second.user)
    found = of(second, day("2024-02-01"), day("2024-08-31"), only=("meetings",)).pooled["meetings"]
    assert isinstance(found, Count)
    assert (found.number, found.met, found.note) == (2, True, "其中本人任内组织 1 次")


def test_work_of_another_teacher_of_the_class_is_not_ones_own():
    here = room(3)
    colleague = teacher_of(here.college)
    here.school_class.appointments.update(share=2)
    appointed(here.school_class, colleague, share=1)
    written(here, "talk", students=here.students[:1])
    written(here, "talk", students=here.students[1:2], by=colleague.user)
    assert rate(here.teacher, "talk_coverage").sum_text == "1 ÷ 3"
    assert rate(colleague, "talk_coverage").sum_text == "1 ÷ 3"


@pytest.mark.clause("A-39")
def test_trap_18_one_class_with_two_meetings_does_not_help_the_other():
    one = room()
    two = room(teacher=one.teacher)
    written(one, "class_meeting", "2024-03-04")
    written(one, "class_meeting", "2024-03-05")
    found = of(one.teacher, day("2024-02-01"), day("2024-08-31"), only=("meetings",)).pooled["meetings"]
    assert isinstance(found, Count)
    assert (found.text, found.met) == ("2 / 0", False)
    assert two.school_class.name in found.sum_text


@pytest.mark.clause("C9.4.1")
def test_leave_from_a_meeting_is_no_absence_and_lateness_is_listed_apart():
    here = room(0)
    for on, presence in (
        ("2024-03-01", "present"), ("2024-03-02", "late"), ("2024-03-03", "excused"), ("2024-03-04", "absent"),
        ("2024-01-05", "present"),
    ):  # fmt: skip
        given.staff_meeting(here, on, presence)
    given.staff_meeting(here, "2024-03-20", "due", settled=False)
    found = of(here.teacher, day("2024-02-01"), day("2024-08-31")).pooled["meeting_attendance"]
    assert (found.sum_text, found.note) == ("2 ÷ 3", "出席 1，迟到 1，准假 1，缺席 1")


@pytest.mark.clause("C3.2", "C9.1.4")
def test_late_is_done_after_the_due_day_or_still_open_after_it():
    here = room(0)
    given.task(here, "2024-03-10", "2024-03-10")
    given.task(here, "2024-03-10", "2024-03-11")
    given.task(here, "2024-03-10", None)
    given.task(here, "2024-03-10", "2024-03-12", state="cancelled")
    found = of(here.teacher, day("2024-02-01"), day("2024-08-31")).pooled["task_timely"]
    assert (found.sum_text, found.note) == ("1 ÷ 3", "逾期 2 项")


def test_who_leads_no_class_has_no_data():
    here = room(0)
    nobody = teacher_of(here.college)
    found = of(nobody)
    assert found.by_class == {}
    assert found.pooled["attendance"].text == "无数据"
    assert found.pooled["themes"].text == "无数据"


def test_the_same_number_of_questions_for_three_and_for_twelve_teachers():
    rooms = [room(1) for _ in range(12)]
    for each in rooms:
        written(each, "talk", students=each.students)
    keys = [each.teacher.pk for each in rooms]
    teacher_figures(keys[:1], *YEAR)
    counts = []
    for some in (keys[:3], keys):
        with CaptureQueriesContext(connection) as asked:
            teacher_figures(some, *YEAR)
        counts.append(len(asked))
    assert counts[0] == counts[1]
