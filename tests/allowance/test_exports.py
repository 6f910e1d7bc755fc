"""The exported workbook read back: the same numbers, text that stays text, and the places other people's files rely on."""

import io
from decimal import Decimal

import openpyxl
import pytest
from django.core.management import call_command

from allowance.calculation import Month
from allowance.services.settlement import settle_month

pytestmark = pytest.mark.django_db

HEADER = [
    "序号", "姓名", "工号", "人员类别", "类别", "班级", "基准人数", "系数", "月标准", "在岗天数", "当月天数",
    "计算说明", "金额", "备注",
]  # fmt: skip


@pytest.fixture
def workbook(sample, tmp_path):
    settle_month(Month.parse("2024-02"), actor=None)
    target = tmp_path / "out.xlsx"
    call_command("export_allowance", "2024-02", "--output", str(target), stdout=io.StringIO())
    return openpyxl.load_workbook(target)


def table_of(sheet):
    """Rows below the one header row, up to the foot, and the foot by its first cell."""
    rows = list(sheet.iter_rows(values_only=True))
    at = rows.index(tuple(HEADER))
    body, foot = [], {}
    for row in rows[at + 1 :]:
        if isinstance(row[0], int):
            body.append(row)
        elif row[0]:
            foot[str(row[0])] = row
    return body, foot


def test_the_summary_comes_first_with_a_row_per_college_and_a_total(workbook, sample):
    sheet = workbook.worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert sheet.title == "汇总"
    assert rows[0] == ("学院代码", "学院名称", "人数", "金额", "学校承担", "学院承担", "状态")
    expected = sample["2024-02"]
    assert [(row[0], f"{Decimal(str(row[3])):.2f}") for row in rows[1:-1]] == [
        (code, wanted["total"]) for code, wanted in sorted(expected.items())
    ]
    assert rows[-1][0] == "合计"
    # 1872.15 + 1940.81 + 1880.00 + 1808.42
    assert Decimal(str(rows[-1][3])) == Decimal("7501.38")


def test_each_college_sheet_reads_back_to_the_same_lines(workbook, sample):
    names = {"C01": "软件学院", "C02": "现代港航学院", "C03": "机电工程学院", "C04": "经济管理学院"}
    for code, wanted in sample["2024-02"].items():
        body, foot = table_of(workbook[names[code]])
        assert [[row[2], row[4], f"{Decimal(str(row[12])).normalize():f}"] for row in body] == wanted["lines"]
        assert f"{Decimal(str(foot['合计'][12])):.2f}" == wanted["total"]
        assert f"{Decimal(str(foot['学校承担'][12])):.2f}" == wanted["school"]
        assert f"{Decimal(str(foot['学院承担'][12])):.2f}" == wanted["college"]


def test_staff_numbers_keep_their_zero_and_no_cell_is_a_formula(workbook):
    body, _ = table_of(workbook["经济管理学院"])
    assert body[0][2] == "020010073"
    assert [cell for sheet in workbook for row in sheet.iter_rows() for cell in row if cell.data_type == "f"] == []


def test_money_has_its_format_and_the_page_prints_on_a4_landscape_with_repeated_header(workbook):
    sheet = workbook["软件学院"]
    header = next(row for row in sheet.iter_rows() if row[0].value == "序号")
    amount = sheet.cell(header[0].row + 1, HEADER.index("金额") + 1)
    assert amount.number_format == "#,##0.00"
    assert sheet.page_setup.orientation == "landscape"
    assert str(sheet.page_setup.paperSize) == "9"
    assert sheet.print_title_rows == f"${header[0].row}:${header[0].row}"


def test_several_stretches_are_joined_and_the_sum_is_written_out(workbook):
    body, _ = table_of(workbook["软件学院"])
    line = next(row for row in body if row[2] == "20010007")
    assert "；" in str(line[6])
    assert "＋" in line[11]
    assert "/29" in line[11]


def test_the_foot_has_the_total_in_words_and_the_four_signatures(workbook):
    texts = [str(cell.value) for row in workbook["软件学院"].iter_rows() for cell in row if cell.value]
    words = next(row for row in workbook["软件学院"].iter_rows(values_only=True) if row[0] == "合计大写")
    assert words[1] == "壹仟捌佰柒拾贰元壹角伍分"
    assert [t for t in texts if t in ("制表：", "学院负责人：", "继续教育学院审核：", "人事部门接收：")] == [
        "制表：", "学院负责人：", "继续教育学院审核：", "人事部门接收：",
    ]  # fmt: skip


def test_long_findings_are_folded_so_that_the_printed_table_keeps_its_size(sample):
    from allowance.exports import COLUMNS, allowance_workbook
    from allowance.models import MonthSheet, SheetWarning

    settle_month(Month.parse("2024-02"), actor=None)
    SheetWarning.objects.filter(sheet__college__code="C01").update(text="长" * 390)
    book = openpyxl.load_workbook(io.BytesIO(allowance_workbook(MonthSheet.objects.filter(college__code="C01"))))
    across = sum(column.width for column in COLUMNS)
    texts = [row[0] for row in book["软件学院"].iter_rows(values_only=True) if isinstance(row[0], str)]
    assert max(2 * len(text) for text in texts if "长" in text) <= across
    assert (
        sum(text.count("长") for text in texts) == 390 * SheetWarning.objects.filter(sheet__college__code="C01").count()
    )
