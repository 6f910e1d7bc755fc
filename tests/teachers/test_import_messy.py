"""Workbooks as people really send them: read right, or refused by cell, never guessed."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest

from teachers.models import Appointment, Guardian, RosterEntry, SchoolClass, Student
from tests.teachers.rosters import base, headers, imported, lines, row_counts, run, saved, totals, workbook

pytestmark = pytest.mark.django_db


def messy() -> openpyxl.Workbook:
    """The small legal roster as a messy file: titles, merges, blank rows, odd widths, odd dates, odd orders."""
    book = openpyxl.Workbook()
    notes = book.active
    notes.title = "说明"
    notes.append(["请于九月底前交回"])
    hidden = book.create_sheet("去年名单")
    hidden.append(headers("学生"))
    hidden.append(["19001", "旧同学", "男", None, "K1", "2019-09-01", "在读"])
    hidden.sheet_state = "hidden"

    sheet = book.create_sheet("二级学院 ")
    sheet.append(["二级学院名单"])
    sheet.merge_cells("A1:C1")
    sheet.append([])
    sheet.append([" 学院\n名称", "学院代码 *", "备注"])
    sheet.append(["信息学院 ", "Ａ０１", "x"])
    sheet.append([None, None, None])
    sheet.append(["管理\u3000学院".replace("\u3000", ""), "A02", None])

    sheet = book.create_sheet("班主任")
    sheet.append(["姓名", "教工号", "所属学院代码", "手机号码", "人员类别", "性别"])
    sheet.append(["陈 雨 桐", "0301", "A01", 13800000001, "校内", "女"])
    sheet.append(["林\u3000志远", "0302", "A01", "", "外聘 ", "男"])
    sheet.append(["吴晓燕\u200b", "0303", "A02", None, None, "女"])

    sheet = book.create_sheet("班级")
    sheet.append(["2023 级项目班"])
    sheet.append([*headers("班级"), "班主任"])
    rows = base()["班级"]
    rows[0][7], rows[1][7], rows[2][7] = "2023年9月1日", dt.datetime(2023, 9, 1), 20230901
    rows[1][8], rows[1][9] = "2024/6/30", "2024.8.31"
    rows[0][6] = "２０２３"
    for row in rows:
        sheet.append([*row, "某某"])

    sheet = book.create_sheet("学生")
    order = [4, 0, 1, 2, 6, 7, 5, 3, 8, 9, 10, 11]
    sheet.append([headers("学生")[index] for index in order])
    rows = base()["学生"]
    rows[0][0], rows[0][5] = 23001, 45170  # a number cell; 45170 is 2023-09-01
    rows[1][5], rows[1][7] = "2023-9-1", "２０２４－０３－０１"
    rows[2][1] = "孙 静怡"
    rows[4][7] = "2024-07-01 00:00:00"
    for row in rows:
        sheet.append([(row + [None] * 12)[index] for index in order])
        sheet.append([None] * 12)

    for name in ("聘任", "班主任请假"):
        sheet = book.create_sheet(name)
        sheet.append(headers(name))
        for row in base()[name]:
            sheet.append(row)
    return book


def facts():
    return (
        list(Student.objects.order_by("student_no").values_list("student_no", "name", "sex", "exam_no", "phone")),
        list(RosterEntry.objects.order_by("student__student_no", "starts_on").values_list(
            "student__student_no", "school_class__code", "state", "starts_on", "ends_on"
        )),
        list(SchoolClass.objects.order_by("code").values_list(
            "code", "name", "college__name", "programme__sponsor", "entry_year", "opens_on", "teaching_ends_on", "closes_on"
        )),
        list(Appointment.objects.order_by("school_class__code", "starts_on").values_list(
            "school_class__code", "teacher__user__name", "teacher__user__staff_no", "starts_on", "ends_on"
        )),
        list(Guardian.objects.values_list("name", "phone")),
    )  # fmt: skip


def test_a_messy_workbook_says_the_same_as_a_clean_one():
    result = run(saved(messy()))
    assert lines(result) == []
    assert totals(result) == (18, 0, 0)
    found = facts()
    assert found[0][0] == ("23001", "周文博", "男", "0320001", "13800000011")
    # The clean one changes nothing: every value was read alike.
    again = imported(base())
    assert again.plan.changes == []
    assert facts() == found


def test_what_was_not_read_is_told():
    notes = run(saved(messy())).notes
    assert "工作表「去年名单」是隐藏的，没有读取" in notes
    assert "工作表「说明」不在名册的六张表之内，没有读取" in notes
    assert any("「备注」" in note for note in notes)


def test_a_merged_class_column_is_refused_and_not_filled_down():
    book = openpyxl.load_workbook(io.BytesIO(workbook(base())))
    book["学生"].merge_cells("E2:E4")
    before = row_counts()
    said = lines(run(saved(book)))
    assert len(said) == 3
    assert all("合并单元格" in line and "「班级代码」" in line for line in said)
    assert row_counts() == before


def test_a_hidden_roster_sheet_is_refused_by_name():
    book = openpyxl.load_workbook(io.BytesIO(workbook(base())))
    book["学生"].sheet_state = "hidden"
    assert lines(run(saved(book))) == ["工作表「学生」：工作表「学生」是隐藏的，请取消隐藏（或删除）后再导入"]


@pytest.mark.parametrize(
    ("written", "kept"),
    [("020010073", "020010073"), ("０２００", "0200"), (1203, "1203"), (1203.0, "1203"), (" 12 03 ", "1203")],
)
def test_a_staff_number_keeps_its_zeros_whatever_the_cell_type(written, kept):
    sheets = {"二级学院": [["A01", "信息学院"]], "班主任": [[written, "陈雨桐", None, "A01"]]}
    result = imported(sheets)
    assert [change.key for change in result.plan.changes if change.sheet == "班主任"] == [kept]


def test_numbers_that_differ_only_in_leading_zeros_are_two_people_with_a_note():
    sheets = {
        "二级学院": [["A01", "信息学院"]],
        "班主任": [["0301", "陈雨桐", None, "A01"], ["301", "林志远", None, "A01"]],
    }
    result = imported(sheets)
    assert totals(result) == (3, 0, 0)
    assert any("只差前导零" in note for note in result.notes)


def test_a_student_who_joined_before_the_class_opened_is_taken_with_a_note():
    sheets = base()
    sheets["学生"][3][5] = "2023-08-28"
    result = imported(sheets)
    assert "工作表「学生」有 1 行的入班日期早于班级的开班日期（第 5 行），请核对" in result.notes


def test_codes_that_differ_only_by_case_are_refused():
    sheets = {"二级学院": [["A01", "信息学院"], ["a01", "管理学院"]]}
    assert lines(run(workbook(sheets))) == [
        "工作表「二级学院」第 3 行「学院代码」：值「a01」与第 2 行「A01」只有大小写不同"
    ]


def test_an_unknown_code_is_told_with_the_one_that_was_probably_meant():
    imported(base())
    sheets = {"聘任": [["k2", "301", "2023-09-01"]]}
    assert lines(run(workbook(sheets))) == [
        "工作表「聘任」第 2 行「班级代码」：值「k2」不存在；是否应为「K2」",
        "工作表「聘任」第 2 行「工号」：值「301」不存在",
    ]


def test_text_that_looks_like_a_formula_or_html_stays_text():
    sheets = base()
    sheets["学生"][0][10] = "<b>父亲</b>"
    imported(sheets)
    assert Guardian.objects.get(student__student_no="23001").relation == "<b>父亲</b>"
    sheets["班级"][0][5] = "x" * 70
    assert lines(run(workbook(sheets)))[0].endswith("超过 60 个字")


def test_a_workbook_without_any_roster_sheet_is_refused():
    book = openpyxl.Workbook()
    book.active.append(["a", "b"])
    assert lines(run(saved(book)))[0].startswith("工作表「Sheet」：没有找到名册的工作表")


def test_an_unusable_header_does_not_make_every_reference_wrong():
    book = openpyxl.load_workbook(io.BytesIO(workbook(base())))
    book["班级"]["A1"] = "编码"
    assert lines(run(saved(book))) == ["工作表「班级」：缺少必填的列「班级代码」（表头在第 1 行）"]
