"""What the monthly allowance is computed from: plain facts, first as the college records them, then cut to a month."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from .codec import decode, encode


class Phase(StrEnum):
    """What a class is on a day; also the kind of line that pays for it."""

    TEACHING = "teaching"
    GRADUATING = "graduating"

    @property
    def label(self) -> str:
        return "在读" if self is Phase.TEACHING else "毕业班"


class Via(StrEnum):
    """By what a person has a post: an appointment, an acting one, or standing in for someone on long leave."""

    MAIN = "main"
    ACTING = "acting"
    STAND_IN = "stand_in"

    @property
    def label(self) -> str:
        return {"main": "聘任", "acting": "代理", "stand_in": "代班"}[self.value]


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read ``2023-11``; raise ``ValueError`` with a Chinese text otherwise."""
        found = re.fullmatch(r"(\d{4})-(\d{1,2})", text.strip())
        if found is None or not 1 <= int(found[2]) <= 12 or found[1] == "0000":
            raise ValueError(f"月份「{text}」应写成 2023-11 的样子")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Month:
        return cls(day.year, day.month)

    @property
    def days(self) -> int:
        return monthrange(self.year, self.month)[1]

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        return date(self.year, self.month, self.days)

    @property
    def previous(self) -> Month:
        return Month(self.year - 1, 12) if self.month == 1 else Month(self.year, self.month - 1)

    @property
    def following(self) -> Month:
        return Month(self.year + 1, 1) if self.month == 12 else Month(self.year, self.month + 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


@dataclass(frozen=True, slots=True)
class TeacherFact:
    """A class teacher; ``key`` is the 工号, ``home_college`` the code of the college he belongs to."""

    key: str
    name: str
    home_college: str


@dataclass(frozen=True, slots=True)
class HeadcountStep:
    """From this day on the class has this many counted students (only for the daily basis, A-03)."""

    first_day: date
    headcount: int


@dataclass(frozen=True, slots=True)
class ClassFact:
    """A class with its dates; ``teaching_end`` and ``closes_on`` are the last days of what they name.

    ``headcount`` is the basis headcount of the month. With ``daily`` steps the headcount of each day counts instead;
    before the first step it is ``headcount``.
    """

    code: str
    name: str
    college: str
    opens_on: date
    teaching_end: date | None
    closes_on: date | None
    headcount: int
    daily: tuple[HeadcountStep, ...] = ()


@dataclass(frozen=True, slots=True)
class AppointmentFact:
    """A person leads a class from ``first_day`` to ``last_day`` (both in post; None = still in post).

    ``dismissed``: it ended by dismissal. ``share``: heads of the class that are this person's (A-20). ``filed``: filed
    with 继续教育处 (art. 11).
    """

    class_code: str
    teacher_key: str
    first_day: date
    last_day: date | None = None
    dismissed: bool = False
    share: int | None = None
    filed: bool = True
    via: Via = Via.MAIN


@dataclass(frozen=True, slots=True)
class LeaveFact:
    """A leave of a class teacher; both days belong to it and the whole leave is given, not the part in the month."""

    teacher_key: str
    first_day: date
    last_day: date
    stand_in_key: str | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """Days on which a person is paid for a class: inside one month, one phase, one headcount."""

    class_code: str
    class_name: str
    college: str
    first_day: date
    last_day: date
    phase: Phase
    headcount: int
    share: int | None = None
    via: Via = Via.MAIN

    @property
    def heads(self) -> int:
        """Students that count for this person."""
        return self.headcount if self.share is None or not self.headcount else self.share


@dataclass(frozen=True, slots=True)
class TeacherMonth:
    """All posts of one person in one month, the frozen input of that person's lines."""

    teacher_key: str
    name: str
    home_college: str
    posts: tuple[Post, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give JSON data from which ``from_dict`` makes an equal object."""
        return dict(encode(self))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> TeacherMonth:
        """Read stored data; raise ``codec.DecodeError`` in Chinese when they do not fit."""
        return decode(cls, data, "teacher_month")


class FindingKind(StrEnum):
    """Facts that the sheet shows as warnings; nothing here changes an amount by itself."""

    GAP = "gap"
    STAND_IN_MISSING = "stand_in_missing"
    STAND_IN_ON_LEAVE = "stand_in_on_leave"
    ZERO_STUDENTS = "zero_students"
    UNFILED = "unfiled"
    UNFILED_BLOCKED = "unfiled_blocked"
    OVERLAP = "overlap"
    SHARES_DIFFER = "shares_differ"
    SHARE_FORBIDDEN = "share_forbidden"
    TWO_POSTS = "two_posts"
    MANY_STUDENTS = "many_students"

    @property
    def label(self) -> str:
        return _FINDING_LABELS[self.value]


_FINDING_LABELS = {
    "gap": "空缺，当日无人计发",
    "stand_in_missing": "长假无代班人，请假日不计发",
    "stand_in_on_leave": "代班人本人在长假，请假日不计发",
    "zero_students": "基准人数为 0",
    "unfiled": "聘任尚未备案，照发",
    "unfiled_blocked": "聘任尚未备案，暂不计发",
    "overlap": "同一天有两位班主任，只计后到任者",
    "shares_differ": "分带人数之和与班级人数不符",
    "share_forbidden": "现行口径不允许两人分带，分带人数不计",
    "two_posts": "毕业班人数较多，按标准编制通常设两岗",
    "many_students": "一人所带在读人数较多",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact worth a warning. ``colleges`` are the codes of the colleges whose sheet it concerns."""

    kind: FindingKind
    colleges: tuple[str, ...]
    first_day: date
    last_day: date
    class_code: str = ""
    class_name: str = ""
    teacher_key: str = ""
    teacher_name: str = ""
    headcount: int | None = None

    @property
    def key(self) -> str:
        """Identity of the fact inside its month, to carry a confirmation over a recomputation."""
        return f"{self.kind}:{self.class_code}:{self.teacher_key}:{self.first_day}:{self.last_day}:{self.headcount}"

    @property
    def text(self) -> str:
        """The fact as one Chinese sentence."""
        days = f"{self.first_day.month} 月 {self.first_day.day} 日"
        if self.last_day != self.first_day:
            days += f"至 {self.last_day.month} 月 {self.last_day.day} 日"
        who = [
            self.class_name or self.class_code,
            f"{self.teacher_name}（{self.teacher_key}）" if self.teacher_key else "",
        ]
        heads = "" if self.headcount is None else f"（{self.headcount} 人）"
        return f"{'，'.join(part for part in [*who, days] if part)}：{self.kind.label}{heads}。"

    def to_dict(self) -> dict[str, Any]:
        return dict(encode(self))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Finding:
        return decode(cls, data, "finding")
