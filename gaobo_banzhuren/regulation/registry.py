"""Where the higher apps tell the foundation what a rule version means for them.

An app registers its functions in its `AppConfig.ready`. A previewer recomputes settled months under other rules; a
usage counter says how much already rests on a version.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .bundle import Rules


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One college and month: what was settled and what the other rules would give, both in 分."""

    month: dt.date
    college_code: str
    college_name: str
    settled_fen: int
    recomputed_fen: int

    @property
    def change_fen(self) -> int:
        return self.recomputed_fen - self.settled_fen


Previewer = Callable[[Rules, dt.date], Iterable[PreviewRow]]
"""Called with the draft's rules and the first month to look at; changes nothing."""

UsageCounter = Callable[[int], int]
"""Called with a version's id; number of settled or filed things that rest on it."""

_previewers: list[Previewer] = []
_usage_counters: list[UsageCounter] = []


def register_previewer(previewer: Previewer) -> None:
    if previewer not in _previewers:
        _previewers.append(previewer)


def register_usage(counter: UsageCounter) -> None:
    if counter not in _usage_counters:
        _usage_counters.append(counter)


def preview_rows(rules: Rules, since: dt.date) -> list[PreviewRow]:
    """What every registered app gives, by month and college."""
    rows = [row for previewer in _previewers for row in previewer(rules, since)]
    return sorted(rows, key=lambda row: (row.month, row.college_code))


def usage_of(version_id: int) -> int:
    return sum(counter(version_id) for counter in _usage_counters)
