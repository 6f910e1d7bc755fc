"""Before and after, laid side by side for a reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .labels import field_label

NOTHING = "—"
DIGEST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Change:
    """One line: what, the old and the new value as text."""

    label: str
    before: str
    after: str

    @property
    def changed(self) -> bool:
        return self.before != self.after

    @property
    def kind(self) -> str:
        if self.before == NOTHING:
            return "新增"
        return "清除" if self.after == NOTHING else "改动"

    @property
    def tone(self) -> str:
        return {"新增": "success", "清除": "warning", "改动": "info"}[self.kind]


def changes(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[Change]:
    """A line per key, in the order in which the keys were written; nested values get `a · b`."""
    old, new = _flat(before or {}), _flat(after or {})
    names = list(old) + [name for name in new if name not in old]
    return [Change(_name(name), old.get(name, NOTHING), new.get(name, NOTHING)) for name in names]


def _flat(values: Mapping[str, Any], above: tuple[str, ...] = ()) -> dict[tuple[str, ...], str]:
    flat: dict[tuple[str, ...], str] = {}
    for key, value in values.items():
        path = (*above, str(key))
        if isinstance(value, Mapping) and not is_sensitive(value):
            flat |= _flat(value, path)
        else:
            flat[path] = as_text(value)
    return flat


def is_sensitive(value: Any) -> bool:
    return isinstance(value, Mapping) and set(value) == {"length", "sha256"}


def as_text(value: Any) -> str:
    if value is None or value in ("", []):
        return NOTHING
    if isinstance(value, bool):
        return "是" if value else "否"
    if is_sensitive(value):
        return f"{value['length']} 字（内容不记入日志，摘要 {str(value['sha256'])[:DIGEST_SHOWN]}）"
    if isinstance(value, list):
        return "、".join(as_text(item) for item in value)
    if isinstance(value, Mapping):
        return "，".join(f"{field_label(str(key))} {as_text(item)}" for key, item in value.items())
    return str(value)


def _name(path: tuple[str, ...]) -> str:
    return " · ".join(field_label(part) for part in path)
