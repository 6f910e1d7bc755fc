"""The settings of a rule version, listed one by one with their words for the people who decide them.

Standard library only.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from .parts import type_hints, without_none

NOT_SET = "不设"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One setting as shown. `kind` is its type without `None`; `section` the heading of a nested row."""

    path: str
    label: str
    silent: str
    unit: str
    hint: str
    kind: Any
    optional: bool
    fixed: bool
    long: bool
    ordered: bool
    section: str
    value: Any

    @property
    def text(self) -> str:
        """The value in Chinese words with its unit."""
        return text_of(self.value, self.unit)

    @property
    def is_many(self) -> bool:
        """Whether several options are ticked (in a template a class would be called, not asked)."""
        return self.choice_type is not None

    @property
    def row_type(self) -> type | None:
        """Dataclass of the rows, if the setting is a table (人数档)."""
        inner = item_type(self.kind)
        return inner if inner is not None and dataclasses.is_dataclass(inner) else None

    @property
    def choice_type(self) -> type[StrEnum] | None:
        """Choices of a list setting (计入状态, 否决情形)."""
        inner = item_type(self.kind)
        return inner if inner is not None and issubclass(inner, StrEnum) else None


def text_of(value: Any, unit: str = "") -> str:
    """A setting's value in Chinese words."""
    if value is None or value == () or value == "":
        return NOT_SET
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, tuple):
        return "；".join(text_of(item) for item in value)
    if isinstance(value, StrEnum):
        return str(getattr(value, "label", value.value))
    if dataclasses.is_dataclass(value):
        return row_text(value)
    number = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return f"{number} {unit}".strip()


def row_text(row: Any) -> str:
    """One row of a table setting: its own words if it has any, and the last value (档：系数)."""
    last = dataclasses.fields(row)[-1].name
    return f"{getattr(row, 'text', '')} {text_of(getattr(row, last))}".strip()


def item_type(kind: Any) -> type | None:
    """Type of a tuple's items; None for anything else."""
    return typing.cast(type, typing.get_args(kind)[0]) if typing.get_origin(kind) is tuple else None


def leaves(part: Any, prefix: str = "", section: str = "") -> Iterator[Leaf]:
    """Every setting of a part, depth first in the order of its fields.

    A tuple of rows that name themselves (`caption`) is walked row by row; any other table is one setting.
    """
    for item in dataclasses.fields(part):
        value = getattr(part, item.name)
        path = f"{prefix}.{item.name}" if prefix else item.name
        if isinstance(value, tuple) and value and hasattr(value[0], "caption"):
            for index, row in enumerate(value):
                yield from leaves(row, f"{path}.{index}", row.caption)
        elif dataclasses.is_dataclass(value):
            yield from leaves(value, path, str(item.metadata.get("label", "")))
        else:
            yield _leaf(type(part), item, path, section, value)


def _leaf(cls: type, item: dataclasses.Field[Any], path: str, section: str, value: Any) -> Leaf:
    meta = item.metadata
    kind, optional = without_none(type_hints(cls)[item.name])
    return Leaf(
        path=path,
        label=str(meta.get("label", item.name)),
        silent=str(meta.get("silent", "")),
        unit=str(meta.get("unit", "")),
        hint=str(meta.get("hint", "")),
        kind=kind,
        optional=optional,
        fixed=bool(meta.get("fixed", False)),
        long=bool(meta.get("long", False)),
        ordered=bool(meta.get("ordered", False)),
        section=section,
        value=value,
    )
