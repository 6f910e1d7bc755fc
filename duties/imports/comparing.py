"""A reading tried out on the database as it is now: what the services change is the preview, or the import itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from gaobo_banzhuren.documents.problems import Problem
from gaobo_banzhuren.web.errors import UserError
from teachers.services.imports.operations import BAD, NEW, SAME, UPDATED, Change

from ..services.imports.changes import Difference, Values, difference, look, plain
from .declaring import ImportKind, Key, Reading, Scope, Wanted


@dataclass(slots=True)
class Result:
    """What reading and trying gave; `counts` by sheet, `changes` a line for every new or changed record."""

    reading: Reading
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    difference: Difference = field(default_factory=Difference)

    @property
    def problems(self) -> list[Problem]:
        """In the order in which a person goes through the file."""
        order = {title: index for index, title in enumerate(self.reading.titles)}
        return sorted(self.reading.problems, key=lambda one: (order.get(one.sheet, -1), one.row or 0))

    def total(self, word: str) -> int:
        return sum(counts[word] for counts in self.counts.values())


def preview(kind: ImportKind, reading: Reading, scope: Scope) -> Result:
    """What the workbook would do; nothing stays. Rows without a problem are tried even when others have one."""
    with transaction.atomic():
        result = carry_out(kind, reading, scope)
        transaction.set_rollback(True)
    return result


def carry_out(kind: ImportKind, reading: Reading, scope: Scope) -> Result:
    """Do what the workbook says, in the caller's transaction. With a problem the caller has to roll back."""
    result = Result(reading)
    wanted = kind.plan(reading, scope)
    before = look(wanted.tracked)
    try:
        with transaction.atomic():
            if wanted.lines:
                wanted.write(scope.actor)
            result.difference = difference(before, look(wanted.tracked))
    except UserError as refused:
        if not reading.problems:
            reading.problems.sheet("、".join(reading.titles) or kind.label, refused.message)
    _describe(result, kind, wanted)
    return result


def _describe(result: Result, kind: ImportKind, wanted: Wanted) -> None:
    reading = result.reading
    result.counts = {title: dict.fromkeys((NEW, UPDATED, SAME, BAD), 0) for title in reading.titles}
    for title, _ in reading.bad | {(s.table.sheet, row.number) for s, row in reading.rows() if row.bad}:
        if title in result.counts:
            result.counts[title][BAD] += 1
    made, changed = _by_key(kind, wanted, result.difference)
    for line in wanted.lines:
        if line.key in made:
            word, details = NEW, _details(kind, {}, made[line.key])
        elif line.key in changed:
            word, details = UPDATED, _details(kind, *changed[line.key])
        else:
            result.counts[line.sheet][SAME] += 1
            continue
        result.counts[line.sheet][word] += 1
        result.changes.append(Change(line.sheet, line.row, word, line.code, line.name, details))


def _by_key(
    kind: ImportKind, wanted: Wanted, found: Difference
) -> tuple[dict[Key, Values], dict[Key, tuple[Values, Values]]]:
    """Made and changed rows of the main model by the key that lines use."""
    main = wanted.tracked[0].model
    label = main._meta.label
    made = {_key(kind, values): values for values in found.made.get(label, {}).values()}
    moved = found.changed.get(label, {})
    keys: dict[int, Key] = {}
    for start in range(0, len(moved), 5_000):
        part = list(moved)[start : start + 5_000]
        rows = main._base_manager.filter(pk__in=part).values("pk", *kind.key_columns)
        keys |= {row["pk"]: _key(kind, row) for row in rows}
    return made, {keys[pk]: pair for pk, pair in moved.items()}


def _key(kind: ImportKind, values: Mapping[str, Any]) -> Key:
    return tuple(plain(values[name]) for name in kind.key_columns)


def _details(kind: ImportKind, before: Values, after: Values) -> list[tuple[str, str, str]]:
    """Changed columns in words; of a new record those that say something."""
    found = []
    for one in kind.shown:
        if one.column not in after:
            continue
        old = _word(one.show, before.get(one.column)) if before else ""
        new = _word(one.show, after[one.column])
        if new or old:
            found.append((one.label, old or ("空" if before else ""), new or "空"))
    return found


def _word(show: Any, value: Any) -> str:
    return "" if value is None or value == "" or value is False else show(value)
