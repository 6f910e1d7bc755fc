"""考勤: roll calls from sheets of a day each or from a matrix of days and periods (article 5 (4))."""

from __future__ import annotations

from typing import Final

from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.documents.workbooks_in import HeaderColumn
from teachers.imports.columns import SheetKind

from ..declaring import ImportKind, Reading, Scope, Shown, Wanted
from ..grids import read_grids
from ..marks import SIGNS, WORDS
from .calling import Planner

SHEET: Final = SheetKind(
    "2024-03-18",
    (
        HeaderColumn("class_code", "班级代码"),
        HeaderColumn("student_no", "学号"),
        HeaderColumn("name", "姓名"),
        HeaderColumn("m1", "1-2节"),
        HeaderColumn("m2", "3-4节"),
        HeaderColumn("m3", "5-6节"),
        HeaderColumn("m4", "7-8节"),
    ),
    "student_no",
    {
        "class_code": "也可以写在表头上方，或用班级命名工作表",
        "student_no": "按文本填写；班内没有重名的可以只写姓名",
        "m1": "工作表以日期命名；一天一张，或把列名写成 2024-03-18 1-2节",
    },
    {name: tuple(WORDS) for name in ("m1", "m2", "m3", "m4")},
)


def plan(reading: Reading, scope: Scope) -> Wanted:
    return Planner(reading, scope).plan()


def _count(value: object) -> str:
    return str(value) if value else ""


ATTENDANCE: Final = ImportKind(
    key="attendance",
    label="考勤",
    text="以前用表格点名的，可以整批导入：一天一张工作表，或一张表里列出日期和节次。",
    icon="calendar2-check",
    roles=(Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD, Role.OFFICE),
    sheets=(SHEET,),
    key_columns=("school_class_id", "day", "period"),
    shown=tuple(
        Shown(name, label, _count)
        for name, label in (
            ("due", "应到"),
            ("present", "实到"),
            ("late", "迟到"),
            ("early", "早退"),
            ("excused", "准假"),
            ("absent", "缺勤"),
        )
    ),
    plan=plan,
    read=read_grids,
    hints=(
        "一天一张：工作表以日期命名（2024-03-18 或 3月18日），每个节次一列。也可以把列名写成“2024-03-18 1-2节”，一张表里列很多天。",
        "班级写在「班级代码」列，或写在表头上方，或用班级命名工作表。班内没有重名的学生可以只写姓名。",
        f"填{'、'.join(WORDS)}；{'，'.join(f'{sign} {word}' for sign, word in SIGNS.items())}，空白为出勤。"
        "表里另有图例的，以图例为准。请假、病假、事假、公假按已准假登记，未准假的写旷课。",
        "整列空白的不登记。已点过名的节次不会被改写：相同的算未变，不同的请在点名页面更正。",
        "名册上没有列出的学生按出勤登记；有准假条的按准假登记。",
    ),
)
