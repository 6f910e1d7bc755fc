"""The pages of tasks: a teacher's own first, the giver's with done over all, each within the own scope."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from duties.models import AssignmentState, Giver, Task, TaskAssignment
from duties.panels import tasks as panels
from duties.services import meetings, papers, tasks
from gaobo_banzhuren.accounts.roles import Role
from tests.duties.given import room, term_of
from tests.duties.tasks_given import assigned, at_state, at_time, given_task
from tests.factories import client_for, college_admin, college_head, office, with_role
from tests.teachers.given import day

pytestmark = pytest.mark.django_db
State = AssignmentState


def page(user, name, *args, **query):
    answer = client_for(user).get(reverse(f"duties:{name}", args=args), query)
    assert answer.status_code == 200, answer
    return answer.content.decode()


@pytest.mark.clause("C3.2", "C5.7")
def test_a_class_teacher_sees_own_tasks_open_and_pressing_first_and_tells_levels_apart():
    here = room()
    admin = college_admin(here.college)
    with at_time("2024-03-18"):
        assigned(office(), here.teacher, title="学校的任务", giver=Giver.SCHOOL, due_on=day("2024-04-30"))
        assigned(
            admin, here.teacher, title="学院的任务", giver=Giver.COLLEGE, college=here.college, due_on=day("2024-03-19")
        )
        given_task(office(), room().teacher, title="别人的任务")
    with at_time("2024-03-21"):
        text = page(here.user, "tasks")
        assert text.index("学院的任务") < text.index("学校的任务")
        assert "逾期 2 天" in text
        assert "还有 40 天" in text
        assert "别人的任务" not in text
        only = page(here.user, "tasks", giver="college")
        assert "学院的任务" in only
        assert "学校的任务" not in only


@pytest.mark.clause("C9.1.4", "C9.4.2")
def test_the_giver_sees_done_over_all_and_who_is_late():
    giver, rooms = office(), [room() for _ in range(3)]
    with at_time("2024-03-18"):
        task = given_task(giver, *[one.teacher for one in rooms], due_on=day("2024-03-20"))
        first, second, _ = TaskAssignment.objects.filter(task=task).order_by("pk")
        tasks.report(rooms[0].user, first, "好了")
        tasks.close(giver, first)
        tasks.report(rooms[1].user, second, "好了")
    with at_time("2024-03-21"):
        text = page(giver, "tasks")
        assert "1 ÷ 3" in text
        assert "1 份上报" in text
        assert rooms[2].teacher.name in text
        detail = page(giver, "task", task.pk)
        assert (
            detail.index(rooms[1].teacher.name)
            < detail.index(rooms[2].teacher.name)
            < detail.index(rooms[0].teacher.name)
        )
        assert rooms[2].teacher.name in page(giver, "task", task.pk, show="late")
        assert rooms[1].teacher.name not in page(giver, "task", task.pk, show="late")


def test_a_college_sees_its_part_of_a_school_task_and_cannot_judge_it():
    giver, here, there = office(), room(), room()
    task = given_task(giver, here.teacher, there.teacher)
    mine, other = TaskAssignment.objects.filter(task=task).order_by("pk")
    head = college_head(here.college)
    assert "0 ÷ 1" in page(head, "tasks")
    assert there.teacher.name not in page(head, "task", task.pk)
    assert client_for(head).get(reverse("duties:assignment", args=[other.pk])).status_code == 404
    tasks.report(here.user, mine, "好了")
    mine.refresh_from_db()
    answer = client_for(head).post(reverse("duties:assignment_close", args=[mine.pk]), {"quality": "好"})
    assert answer.status_code == 403
    mine.refresh_from_db()
    assert mine.state == State.REPORTED


def test_a_task_is_given_accepted_reported_returned_and_closed_in_the_browser():
    here, giver = room(), office()
    due = timezone.localdate().replace(year=timezone.localdate().year + 1)
    answer = client_for(giver).post(
        reverse("duties:task_new"),
        {
            "giver": "school",
            "kind": "material",
            "title": "毕业生名册",
            "materials": "汇总表",
            "due_on": due,
            "whom": "all",
        },
    )
    task = Task.objects.get()
    assert answer.headers["Location"] == task.get_absolute_url()
    one = task.assignments.get()
    teacher, office_client = client_for(here.user), client_for(giver)

    def step(client, name, **data):
        answer = client.post(reverse(f"duties:assignment_{name}", args=[one.pk]), data)
        assert answer.status_code == 302, answer.content.decode()
        one.refresh_from_db()
        return one.state

    assert step(teacher, "accept") == State.ACCEPTED
    assert step(teacher, "report", text="见附件") == State.REPORTED
    assert step(office_client, "return", reason="缺一人") == State.RETURNED
    assert "缺一人" in page(here.user, "assignment_report", one.pk)
    assert step(teacher, "report", text="已补") == State.REPORTED
    assert step(office_client, "close", quality="及时准确") == State.CLOSED
    assert "及时准确" in page(here.user, "assignment", one.pk)


def test_reports_are_closed_in_one_go():
    giver, rooms = office(), [room(), room()]
    task = given_task(giver, *[one.teacher for one in rooms])
    for one, where in zip(TaskAssignment.objects.filter(task=task).order_by("pk"), rooms, strict=True):
        tasks.report(where.user, one, "好了")
    ids = [one.pk for one in task.assignments.all()]
    client_for(giver).post(reverse("duties:task_close", args=[task.pk]), {"assignments": ids, "quality": "齐全"})
    assert {one.state for one in task.assignments.all()} == {State.CLOSED}


def test_picked_people_and_colleges():
    giver, here, there = office(), room(), room()
    client, far = client_for(giver), "2099-01-01"
    base = {"giver": "office", "kind": "task", "title": "任务", "due_on": far}
    client.post(reverse("duties:task_new"), base | {"whom": "picked", "teachers": [here.teacher.pk]})
    client.post(reverse("duties:task_new"), base | {"whom": "colleges", "colleges": [there.college.pk]})
    assert [list(task.assignments.values_list("teacher", flat=True)) for task in Task.objects.order_by("pk")] == [
        [here.teacher.pk],
        [there.teacher.pk],
    ]
    answer = client.post(reverse("duties:task_new"), base | {"whom": "picked"})
    assert "请至少勾选一位班主任" in answer.content.decode()


def test_a_foreign_task_is_missing():
    here, there = room(), room()
    one = assigned(college_admin(here.college), here.teacher, giver=Giver.COLLEGE, college=here.college)
    for person in (there.user, college_admin(there.college)):
        for name, pk in (("task", one.task_id), ("assignment", one.pk), ("assignment_report", one.pk)):
            assert client_for(person).get(reverse(f"duties:{name}", args=[pk])).status_code == 404


def test_who_is_both_finds_both_lists():
    here = room()
    both = with_role(here.user, Role.COLLEGE_ADMIN)
    given_task(office(), here.teacher, title="给我的")
    assert "?as=mine" in page(both, "tasks")
    assert "接收" in page(both, "tasks", **{"as": "mine"})


@pytest.mark.parametrize("who", ["giver", "teacher"])
def test_few_and_many_tasks_ask_the_same_number_of_questions(who, django_assert_num_queries):
    giver, here = office(), room()
    others = [room() for _ in range(3)]

    def give(count):
        for _ in range(count):
            given_task(giver, here.teacher, *[one.teacher for one in others])

    client = client_for(giver if who == "giver" else here.user)
    give(3)
    client.get(reverse("duties:tasks"))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("duties:tasks"))
    give(9)
    with django_assert_num_queries(len(few)):
        client.get(reverse("duties:tasks"))


def test_the_start_page_names_what_is_pressing():
    giver, here = office(), room()
    with at_time("2024-03-18"):
        assigned(giver, here.teacher, title="已过期", due_on=day("2024-03-19"))
        assigned(giver, here.teacher, title="不急", due_on=day("2024-06-19"))
        back = at_state(giver, here, State.RETURNED, title="退回的", due_on=day("2024-06-01"))
        at_state(giver, here, State.REPORTED, title="等办结", due_on=day("2024-06-01"))
    with at_time("2024-03-21"):
        panel = panels.teacher_panel(here.user)
        assert [(item.label, item.number) for item in panel.items] == [
            ("已过期", None),
            ("退回的", None),
            ("新任务待接收", 1),
        ]
        assert panel.items[1].url == back.get_absolute_url()
        found = panels.giver_panel(giver)
        assert [(item.label, item.number) for item in found.items] == [("任务上报等您办结", 1), ("任务逾期未上报", 1)]
    assert panels.teacher_panel(room().user) is None
    assert panels.giver_panel(college_admin(here.college)) is None


def test_the_start_page_tells_of_meetings_and_papers_too():
    here = room()
    head = college_head(here.college)
    with at_time("2024-03-18"):
        data = meetings.MeetingInput(
            giver=Giver.COLLEGE, college=here.college, title="例会", held_on=day("2024-03-20"), place="305"
        )
        meetings.call(head, data, [here.teacher])
        paper = papers.begin(here.user, "plan", here.school_class, term_of("2024-03-18"))
        papers.write(here.user, paper, "计划")
        papers.submit(here.user, paper)
        assert [item.label for item in panels.giver_panel(head).items] == ["计划与总结待审阅"]
        papers.send_back(head, paper, "写时间")
        panel = panels.teacher_panel(here.user)
        assert [(item.label, item.note) for item in panel.items] == [
            ("工作计划已退回", here.school_class.name),
            ("例会", "03-20 305"),
        ]
    with at_time("2024-03-21"):
        assert [(item.label, item.number) for item in panels.giver_panel(head).items] == [("会议未登记出席", 1)]


def test_a_task_given_to_few_or_many_asks_the_same_number_of_questions(django_assert_num_queries):
    giver, rooms = office(), [room() for _ in range(12)]
    tasks_given = [given_task(giver, *[one.teacher for one in rooms[:count]]) for count in (3, 12)]
    client = client_for(giver)
    client.get(tasks_given[0].get_absolute_url())
    with CaptureQueriesContext(connection) as few:
        client.get(tasks_given[0].get_absolute_url())
    number = len(few)
    with django_assert_num_queries(number):
        client.get(tasks_given[1].get_absolute_url())
