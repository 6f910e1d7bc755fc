"""Where the lines of the checklist lead: to the records that count, and to writing down what is missing."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from gaobo_banzhuren.regulation.models import Term

from ..links import new_record_url
from .rows import Item


def address(place: str, class_id: int) -> str:
    """`duties:phones class` with the class's key; empty while the room does not exist."""
    name, _, of_class = place.partition(" ")
    try:
        return reverse(name, args=[class_id] if of_class else [])
    except NoReverseMatch:
        return ""


def records_url(item: Item, class_id: int, term: Term) -> str:
    """The records of the term that count for the item, or the room that keeps its list."""
    if item.place:
        return address(item.place, class_id)
    try:
        records = reverse("duties:records")
    except NoReverseMatch:
        return ""
    query = {"kind": item.kind, "school_class": class_id, "since": term.starts_on, "until": term.ends_on}
    if item.category:
        query["category"] = item.category
    return f"{records}?{urlencode(query)}"


def new_url(item: Item, class_id: int) -> str:
    """Where the class teacher writes it down."""
    if item.kind:
        if item.category:
            return new_record_url(item.kind, class_id, category=item.category)
        return new_record_url(item.kind, class_id)
    return address(item.act or item.place, class_id)
