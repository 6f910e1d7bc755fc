"""Frozen dataclasses to plain JSON data and back, exactly.

Rule versions, the inputs of a settled line and the line itself are stored as JSON. Decimals travel as strings, days as
``YYYY-MM-DD``, enums as their value, tuples as lists. Reading is strict: a missing or unknown key and a value of the
wrong kind raise ``DecodeError`` with a Chinese text that names the path, so nothing is filled in by guessing. The one
leniency: a field with a default may be missing, so that data stored before the field existed stays readable.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")
Decoder = Callable[[Any, str], Any]
Encoder = Callable[[Any], Any]


class DecodeError(ValueError):
    """Stored data do not fit the dataclass; the text is Chinese and names the path."""


def encode(value: Any) -> Any:
    """Give plain JSON data for a dataclass, or for any value a dataclass of ours may hold."""
    kind: Any = type(value)
    encoder = _encoder(kind)
    return value if encoder is None else encoder(value)


def decode(cls: type[T], data: Any, path: str = "") -> T:
    """Build ``cls`` from what ``encode`` gave; raise ``DecodeError`` at the first thing that does not fit."""
    kind: Any = cls
    return typing.cast(T, _decoder(kind)(data, path))


@cache
def _encoder(kind: Any) -> Encoder | None:
    """Give the function for values of this type; None where the value is JSON already."""
    if kind in (int, str, bool, type(None)):
        return None
    if issubclass(kind, Enum):
        return _enum_value
    if issubclass(kind, Decimal):
        return str
    if issubclass(kind, date):
        return date.isoformat
    if issubclass(kind, tuple | list):
        return lambda items: [encode(item) for item in items]
    if dataclasses.is_dataclass(kind):
        names = tuple(field.name for field in dataclasses.fields(kind))
        return lambda value: {name: encode(getattr(value, name)) for name in names}
    raise TypeError(f"{kind.__name__} 不能存为数据")


def _enum_value(member: Enum) -> Any:
    return member.value


@cache
def _decoder(kind: Any) -> Decoder:
    origin = typing.get_origin(kind)
    if origin in (types.UnionType, typing.Union):
        return _optional(kind)
    if origin is tuple:
        return _tuple(typing.get_args(kind)[0])
    if dataclasses.is_dataclass(kind):
        return _dataclass(typing.cast(type, kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _enum(kind)
    simple: dict[Any, Decoder] = {Decimal: _decimal, date: _date, int: _int, str: _str, bool: _bool}
    return simple[kind]


def _fail(path: str, reason: str) -> typing.NoReturn:
    raise DecodeError(f"{path or '数据'}：{reason}")


def _optional(kind: Any) -> Decoder:
    inner = _decoder(next(arg for arg in typing.get_args(kind) if arg is not types.NoneType))
    return lambda data, path: None if data is None else inner(data, path)


def _tuple(item: Any) -> Decoder:
    inner = _decoder(item)

    def read(data: Any, path: str) -> tuple[Any, ...]:
        if not isinstance(data, list | tuple):
            _fail(path, f"应为列表，得到 {data!r}")
        return tuple(inner(each, f"{path}[{number}]") for number, each in enumerate(data))

    return read


def _dataclass(cls: type) -> Decoder:
    hints = typing.get_type_hints(cls)
    fields = dataclasses.fields(cls)
    decoders = {field.name: _decoder(hints[field.name]) for field in fields}
    missing_value = dataclasses.MISSING
    required = [f.name for f in fields if f.default is missing_value and f.default_factory is missing_value]

    def read(data: Any, path: str) -> Any:
        if not isinstance(data, Mapping):
            _fail(path, f"应为一组键值，得到 {data!r}")
        prefix = f"{path}." if path else ""
        for name in data:
            if name not in decoders:
                _fail(f"{prefix}{name}", "不认识的键")
        for name in required:
            if name not in data:
                _fail(f"{prefix}{name}", "缺少该键")
        return cls(**{name: decoders[name](value, f"{prefix}{name}") for name, value in data.items()})

    return read


def _enum(kind: type[Enum]) -> Decoder:
    members = {member.value: member for member in kind}

    def read(data: Any, path: str) -> Enum:
        member = members.get(data) if isinstance(data, str | int) else None
        if member is None:
            _fail(path, f"{data!r} 不在可选值 {'、'.join(map(str, members))} 之内")
        return member

    return read


def _decimal(data: Any, path: str) -> Decimal:
    if isinstance(data, str | int) and not isinstance(data, bool):
        try:
            number = Decimal(data)
        except InvalidOperation:
            _fail(path, f"{data!r} 不是数")
        if number.is_finite():
            return number
    _fail(path, f"应为写成文字的小数，得到 {data!r}")


def _date(data: Any, path: str) -> date:
    if isinstance(data, str):
        try:
            return date.fromisoformat(data)
        except ValueError:
            pass
    _fail(path, f"应为 YYYY-MM-DD 形式的日期，得到 {data!r}")


def _int(data: Any, path: str) -> int:
    if isinstance(data, int) and not isinstance(data, bool):
        return data
    _fail(path, f"应为整数，得到 {data!r}")


def _str(data: Any, path: str) -> str:
    if isinstance(data, str):
        return data
    _fail(path, f"应为文字，得到 {data!r}")


def _bool(data: Any, path: str) -> bool:
    if isinstance(data, bool):
        return data
    _fail(path, f"应为是或否，得到 {data!r}")
