"""Typed parts of a rule version: how a setting is declared, stored as JSON and read back without loss.

Every field of a part carries `label` and `silent` (the silent point A-01 … A-88 it answers), optionally `unit`, `hint`,
`fixed` (shown, never edited) and `long` (a text that wants a larger box). Standard library only.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from dataclasses import MISSING, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")


class PartError(ValueError):
    """Stored or entered data is not a rule part; `problems` names every place in Chinese."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("；".join(problems))
        self.problems = problems


class Choice(StrEnum):
    """An option that is stored by its value and shown by its Chinese `label`."""

    label: str

    def __new__(cls, value: str, label: str) -> Choice:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


def setting(
    label: str,
    silent: str = "",
    *,
    unit: str = "",
    hint: str = "",
    fixed: bool = False,
    long: bool = False,
    ordered: bool = False,
    default: Any = MISSING,
) -> Any:
    """A dataclass field that the office sees and, unless `fixed`, may change; in an `ordered` list the order counts."""
    metadata = {
        "label": label,
        "silent": silent,
        "unit": unit,
        "hint": hint,
        "fixed": fixed,
        "long": long,
        "ordered": ordered,
    }
    return field(metadata=metadata) if default is MISSING else field(default=default, metadata=metadata)


@cache
def type_hints(cls: type) -> dict[str, Any]:
    """Resolved types of a dataclass's fields."""
    return typing.get_type_hints(cls)


def without_none(kind: Any) -> tuple[Any, bool]:
    """The type without `None`, and whether `None` is allowed."""
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        return next(each for each in typing.get_args(kind) if each is not types.NoneType), True
    return kind, False


def to_json(value: Any) -> Any:
    """Plain JSON data; decimals travel as text, so that nothing is lost on the way."""
    if dataclasses.is_dataclass(value):
        return {item.name: to_json(getattr(value, item.name)) for item in dataclasses.fields(value)}
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple):
        return [to_json(item) for item in value]
    return value


def from_json(cls: type[T], data: Any, where: str = "") -> T:
    """The object written by `to_json`; missing, unknown and mistyped entries are all named in one `PartError`."""
    problems: list[str] = []
    value = _read(cls, data, where, problems)
    if problems:
        raise PartError(problems)
    return typing.cast(T, value)


def _read(kind: Any, data: Any, where: str, problems: list[str]) -> Any:
    kind, optional = without_none(kind)
    if data is None and optional:
        return None
    if typing.get_origin(kind) is tuple:
        return _read_tuple(typing.get_args(kind)[0], data, where, problems)
    if dataclasses.is_dataclass(kind):
        return _read_dataclass(typing.cast(type, kind), data, where, problems)
    try:
        return _read_plain(kind, data)
    except (ValueError, TypeError, InvalidOperation):
        problems.append(f"{where}：值「{data}」不合适")
        return None


def _read_dataclass(cls: type, data: Any, where: str, problems: list[str]) -> Any:
    if not isinstance(data, dict):
        problems.append(f"{where or cls.__name__}：应为一组设置")
        return None
    fields = {item.name: item for item in dataclasses.fields(cls)}
    before = len(problems)
    problems += [f"{_join(where, str(name))}：不认识的设置" for name in data if name not in fields]
    values = {}
    for name, item in fields.items():
        if name in data:
            values[name] = _read(type_hints(cls)[name], data[name], _join(where, name), problems)
        elif item.default is MISSING and item.default_factory is MISSING:
            problems.append(f"{_join(where, name)}：缺少")
    return cls(**values) if len(problems) == before else None


def _read_tuple(kind: Any, data: Any, where: str, problems: list[str]) -> tuple[Any, ...]:
    if not isinstance(data, list):
        problems.append(f"{where}：应为列表")
        return ()
    return tuple(_read(kind, item, _join(where, str(index)), problems) for index, item in enumerate(data))


def _read_plain(kind: type, data: Any) -> Any:
    if kind is bool or kind is int:
        if type(data) is not kind:
            raise TypeError(data)
        return data
    if not isinstance(data, str):
        raise TypeError(data)
    if kind is Decimal:
        number = Decimal(data)
        if not number.is_finite():
            raise ValueError(data)
        return number
    return kind(data)


def _join(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name
