"""docs/access.md as data, and the addresses that the product really has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from .world import IDENTITIES

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "access.md"
FIRST_COLUMNS = ("Address", "Methods", "Object")
COLUMNS = (
    "匿名", "停用", "无角色", "班主任", "学院管理员", "学院考核人", "学院负责人", "继续教育学院", "人事", "系统管理员",
    "审计员",
)  # fmt: skip
HEADER = (*FIRST_COLUMNS, *COLUMNS, "Note")
NOTHING = "–"
SCOPES = ("own", "college", "handed", "all")
LEAVES_A_NOTE = {5, 6, 19, 22}
"""Footnotes of what writes a note into the audit log without changing anything."""
UNNAMED = {"<path:object_id>/": "short_link", "(?P<url>.*)$": "catch_all"}
"""Django's maintenance pages have two addresses without a name."""


@dataclass(frozen=True)
class Code:
    scope: str
    writes: bool

    @classmethod
    def read(cls, text: str) -> Code:
        scope = text.removesuffix("+")
        assert scope in (NOTHING, *SCOPES), f"unknown code {text!r}"
        assert text != NOTHING + "+"
        return cls(scope, text.endswith("+"))

    @property
    def opens(self) -> bool:
        return self.scope != NOTHING


@dataclass(frozen=True)
class Row:
    """One line of the table: what an address (or a pattern of them) answers about one kind of object."""

    address: str
    methods: frozenset[str]
    kind: str
    codes: dict[str, Code]
    notes: frozenset[int]

    def __hash__(self) -> int:
        return hash((self.address, self.kind))

    def __str__(self) -> str:
        return f"{self.address} ({self.kind})"

    @property
    def may_note(self) -> bool:
        return bool(self.notes & LEAVES_A_NOTE)

    def matches(self, name: str) -> bool:
        return fnmatchcase(name, self.address)


@dataclass(frozen=True)
class Address:
    """One pattern of the resolver."""

    name: str
    route: str
    view: Any


def read_table(text: str = "") -> list[Row]:
    """Every row of every table with the access columns, in order. Raises AssertionError with the line that is wrong."""
    rows = []
    for line in (text or DOCUMENT.read_text(encoding="utf-8")).splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if (
            not line.startswith("|")
            or cells[0] in ("Address", "Code")
            or set(line) <= set("|- ")
            or ":" not in cells[0]
        ):
            continue
        assert len(cells) == len(HEADER), f"{len(cells)} cells instead of {len(HEADER)}: {line}"
        codes = {who: Code.read(cell) for who, cell in zip(IDENTITIES, cells[3:-1], strict=True)}
        methods = frozenset(re.findall(r"[A-Z]+", cells[1]))
        rows.append(Row(cells[0], methods, cells[2], codes, frozenset(map(int, cells[-1].split()))))
    return rows


def read_headers() -> list[tuple[str, ...]]:
    lines = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("| Address")]
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines]


def addresses() -> list[Address]:
    return list(_walk(get_resolver().url_patterns))


def _walk(patterns: Any, names: tuple[str, ...] = (), route: str = "") -> Iterator[Address]:
    for pattern in patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            deeper = (*names, pattern.namespace) if pattern.namespace else names
            yield from _walk(pattern.url_patterns, deeper, here)
        else:
            assert isinstance(pattern, URLPattern)
            own = pattern.name or UNNAMED.get(str(pattern.pattern).rsplit("^", 1)[-1], "")
            yield Address(":".join((*names, own)), here, pattern.callback)


def rows_of(name: str, rows: list[Row]) -> list[Row]:
    """The rows about an address: those that name it, else those of the longest pattern that fits."""
    exact = [row for row in rows if row.address == name]
    fitting = [row for row in rows if "*" in row.address and row.matches(name)]
    longest = max((row.address for row in fitting), key=len, default="")
    return exact or [row for row in fitting if row.address == longest]
