"""The roll calls that an attendance workbook asks for, against classes, rosters and recorded roll calls."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.documents import cells
from teachers.imports.reading import Row
from teachers.models import SchoolClass, Student

from ...models import AttendanceMark, AttendanceSession
from ...services.attendance import call_many
from ...services.roll import Exceptions, Ground, MarkInput, SessionInput, prepare
from ..declaring import Line, Reading, Scope, Wanted
from ..grids import Grid, Lesson
from ..lookups import Known, in_parts
from ..marks import SAME_SIGN, SIGNS, mark
from .class_names import ClassNames

Place = tuple[int, dt.date, str]
"""Class, day and period: what is called once."""
NAMED: Final = 5
LATE_SIGN: Final = "△"
"""The sign that schools use for different things."""


@dataclass(slots=True)
class Call:
    """One roll call of the workbook: where its column is, the marks, and the row of each student that is listed."""

    grid: Grid
    lesson: Lesson
    school_class: SchoolClass
    marks: dict[int, MarkInput] = field(default_factory=dict)
    rows: dict[int, Row] = field(default_factory=dict)

    @property
    def place(self) -> Place:
        return (self.school_class.pk, self.lesson.day, self.lesson.period)

    @property
    def line(self) -> Line:
        key = (self.school_class.pk, self.lesson.day.isoformat(), self.lesson.period)
        name = f"{self.school_class.name} {self.lesson.day} {self.lesson.period}"
        return Line(self.grid.title, self.grid.header_row, key, self.school_class.code, name)

    @property
    def said(self) -> SessionInput:
        return SessionInput(self.lesson.day, self.lesson.period, self.marks)


class Planner:
    """A workbook against classes, rosters and roll calls as they are. Questions depend on the classes, not the rows."""

    def __init__(self, reading: Reading, scope: Scope) -> None:
        self.reading = reading
        self.scope = scope
        self.today = timezone.localdate()
        self.grids: list[Grid] = reading.extra or []
        self.grounds: dict[int, Ground] = {}
        self.people: dict[int, Known] = {}
        self.calls: dict[Place, Call] = {}

    def plan(self) -> Wanted:
        names = ClassNames(self.reading, self.scope)
        placed = [(grid, names.rows_by_class(grid)) for grid in self.grids]
        self._load(placed)
        for grid, groups in placed:
            for school_class, rows in groups.items():
                self._class(grid, school_class, rows)
        recorded = self._recorded()
        lines, new = [], defaultdict(list)
        for call in self.calls.values():
            if not self._fits(call):
                continue
            session = recorded.get(call.place)
            if session is None:
                new[call.school_class].append(call.said)
                lines.append(call.line)
            elif self._agrees(call, *session):
                lines.append(call.line)

        def write(actor: User) -> None:
            for school_class, sessions in new.items():
                call_many(actor, school_class, sessions)

        days = {one.day for group in new.values() for one in group}
        sessions = AttendanceSession.objects.filter(school_class__in=list(new), day__in=days)
        marks = AttendanceMark.objects.filter(session__school_class__in=list(new), session__day__in=days)
        return Wanted(write, (sessions, marks), lines)

    def _load(self, placed: list[tuple[Grid, dict[SchoolClass, list[Row]]]]) -> None:
        days: dict[SchoolClass, set[dt.date]] = defaultdict(set)
        for grid, groups in placed:
            for school_class in groups:
                days[school_class] |= {lesson.day for lesson in grid.lessons}
        self.grounds = {one.pk: Ground.of(one, found) for one, found in days.items() if found}
        keys = {span[0] for ground in self.grounds.values() for span in ground.spans}
        for part in in_parts(keys):
            for row in Student.objects.filter(pk__in=part).order_by().values_list("pk", "student_no", "name"):
                self.people[row[0]] = Known(*row)

    def _class(self, grid: Grid, school_class: SchoolClass, rows: list[Row]) -> None:
        """The rows of one class in a sheet become marks of its roll calls."""
        ground = self.grounds[school_class.pk]
        rosters = {lesson.day: ground.roster(lesson.day) for lesson in grid.lessons}
        found: list[tuple[Row, Known]] = []
        seen: dict[int, Row] = {}
        for row in rows:
            student = self._student(grid, row, school_class, set().union(*rosters.values()))
            if student is None:
                continue
            if student.pk in seen:
                self.reading.report(grid.sheet, row, "name", f"与第 {seen[student.pk].number} 行重复", student.name)
                continue
            seen[student.pk] = row
            found.append((row, student))
        calls = self._calls(grid, school_class, found)
        self._explain_signs(grid)
        for row, student in found:
            for lesson in grid.lessons:
                self._mark(grid, row, student, lesson, rosters[lesson.day], calls.get(lesson.field))
        self._unlisted(
            grid, school_class, set().union(*(rosters[one.lesson.day] for one in calls.values())) - set(seen)
        )

    def _explain_signs(self, grid: Grid) -> None:
        """A sign without a legend is read as it is mostly meant; the preview says how."""
        texts = (row.values[one.field] for row in grid.rows for one in grid.lessons)
        used = {SAME_SIGN.get(text.strip(), text.strip()) for text in texts if isinstance(text, str)}
        note = f"工作表「{grid.title}」没有图例，{LATE_SIGN} 按{SIGNS[LATE_SIGN]}读取"
        if LATE_SIGN in used and LATE_SIGN not in grid.legend and note not in self.reading.notes:
            self.reading.notes.append(note)

    def _calls(self, grid: Grid, school_class: SchoolClass, found: list[tuple[Row, Known]]) -> dict[str, Call]:
        """A roll call for every column in which the class has a mark; a column without any says nothing."""
        calls, empty = {}, []
        for lesson in grid.lessons:
            if all(cells.is_blank(row.values[lesson.field]) for row, _ in found):
                empty.append(lesson.header)
                continue
            call = Call(grid, lesson, school_class)
            first = self.calls.setdefault(call.place, call)
            if first is not call:
                where = f"工作表「{first.grid.title}」{first.lesson.letter} 列"
                self._at_head(call, f"{school_class.name} {lesson.day} {lesson.period} 与{where}重复，每节只能有一列")
                continue
            calls[lesson.field] = call
        if empty and found:
            columns = "、".join(f"「{name}」" for name in empty)
            self.reading.notes.append(
                f"工作表「{grid.title}」{school_class.name}：{columns}整列空白，没有登记；全勤的请至少填一个 √"
            )
        return calls

    def _student(self, grid: Grid, row: Row, school_class: SchoolClass, roster: set[int]) -> Known | None:
        """The student of a row by 学号, or by a name that the class has once."""
        number, name = (self._text(grid, row, column) for column in ("student_no", "name"))
        if number is None and name is None:
            if (grid.title, row.number) not in self.reading.bad:
                self.reading.report(grid.sheet, row, self._named_by(grid), "没有学号或姓名")
            return None
        people = [self.people[key] for key in roster]
        if number:
            found = [one for one in people if one.number == number]
            column, value = "student_no", number
        else:
            found = [one for one in people if one.name == name]
            column, value = "name", name or ""
        if not found:
            days = sorted({lesson.day for lesson in grid.lessons})
            when = f"{days[0]}" if len(days) == 1 else f"{days[0]} 至 {days[-1]}"
            reason = f"{when} 不在{school_class.name}的在读名册上"
        elif len(found) > 1:
            reason = f"{school_class.name}有 {len(found)} 名同名的学生，请填写学号"
        elif name and found[0].name != name:
            column, value, reason = "name", name, f"与学号 {number} 的姓名「{found[0].name}」不同"
        else:
            return found[0]
        self.reading.report(grid.sheet, row, column, reason, value)
        return None

    def _text(self, grid: Grid, row: Row, column: str) -> str | None:
        value = row.values[column]
        if cells.is_blank(value):
            return None
        try:
            return cells.code(value) if column == "student_no" else cells.name(value)
        except cells.CellProblem as problem:
            self.reading.report(grid.sheet, row, column, problem.reason)
            return None

    def _named_by(self, grid: Grid) -> str:
        return "name" if any(column.field == "name" for column in grid.sheet.kind.columns) else "student_no"

    def _mark(self, grid: Grid, row: Row, student: Known, lesson: Lesson, roster: set[int], call: Call | None) -> None:
        try:
            found = mark(row.values[lesson.field], grid.legend)
        except cells.CellProblem as problem:
            self.reading.report(grid.sheet, row, lesson.field, problem.reason)
            return
        if call is None:
            return
        if student.pk in roster:
            call.rows[student.pk] = row
            if found is not None:
                call.marks[student.pk] = found
        elif found is not None:
            self.reading.report(grid.sheet, row, lesson.field, f"{student.name} {lesson.day} 不在在读名册上")

    def _unlisted(self, grid: Grid, school_class: SchoolClass, missing: Iterable[int]) -> None:
        names = sorted((self.people[key] for key in missing), key=lambda one: one.number)
        if names:
            shown = "、".join(one.name for one in names[:NAMED]) + ("等" if len(names) > NAMED else "")
            self.reading.notes.append(
                f"工作表「{grid.title}」{school_class.name}：名册上有 {len(names)} 人没有列出，按出勤登记（{shown}）"
            )

    def _fits(self, call: Call) -> bool:
        """Whether the day can have a roll call of the class, and no row of it is in doubt."""
        day, school_class = call.lesson.day, call.school_class
        if day > self.today:
            self._at_head(call, f"{day} 还没有到，不能登记")
        elif day < school_class.opens_on or (school_class.closes_on and day > school_class.closes_on):
            self._at_head(call, f"{day} 不在{school_class.name}的开班期间")
        else:
            return bool(self.grounds[school_class.pk].roster(day))
        return False

    def _recorded(self) -> dict[Place, tuple[AttendanceSession, dict[int, Exceptions]]]:
        """Roll calls that the database has already for the classes and days, with their exceptions. Two queries."""
        if not self.calls:
            return {}
        rows = AttendanceSession.objects.standing().filter(
            school_class__in={place[0] for place in self.calls}, day__in={place[1] for place in self.calls}
        )
        sessions = list(rows)
        marks: dict[int, dict[int, Exceptions]] = defaultdict(dict)
        for one in AttendanceMark.objects.filter(session__in=rows):
            marks[one.session_id][one.student_id] = Exceptions(
                one.student_id, one.mark, one.approved, one.leave_id, one.note
            )
        return {(one.school_class_id, one.day, one.period): (one, marks[one.pk]) for one in sessions}

    def _agrees(self, call: Call, session: AttendanceSession, kept: dict[int, Exceptions]) -> bool:
        """Whether a recorded roll call says the same; each difference is reported, nothing is rewritten."""
        _, said = prepare(self.grounds[call.school_class.pk], call.said, self.scope.actor)
        differs = [key for key in {*kept, *said} if _word(kept.get(key)) != _word(said.get(key))]
        for key in sorted(differs):
            reason = f"这一节已点过名，{self._name(key)}登记为「{_word(kept.get(key))}」，与表中「{_word(said.get(key))}」不同；请在点名页面更正"
            if key in call.rows:
                self.reading.report(call.grid.sheet, call.rows[key], call.lesson.field, reason)
            else:
                self._at_head(call, reason)
        return not differs

    def _name(self, key: int) -> str:
        return self.people[key].name if key in self.people else "一名学生"

    def _at_head(self, call: Call, reason: str) -> None:
        lesson = call.lesson
        self.reading.add(call.grid.title, call.grid.header_row, lesson.header, lesson.header, reason, lesson.letter)


def _word(one: Exceptions | None) -> str:
    return one.word if one else "出勤"
