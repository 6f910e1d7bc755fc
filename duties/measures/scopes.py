"""Whose days are counted, and where the counts are kept. One engine serves classes (a window) and teachers (days in post)."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet

from gaobo_banzhuren.regulation.in_force import NoRuleError, rules_on, rules_since
from gaobo_banzhuren.regulation.models import Term
from gaobo_banzhuren.regulation.rates import RateRules
from teachers.calculation import Span

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scope:
    """Days of one class that count for one owner. With `teacher_id` only that teacher's own work counts as work."""

    owner: Hashable
    class_id: int
    first: dt.date
    last: dt.date
    teacher_id: int | None = None


@dataclass
class Tally:
    """Counts and sets of one owner; two tallies add up, and a student in both is still one student."""

    numbers: Counter[str] = field(default_factory=Counter)
    people: dict[str, set[Hashable]] = field(default_factory=lambda: defaultdict(set))
    records: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    own: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    latest: dict[str, dt.date] = field(default_factory=dict)

    def add(self, other: Tally) -> None:
        self.numbers.update(other.numbers)
        self.records.update(other.records)
        self.own.update(other.own)
        for key, values in other.people.items():
            self.people[key] |= values
        for kind, day in other.latest.items():
            self.saw(kind, day)

    def saw(self, kind: str, day: dt.date) -> None:
        """Remember the latest day of own work of the kind."""
        self.latest[kind] = max(day, self.latest.get(kind, day))

    def count(self, kind: str, *, category: str = "", progress: str = "", all_writers: bool = False) -> int:
        """Records of a kind; own work, or with `all_writers` whoever wrote it down."""
        rows = self.records if all_writers else self.own
        return sum(
            number
            for (one, has, _, stands), number in rows.items()
            if one == kind and category in ("", has) and progress in ("", stands)
        )


class Scopes:
    """The scopes of one question with their tallies. `uniform`: one window for all, so that SQL need not group by day."""

    def __init__(self, scopes: Iterable[Scope], window: Span, today: dt.date) -> None:
        self.all = list(scopes)
        self.window = window
        self.today = today
        self.by_class: dict[int, list[Scope]] = defaultdict(list)
        for scope in self.all:
            self.by_class[scope.class_id].append(scope)
        self.terms: list[Term] = []
        self.tallies: dict[Hashable, Tally] = {scope.owner: Tally() for scope in self.all}
        self.class_ids = list(self.by_class)
        self.first = min((scope.first for scope in self.all), default=window.first)
        self.last = max((scope.last for scope in self.all), default=window.last)
        self.uniform = len({(scope.first, scope.last) for scope in self.all}) <= 1

    def of(self, class_id: int, day: dt.date | None = None) -> Iterator[tuple[Scope, Tally]]:
        """Scopes of the class that the day belongs to; without a day all of them (uniform windows)."""
        for scope in self.by_class.get(class_id, ()):
            if day is None or scope.first <= day <= scope.last:
                yield scope, self.tallies[scope.owner]

    def grouped(
        self, rows: QuerySet[Any], class_path: str, day_path: str, *keys: str, **sums: Any
    ) -> Iterator[tuple[Row, Scope, Tally]]:
        """Rows of the classes and days, grouped in SQL by class, keys and (only where windows differ) day. One query."""
        names = [class_path, *keys, *(() if self.uniform else (day_path,))]
        wanted = {f"{class_path}__in": self.class_ids, f"{day_path}__range": (self.first, self.last)}
        found = rows.filter(**wanted).order_by().values(*dict.fromkeys(names))
        found = found.annotate(**sums) if sums else found.distinct()
        for row in found:
            for scope, tally in self.of(row[class_path], row.get(day_path)):
                yield row, scope, tally

    def end_of(self, scope: Scope) -> dt.date:
        """The day on which the roster of a scope is looked at: its last, while it runs today."""
        return min(scope.last, self.today)


def rates_on(day: dt.date) -> RateRules:
    """The definitions in force on the day; before the first version its definitions, as nothing else is known."""
    try:
        return rules_on(day).parts.rates
    except NoRuleError:
        since = rules_since()
        if since is None:
            raise
        return rules_on(since).parts.rates


def terms_between(first: dt.date, last: dt.date) -> list[Term]:
    """Terms that touch the window, in order, with their school years. One query."""
    rows = Term.objects.select_related("school_year").filter(starts_on__lte=last, ends_on__gte=first)
    return list(rows.order_by("starts_on"))


def judged(term: Term, window: Span) -> bool:
    """Whether a window says something about a whole term: it reaches back to its start, or covers half of it.

    The first cycle begins a month into its term (O26); a window of one month judges no term that began before.
    """
    overlap = (min(window.last, term.ends_on) - max(window.first, term.starts_on)).days + 1
    return window.first <= term.starts_on or overlap * 2 >= (term.ends_on - term.starts_on).days + 1


def line_at(percentage: Decimal | None) -> Fraction | None:
    """A line that the office has drawn, as a fraction of one; None where there is none."""
    return None if percentage is None else Fraction(percentage) / 100
