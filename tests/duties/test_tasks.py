"""Tasks: given to many at once, accepted, reported, returned, closed; who may, and when a task is late."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from duties.models import AssignmentState, Giver, Task, TaskAssignment
from duties.policies.tasks import MOVES
from duties.services import tasks
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.documents.files import may_open
from gaobo_banzhuren.web.errors import NotAllowed, StaleError, UserError
from tests.duties.given import room
from tests.duties.tasks_given import assigned, at_state, at_time, given_task
from tests.factories import audit_entries, college_admin, college_head, office, with_role
from tests.teachers.given import day

pytestmark = pytest.mark.django_db
State = AssignmentState
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


@pytest.mark.clause("C3.2", "C9.4.2")
def test_the_office_gives_one_task_to_everybody_and_each_has_an_own_copy():
    here, there = room(), room()
    task = given_task(office(), here.teacher, there.teacher, giver=Giver.SCHOOL)
    rows = TaskAssignment.objects.filter(task=task).order_by("pk")
    assert [(row.teacher, row.college, row.state) for row in rows] == [
        (here.teacher, here.college, State.GIVEN),
        (there.teacher, there.college, State.GIVEN),
    ]
    assert audit_entries("duties.task_give", task)[0].after["teachers"] == [here.teacher.pk, there.teacher.pk]


@pytest.mark.clause("C5.7")
def test_a_college_gives_only_in_its_own_name_and_to_those_who_lead_its_classes():
    here, there = room(), room()
    admin = college_admin(here.college)
    task = given_task(admin, here.teacher, giver=Giver.COLLEGE, college=here.college)
    assert (task.giver, task.college) == (Giver.COLLEGE, here.college)
    with pytest.raises(UserError, match="不带"):
        given_task(admin, there.teacher, giver=Giver.COLLEGE, college=here.college)
    with pytest.raises(NotAllowed, match="本学院"):
        given_task(admin, there.teacher, giver=Giver.COLLEGE, college=there.college)
    with pytest.raises(NotAllowed, match="继续教育学院布置"):
        given_task(admin, here.teacher, giver=Giver.SCHOOL)
    with pytest.raises(NotAllowed):
        given_task(office(), here.teacher, giver=Giver.COLLEGE, college=here.college)
    with pytest.raises(NotAllowed):
        given_task(here.user, here.teacher, giver=Giver.COLLEGE, college=here.college)


def test_a_task_needs_a_title_people_and_a_day_that_is_not_over():
    here = room()
    with pytest.raises(UserError, match="任务名称"):
        given_task(office(), here.teacher, title=" ")
    with pytest.raises(UserError, match="没有可以接收的班主任"):
        given_task(office())
    with at_time("2024-03-18"), pytest.raises(UserError, match="2024-03-17 已经过去"):
        given_task(office(), here.teacher, due_on=day("2024-03-17"))
    assert not Task.objects.exists()


@pytest.mark.clause("C3.2", "C9.1.4")
def test_a_task_goes_its_way_from_given_to_closed_and_a_returned_report_is_kept():
    here, giver = room(), office()
    one = assigned(giver, here.teacher)
    tasks.accept(here.user, one)
    assert (one.state, one.accepted_at is not None) == (State.ACCEPTED, True)
    tasks.report(here.user, one, "已完成走访。", [SimpleUploadedFile("汇总.pdf", PDF)])
    tasks.send_back(giver, one, "缺照片")
    assert (one.state, one.reported_on) == (State.RETURNED, None)
    tasks.report(here.user, one, "照片已补。")
    tasks.close(giver, one, "材料齐全")
    one.refresh_from_db()
    assert (one.state, one.quality, one.closed_by) == (State.CLOSED, "材料齐全", giver)
    assert [(each.number, each.text, each.return_reason) for each in one.reports.all()] == [
        (1, "已完成走访。", "缺照片"),
        (2, "照片已补。", ""),
    ]
    log = [entry.action for entry in audit_entries("duties.task_", one)]
    assert log == [f"duties.task_{step}" for step in ("accept", "report", "return", "report", "close")]
    assert "走访" not in str([entry.after for entry in audit_entries("duties.task_report", one)])


def _step(move, actor, one):
    return {
        "accept": lambda: tasks.accept(actor, one),
        "report": lambda: tasks.report(actor, one, "做完了。"),
        "return": lambda: tasks.send_back(actor, one, "请补充"),
        "close": lambda: tasks.close(actor, one, "好"),
    }[move]()


def _people(here):
    other = room(college=here.college)
    return {
        "teacher": here.user,
        "another teacher": other.user,
        "giver's office": office(),
        "college admin": college_admin(here.college),
        "college head": college_head(here.college),
        "other college": college_head(room().college),
    }


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("move", ["accept", "report", "return", "close"])
def test_each_step_belongs_to_one_side_and_starts_from_its_states_only(move, state):
    here = room()
    people = _people(here)
    who_may = {"accept": {"teacher"}, "report": {"teacher"}}.get(move, {"giver's office"})
    for name, person in people.items():
        one = at_state(people["giver's office"], here, state)
        if name in who_may and state in MOVES[move]:
            _step(move, person, one)
            assert one.state != state or move == "report"
        else:
            with pytest.raises(NotAllowed):
                _step(move, person, one)
            one.refresh_from_db()
            assert one.state == state


@pytest.mark.clause("C5.7")
@pytest.mark.parametrize("move", ["return", "close"])
def test_what_a_college_gave_is_judged_by_that_college(move):
    here = room()
    admin = college_admin(here.college)
    for name, person in _people(here).items():
        one = at_state(admin, here, State.REPORTED, giver=Giver.COLLEGE, college=here.college)
        if name in ("college admin", "college head"):
            _step(move, person, one)
        else:
            with pytest.raises(NotAllowed):
                _step(move, person, one)


@pytest.mark.parametrize("move", ["return", "close"])
def test_nobody_judges_the_own_task(move):
    here = room()
    both = with_role(here.user, Role.OFFICE)
    one = at_state(both, here, State.REPORTED)
    with pytest.raises(NotAllowed, match="自己的任务"):
        _step(move, both, one)


@pytest.mark.clause("C3.2")
@pytest.mark.parametrize(
    ("reported", "asked", "late"),
    [
        (None, "2024-03-19", False),
        (None, "2024-03-20", False),
        (None, "2024-03-21", True),
        ("2024-03-20", "2024-03-25", False),
        ("2024-03-21", "2024-03-25", True),
    ],
)
def test_late_is_exactly_reported_after_the_due_day_or_still_open_after_it(reported, asked, late):
    here = room()
    with at_time("2024-03-18"):
        one = assigned(office(), here.teacher, due_on=day("2024-03-20"))
    if reported:
        with at_time(reported):
            tasks.report(here.user, one, "做完了。")
    assert one.late_on(day(asked)) is late
    assert TaskAssignment.objects.late(day(asked)).exists() is late


@pytest.mark.clause("C3.2")
def test_a_returned_report_stands_no_longer_and_the_new_day_decides():
    here, giver = room(), office()
    with at_time("2024-03-18"):
        one = assigned(giver, here.teacher, due_on=day("2024-03-20"))
    with at_time("2024-03-20"):
        tasks.report(here.user, one, "初稿")
        assert not one.late_on(day("2024-03-21"))
        tasks.send_back(giver, one, "不完整")
    assert one.late_on(day("2024-03-21"))
    with at_time("2024-03-21"):
        tasks.report(here.user, one, "再报")
        assert one.late_on(day("2024-03-21"))
        tasks.send_back(giver, one, "还缺一页", due_on=day("2024-03-25"))
    with at_time("2024-03-25"):
        tasks.report(here.user, one, "三报")
    assert not one.late_on(day("2024-03-30"))
    assert not TaskAssignment.objects.late(day("2024-03-30")).exists()


def test_a_return_cannot_shorten_the_time():
    here, giver = room(), office()
    one = at_state(giver, here, State.REPORTED)
    with pytest.raises(UserError, match="不能早于"):
        tasks.send_back(giver, one, "不完整", due_on=day("2024-01-01"))


def test_a_cancelled_task_is_late_for_nobody_and_what_was_closed_stays():
    here, there, giver = room(), room(), office()
    task = given_task(giver, here.teacher, there.teacher)
    one, two = TaskAssignment.objects.filter(task=task).order_by("pk")
    tasks.report(here.user, one, "做完了。")
    tasks.close(giver, one)
    with pytest.raises(UserError, match="原因"):
        tasks.cancel(giver, task, " ")
    with pytest.raises(NotAllowed):
        tasks.cancel(college_admin(here.college), task, "不需要了")
    tasks.cancel(giver, task, "活动取消")
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.state, two.state) == (State.CLOSED, State.CANCELLED)
    assert not two.late_on(day("2099-01-01"))
    assert list(TaskAssignment.objects.counted()) == [one]
    with pytest.raises(NotAllowed, match="已经撤销"):
        tasks.cancel(giver, task, "再撤一次")


def test_two_people_at_once_do_not_both_decide():
    here, giver = room(), office()
    one = at_state(giver, here, State.REPORTED)
    seen_by_second = TaskAssignment.objects.get(pk=one.pk)
    tasks.send_back(giver, one, "缺照片")
    with pytest.raises(StaleError):
        tasks.close(office(), seen_by_second, "好")
    one.refresh_from_db()
    assert one.state == State.RETURNED


def test_closing_many_is_all_or_nothing():
    here, there, giver = room(), room(), office()
    reported = at_state(giver, here, State.REPORTED)
    waiting = assigned(giver, there.teacher)
    with pytest.raises(NotAllowed, match="还没有上报"):
        tasks.close_many(giver, [reported, waiting], "好")
    reported.refresh_from_db()
    assert reported.state == State.REPORTED
    assert tasks.close_many(giver, [reported], "好") == 1


def test_a_report_needs_words_or_a_file():
    here = room()
    one = assigned(office(), here.teacher)
    with pytest.raises(UserError, match="请填写上报内容"):
        tasks.report(here.user, one, " ")
    assert one.state == State.GIVEN


def test_files_of_a_report_open_for_those_who_see_the_task():
    here = room()
    one = assigned(office(), here.teacher)
    stored = tasks.report(here.user, one, "", [SimpleUploadedFile("表.pdf", PDF)]).files.get()
    allowed = [here.user, college_admin(here.college), office()]
    assert [may_open(person, stored) for person in allowed] == [True] * 3
    assert not may_open(room(college=here.college).user, stored)
    assert not may_open(college_admin(room().college), stored)


def test_only_teachers_in_post_are_offered():
    here = room()
    left = room(college=here.college)
    left.teacher.appointments.update(ends_on=day("2024-01-31"), state="ended", end_reason="工作需要")
    assert set(tasks.in_post()) == {here.teacher}
    assert set(tasks.in_post([room().college.pk])) & {here.teacher} == set()


@pytest.mark.clause("C5.7")
def test_a_task_of_the_office_stands_in_the_books_of_the_college_whose_class_is_led():
    """A teacher of one college who leads a class of another (A-19) answers to the college of the class."""
    home, here = room(), room()
    guest = room(teacher=home.teacher)
    home.school_class.appointments.update(ends_on=day("2024-01-31"), state="ended", end_reason="工作需要")
    guest.school_class.college = here.college
    guest.school_class.save(update_fields=["college"])
    one = assigned(office(), home.teacher)
    assert one.college == here.college
    assert timezone.localdate() <= one.due_on
