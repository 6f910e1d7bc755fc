"""The pages of the checklist, of figures and of students to look after, as people open them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from duties.measures.behind import known_keys
from duties.measures.classes import class_figures
from duties.measures.definitions import definition
from duties.measures.scopes import rates_on
from duties.models import Target
from duties.panels.checklist import attention_panel, checklist_panel, college_panel
from duties.services import targets
from gaobo_banzhuren.regulation.models import Term
from gaobo_banzhuren.regulation.school_calendar import school_year_of
from gaobo_banzhuren.web.errors import NotAllowed, UserError
from tests.factories import audit_entries, client_for, college_admin, college_head, office
from tests.teachers.given import day

from . import measuring as given
from .given import Room, room, term_of, written

pytestmark = pytest.mark.django_db
TODAY = day("2024-05-20")


@pytest.fixture(autouse=True)
def _on_a_day_in_may(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *_args, **_kwargs: TODAY)


def page(where: Room, name: str, *args: object, query: str = "", by=None):
    return client_for(by or where.user).get(reverse(f"duties:{name}", args=args) + query)


def text(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.clause("C9.2.2.2", "C5.2")
def test_the_checklist_says_what_counts_what_is_there_and_until_when():
    here = room()
    written(here, "class_meeting", "2024-03-11")
    shown = text(page(here, "checklist"))
    assert "1 / 2" in shown
    assert "制度规定" in shown
    assert "有日期、主题和记录的班会" in shown
    assert reverse("duties:record_new", args=["class_meeting"]) + f"?class={here.school_class.pk}" in shown


def test_the_checklist_of_a_class_that_one_does_not_lead_is_missing():
    here, there = room(), room()
    assert page(here, "checklist", query=f"?class={there.school_class.pk}").status_code == 404
    assert page(here, "checklist", query="?term=0").status_code == 404


def test_a_teacher_of_two_classes_chooses_and_the_own_comes_first():
    one = room()
    two = room(teacher=one.teacher)
    shown = text(page(one, "checklist", query=f"?class={two.school_class.pk}"))
    assert f'<option value="{two.school_class.pk}" selected>' in shown


def test_the_college_reads_the_checklist_without_buttons_to_record():
    here = room()
    shown = text(page(here, "checklist", query=f"?class={here.school_class.pk}", by=college_admin(here.college)))
    assert "记一条" not in shown
    assert reverse("duties:targets") in shown


def test_a_teacher_without_a_class_is_told_what_comes():
    here = room()
    here.school_class.appointments.update(ends_on=day("2024-01-31"), end_reason="工作需要", state="ended")
    assert "现在没有开着的班级" in text(page(here, "checklist"))


@pytest.mark.clause("C9.2.2.1", "A-30")
def test_figures_show_fraction_verdict_definition_and_reading():
    here = room(0)
    given.called(here.school_class, "2024-03-04", due=2999, absent=150)
    shown = text(page(here, "figures", here.school_class.pk))
    for piece in ("95.00 %", "2849 ÷ 2999", "未达标", "≥ 95.00 %", "#A-30", "无数据", "（应到 − 准假）"):
        assert piece in shown, piece


@pytest.mark.clause("A-36")
def test_figures_of_a_month_of_a_term_and_of_the_year():
    here = room(0)
    given.called(here.school_class, "2024-03-04", due=10, absent=1)
    given.called(here.school_class, "2024-04-04", due=10)
    given.called(here.school_class, "2023-10-09", due=20)
    term = term_of("2024-03-18")
    expected = {
        "": "19 ÷ 20", f"?term={term.pk}": "19 ÷ 20", f"?year={term.school_year_id}": "39 ÷ 40",
        "?month=2024-03": "9 ÷ 10", "?period=month-2024-04": "10 ÷ 10",
    }  # fmt: skip
    for query, shown in expected.items():
        assert shown in text(page(here, "figures", here.school_class.pk, query=query)), query
    for query in ("?month=2024-13", "?month=now", "?term=0", "?year=0"):
        assert page(here, "figures", here.school_class.pk, query=query).status_code == 404


def test_every_figure_opens_into_the_rows_behind_it():
    here = _lived_in()
    client = client_for(here.user)
    for key in known_keys():
        assert client.get(reverse("duties:figure", args=[here.school_class.pk, key])).status_code == 200, key


def test_the_rows_behind_are_those_that_are_counted():
    here = _lived_in()
    shown = text(page(here, "figure", here.school_class.pk, "talk_coverage"))
    assert "1 ÷ 5" in shown
    assert "还没有谈过话的学生（4）" in shown
    assert here.students[0].name not in shown
    shown = text(page(here, "figure", here.school_class.pk, "attendance"))
    assert "应到 5，实到 4" in shown


def test_a_pending_decision_is_listed_as_not_counted():
    here = room()
    written(here, "discipline", students=here.students[:1])
    shown = text(page(here, "figure", here.school_class.pk, "violation"))
    assert "待认定" in shown
    assert "不计入" in shown


@pytest.mark.clause("A-87")
def test_what_one_may_not_read_is_counted_and_not_told():
    here = room()
    written(here, "talk", students=here.students[:1], category="mind", title="睡不着")
    shown = text(page(here, "figure", here.school_class.pk, "talks", by=office()))
    assert "保密记录，只计数" in shown
    assert "睡不着" not in shown
    assert "心理" not in shown.split("依据的记录")[1]


@pytest.mark.clause("A-87")
def test_the_names_of_those_who_wait_do_not_tell_who_was_spoken_to_in_confidence():
    here = room(2)
    written(here, "talk", students=here.students[:1], category="mind")
    assert here.students[1].name in text(page(here, "figure", here.school_class.pk, "talk_coverage"))
    for reader in (college_admin(here.college), college_head(here.college), office()):
        shown = text(page(here, "figure", here.school_class.pk, "talk_coverage", by=reader))
        assert here.students[1].name not in shown
        assert "谈话的对象保密" in shown


def test_unknown_figures_and_foreign_classes_are_missing():
    here, there = room(), room()
    assert page(here, "figure", here.school_class.pk, "luck").status_code == 404
    assert page(here, "figure", there.school_class.pk, "talks").status_code == 404
    assert page(here, "figures", there.school_class.pk).status_code == 404


@pytest.mark.clause("A-37")
def test_own_figures_put_the_classes_together_and_list_each():
    one = room(0)
    two = room(0, teacher=one.teacher)
    given.called(one.school_class, "2024-03-04", due=10, absent=1)
    given.called(two.school_class, "2024-03-04", due=90)
    shown = text(page(one, "my_figures"))
    for piece in ("99 ÷ 100", "90.00 %", "100.00 %", "各班人次合并计算", one.school_class.name, two.school_class.name):
        assert piece in shown, piece


def test_every_figure_has_a_definition():
    here = room()
    rules = rates_on(TODAY)
    for key in class_figures([here.school_class.pk], given.FIRST, given.LAST)[here.school_class.pk]:
        assert definition(key, rules).text
    for key in ("meeting_attendance", "task_timely"):
        assert definition(key, rules).clause


@pytest.mark.clause("C5.2", "C4.2b")
def test_the_attention_page_gives_reason_and_the_button_for_it():
    here = room()
    given.fee(here, here.students[0])
    written(here, "talk", "2024-04-01", students=here.students[1:2], follow_up_on=day("2024-04-02"))
    shown = text(page(here, "attention"))
    for piece in (
        here.students[0].name,
        "欠费，还没有跟进",
        "记催缴",
        here.students[1].name,
        "约定 04-02 回访",
        "补充跟进",
    ):
        assert piece in shown, piece
    shown = text(page(here, "attention", by=college_admin(here.college)))
    assert here.students[0].name in shown
    assert "记催缴" not in shown
    assert here.students[0].name not in text(page(here, "attention", by=college_admin()))


def test_panels_tell_the_teacher_what_is_owed_and_the_college_where():
    here = room()
    given.fee(here, here.students[0])
    panel = attention_panel(here.user)
    assert panel is not None
    assert [(item.label, item.number) for item in panel.items] == [("欠费未跟进", 1)]
    panel = checklist_panel(here.user)
    assert panel is not None
    assert panel.items[0].tone == "danger"
    assert panel.items[-1].label == f"{here.school_class.name}：已做"
    panel = college_panel(college_head(here.college))
    assert panel is not None
    assert [(item.label, item.number) for item in panel.items] == [(here.school_class.name, 1)]
    assert checklist_panel(college_head(here.college)) is None
    assert "需要关注的学生" in client_for(here.user).get("/").content.decode()


@pytest.mark.clause("A-43")
def test_the_college_sets_a_wish_of_its_own():
    here = room()
    head = college_head(here.college)
    client = client_for(head)
    client.post(reverse("duties:targets"), {"talks": "20", "lesson_visits": ""})
    target = Target.objects.get()
    assert (target.item, target.number, target.college, target.set_by) == ("talks", 20, here.college, head)
    assert "自定目标 20，还差 20" in text(page(here, "checklist"))
    assert 'value="20"' in client.get(reverse("duties:targets")).content.decode()
    client.post(reverse("duties:targets"), {"talks": ""})
    assert not Target.objects.exists()
    assert [entry.after for entry in audit_entries("duties.targets")] == [{"talks": 20}, {}]


def test_an_impossible_wish_is_refused_with_what_was_typed():
    here = room()
    shown = client_for(college_head(here.college)).post(reverse("duties:targets"), {"talks": "0"}).content.decode()
    assert "error-summary" in shown
    assert 'value="0"' in shown
    assert not Target.objects.exists()


def test_nobody_sets_the_wishes_of_others():
    here = room()
    year = school_year_of(TODAY)
    for actor, college in (
        (college_head(), here.college),
        (college_head(here.college), None),
        (here.user, here.college),
    ):
        with pytest.raises(NotAllowed):
            targets.set_targets(actor, year, college, {"talks": 1})
    with pytest.raises(NotAllowed):
        targets.set_targets(office(), year, here.college, {"talks": 1})
    with pytest.raises(UserError, match="没有可以设目标"):
        targets.set_targets(office(), year, None, {"meetings": 3})
    with pytest.raises(UserError, match="没有改动"):
        targets.set_targets(office(), year, None, {"talks": None})
    assert page(here, "targets").status_code == 404
    assert page(here, "targets", query="?college=0", by=office()).status_code == 404


def test_pages_ask_the_same_number_of_questions_for_three_and_for_twelve_classes():
    teacher = room().teacher
    counts: dict[str, list[int]] = {"attention": [], "my_figures": [], "checklist": []}
    for wanted in (3, 12):
        while teacher.appointments.count() < wanted:
            each = room(2, teacher=teacher)
            given.fee(each, each.students[0])
            written(each, "talk", "2024-04-01", students=each.students[:1], follow_up_on=day("2024-04-02"))
        for name, numbers in counts.items():
            client = client_for(teacher.user)
            client.get(reverse(f"duties:{name}"))
            with CaptureQueriesContext(connection) as asked:
                client.get(reverse(f"duties:{name}"))
            numbers.append(len(asked))
    assert all(few == many for few, many in counts.values()), counts


def _lived_in() -> Room:
    """A class with a little of everything."""
    here = room(5)
    written(here, "talk", students=here.students[:1])
    written(here, "activity", themes=("学风",))
    written(here, "class_meeting")
    given.called(here.school_class, "2024-03-04", due=5, absent=1)
    given.result(here, here.students[0], "合格", at=given.exam(results="2024-05-01"))
    given.registered(here, here.students[0])
    given.fee(here, here.students[0])
    given.paper(here, "plan")
    return here


def test_terms_of_the_calendar_are_offered_newest_first():
    from duties import periods

    labels = [one.label for one in periods.offered(TODAY)]
    newest = Term.objects.filter(starts_on__lte=TODAY).order_by("-starts_on").first()
    assert labels[0] == str(newest)
    march = periods.chosen({"month": "2024-03"}, [])
    assert march is not None
    assert (march.first, march.last) == (dt.date(2024, 3, 1), dt.date(2024, 3, 31))
    assert periods.chosen({}, []) is None
