"""The pages: everybody signed in reads, the office changes, everyone else's change pages do not exist."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from gaobo_banzhuren.regulation.in_force import rules_on, system_settings
from gaobo_banzhuren.regulation.models import CalendarDay, Interpretation, ReadingDecision, RuleVersion, SchoolYear
from gaobo_banzhuren.regulation.services import versions
from gaobo_banzhuren.regulation.views import drafts as draft_views
from tests.factories import auditor, class_teacher, client_for, college_admin, hr, office, sysadmin

pytestmark = pytest.mark.django_db

READ_PAGES = ["home", "clauses", "readings", "interpretations", "versions", "calendar"]
SEPTEMBER = dt.date(2024, 9, 1)


def url(name, *args):
    return reverse(f"regulation:{name}", args=args)


@pytest.fixture
def boss():
    return office()


@pytest.fixture
def desk(boss):
    return client_for(boss)


@pytest.fixture
def current():
    return RuleVersion.objects.active().get()


@pytest.fixture
def draft(boss, current):
    return versions.create_draft(current, title="2024 年修订", effective_from=SEPTEMBER, note="", actor=boss)


@pytest.fixture
def year():
    return SchoolYear.objects.get(name="2023-2024")


def office_only(draft, year):
    return [
        url("system_settings"),
        url("draft_create"),
        url("reading_confirm", "A-01"),
        url("interpretation_create"),
        url("draft_head", draft.pk),
        url("draft_part", draft.pk, "allowance"),
        url("preview", draft.pk),
        url("activate", draft.pk),
        url("void", draft.pk),
        url("version_document", draft.pk),
        url("school_year_create"),
        url("payable_months", year.name),
        url("payable_confirm", year.name),
        url("terms", year.name),
        url("year_settings", year.name),
    ]


@pytest.mark.parametrize("make", [office, college_admin, class_teacher, hr, auditor, sysadmin])
def test_everybody_signed_in_reads_the_rules(make, current, year):
    client = client_for(make())
    for address in [*(url(name) for name in READ_PAGES), url("version", current.pk), url("school_year", year.name)]:
        assert client.get(address).status_code == 200, address


def test_strangers_are_sent_to_the_sign_in_page(current):
    for name in READ_PAGES:
        assert client_for(None).get(url(name)).status_code == 302


def test_every_page_of_the_office_opens(desk, draft, year):
    for address in [*office_only(draft, year), url("differences", draft.pk), url("calendar_add")]:
        assert desk.get(address).status_code == 200, address
    for part in ("allowance", "rates", "assessment", "appointment"):
        assert desk.get(url("draft_part", draft.pk, part)).status_code == 200
    assert desk.get(url("draft_part", draft.pk, "salary")).status_code == 404


@pytest.mark.clause("C13.1")
@pytest.mark.parametrize("make", [college_admin, class_teacher, hr, auditor, sysadmin])
def test_pages_that_change_the_rules_do_not_exist_for_others(make, draft, year):
    client = client_for(make())
    for address in office_only(draft, year):
        assert client.get(address).status_code == 404, address
        assert client.post(address, {}).status_code == 404, address


def test_drafts_look_like_missing_to_those_outside_the_office(draft):
    for make in (college_admin, class_teacher, hr):
        client = client_for(make())
        assert client.get(url("version", draft.pk)).status_code == 404
        assert client.get(url("differences", draft.pk)).status_code == 404
        assert "2024 年修订" not in client.get(url("versions")).content.decode()
    assert client_for(auditor()).get(url("version", draft.pk)).status_code == 200


def part_form(client, draft, part):
    form = client.get(url("draft_part", draft.pk, part)).context["form"]
    data = {field.html_name: field.value() for field in form}
    return {name: "" if value is None else value for name, value in data.items()}


@pytest.mark.parametrize("part", ["allowance", "rates", "assessment", "appointment"])
def test_saving_a_part_unchanged_changes_nothing(desk, draft, part):
    answer = desk.post(url("draft_part", draft.pk, part), part_form(desk, draft, part), follow=True)
    assert "没有改动" in answer.content.decode()
    before = draft.parts
    draft.refresh_from_db()
    assert draft.parts == before


@pytest.mark.clause("C10.2.1b", "C10.2.1c", "C0.3", "C12.1")
def test_the_office_drafts_compares_previews_and_activates(desk, draft):
    data = part_form(desk, draft, "allowance") | {
        "base_rate": "650",
        "tiers.3.maximum": "99",
        "tiers.4.minimum": "100",
        "tiers.4.coefficient": "1.4",
    }
    desk.post(url("draft_part", draft.pk, "allowance"), data)
    page = desk.get(url("differences", draft.pk)).content.decode()
    assert "600 元" in page
    assert "650 元" in page
    assert "100 人及以上 1.4" in page
    refused = desk.get(url("activate", draft.pk)).content.decode()
    assert "试算" in refused
    desk.post(url("preview", draft.pk), {"since": "2023-10"})
    edition = RuleVersion.objects.get(pk=draft.pk).edition
    answer = desk.post(url("activate", draft.pk), {"reason": "校办〔2024〕9号", "edition": edition}, follow=True)
    assert "已启用" in answer.content.decode()
    assert rules_on(SEPTEMBER).allowance.base_rate == 650
    assert len(rules_on(SEPTEMBER).allowance.tiers) == 5


def test_a_tier_row_left_empty_is_removed(desk, draft):
    data = part_form(desk, draft, "allowance") | {
        "tiers.2.maximum": "",
        "tiers.3.minimum": "",
        "tiers.3.maximum": "",
        "tiers.3.coefficient": "",
    }
    desk.post(url("draft_part", draft.pk, "allowance"), data)
    draft.refresh_from_db()
    assert [tier.minimum for tier in draft.typed_parts().allowance.tiers] == [0, 30, 60]


def test_a_half_filled_tier_row_is_named_and_nothing_is_saved(desk, draft):
    data = part_form(desk, draft, "allowance") | {"tiers.4.minimum": "100"}
    page = desk.post(url("draft_part", draft.pk, "allowance"), data).content.decode()
    assert "人数档与系数 第 5 行 系数" in page
    assert "这一行要填全，或者整行清空。" in page
    draft.refresh_from_db()
    assert len(draft.typed_parts().allowance.tiers) == 4


@pytest.mark.clause("A-60", "A-63")
def test_order_of_tie_breaks_and_choice_of_vetoes_are_edited(desk, draft):
    data = part_form(desk, draft, "assessment")
    data |= {"tie_breaks.0": "service", "tie_breaks.5": "part_two", "vetoes": ["accident", "dismissal"]}
    desk.post(url("draft_part", draft.pk, "assessment"), data)
    draft.refresh_from_db()
    rules = draft.typed_parts().assessment
    assert [step.value for step in rules.tie_breaks] == [
        "service",
        "group_daily",
        "group_learning",
        "attendance",
        "violation",
        "part_two",
    ]
    assert [veto.value for veto in rules.vetoes] == ["accident", "dismissal"]


def test_problems_of_a_draft_are_listed_on_its_page(desk, draft):
    desk.post(
        url("draft_part", draft.pk, "assessment"), part_form(desk, draft, "assessment") | {"parts.0.weight": "20"}
    )
    page = desk.get(url("version", draft.pk)).content.decode()
    assert "考核各部分权重之和应为 100，现为 105" in page
    assert "一、自身政治思想及道德修养：各组权重之和应为 20，现为 15" in page


def test_a_stale_form_gets_the_conflict_page_and_keeps_both(desk, draft):
    data = part_form(desk, draft, "rates")
    desk.post(url("draft_part", draft.pk, "rates"), data | {"truancy_count": "4"})
    answer = desk.post(url("draft_part", draft.pk, "rates"), data | {"truancy_count": "5"})
    assert answer.status_code == 409
    draft.refresh_from_db()
    assert draft.typed_parts().rates.truancy_count == 4


def test_the_preview_shows_old_and_new_per_college_and_in_total(desk, draft, boss):
    rows = [
        {
            "month": "2023-11-01",
            "college_code": "B",
            "college_name": "乙学院",
            "settled_fen": 60000,
            "recomputed_fen": 65000,
        },
        {
            "month": "2023-12-01",
            "college_code": "B",
            "college_name": "乙学院",
            "settled_fen": 48000,
            "recomputed_fen": 52000,
        },
        {
            "month": "2023-11-01",
            "college_code": "A",
            "college_name": "甲学院",
            "settled_fen": 36000,
            "recomputed_fen": 36000,
        },
    ]
    draft.previews.create(content_key=draft.content_key, since=dt.date(2023, 10, 1), rows=rows, made_by=boss)
    context = desk.get(url("preview", draft.pk)).context
    assert [(row["college_name"], row["settled_fen"], row["change_fen"]) for row in context["college_totals"]] == [
        ("甲学院", 36000, 0),
        ("乙学院", 108000, 9000),
    ]
    assert context["total"] == {"settled_fen": 144000, "recomputed_fen": 153000, "change_fen": 9000}
    assert "1,530.00" in desk.get(url("preview", draft.pk)).content.decode()


@pytest.mark.clause("C13.1")
def test_the_office_confirms_a_reading_with_a_note(desk):
    answer = desk.post(url("reading_confirm", "A-05"), {"note": "办公会确认", "interpretation": ""}, follow=True)
    assert "A-05 的口径已确认" in answer.content.decode()
    assert ReadingDecision.objects.get().note == "办公会确认"
    assert desk.get(url("reading_confirm", "A-99")).status_code == 404


def test_readings_are_filtered_by_state_and_topic(desk):
    desk.post(url("reading_confirm", "A-05"), {"note": "", "interpretation": ""})
    shown = desk.get(url("readings") + "?state=CONFIRMED").context["states"]
    assert [state.reading.code for state in shown] == ["A-05"]
    assert len(desk.get(url("readings") + "?topic=比率").context["states"]) == 16


@pytest.mark.clause("C13.1")
def test_the_office_records_an_interpretation(desk):
    data = {
        "clause": "C10.2.1c",
        "question": "两个班怎么取系数？",
        "answer": "按合计人数。",
        "given_on": "2024-03-01",
        "reading": "A-01",
    }
    page = desk.post(url("interpretation_create"), data, follow=True).content.decode()
    assert "解释〔2024〕1号" in page
    assert Interpretation.objects.get().reading_id == "A-01"


def test_payable_months_are_ticked_and_confirmed(desk, year):
    months = [row.month.isoformat() for row in year.payable_months.all() if row.month.month != 8]
    desk.post(url("payable_months", year.name), {"months": months, "edition": year.edition})
    year.refresh_from_db()
    assert year.payable_months.filter(payable=True).count() == 11
    page = desk.get(url("payable_confirm", year.name)).content.decode()
    assert "按 11 个月计发" in page
    desk.post(url("payable_confirm", year.name), {"edition": year.edition})
    year.refresh_from_db()
    assert year.payable_confirmed


def test_terms_and_year_settings_are_edited(desk, year):
    data = {"edition": year.edition, "name_1": "第一学期", "starts_on_1": "2023-09-04", "ends_on_1": "2024-01-14"}
    desk.post(url("terms", year.name), data)
    assert [str(term.starts_on) for term in year.terms.all()] == ["2023-09-04"]
    form = desk.get(url("year_settings", year.name)).context["form"]
    data = {field.html_name: field.value() or "" for field in form} | {"publicity_working_days": "7"}
    data["publicity_shows_scores"] = "0"
    desk.post(url("year_settings", year.name), data)
    year.refresh_from_db()
    assert year.publicity_working_days == 7


def test_a_pasted_list_fills_the_calendar(desk):
    desk.post(url("calendar_add"), {"text": "2024-05-01至2024-05-05 放假 劳动节\n2024-04-28 调休上班"})
    assert CalendarDay.objects.count() == 6
    page = desk.post(url("calendar_add"), {"text": "五一放假"}).content.decode()
    assert "第 1 行" in page
    day = CalendarDay.objects.get(day=dt.date(2024, 4, 28))
    desk.post(url("calendar_day_remove", day.pk))
    assert CalendarDay.objects.count() == 5


def test_an_empty_calendar_says_what_to_do(desk):
    page = desk.get(url("calendar")).content.decode()
    assert "还没有登记放假和调休" in page
    assert "登记放假与调休" in page


def test_system_settings_are_changed_with_a_reason(desk):
    form = desk.get(url("system_settings")).context["form"]
    data = {field.html_name: field.value() for field in form if field.value() is not None}
    data |= {"headcount_objection_days": "5", "reason": ""}
    assert "修改理由" in desk.post(url("system_settings"), data).content.decode()
    desk.post(url("system_settings"), data | {"reason": "放宽"})
    assert system_settings().headcount_objection_days == 5


def test_the_clause_page_links_only_what_the_person_may_open(desk):
    teacher = client_for(class_teacher())
    for client, may in ((desk, True), (teacher, False)):
        page = client.get(url("clauses")).content.decode()
        assert page.count('id="C10.1c"') == 1
        shown = next(
            each
            for article in client.get(url("clauses")).context["articles"]
            for each in article.clauses
            if each.clause.id == "C0.3"
        )
        assert {place.label: open_ for place, open_ in shown.places}["审计记录"] is may


def test_the_clause_page_filters(desk):
    def ids(show):
        articles = desk.get(url("clauses") + f"?show={show}").context["articles"]
        return [each.clause.id for article in articles for each in article.clauses]

    assert len(ids("delivered")) == 54
    assert "C12.1" in ids("delivered")
    assert "C8.1" in ids("later")
    assert set(ids("silent")) >= {"C10.2.1c", "C2.2"}


def test_lists_do_not_ask_more_with_more_rows(desk, boss, current, django_assert_max_num_queries):
    for name in ("versions", "interpretations", "readings", "clauses"):
        with django_assert_max_num_queries(25):
            desk.get(url(name))
    for _ in range(5):
        versions.create_draft(current, title="又一稿", effective_from=SEPTEMBER, note="", actor=boss)
    for name in ("versions", "interpretations", "readings", "clauses"):
        with django_assert_max_num_queries(25):
            desk.get(url(name))


def test_consequences_are_told_before_activation(desk, draft, boss):
    versions.make_preview(draft, since=SEPTEMBER, actor=boss)
    page = desk.get(url("activate", draft.pk)).content.decode()
    assert "已结算的月份保留当时的版本和金额，不会改变。" in page
    assert draft_views.ActivatePage.submit_label in page


@time_machine.travel(dt.datetime(2024, 3, 18, 4, tzinfo=dt.UTC), tick=False)
def test_a_school_year_before_the_rules_asks_for_no_confirmation(desk) -> None:
    home = desk.get(url("home")).content.decode()
    assert home.count("制度施行之前") == 1
    old = desk.get(url("school_year", "2022-2023")).content.decode()
    assert "本学年没有津贴月表" in old
    assert "尚未确认" not in old
    assert url("payable_confirm", "2022-2023") not in old
    new = desk.get(url("school_year", "2023-2024")).content.decode()
    assert url("payable_confirm", "2023-2024") in new


@time_machine.travel(dt.datetime(2026, 11, 18, 4, tzinfo=dt.UTC), tick=False)
def test_a_preview_starts_with_a_year_of_past_months(desk, draft) -> None:
    form = desk.get(url("preview", draft.pk)).context["form"]
    assert form.initial["since"] == dt.date(2023, 10, 1), "the draft starts in 2024-09, the rules in 2023-10"
