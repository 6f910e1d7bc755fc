"""Every problem of a workbook is named at once with sheet, row and column, and nothing is saved."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command

from tests.teachers.rosters import base, imported, row_counts, workbook

pytestmark = pytest.mark.django_db

# (sheet, 0-based row, column index, new value): each puts one thing wrong in the legal workbook of `forty`.
PLANTED: list[tuple[str, int, int, Any, str, str]] = [
    # sheet, row in the file, column, value, header that must be named, part of the reason
    ("二级学院", 4, 0, "A01", "学院代码", "与第 2 行重复"),
    ("二级学院", 5, 1, None, "学院名称", "不能为空"),
    ("二级学院", 6, 1, "信息学院", "学院名称", "与第 2 行重复"),
    ("班主任", 5, 0, "0301", "工号", "与第 2 行重复"),
    ("班主任", 6, 1, None, "姓名", "不能为空"),
    ("班主任", 7, 2, "女性", "性别", "不在可选范围"),
    ("班主任", 8, 3, "A99", "学院代码", "不存在"),
    ("班主任", 9, 4, "电话", "手机", "不是有效的电话号码"),
    ("班主任", 10, 5, "临时", "人员类别", "不在可选范围"),
    ("班主任", 11, 0, "12 34?", "工号", "只能由"),
    ("班级", 5, 0, "K1", "班级代码", "与第 2 行重复"),
    ("班级", 6, 2, "B01", "学院代码", "不存在"),
    ("班级", 7, 3, "专升本", "项目类型", "不在可选范围"),
    ("班级", 8, 6, "二〇二三", "入学年份", "应为整数"),
    ("班级", 9, 7, "2023-13-01", "开班日期", "不存在的日期"),
    ("班级", 10, 8, "2023-08-31", "教学结束日期", "早于开班日期"),
    ("班级", 11, 9, "2023-06-30", "结班日期", "早于开班日期"),
    ("班级", 12, 7, "45170", "开班日期", "不是可识别的日期"),
    ("学生", 8, 0, "23001", "学号", "与第 2 行重复"),
    ("学生", 9, 1, None, "姓名", "不能为空"),
    ("学生", 10, 4, "K99", "班级代码", "不存在"),
    ("学生", 11, 5, "9/1/2023", "入班日期", "不是可识别的日期"),
    ("学生", 12, 6, "在校", "状态", "不在可选范围"),
    ("学生", 13, 7, None, "状态日期", "不能为空（状态为「休学」）"),
    ("学生", 14, 7, "2023-08-01", "状态日期", "早于入班日期"),
    ("学生", 15, 2, "不详", "性别", "不在可选范围"),
    ("学生", 16, 3, 320123456789012345, "准考证号", "长数字"),
    ("学生", 17, 8, "1380", "手机", "不是有效的电话号码"),
    ("学生", 18, 5, "2023-02-29", "入班日期", "不存在的日期"),
    ("学生", 19, 1, "周\U00030000博", "姓名", "此字无法打印"),
    ("学生", 20, 5, True, "入班日期", "不是日期"),
    ("聘任", 5, 0, "K77", "班级代码", "不存在"),
    ("聘任", 6, 1, "9999", "工号", "不存在"),
    ("聘任", 7, 3, "2023-08-01", "结束日期", "早于开始日期"),
    ("聘任", 8, 4, None, "结束原因", "不能为空（已填结束日期）"),
    ("聘任", 9, 4, "辞职", "结束原因", "不在可选范围"),
    ("聘任", 10, 2, "2023-12-01", "开始日期", "重叠"),
    ("班主任请假", 3, 0, "8888", "工号", "不存在"),
    ("班主任请假", 4, 2, "2024-01-01", "结束日期", "早于开始日期"),
    ("班主任请假", 5, 3, "0303", "代班工号", "同一人"),
    ("班主任请假", 6, 1, "2024-04-15", "开始日期", "与第 2 行的请假重叠"),
    ("班主任请假", 7, 3, "7777", "代班工号", "不存在"),
]


def forty() -> dict[str, list[list[Any]]]:
    """The legal workbook with a legal row for every planted problem."""
    sheets = base()
    sheets["二级学院"] += [[f"A1{n}", f"第{n}学院"] for n in range(3)]
    sheets["班主任"] += [[f"04{n:02d}", f"老师{'甲乙丙丁戊己庚'[n]}", "女", "A01", None, "校内"] for n in range(7)]
    sheets["班级"] += [
        [f"P{n}", f"测试{n}班", "A01", "专接本", None, None, 2023, "2023-09-01", "2024-06-30", "2024-08-31"]
        for n in range(8)
    ]
    sheets["班级"][9 - 1] = [*sheets["班级"][8][:9], None]  # row 10: only the teaching end will be wrong
    sheets["班级"][10 - 1] = [*sheets["班级"][9][:8], None, "2024-08-31"]  # row 11: only the closing day
    sheets["学生"] += [
        [f"2310{n}", f"学生{'甲乙丙丁戊己庚辛壬癸子丑寅'[n]}", "男", None, "K2", "2023-09-01", "在读", None, None]
        for n in range(13)
    ]
    for row in (13, 14):
        sheets["学生"][row - 2][6:8] = ["休学", "2024-03-01"]
    sheets["聘任"] += [
        ["K2", "0301", "2023-09-01"],
        ["P1", "0302", "2023-09-01"],
        ["P2", "0302", "2023-09-01", "2024-01-31", "期满"],
        ["P3", "0302", "2023-09-01", "2024-01-31", "期满"],
        ["P4", "0302", "2023-09-01", "2024-01-31", "期满"],
        ["K1", "0303", "2024-03-01", "2023-12-31", "期满"],
    ]
    sheets["聘任"][10 - 2][2:4] = ["2022-09-01", "2023-12-31"]
    sheets["班主任请假"] += [
        ["0301", "2024-03-01", "2024-03-10", None],
        ["0302", "2024-03-01", "2024-03-10", None],
        ["0303", "2024-06-01", "2024-06-10", "0301"],
        ["0303", "2024-07-01", "2024-07-10", "0301"],
        ["0301", "2024-09-01", "2024-09-10", "0302"],
    ]
    return sheets


def planted() -> dict[str, list[list[Any]]]:
    sheets = forty()
    for sheet, row, column, value, _header, _reason in PLANTED:
        cells = sheets[sheet][row - 2]
        cells += [None] * (column + 1 - len(cells))
        cells[column] = value
    return sheets


def test_every_planted_problem_is_named_with_its_cell_and_nothing_is_saved(tmp_path, capsys):
    path = tmp_path / "名册.xlsx"
    path.write_bytes(workbook(planted()))
    before = row_counts()
    with pytest.raises(SystemExit) as stopped:
        call_command("import_roster", str(path))
    assert stopped.value.code == 1
    said = capsys.readouterr().err.splitlines()
    assert len(PLANTED) >= 40
    for sheet, row, _column, _value, header, reason in PLANTED:
        start = f"工作表「{sheet}」第 {row} 行「{header}」：值「"
        assert [line for line in said if line.startswith(start) and reason in line], (start, reason)
    assert len(said) == len(PLANTED), said
    assert row_counts() == before


def test_the_same_workbook_without_the_planted_problems_is_legal():
    sheets = forty()
    sheets["聘任"][10 - 2] = ["K1", "0303", "2022-09-01", "2023-08-31", "期满"]
    sheets["班主任请假"][5 - 2][3] = "0302"
    imported(sheets)
