"""A term's records of one class teacher: a handful of every kind, dated on working days while in post."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.regulation.models import Term
from teachers.models import SchoolClass

from ..models import RecordNote, WorkRecord
from ..services import records
from ..services.many import archive_many
from ..services.records import RecordInput
from . import texts

WEEK = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Led:
    """A class in the days on which the teacher led it, with the students who were on its roster throughout."""

    user: User
    school_class: SchoolClass
    first: dt.date
    last: dt.date
    students: tuple[int, ...]


def working_days(first: dt.date, last: dt.date) -> list[dt.date]:
    """Mondays to Fridays of the span; demo records need no exact calendar."""
    count = (last - first).days + 1
    return [day for day in (first + dt.timedelta(days=n) for n in range(max(count, 0))) if day.weekday() < 5]


def write_term(led: Led, term: Term, until: dt.date, chance: Random, *, rich: bool) -> int:
    """Write the records of one class and term up to the day; `rich` writes more of everything. Gives their number."""
    first, last = max(led.first, term.starts_on), min(led.last, term.ends_on, until)
    days = working_days(first, last)
    if len(days) < 5 or not led.students:
        return 0
    writer = _Term(led, days, chance)
    inputs = [*writer.meetings(2 if chance.random() < 0.85 else 1), *writer.activities(4 if rich else 2)]
    inputs += [*writer.talks(18 if rich else 6), *writer.parents(8 if rich else 3), *writer.lessons(2 if rich else 1)]
    inputs += [*writer.checks(10 if rich else 4), *writer.small(rich=rich)]
    archive_many(led.user, inputs)
    return len(inputs)


class _Term:
    """Makes inputs for one class and term."""

    def __init__(self, led: Led, days: Sequence[dt.date], chance: Random) -> None:
        self.led, self.days, self.chance = led, days, chance
        self.heads = len(led.students)

    def _input(self, kind: str, on: dt.date, *, people: Any = (), themes: Any = (), **values: Any) -> RecordInput:
        return RecordInput(kind, on, [self.led.school_class], students=list(people), themes=list(themes), values=values)

    def _day(self) -> dt.date:
        return self.chance.choice(self.days)

    def _spread(self, count: int) -> list[dt.date]:
        """Days in even distances over the term."""
        step = len(self.days) / (count + 1)
        return [self.days[int(step * (number + 1))] for number in range(count)]

    def _present(self) -> dict[str, int]:
        return {"due": self.heads, "present": max(self.heads - self.chance.randrange(3), 0)}

    def _some(self, count: int = 1) -> list[int]:
        return self.chance.sample(self.led.students, min(count, self.heads))

    def meetings(self, count: int) -> list[RecordInput]:
        found = []
        for day, (title, theme, text, decisions) in zip(
            self._spread(count), self.chance.sample(texts.MEETINGS, count), strict=True
        ):
            found.append(
                self._input(
                    "class_meeting", day, themes=[theme], title=title, text=text, decisions=decisions, place="本班教室",
                    minutes=45, **self._present(),
                )
            )  # fmt: skip
        return found

    def activities(self, count: int) -> list[RecordInput]:
        return [
            self._input(
                "activity", day, themes=themes, category=category, title=title, text=text, place="校内",
                **({"pledges": self.heads - 1} if category == "exam_style" else {}), **self._present(),
            )
            for day, (category, title, themes, text) in zip(
                self._spread(count), self.chance.sample(texts.ACTIVITIES, count), strict=True
            )
        ]  # fmt: skip

    def talks(self, count: int) -> list[RecordInput]:
        found = []
        for number in range(count):
            category, text, measures = self.chance.choice(texts.TALKS)
            day = self._day()
            follow_up = {"follow_up_on": day + 2 * WEEK} if self.chance.random() < 0.25 else {}
            people = self._some(2 if number % 5 == 0 else 1)
            found.append(
                self._input(
                    "talk", day, people=people, category=category, way=self.chance.choice(("face", "face", "phone")),
                    text=text, measures=measures, minutes=self.chance.choice((15, 20, 30)), place="办公室",
                    level=self.chance.choice(("ordinary", "ordinary", "watch")), **follow_up,
                )
            )  # fmt: skip
        if count > 10:
            text, measures = texts.MIND_TALK
            found.append(
                self._input(
                    "talk",
                    self._day(),
                    people=self._some(),
                    category="mind",
                    way="face",
                    text=text,
                    measures=measures,
                    level="focus",
                )
            )
        return found

    def parents(self, count: int) -> list[RecordInput]:
        return [
            self._input(
                "parent_contact",
                self._day(),
                people=self._some(),
                category=category,
                way="phone",
                text=text,
                parent_view=view,
            )
            for category, text, view in (self.chance.choice(texts.PARENT_CALLS) for _ in range(count))
        ]

    def lessons(self, count: int) -> list[RecordInput]:
        found = []
        for course, name, text, problem, suggestion in self.chance.sample(texts.VISITS, count):
            found.append(
                self._input(
                    "lesson_visit", self._day(), period="3-4节", course_name=course, course_teacher=name, text=text,
                    problem=problem, suggestion=suggestion, place="教 3-206", discipline="fair", state="good",
                    told_teacher=True, **self._present(),
                )
            )  # fmt: skip
        for name, course, text, problem in self.chance.sample(texts.TEACHER_CONTACTS, count):
            found.append(
                self._input(
                    "teacher_contact",
                    self._day(),
                    course_teacher=name,
                    course_name=course,
                    way="phone",
                    text=text,
                    problem=problem,
                )
            )
        return found

    def checks(self, count: int) -> list[RecordInput]:
        return [
            self._input(
                "room_check", day, period="1-2节", place="教 3-206", log_filled=self.chance.random() < 0.9, discipline="good",
                text=self.chance.choice(texts.CHECKS), **self._present(),
            )
            for day in self._spread(count)
        ]  # fmt: skip

    def small(self, *, rich: bool) -> list[RecordInput]:
        found = [
            self._input("worklog", self._day(), text=text) for text in self.chance.sample(texts.LOGS, 4 if rich else 2)
        ]
        text, hot, hard, measures = self.chance.choice(texts.THOUGHTS)
        reported = self._day()
        title = f"{reported.year} 年 {reported.month} 月"
        found.append(
            self._input("thought_report", reported, title=title, text=text, hot=hot, hard=hard, measures=measures)
        )
        category, title, level = self.chance.choice(texts.HONOURS)
        found.append(
            self._input("honour", self._day(), people=self._some(2), category=category, title=title, level=level)
        )
        if self.chance.random() < 0.3:
            title, level, text = self.chance.choice(texts.DISCIPLINE)
            found.append(
                self._input("discipline", self._day(), people=self._some(), title=title, level=level, text=text)
            )
        return found


def keep_case(led: Led, days: Sequence[dt.date], number: int, *, closed: bool) -> WorkRecord:
    """One case study with its measures, closed or going on."""
    category, title, background, problem, measures, effect, reflection = texts.CASES[number % len(texts.CASES)]
    step = len(days) // (len(measures) + 2)
    data = RecordInput(
        "case_study", days[0], [led.school_class], [led.students[number % len(led.students)]],
        values={
            "category": category, "title": title, "text": background, "problem_text": problem,
            "effect": effect if closed else "", "reflection": reflection if closed else "",
        },
    )  # fmt: skip
    case = records.save(led.user, data, archive=True)
    for turn, text in enumerate(measures, start=1):
        records.append(led.user, case, RecordNote.Kind.STAGE, text, on=days[step * turn])
    if closed:
        records.close(led.user, case, effect, on=days[-1])
    return case


def leave_drafts(led: Led, today: dt.date) -> None:
    """Something begun and not finished, as everybody has."""
    data = RecordInput(
        "talk", today, [led.school_class], [led.students[0]],
        values={"category": "study", "way": "face", "text": "课间简单聊了几句，晚上再补完整。"},
    )  # fmt: skip
    records.save(led.user, data, archive=False)
