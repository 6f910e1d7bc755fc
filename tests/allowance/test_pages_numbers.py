"""Why this number, who reads which names, and the same figures on screen, in the workbook and on paper."""

from __future__ import annotations

import io
from decimal import Decimal

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from allowance.calculation import Line
from allowance.document import document_of
from allowance.explanation import explain
from allowance.models import MonthSheet
from allowance.pdf import sheet_pdf
from allowance.services import workflow
from allowance.services.checks import confirm_warnings
from allowance.services.settlement import rules_of, settle_month
from tests.factories import audit_entries, client_for
from tests.teachers.given import SchoolClassFactory, appointed, enrolled, teacher_of

from .worlds import DECEMBER, NOVEMBER

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]


def url(name, *args):
    return reverse(f"allowance:{name}", args=args)


def text(answer) -> str:
    return answer.content.decode()


def first_student(world) -> str:
    return world.school_class.roster_entries.select_related("student").first().student.name


@pytest.fixture
def mixed(world):
    """A second class of 45 shared by two people within the month, so that a line has several stretches."""
    second = SchoolClassFactory(college=world.college)
    enrolled(second, 45)
    other = teacher_of(world.college)
    appointed(second, other, last="2023-11-10", filed_on="2023-09-05")
    appointed(second, world.teacher, first="2023-11-11", filed_on="2023-11-11")
    return world


@pytest.mark.clause("C10.2.1b", "C10.2.1c")
def test_the_line_opens_into_inputs_tier_days_and_sum(mixed):
    sheet = mixed.settled()
    line = sheet.lines.get(teacher=mixed.teacher)
    # 62 students for 10 days at 600.00, 107 for 20 days at 720.00
    assert line.amount_fen == 68000
    body = text(client_for(mixed.admin).get(url("line", line.pk)))
    for words in ("11 月 1 日至 11 月 10 日", "系数 1.2", "600.00×10/30＋720.00×20/30", "第十条二.1", "A-01", "A-07"):
        assert words in body, words
    assert body.count("<li>") > 0
    assert "62＋45" in body or "45＋62" in body


def test_the_explanation_is_word_for_word_the_same_for_everybody(mixed):
    mixed.handed_over()
    sheet = mixed.sheet()
    row = sheet.lines.get(teacher=mixed.teacher)
    spoken = explain(
        Line.from_dict(row.result), rules_of(sheet), sheet.rule_label, {mixed.college.code: mixed.college.name}
    )
    pages = [(user, "line") for user in (mixed.admin, mixed.office, mixed.hr)] + [(mixed.teacher.user, "my_line")]
    for user, name in pages:
        body = text(client_for(user).get(url(name, row.pk)))
        for part in spoken.rows:
            assert part.text in body, (user, part)


def test_names_are_read_by_college_office_and_the_class_teacher_and_not_by_hr(world):
    world.handed_over()
    line = world.sheet().lines.get()
    name = first_student(world)
    for user, page in ((world.admin, "line"), (world.office, "line"), (world.teacher.user, "my_line")):
        body = text(client_for(user).get(url(page, line.pk)))
        assert f">{name}<" in body
        assert body.count("</small></li>") == 62
    hr = client_for(world.hr)
    for address in (url("line", line.pk), url("sheet", world.sheet().pk)):
        body = text(hr.get(address))
        assert f">{name}<" not in body
        assert "62" in body
    assert f">{name}<" not in text(hr.get(url("bundle", world.sheet().bundle_id)))
    assert hr.get(url("headcount", world.sheet().headcounts.get().pk)).status_code == 404


def test_after_a_hand_over_the_former_teacher_reads_numbers_only(world):
    world.submitted()
    line = world.sheet().lines.get()
    world.teacher.appointments.update(ends_on="2023-12-31", end_reason="工作需要", state="ended")
    body = text(client_for(world.teacher.user).get(url("my_line", line.pk)))
    assert "600.00" in body
    assert f">{first_student(world)}<" not in body


def test_a_teacher_never_sees_the_line_of_another(mixed):
    mixed.submitted()
    other = mixed.sheet().lines.exclude(teacher=mixed.teacher).get()
    mine = mixed.sheet().lines.get(teacher=mixed.teacher)
    client = client_for(mixed.teacher.user)
    assert client.get(url("my_line", other.pk)).status_code == 404
    assert client.get(url("line", mine.pk)).status_code == 404
    for address in (url("mine"), url("my_line", mine.pk), "/", url("teacher_year", "2023-2024", mixed.teacher.pk)):
        body = text(client.get(address))
        assert other.name not in body
        assert other.staff_no not in body
    assert client.get(url("teacher_year", "2023-2024", other.teacher_id)).status_code == 404


def test_names_of_a_draft_are_live_and_frozen_with_submission(world):
    sheet = world.confirmed()
    snapshot = sheet.headcounts.get()
    client = client_for(world.admin)
    assert len(client.get(url("headcount", snapshot.pk)).context["names"]) == 62
    workflow.submit(sheet, actor=world.admin)
    world.school_class.roster_entries.all().delete()
    frozen = client.get(url("headcount", snapshot.pk))
    assert len(frozen.context["names"]) == 62
    assert "提交时冻结" in text(frozen)


def figures(sheet: MonthSheet) -> list[str]:
    return [f"{row.amount:,.2f}" for row in document_of(sheet).rows]


def paper(sheet: MonthSheet) -> str:
    pages = PdfReader(io.BytesIO(sheet_pdf(sheet))).pages
    return "".join(page.extract_text() for page in pages).replace("\n", "").replace(" ", "")


@pytest.mark.clause("C10.1a", "C10.1d")
def test_screen_workbook_and_paper_show_the_same_figures(mixed):
    sheet = mixed.submitted()
    document = document_of(sheet)
    body = text(client_for(mixed.admin).get(url("sheet", sheet.pk)))
    answer = client_for(mixed.admin).get(url("sheet_xlsx", sheet.pk))
    page = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[1]
    cells = [[cell.value for cell in row] for row in page.iter_rows()]
    printed = paper(sheet)
    rows = [row for row in cells if isinstance(row[0], int)]
    assert len(rows) == len(document.rows) == 2
    for shown, row in zip(document.rows, rows, strict=True):
        amount = f"{shown.amount:,.2f}"
        assert Decimal(str(row[12])) == shown.amount
        assert amount in body
        assert amount in printed
        for words in (shown.formula, shown.name, shown.staff_no):
            assert words in body, words
            assert words.replace(" ", "") in printed, words
            assert words in row
    feet = {row[0]: row[12] for row in cells if row[0] in ("合计", "学校承担", "学院承担")}
    for label, amount in (
        ("合计", document.total),
        ("学校承担", document.school_share),
        ("学院承担", document.college_share),
    ):
        assert Decimal(str(feet[label])) == amount
        assert f"{label}{amount:,.2f}" in printed
        assert f"{amount:,.2f}" in body
    assert document.total_in_words in body
    assert document.total_in_words in printed


def test_the_paper_has_pages_signatures_and_the_confirmed_findings(world):
    sheet = world.submitted()
    printed = paper(sheet)
    for words in (
        "制表：",
        "学院负责人：",
        "继续教育学院审核：",
        "人事部门接收：",
        "第1页共1页",
        "已逐项核对",
        "合计大写",
    ):
        assert words in printed, words
    reader = PdfReader(io.BytesIO(sheet_pdf(sheet)))
    box = reader.pages[0].mediabox
    assert (round(float(box.width)), round(float(box.height))) == (842, 595)  # A4 lying


def test_a_long_sheet_repeats_its_head_on_every_page(world):
    for _ in range(40):
        school_class = SchoolClassFactory(college=world.college)
        enrolled(school_class, 1)
        appointed(school_class)
    pages = PdfReader(io.BytesIO(sheet_pdf(world.settled()))).pages
    assert len(pages) > 1
    last_with_rows = pages[1].extract_text().replace("\n", "")
    assert "计算说明" in last_with_rows
    assert f"第 2 页 共 {len(pages)} 页" in last_with_rows


def test_the_paper_is_the_same_bytes_each_time(world):
    sheet = world.submitted()
    assert sheet_pdf(sheet) == sheet_pdf(sheet)


def test_an_empty_sheet_can_be_printed_and_exported(world):
    world.school_class.roster_entries.all().delete()
    sheet = world.settled()
    assert "本月没有应发的津贴" in paper(sheet)
    assert client_for(world.admin).get(url("sheet_xlsx", sheet.pk)).status_code == 200


def test_a_name_that_looks_like_markup_or_a_formula_stays_a_name(world):
    user = world.teacher.user
    user.name = "=1+1<b>"
    user.save(update_fields=["name"])
    sheet = world.settled()
    client = client_for(world.admin)
    assert "=1+1&lt;b&gt;" in text(client.get(url("sheet", sheet.pk)))
    book = openpyxl.load_workbook(io.BytesIO(client.get(url("sheet_xlsx", sheet.pk)).content))
    kinds = {cell.data_type for page in book for row in page.iter_rows() for cell in row}
    assert "f" not in kinds


def test_every_file_that_leaves_is_on_record(world):
    world.handed_over()
    sheet = world.sheet()
    client_for(world.admin).get(url("sheet_xlsx", sheet.pk))
    client_for(world.admin).get(url("sheet_pdf", sheet.pk))
    client_for(world.office).get(url("month_xlsx", "2023-11"))
    client_for(world.hr).get(url("bundle_xlsx", sheet.bundle_id))
    client_for(world.office).post(url("year", "2023-2024"), {"export": "xlsx"})
    entries = audit_entries("allowance.export")
    assert [(entry.actor_id, entry.after["格式"]) for entry in entries] == [
        (world.admin.pk, "xlsx"), (world.admin.pk, "pdf"), (world.office.pk, "xlsx"), (world.hr.pk, "xlsx"),
        (world.office.pk, "xlsx"),
    ]  # fmt: skip


def test_the_line_page_asks_the_same_number_of_questions_for_one_and_for_three_classes(world):
    sheet = world.submitted()
    client = client_for(world.admin)
    line = sheet.lines.get()
    client.get(url("line", line.pk))
    with CaptureQueriesContext(connection) as one:
        client.get(url("line", line.pk))
    for _ in range(2):
        more = SchoolClassFactory(college=world.college)
        enrolled(more, 5)
        appointed(more, world.teacher)
    settle_month(DECEMBER, actor=world.admin, college=world.college)
    december = MonthSheet.objects.get(month=DECEMBER.first_day)
    confirm_warnings(december, list(december.warnings.all()), actor=world.admin, reason="已核对")
    workflow.submit(december, actor=world.admin)
    address = url("line", december.lines.get().pk)
    with CaptureQueriesContext(connection) as three:
        body = text(client.get(address))
    assert body.count("在册") + body.count(" 计入 <strong>") >= 3
    assert len(three) == len(one)


def test_the_month_before_is_compared_only_when_there_was_one(world):
    settle_month(NOVEMBER, actor=world.admin, college=world.college)
    body = text(client_for(world.admin).get(url("line", world.sheet().lines.get().pk)))
    assert "与上月相比" not in body
