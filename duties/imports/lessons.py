"""Days and periods as headings and sheet titles write them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from gaobo_banzhuren.documents import cells

_FULL = re.compile(
    r"(?<![0-9])(20[0-9]{2})(?:[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})(?![0-9])[日号]?|([0-9]{2})([0-9]{2})(?![0-9]))"
)
_SHORT = re.compile(r"(?<![0-9])([0-9]{1,2})月([0-9]{1,2})[日号]?|(?<![0-9.])([0-9]{1,2})[./]([0-9]{1,2})(?![0-9.节])")
_AROUND = re.compile(r"\s*([年月日号])\s*")
_WEEKDAY = re.compile(r"[(]?(?:星期|周|礼拜)[一二三四五六日天][)]?")
_YEAR = re.compile(r"(?<![0-9])(20[0-9]{2})(?![0-9])")
_RANGE = re.compile(r"第?([0-9]{1,2})[-~～—–至到、,]+第?([0-9]{1,2})节?\Z")
_ONE = re.compile(r"第?([0-9]{1,2})节\Z")
_HAN_RANGE = re.compile(r"第?([一二三四五六七八九])[-~～—–至到、,]?([一二三四五六七八九十])节\Z")
_DIGITS: Final = {char: str(number) for number, char in enumerate("一二三四五六七八九十", 1)}
DAY_PARTS: Final = ("早自习", "早读", "上午", "中午", "午休", "下午", "晚上", "晚自习", "全天")
SUMMER: Final = 8
"""A school year begins in August at the earliest."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What a heading says: a day (or month and day without a year) and a period, each perhaps missing."""

    day: dt.date | None = None
    short: tuple[int, int] | None = None
    period: str = ""

    @property
    def has_day(self) -> bool:
        return self.day is not None or self.short is not None


def heading(value: object) -> Heading:
    """Read a heading: 2024-03-18 1-2节, 3月18日（周一）上午, 第1-2节, a real date."""
    if isinstance(value, dt.datetime | dt.date):
        return Heading(value.date() if isinstance(value, dt.datetime) else value)
    if not isinstance(value, str):
        return Heading()
    text = _AROUND.sub(r"\1", cells.clean(value))
    day = short = None
    if full := _FULL.search(text):
        year, *rest = (int(part) for part in full.groups() if part)
        day = _date(year, *rest)
        text = text[: full.start()] + text[full.end() :] if day else text
    elif found := _SHORT.search(text):
        month, number = (int(part) for part in found.groups() if part)
        short = (month, number) if _date(2024, month, number) else None
        text = text[: found.start()] + text[found.end() :] if short else text
    return Heading(day, short, period_of(_WEEKDAY.sub("", re.sub(r"\s+", "", text))))


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def period_of(text: str) -> str:
    """The period in one way of writing (1-2节, 3节, 上午 …); empty when the text names none."""
    text = text.strip("-_/()：:,，")
    if found := _HAN_RANGE.match(text):
        return f"{_DIGITS[found[1]]}-{_DIGITS[found[2]]}节"
    if found := _RANGE.match(text):
        return f"{int(found[1])}-{int(found[2])}节"
    if found := _ONE.match(text):
        return f"{int(found[1])}节"
    return text if text.endswith("节") or text in DAY_PARTS else ""


def complete(short: tuple[int, int], texts: Iterable[str], today: dt.date) -> tuple[dt.date | None, bool]:
    """A month and day with its year, and whether nobody wrote the year.

    It comes from the school year or the one year that the sheet names, else it is the last such day up to today.
    """
    month, number = short
    years = sorted({int(year) for text in texts for year in _YEAR.findall(text)})
    if len(years) == 2 and years[1] == years[0] + 1:
        return _date(years[0] if month >= SUMMER else years[1], month, number), False
    if len(years) == 1:
        return _date(years[0], month, number), False
    past = (_date(year, month, number) for year in (today.year, today.year - 1))
    return next((day for day in past if day and day <= today), None), True
