"""What differs between a version that was submitted and the one that followed it, row by row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from allowance.calculation import format_yuan, to_yuan

from .models import MonthSheet
from .services.workflow import version_payload

COMPARED = {
    "name": "姓名",
    "category": "人员类别",
    "classes": "班级",
    "headcount": "基准人数",
    "coefficient": "系数",
    "monthly_rate": "月标准",
    "days": "在岗天数",
    "formula": "计算说明",
    "amount_fen": "金额",
    "remark": "备注",
}
Key = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row that was added, removed or changed; `fields` are label, old and new text."""

    who: str
    what: str
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class VersionDifference:
    """One version and how the next one differs from it; `later` is empty for the sheet as it stands now."""

    earlier: int
    later: int
    kept_at: dt.datetime
    reason: str
    old_total_fen: int
    new_total_fen: int
    changes: tuple[RowChange, ...]

    @property
    def difference_fen(self) -> int:
        return self.new_total_fen - self.old_total_fen


def version_differences(sheet: MonthSheet) -> list[VersionDifference]:
    """Each kept version beside its successor, newest first; the last one beside the sheet as it is now."""
    kept = list(sheet.versions.order_by("version"))
    payloads = [item.payload for item in kept] + [version_payload(sheet)]
    found = []
    for number, item in enumerate(kept):
        old, new = payloads[number], payloads[number + 1]
        found.append(
            VersionDifference(
                item.version, item.version + 1, item.kept_at, item.reason, old["head"]["total_fen"],
                new["head"]["total_fen"], tuple(row_changes(old["lines"], new["lines"])),
            )
        )  # fmt: skip
    return found[::-1]


def row_changes(old: Iterable[Mapping[str, Any]], new: Iterable[Mapping[str, Any]]) -> list[RowChange]:
    """Rows by 工号 and kind: added, removed, changed with old and new values."""
    before, after = _by_key(old), _by_key(new)
    found = []
    for key in sorted(before.keys() | after.keys()):
        was, now = before.get(key), after.get(key)
        row = now or was
        assert row is not None
        fields = tuple(
            (label, _text(was, name), _text(now, name))
            for name, label in COMPARED.items()
            if _text(was, name) != _text(now, name)
        )
        if fields:
            what = "新增" if was is None else "删除" if now is None else "变动"
            found.append(RowChange(f"{row['name']}（{row['staff_no']}）{row['kind']}", what, fields))
    return found


def _by_key(rows: Iterable[Mapping[str, Any]]) -> dict[Key, Mapping[str, Any]]:
    """Several 补发 of one person in a sheet are told apart by their order."""
    found: dict[Key, Mapping[str, Any]] = {}
    for row in rows:
        number = 0
        while (row["staff_no"], row["kind"], number) in found:
            number += 1
        found[row["staff_no"], row["kind"], number] = row
    return found


def _text(row: Mapping[str, Any] | None, name: str) -> str:
    if row is None:
        return ""
    return format_yuan(to_yuan(row[name])) if name == "amount_fen" else str(row[name])
