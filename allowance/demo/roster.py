"""The demo college's roster as the workbook that a college would bring, so that it comes in by the import."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from gaobo_banzhuren.documents.workbooks_out import DATE, INTEGER, TEXT, Column, Sheet, Table, workbook_bytes

from .names import Names

COLLEGES = (
    ("XX", "信息工程学院", (("软件工程", "南京师范大学"), ("计算机科学与技术", "苏州大学"))),
    ("JG", "经济管理学院", (("会计学", "苏州大学"), ("人力资源管理", "南京师范大学"))),
    ("GH", "港航物流学院", (("物流管理", "南京农业大学"), ("交通运输", "苏州大学"))),
    ("YS", "艺术设计学院", (("视觉传达设计", "南京艺术学院"), ("动画", "南京艺术学院"))),
)
CLASSES_PER_COLLEGE = 10
TEACHERS_PER_COLLEGE = 11
SIZES = (62, 34, 59, 81, 28, 60, 47, 66, 30, 79)
"""Chosen to stand on and beside the edges of the tiers."""


@dataclass(slots=True)
class RosterPlan:
    """What goes into the workbook, sheet by sheet."""

    first_year: int
    teachers: list[list[Any]] = field(default_factory=list)
    classes: list[list[Any]] = field(default_factory=list)
    students: list[list[Any]] = field(default_factory=list)
    appointments: list[list[Any]] = field(default_factory=list)
    leaves: list[list[Any]] = field(default_factory=list)
    teachers_of: dict[str, list[str]] = field(default_factory=dict)

    @property
    def opened(self) -> dt.date:
        return dt.date(self.first_year, 9, 1)


def plan_roster(first_year: int, scale: int, names: Names) -> RosterPlan:
    """Four colleges; `scale` multiplies classes, teachers and students."""
    plan = RosterPlan(first_year)
    for number, (code, _, majors) in enumerate(COLLEGES):
        own = [f"{number + 1}0{index:04d}" for index in range(1, TEACHERS_PER_COLLEGE * scale + 1)]
        plan.teachers_of[code] = own
        for index, staff_no in enumerate(own):
            category = "外聘" if index % 7 == 5 else "退休" if index % 11 == 9 else "校内"
            plan.teachers.append([staff_no, names.take(), names.sex(), code, names.phone(), category])
        for index in range(CLASSES_PER_COLLEGE * scale):
            _plan_class(plan, code, majors[index % 2], index, own, names)
    return plan


def _plan_class(
    plan: RosterPlan, college: str, programme: tuple[str, str], index: int, staff: list[str], names: Names
) -> None:
    major, sponsor = programme
    year = plan.first_year
    upgrade = index % 3 != 2
    opened = plan.opened if index % 10 != 7 else dt.date(year + 1, 3, 16)
    teaching_ends = closes = None
    if index % 10 in (3, 6):
        teaching_ends, closes = dt.date(year + 1, 1, 18), dt.date(year + 1, 7, 3)
    elif index % 10 == 8:
        teaching_ends = dt.date(year + 1, 6, 26)
    code = f"{year % 100}{college}{index + 1:02d}"
    name = f"{major}{year % 100}{'专接本' if upgrade else '自考'}{index + 1}班"
    plan.classes.append(
        [code, name, college, "专接本" if upgrade else "自考助学", sponsor, major, year, opened, teaching_ends, closes]
    )
    # Two classes share one teacher, so that there are people with two classes and one without any.
    staff_no = staff[index if index % 10 != 4 else index - 1]
    filed = opened + dt.timedelta(days=9)
    plan.appointments.append([code, staff_no, opened, closes, "期满" if closes else None, filed])
    for number in range(SIZES[index % 10]):
        plan.students.append(_student(code, number, opened, closes, year, college, names))


def _student(
    code: str, number: int, opened: dt.date, closes: dt.date | None, year: int, college: str, names: Names
) -> list[Any]:
    state, since = "在读", None
    if closes:
        state, since = "毕业", closes + dt.timedelta(days=1)
    elif names.chance(4):
        state, since = ("休学", "退学", "保留")[number % 3], opened + dt.timedelta(days=names.between(40, 300))
    joined = opened if not names.chance(5) else opened + dt.timedelta(days=names.between(3, 25))
    student_no = f"{code}{number + 1:03d}"
    return [
        student_no, names.take(), names.sex(), f"0{year % 100}{number:04d}{len(college)}{code[-2:]}", code, joined, state,
        since, names.phone(), names.take(), names.sex().replace("男", "父亲").replace("女", "母亲"), names.phone(),
    ]  # fmt: skip


def workbook_of(plan: RosterPlan) -> bytes:
    """The workbook in the form that the import reads."""
    colleges = [[code, name] for code, name, _ in COLLEGES]
    sheets = (
        ("二级学院", ("学院代码", "学院名称"), colleges, ()),
        ("班主任", ("工号", "姓名", "性别", "学院代码", "手机", "人员类别"), plan.teachers, ()),
        (
            "班级",
            ("班级代码", "班级名称", "学院代码", "项目类型", "主考院校", "专业", "入学年份", "开班日期", "教学结束日期", "结班日期"),
            plan.classes,
            (7, 8, 9),
        ),
        (
            "学生",
            (
                "学号", "姓名", "性别", "准考证号", "班级代码", "入班日期", "状态", "状态日期", "手机", "家长姓名", "家长关系",
                "家长电话",
            ),
            plan.students,
            (5, 7),
        ),
        ("聘任", ("班级代码", "工号", "开始日期", "结束日期", "结束原因", "备案日期"), plan.appointments, (2, 3, 5)),
        ("班主任请假", ("工号", "开始日期", "结束日期", "代班工号"), plan.leaves, (1, 2)),
    )  # fmt: skip
    pages = []
    for name, headers, rows, dates in sheets:
        kinds = [
            DATE if at in dates else INTEGER if header == "入学年份" else TEXT for at, header in enumerate(headers)
        ]
        columns = [Column(header, at, kind) for at, (header, kind) in enumerate(zip(headers, kinds, strict=True))]
        pages.append(Sheet(name, Table(columns, rows)))
    return workbook_bytes(pages, title="名册")
