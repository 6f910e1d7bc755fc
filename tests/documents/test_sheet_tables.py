"""The right sheet, the right columns, and no value that a person did not see (threats D7–D10)."""

import datetime as dt
import io
import time

import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from gaobo_banzhuren.documents import cells
from gaobo_banzhuren.documents.problems import ImportRefused, Problem, Problems
from gaobo_banzhuren.documents.workbooks_in import HeaderColumn, Limits, SheetTable, WorkbookRefused, open_workbook

from .files import HEADER_ROW, raw_workbook, saved, sheet_xml, simple, text_cell, workbook

# The minimal packages of these tests have no styles.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")

COLUMNS = [
    HeaderColumn("code", "班级代码", cells.code, required=True, aliases=("班号",)),
    HeaderColumn("name", "班级名称", cells.text, required=True),
    HeaderColumn("opened", "开班日期", cells.date),
    HeaderColumn("count", "人数", cells.integer(1, 500)),
    HeaderColumn("note", "备注", cells.text, empty=""),
]
HEADER = ["班级代码", "班级名称", "开班日期", "人数", "备注"]
ROW = ["24ZK001", "软件1班", "2024-3-12", 60, None]
RECORD = {"code": "24ZK001", "name": "软件1班", "opened": dt.date(2024, 3, 12), "count": 60, "note": ""}


def table_of(data: bytes, problems: Problems, sheet: str = "班级", **more) -> SheetTable | None:
    return open_workbook(io.BytesIO(data)).table(sheet, COLUMNS, problems, **more)


def records(data: bytes, **more) -> list[tuple[int, dict]]:
    problems = Problems()
    table = table_of(data, problems, **more)
    found = list(table.records(problems)) if table else []
    problems.refuse()
    return found


def messages(data: bytes, **more) -> list[str]:
    problems = Problems()
    table = table_of(data, problems, **more)
    if table:
        list(table.records(problems))
    return [str(problem) for problem in problems]


@pytest.mark.parametrize("above", [0, 1, 4, 9])
def test_the_header_is_found_below_titles_and_empty_rows(above):
    rows = [["高博 2024 年班级一览表"]] + [[]] * 8
    assert records(simple("班级", [*rows[:above], HEADER, ROW])) == [(above + 2, RECORD)]


def test_a_header_below_the_tenth_row_is_not_looked_for():
    assert messages(simple("班级", [["说明"]] * 10 + [HEADER, ROW])) == [
        "工作表「班级」：前 10 行里没有找到表头，应有列「班级代码」「班级名称」"
    ]


@pytest.mark.parametrize(
    "header",
    [
        ["班级代码*", "班级名称＊", "开班日期", "人数", "备注"],
        ["*班级代码", "班级名称（必填）", "开班\n日期", "人 数", "备注(选填)"],
        [" 班级\u3000代码 ", "班级\u00a0名称", "开班日期：", "人数", "\ufeff备注"],
        ["班号", "班级名称", "开班日期", "人数", "备注"],
    ],
)
def test_headers_are_matched_by_name_however_they_are_typed(header):
    assert records(simple("班级", [header, ROW])) == [(2, RECORD)]


def test_columns_may_stand_in_any_order_and_unknown_ones_are_noted():
    data = simple("班级", [["序号", "备注", "班级名称", "学院", "班级代码"], [1, "好", "软件1班", "软件", "24ZK001"]])
    problems = Problems()
    table = table_of(data, problems)
    assert list(table.records(problems)) == [
        (2, {"code": "24ZK001", "name": "软件1班", "note": "好", "opened": None, "count": None})
    ]
    assert table.notes == [
        "工作表「班级」：没有用到的列 「序号」（A 列）、「学院」（D 列）",
        "工作表「班级」：没有列「开班日期」「人数」，按空白处理",
    ]
    assert table.letter("code") == "E"


def test_a_missing_required_column_is_named():
    assert messages(simple("班级", [["班级代码", "人数"], ["24ZK001", 60]])) == [
        "工作表「班级」：缺少必填的列「班级名称」（表头在第 1 行）"
    ]


def test_a_column_that_stands_twice_is_refused_with_its_places():
    assert messages(simple("班级", [["班级代码", "班级名称", "班号"], ["24ZK001", "软件1班", "X"]])) == [
        "工作表「班级」：列「班级代码」出现两次（A 列、C 列），请只留一列"
    ]


def test_a_person_corrects_a_wrong_guess_by_header_or_letter():
    data = simple("班级", [["班 号 码", "名字", "班级名称"], ["24ZK001", "软件1班", "旧名"]])
    assert records(data, mapping={"班号码": "code", "B": "name"}) == [
        (2, {"code": "24ZK001", "name": "软件1班", "opened": None, "count": None, "note": ""})
    ]
    twice = simple("班级", [["班级代码", "班级名称", "班号"], ["24ZK001", "软件1班", "X"]])
    assert records(twice, mapping={"班号": None})[0][1]["code"] == "24ZK001"
    assert records(twice, mapping={"C": "code"})[0][1]["code"] == "X"
    assert "没有表头为「学号」的列" in messages(data, mapping={"学号": "code"})[0]


def test_blank_rows_are_skipped_and_row_numbers_stay_those_of_the_sheet():
    data = simple("班级", [["序号", *HEADER], [1, *ROW], [], [2, None, " ", "\u3000"], [3, *ROW]])
    assert [number for number, _record in records(data)] == [2, 5]


def test_every_bad_cell_is_reported_with_sheet_row_column_value_and_reason():
    data = simple(
        "班级", [HEADER, [None, "软件1班", "9/1/2023", "60人", None], ROW, ["C 2", "", "2023-02-29", 0, "x\ny"]]
    )
    assert messages(data) == [
        "工作表「班级」第 2 行「班级代码」：值「」不能为空",
        "工作表「班级」第 2 行「开班日期」：值「9/1/2023」不是可识别的日期，请写成 2023-09-01",
        "工作表「班级」第 2 行「人数」：值「60人」应为整数",
        "工作表「班级」第 4 行「班级名称」：值「」不能为空",
        "工作表「班级」第 4 行「开班日期」：值「2023-02-29」是不存在的日期",
        "工作表「班级」第 4 行「人数」：值「0」应在 1 到 500 之间",
        "工作表「班级」第 4 行「备注」：值「x y」含有换行，请写成一行",
    ]


def test_the_message_uses_the_header_of_the_persons_own_sheet():
    assert messages(simple("班级", [["班号", "班级名称"], ["a;b", "软件1班"]]))[0].startswith(
        "工作表「班级」第 2 行「班号」"
    )


def test_a_sheet_is_found_by_its_name_and_an_absent_one_is_no_problem():
    data = saved(workbook(("说明", [["x"]]), ("班 级", [HEADER, ROW])))
    assert records(data) == [(2, RECORD)]
    assert table_of(data, Problems(), "学生") is None
    assert messages(data, sheet="学生") == []


def test_a_hidden_sheet_is_not_read_silently():
    book = workbook(("说明", [["x"]]), ("班级", [HEADER, ROW]))
    book["班级"].sheet_state = "hidden"
    data = saved(book)
    assert messages(data) == ["工作表「班级」：工作表「班级」是隐藏的，请取消隐藏（或删除）后再导入"]
    with open_workbook(data) as opened:
        assert opened.sheet_names == ["说明"]
        assert opened.hidden_sheets == ["班级"]
        assert opened.notes == ["工作表「班级」是隐藏的，没有读取"]


def test_two_sheets_of_one_name_are_refused():
    data = saved(workbook(("班级", [HEADER, ROW]), ("班 级", [HEADER, ROW])))
    assert "两张同名的工作表" in messages(data)[0]


def test_a_single_table_is_found_in_whatever_sheet_it_stands():
    problems = Problems()
    book = workbook(("封面", [["说明"]]), ("Sheet2", [["标题"], HEADER, ROW]), ("隐藏", [HEADER, ROW]))
    book["隐藏"].sheet_state = "veryHidden"
    with open_workbook(saved(book)) as opened:
        table = opened.find_table(COLUMNS, problems)
        assert table.sheet == "Sheet2"
        assert list(table.records(problems)) == [(3, RECORD)]


def test_two_fitting_sheets_or_none_are_a_clear_refusal():
    problems = Problems()
    with open_workbook(saved(workbook(("一", [HEADER, ROW]), ("二", [HEADER, ROW])))) as opened:
        assert opened.find_table(COLUMNS, problems) is None
    assert "「一」「二」" in str(next(iter(problems)))
    problems = Problems()
    with open_workbook(saved(workbook(("一", [["x"]]), ("二", [["y"]])))) as opened:
        assert opened.find_table(COLUMNS, problems) is None
    assert "没有一张工作表" in str(next(iter(problems)))


def test_merged_data_cells_are_refused_and_a_merged_title_is_not():
    book = workbook(
        ("班级", [["班级一览"], HEADER, ["A1", "甲", None, 1], [None, "乙", None, 2], ["A3", "丙", None, 3]])
    )
    book["班级"].merge_cells("A1:E1")
    book["班级"].merge_cells("A3:A4")
    found = messages(saved(book))
    reason = "是合并单元格的一部分，请取消合并并逐行填写"
    assert found == [f"工作表「班级」第 {row} 行「班级代码」：值「」{reason}" for row in (3, 4)]
    title_only = workbook(("班级", [["班级一览"], HEADER, ROW]))
    title_only["班级"].merge_cells("A1:E1")
    assert records(saved(title_only)) == [(3, RECORD)]


def test_a_huge_merge_costs_nothing():
    sheet = sheet_xml(HEADER_ROW, '<mergeCells><mergeCell ref="A2:XFD1048576"/></mergeCells>')
    problems = Problems()
    columns = [HeaderColumn("code", "班级代码"), HeaderColumn("count", "人数")]
    with open_workbook(raw_workbook(sheet)) as book:
        assert list(book.table("班级", columns, problems).rows()) == []


def test_a_formula_without_result_is_refused_and_one_with_a_result_is_read():
    row = (
        f'<row r="2">{text_cell("A2", "C1")}{text_cell("B2", "软件1班")}'
        '<c r="C2"><f>DATE(2024,3,12)</f></c><c r="D2"><f>30+30</f><v>60</v></c>'
        '<c r="E2" t="str"><f>""</f><v></v></c></row>'
    )
    header = "".join(text_cell(f"{letter}1", name) for letter, name in zip("ABCDE", HEADER, strict=True))
    data = raw_workbook(sheet_xml(f'<row r="1">{header}</row>{row}'))
    assert messages(data) == ["工作表「班级」第 2 行「开班日期」：值「=」是没有计算结果的公式，请粘贴为数值"]
    book = workbook(("班级", [HEADER, ["C1", "软件1班", None, "=1+1", None]]))
    assert messages(saved(book)) == ["工作表「班级」第 2 行「人数」：值「=」是没有计算结果的公式，请粘贴为数值"]


@pytest.mark.parametrize("error", ["#REF!", "#N/A", "#VALUE!", "#DIV/0!"])
def test_error_cells_are_refused_by_cell(error):
    assert messages(simple("班级", [HEADER, ["C1", error, None, error, None]])) == [
        f"工作表「班级」第 2 行「班级名称」：值「{error}」是公式错误，请粘贴为数值",
        f"工作表「班级」第 2 行「人数」：值「{error}」是公式错误，请粘贴为数值",
    ]


def test_a_workbook_that_counts_from_1904_gives_the_same_days():
    book = workbook(("班级", [HEADER, ["C1", "甲", dt.date(2024, 3, 12), 1], ["C2", "乙", 45363 - 1462, 1]]))
    book.epoch = CALENDAR_MAC_1904
    found = records(saved(book))
    assert [record["opened"] for _number, record in found] == [dt.date(2024, 3, 12)] * 2


def test_all_problems_are_listed_at_once_and_the_first_twenty_in_the_message():
    problems = Problems()
    for row in range(2, 32):
        problems.add(Problem("班级", row, "人数", "x", "应为整数"))
    with pytest.raises(ImportRefused) as caught:
        problems.refuse()
    assert caught.value.problems.count == 30
    lines = caught.value.message.split("\n")
    assert lines[0] == "导入未进行，共 30 处问题："
    assert lines[1] == "工作表「班级」第 2 行「人数」：值「x」应为整数"
    assert lines[-1] == "……另有 10 处问题"
    Problems().refuse()


def test_a_long_value_is_cut_in_the_message_and_control_characters_do_not_break_it():
    shown = str(Problem("班级", 2, "备注", "长" * 200 + "\n", "太长"))
    assert shown == "工作表「班级」第 2 行「备注」：值「" + "长" * 60 + "…」太长"
    assert "\n" not in str(Problem("班级", 2, "备注", "a\nb\x1b[0m", "x"))


def test_the_row_cap_counts_data_rows_exactly():
    data = simple("班级", [HEADER, *([ROW] * 5)])
    for rows, fits in ((5, True), (4, False)):
        with open_workbook(data, Limits(rows=rows)) as book:
            table = book.table("班级", COLUMNS, Problems())
            if fits:
                assert len(list(table.rows())) == 5
            else:
                with pytest.raises(WorkbookRefused, match="超过 4 行"):
                    list(table.rows())


def test_a_cell_beyond_the_length_cap_is_refused_by_cell():
    data = simple("班级", [HEADER, ["C1", "软" * 5001, None, None, "<b>=1+1</b>"]])
    assert messages(data) == ["工作表「班级」第 2 行「班级名称」：值「" + "软" * 60 + "…」超过 5000 个字"]


def test_a_row_that_claims_a_number_beyond_the_sheet_is_refused_at_once():
    sheet = sheet_xml(HEADER_ROW + f'<row r="2000000000">{text_cell("A2", "C1")}</row>')
    columns = [HeaderColumn("code", "班级代码", required=True)]
    with open_workbook(raw_workbook(sheet)) as book:
        table = book.table("班级", columns, Problems())
        started = time.process_time()
        with pytest.raises(WorkbookRefused, match="行号"):
            list(table.rows())
        assert time.process_time() - started < 3


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""), (True, "TRUE"), (False, "FALSE"), (60.0, "60"), (60.5, "60.5"), (dt.datetime(2023, 9, 1), "2023-09-01"),
        (dt.datetime(2023, 9, 1, 8, 30), "2023-09-01 08:30"), (dt.date(2023, 9, 1), "2023-09-01"), ("张三", "张三"),
    ],
)  # fmt: skip
def test_values_are_shown_as_the_sheet_shows_them(value, shown):
    assert str(Problem("表", 2, "列", value, "x")) == f"工作表「表」第 2 行「列」：值「{shown}」x"


def test_a_whole_row_can_be_reported_and_very_many_problems_are_counted():
    problems = Problems()
    problems.sheet("班级", "与第 3 行重复", row=5)
    assert [str(problem) for problem in problems] == ["工作表「班级」第 5 行：与第 3 行重复"]
    for row in range(6_000):
        problems.sheet("班级", "x", row=row)
    assert problems.count == len(problems) == 6_001
    assert len(list(problems)) == 5_000


def test_a_mapping_by_letters_alone_takes_the_first_row_with_text_as_header():
    data = simple("班级", [[], ["编", "名"], ["C1", "软件1班"]])
    assert records(data, mapping={"A": "code", "B": "name"}) == [
        (3, {"code": "C1", "name": "软件1班", "opened": None, "count": None, "note": ""})
    ]
    assert "未知的字段「nonsense」" in messages(data, mapping={"A": "code", "B": "name", "C": "nonsense"})[0]


def test_too_many_sheets_are_refused():
    with pytest.raises(WorkbookRefused, match="超过 1 张"):
        open_workbook(saved(workbook(("一", [["x"]]), ("二", [["y"]]))), Limits(sheets=1))
