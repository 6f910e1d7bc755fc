"""Finding people and classes from anywhere. Apps register a source; each source starts at `visible_to(user)`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gaobo_banzhuren.accounts.models import User

SHORTEST = 1
LONGEST = 40
PER_SOURCE = 8


@dataclass(frozen=True, slots=True)
class Hit:
    """One find: `group` is its heading (班级, 班主任, 学生), `note` tells namesakes apart (工号, 学院)."""

    group: str
    label: str
    url: str
    note: str = ""
    icon: str = "search"


Source = Callable[[User, str, int], list[Hit]]

_sources: list[Source] = []
_aside: list[Source] = []


def register(source: Source, *, aside: bool = False) -> None:
    """Add a source `(user, query, limit) -> hits`; the query comes trimmed. Registering twice changes nothing.

    `aside` is for what is seldom meant (an account, where there is the class teacher): its hits stand last.
    """
    known = _aside if aside else _sources
    if source not in known:
        known.append(source)


def find(user: User, text: str, limit: int = PER_SOURCE) -> dict[str, list[Hit]]:
    """Hits of all sources by group. An empty query finds nothing; a long one is cut."""
    query = " ".join(text.split())[:LONGEST]
    if len(query) < SHORTEST:
        return {}
    grouped: dict[str, list[Hit]] = {}
    for source in (*_sources, *_aside):
        for hit in source(user, query, limit)[:limit]:
            grouped.setdefault(hit.group, []).append(hit)
    return grouped
