"""The talk plan: planned for some or all, done when a talk is written down, coverage counted by students."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from duties.models import PlannedTalk
from duties.services import talk_plans
from gaobo_banzhuren.web.errors import NotAllowed, UserError
from tests.duties.given import MONDAY, room, term_of, written
from tests.duties.tasks_given import at_time
from tests.factories import client_for, college_admin, college_head, office
from tests.teachers.given import day

pytestmark = pytest.mark.django_db


def planned(here, students, **values):
    term = term_of("2024-03-18")
    return talk_plans.plan(here.user, here.school_class, term, [one.pk for one in students], **values)


def rows(here):
    with at_time("2024-03-29"):
        return talk_plans.rows_of(here.user, here.school_class, term_of("2024-03-18"))


@pytest.mark.clause("C5.2")
def test_a_planned_talk_is_done_when_a_talk_with_the_student_is_written_down():
    here = room()
    assert planned(here, here.students[:2], planned_on=day("2024-03-20"), purpose="期中") == 2
    written(here, "talk", MONDAY, students=here.students[:1])
    found = {row.student.pk: row for row in rows(here)}
    assert (found[here.students[0].pk].done, found[here.students[0].pk].talked_on) == (True, MONDAY)
    assert not found[here.students[1].pk].done
    assert found[here.students[2].pk].plan is None


@pytest.mark.clause("C5.2")
def test_two_talks_with_one_student_count_once_and_other_terms_do_not():
    here = room()
    for on in ("2024-03-18", "2024-03-19"):
        written(here, "talk", on, students=here.students[:1])
    written(here, "talk", "2023-10-16", students=here.students[1:2])
    written(here, "talk", MONDAY, students=here.students[2:3], archive=False)
    with at_time("2024-03-29"):
        found = talk_plans.coverage(here.school_class, term_of("2024-03-18"))
    assert (found.numerator, found.denominator, found.text) == (1, 5, "20.00 %")


def test_who_waits_comes_first_in_the_order_of_the_plan():
    here = room()
    planned(here, here.students[3:4], planned_on=day("2024-03-25"))
    planned(here, here.students[4:5], planned_on=day("2024-03-20"))
    written(here, "talk", MONDAY, students=here.students[:1])
    order = [row.student.pk for row in rows(here)]
    wanted = [here.students[number].pk for number in (4, 3, 1, 2, 0)]
    assert order == wanted


def test_planning_again_changes_nothing_and_the_plan_is_the_teachers_own():
    here = room()
    planned(here, here.students[:2], purpose="第一次")
    assert planned(here, here.students[:3]) == 1
    assert PlannedTalk.objects.filter(purpose="第一次").count() == 2
    one = PlannedTalk.objects.first()
    for person in (college_head(here.college), room(college=here.college).user, office()):
        with pytest.raises(NotAllowed):
            talk_plans.unplan(person, one)
        with pytest.raises(NotAllowed):
            talk_plans.plan(person, here.school_class, one.term, [here.students[4].pk])
    talk_plans.unplan(here.user, one)
    assert PlannedTalk.objects.count() == 2


def test_a_plan_names_students_of_the_class_and_days_of_the_term():
    here, there = room(), room()
    with pytest.raises(UserError, match="不在本班名册"):
        planned(here, there.students[:1])
    with pytest.raises(UserError, match="计划日期应在"):
        planned(here, here.students[:1], planned_on=day("2023-10-01"))
    with pytest.raises(UserError, match="至少选择一名学生"):
        planned(here, [])


@pytest.mark.clause("C5.2")
def test_the_whole_class_is_planned_with_one_tap_and_a_talk_is_one_tap_away():
    here = room()
    client, url = client_for(here.user), reverse("duties:talk_plan", args=[here.school_class.pk])
    with at_time("2024-03-18"):
        client.post(url, {"do": "all"})
        assert PlannedTalk.objects.count() == 5
        text = client.get(url).content.decode()
        assert f"class={here.school_class.pk}&amp;student={here.students[0].pk}" in text
        one = PlannedTalk.objects.first()
        client.post(url, {"remove": one.pk})
        assert PlannedTalk.objects.count() == 4
        client.post(url, {"do": "some", "students": [one.student_id], "purpose": "补"})
        assert PlannedTalk.objects.get(student=one.student).purpose == "补"


def test_the_plan_of_a_colleague_is_missing():
    here = room()
    url = reverse("duties:talk_plan", args=[here.school_class.pk])
    for person in (room(college=here.college).user, college_admin(here.college), college_head(here.college), office()):
        assert client_for(person).get(url).status_code == 404
    planned(here, here.students[:1])
    stranger = room()
    other = client_for(stranger.user)
    own = reverse("duties:talk_plan", args=[stranger.school_class.pk])
    assert other.post(own, {"remove": PlannedTalk.objects.get().pk}).status_code == 404
    assert PlannedTalk.objects.count() == 1


def test_only_the_own_class_page_leads_to_the_plan():
    here = room()
    page, plan = (reverse(name, args=[here.school_class.pk]) for name in ("teachers:class", "duties:talk_plan"))
    assert plan in client_for(here.user).get(page).content.decode()
    assert plan not in client_for(college_head(here.college)).get(page).content.decode()


def test_small_and_large_classes_ask_the_same_number_of_questions(django_assert_num_queries):
    small, large = room(3), room(12)
    with at_time("2024-03-18"):
        for here in (small, large):
            planned(here, here.students)
            client_for(here.user).get(reverse("duties:talk_plan", args=[here.school_class.pk]))
        client, url = client_for(small.user), reverse("duties:talk_plan", args=[small.school_class.pk])
        client.get(url)
        with CaptureQueriesContext(connection) as few:
            client.get(url)
        number = len(few)
        client, url = client_for(large.user), reverse("duties:talk_plan", args=[large.school_class.pk])
        client.get(url)
        with django_assert_num_queries(number):
            client.get(url)
