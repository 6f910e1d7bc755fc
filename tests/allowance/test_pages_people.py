"""Headcounts confirmed with one tap, the own months in plain words, and corrections of closed months."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from allowance.models import Adjustment, AdjustmentState, HeadcountConfirmation, MonthSheet
from allowance.services import adjustments
from allowance.services.settlement import settle_month
from gaobo_banzhuren.web.templatetags.gaobo import money
from tests.factories import client_for
from tests.teachers.given import teacher_of

from .test_adjustments import change_facts, lose_three_students
from .test_pages_sheet import text, token_and_seen, url
from .worlds import DECEMBER

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(world):
    world.handed_over()
    change_facts(world, lambda: lose_three_students(world))
    adjustments.detect_differences(world.college)
    return world


@pytest.fixture
def found(closed) -> Adjustment:
    return Adjustment.objects.get()


def answer(world, **data):
    snapshot = world.sheet().headcounts.get()
    client = client_for(world.teacher.user)
    return client.post(url("headcount_answer", snapshot.pk), {"seen": snapshot.headcount, **data}, follow=True)


@pytest.mark.clause("A-28")
def test_one_tap_confirms_the_number_and_the_finding_goes(world):
    world.settled()
    page = client_for(world.teacher.user).get(url("headcounts"))
    assert "62 人" in text(page)
    assert "人数无误" in text(page)
    assert len(page.context["waiting"][0].names) == 62

    done = answer(world, agreed="yes")
    assert "已确认" in text(done)
    assert HeadcountConfirmation.objects.get().agreed
    world.settled()
    assert not world.sheet().warnings.filter(code="headcount_unconfirmed").exists()
    body = text(client_for(world.admin).get(url("sheet", world.sheet().pk)))
    assert world.teacher.name in body[body.index('id="headcounts"') :]


@pytest.mark.clause("A-28")
def test_an_objection_is_seen_by_the_college_and_answered(world):
    world.settled()
    assert "请写明是哪些学生" in text(answer(world, agreed="", objection=" "))
    answer(world, agreed="", objection="学号 2300001 已于 10 月退学")
    given = HeadcountConfirmation.objects.get()
    world.settled()
    body = text(client_for(world.admin).get(url("sheet", world.sheet().pk)))
    assert "学号 2300001 已于 10 月退学" in body
    assert url("objection", given.pk) in body

    done = client_for(world.admin).post(url("objection", given.pk), {"resolution": "已核对，名册无误"}, follow=True)
    assert "已答复" in text(done)
    assert "已核对，名册无误" in text(client_for(world.teacher.user).get(url("headcounts")))


def test_the_words_of_an_objection_do_not_travel_to_hr(world):
    world.settled()
    answer(world, agreed="", objection="学生甲某已退学")
    world.handed_over()
    body = text(client_for(world.hr).get(url("sheet", world.sheet().pk)))
    assert "有异议" in body
    assert "甲某" not in body


@pytest.mark.clause("A-28")
def test_an_objection_stops_a_draft_that_was_ready_to_be_submitted(world):
    world.confirmed()
    answer(world, agreed="", objection="少了两人")
    page = client_for(world.admin).get(url("sheet", world.sheet().pk))
    assert "还有 1 项提示未处理" in text(page)
    given = HeadcountConfirmation.objects.get()
    assert f'href="{url("objection", given.pk)}">核对并答复' in text(page)
    text_before = world.sheet().warnings.get(confirmed_at=None).text
    world.settled()
    assert world.sheet().warnings.get(confirmed_at=None).text == text_before  # settling again finds the same

    client_for(world.admin).post(url("objection", given.pk), {"resolution": "两人已于 10 月退学"})
    assert not world.sheet().warnings.filter(confirmed_at=None).exists()


def test_the_last_answer_ends_the_waiting_at_once(world):
    world.settled()
    assert world.sheet().warnings.filter(subject="waiting").exists()
    answer(world, agreed="yes")
    assert not world.sheet().warnings.filter(subject="waiting").exists()


def test_only_the_own_college_answers_an_objection(world):
    world.settled()
    answer(world, agreed="", objection="有误")
    given = HeadcountConfirmation.objects.get()
    from tests.factories import college_admin

    for user in (college_admin(), world.office, world.head, world.teacher.user):
        assert client_for(user).get(url("objection", given.pk)).status_code == 404


def test_a_number_that_changed_meanwhile_is_not_confirmed(world):
    world.settled()
    snapshot = world.sheet().headcounts.get()
    stale = client_for(world.teacher.user).post(
        url("headcount_answer", snapshot.pk), {"seen": snapshot.headcount + 1, "agreed": "yes"}
    )
    assert stale.status_code == 409
    assert not HeadcountConfirmation.objects.exists()


@pytest.mark.clause("A-28")
def test_after_the_days_silence_counts_and_nothing_can_be_changed(world):
    sheet = world.settled()
    MonthSheet.objects.filter(pk=sheet.pk).update(first_computed_at=timezone.now() - dt.timedelta(days=4))
    page = client_for(world.teacher.user).get(url("headcounts"))
    assert "确认期已过" in text(page)
    assert "人数无误</button>" not in text(page)
    refused = answer(world, agreed="yes")
    assert "视为无异议" in text(refused)
    assert not HeadcountConfirmation.objects.exists()


def test_nobody_confirms_the_class_of_another(world):
    world.settled()
    snapshot = world.sheet().headcounts.get()
    other = teacher_of(world.college).user
    assert client_for(other).get(url("headcount_answer", snapshot.pk)).status_code == 404
    post = client_for(other).post(url("headcount_answer", snapshot.pk), {"seen": 62, "agreed": "yes"})
    assert post.status_code == 404


def test_the_start_page_asks_for_the_headcount(world):
    world.settled()
    body = text(client_for(world.teacher.user).get("/"))
    assert f"确认 {world.school_class.name} 人数" in body


def test_the_own_months_say_what_changed_and_where_the_sheet_is(world):
    world.submitted()
    lose_three_students(world)
    world.month = DECEMBER
    world.submitted()
    page = client_for(world.teacher.user).get(url("mine"))
    body = text(page)
    assert "学院已提交，继续教育学院审核中" in body
    assert "比上月少 120.00 元" in body
    (year,) = page.context["years"]
    assert (year.name, money(year.amount_fen)) == ("2023-2024", "1,080.00")
    yearly = text(client_for(world.teacher.user).get(url("teacher_year", "2023-2024", world.teacher.pk)))
    assert "1,080.00" in yearly


@pytest.mark.clause("A-22")
def test_a_found_difference_is_shown_side_by_side_adopted_approved_and_paid(closed, found):
    admin, office = client_for(closed.admin), client_for(closed.office)
    body = text(admin.get(url("adjustment", found.pk)))
    for words in ("600.00 元", "480.00 元", "人数 62 → 59", "系数 1 → 0.8", "-120.00 元"):
        assert words in body, words

    data = token_and_seen(admin, url("adjustment_adopt", found.pk))
    admin.post(url("adjustment_adopt", found.pk), {**data, "reason": "3 人 10 月末退学，名册补录"})
    assert "1 项补发、扣回等待审批" in text(office.get(url("adjustments")))
    data = token_and_seen(office, url("adjustment_decide", found.pk))
    office.post(url("adjustment_decide", found.pk), {**data, "answer": "approve", "reason": ""})
    settle_month(DECEMBER, actor=closed.admin, college=closed.college)
    december = MonthSheet.objects.get(month=DECEMBER.first_day)
    line = december.lines.get(kind="扣回")
    page = text(admin.get(url("line", line.pk)))
    for words in ("480.00－600.00＝", "-120.00 元", "3 人 10 月末退学，名册补录", closed.office.name):
        assert words in page, words
    assert "本表列入的补发与扣回" in text(admin.get(url("sheet", december.pk)))


def test_a_refusal_needs_words_and_the_proposer_does_not_decide(closed, found):
    office = client_for(closed.office)
    adjustments.adopt(found, actor=closed.office, reason="补录")
    assert "提出人不能审批" in text(office.get(url("adjustment", found.pk)))
    assert office.post(url("adjustment_decide", found.pk), {"answer": "approve", "seen": "x"}).status_code == 403
    second = client_for(closed.second_office)
    data = token_and_seen(second, url("adjustment_decide", found.pk))
    page = second.post(url("adjustment_decide", found.pk), {**data, "answer": "reject"})
    assert "不批准请写明理由" in text(page)
    data = token_and_seen(second, url("adjustment_decide", found.pk))
    second.post(url("adjustment_decide", found.pk), {**data, "answer": "reject", "reason": "名册有误"})
    found.refresh_from_db()
    assert (found.state, found.decision_note) == (AdjustmentState.REJECTED, "名册有误")


def test_an_amount_that_moved_meanwhile_is_not_adopted(closed, found):
    client = client_for(closed.admin)
    data = token_and_seen(client, url("adjustment_adopt", found.pk))
    Adjustment.objects.filter(pk=found.pk).update(amount_fen=-1)
    stale = client.post(url("adjustment_adopt", found.pk), {**data, "reason": "x"})
    assert stale.status_code == 409
    found.refresh_from_db()
    assert found.state == AdjustmentState.DETECTED


def test_a_difference_is_entered_by_hand_from_a_line_of_a_closed_sheet(world):
    world.handed_over()
    line = world.sheet().lines.get()
    client = client_for(world.admin)
    assert "提出补发或扣回" in text(client.get(url("line", line.pk)))
    page = client.get(url("adjustment_create") + f"?line={line.pk}")
    data = {field.html_name: field.value() for field in page.context["form"]}
    assert (data["staff_no"], data["origin_month"], data["kind"]) == (world.teacher.staff_no, "2023-11", "在读")
    wrong = client.post(url("adjustment_create"), {**data, "amount": "-600.01", "reason": "多计"})
    assert "小于 0" in text(wrong)
    done = client.post(url("adjustment_create"), {**data, "amount": "50.5", "reason": "漏计代班"}, follow=True)
    assert "等待继续教育学院审批" in text(done)
    created = Adjustment.objects.get()
    assert (created.amount_fen, created.computed) == (5050, False)


@pytest.mark.parametrize(
    ("field", "value"), [("staff_no", "000"), ("amount", "0"), ("amount", "1.234"), ("origin_month", "x")]
)
def test_odd_input_by_hand_is_refused_with_words(world, field, value):
    world.handed_over()
    data = {
        "college": world.college.pk, "staff_no": world.teacher.staff_no, "origin_month": "2023-11", "kind": "在读",
        "amount": "1", "reason": "x", field: value,
    }  # fmt: skip
    page = client_for(world.admin).post(url("adjustment_create"), data)
    assert page.context["form"].errors
    assert not Adjustment.objects.exists()


def test_a_line_of_another_college_opens_no_form(world):
    world.handed_over()
    from tests.factories import college_admin

    line = world.sheet().lines.get()
    stranger = client_for(college_admin())
    assert stranger.get(url("adjustment_create") + f"?line={line.pk}").status_code == 404


def test_corrections_are_filtered_and_the_list_does_not_ask_more_for_more_rows(closed, found):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    office = client_for(closed.office)
    assert len(office.get(url("adjustments") + "?state=approved").context["object_list"]) == 0
    assert len(office.get(url("adjustments") + "?sign=minus").context["object_list"]) == 1
    office.get(url("adjustments"))
    with CaptureQueriesContext(connection) as one:
        office.get(url("adjustments"))
    for _ in range(3):
        Adjustment.objects.create(
            college=closed.college, teacher=teacher_of(closed.college), origin_month="2023-11-01", origin_kind="在读",
            settled_fen=1, recomputed_fen=2, amount_fen=1, reason="x", state=AdjustmentState.PROPOSED,
            proposed_by=closed.admin,
        )  # fmt: skip
    with CaptureQueriesContext(connection) as four:
        assert len(office.get(url("adjustments")).context["object_list"]) == 4
    assert len(four) == len(one)


def test_the_own_pages_ask_the_same_number_of_questions_for_one_and_for_three_classes(world):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.teachers.given import SchoolClassFactory, appointed, enrolled

    def count(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    client = client_for(world.teacher.user)
    world.settled()
    addresses = [url("headcounts"), url("mine")]
    before = [count(address) for address in addresses]
    for _ in range(2):
        more = SchoolClassFactory(college=world.college)
        enrolled(more, 5)
        appointed(more, world.teacher)
    world.settled()
    assert len(client.get(url("headcounts")).context["waiting"]) == 3
    assert [count(address) for address in addresses] == before


def test_the_office_is_told_on_the_start_page_who_has_not_submitted(world):
    world.settled()
    body = text(client_for(world.office).get("/"))
    assert "2023-11 未提交的学院" in body
    assert world.college.name in body
    sheet = world.sheet()
    from allowance.services import workflow
    from allowance.services.checks import confirm_warnings

    confirm_warnings(sheet, list(sheet.warnings.all()), actor=world.admin, reason="已核对")
    workflow.submit(world.sheet(), actor=world.admin)
    body = text(client_for(world.office).get("/"))
    assert "未提交的学院" not in body
    assert f"审核 2023-11 {world.college.name}" in body
