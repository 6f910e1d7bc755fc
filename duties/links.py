"""Addresses of other rooms, empty where a room is not there; the record form with what is known filled in."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse


def link(name: str, *args: object) -> str:
    """The address of a page of this app, empty when it does not exist."""
    try:
        return reverse(f"duties:{name}", args=args)
    except NoReverseMatch:
        return ""


def new_record_url(kind: str, school_class: int, students: Iterable[int] = (), **known: object) -> str:
    """The form of the kind for these students of the class; `known` are its other parameters (category, period …)."""
    address = link("record_new", kind)
    if not address:
        return ""
    query = [("class", school_class), *(("student", each) for each in students), *known.items()]
    return f"{address}?{urlencode(query)}"
