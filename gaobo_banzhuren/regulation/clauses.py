"""制度对照: every article and sub-item with its place in the product, its readings and its tests."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from django.urls import NoReverseMatch, resolve, reverse

from gaobo_banzhuren.accounts.models import User

from . import data_files, proofs

EXAMPLE = re.compile(r"^([LMRQ]\d{2}|T\d{1,2}|O\d{1,2}|5\.\d{1,2})$")
"""Ids that a test may name besides clauses and readings: worked examples, traps, oddities and formulas."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a clause lives: a URL name without arguments and the words for it."""

    url_name: str
    label: str

    @property
    def url(self) -> str:
        """Empty while no such address exists."""
        try:
            return reverse(self.url_name)
        except NoReverseMatch:
            return ""

    def open_to(self, user: User) -> bool:
        """Whether the page behind it is for this person: a link that leads to 404 is worse than none."""
        if not self.url:
            return False
        view = resolve(self.url).func
        # A page that is a function says by `opens_to` what a page class says by `roles`.
        roles = getattr(view, "opens_to", None) or getattr(getattr(view, "view_class", None), "roles", ())
        return not roles or user.access.has(*roles)


@dataclass(frozen=True, slots=True)
class Clause:
    """One article or sub-item in our own short wording. `group` rows only head others."""

    id: str
    article: int
    text: str
    produces: str
    delivered: bool
    group: bool
    places: tuple[Place, ...]
    oddities: tuple[tuple[str, str], ...]
    traps: tuple[int, ...]
    readings: tuple[str, ...]
    tests: tuple[str, ...]


@cache
def clauses() -> tuple[Clause, ...]:
    """The whole register in the regulation's order."""
    data = data_files.read("clauses.json")
    readings = _readings_by_clause()
    tests: Mapping[str, list[str]] = data_files.read(proofs.FILE)
    return tuple(
        Clause(
            id=row["id"],
            article=row["article"],
            text=row["text"],
            produces=row["produces"],
            delivered=row["delivered"],
            group=row["group"],
            places=tuple(Place(place["url"], place["label"]) for place in row["places"]),
            oddities=tuple((code, data["oddities"][code]) for code in row["oddities"]),
            traps=tuple(row["traps"]),
            readings=tuple(readings.get(row["id"], ())),
            tests=tuple(tests.get(row["id"], ())),
        )
        for row in data["clauses"]
    )


def _readings_by_clause() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for reading in data_files.read("readings.json"):
        for clause_id in reading["clauses"]:
            found.setdefault(clause_id, []).append(reading["code"])
    return found


@cache
def articles() -> dict[int, str]:
    """Number and heading of the articles; 0 is title and preamble."""
    return {int(number): text for number, text in data_files.read("clauses.json")["articles"].items()}


def clause_ids() -> frozenset[str]:
    return frozenset(clause.id for clause in clauses())


def reading_codes() -> frozenset[str]:
    return frozenset(reading["code"] for reading in data_files.read("readings.json"))


def tests_of(code: str) -> tuple[str, ...]:
    """Tests that name one id, a clause or a reading."""
    return tuple(data_files.read(proofs.FILE).get(code, ()))


def unknown_ids(ids: Iterable[str]) -> list[str]:
    """Ids that a test names and nobody knows."""
    known = clause_ids() | reading_codes()
    return sorted(each for each in ids if each not in known and not EXAMPLE.match(each))


def undelivered_promises() -> list[str]:
    """Delivered clauses without a place that can be opened, or without a test, in Chinese."""
    problems = []
    for clause in clauses():
        if not clause.delivered:
            continue
        problems += [f"{clause.id}：地址 {place.url_name} 不存在" for place in clause.places if not place.url]
        if not clause.places:
            problems.append(f"{clause.id}：没有写明在哪里办理")
        if not clause.tests:
            problems.append(f"{clause.id}：没有测试证明")
    return problems
