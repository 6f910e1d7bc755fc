"""The whole road in the browser: from the roster workbook to the month that HR has received, and what comes after."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect

from allowance.models import Adjustment, MonthSheet, SheetState
from allowance.services import workflow
from allowance.services.checks import confirm_warnings
from allowance.services.settlement import settle_month
from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.services import issue_code
from gaobo_banzhuren.audit.models import AuditEntry
from tests.allowance.worlds import NOVEMBER, confirm_payable_months
from tests.factories import PASSWORD, CollegeFactory, college_admin, hr, office
from tests.teachers.given import SchoolClassFactory, appointed, day, enrolled, teacher_of
from tests.teachers.rosters import SAMPLE

pytestmark = pytest.mark.django_db(transaction=True)

EXPECTED: dict[str, dict[str, Any]] = json.loads((SAMPLE.parent / "expected.json").read_text(encoding="utf-8"))
# The whole sample goes through a test server on a busy machine.
SLOW = 120_000
Lines = list[tuple[str, str, Decimal]]

# The columns of 工号, 类别 and 金额, on screen and in the workbook (formats 3).
COLUMNS = (2, 4, 12)


def sign_in(page: Page, base: str, staff_no: str, password: str = PASSWORD) -> Page:
    """Through the page that everybody comes in by."""
    page.goto(base)
    page.get_by_label("工号").fill(staff_no)
    page.get_by_label("密码或一次性登录码").fill(password)
    page.get_by_role("button", name="登录").click()
    return page


def press(page: Page, name: str) -> None:
    """The button of that name on the page, or the button that looks like one, then the page it leads to."""
    page.get_by_role("link", name=name, exact=True).or_(page.get_by_role("button", name=name, exact=True)).last.click()


def said(page: Page, text: str) -> None:
    expect(page.get_by_text(text).first).to_be_visible(timeout=SLOW)


def lines_on_screen(page: Page) -> Lines:
    rows = page.locator(".table-sheet tbody tr:not(.compared-row)")
    cells = rows.evaluate_all("rows => rows.map(row => [...row.cells].map(cell => cell.textContent.trim()))")
    return [_line(row) for row in cells]


def _line(row: list[Any] | tuple[Any, ...]) -> tuple[str, str, Decimal]:
    staff_no, kind, amount = (str(row[column]) for column in COLUMNS)
    return staff_no, kind, Decimal(amount.replace(",", "")).quantize(Decimal("0.01"))


def paid(lines: Lines) -> Lines:
    return sorted(line for line in lines if line[2])


def lines_in_workbook(sheet: Any) -> Lines:
    return [_line(row) for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int)]


def downloaded(page: Page, link: Locator) -> openpyxl.Workbook:
    with page.expect_download() as waiting:
        link.click()
    return openpyxl.load_workbook(io.BytesIO(Path(waiting.value.path()).read_bytes()))


def upload_sample(page: Page, base: str) -> None:
    page.goto(f"{base}/teachers/import/")
    page.get_by_label("名册工作簿").set_input_files(SAMPLE)
    page.get_by_role("button", name="上传并核对").click()


def college_lines(college: dict[str, Any]) -> Lines:
    return sorted((staff_no, kind, Decimal(amount)) for staff_no, kind, amount in college["lines"])


@pytest.mark.clause("C10.1a")
def test_the_sample_roster_becomes_the_expected_months(page: Page, live_server: Any, shot: Any) -> None:
    base = live_server.url
    office(staff_no="9001", password=PASSWORD)
    sign_in(page, base, "9001")
    upload_sample(page, base)
    button = page.get_by_role("button", name="导入：新增 1707 条，更新 0 条")
    expect(button).to_be_visible(timeout=SLOW)
    shot(page, "road-sample-preview")
    button.click()
    said(page, "新增 1707 条，更新 0 条，0 条不变")

    for month, colleges in sorted(EXPECTED.items()):
        page.goto(f"{base}/allowance/settle/")
        page.get_by_label("月份").fill(month)
        page.get_by_role("button", name="结算").click()
        said(page, f"已结算 {month}：4 个学院")
        shot(page, f"road-sample-{month}")
        book = downloaded(page, page.get_by_role("link", name="全月 Excel"))
        names = {row[0]: row[1] for row in book.worksheets[0].iter_rows(min_row=2, values_only=True)}
        addresses = dict(
            page.locator("tbody th a").evaluate_all("links => links.map(link => [link.textContent, link.href])")
        )
        for code, wanted in colleges.items():
            assert paid(lines_in_workbook(book[names[code]])) == college_lines(wanted), (month, code)
            page.goto(addresses[names[code]])
            assert paid(lines_on_screen(page)) == college_lines(wanted), (month, code)
            foot = page.locator(".table-sheet tfoot td.num").all_text_contents()
            assert foot == [f"{Decimal(wanted[key]):,.2f}" for key in ("total", "school", "college")]
    shot(page, "road-sample-sheet")

    upload_sample(page, base)
    expect(page.get_by_text("工作簿与系统中的数据完全一致")).to_be_visible(timeout=SLOW)
    counts = page.locator("table", has=page.get_by_role("columnheader", name="未变")).first
    rows = counts.locator("tbody tr").evaluate_all(
        "rows => rows.map(r => [...r.cells].slice(1, 3).map(c => c.textContent))"
    )
    assert rows == [["0", "0"]] * 6


@pytest.fixture
def college() -> Any:
    """会计2301班 with 61 students, led since September by one teacher, filed: 600.00 a month."""
    made = CollegeFactory(name="商学院")
    school_class = SchoolClassFactory(college=made, code="KJ2301", name="会计2301班")
    enrolled(school_class, 61)
    teacher = teacher_of(made, name="郑晓燕", staff_no="3001")
    appointed(school_class, teacher, filed_on=day("2023-09-05"), state="filed")
    confirm_payable_months(NOVEMBER)
    return made


def confirm_all(page: Page, reason: str) -> None:
    for box in page.locator(".warnings").get_by_role("checkbox").all():
        box.check()
    page.get_by_label("确认理由").fill(reason)
    page.get_by_role("button", name="确认所选提示").click()
    said(page, "提示已全部处理")


def settle(page: Page, base: str, month: str) -> None:
    page.goto(f"{base}/allowance/settle/")
    page.get_by_label("月份").fill(month)
    page.get_by_role("button", name="结算").click()
    said(page, f"已结算 {month}")


def sheet_address(base: str, month: str) -> str:
    return f"{base}/allowance/sheets/{MonthSheet.objects.get(month=f'{month}-01').pk}/"


def amounts(page: Page) -> list[tuple[str, str]]:
    return [(kind, f"{amount}") for _, kind, amount in lines_on_screen(page)]


@pytest.mark.clause("C10.1a", "C10.1b", "C10.1c", "A-22")
def test_four_people_walk_a_month_and_correct_it_the_month_after(
    new_page: Callable[..., Page], live_server: Any, college: Any, shot: Any
) -> None:
    base = live_server.url
    college_admin(college, staff_no="9001", name="沈立言", password=PASSWORD)
    office(staff_no="9002", name="闻清越", password=PASSWORD)
    hr(staff_no="9003", name="祝予安", password=PASSWORD)
    admin, clerk, payer = new_page(), new_page(), new_page()

    sign_in(admin, base, "9001")
    settle(admin, base, "2023-11")
    sheet = sheet_address(base, "2023-11")
    assert amounts(admin) == [("在读", "600.00")]
    shot(admin, "road-month-1-draft")
    confirm_all(admin, "已与名册逐人核对")
    press(admin, "提交")
    shot(admin, "road-month-2-submit")
    press(admin, "提交")
    said(admin, "已提交，等待继续教育学院审核")

    sign_in(clerk, base, "9002")
    clerk.get_by_role("link", name=re.compile("审核")).first.click()
    clerk.goto(sheet)
    said(clerk, "已与名册逐人核对")
    press(clerk, "退回")
    clerk.get_by_label("理由").fill("两名学生 10 月已退学，请更正名册")
    shot(clerk, "road-month-3-return")
    press(clerk, "退回")
    said(clerk, "已退回学院")

    admin.goto(base)
    said(admin, "退回")
    shot(admin, "road-month-4-home")
    admin.goto(sheet)
    said(admin, "两名学生 10 月已退学")
    gone = [entry.student for entry in college.classes.get().roster_entries.order_by("pk")[:2]]
    for student in gone:
        admin.goto(f"{base}/teachers/students/{student.pk}/")
        press(admin, "变更状态")
        admin.get_by_label("新状态").select_option("退学")
        admin.get_by_label("从哪一天起").fill("2023-10-20")
        press(admin, "变更")
        said(admin, "起为「退学」")
    settle(admin, base, "2023-11")
    assert amounts(admin) == [("在读", "480.00")]
    said(admin, "第 2 版")
    confirm_all(admin, "两名学生退学审批表已补，人数 59")
    press(admin, "提交")
    press(admin, "提交")

    clerk.goto(sheet)
    press(clerk, "审核通过")
    press(clerk, "审核通过")
    said(clerk, "下一步：编入批次送人事")
    press(clerk, "编入批次")
    shot(clerk, "road-month-5-bundle")
    press(clerk, "建立批次")
    said(clerk, "核对后送人事")
    press(clerk, "送人事")
    said(clerk, "永不改变")
    press(clerk, "送人事")
    said(clerk, "已送人事")

    sign_in(payer, base, "9003")
    payer.get_by_role("link", name=re.compile("批次")).first.click()
    payer.goto(f"{base}/allowance/bundles/")
    payer.locator("tbody th a").first.click()
    book = downloaded(payer, payer.get_by_role("link", name="下载 Excel"))
    assert lines_in_workbook(book["商学院"]) == [("3001", "在读", Decimal("480.00"))]
    shot(payer, "road-month-6-bundle")
    press(payer, "确认接收")
    press(payer, "确认接收")
    said(payer, "已确认接收")
    assert MonthSheet.objects.get().state == SheetState.RECEIVED

    # One of the two left only on 8 November: on the 1st there were 60, and 600.00 was due.
    admin.goto(f"{base}/teachers/students/{gone[0].pk}/")
    admin.get_by_role("row", name="退学").get_by_role("link", name="更正日期").click()
    admin.get_by_label("正确的开始日期").fill("2023-11-08")
    admin.get_by_label("依据").fill("退学审批表日期为 11 月 8 日")
    press(admin, "更正")
    said(admin, "已更正")
    settle(admin, base, "2023-12")
    assert amounts(admin) == [("在读", "480.00")]
    admin.goto(f"{base}/allowance/adjustments/")
    admin.locator("tbody th a").first.click()
    shot(admin, "road-month-7-difference")
    press(admin, "提出更正")
    admin.get_by_label("理由").fill("退学日期更正为 11 月 8 日，11 月 1 日在册 60 人")
    press(admin, "提出")
    said(admin, "等待继续教育学院审批")
    assert admin.get_by_role("link", name="审批", exact=True).count() == 0

    clerk.goto(base)
    shot(clerk, "road-month-8-home")
    clerk.goto(f"{base}/allowance/adjustments/")
    clerk.locator("tbody th a").first.click()
    press(clerk, "审批")
    clerk.get_by_label("批准", exact=True).check()
    press(clerk, "提交审批")
    said(clerk, "已批准")

    settle(admin, base, "2023-12")
    assert amounts(admin) == [("在读", "480.00"), ("补发", "120.00")]
    shot(admin, "road-month-9-next")
    admin.locator(".table-sheet tbody tr").filter(has_text="补发").get_by_role("link").first.click()
    said(admin, "退学日期更正为 11 月 8 日")
    said(admin, "600.00－480.00＝")
    admin.goto(sheet)
    assert amounts(admin) == [("在读", "480.00")]
    assert Adjustment.objects.get().decided_by == User.objects.get(staff_no="9002")
    # Nothing of this happened without a trace, and each person stands beside what they did.
    done = AuditEntry.objects.filter(action__startswith="allowance.").values_list("actor_name", flat=True)
    assert {"沈立言", "闻清越", "祝予安"} <= set(done)


@pytest.mark.clause("A-28")
def test_a_class_teacher_comes_in_with_a_code_and_sees_the_own_pay_on_a_phone(
    phone: Page, live_server: Any, college: Any, shot: Any, axe: Any
) -> None:
    base = live_server.url
    admin = college_admin(college)
    sheet = settle_month(NOVEMBER, actor=admin, college=college)[0].sheet
    teacher = User.objects.get(staff_no="3001")
    sign_in(phone, base, "3001", issue_code(None, teacher).code)
    expect(phone.get_by_role("heading", name="设置自己的密码")).to_be_visible()
    phone.goto(f"{base}/allowance/mine/")
    expect(phone.get_by_role("heading", name="设置自己的密码")).to_be_visible()
    phone.get_by_label("新密码", exact=False).first.fill(PASSWORD)
    phone.get_by_label("再输入一次新密码").fill(PASSWORD)
    phone.get_by_role("button", name="修改密码").click()
    said(phone, "密码已修改")

    phone.goto(base)
    shot(phone, "road-phone-1-home")
    phone.goto(f"{base}/allowance/mine/headcounts/")
    said(phone, "61 人")
    shot(phone, "road-phone-2-headcount")
    phone.get_by_role("button", name="人数无误").click()
    said(phone, "已确认 会计2301班 61 人")

    sheet = settle_month(NOVEMBER, actor=admin, college=college)[0].sheet
    assert not sheet.warnings.filter(code="headcount_unconfirmed").exists()
    confirm_warnings(sheet, list(sheet.warnings.all()), actor=admin, reason="已核对")
    workflow.submit(sheet, actor=admin)
    phone.goto(f"{base}/allowance/mine/")
    said(phone, "600.00")
    shot(phone, "road-phone-3-mine")
    phone.get_by_role("link", name="在读 600.00").click()
    said(phone, "这个数是怎么来的")
    phone.get_by_text("会计2301班").last.click()
    shot(phone, "road-phone-4-why")
    axe(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_class_is_found_by_its_initials_from_the_keyboard(page: Page, live_server: Any, college: Any) -> None:
    college_admin(college, staff_no="9001", password=PASSWORD)
    sign_in(page, live_server.url, "9001")
    expect(page.get_by_role("heading", level=1)).to_contain_text("您好")
    page.wait_for_load_state("load")
    page.keyboard.press("Control+k")
    page.keyboard.type("kj23")
    expect(page.locator("#search-dialog .hit").first).to_contain_text("会计2301班")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("会计2301班")
