"""工作检查: class teacher × duty for one term, overdue first."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from gaobo_banzhuren.regulation.models import Term
from teachers.models import Appointment, ClassTeacher, SchoolClass

from .checklist import Row, State, checklist_of

WORST_FIRST = (State.OVERDUE, State.OPEN, State.NOT_YET, State.DONE, State.NONE)


@dataclass(frozen=True, slots=True)
class Column:
    """A duty: `key` and the text of its checklist item."""

    key: str
    text: str
    clause: str
    group: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One teacher's duty over the own classes: the worst state, and how many classes are in it."""

    state: State
    have: int
    need: int | None
    lacking: int
    classes: int

    @property
    def text(self) -> str:
        if self.state is State.NONE:
            return ""
        return f"{self.have}/{self.need}" if self.need is not None else str(self.have)


@dataclass
class Line:
    """A class teacher with the classes led on the last day of the term that has come."""

    teacher: ClassTeacher
    classes: list[SchoolClass] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    rows: dict[int, list[Row]] = field(default_factory=dict)

    @property
    def overdue(self) -> int:
        return self._number(State.OVERDUE)

    @property
    def open(self) -> int:
        return self._number(State.OPEN)

    @property
    def done(self) -> int:
        return self._number(State.DONE)

    def _number(self, state: State) -> int:
        return sum(1 for rows in self.rows.values() for row in rows if row.state is state)


def to_do_first(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """What is to be done, overdue first, and the rest."""
    to_do = [row for row in rows if row.state in (State.OVERDUE, State.OPEN)]
    to_do.sort(key=lambda row: (WORST_FIRST.index(row.state), row.due_on or dt.date.max))
    return to_do, [row for row in rows if row not in to_do]


@dataclass(frozen=True, slots=True)
class Matrix:
    columns: Sequence[Column]
    lines: Sequence[Line]


def matrix_of(classes: Iterable[SchoolClass], term: Term, today: dt.date) -> Matrix:
    """The matrix of the classes, most overdue first. A fixed number of queries whatever the number of classes."""
    by_id = {one.pk: one for one in classes}
    day = min(today, term.ends_on)
    lines: dict[int, Line] = {}
    posts = (
        Appointment.objects.on(day)
        .filter(school_class__in=by_id)
        .select_related("teacher__user", "teacher__college")
        .order_by("teacher__user__staff_no", "school_class__code")
    )
    for post in posts:
        line = lines.setdefault(post.teacher_id, Line(post.teacher))
        if by_id[post.school_class_id] not in line.classes:
            line.classes.append(by_id[post.school_class_id])
    led = sorted({one.pk for line in lines.values() for one in line.classes})
    found = checklist_of(led, term, today) if led else {}
    columns = _columns(found.values())
    for line in lines.values():
        line.rows = {one.pk: found.get(one.pk, []) for one in line.classes}
        line.cells = _cells(columns, line.rows.values())
    ordered = sorted(lines.values(), key=lambda line: (-line.overdue, -line.open, line.teacher.user.staff_no))
    return Matrix(columns, ordered)


def _columns(checklists: Iterable[Sequence[Row]]) -> list[Column]:
    columns: dict[str, Column] = {}
    wanted = set()
    for rows in checklists:
        for row in rows:
            item = row.item
            columns.setdefault(item.key, Column(item.key, item.text, item.clause, item.group))
            if row.state is not State.NONE:
                wanted.add(item.key)
    # A duty that nobody has this term needs no column; the others keep the order of the checklist.
    return [column for key, column in columns.items() if key in wanted]


def _cells(columns: Sequence[Column], checklists: Iterable[Sequence[Row]]) -> list[Cell]:
    by_key: dict[str, list[Row]] = defaultdict(list)
    for rows in checklists:
        for row in rows:
            by_key[row.item.key].append(row)
    return [_cell(by_key.get(column.key, [])) for column in columns]


def _cell(rows: Sequence[Row]) -> Cell:
    if not rows:
        return Cell(State.NONE, 0, None, 0, 0)
    worst = min((row.state for row in rows), key=WORST_FIRST.index)
    needs = [row.need for row in rows if row.need is not None]
    return Cell(
        worst,
        sum(row.have for row in rows),
        sum(needs) if needs else None,
        sum(1 for row in rows if row.state is worst),
        len(rows),
    )
