"""Students to look after now, each with the reason and since when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from teachers.models import Student


@dataclass(frozen=True, slots=True)
class Entry:
    """A student on the list. `url` leads to what is behind it, `act_url` to writing down what was done about it."""

    student: Student
    class_id: int
    reason_key: str
    reason_text: str
    since: dt.date
    url: str
    act_url: str
    privacy: str = ""
    author_id: int | None = None
    handled_on: dt.date | None = None


def attention_for(class_ids: Iterable[int], today: dt.date) -> list[Entry]:
    """Who of the classes needs attention on the day and was not looked after since. A fixed number of queries."""
    raise NotImplementedError
