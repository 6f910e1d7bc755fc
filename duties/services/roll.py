"""What a roll call stands on: the roster of the day, the granted slips, and the marks that follow from both."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from django.db.models import Q

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.web.errors import UserError
from teachers.models import RosterEntry, SchoolClass, Student, StudentState

from ..attendance_counts import EXCEPTIONS, EXCUSABLE, Counts, slip_covers, tally
from ..models import AttendanceSession, LeaveReason, Mark, StudentLeave

LABELS = dict(Mark.choices)
UNAPPROVED = "未准假"
NAMED = 5


class AlreadyCalled(UserError):
    """The period of the day has its roll call; `session` is the one that was first."""

    status = 409

    def __init__(self, session: AttendanceSession) -> None:
        by = f"由{session.taken_by.name}" if session.taken_by else ""
        super().__init__(
            f"{session.day:%Y-%m-%d} {session.period} 已{by}点过名（应到 {session.due}，实到 {session.present}），"
            "没有重复登记。需要改动请更正原来的点名。"
        )
        self.session = session


@dataclass(frozen=True, slots=True)
class MarkInput:
    """How one student attended. `approved` matters for 请假 and 公假: without it they count as absence."""

    mark: str
    approved: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class SessionInput:
    """One roll call as it is handed in; `marks` by student key, `slips` the students seen as excused by a slip."""

    day: dt.date
    period: str
    marks: Mapping[int, MarkInput]
    course_name: str = ""
    course_teacher: str = ""
    remark: str = ""
    client_id: str = ""
    slips: frozenset[int] = field(default_factory=frozenset)

    def with_texts(self, period: str, course_name: str, course_teacher: str, remark: str) -> SessionInput:
        return replace(self, period=period, course_name=course_name, course_teacher=course_teacher, remark=remark)


@dataclass(frozen=True, slots=True)
class Exceptions:
    """An exception as it is stored."""

    student_id: int
    mark: str
    approved: bool = False
    leave_id: int | None = None
    note: str = ""

    @property
    def word(self) -> str:
        """旷课, 请假, 未准假 …"""
        if self.mark in EXCUSABLE and not self.approved:
            return UNAPPROVED
        return LABELS[self.mark]


@dataclass(frozen=True, slots=True)
class Ground:
    """Roster spans and granted slips of a class over some days, read once for any number of roll calls."""

    school_class: SchoolClass
    spans: tuple[tuple[int, dt.date, dt.date | None], ...]
    slips: tuple[StudentLeave, ...]

    @classmethod
    def of(cls, school_class: SchoolClass, days: Collection[dt.date]) -> Ground:
        """Two queries."""
        first, last = min(days), max(days)
        entries = (
            RosterEntry.objects.standing()
            .filter(school_class=school_class, state=StudentState.ENROLLED, starts_on__lte=last)
            .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=first))
            .values_list("student_id", "starts_on", "ends_on")
        )
        spans = tuple(entries)
        slips = StudentLeave.objects.granted().filter(
            student_id__in={span[0] for span in spans}, starts_on__lte=last, ends_on__gte=first
        )
        return cls(school_class, spans, tuple(slips.order_by("pk")))

    def roster(self, day: dt.date) -> set[int]:
        """Students due on the day: on the roster of the project class in state 在读 (5.1, A-02)."""
        return {key for key, first, last in self.spans if first <= day and (last is None or day <= last)}

    def slips_on(self, day: dt.date, period: str) -> dict[int, StudentLeave]:
        """The slip that excuses each student in the period."""
        return {slip.student_id: slip for slip in self.slips if covers(slip, day, period)}


def covers(slip: StudentLeave, day: dt.date, period: str) -> bool:
    return slip_covers(slip.starts_on, slip.ends_on, slip.returned_on, slip.periods, day, period)


def mark_of_slip(slip: StudentLeave) -> str:
    """公假 keeps its own mark, 病假 and 事假 are 请假."""
    return Mark.OFFICIAL if slip.kind == LeaveReason.OFFICIAL else Mark.LEAVE


def filled_by(slip: StudentLeave) -> Exceptions:
    return Exceptions(slip.student_id, str(mark_of_slip(slip)), approved=True, leave_id=slip.pk)


def prepare(
    ground: Ground, one: SessionInput, actor: User, *, fill: bool = True
) -> tuple[Counts, dict[int, Exceptions]]:
    """The counts and exceptions of a roll call. With `fill` a slip marks whoever has no mark.

    Raises UserError for an empty roster, for students who are not on it that day, for a mark that does not exist and
    for a slip that the person saw and that holds no longer.
    """
    roster = ground.roster(one.day)
    if not roster:
        raise UserError(f"{one.day:%Y-%m-%d} {ground.school_class.name}的名册上没有在读学生，不能点名。")
    strangers = (set(one.marks) | one.slips) - roster
    if strangers:
        raise UserError(
            f"{named(actor, strangers)} {one.day:%Y-%m-%d} 不在{ground.school_class.name}的在读名册上，不能登记出勤。"
            "请刷新页面后重新点名，或由学院先更正名册。"
        )
    slips = ground.slips_on(one.day, one.period)
    gone = one.slips - set(slips) - set(one.marks)
    if gone:
        raise UserError(f"{named(actor, gone)}的请假单刚有变动，{one.period}不再准假，请重新选择后保存。")
    found = {key: stored for key, given in one.marks.items() if (stored := _stored(key, given, slips.get(key)))}
    if fill:
        found |= {key: filled_by(slip) for key, slip in slips.items() if key in roster and key not in one.marks}
    return tally_of(len(roster), found), found


def _stored(key: int, given: MarkInput, slip: StudentLeave | None) -> Exceptions | None:
    if given.mark == Mark.PRESENT:
        return None
    if given.mark not in EXCEPTIONS:
        raise UserError(f"没有「{given.mark}」这种出勤情况。")
    excused = given.mark in EXCUSABLE and given.approved
    linked = slip.pk if slip is not None and excused and mark_of_slip(slip) == given.mark else None
    return Exceptions(key, str(given.mark), excused, linked, " ".join(given.note.split()))


def tally_of(due: int, marks: Mapping[int, Exceptions]) -> Counts:
    return tally(due, ((each.mark, each.approved) for each in marks.values()))


def named(actor: User, keys: Collection[int]) -> str:
    """Names of students whom the person may see; of the others only how many."""
    names = list(
        Student.objects.visible_to(actor).filter(pk__in=keys).order_by("student_no").values_list("name", flat=True)
    )
    shown, rest = names[:NAMED], len(keys) - len(names[:NAMED])
    if not shown:
        return f"有 {rest} 名学生"
    return "、".join(shown) + (f"等 {len(keys)} 名学生" if rest else "")
