"""Checks that several sheets share: the same key twice, codes that exist nowhere, names that cannot be printed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from gaobo_banzhuren.documents.printable import unprintable_characters

from ..services.imports.operations import BAD, CLASS, NEW, SAME, TEACHER, UPDATED, Change, Plan, Ref
from .columns import BY_NAME
from .reading import Reading, Row
from .snapshot import Scope, Snapshot, folded

OWN_POST = "是您本人，本人的聘任和请假请由另一位有权限的人办理"
FOREIGN = "不在您的学院范围内，请删去此行或联系继续教育学院"


@dataclass(slots=True)
class Context:
    """What the planners of all sheets share. `made` keeps what earlier sheets will create, by the code people write."""

    reading: Reading
    snapshot: Snapshot
    plan: Plan
    today: dt.date
    made: dict[tuple[str, str], Ref] = field(default_factory=dict)
    bad_rows: dict[str, set[int]] = field(default_factory=dict)

    def is_own(self, number: str) -> bool:
        """Whether the 工号 is that of the importing person, who decides nothing over the own post."""
        known = self.snapshot.people.get(number)
        return known is not None and known.user_id == self.scope.user_id

    @property
    def scope(self) -> Scope:
        return self.snapshot.scope

    def report(self, sheet: str, row: Row, column: str, reason: str, value: object = None) -> None:
        self.reading.at(sheet, row, column, reason, value)
        self.bad_rows.setdefault(sheet, set()).add(row.number)

    def is_bad(self, sheet: str, row: Row) -> bool:
        return bool(row.bad) or row.number in self.bad_rows.get(sheet, ())

    def class_codes(self) -> set[str]:
        return set(self.snapshot.classes) | {key for model, key in self.made if model == CLASS}

    def staff_numbers(self) -> set[str]:
        known = {number for number, fact in self.snapshot.people.items() if fact.teacher_id}
        return known | {key for model, key in self.made if model == TEACHER}

    def count_bad(self) -> None:
        for sheet, counts in self.plan.counts.items():
            counts[BAD] = sum(1 for row in self.reading.rows(sheet) if self.is_bad(sheet, row))


def unique_rows(context: Context, sheet: str, column: str) -> Iterator[Row]:
    """The rows that are the first with their key; a later one is reported and names the first."""
    seen: dict[str, Row] = {}
    for row in context.reading.rows(sheet):
        key = row[column]
        if key is None:
            continue
        known = seen.setdefault(folded(key), row)
        if known is row:
            yield row
        elif known[column] == key:
            context.report(sheet, row, column, f"与第 {known.number} 行重复")
        else:
            context.report(sheet, row, column, f"与第 {known.number} 行「{known[column]}」只有大小写不同")
    _near_notes(context, sheet, column, seen.values())


def _near_notes(context: Context, sheet: str, column: str, rows: Iterable[Row]) -> None:
    """Numbers that differ only in leading zeros are two people at times, and a lost zero more often."""
    bare: dict[str, Row] = {}
    for row in rows:
        key = row[column]
        other = bare.setdefault(key.lstrip("0"), row)
        if other is not row:
            context.plan.notes.append(
                f"工作表「{sheet}」第 {other.number} 行「{other[column]}」与第 {row.number} 行「{key}」只差前导零，请核对"
            )


def check_names(context: Context, sheet: str, columns: Iterable[str]) -> None:
    """Names with characters that the print font lacks, reported when they are entered (此字无法打印)."""
    for row in context.reading.rows(sheet):
        for column in columns:
            text = row[column]
            if text and not _is_common(text):
                missing = unprintable_characters(text)
                if missing:
                    listed = "、".join(f"「{char}」（U+{ord(char):04X}）" for char in missing[:5])
                    context.report(sheet, row, column, f"此字无法打印：{listed}，请换用字库中有的写法")


def _is_common(text: str) -> bool:
    """Everything of GB2312 is in the font; only other characters need a look into it."""
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def unknown(codes: Iterable[str], code: str) -> str:
    """Why a code is refused, with the code that was probably meant."""
    wanted = folded(code)
    for other in codes:
        if folded(other) == wanted or other.lstrip("0") == code.lstrip("0"):
            return f"不存在；是否应为「{other}」"
    return "不存在"


def in_order(context: Context, sheet: str, row: Row, first: str, last: str, reason: str) -> bool:
    """Report `last` when its day lies before that of `first`."""
    start, end = row[first], row[last]
    if start is None or end is None or end >= start:
        return True
    context.report(sheet, row, last, reason)
    return False


def shown(value: Any) -> str:
    """A value as the preview shows it."""
    return "" if value is None else str(value)


def changed(
    pairs: Iterable[tuple[str, str, Any, Any]], words: Callable[[Any], str] = shown
) -> tuple[dict[str, Any], dict[str, Any], list[tuple[str, str, str]]]:
    """Of (column, label, recorded, in the sheet): what differs. A blank cell says nothing and changes nothing."""
    before, after, details = {}, {}, []
    for column, label, old, new in pairs:
        if new is not None and new != old:
            before[column], after[column] = old, new
            details.append((label, words(old), words(new)))
    return before, after, details


def note_new(context: Context, sheet: str, row: Row, key: str, name: str, *columns: str) -> None:
    """Count the row as new; the preview shows the values of the named columns."""
    context.plan.count(sheet, NEW)
    kind = BY_NAME[sheet]
    details = [(kind.header(column), "", str(row[column])) for column in columns if row[column] is not None]
    context.plan.changes.append(Change(sheet, row.number, NEW, key, name, details))


def note_updated(
    context: Context, sheet: str, row: Row, key: str, name: str, details: list[tuple[str, str, str]]
) -> None:
    """Count the row as changed, or as unchanged when there is nothing to tell."""
    if not details:
        context.plan.count(sheet, SAME)
        return
    context.plan.count(sheet, UPDATED)
    context.plan.changes.append(Change(sheet, row.number, UPDATED, key, name, details))
