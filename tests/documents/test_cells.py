"""What people type or paste into a cell becomes one plain value or one clear refusal (threats C4, D11–D14, D18)."""

import datetime as dt

import pytest

from gaobo_banzhuren.documents import cells
from gaobo_banzhuren.documents.cells import CellProblem

SEPTEMBER_FIRST = dt.date(2023, 9, 1)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (60, 60), ("60", 60), ("６０", 60), (" 60 ", 60), (60.0, 60), ("+60", 60), ("060", 60),
        ("\u00a060\u3000", 60), (1, 1), (500, 500), ("\ufeff60", 60),
    ],
)  # fmt: skip
def test_whole_numbers_in_the_published_forms_are_read(value, expected):
    assert cells.integer(1, 500)(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        "60人", "6 0", "60.0", "1e2", "1,200", "六十", "²", "6²", "①", "٦٠", "", "-", "0x3C", "60-70", -3, "-3", 60.5, 0, True, False,
        10**20, 1e20, float("inf"), 501, dt.date(2023, 9, 1), "#REF!",
    ],
)  # fmt: skip
def test_everything_else_is_no_headcount(value):
    with pytest.raises(CellProblem):
        cells.integer(1, 500)(value)


@pytest.mark.parametrize(
    "value",
    [
        "2023-09-01", "2023-9-1", "2023/9/1", "2023/09/01", "2023.9.1", "2023年9月1日", "2023年09月01日", "2023年9月1号",
        "2023 年 9 月 1 日", "20230901", "２０２３－９－１", " 2023-9-1\u3000", "2023-09-01 00:00:00", 20230901, 20230901.0,
        45170, 45170.0, dt.datetime(2023, 9, 1), dt.datetime(2023, 9, 1, 8, 30), dt.date(2023, 9, 1),
    ],
)  # fmt: skip
def test_a_day_in_any_published_form_is_read(value):
    assert cells.date(value) == SEPTEMBER_FIRST


@pytest.mark.parametrize(
    "value",
    [
        "45170", "9/1/2023", "1/9/2023", "2023-02-29", "2023-13-01", "0001-01-01", "2123-01-01", "1989-12-31", "2023-9",
        "2023年9月", "23-9-1", "2023-9/1", "2023.09", "九月一日", "2023-09-01 08:00", 0, 1, 99, 2023, 44.5, 45170.5, True,
        20231301, dt.time(8, 0), dt.datetime(1900, 1, 1), 202309, "#VALUE!",
    ],
)  # fmt: skip
def test_everything_else_is_no_day(value):
    with pytest.raises(CellProblem):
        cells.date(value)


def test_a_day_count_of_a_1904_workbook_is_counted_from_1904():
    assert cells.date(45170 - 1462, date1904=True) == SEPTEMBER_FIRST
    assert cells.date(dt.datetime(2023, 9, 1), date1904=True) == SEPTEMBER_FIRST


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("000123", "000123"), (123, "123"), (2210001.0, "2210001"), ("2210001.0", "2210001"), (" 24ZK001 ", "24ZK001"),
        ("２４ＺＫ００１", "24ZK001"), ("24ZK 001", "24ZK001"), ("320102199001011234", "320102199001011234"),
        ("\u200b20010007\ufeff", "20010007"), (99_999_999_999_999, "99999999999999"), ("23软件1", "23软件1"),
    ],
)  # fmt: skip
def test_codes_keep_their_zeros_and_digits(value, expected):
    assert cells.code(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        100_000_000_000_000, 320102199001011200, 3.20102199001011e17, 12.5, -5, True, dt.date(2023, 9, 1), "", "  ", "a;b",
        "=1+1", "a" * 65, "1\n2", "20\x0012", "#N/A", "10²",
    ],
)  # fmt: skip
def test_damaged_or_odd_codes_are_refused(value):
    with pytest.raises(CellProblem):
        cells.code(value)


def test_a_long_number_stored_as_a_number_is_refused_with_the_remedy():
    with pytest.raises(CellProblem, match="文本格式"):
        cells.code(320102199001011234)


@pytest.mark.parametrize(
    "value",
    ["张三", " 张三", "张三 ", "张\u00a0三", "张\u3000三", "张 三", "张\u200b三", "\ufeff张三", "张  三", "张三\u2060"],
)
def test_one_person_is_not_two_because_of_blanks(value):
    assert cells.name(value) == "张三"


@pytest.mark.parametrize("dot", ["·", "•", "‧", "∙", "・", "･", ".", "．", " · ", "\u0387"])
def test_the_dot_of_a_name_stays_and_has_one_form(dot):
    assert cells.name(f"阿卜杜拉{dot}买买提") == "阿卜杜拉·买买提"


def test_names_of_other_writing_keep_their_blanks_and_composed_letters():
    assert cells.name("John  Smith") == "John Smith"
    assert cells.name("J. Smith") == "J. Smith"
    assert cells.name("Jose\u0301") == "Jos\u00e9"
    assert cells.name("𬭚䶮") == "𬭚䶮"


@pytest.mark.parametrize("value", ["", "123", 123, "·", "张\x07三", None, "张" * 65, "\ud800张", "张\ufffe"])
def test_what_cannot_be_a_name_is_refused(value):
    with pytest.raises(CellProblem):
        cells.name(value)


def test_text_is_trimmed_and_markup_is_only_text():
    assert cells.text(" 软件\u00a0 工程\u3000") == "软件 工程"
    assert cells.text("<script>alert(1)</script>") == "<script>alert(1)</script>"
    assert cells.text("=1+1") == "=1+1"
    assert cells.text(0) == "0"
    assert cells.long_text("第一行\r\n第二行") == "第一行\n第二行"


@pytest.mark.parametrize("value", ["两\n行", "x" * 5001, "a\x00b", 1.5, True, dt.date(2023, 9, 1), b"x", "#DIV/0!"])
def test_text_that_cannot_be_kept_is_refused(value):
    with pytest.raises(CellProblem):
        cells.text(value)


def test_a_formula_error_asks_to_paste_values():
    for convert in (cells.text, cells.code, cells.name, cells.date, cells.phone, cells.integer(), cells.choice({"男"})):
        with pytest.raises(CellProblem, match="请粘贴为数值"):
            convert("#REF!")
        with pytest.raises(CellProblem, match="请粘贴为数值"):
            convert(cells.UNCACHED_FORMULA)


def test_a_choice_is_one_of_the_listed_words():
    kind = cells.choice({"专接本": "ZJB", "自考助学": "ZK"})
    assert kind(" 专接本 ") == "ZJB"
    assert kind("自考 助学") == "ZK"
    assert cells.choice({"男", "女"})("女") == "女"
    with pytest.raises(CellProblem, match="专接本、自考助学"):
        kind("本科")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (13812345678, "13812345678"), ("138 1234 5678", "13812345678"), ("138-1234-5678", "138-1234-5678"),
        ("0512-62888888", "0512-62888888"), ("（0512）62888888", "051262888888"), ("+86 13812345678", "+8613812345678"),
        (13812345678.0, "13812345678"),
    ],
)  # fmt: skip
def test_telephone_numbers_are_read(value, expected):
    assert cells.phone(value) == expected


@pytest.mark.parametrize("value", ["无", "138", "1381234567X", "", "13812345678/13912345678", True, "-5123456"])
def test_what_is_no_telephone_number_is_refused(value):
    with pytest.raises(CellProblem):
        cells.phone(value)


@pytest.mark.parametrize("value", [None, "", " ", "\u3000", "\u200b\ufeff", "\n"])
def test_an_empty_looking_cell_is_empty(value):
    assert cells.is_blank(value)
    assert not cells.is_blank(0)
    assert not cells.is_blank("0")
