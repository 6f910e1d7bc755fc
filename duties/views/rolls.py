"""What the pages of a roll call read: who is due, who is excused, what was called before, and what was tapped."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.http import QueryDict

from gaobo_banzhuren.web.errors import UserError
from teachers.models import SchoolClass, Student

from ..attendance_counts import split_periods
from ..kinds.words import PERIODS
from ..models import AttendanceSession, LeaveReason, Mark, StudentLeave
from ..services.roll import Exceptions, Ground, MarkInput, covers, mark_of_slip

SLIP, UNAPPROVED = "slip", "unapproved"
ALWAYS = "*"
CHOICES: tuple[tuple[str, str], ...] = (
    (Mark.PRESENT.value, "出勤"),
    (Mark.ABSENT.value, "旷课"),
    (Mark.LATE.value, "迟到"),
    (Mark.EARLY.value, "早退"),
    (Mark.LEAVE.value, "请假"),
    (Mark.OFFICIAL.value, "公假"),
    (UNAPPROVED, "未准假"),
)
PREFIX = "mark_"
WEEK = dt.timedelta(days=7)
LESSON_HOURS = ((10, "1-2节"), (12, "3-4节"), (16, "5-6节"), (18, "7-8节"), (24, "9-10节"))
"""Until which hour a period is the likely one; only a proposal on the page."""


@dataclass(frozen=True, slots=True)
class Line:
    """A student on the page of a roll call. `slip` is the granted slip of the day in words, `slip_periods` in which of
    the offered periods it excuses (`*`: in all)."""

    pk: int
    name: str
    number: str
    search: str
    chosen: str
    slip: str = ""
    slip_periods: str = ""
    slip_applies: bool = False

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        return ((SLIP, "按请假单"), *CHOICES) if self.slip else CHOICES


def lines(
    ground: Ground, day: dt.date, period: str, offered: Collection[str], marks: Mapping[int, str] | None = None
) -> list[Line]:
    """The students due on the day, by number; `marks` are choices made before, else slips are filled in. One query.

    `offered` are the periods that the page lets choose: each slip tells in which of them it excuses.
    """
    slips: dict[int, list[StudentLeave]] = defaultdict(list)
    for slip in ground.slips:
        if _on(slip, day):
            slips[slip.student_id].append(slip)
    rows = (
        Student.objects.filter(pk__in=ground.roster(day))
        .order_by("student_no")
        .values_list("pk", "name", "student_no", "name_initials", "name_pinyin")
    )
    found = []
    for key, name, number, initials, pinyin in rows:
        own = sorted(slips[key], key=lambda each: not covers(each, day, period))
        slip = own[0] if own else None
        applies = slip is not None and covers(slip, day, period)
        chosen = SLIP if applies else Mark.PRESENT.value
        if marks is not None:
            chosen = marks.get(key, Mark.PRESENT.value)
        words = f"{name} {initials} {pinyin} {number}".lower()
        within = "、".join(each for each in offered if any(covers(one, day, each) for one in own))
        if any(not one.periods for one in own):
            within = ALWAYS
        found.append(Line(key, name, number, words, chosen, slip_text(slip), within, applies))
    return found


def _on(slip: StudentLeave, day: dt.date) -> bool:
    """Whether it is a day of the slip, for some periods at least."""
    return any(covers(slip, day, period) for period in split_periods(slip.periods) or ("",))


def slip_text(slip: StudentLeave | None) -> str:
    """病假 03-18 至 03-20 1-2节."""
    if slip is None:
        return ""
    span = f"{slip.starts_on:%m-%d}"
    if slip.ends_on != slip.starts_on:
        span += f" 至 {slip.ends_on:%m-%d}"
    return " ".join(part for part in (LeaveReason(slip.kind).label, span, slip.periods) if part)


def chosen_of(marks: Iterable[Exceptions]) -> dict[int, str]:
    """Stored exceptions as choices of the page."""
    return {each.student_id: UNAPPROVED if each.word == "未准假" else each.mark for each in marks}


def tapped(post: QueryDict) -> tuple[dict[int, MarkInput], frozenset[int], dict[int, str]]:
    """What a page sent: explicit marks, students left to their slip, and the choices to show again.

    A student who was shown as excused and sent as present came nevertheless: that is said explicitly, so that the slip
    does not fill the mark. Raises UserError for a choice that does not exist.
    """
    shown = {int(key) for key in post.get("shown_slips", "").split(",") if key.isdecimal()}
    marks: dict[int, MarkInput] = {}
    slips: set[int] = set()
    chosen: dict[int, str] = {}
    for name, value in post.items():
        key = name.removeprefix(PREFIX)
        if not name.startswith(PREFIX) or not key.isdecimal() or len(key) > 18:
            continue
        student = int(key)
        value = str(value)
        chosen[student] = value
        if value == SLIP:
            slips.add(student)
        elif value == UNAPPROVED:
            marks[student] = MarkInput(Mark.LEAVE, approved=False)
        elif value != Mark.PRESENT or student in shown:
            if value not in Mark.values:
                raise UserError("有一项出勤情况不存在，请刷新页面后重试。")
            marks[student] = MarkInput(value, approved=value in (Mark.LEAVE, Mark.OFFICIAL))
    return marks, frozenset(slips), chosen


def sessions_on(school_class: SchoolClass, day: dt.date) -> list[AttendanceSession]:
    return list(
        AttendanceSession.objects.standing().filter(school_class=school_class, day=day).order_by("period", "pk")
    )


def likely_period(hour: int) -> str:
    """The period that usually lies at this hour."""
    return next(period for until, period in LESSON_HOURS if hour < until)


def period_choices(*more: str) -> list[str]:
    """The usual periods and whatever else the class has used."""
    return list(dict.fromkeys([*(value for value, _ in PERIODS), *(each for each in more if each)]))


def proposed(
    today: list[AttendanceSession], last_week: list[AttendanceSession], likely: str
) -> AttendanceSession | None:
    """The session of last week that is most likely called now: of this hour, else the first not called yet."""
    called = {row.period for row in today}
    open_ones = [row for row in last_week if row.period not in called]
    return next((row for row in open_ones if row.period == likely), open_ones[0] if open_ones else None)


def as_input(slip: StudentLeave) -> MarkInput:
    """The mark that a slip gives, said explicitly."""
    return MarkInput(str(mark_of_slip(slip)), approved=True)
