"""The attendance sheet of a class: students down, roll calls across, sums at both edges."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Protocol

from gaobo_banzhuren.documents.workbooks_out import INTEGER, TEXT, Column, Sheet, Table, workbook_bytes
from teachers.models import RosterEntry, SchoolClass, StudentState

from ..attendance_counts import Counts
from ..measures.attendance import attendance_figure, presence_figure, rates_on, students_of
from ..models import AttendanceMark, AttendanceSession
from ..services.attendance import counts_of
from ..services.roll import Exceptions

SIGNS = {"旷课": "旷", "迟到": "迟", "早退": "退", "请假": "假", "公假": "公", "未准假": "未"}
LEGEND = "√ 出勤　旷 旷课　迟 迟到　退 早退　假 准假　公 公假　未 未准假（计缺勤）　空白 当日不在名册"


class SpanLike(Protocol):
    @property
    def first(self) -> dt.date: ...

    @property
    def last(self) -> dt.date: ...

    @property
    def label(self) -> str: ...


def matrix_workbook(school_class: SchoolClass, sessions: Sequence[AttendanceSession], span: SpanLike) -> bytes:
    """Four queries whatever the number of students and roll calls."""
    students = students_of(school_class.pk, span.first, span.last)
    marks = {
        (session_id, student_id): Exceptions(student_id, mark, approved).word
        for session_id, student_id, mark, approved in AttendanceMark.objects.filter(
            session__in=[session.pk for session in sessions]
        ).values_list("session_id", "student_id", "mark", "approved")
    }
    spans: dict[int, list[tuple[dt.date, dt.date | None]]] = {}
    for key, first, last in (
        RosterEntry.objects.standing()
        .filter(school_class=school_class, state=StudentState.ENROLLED)
        .values_list("student_id", "starts_on", "ends_on")
    ):
        spans.setdefault(key, []).append((first, last))
    rows = []
    for number, student in enumerate(students, 1):
        words = [_word(marks, spans[student.pk], session, student.pk) for session in sessions]
        sums = [sum(word == name for word in words) for name in ("旷课", "未准假", "迟到", "早退")]
        excused = sum(word in ("请假", "公假") for word in words)
        rows.append([number, student.student_no, student.name, *[_sign(word) for word in words], *sums, excused])
    columns = [
        Column("序号", 0, INTEGER), Column("学号", 1), Column("姓名", 2),
        *[Column(f"{session.day:%m-%d} {session.period}", index, INTEGER, 9) for index, session in enumerate(sessions, 3)],
        *[Column(label, 3 + len(sessions) + index, INTEGER) for index, label in enumerate(("旷课", "未准假", "迟到", "早退", "准假"))],
    ]  # fmt: skip
    total = sum((counts_of(session) for session in sessions), Counts())
    figure, presence = attendance_figure(total, rates_on(span.last)), presence_figure(total)
    foot = [
        ["", "", label, *[getattr(session, name) for session in sessions]]
        for label, name in (("应到", "due"), ("实到", "present"), ("准假", "excused"), ("缺勤", "absent"))
    ]
    title = f"{school_class.name}考勤表（{span.label}）"
    matrix = Sheet(
        "考勤表", Table(columns, rows, foot),
        before=[[title], [f"{school_class.college}　{school_class.code}　共 {len(sessions)} 次点名"]],
        after=[[LEGEND], [f"到课率 {figure.text}（{figure.sum_text}，准假不计入应到）　在课率 {presence.text}（{presence.sum_text}）"]],
    )  # fmt: skip
    return workbook_bytes([matrix, _list_of(sessions)], title=title)


def _word(
    marks: dict[tuple[int, int], str],
    spans: list[tuple[dt.date, dt.date | None]],
    session: AttendanceSession,
    student_id: int,
) -> str:
    found = marks.get((session.pk, student_id))
    if found:
        return found
    here = any(first <= session.day and (last is None or session.day <= last) for first, last in spans)
    return "出勤" if here else ""


def _sign(word: str) -> str:
    return "√" if word == "出勤" else SIGNS.get(word, "")


def _list_of(sessions: Sequence[AttendanceSession]) -> Sheet:
    rows: list[list[Any]] = [
        [
            session.day, session.period, session.course_name, session.course_teacher, session.due, session.present,
            session.late, session.early, session.excused, session.absent,
            attendance_figure(counts_of(session), None).text, session.taken_by.name if session.taken_by else "",
        ]
        for session in sessions
    ]  # fmt: skip
    kinds = ["date", TEXT, TEXT, TEXT, *[INTEGER] * 6, TEXT, TEXT]
    labels = ["日期", "节次", "课程", "任课教师", "应到", "实到", "迟到", "早退", "准假", "缺勤", "到课率", "点名人"]
    columns = [Column(label, index, kind) for index, (label, kind) in enumerate(zip(labels, kinds, strict=True))]
    return Sheet("点名明细", Table(columns, rows))
