"""Which days a page of figures is about: a term, a school year or a month, chosen in the address."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from gaobo_banzhuren.regulation.models import Term
from teachers.calculation import ONE_DAY, Span

from . import terms

MONTH = re.compile(r"(\d{4})-(\d{2})")
MONTHS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Period:
    """`query` is its part of the address; `term` where it is one."""

    label: str
    first: dt.date
    last: dt.date
    query: str
    term: Term | None = None

    @property
    def value(self) -> str:
        """The period as one value of a choice."""
        return self.query.replace("=", "-")

    @property
    def span(self) -> Span:
        return Span(self.first, self.last)


def offered(today: dt.date) -> list[Period]:
    """Terms that have begun, newest first, then their school years. One query."""
    rows = terms.begun(today)
    years = {term.school_year_id: term.school_year for term in rows}
    found = [Period(str(term), term.starts_on, term.ends_on, f"term={term.pk}", term) for term in rows]
    return found + [
        Period(f"{year.name} 学年", year.starts_on, year.ends_on, f"year={year.pk}") for year in years.values()
    ]


def chosen(asked: Mapping[str, str], known: list[Period]) -> Period | None:
    """The period that the address names, else the newest term; None for one that is not offered."""
    wanted = dict(asked)
    if "period" in wanted:
        picked, _, rest = wanted["period"].partition("-")
        wanted = {picked: rest}
    if "month" in wanted:
        return _month(wanted["month"])
    for name in ("term", "year"):
        if wanted.get(name):
            return next((one for one in known if one.query == f"{name}={wanted[name]}"), None)
    return known[0] if known else None


def _month(text: str) -> Period | None:
    found = MONTH.fullmatch(text)
    if found is None:
        return None
    try:
        first = dt.date(int(found[1]), int(found[2]), 1)
    except ValueError:
        return None
    following = (first + dt.timedelta(days=31)).replace(day=1)
    return Period(f"{first:%Y-%m}", first, following - ONE_DAY, f"month={text}")


def months_of(period: Period, today: dt.date) -> list[Period]:
    """The months of the period that have begun."""
    found: list[Period] = []
    first = period.first.replace(day=1)
    while first <= min(period.last, today) and len(found) < MONTHS_SHOWN:
        month = _month(f"{first:%Y-%m}")
        if month:
            found.append(month)
        first = (first + dt.timedelta(days=31)).replace(day=1)
    return found
