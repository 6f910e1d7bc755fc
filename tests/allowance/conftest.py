"""The sample college in the database, and the four people of a sheet's way."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import openpyxl
import pytest

from gaobo_banzhuren.accounts.models import College
from teachers.models import (
    Appointment,
    ClassTeacher,
    Leave,
    Programme,
    RosterEntry,
    SchoolClass,
    Student,
)
from tests.factories import UserFactory

from .worlds import World, make_world

SAMPLES = Path(__file__).parent.parent / "samples"


def _rows(book: openpyxl.Workbook, sheet: str) -> list[dict[str, object]]:
    rows = list(book[sheet].iter_rows(values_only=True))
    return [dict(zip(rows[0], (_plain(value) for value in row), strict=True)) for row in rows[1:] if row[0] is not None]


def _plain(value: object) -> object:
    return value.date() if isinstance(value, dt.datetime) else value


def load_sample() -> None:
    """Write samples/roster.xlsx straight into the tables, without the import that is tested elsewhere."""
    book = openpyxl.load_workbook(SAMPLES / "roster.xlsx", read_only=True, data_only=True)
    colleges = {
        r["学院代码"]: College.objects.create(code=r["学院代码"], name=r["学院名称"]) for r in _rows(book, "二级学院")
    }
    teachers = {}
    for row in _rows(book, "班主任"):
        college = colleges[row["学院代码"]]
        user = UserFactory(staff_no=row["工号"], name=row["姓名"], home_college=college)
        teachers[row["工号"]] = ClassTeacher.objects.create(
            user=user, college=college, category=row["人员类别"] or "校内"
        )
    classes = {}
    for row in _rows(book, "班级"):
        programme, _ = Programme.objects.get_or_create(
            project_type=row["项目类型"], sponsor=row["主考院校"], major=row["专业"]
        )
        classes[row["班级代码"]] = SchoolClass.objects.create(
            code=row["班级代码"], name=row["班级名称"], college=colleges[row["学院代码"]], programme=programme,
            opens_on=row["开班日期"], teaching_ends_on=row["教学结束日期"], closes_on=row["结班日期"],
        )  # fmt: skip
    rows = _rows(book, "学生")
    students = Student.objects.bulk_create(Student(student_no=r["学号"], name=r["姓名"]) for r in rows)
    entries = []
    for student, row in zip(students, rows, strict=True):
        here = classes[row["班级代码"]]
        joined, changed = row["入班日期"], row["状态日期"]
        if row["状态"] == "在读":
            entries.append(RosterEntry(student=student, school_class=here, state="在读", starts_on=joined))
            continue
        if changed > joined:
            last = changed - dt.timedelta(days=1)
            entries.append(
                RosterEntry(student=student, school_class=here, state="在读", starts_on=joined, ends_on=last)
            )
        entries.append(RosterEntry(student=student, school_class=here, state=row["状态"], starts_on=changed))
    RosterEntry.objects.bulk_create(entries)
    for row in _rows(book, "聘任"):
        reason = row["结束原因"] or ""
        state = "dismissed" if reason == "解聘" else "ended" if reason else "filed" if row["备案日期"] else "appointed"
        Appointment.objects.create(
            school_class=classes[row["班级代码"]], teacher=teachers[row["工号"]], starts_on=row["开始日期"],
            ends_on=row["结束日期"], end_reason=reason, filed_on=row["备案日期"], state=state,
        )  # fmt: skip
    for row in _rows(book, "班主任请假"):
        Leave.objects.create(
            teacher=teachers[row["工号"]], starts_on=row["开始日期"], ends_on=row["结束日期"],
            stand_in=teachers.get(row["代班工号"]),
        )  # fmt: skip


@pytest.fixture
def sample(db: None) -> dict[str, dict[str, dict[str, object]]]:
    """The sample roster in the database; gives what three months of it must come to."""
    load_sample()
    expected: dict[str, dict[str, dict[str, object]]] = json.loads((SAMPLES / "expected.json").read_text())
    return expected


@pytest.fixture
def world(db: None) -> World:
    return make_world()
