"""The exam affairs of a term: planned at once, carried over, ticked, counted done ÷ all."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from duties.models import ExamAffair
from duties.retakes import Share
from duties.services import exam_affairs as services
from gaobo_banzhuren.web.errors import NotAllowed, StaleError, UserError
from tests.duties.exams import session
from tests.duties.given import room, term_of
from tests.duties.test_weak import present_term
from tests.factories import audit_entries, client_for, college_admin, college_head, office
from tests.teachers.given import appointed, day, teacher_of

pytestmark = pytest.mark.django_db
AffairInput = services.AffairInput


def due(term, number: int = 10) -> dt.date:
    return term.starts_on + dt.timedelta(days=number)


@pytest.mark.clause("C5.6")
def test_items_are_planned_per_term_and_done_of_all_is_counted_by_hand():
    """Five items in spring, two done, one cancelled: 2/4 = 50 %; autumn has its own one."""
    here, spring, autumn = room(1), term_of("2024-03-18"), term_of("2023-10-09")
    boss = office()
    made = services.plan(boss, spring, [AffairInput(item, due(spring)) for item in services.USUAL_ITEMS])
    services.plan(boss, autumn, [AffairInput("考场安排", due(autumn))])
    assert len(made) == 5
    for affair in made[:2]:
        services.tick(boss, affair, version=1, done_on=day("2024-03-18"))
    services.cancel(boss, made[4], version=1, reason="由考点负责")
    rows = list(ExamAffair.objects.visible_to(boss).filter(term=spring))
    assert Share(*services.done_of(rows)).text == "50.00 %"
    assert services.done_of(list(ExamAffair.objects.filter(term=autumn))) == (0, 1)
    assert not ExamAffair.objects.visible_to(here.user).exists()


@pytest.mark.clause("C5.6")
def test_one_item_for_each_class_belongs_to_its_present_teacher_who_ticks_it():
    here, term = room(1), present_term()
    there = room(1, college=here.college)
    head = college_head(here.college)
    rows = [
        AffairInput("考试通知", term.ends_on, here.college, one.school_class) for one in (here, there)
    ]  # fmt: skip
    first, second = services.plan(head, term, rows)
    assert (first.responsible, second.responsible) == (here.teacher, there.teacher)
    assert services.plan(head, term, rows) == [], "what is planned already is left out"
    services.tick(here.user, first, version=1, done_on=timezone.localdate())
    with pytest.raises(NotAllowed, match="由事项的负责人"):
        services.tick(here.user, second, version=1, done_on=timezone.localdate())
    assert list(ExamAffair.objects.visible_to(here.user)) == [first]


def test_after_a_hand_over_the_new_teacher_ticks_the_item_of_the_class():
    here, term = room(1), present_term()
    (affair,) = services.plan(
        college_head(here.college), term, [AffairInput("监考安排", term.ends_on, here.college, here.school_class)]
    )
    today, new = timezone.localdate(), teacher_of(here.college)
    here.school_class.appointments.update(ends_on=today - dt.timedelta(days=1), end_reason="工作需要", state="ended")
    appointed(here.school_class, new, today.isoformat())
    assert affair in ExamAffair.objects.visible_to(new.user)
    services.tick(new.user, affair, version=1, done_on=today)


@pytest.mark.clause("C5.6")
def test_last_term_is_carried_over_with_the_days_counted_from_the_start_of_term():
    here, spring, autumn = room(1), term_of("2024-03-18"), term_of("2023-10-09")
    head = college_head(here.college)
    closing = room(1, college=here.college)
    services.plan(
        head, autumn,
        [
            AffairInput("考场安排", due(autumn, 14), here.college, note="报教务"),
            AffairInput("考试通知", due(autumn, 20), here.college, here.school_class),
            AffairInput("考试通知", due(autumn, 20), here.college, closing.school_class),
        ],
    )  # fmt: skip
    closing.school_class.closes_on = day("2024-01-31")
    closing.school_class.save()
    made = services.plan_like(head, autumn, spring, here.college)
    assert [(one.item, one.due_on, one.school_class, one.responsible, one.note) for one in made] == [
        ("考场安排", due(spring, 14), None, None, "报教务"),
        ("考试通知", due(spring, 20), here.school_class, here.teacher, ""),
    ]
    assert services.plan_like(head, autumn, spring, here.college) == []
    with pytest.raises(UserError, match=r"没有.*可以照搬"):
        services.plan_like(office(), autumn, spring, None)


def test_a_college_plans_for_itself_and_never_for_the_school():
    here, there, term = room(1), room(1), term_of("2024-03-18")
    head = college_head(here.college)
    for college in (None, there.college):
        with pytest.raises(NotAllowed):
            services.plan(head, term, [AffairInput("考试材料", due(term), college)])
    with pytest.raises(NotAllowed):
        services.plan(here.user, term, [AffairInput("考试材料", due(term), here.college)])
    own = session("乙学院校考", kind="校考", college=there.college)
    for bad, text in (
        (AffairInput("考试材料", due(term, 400), here.college), "不在.*之内"),
        (AffairInput(" ", due(term), here.college), "请写明考务事项"),
        (AffairInput("材料", due(term), here.college, there.school_class), "不属于"),
        (AffairInput("材料", due(term), here.college, None, own), "另一学院"),
    ):
        with pytest.raises(UserError, match=text):
            services.plan(head, term, [bad])
    (school,) = services.plan(office(), term, [AffairInput("考试日程", due(term))])
    with pytest.raises(NotAllowed):
        services.change(head, school, version=1, item="改", due_on=due(term), responsible=None, note="")
    assert school in ExamAffair.objects.visible_to(head)


def test_two_people_ticking_are_told_and_a_tick_may_be_taken_back():
    term, boss = term_of("2024-03-18"), office()
    (affair,) = services.plan(boss, term, [AffairInput("考试日程", due(term))])
    stale = ExamAffair.objects.get()
    services.tick(boss, affair, version=1, done_on=day("2024-03-20"))
    with pytest.raises(StaleError):
        services.tick(boss, stale, version=1, done_on=day("2024-03-21"))
    services.tick(boss, affair, version=2, done_on=None)
    assert affair.done_on is None
    assert [(entry.before, entry.after) for entry in audit_entries("duties.exam_affair_done")] == [
        ({"done_on": None}, {"done_on": "2024-03-20"}), ({"done_on": "2024-03-20"}, {"done_on": None}),
    ]  # fmt: skip
    with pytest.raises(UserError, match="不能晚于今天"):
        services.tick(boss, affair, version=3, done_on=timezone.localdate() + dt.timedelta(days=1))


@pytest.mark.clause("C5.6")
def test_the_college_plans_on_the_page_and_the_class_teacher_ticks_with_one_tap():
    here, term = room(1), present_term()
    admin, teacher = client_for(college_admin(here.college)), client_for(here.user)
    plan = f"{reverse('duties:exam_affair_plan')}?term={term.pk}"
    assert admin.get(plan).status_code == 200
    data = {
        "items": ["考试通知", "考试材料"], "other": "考前提醒、领取准考证", "due_on": term.ends_on,
        "college": here.college.pk, "classes": [here.school_class.pk],
    }  # fmt: skip
    assert admin.post(plan, data).status_code == 302
    assert ExamAffair.objects.filter(responsible=here.teacher).count() == 4
    address = reverse("duties:exam_affairs")
    assert "0.00 %" in teacher.get(address).content.decode()
    affair = ExamAffair.objects.get(item="领取准考证")
    tick = reverse("duties:exam_affair_tick", args=[affair.pk])
    assert tick in teacher.get(address).content.decode()
    answer = teacher.post(tick, {"version": 1, "done_on": timezone.localdate()}, follow=True)
    assert "25.00 %" in answer.content.decode()
    for name in ("exam_affair_edit", "exam_affair_cancel"):
        assert teacher.get(reverse(f"duties:{name}", args=[affair.pk])).status_code == 404
        assert client_for(college_admin()).get(reverse(f"duties:{name}", args=[affair.pk])).status_code == 404
    edit = reverse("duties:exam_affair_edit", args=[affair.pk])
    change = {"item": "领取准考证", "due_on": term.starts_on, "version": 2, "note": "带身份证"}
    assert admin.post(edit, change).status_code == 302
    cancel = reverse("duties:exam_affair_cancel", args=[affair.pk])
    assert admin.post(cancel, {"version": 3, "reason": "重复"}).status_code == 302
    assert "领取准考证" not in teacher.get(address).content.decode()
    assert teacher.get(reverse("duties:exam_affair_plan")).status_code == 404


def test_the_page_asks_the_same_number_of_queries_for_three_and_twelve():
    here, term = room(1), present_term()
    rooms = [here, *(room(1, college=here.college) for _ in range(11))]
    head = college_head(here.college)
    asked = []
    for some in (rooms[:3], rooms[3:]):
        services.plan(
            head, term, [AffairInput("考试通知", term.ends_on, here.college, one.school_class) for one in some]
        )
        client = client_for(head)
        client.get(reverse("duties:exam_affairs"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("duties:exam_affairs"))
        asked.append(len(queries))
    assert asked[0] == asked[1]
