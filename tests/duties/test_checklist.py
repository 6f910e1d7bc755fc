"""The term's checklist: ticked by records, with the one number of the regulation and the wishes of the offices."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duties import kinds
from duties.checklist import Row, State, checklist_of, declared
from duties.checklist.rows import DATA
from duties.models import StudentLeave, Target, WeakStudent
from gaobo_banzhuren.regulation.clauses import clauses
from teachers.models import SchoolClass
from tests.factories import office
from tests.teachers.given import day

from . import measuring as given
from .given import Room, room, school_year, term_of, written

pytestmark = pytest.mark.django_db
TODAY = day("2024-05-20")


def rows(where: Room, today=TODAY, term="2024-03-18") -> dict[str, Row]:
    found = checklist_of([where.school_class.pk], term_of(term), today)[where.school_class.pk]
    return {row.item.key: row for row in found}


@pytest.mark.clause("C9.2.2.2", "A-39")
def test_the_only_number_of_the_regulation_is_that_of_class_meetings():
    """O13: every other frequency is 经常 or 定期 there."""
    here = room()
    found = rows(here)
    assert [(key, row.need) for key, row in found.items() if row.need_label == "制度规定"] == [("meetings", 2)]
    assert [key for key, row in found.items() if row.need is not None and row.item.need not in ("rule", "list")] == []


@pytest.mark.clause("C9.2.2.2")
def test_records_tick_and_nothing_else():
    here = room()
    assert (rows(here)["meetings"].state, rows(here)["meetings"].progress) == (State.OPEN, "0 / 2")
    written(here, "class_meeting", "2024-03-11")
    draft = written(here, "class_meeting", "2024-03-12", archive=False)
    assert rows(here)["meetings"].progress == "1 / 2"
    assert draft.is_draft
    written(here, "class_meeting", "2024-04-15")
    assert rows(here)["meetings"].state is State.DONE
    assert rows(here, day("2024-09-10"), "2023-10-10")["meetings"].state is State.OVERDUE


@pytest.mark.clause("A-43", "C5.2")
def test_a_wish_shows_as_own_target_and_is_never_overdue():
    here = room()
    Target.objects.create(school_year=school_year(), item="talks", number=3, set_by=office())
    written(here, "talk", students=here.students[:1])
    late = rows(here, day("2024-12-01"))["talks"]
    assert (late.state, late.progress, late.need_label) == (State.OPEN, "1 / 3", "自定目标")
    Target.objects.create(school_year=school_year(), college=here.college, item="talks", number=1, set_by=here.user)
    assert rows(here)["talks"].state is State.DONE


def test_a_list_that_is_empty_asks_for_nothing():
    here = room()
    found = rows(here)
    assert {found[key].state for key in ("arrears", "retake_talk", "truants", "leaves", "problems")} == {State.NONE}


@pytest.mark.clause("C4.2b", "C4.2c")
def test_every_debtor_needs_a_follow_up_and_a_reason():
    here = room(3)
    period = given.fee_period()
    for student in here.students[:2]:
        given.fee(here, student)
    assert (rows(here)["arrears"].progress, rows(here)["arrears"].state) == ("0 / 2", State.OVERDUE)
    written(here, "arrears_followup", students=here.students[:1], fee_period=period, way="phone", text="已提醒",
            arrears_reason="forgotten")  # fmt: skip
    written(here, "talk", students=here.students[1:2], category="arrears")
    found = rows(here)
    assert (found["arrears"].state, found["arrears_reason"].progress) == (State.DONE, "1 / 2")


@pytest.mark.clause("C9.2.3.5", "C6.1b")
def test_lists_are_ticked_one_by_one():
    here = room(3)
    for state, back in (("approved", None), ("returned", day("2024-03-06"))):
        StudentLeave.objects.create(
            student=here.students[0], school_class=here.school_class, kind="sick", starts_on=day("2024-03-04"),
            ends_on=day("2024-03-05"), reason="感冒", state=state, returned_on=back, recorded_by=here.user,
        )  # fmt: skip
    for student in here.students[:2]:
        WeakStudent.objects.create(
            student=student, school_class=here.school_class, term=term_of("2024-03-18"), basis="两门不及格",
            listed_on=day("2024-03-10"), listed_by=here.user,
        )  # fmt: skip
    written(here, "weak_check", "2024-03-20", students=here.students[:1])
    found = rows(here)
    assert (found["leaves"].progress, found["weak_students"].progress) == ("1 / 2", "1 / 2")


@pytest.mark.clause("C6.1a", "C6.2", "C5.5b")
def test_kinds_of_activities_are_kept_apart():
    here = room(1)
    given.registered(here, here.students[0])
    written(here, "activity", category="exam_style")
    written(here, "class_meeting", category="revision")
    found = rows(here)
    assert [found[key].have for key in ("exam_style", "honesty", "revision", "newcomer") if key in found] == [1, 0, 1]
    assert found["pre_exam"].progress == "0 / 1"


@pytest.mark.clause("C3.1.1", "C3.1.2")
def test_an_activity_on_safety_alone_does_not_tick_the_eleven_kinds():
    here = room()
    written(here, "activity", themes=("安全稳定",))
    found = rows(here)
    assert (found["activities"].state, found["safety"].state) == (State.OPEN, State.DONE)


@pytest.mark.clause("C6.3a")
def test_graduation_is_asked_of_graduating_classes_only():
    here = room(2)
    assert "appraisals" not in rows(here)
    SchoolClass.objects.filter(pk=here.school_class.pk).update(teaching_ends_on=day("2024-06-15"))
    found = rows(here)
    assert (found["appraisals"].progress, found["departures"].progress) == ("0 / 2", "0 / 2")


def test_what_belongs_to_the_start_of_the_year_is_asked_in_its_first_term():
    here = room()
    assert "phones" not in rows(here)
    first = rows(here, day("2023-10-20"), "2023-10-10")
    assert (first["phones"].state, first["phones"].progress) == (State.OVERDUE, "0 / 5")
    assert first["newcomer"].due_on == day("2023-10-31")


def test_the_end_of_term_is_not_asked_for_in_its_first_weeks():
    here = room()
    found = rows(here, day("2024-02-20"))
    assert {found[key].state for key in ("revision", "honesty", "summary")} == {State.NOT_YET}


def test_a_class_that_opens_later_has_no_list_yet():
    here = room()
    SchoolClass.objects.filter(pk=here.school_class.pk).update(opens_on=day("2024-09-01"))
    assert rows(here) == {}


@pytest.mark.clause("C3.2", "C5.7")
def test_tasks_of_the_school_and_of_the_college_stand_apart():
    here = room()
    given.task(here, "2024-03-10", "2024-03-10")
    given.task(here, "2024-03-10", None)
    found = rows(here)
    assert (found["college_tasks"].progress, found["tasks"].state) == ("1 / 2", State.NONE)


def test_the_data_file_names_known_kinds_and_clauses_in_words_of_our_own():
    data = json.loads(DATA.read_text("utf-8"))
    known = {clause.id for clause in clauses()}
    for item in declared().items:
        assert item.clause in known or any(code.startswith(item.clause) for code in known), item.clause
        assert not item.kind or kinds.find(item.kind), item.key
        assert item.group in dict(data["groups"])
    keys = [item.key for item in declared().items]
    assert len(keys) == len(set(keys))


def test_the_same_number_of_questions_for_three_and_for_twelve_classes():
    rooms = [room(2) for _ in range(12)]
    for each in rooms:
        given.fee(each, each.students[0])
        given.result(each, each.students[0], "不合格")
        written(each, "talk", students=each.students[:1], follow_up_on=day("2024-04-01"))
    keys = [each.school_class.pk for each in rooms]
    checklist_of(keys[:1], term_of("2024-03-18"), TODAY)
    counts = []
    for some in (keys[:3], keys):
        with CaptureQueriesContext(connection) as asked:
            checklist_of(some, term_of("2024-03-18"), TODAY)
        counts.append(len(asked))
    assert counts[0] == counts[1]
