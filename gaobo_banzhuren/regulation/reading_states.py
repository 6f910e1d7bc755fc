"""Every silent point with its reading in force: value, state and who decided it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from django.utils import timezone

from . import data_files
from .bundle import Parts
from .in_force import current_version, system_settings
from .leaves import leaves
from .models import Interpretation, PayableMonth, Reading, ReadingDecision, RuleVersion, SchoolYear

SHOWN_VALUES = 6


class State(Enum):
    """Where a reading stands; each with the word shown for it."""

    DEFAULT = "默认"
    CONFIRMED = "已确认"
    CHANGED = "已改"


@dataclass(frozen=True, slots=True)
class Value:
    """One setting behind a reading, in words, with what it was by default if that differs."""

    path: str
    label: str
    text: str
    default: str

    @property
    def changed(self) -> bool:
        return self.text != self.default


@dataclass(frozen=True, slots=True)
class ReadingState:
    """One silent point under one version, as listed."""

    reading: Reading
    state: State
    values: tuple[Value, ...]
    decision: ReadingDecision | None
    interpretations: tuple[Interpretation, ...]

    @property
    def shown_values(self) -> tuple[Value, ...]:
        """The first few values; a point with many rows (A-51) is read on the version's page."""
        return self.values[:SHOWN_VALUES]

    @property
    def hidden_count(self) -> int:
        return max(len(self.values) - SHOWN_VALUES, 0)


def reading_states(version: RuleVersion | None = None) -> list[ReadingState]:
    """All silent points in order, under `version` or the one in force today. A fixed number of queries."""
    today = timezone.localdate()
    version = version or current_version(today)
    year = SchoolYear.objects.filter(starts_on__lte=today, ends_on__gte=today).first()
    values = dict(_values(version.typed_parts() if version else data_files.first_parts(), year))
    decisions = {
        row.reading_id: row
        for row in ReadingDecision.objects.filter(version=version).select_related("decided_by", "interpretation")
    }
    said: dict[str, list[Interpretation]] = {}
    for row in Interpretation.objects.exclude(reading=None):
        said.setdefault(str(row.reading_id), []).append(row)
    return [
        _state(reading, values, decisions.get(reading.pk), tuple(said.get(reading.pk, ())))
        for reading in Reading.objects.all()
    ]


def _state(
    reading: Reading,
    values: Mapping[str, Value],
    decision: ReadingDecision | None,
    interpretations: tuple[Interpretation, ...],
) -> ReadingState:
    own = tuple(values[path] for path in reading.paths if path in values)
    if any(value.changed for value in own):
        state = State.CHANGED
    elif decision:
        state = State.CONFIRMED
    else:
        state = State.DEFAULT
    return ReadingState(reading, state, own, decision, interpretations)


def _values(parts: Parts, year: SchoolYear | None) -> Iterable[tuple[str, Value]]:
    year_settings = year.settings() if year else data_files.default_year_settings()
    now = [*parts.leaves(), *leaves(year_settings, "year"), *leaves(system_settings(), "system")]
    first = {
        leaf.path: leaf
        for leaf in (
            *data_files.first_parts().leaves(),
            *leaves(data_files.default_year_settings(), "year"),
            *leaves(data_files.default_system_settings(), "system"),
        )
    }
    for leaf in now:
        default = first[leaf.path].text if leaf.path in first else ""
        label = f"{leaf.section}：{leaf.label}" if leaf.section else leaf.label
        yield leaf.path, Value(leaf.path, label, leaf.text, default)
    yield data_files.PAYABLE_MONTHS_PATH, _payable_value(year)


def _payable_value(year: SchoolYear | None) -> Value:
    default = months_text(data_files.read(data_files.FIRST_VERSION)["school_year"]["payable_months"])
    if year is None:
        return Value(data_files.PAYABLE_MONTHS_PATH, "计发月份", default, default)
    rows = PayableMonth.objects.filter(school_year=year, payable=True).values_list("month", flat=True)
    return Value(
        data_files.PAYABLE_MONTHS_PATH, f"{year.name} 计发月份", months_text([day.month for day in rows]), default
    )


def months_text(months: list[int]) -> str:
    """`12 个月`, or the months that are paid."""
    if len(months) == len(range(1, 13)):
        return f"{len(months)} 个月"
    return f"{len(months)} 个月（{'、'.join(str(month) for month in months)} 月）"


def unconfirmed_count(states: Iterable[ReadingState]) -> int:
    """How many silent points nobody has looked at yet."""
    return sum(state.state is State.DEFAULT for state in states)


def decided_text(decision: ReadingDecision | None) -> str:
    """Who decided and when, in words; empty if nobody did."""
    if decision is None:
        return ""
    day: dt.datetime = timezone.localtime(decision.decided_at)
    return f"{decision.decided_by.name} {day:%Y-%m-%d}"
