"""Before and after, laid side by side for a reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .labels import field_label, value_label

NOTHING = "—"
DIGEST_SHOWN = 12
FEN = "_fen"
"""The end of every key whose value is money in whole 分."""


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


def changes(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, object_type: str = "") -> list[Change]:
    """A line per key, in the order in which the keys were written; nested values get `a · b`.

    Coded values are put into words by the model named `object_type`, e.g. `accounts.user`.
    """
    old, new = _flat(before or {}, object_type), _flat(after or {}, object_type)
    names = list(old) + [name for name in new if name not in old]
    return [Change(_name(name), old.get(name, NOTHING), new.get(name, NOTHING)) for name in names]


def _flat(values: Mapping[str, Any], object_type: str, above: tuple[str, ...] = ()) -> dict[tuple[str, ...], str]:
    flat: dict[tuple[str, ...], str] = {}
    for key, value in values.items():
        path = (*above, str(key))
        if isinstance(value, Mapping) and not is_sensitive(value):
            flat |= _flat(value, object_type, path)
        else:
            flat[path] = _in_words(value, str(key), object_type)
    return flat


def _in_words(value: Any, key: str, object_type: str) -> str:
    if isinstance(value, str) and value:
        return value_label(object_type, key, value)
    if isinstance(value, list) and value and all(isinstance(item, str) and item for item in value):
        return "、".join(dict.fromkeys(value_label(object_type, key, item) for item in value))
    if key.endswith(FEN) and isinstance(value, int) and not isinstance(value, bool):
        return f"{Decimal(value).scaleb(-2):,.2f} 元"
    return as_text(value)


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
