"""Spans of days: what is taken, what is free. Both days belong to a span; `last` None means no end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

ONE_DAY = dt.timedelta(days=1)


class Span(NamedTuple):
    first: dt.date
    last: dt.date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def clip(first: dt.date, last: dt.date | None, window: Span) -> Span | None:
    """The part of a span inside the window; None when there is none."""
    start = max(first, window.first)
    end = window.last if last is None else min(last, window.last)
    return Span(start, end) if start <= end else None


def gaps(window: Span, taken: Iterable[Span]) -> list[Span]:
    """The days of the window that no span covers, as spans in order."""
    found: list[Span] = []
    free_from = window.first
    for span in sorted(taken):
        if span.first > free_from:
            found.append(Span(free_from, min(span.first - ONE_DAY, window.last)))
        free_from = max(free_from, span.last + ONE_DAY)
        if free_from > window.last:
            break
    if free_from <= window.last:
        found.append(Span(free_from, window.last))
    return [span for span in found if span.first <= span.last]


def earliest(*days: dt.date | None) -> dt.date | None:
    """The first of the days that are given; None when none is."""
    return min((day for day in days if day is not None), default=None)
