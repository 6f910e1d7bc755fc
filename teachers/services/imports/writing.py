"""Writes a plan: changes first, then new rows in the order in which they point at each other."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any, Final

from django.apps import apps
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import models
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.web.errors import StaleError

from .operations import GRANT, IN_ORDER, NOW, USER, WRITER, Plan, Ref, Update

PER_UPDATE: Final = 400
PER_LOOK: Final = 5000
MOVED_ON = "预览之后数据已被他人改动，没有写入任何内容；请查看新的预览后再确认。"

Written = list[dict[str, Any]]
"""What a batch wrote, as JSON: rows made by model, and changed rows with the values before and after."""


class _Writing:
    """One run: the moment, the person and the keys of the rows made so far."""

    def __init__(self, actor: User | None) -> None:
        self.actor = actor
        self.now = timezone.now()
        self.keys: dict[str, dict[Any, int]] = defaultdict(dict)

    def value(self, value: Any) -> Any:
        if type(value) is Ref:
            return self.keys[value.model][value.key]
        if value is NOW:
            return self.now
        if value is WRITER:
            return self.actor.pk if self.actor else None
        return value

    def make(self, model_name: str, rows: dict[Any, dict[str, Any]]) -> list[int]:
        model = apps.get_model(model_name)
        value = self.value
        # Only keys of other rows stand for something that is known at the moment of writing.
        special = {name for row in rows.values() for name in row if name.endswith("_id")}
        extra = self._extra(model_name)
        made = []
        for row in rows.values():
            found = {name: value(given) if name in special else given for name, given in row.items()}
            made.append(model(**found, **extra))
        model._base_manager.bulk_create(made)
        known = self.keys[model_name]
        for key, instance in zip(rows, made, strict=True):
            known[key] = instance.pk
        return [instance.pk for instance in made]

    def _extra(self, model_name: str) -> dict[str, Any]:
        if model_name == USER:
            # Cannot sign in until a one-time code is issued. A random tail would say nothing more.
            return {"password": UNUSABLE_PASSWORD_PREFIX + "import"}
        if model_name == GRANT:
            return {"granted_by_id": self.value(WRITER)}
        return {}


def write(plan: Plan, actor: User | None) -> Written:
    """Write the plan in the caller's transaction. Raises StaleError when a row no longer holds what the plan saw."""
    writing = _Writing(actor)
    written: Written = []
    # A changed row may point at a new one (a class that moves to a new college), so those come first of all.
    pointed = {given.model for update in plan.updates for given in update.after.values() if type(given) is Ref}
    early = [name for name in IN_ORDER if name in pointed]
    for model_name in early:
        _make(writing, plan, model_name, written)
    _change(writing, plan.updates, written)
    for model_name in IN_ORDER:
        if model_name not in early:
            _make(writing, plan, model_name, written)
    return written


def _make(writing: _Writing, plan: Plan, model_name: str, written: Written) -> None:
    rows = plan.creates.get(model_name)
    if rows:
        written.append({"model": model_name, "created": writing.make(model_name, rows)})


def _change(writing: _Writing, updates: list[Update], written: Written) -> None:
    by_model: dict[str, list[Update]] = defaultdict(list)
    for update in updates:
        by_model[update.model].append(update)
    for model_name, group in by_model.items():
        model = apps.get_model(model_name)
        fields = sorted({name for update in group for name in (*update.before, *update.after)})
        current = lock_rows(model, [update.pk for update in group], fields)
        by_fields: dict[tuple[str, ...], list[models.Model]] = defaultdict(list)
        for update in group:
            row = current.get(update.pk)
            if row is None or any(row[name] != before for name, before in update.before.items()):
                raise StaleError(MOVED_ON)
            after = {name: writing.value(given) for name, given in update.after.items()}
            before = {name: row[name] for name in after}
            by_fields[tuple(sorted(after))].append(model(pk=update.pk, **after))
            written.append({"model": model_name, "pk": update.pk, "before": as_json(before), "after": as_json(after)})
        for names, instances in by_fields.items():
            store(model, instances, names)


def lock_rows(model: type[models.Model], keys: list[int], fields: list[str]) -> dict[int, dict[str, Any]]:
    """Current values by key, locked for the transaction where the database can."""
    found: dict[int, dict[str, Any]] = {}
    for start in range(0, len(keys), PER_LOOK):
        rows = model._base_manager.select_for_update().filter(pk__in=keys[start : start + PER_LOOK]).order_by("pk")
        found |= {row["pk"]: row for row in rows.values("pk", *fields)}
    return found


def store(model: type[models.Model], instances: list[models.Model], names: tuple[str, ...]) -> None:
    """Write the named columns of many rows and raise the version of each where the model has one."""
    fields = [model._meta.get_field(name).name for name in names]
    model._base_manager.bulk_update(instances, fields, batch_size=PER_UPDATE)
    if any(field.name == "version" for field in model._meta.fields):
        keys = [instance.pk for instance in instances]
        for start in range(0, len(keys), PER_LOOK):
            model._base_manager.filter(pk__in=keys[start : start + PER_LOOK]).update(version=models.F("version") + 1)


def as_json(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, dt.date | dt.datetime) else value for name, value in values.items()
    }
