"""The six sheets of the roster workbook: columns, what each accepts, and what the template says about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from gaobo_banzhuren.accounts.services.people import STAFF_NO
from gaobo_banzhuren.documents import cells
from gaobo_banzhuren.documents.workbooks_in import HeaderColumn

from ..models import EndReason, ProjectType, Sex, StaffCategory, StudentState

COLLEGES: Final = "二级学院"
TEACHERS: Final = "班主任"
CLASSES: Final = "班级"
STUDENTS: Final = "学生"
APPOINTMENTS: Final = "聘任"
LEAVES: Final = "班主任请假"


def at_most(length: int, convert: Callable[[object], str]) -> Callable[[object], str]:
    """The converter with the limit of the database column, so that no database cuts or refuses the text later."""

    def limited(value: object) -> str:
        result = convert(value)
        if len(result) > length:
            raise cells.CellProblem(f"超过 {length} 个字")
        return result

    return limited


@dataclass(frozen=True, slots=True)
class SheetKind:
    """A sheet by its fixed name; `key` is the field whose value people recognise a row by."""

    name: str
    columns: tuple[HeaderColumn, ...]
    key: str
    notes: Mapping[str, str]
    choices: Mapping[str, tuple[str, ...]]

    def header(self, field: str) -> str:
        return HEADERS[self.name, field]


def _kind(
    name: str,
    key: str,
    *columns: HeaderColumn,
    notes: Mapping[str, str] | None = None,
    choices: Mapping[str, Any] | None = None,
) -> SheetKind:
    words = {field: tuple(enum.values) for field, enum in (choices or {}).items()}
    return SheetKind(name, columns, key, notes or {}, words)


def _column(
    field: str, header: str, convert: Callable[[Any], Any], *aliases: str, required: bool = False
) -> HeaderColumn:
    return HeaderColumn(field, header, convert, required=required, aliases=aliases)


def staff_no(value: object) -> str:
    """A 工号 in the form that sign-in accepts; leading zeros stay."""
    result = cells.code(value)
    if not STAFF_NO.fullmatch(result):
        raise cells.CellProblem("应由 2 到 20 个字母、数字、短横或下划线组成")
    return result


_code30 = at_most(30, cells.code)
_code20 = at_most(20, cells.code)
_name50 = at_most(50, cells.name)
_phone30 = at_most(30, cells.phone)

KINDS: Final[tuple[SheetKind, ...]] = (
    _kind(
        COLLEGES,
        "code",
        _column("code", "学院代码", _code20, "二级学院代码", required=True),
        _column("name", "学院名称", at_most(60, cells.text), "二级学院名称", required=True),
    ),
    _kind(
        TEACHERS,
        "staff_no",
        _column("staff_no", "工号", staff_no, "教工号", "职工号", required=True),
        _column("name", "姓名", _name50, "班主任姓名", required=True),
        _column("sex", "性别", cells.choice(set(Sex.values))),
        _column("college", "学院代码", _code20, "所属学院代码", required=True),
        _column("phone", "手机", _phone30, "手机号", "手机号码", "联系电话"),
        _column("category", "人员类别", cells.choice({word: word for word in StaffCategory.values}), "类别"),
        notes={"staff_no": "按文本填写，前导零保留", "category": "空白为校内"},
        choices={"sex": Sex, "category": StaffCategory},
    ),
    _kind(
        CLASSES,
        "code",
        _column("code", "班级代码", _code30, "班级编号", required=True),
        _column("name", "班级名称", at_most(80, cells.text), "班级", required=True),
        _column("college", "学院代码", _code20, "所属学院代码", required=True),
        _column("project_type", "项目类型", cells.choice({word: word for word in ProjectType.values}), required=True),
        _column("sponsor", "主考院校", at_most(60, cells.text)),
        _column("major", "专业", at_most(60, cells.text), "专业名称"),
        _column("entry_year", "入学年份", cells.integer(1990, 2100), "年级"),
        _column("opens_on", "开班日期", cells.date, required=True),
        _column("teaching_ends_on", "教学结束日期", cells.date),
        _column("closes_on", "结班日期", cells.date),
        notes={"teaching_ends_on": "最后一个教学日", "closes_on": "班级的最后一天"},
        choices={"project_type": ProjectType},
    ),
    _kind(
        STUDENTS,
        "student_no",
        _column("student_no", "学号", _code30, required=True),
        _column("name", "姓名", _name50, "学生姓名", required=True),
        _column("sex", "性别", cells.choice(set(Sex.values))),
        _column("exam_no", "准考证号", _code30, "考籍号"),
        _column("class_code", "班级代码", _code30, "班级编号", required=True),
        _column("joined_on", "入班日期", cells.date, required=True),
        _column("state", "状态", cells.choice({word: word for word in StudentState.values}), "学籍状态", required=True),
        _column("state_on", "状态日期", cells.date),
        _column("phone", "手机", _phone30, "手机号", "手机号码", "联系电话"),
        _column("guardian_name", "家长姓名", _name50),
        _column("guardian_relation", "家长关系", at_most(20, cells.text)),
        _column("guardian_phone", "家长电话", _phone30, "家长手机"),
        notes={
            "joined_on": "在册的第一天",
            "state_on": "该状态的第一天；除在读外必填；复学填在读和复学日期",
            "exam_no": "按文本填写",
        },
        choices={"sex": Sex, "state": StudentState},
    ),
    _kind(
        APPOINTMENTS,
        "class_code",
        _column("class_code", "班级代码", _code30, "班级编号", required=True),
        _column("staff_no", "工号", staff_no, "班主任工号", required=True),
        _column("starts_on", "开始日期", cells.date, "聘任开始日期", required=True),
        _column("ends_on", "结束日期", cells.date, "聘任结束日期"),
        _column("end_reason", "结束原因", cells.choice({word: word for word in EndReason.values})),
        _column("filed_on", "备案日期", cells.date),
        notes={"ends_on": "在岗的最后一天；空白为仍在岗", "end_reason": "有结束日期时必填"},
        choices={"end_reason": EndReason},
    ),
    _kind(
        LEAVES,
        "staff_no",
        _column("staff_no", "工号", staff_no, "班主任工号", required=True),
        _column("starts_on", "开始日期", cells.date, "请假开始日期", required=True),
        _column("ends_on", "结束日期", cells.date, "请假结束日期", required=True),
        _column("stand_in", "代班工号", staff_no, "代班班主任工号"),
        notes={"ends_on": "请假的最后一天"},
    ),
)
HEADERS: Final = {(kind.name, column.field): column.header for kind in KINDS for column in kind.columns}
BY_NAME: Final = {kind.name: kind for kind in KINDS}
