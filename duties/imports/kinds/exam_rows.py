"""What registrations and results share: rows about a student, a session and a course."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final

from gaobo_banzhuren.documents import cells
from gaobo_banzhuren.documents.workbooks_in import HeaderColumn
from teachers.imports.columns import at_most
from teachers.imports.reading import ReadSheet, Row
from teachers.models import RosterEntry, SchoolClass

from ...models import Course, ExamSession
from ..declaring import Line, Reading, Scope
from ..lookups import ByName, Known, first_of, in_parts, student_of, students

COLUMNS: Final = (
    HeaderColumn("student_no", "学号", at_most(30, cells.code), required=True),
    HeaderColumn("name", "姓名", at_most(50, cells.name), aliases=("学生姓名",)),
    HeaderColumn("session", "考试场次", at_most(60, cells.text), required=True, aliases=("场次", "考试名称")),
    HeaderColumn("course", "课程代码", at_most(20, cells.code), required=True, aliases=("课程编号", "课程号")),
)
NOTES: Final = {
    "student_no": "按文本填写，前导零保留",
    "name": "可空；填写时须与学号相符",
    "session": "与系统中的场次名称相同",
    "course": "按文本填写，前导零保留",
}
KEY: Final = ("student_id", "session_id", "course_id")
CODE_LENGTH: Final = 5
"""Digits of the codes of the self-taught examinations; a sheet that stored them as numbers lost the leading zeros."""


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A row whose student, session and course are known."""

    sheet: ReadSheet
    row: Row
    student: Known
    session: ExamSession
    course: Course

    @property
    def key(self) -> tuple[int, int, int]:
        return (self.student.pk, self.session.pk, self.course.pk)

    @property
    def line(self) -> Line:
        name = f"{self.student.name}·{self.course.name}"
        return Line(self.sheet.table.sheet, self.row.number, self.key, self.student.number, name)


@dataclass(frozen=True, slots=True)
class Home:
    """The class of a student on a day, and the state."""

    school_class: SchoolClass
    state: str


def paper_rows(reading: Reading, scope: Scope) -> list[PaperRow]:
    """The rows that name a known student, session and course for the first time; the others are reported. Few queries."""
    rows = reading.rows()
    known = students((row["student_no"] for _, row in rows), scope)
    sessions = ByName(ExamSession.objects.visible_to(scope.actor).select_related("college"))
    courses = {course.code.casefold(): course for course in Course.objects.all()}
    seen: dict[Any, str] = {}
    found = []
    for sheet, row in rows:
        student = student_of(reading, sheet, row, known, scope)
        session = sessions.get(row["session"]) if row["session"] else None
        if row["session"] and session is None:
            reading.report(sheet, row, "session", "不存在，请先建立场次或改成系统中的名称")
        course = _course(reading, sheet, row, courses)
        if student is None or session is None or course is None:
            continue
        one = PaperRow(sheet, row, student, session, course)
        if first_of(reading, sheet, row, "course", one.key, seen) and not row.bad:
            found.append(one)
    return found


def _course(reading: Reading, sheet: ReadSheet, row: Row, courses: dict[str, Course]) -> Course | None:
    code = row["course"]
    if code is None:
        return None
    course = courses.get(code.casefold())
    if course is None:
        longer = code.zfill(CODE_LENGTH)
        hint = f"；是不是「{longer}」？请把单元格设为文本，保留前导零" if longer in courses and longer != code else ""
        reading.report(sheet, row, "course", f"不存在{hint or '，请先建立课程'}")
    return course


def homes(student_ids: Iterable[int], day: dt.date, without: Collection[str] = ()) -> dict[int, Home]:
    """Class and state of the students on the day; one query for 5,000 of them."""
    found: dict[int, Home] = {}
    for part in in_parts(student_ids):
        entries = RosterEntry.objects.on(day).filter(student_id__in=part).exclude(state__in=without)
        for entry in entries.select_related("school_class"):
            found[entry.student_id] = Home(entry.school_class, entry.state)
    return found
