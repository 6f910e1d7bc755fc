"""What an import is going to write, as data: rows to make and fields to change, and the sentence for each."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

USER: Final = "accounts.User"
GRANT: Final = "accounts.RoleGrant"
COLLEGE: Final = "accounts.College"
TEACHER: Final = "teachers.ClassTeacher"
PROGRAMME: Final = "teachers.Programme"
CLASS: Final = "teachers.SchoolClass"
STUDENT: Final = "teachers.Student"
GUARDIAN: Final = "teachers.Guardian"
ENTRY: Final = "teachers.RosterEntry"
APPOINTMENT: Final = "teachers.Appointment"
LEAVE: Final = "teachers.Leave"

IN_ORDER: Final = (
    COLLEGE, USER, TEACHER, GRANT, PROGRAMME, CLASS, STUDENT, GUARDIAN, ENTRY, APPOINTMENT, LEAVE,
)  # fmt: skip
"""Models in the order in which rows are made, so that what a row points at is there before it."""

NEW: Final = "新增"
UPDATED: Final = "更新"
SAME: Final = "未变"
BAD: Final = "错误"


class Ref(NamedTuple):
    """Stands for the key of a row that this plan makes itself."""

    model: str
    key: Any


class Now:
    """Stands for the moment of writing."""

    def __repr__(self) -> str:
        return "now"


class Writer:
    """Stands for the person who commits."""

    def __repr__(self) -> str:
        return "writer"


NOW: Final = Now()
WRITER: Final = Writer()


@dataclass(slots=True)
class Update:
    """Fields of one row, by column name. The row must still hold `before` when it is written."""

    model: str
    pk: int
    before: dict[str, Any]
    after: dict[str, Any]


class Change(NamedTuple):
    """One changed row for the preview: who it is and what becomes of it, before and after in words."""

    sheet: str
    row: int
    kind: str
    key: str
    name: str
    details: list[tuple[str, str, str]]


@dataclass(slots=True)
class Plan:
    """Everything one workbook would do to the database as it is now."""

    creates: dict[str, dict[Any, dict[str, Any]]] = field(default_factory=lambda: defaultdict(dict))
    updates: list[Update] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def create(self, model: str, key: Any, values: dict[str, Any]) -> Ref:
        self.creates[model][key] = values
        return Ref(model, key)

    def update(self, model: str, pk: int, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        self.updates.append(Update(model, pk, dict(before), dict(after)))

    def count(self, sheet: str, kind: str) -> None:
        self.counts[sheet][kind] += 1

    def open_sheet(self, sheet: str) -> None:
        self.counts[sheet] = {NEW: 0, UPDATED: 0, SAME: 0, BAD: 0}

    @property
    def is_empty(self) -> bool:
        return not self.updates and not any(self.creates.values())

    def total(self, kind: str) -> int:
        return sum(counts[kind] for counts in self.counts.values())

    def digest(self) -> str:
        """Tells two plans apart by what they write. Role grants start today, which says nothing about the data."""
        result = hashlib.sha256()
        for model in IN_ORDER:
            if model != GRANT:
                result.update(repr((model, list(self.creates.get(model, {}).items()))).encode())
        for update in self.updates:
            result.update(repr((update.model, update.pk, update.before, update.after)).encode())
        return result.hexdigest()
