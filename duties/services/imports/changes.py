"""What a service changed in some rows: the difference between two looks at them, as data that can be kept."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.db import models

Values = dict[str, Any]
Look = dict[str, dict[int, Values]]
"""By model label and key the values of the columns, as JSON can hold them."""

MADE: Final = "made"
"""Stands in a digest for the key of a row that the import itself makes."""


def plain(value: Any) -> Any:
    """The value as JSON holds it; the same value of the database always gives the same."""
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def columns_of(model: type[models.Model]) -> list[str]:
    """The columns that say something: neither key nor version nor the moment of writing."""
    return [
        one.attname
        for one in model._meta.concrete_fields
        if not one.primary_key
        and one.name != "version"
        and not getattr(one, "auto_now", False)
        and not getattr(one, "auto_now_add", False)
    ]


def look(rows: Sequence[models.QuerySet[Any]]) -> Look:
    """The rows as they are now, one query for each queryset."""
    found: Look = {}
    for one in rows:
        names = columns_of(one.model)
        found[one.model._meta.label] = {
            row.pop("pk"): {name: plain(value) for name, value in row.items()}
            for row in one.order_by("pk").values("pk", *names)
        }
    return found


@dataclass(slots=True)
class Difference:
    """Rows made, and rows changed with their values before and after; models in the order in which rows are made."""

    made: Look = field(default_factory=dict)
    changed: dict[str, dict[int, tuple[Values, Values]]] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not any(self.made.values()) and not any(self.changed.values())

    def as_changes(self) -> list[dict[str, Any]]:
        """For `ImportBatch.changes`."""
        found: list[dict[str, Any]] = [
            {"model": model, "created": list(rows), "values": {str(key): values for key, values in rows.items()}}
            for model, rows in self.made.items()
            if rows
        ]
        for model, changed in self.changed.items():
            for key, (before, after) in changed.items():
                found.append({"model": model, "pk": key, "before": before, "after": after})
        return found

    def digest(self) -> str:
        """Tells two differences apart by what they write, not by who writes and under which keys."""
        lines = []
        for model, rows in self.made.items():
            lines += [json.dumps([model, self._said(model, values)], sort_keys=True) for values in rows.values()]
        for model, changed in self.changed.items():
            lines += [
                json.dumps([model, key, self._said(model, before), self._said(model, after)], sort_keys=True)
                for key, (before, after) in changed.items()
            ]
        return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()

    def _said(self, model: str, values: Values) -> Values:
        said = dict(values)
        for one in apps.get_model(model)._meta.concrete_fields:
            if one.is_relation and one.attname in said:
                target = one.related_model._meta.label
                if target == settings.AUTH_USER_MODEL:
                    del said[one.attname]
                elif said[one.attname] in self.made.get(target, ()):
                    said[one.attname] = MADE
        return said


def difference(before: Look, after: Look) -> Difference:
    """What became of the rows between two looks. Rows that are gone are not expected: imports remove nothing."""
    found = Difference()
    for model, rows in after.items():
        old = before[model]
        found.made[model] = {key: values for key, values in rows.items() if key not in old}
        found.changed[model] = {
            key: _only(old[key], values) for key, values in rows.items() if key in old and old[key] != values
        }
    return found


def _only(before: Values, after: Values) -> tuple[Values, Values]:
    names = [name for name in after if before[name] != after[name]]
    return {name: before[name] for name in names}, {name: after[name] for name in names}
