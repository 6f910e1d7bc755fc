"""The person gets the own file back with every bad cell marked (and a list of all in front)."""

import datetime as dt
import io

import openpyxl

from gaobo_banzhuren.documents import cells
from gaobo_banzhuren.documents.problems import Problem, Problems
from gaobo_banzhuren.documents.workbooks_in import HeaderColumn, error_workbook, open_workbook

from .files import saved, simple, workbook

COLUMNS = [
    HeaderColumn("code", "班级代码", cells.code, required=True),
    HeaderColumn("count", "人数", cells.integer(1, 500)),
]


def check(data: bytes) -> Problems:
    problems = Problems()
    with open_workbook(data) as book:
        table = book.table("班级", COLUMNS, problems)
        if table:
            list(table.records(problems))
    return problems


def test_bad_cells_are_filled_and_commented_and_listed_in_front():
    rows = [["班级代码", "人数", "日期"], ["007", "60人", dt.date(2024, 3, 12)], [None, 60, "=1+1"]]
    data = simple("班级", rows)
    problems = check(data)
    result = openpyxl.load_workbook(io.BytesIO(error_workbook(data, problems)))
    assert result.sheetnames == ["导入问题", "班级"]
    listed = list(result["导入问题"].iter_rows(values_only=True))
    assert listed[0] == ("工作表", "行", "列", "列号", "值", "原因", "说明")
    assert listed[1] == (
        "班级",
        2,
        "人数",
        "B",
        "60人",
        "应为整数",
        "工作表「班级」第 2 行「人数」：值「60人」应为整数",
    )
    assert listed[2][:6] == ("班级", 3, "班级代码", "A", None, "不能为空")
    sheet = result["班级"]
    assert sheet["B2"].fill.start_color.rgb == "FFFFC7CE"
    assert sheet["B2"].comment.text == "应为整数"
    assert sheet["A3"].comment.text == "不能为空"
    assert sheet["A2"].value == "007"
    assert sheet["A2"].comment is None
    assert sheet["C2"].value == dt.datetime(2024, 3, 12)
    assert sheet["C2"].number_format == "yyyy-mm-dd"


def test_the_marked_file_can_be_put_right_and_imported_again():
    data = simple("班级", [["班级代码", "人数"], ["007", "60人"]])
    marked = openpyxl.load_workbook(io.BytesIO(error_workbook(data, check(data))))
    marked["班级"]["B2"].value = 60
    again = saved(marked)
    assert not check(again)
    twice = openpyxl.load_workbook(io.BytesIO(error_workbook(again, Problems())))
    assert twice.sheetnames == ["导入问题", "班级"]


def test_text_that_looks_like_a_formula_stays_text_in_both_sheets():
    book = workbook(("班级", [["班级代码", "人数"], ["C1", None]]))
    book["班级"]["B2"].value = "=cmd|' /C calc'!A0"
    book["班级"]["B2"].data_type = "s"
    data = saved(book)
    result = openpyxl.load_workbook(io.BytesIO(error_workbook(data, check(data))))
    kinds = {cell.data_type for sheet in result for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    assert result["班级"]["B2"].value.startswith("=cmd")


def test_a_problem_of_a_whole_sheet_is_listed_only():
    problems = Problems()
    problems.sheet("班级", "缺少列")
    problems.add(Problem("不存在的表", 2, "x", "y", "z", "A"))
    data = simple("班级", [["班级代码"]])
    result = openpyxl.load_workbook(io.BytesIO(error_workbook(data, problems)))
    assert result["导入问题"]["G2"].value == "工作表「班级」：缺少列"
    assert result.sheetnames == ["导入问题", "班级"]
