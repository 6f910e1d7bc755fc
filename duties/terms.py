"""Choosing a term of the school calendar."""

from __future__ import annotations

import datetime as dt

from gaobo_banzhuren.regulation.models import Term

SHOWN = 6


def begun(today: dt.date) -> list[Term]:
    """The latest terms that have begun, newest first; while none has, the first to come. One query."""
    rows = list(Term.objects.select_related("school_year").order_by("-starts_on"))
    found = [term for term in rows if term.starts_on <= today][:SHOWN]
    return found or rows[-1:]


def chosen(asked: str, terms: list[Term]) -> Term | None:
    """The term asked for by key, else the newest; None for a key that is not among them."""
    if not asked:
        return terms[0] if terms else None
    return next((term for term in terms if str(term.pk) == asked), None)
