"""The handbook as plain data: the same for screen, print and workbook."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Entry:
    """One record in full: a heading line and labelled texts, in the order of the form."""

    heading: str
    facts: Sequence[tuple[str, str]] = ()
    texts: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """One part. It holds facts, a table, entries or a text; `empty` is printed when it holds nothing."""

    key: str
    title: str
    empty: str
    facts: Sequence[tuple[str, str]] = ()
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    entries: Sequence[Entry] = ()
    text: str = ""
    note: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.facts or self.rows or self.entries or self.text)

    @property
    def count(self) -> int:
        """How many records the part holds."""
        return len(self.rows) or len(self.entries)


@dataclass(frozen=True, slots=True)
class Handbook:
    """Cover and parts. `complete` tells how many of the parts that a term fills hold something."""

    school: str
    college: str
    class_name: str
    class_code: str
    teachers: str
    term: str
    first: dt.date
    last: dt.date
    printed_on: dt.date
    sections: Sequence[Section] = field(default_factory=tuple)

    @property
    def title(self) -> str:
        return f"班主任工作手册 {self.class_name} {self.term}"

    @property
    def missing(self) -> list[str]:
        return [section.title for section in self.sections if section.is_empty]
