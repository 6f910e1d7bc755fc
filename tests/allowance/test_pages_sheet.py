"""The sheet page: findings first, every number opened, and each step of its way through the browser's forms."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from allowance.models import MonthSheet, SheetState, SheetVersion
from allowance.services import workflow
from allowance.services.checks import confirm_warnings
from allowance.services.settlement import settle_month
from teachers.models import RosterEntry
from tests.factories import audit_entries, client_for, college_admin
from tests.teachers.given import SchoolClassFactory, appointed, day, enrolled, teacher_of

from .worlds import DECEMBER, NOVEMBER

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"allowance:{name}", args=args)


def text(answer) -> str:
    return answer.content.decode()


def token_and_seen(client, address) -> dict[str, str]:
    """What the browser would send back from the form."""
    page = client.get(address)
    form = page.context["form"]
    hidden = {field.html_name: field.value() for field in form.hidden_fields()}
    return {**hidden, "form_token": page.context["form_token"]}


def press(user, name, sheet, **data):
    client = client_for(user)
    address = url(name, sheet.pk)
    return client.post(address, {**token_and_seen(client, address), **data}, follow=True)


def test_the_draft_shows_findings_first_then_the_rows(world):
    sheet = world.settled()
    page = client_for(world.admin).get(url("sheet", sheet.pk))
    body = text(page)
    assert body.index('id="warnings"') < body.index('id="lines"')
    assert "600.00" in body
    assert "陆佰元整" in body
    assert f"处理 {sheet.warnings.count()} 项提示" in body
    assert "还有" in body
    assert "项提示未处理" in body  # the reason beside the switched-off button


def test_the_columns_are_those_of_the_workbook(world):
    from allowance.exports import COLUMNS

    body = text(client_for(world.admin).get(url("sheet", world.settled().pk)))
    head = body[body.index("<thead>") : body.index("</thead>")]
    positions = [head.index(f">{column.header}<") for column in COLUMNS]
    assert positions == sorted(positions)


def test_findings_are_confirmed_together_with_one_reason(world):
    sheet = world.settled()
    open_ones = list(sheet.warnings.values_list("pk", flat=True))
    client = client_for(world.admin)

    empty = client.post(url("warning_confirm", sheet.pk), {"warnings": open_ones, "reason": "  "})
    assert empty.status_code == 200
    assert not sheet.warnings.filter(confirmed_at__isnull=False).exists()
    nothing = client.post(url("warning_confirm", sheet.pk), {"reason": "x"})
    assert "请至少勾选一项提示" in text(nothing)

    page = client.post(url("warning_confirm", sheet.pk), {"warnings": open_ones, "reason": "已核对名册"}, follow=True)
    assert "可以提交了" in text(page)
    assert "已核对名册" in text(page)
    assert set(sheet.warnings.values_list("reason", flat=True)) == {"已核对名册"}


def test_findings_of_another_sheet_cannot_be_confirmed_here(world):
    sheet = world.settled()
    foreign = SchoolClassFactory()
    appointed(foreign)
    settle_month(NOVEMBER, actor=None, college=foreign.college)
    other = MonthSheet.objects.get(college=foreign.college)
    pks = list(other.warnings.values_list("pk", flat=True))
    assert pks
    page = client_for(world.admin).post(url("warning_confirm", sheet.pk), {"warnings": pks, "reason": "x"})
    assert "重新勾选" in text(page)
    assert not other.warnings.filter(confirmed_at__isnull=False).exists()


@pytest.mark.clause("C10.1a", "C10.1b")
def test_a_sheet_is_submitted_returned_and_reviewed_in_the_browser(world):
    sheet = world.confirmed()
    press(world.admin, "sheet_submit", sheet)
    assert world.sheet().state == SheetState.SUBMITTED

    refused = press(world.office, "sheet_return", sheet, reason=" ")
    assert refused.status_code == 200
    assert world.sheet().state == SheetState.SUBMITTED
    press(world.office, "sheet_return", sheet, reason="软件班名册未更新")
    assert world.sheet().state == SheetState.DRAFT
    page = client_for(world.admin).get(url("sheet", sheet.pk))
    assert "软件班名册未更新" in text(page)
    assert "软件班名册未更新" in text(client_for(world.admin).get("/"))  # the reason stands on the start page

    press(world.head, "sheet_submit", sheet)
    press(world.office, "sheet_review", sheet, reason="")
    assert world.sheet().state == SheetState.REVIEWED
    press(world.office, "sheet_reopen", sheet, reason="漏一个班")
    assert (world.sheet().state, world.sheet().version) == (SheetState.DRAFT, 3)


def test_each_role_is_told_why_a_step_is_not_theirs(world):
    sheet = world.submitted()
    refused = client_for(world.admin).post(url("sheet_review", sheet.pk), {"seen": "x"})
    assert refused.status_code == 403
    assert "由继续教育学院办理" in text(refused)
    assert client_for(world.admin).post(url("sheet_settle", sheet.pk)).status_code == 403
    again = client_for(world.head).post(url("sheet_submit", sheet.pk), {"seen": "x"})
    assert again.status_code == 403
    assert "不能重复提交" in text(again)
    assert world.sheet().state == SheetState.SUBMITTED


def test_a_double_click_submits_once(world):
    sheet = world.confirmed()
    client = client_for(world.admin)
    data = token_and_seen(client, url("sheet_submit", sheet.pk))
    first = client.post(url("sheet_submit", sheet.pk), data)
    second = client.post(url("sheet_submit", sheet.pk), data)
    assert (first.status_code, second.status_code) == (302, 302)
    assert len(audit_entries("allowance.submit")) == 1


def test_nobody_reviews_another_version_than_they_read(world):
    sheet = world.submitted()
    client = client_for(world.office)
    data = token_and_seen(client, url("sheet_review", sheet.pk))
    workflow.return_to_college(sheet, actor=world.second_office, reason="改")
    RosterEntry.objects.filter(school_class=world.school_class).first().delete()
    again = world.settled()
    confirm_warnings(again, list(again.warnings.filter(confirmed_at=None)), actor=world.admin, reason="再次核对")
    workflow.submit(world.sheet(), actor=world.admin)

    answer = client.post(url("sheet_review", sheet.pk), data)
    assert answer.status_code == 409
    assert world.sheet().state == SheetState.SUBMITTED


def test_a_roster_change_after_settling_is_told_before_submitting(world):
    sheet = world.confirmed()
    RosterEntry.objects.filter(school_class=world.school_class).first().delete()
    answer = press(world.admin, "sheet_submit", sheet)
    assert answer.status_code == 409
    assert "请先重新结算" in text(answer)
    assert world.sheet().state == SheetState.DRAFT


@pytest.mark.clause("C10.1a")
def test_the_button_settles_the_own_college_only(world):
    other = SchoolClassFactory()
    client = client_for(world.admin)
    page = client.post(url("settle"), {"month": "2023-11", "college": other.college.pk})
    assert page.status_code == 200
    assert not MonthSheet.objects.exists()
    done = client.post(url("settle"), {"month": "2023-11", "college": world.college.pk}, follow=True)
    assert "已结算 2023-11" in text(done)
    assert world.sheet().total_fen == 60000
    assert MonthSheet.objects.count() == 1


def test_the_office_settles_all_at_once_and_leaves_submitted_ones_alone(world):
    world.submitted()
    other = SchoolClassFactory()
    appointed(other)
    done = client_for(world.office).post(url("settle"), {"month": "2023-11"}, follow=True)
    assert "1 个学院已提交，未改动" in text(done)
    assert world.sheet().state == SheetState.SUBMITTED


@pytest.mark.parametrize(
    ("month", "words"), [("2023-09", "无适用制度"), ("2099-01", "还没有开始"), ("2023-13", "应写成"), ("", "必填")]
)
def test_a_month_that_cannot_be_settled_is_explained(world, month, words):
    page = client_for(world.office).post(url("settle"), {"month": month})
    assert words in text(page) or (words == "必填" and page.context["form"].errors)
    assert not MonthSheet.objects.exists()


def test_a_month_without_allowance_is_explained(world):
    from gaobo_banzhuren.regulation.models import PayableMonth

    PayableMonth.objects.filter(month=NOVEMBER.first_day).update(payable=False)
    body = text(client_for(world.admin).get(url("sheet", world.settled().pk)))
    assert "不在发放月份内，本表不计发" in body
    assert "本月没有应发的津贴" in body


def test_the_difference_between_versions_is_listed_row_by_row(world):
    workflow.return_to_college(world.submitted(), actor=world.office, reason="核对人数")
    for entry in RosterEntry.objects.filter(school_class=world.school_class)[:3]:
        entry.delete()
    newcomer = SchoolClassFactory(college=world.college)
    enrolled(newcomer, 30)
    other = teacher_of(world.college)
    appointed(newcomer, other)
    world.settled()

    (difference,) = client_for(world.office).get(url("versions", world.sheet().pk)).context["differences"]
    assert (difference.earlier, difference.later) == (1, 2)
    # 62 students at 600.00 became 59 at 480.00; a second class of 30 brings 480.00
    assert (difference.old_total_fen, difference.new_total_fen) == (60000, 96000)
    changes = {change.what: change for change in difference.changes}
    assert ("金额", "600.00", "480.00") in changes["变动"].fields
    assert changes["新增"].who.startswith(other.name)
    assert SheetVersion.objects.count() == 1


def test_what_changed_since_last_month_stands_under_the_row(world):
    world.submitted()
    RosterEntry.objects.filter(school_class=world.school_class).first()
    for entry in RosterEntry.objects.filter(school_class=world.school_class)[:3]:
        entry.ends_on = day("2023-11-20")
        entry.save(update_fields=["ends_on"])
    settle_month(DECEMBER, actor=world.admin, college=world.college)
    december = MonthSheet.objects.get(month=DECEMBER.first_day)
    body = text(client_for(world.admin).get(url("sheet", december.pk)))
    assert "比上月少 120.00 元" in body
    assert "系数 1 → 0.8" in body


def test_opening_a_page_changes_nothing(world):
    world.handed_over()
    settle_month(DECEMBER, actor=world.admin, college=world.college)
    before = len(audit_entries())
    december = MonthSheet.objects.get(month=DECEMBER.first_day)
    client = client_for(world.admin)
    for name in ("sheet", "sheet_settle", "sheet_detect", "versions", "sheet_submit"):
        client.get(url(name, december.pk))
    client.get("/")
    assert len(audit_entries()) == before


def test_looking_for_later_changes_is_a_button_and_on_record(world):
    world.handed_over()
    settle_month(DECEMBER, actor=world.admin, college=world.college)
    december = MonthSheet.objects.get(month=DECEMBER.first_day)
    page = press(world.admin, "sheet_detect", december)
    assert "没有差额" in text(page)
    assert [entry.actor_id for entry in audit_entries("allowance.detect")] == [world.admin.pk]


def test_settling_the_next_month_finds_later_changes_of_closed_ones_by_itself(world):
    from .test_adjustments import change_facts, lose_three_students

    world.handed_over()
    change_facts(world, lambda: lose_three_students(world))
    settle_month(DECEMBER, actor=world.admin, college=world.college)
    december = MonthSheet.objects.get(month=DECEMBER.first_day)
    assert "已发 600.00 元，差额 -120.00 元" in text(client_for(world.admin).get(url("sheet", december.pk)))


def test_the_number_of_queries_does_not_grow_with_the_rows(world):
    sheet = world.settled()
    admin = client_for(world.admin)
    admin.get(url("sheet", sheet.pk))

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert admin.get(url("sheet", sheet.pk)).status_code == 200
        return len(queries)

    with_one = count()
    for _ in range(4):
        school_class = SchoolClassFactory(college=world.college)
        enrolled(school_class, 31)
        appointed(school_class)
    world.settled()
    assert sheet.lines.count() == 5
    assert count() == with_one


def test_a_teacher_who_is_also_admin_may_not_submit_the_own_pay(world):
    from gaobo_banzhuren.accounts.roles import Role
    from tests.factories import with_role

    with_role(world.teacher.user, Role.COLLEGE_ADMIN, world.college)
    sheet = world.confirmed()
    page = client_for(world.teacher.user).get(url("sheet", sheet.pk))
    assert "含您本人的津贴" in text(page)


def test_the_sheet_of_another_college_is_not_listed(world):
    world.settled()
    body = text(client_for(college_admin()).get(url("months")))
    assert world.college.name not in body
