"""Months, bundles and years: who has not submitted, what HR takes, and totals that are counted twice."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.urls import reverse

from allowance.models import Bundle, BundleState, HeadcountConfirmation, MonthSheet, SheetState
from allowance.overview import month_overview, posts_needed
from allowance.services.settlement import settle_month
from tests.factories import CollegeFactory, audit_entries, client_for, college_head
from tests.teachers.given import SchoolClassFactory, appointed, enrolled

from .test_pages_sheet import text, token_and_seen, url
from .worlds import NOVEMBER, confirm_payable_months, make_world

pytestmark = pytest.mark.django_db


@pytest.mark.clause("C10.1b")
def test_colleges_that_have_not_submitted_are_listed_first(world):
    world.submitted()
    without = SchoolClassFactory(college=CollegeFactory(name="无表学院"))
    drafted = SchoolClassFactory(college=CollegeFactory(name="草稿学院"))
    enrolled(drafted, 30)
    appointed(drafted)
    settle_month(NOVEMBER, actor=None, college=drafted.college)
    CollegeFactory(name="没有班级的学院")

    page = client_for(world.office).get(url("month", "2023-11"))
    rows = [(row.college.name, row.is_late) for row in page.context["overview"].rows]
    assert rows == [(without.college.name, True), (drafted.college.name, True), (world.college.name, False)]
    body = text(page)
    assert "未结算" in body
    assert "没有班级的学院" not in body
    assert "1 张月表等待审核" in body


def test_the_money_of_a_month_is_counted_three_ways(world):
    world.settled()
    other = make_world()
    other.settled()
    overview = month_overview(NOVEMBER, world.office)
    assert (overview.total_fen, overview.school_fen, overview.college_fen) == (120000, 60000, 60000)
    assert overview.control.agrees
    assert "核对一致" in text(client_for(world.office).get(url("months")))


def test_money_that_does_not_add_up_is_shown_as_wrong(world):
    sheet = world.settled()
    sheet.lines.update(amount_fen=59999)
    assert "核对不一致" in text(client_for(world.office).get(url("month", "2023-11")))


@pytest.mark.clause("C10.2.1a")
@pytest.mark.parametrize(("students", "needed"), [(0, 0), (1, 1), (60, 1), (61, 2), (120, 2), (121, 3)])
def test_posts_needed_are_students_by_sixty_rounded_up(students, needed):
    assert posts_needed(students, 60) == needed


@pytest.mark.clause("C10.2.1a")
def test_posts_needed_beside_posts_filled_hint_and_never_block(world):
    second = SchoolClassFactory(college=world.college)
    enrolled(second, 70)
    appointed(second, world.teacher)
    body = text(client_for(world.office).get(url("month", "2023-11")))
    # 62 + 70 = 132 students want three posts; one person leads both classes
    assert "3 / 1" in body
    assert "只作提示" in body
    world.submitted()
    assert world.sheet().state == SheetState.SUBMITTED


def test_a_month_before_the_rules_is_explained(world):
    body = text(client_for(world.office).get(url("month", "2023-09")))
    assert "无适用制度" in body


def test_the_college_sees_what_is_missing_and_the_returned_one_first(world):
    from allowance.services import workflow

    workflow.return_to_college(world.submitted(), actor=world.office, reason="少一个班")
    page = client_for(world.admin).get(url("months"))
    assert page.context["due"].sheet == world.sheet()
    assert "少一个班" in text(page)
    assert "修改 2023-11" in text(page)
    assert "少一个班" in text(client_for(college_head(world.college)).get("/"))


def test_a_college_without_classes_is_told_what_to_do(world):
    from tests.factories import college_admin

    assert "还没有津贴月表" in text(client_for(college_admin(CollegeFactory())).get(url("months")))


@pytest.mark.clause("C10.1c")
def test_a_bundle_is_made_handed_over_and_received_in_the_browser(world):
    world.reviewed()
    confirm_payable_months()
    office, hr = client_for(world.office), client_for(world.hr)
    page = office.get(url("bundle_create"))
    made = office.post(
        url("bundle_create"), {"sheets": [world.sheet().pk], "form_token": page.context["form_token"]}, follow=True
    )
    bundle = Bundle.objects.get()
    assert "核对后送人事" in text(made)
    assert hr.get(url("bundle", bundle.pk)).status_code == 404

    asked = office.get(url("bundle_hand_over", bundle.pk))
    assert "1 张月表，1 人，合计 600.00 元" in text(asked)
    data = {"form_token": asked.context["form_token"]}
    office.post(url("bundle_hand_over", bundle.pk), data)
    office.post(url("bundle_hand_over", bundle.pk), data)
    assert len(audit_entries("allowance.bundle_hand_over")) == 1

    assert bundle.number in text(hr.get("/"))
    assert hr.get(url("bundle_xlsx", bundle.pk)).status_code == 200
    hr.post(url("bundle_receive", bundle.pk), {"reason": "已入账"})
    bundle.refresh_from_db()
    assert (bundle.state, bundle.receipt_note) == (BundleState.RECEIVED, "已入账")
    assert "人事部门已接收" in text(client_for(world.admin).get(url("sheet", world.sheet().pk)))


def test_a_bundle_is_not_handed_over_before_the_months_are_confirmed(world):
    from allowance.services import bundles

    bundle = bundles.create_bundle([world.reviewed()], actor=world.office)
    page = client_for(world.office).get(url("bundle", bundle.pk))
    assert "发放月份尚未确认" in text(page)
    assert client_for(world.office).post(url("bundle_hand_over", bundle.pk)).status_code == 403


def test_a_sheet_that_is_not_reviewed_or_already_bundled_cannot_be_chosen(world):
    world.submitted()
    page = client_for(world.office).post(url("bundle_create"), {"sheets": [world.sheet().pk]})
    assert "不是已审核状态" in text(page)
    assert not Bundle.objects.exists()


def test_a_sheet_is_taken_out_and_put_back(world):
    from allowance.services import bundles

    bundle = bundles.create_bundle([world.reviewed()], actor=world.office)
    office = client_for(world.office)
    office.post(url("bundle_remove", bundle.pk, world.sheet().pk))
    assert world.sheet().bundle is None
    assert "批次里还没有月表" in text(office.get(url("bundle", bundle.pk)))
    office.post(url("bundle_add", bundle.pk), {"sheets": [world.sheet().pk]})
    assert world.sheet().bundle == bundle


@pytest.mark.clause("C10.1c")
def test_hr_sees_each_person_once_over_all_colleges(world):
    """One teacher with a class in two colleges: 62 + 58 = 120 heads, 720.00, by headcount-days 372.00 and 348.00."""
    from allowance.services import bundles, workflow
    from allowance.services.checks import confirm_warnings

    other = make_world()
    for entry in other.school_class.roster_entries.all()[:4]:
        entry.delete()
    other.school_class.appointments.update(teacher=world.teacher)
    confirm_payable_months()
    settle_month(NOVEMBER, actor=None)
    for each in (world, other):
        sheet = each.sheet()
        confirm_warnings(sheet, list(sheet.warnings.all()), actor=each.admin, reason="已核对")
        workflow.review(workflow.submit(sheet, actor=each.admin), actor=world.office)
    bundle = bundles.hand_over(
        bundles.create_bundle(list(MonthSheet.objects.all()), actor=world.office), actor=world.office
    )
    page = client_for(world.hr).get(url("bundle", bundle.pk))
    (person,) = page.context["people"]
    assert [line.amount_fen for line in person.lines] == [37200, 34800]
    assert person.amount_fen == 72000
    book = openpyxl.load_workbook(io.BytesIO(client_for(world.hr).get(url("bundle_xlsx", bundle.pk)).content))
    assert book.sheetnames == ["汇总", "按人汇总", world.college.name, other.college.name]
    rows = [[cell.value for cell in row] for row in book["按人汇总"].iter_rows()]
    assert rows[1][1:3] == [world.teacher.staff_no, world.teacher.name]
    assert float(rows[1][7]) == 720.00
    assert (rows[2][0], float(rows[2][7])) == ("合计", 720.00)


def test_the_year_of_a_college_adds_up_and_leaves_drafts_out(world):
    world.submitted()
    from .worlds import DECEMBER

    settle_month(DECEMBER, actor=world.admin, college=world.college)
    page = client_for(world.admin).get(url("year", "2023-2024"))
    table = page.context["table"]
    assert table.total_fen == 60000
    assert table.control.agrees
    assert [row.cells[2] for row in table.rows] == [60000]  # September, October, November
    assert table.drafts == (f"2023-12 {world.college}",)
    answer = client_for(world.admin).post(url("year", "2023-2024"), {"export": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    foot = [cell.value for cell in list(sheet.iter_rows())[3]]
    assert (foot[0], float(foot[4]), float(foot[-1])) == ("合计", 600.00, 600.00)


def test_the_office_sees_all_colleges_of_the_year_and_opens_one(world):
    world.submitted()
    office = client_for(world.office)
    assert [row.label for row in office.get(url("year", "2023-2024")).context["table"].rows] == [world.college.name]
    page = office.get(url("year", "2023-2024") + f"?college={world.college.pk}")
    assert [row.label for row in page.context["table"].rows] == [world.teacher.name]


def test_a_college_does_not_open_the_year_of_another(world):
    other = make_world()
    other.submitted()
    client = client_for(world.admin)
    for asked in (other.college.pk, "abc", "9" * 30):
        assert client.get(url("year", "2023-2024") + f"?college={asked}").status_code == 404
    assert other.teacher.name not in text(client.get(url("year", "2023-2024")))


def test_lists_ask_the_same_number_of_questions_however_long_they_are(world):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count(client, address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    world.handed_over()
    office = client_for(world.office)
    bundle = Bundle.objects.get()
    addresses = [url("month", "2023-11"), url("bundles"), url("year", "2023-2024"), url("bundle", bundle.pk)]
    before = [count(office, address) for address in addresses]
    for _ in range(3):
        other = make_world()
        other.handed_over()
        MonthSheet.objects.filter(college=other.college)
    assert [count(office, address) for address in addresses] == before


def test_the_admin_pages_show_everything_and_change_nothing(world):
    from allowance.models import SheetLine

    world.handed_over()
    client = client_for(world.office)
    for name in (
        "monthsheet", "sheetline", "sheetwarning", "sheetevent", "sheetversion", "headcountsnapshot",
        "headcountconfirmation", "adjustment", "bundle",
    ):  # fmt: skip
        assert client.get(f"/admin/allowance/{name}/").status_code == 200, name
    line = SheetLine.objects.get()
    address = f"/admin/allowance/sheetline/{line.pk}/change/"
    assert "600.00" in text(client.get(address))
    assert client.post(address, {"amount_fen": 1}).status_code == 403
    assert client_for(world.admin).get("/admin/allowance/sheetline/").status_code == 404
    snapshot = world.sheet().headcounts.get()
    assert snapshot.roster.splitlines()[0] not in text(
        client.get(f"/admin/allowance/headcountsnapshot/{snapshot.pk}/change/")
    )


def test_the_admin_action_settles_drafts_by_the_same_service(world):
    world.settled()
    client = client_for(world.office)
    address = reverse("admin:allowance_monthsheet_changelist")
    data = {"action": "settle_again", "_selected_action": [world.sheet().pk]}
    assert "没有变化，600.00 元" in text(client.post(address, data, follow=True))
    world.school_class.roster_entries.first().delete()
    assert "已更新" in text(client.post(address, data, follow=True))
    sheet = world.sheet()
    from allowance.services import workflow
    from allowance.services.checks import confirm_warnings

    confirm_warnings(sheet, list(sheet.warnings.all()), actor=world.admin, reason="已核对")
    workflow.submit(world.sheet(), actor=world.admin)
    assert "不能重新结算" in text(client.post(address, data, follow=True))


def test_what_the_browser_sends_back_is_what_was_shown(world):
    sheet = world.confirmed()
    data = token_and_seen(client_for(world.admin), url("sheet_submit", sheet.pk))
    assert data["seen"].startswith("draft-1-")


def test_reviewed_sheets_can_be_bundled_while_others_still_wait_for_review(world):
    world.reviewed()
    make_world().submitted()
    body = text(client_for(world.office).get(url("month", "2023-11")))
    assert "1 张月表等待审核" in body
    assert f"{url('bundle_create')}?month=2023-11" in body


def test_the_newest_month_points_at_older_ones_that_wait_for_review(world):
    from .worlds import DECEMBER

    world.submitted()
    settle_month(DECEMBER, actor=world.admin, college=world.college)
    page = client_for(world.office).get(url("months"))
    assert str(page.context["month"]) == "2023-12"
    assert page.context["action"].url == url("sheet", world.sheet().pk), "the box opens the sheet that waits"
    assert "其他月份有 1 张月表等待审核" in page.context["action"].sentence
    assert [(f"{day:%Y-%m}", waiting) for day, waiting in page.context["months"]] == [("2023-12", 0), ("2023-11", 1)]
    assert "1 待审核" in text(page)


def test_a_batch_cannot_be_begun_with_nothing_and_says_where_to_go(world):
    world.settled()
    body = text(client_for(world.office).get(url("bundle_create")))
    assert "没有可以编入批次的月表" in body
    assert "建立批次" not in body


def test_an_error_of_the_whole_form_stands_once(world):
    sheet = world.settled()
    client = client_for(world.admin)
    name = sheet.headcounts.get().school_class.roster_entries.first().student.name
    data = token_and_seen(client, url("warning_confirm", sheet.pk))
    data |= {"warnings": [row.pk for row in sheet.warnings.all()], "reason": f"{name}退学"}
    body = client.post(url("warning_confirm", sheet.pk), data).content.decode()
    assert body.count("不写姓名") == 1


def test_an_objection_leads_to_the_names_it_is_about(world):
    sheet = world.settled()
    snapshot = sheet.headcounts.get()
    answer = HeadcountConfirmation.objects.create(
        school_class=snapshot.school_class,
        month=sheet.month,
        teacher=world.teacher,
        headcount=snapshot.headcount,
        agreed=False,
        objection="少一人",
    )
    body = text(client_for(world.admin).get(url("objection", answer.pk)))
    assert url("headcount", snapshot.pk) in body
