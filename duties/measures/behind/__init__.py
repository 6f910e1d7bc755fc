"""The rows behind a figure of one class, for the page that opens from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from . import lists, records
from .lines import Asked as Asked
from .lines import Behind as Behind
from .lines import Line as Line

_OTHERS: Final[dict[str, Callable[[Asked], Behind]]] = {
    "attendance": lists.calls, "in_class": lists.calls, "leaves_open": lists.leaves, "cases_closed": records.cases,
    "themes": records.themes, "themes_one": records.themes, "themes_two": records.themes,
    "talk_coverage": records.coverage, "pass_rate": lists.exams, "registered_pass": lists.exams, "level_pass": lists.exams,
    "registration": lists.registrations, "pre_exam": lists.education, "renewal": lists.fees, "collection": lists.fees,
    "phones": lists.phones, "papers": lists.papers, "posts": lists.posts,
    "materials": lists.materials,
}  # fmt: skip


def behind(key: str, asked: Asked) -> Behind | None:
    """What the figure is made of; None for a figure that nobody declared."""
    if key in records.KINDS:
        return records.of_records(asked, *records.KINDS[key])
    make = _OTHERS.get(key)
    return make(asked) if make else None


def known_keys() -> Iterable[str]:
    """Figures that open into the rows behind them."""
    return (*records.KINDS, *_OTHERS)
