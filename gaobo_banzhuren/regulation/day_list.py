"""Reads a pasted list of holidays and make-up work days. Standard library only.

One entry per line: a day or a span, then 放假 or 调休上班 (放假 when nothing is said), then a name.
`2024-05-01至2024-05-05 放假 劳动节`, `2024-04-28 调休上班`.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

HOLIDAY, MAKE_UP = "holiday", "make_up"
KINDS = {"放假": HOLIDAY, "假": HOLIDAY, "调休上班": MAKE_UP, "调休": MAKE_UP, "上班": MAKE_UP, "补班": MAKE_UP}
DATE = r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
LINE = re.compile(rf"^{DATE}(?:\s*(?:至|到|~|—+|–|--)\s*{DATE})?\s*(.*)$")
LONGEST_SPAN = 62
LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class ListedDay:
    day: dt.date
    kind: str
    name: str


class DayListError(ValueError):
    """Lines that cannot be read; `problems` names each with its number."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("；".join(problems))
        self.problems = problems


def parse_days(text: str) -> list[ListedDay]:
    """The days of the list in order, each once; DayListError names every line that is wrong."""
    problems: list[str] = []
    found: dict[dt.date, ListedDay] = {}
    for number, raw in enumerate(text.splitlines(), start=1):
        line = unicodedata.normalize("NFKC", raw).strip()
        if not line:
            continue
        try:
            for day in _parse_line(line):
                if found.setdefault(day.day, day).kind != day.kind:
                    raise ValueError(f"{day.day.isoformat()} 前面已写作另一类")
        except ValueError as error:
            problems.append(f"第 {number} 行「{line[:40]}」：{error}")
    if problems:
        raise DayListError(problems)
    return sorted(found.values(), key=lambda day: day.day)


def _parse_line(line: str) -> list[ListedDay]:
    match = LINE.match(line)
    if match is None:
        raise ValueError("应以日期开头，如 2024-05-01")
    first = _date(*match.group(1, 2, 3))
    last = _date(*match.group(4, 5, 6)) if match.group(4) else first
    if last < first or (last - first).days >= LONGEST_SPAN:
        raise ValueError("起止日期不合适")
    kind, name = _kind_and_name(match.group(7))
    return [ListedDay(first + dt.timedelta(days=index), kind, name) for index in range((last - first).days + 1)]


def _kind_and_name(rest: str) -> tuple[str, str]:
    words = rest.split()
    kinds = [KINDS[word] for word in words if word in KINDS]
    name = " ".join(word for word in words if word not in KINDS)[:LONGEST_NAME]
    kind = kinds[0] if kinds else HOLIDAY
    return kind, name or ("放假" if kind == HOLIDAY else "调休上班")


def _date(year: str, month: str, day: str) -> dt.date:
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        raise ValueError("没有这一天") from None
