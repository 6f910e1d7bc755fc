"""A graduating class made ready for tests: teaching ended on 2024-01-31."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import time_machine

from duties.models import DepartureItem
from duties.services import departures
from gaobo_banzhuren.accounts.models import User
from teachers.models import SchoolClass
from tests.duties.given import Room, room
from tests.teachers.given import day

OPINION = "学习踏实，担任学习委员两年，专业实训成绩优秀，乐于帮助同学。"


def graduating(count: int = 5, ends: str = "2024-01-31") -> Room:
    """A class whose teaching is over."""
    here = room(count)
    SchoolClass.objects.filter(pk=here.school_class.pk).update(teaching_ends_on=day(ends))
    here.school_class.refresh_from_db()
    return here


@contextmanager
def on_day(text: str) -> Iterator[None]:
    """The clock stands at noon of the day."""
    with time_machine.travel(dt.datetime.fromisoformat(f"{text}T04:00:00+00:00"), tick=False):
        yield


def all_left(where: Room, actor: User, *, but: int = 0) -> None:
    """Every item of every student done, except for the last `but` students."""
    students = [one.pk for one in where.students[: len(where.students) - but]]
    for item in DepartureItem.Item.values:
        departures.settle(actor, where.school_class, item, students, on=day("2024-03-01"))
