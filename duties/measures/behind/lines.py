"""What the page behind a figure shows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Final

from django.urls import NoReverseMatch, reverse

from gaobo_banzhuren.accounts.models import User
from teachers.models import SchoolClass

MOST: Final = 300
"""So many rows at most; the room behind has them all."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row: what, when, what it adds. `counted` False: shown because it does not count, with the reason in `note`."""

    title: str
    day: dt.date | None = None
    note: str = ""
    url: str = ""
    counted: bool = True


@dataclass
class Behind:
    """`lines` are what counts, `lacking` who or what is missing; `more` that there are more than shown."""

    lines: list[Line] = field(default_factory=list)
    lacking: list[Line] = field(default_factory=list)
    lacking_title: str = ""
    room_url: str = ""
    room_label: str = ""
    more: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    school_class: SchoolClass
    first: dt.date
    last: dt.date
    user: User
    today: dt.date


def address(name: str, *args: object) -> str:
    """The address of a room; empty while there is none."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
