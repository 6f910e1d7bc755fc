"""Finding students by a pasted list of names or numbers. Pure: no database, no clock."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

SEPARATORS = re.compile(r"[\n\r\t,，、;；|/]+")
BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Named:
    """A student as lists of names know one: `number` is the 学号."""

    pk: int
    name: str
    number: str
    class_id: int
    pinyin: str = ""
    initials: str = ""


@dataclass
class Matched:
    """What a pasted list came to; nothing that was pasted is dropped silently."""

    found: list[int] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    ambiguous: list[str] = field(default_factory=list)

    @property
    def complaint(self) -> str:
        """What the person has to look at, empty when everything was found."""
        parts = []
        if self.unknown:
            parts.append(f"没有找到 {len(self.unknown)} 个：{'、'.join(self.unknown)}")
        if self.ambiguous:
            parts.append(f"有重名，请改写学号：{'、'.join(self.ambiguous)}")
        return "；".join(parts)


def match_names(text: str, people: Iterable[Named]) -> Matched:
    """The students of `people` named in `text`, in its order, each once. Names may stand in lines, behind commas or
    blanks; numbers and names may be mixed. A name that two students share is ambiguous."""
    by_name: dict[str, list[int]] = {}
    by_number: dict[str, int] = {}
    for one in people:
        by_name.setdefault(BLANKS.sub("", one.name), []).append(one.pk)
        by_number[one.number.lower()] = one.pk
    result = Matched()
    for part in SEPARATORS.split(text):
        # 张 三 may be one name or two: the whole is tried before its pieces.
        whole = BLANKS.sub("", part)
        pieces = [whole] if whole in by_name or whole.lower() in by_number else part.split()
        for piece in pieces:
            _take(piece, by_name, by_number, result)
    return result


def _take(piece: str, by_name: dict[str, list[int]], by_number: dict[str, int], result: Matched) -> None:
    hits = by_name.get(piece) or ([by_number[piece.lower()]] if piece.lower() in by_number else [])
    if not hits:
        bucket = result.unknown
    elif len(hits) > 1:
        bucket = result.ambiguous
    else:
        if hits[0] not in result.found:
            result.found.append(hits[0])
        return
    if piece not in bucket:
        bucket.append(piece)
