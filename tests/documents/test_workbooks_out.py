"""Exports hold values only, open everywhere, and are the same bytes for the same content (threats C1–C7, C9)."""

import datetime as dt
import io
from decimal import Decimal
from email.message import Message
from urllib.parse import unquote

import openpyxl
import pytest
import time_machine

from gaobo_banzhuren.documents.workbooks_out import (
    DATE,
    DATETIME,
    INTEGER,
    MONEY,
    PDF,
    Column,
    Sheet,
    SheetNames,
    Table,
    attachment_response,
    display_width,
    safe_file_name,
    workbook_bytes,
)

COLUMNS = (
    Column("工号", "no"), Column("姓名", "name"), Column("人数", "count", INTEGER), Column("金额", "amount", MONEY),
    Column("日期", "day", DATE),
)  # fmt: skip
ROWS = [
    {"no": "000123", "name": "张三", "count": 60, "amount": Decimal("1234.50"), "day": dt.date(2023, 11, 1)},
    {"no": "320102199001011234", "name": "阿卜杜拉·买买提", "count": 0, "amount": Decimal("-0.01"), "day": None},
]
DANGEROUS = [
    "=1+1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://127.0.0.1","x")', "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1",
    "＝1+1", "=", "==", "#REF!", "#N/A", "=DDE(1)", "1e5", "0123", "2023-01-01", "TRUE", "<b>", "'=1+1", "12%",
]  # fmt: skip


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def export(rows=ROWS, **more) -> bytes:
    return workbook_bytes([Sheet("汇总", Table(COLUMNS, rows, **more))], title="测试")


def test_values_have_their_type_and_format():
    sheet = opened(export())["汇总"]
    assert [cell.value for cell in sheet[1]] == ["工号", "姓名", "人数", "金额", "日期"]
    assert sheet["A2"].value == "000123"
    assert sheet["A2"].number_format == "@"
    assert sheet["A3"].value == "320102199001011234"
    assert sheet["D2"].value == 1234.5
    assert sheet["D2"].number_format == "#,##0.00"
    assert sheet["D3"].value == -0.01
    assert sheet["C3"].value == 0
    assert sheet["E2"].value == dt.datetime(2023, 11, 1)
    assert sheet["E2"].number_format == "yyyy-mm-dd"
    assert sheet["E3"].value is None


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_becomes_a_formula_an_error_or_a_number(text):
    data = workbook_bytes(
        [Sheet(text, Table([Column(text, 0)], [[text]], foot=[[text]]), before=[[text]], after=[[text]])], title=text
    )
    for row in opened(data).worksheets[0].iter_rows():
        for cell in row:
            assert cell.data_type == "s"
            assert cell.value == text.replace("\r", "\n") or cell.value == text


def test_a_code_given_as_a_number_stays_readable_as_text():
    sheet = opened(workbook_bytes([Sheet("x", Table([Column("学号", 0)], [[2210001]]))], title="x"))["x"]
    assert sheet["A2"].data_type == "s"
    assert sheet["A2"].value == "2210001"


def test_control_characters_half_pairs_and_overlong_text_do_not_stop_an_export():
    bad = "a" + "".join(chr(n) for n in range(32)) + "\x7f\ud800\ufffe\uffff" + "b"
    sheet = opened(workbook_bytes([Sheet("x", Table([Column("h", 0)], [[bad], ["长" * 40_000]]))], title=bad))["x"]
    assert sheet["A2"].value.replace("\t", "").replace("\n", "").replace("\r", "") == "ab"
    assert len(sheet["A3"].value) == 32_767
    assert sheet["A3"].value.endswith("…（已截断）")


def test_sheet_names_are_accepted_by_excel_and_unique():
    names = SheetNames()
    taken = [names.take(name) for name in ["A/B:[1]", "a b  1", "A/B:[1]", "", "History", "院" * 40, "院" * 40, "'x'"]]
    assert taken[0] == "A B  1"
    assert len({name.casefold() for name in taken}) == len(taken)
    for name in taken:
        assert 0 < len(name) <= 31
        assert not set(name) & set("[]:*?/\\")
        assert name.casefold() != "history"
        assert not name.startswith("'")


def test_a_foot_is_laid_under_the_columns_with_money_as_numbers():
    sheet = opened(export(foot=[["合计", "", 60, Decimal("1234.49")]]))["汇总"]
    assert sheet["A4"].value == "合计"
    assert sheet["D4"].value == 1234.49
    assert sheet["D4"].number_format == "#,##0.00"


def test_lines_stand_above_and_below_and_the_header_is_repeated_on_paper():
    table = Table(COLUMNS, ROWS)
    data = workbook_bytes([Sheet("汇总", table, before=[["标题"], ["月份", "2023-11"]], after=[["制表："]])], title="x")
    sheet = opened(data)["汇总"]
    assert sheet["A1"].value == "标题"
    assert sheet["B2"].value == "2023-11"
    assert sheet["A3"].value == "工号"
    assert sheet["A6"].value == "制表："
    assert sheet.print_title_rows == "$3:$3"
    assert sheet.freeze_panes == "A4"
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.page_setup.paperSize == 9
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage


def test_columns_are_wide_enough_for_chinese():
    assert display_width("张三ab\n一二三四") == 8
    sheet = opened(export())["汇总"]
    assert sheet.column_dimensions["B"].width >= 16
    assert sheet.column_dimensions["D"].width >= 8


def test_equal_content_gives_equal_bytes():
    with time_machine.travel(dt.datetime(2024, 1, 1, 8, 0, tzinfo=dt.UTC)):
        first = export()
    with time_machine.travel(dt.datetime(2025, 6, 1, 8, 0, tzinfo=dt.UTC)):
        assert export() == first
    assert export(foot=[["合计"]]) != first


def test_a_download_has_a_safe_name_and_runs_nothing():
    response = attachment_response(b"x", '津贴 2023-11\r\nSet-Cookie: a="b".xlsx')
    header = response["Content-Disposition"]
    assert "\r" not in header
    assert "\n" not in header
    message = Message()
    message["Content-Disposition"] = header
    assert message.get_content_disposition() == "attachment"
    assert unquote(header.split("filename*=UTF-8''")[1]) == "津贴 2023-11 Set-Cookie a= b.xlsx"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in response["Cache-Control"]
    assert attachment_response(b"x", "证书.pdf", PDF)["Content-Type"] == "application/pdf"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("..\\..\\x.xlsx", "x.xlsx"), ("../../etc/passwd", "etc passwd"), (".htaccess", "htaccess"), ("", "文件"),
        ("a\u202egnp.exe.xlsx", "agnp.exe.xlsx"), ("a\x00b.pdf", "ab.pdf"), ("张三·李四.pdf", "张三·李四.pdf"), ("///", "文件"),
    ],
)  # fmt: skip
def test_file_names_have_no_path_and_no_tricks(name, expected):
    assert safe_file_name(name) == expected


def test_an_overlong_file_name_is_cut_and_keeps_its_extension():
    name = safe_file_name("院" * 300 + ".xlsx")
    assert name.endswith("院.xlsx")
    assert len(name.encode()) <= 160


def test_rows_may_be_mappings_sequences_or_objects_and_come_from_a_generator():
    class Line:
        no = "C1"

    for row in ({"no": "C1"}, Line()):
        data = workbook_bytes([Sheet("x", Table([Column("h", "no")], (row for _ in range(1)), foot=[]))], title="x")
        assert opened(data)["x"]["A2"].value == "C1"
    many = workbook_bytes([Sheet("x", Table([Column("h", 0, INTEGER)], ([n] for n in range(700))))], title="x")
    assert opened(many)["x"]["A701"].value == 699


def test_times_are_shown_in_local_time_and_yes_and_no_in_words():
    moment = dt.datetime(2024, 2, 29, 16, 0, tzinfo=dt.UTC)
    columns = [Column("时间", 0, DATETIME), Column("文字", 1), Column("是否", 2), Column("数", 3)]
    data = workbook_bytes([Sheet("x", Table(columns, [[moment, moment, True, 5.0]]), before=[[moment]])], title="x")
    sheet = opened(data)["x"]
    assert sheet["A3"].value == dt.datetime(2024, 3, 1, 0, 0)
    assert sheet["A3"].number_format == "yyyy-mm-dd hh:mm"
    assert [cell.value for cell in sheet[3]][1:] == ["2024-03-01 00:00", "是", "5"]
    assert sheet["A1"].value == dt.datetime(2024, 3, 1, 0, 0)


def test_text_in_a_column_of_numbers_is_text():
    sheet = opened(workbook_bytes([Sheet("x", Table([Column("人数", 0, INTEGER)], [["29；31"], [29]]))], title="x"))[
        "x"
    ]
    assert sheet["A2"].data_type == "s"
    assert sheet["A2"].alignment.horizontal == "left"
    assert sheet["A3"].alignment.horizontal == "right"
