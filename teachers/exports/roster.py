"""The roster as a workbook that can be imported again unchanged, and the empty template of the import."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.documents import cells
from gaobo_banzhuren.documents.workbooks_out import (
    DATE,
    INTEGER,
    TEXT,
    Column,
    Sheet,
    Table,
    workbook_bytes,
)  # fmt: skip

from ..imports.columns import APPOINTMENTS, CLASSES, COLLEGES, KINDS, LEAVES, STUDENTS, TEACHERS, SheetKind
from ..imports.snapshot import Scope
from ..imports.timeline import Spell, latest_row
from ..models import Appointment, ClassTeacher, Guardian, Leave, RosterEntry, SchoolClass, Student
from .templates import empty_workbook

Row = tuple[Any, ...]


def roster_rows(user: User, scope: Scope) -> dict[str, list[Row]]:
    """Rows by sheet in the order of the fixed columns: what the person may see of the scope's colleges."""
    colleges = College.objects.visible_to(user)
    if scope.colleges is not None:
        colleges = colleges.filter(pk__in=scope.colleges)
    keys = set(colleges.values_list("pk", flat=True))
    return {
        COLLEGES: list(colleges.order_by("code").values_list("code", "name")),
        TEACHERS: list(
            ClassTeacher.objects.visible_to(user).filter(college_id__in=keys).order_by("user__staff_no")
            .values_list("user__staff_no", "user__name", "sex", "college__code", "phone", "category")
        ),
        CLASSES: list(
            SchoolClass.objects.visible_to(user).filter(college_id__in=keys).order_by("code").values_list(
                "code", "name", "college__code", "programme__project_type", "programme__sponsor", "programme__major",
                "entry_year", "opens_on", "teaching_ends_on", "closes_on",
            )
        ),
        STUDENTS: list(_student_rows(user, keys)),
        APPOINTMENTS: list(
            Appointment.objects.visible_to(user).effective().filter(school_class__college_id__in=keys)
            .order_by("school_class__code", "starts_on")
            .values_list("school_class__code", "teacher__user__staff_no", "starts_on", "ends_on", "end_reason", "filed_on")
        ),
        LEAVES: list(
            Leave.objects.visible_to(user).standing().filter(teacher__college_id__in=keys)
            .order_by("teacher__user__staff_no", "starts_on")
            .values_list("teacher__user__staff_no", "starts_on", "ends_on", "stand_in__user__staff_no")
        ),
    }  # fmt: skip


def _student_rows(user: User, colleges: set[int]) -> Iterable[Row]:
    """One row a student: the class and state recorded last. Only students who are now in one of the colleges."""
    class_of = {
        pk: (code, college) for pk, code, college in SchoolClass.objects.values_list("pk", "code", "college_id")
    }
    spells: dict[int, list[Spell]] = defaultdict(list)
    last_class: dict[int, int] = {}
    visible = Student.objects.visible_to(user)
    entries = RosterEntry.objects.standing().filter(student__in=visible).order_by("student_id", "starts_on")
    for student, school_class, state, first, last in entries.values_list(
        "student_id", "school_class_id", "state", "starts_on", "ends_on"
    ):
        spells[student].append(Spell(class_of[school_class][0], state, first, last))
        last_class[student] = school_class
    guardians: dict[int, tuple[str, str, str]] = {}
    parents = Guardian.objects.filter(student__in=visible).order_by("student_id", "pk")
    for student, name, relation, phone in parents.values_list("student_id", "name", "relation", "phone"):
        guardians.setdefault(student, (name, relation, phone))
    facts = visible.order_by("student_no").values_list("pk", "student_no", "name", "sex", "exam_no", "phone")
    for pk, number, name, sex, exam_no, phone in facts:
        if pk in spells and class_of[last_class[pk]][1] in colleges:
            said = latest_row(spells[pk])
            yield (
                number, name, sex, exam_no, said.class_code, said.joined, said.state, said.state_on, phone,
                *guardians.get(pk, ("", "", "")),
            )  # fmt: skip


def roster_workbook(user: User, scope: Scope) -> bytes:
    """The six sheets with the fixed headers and nothing else, so that the file can go straight back in."""
    rows = roster_rows(user, scope)
    sheets = [Sheet(kind.name, Table(_columns(kind), rows[kind.name])) for kind in KINDS]
    return workbook_bytes(sheets, title="名册")


def _columns(kind: SheetKind) -> list[Column]:
    return [
        Column(column.header, index, _kind_of(column.convert, column.field))
        for index, column in enumerate(kind.columns)
    ]


def _kind_of(convert: object, field: str) -> str:
    if convert is cells.date:
        return DATE
    return INTEGER if field == "entry_year" else TEXT


EXPLAINED: Final = (
    "带 * 的列必填；列的先后可以调整，多出的列不读取。可以只留需要的工作表。",
    "开始、结束、教学结束、结班日期都包含当天；入班日期是在册的第一天；状态日期是该状态的第一天。",
    "空白单元格不改动系统中已有的内容。同一文件导入两次，第二次没有变化。",
    "有任何问题时全部列出，不保存任何内容。",
    "学号、工号、准考证号、手机按文本填写，前导零保留。",
    "解聘：结束日期是在岗的最后一天，次日起不在岗。",
)


def template_workbook() -> bytes:
    """An empty roster."""
    return empty_workbook(KINDS, "名册模板", EXPLAINED)
