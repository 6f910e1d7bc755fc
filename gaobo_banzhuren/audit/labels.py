"""What the log's names mean in Chinese. Every app fills it from its own `audit_labels.py`:

    from gaobo_banzhuren.audit import labels
    labels.add_actions({"allowance.submit": "提交津贴月表"})
    labels.add_fields({"state": "状态"})
    labels.add_values("side", {"outgoing": "移交方"})

An unknown name is shown as it is, never hidden.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist

from gaobo_banzhuren.accounts.roles import Role

_actions: dict[str, str] = {}
_fields: dict[str, str] = {}
_areas: dict[str, str] = {}
_values: dict[str, dict[str, str]] = {}


def add_actions(labels: Mapping[str, str]) -> None:
    """Raises ValueError when two apps name the same action differently."""
    _add(_actions, labels)


def add_fields(labels: Mapping[str, str]) -> None:
    """Labels of keys in `before` and `after`. Raises ValueError when two apps name the same key differently."""
    _add(_fields, labels)


def add_area(prefix: str, label: str) -> None:
    """The name of what stands before the dot of an action."""
    _add(_areas, {prefix: label})


def add_values(field: str, labels: Mapping[str, str]) -> None:
    """What the coded values under one key mean, for keys that are no field of the object's model."""
    _add(_values.setdefault(field, {}), labels)


def value_label(object_type: str, field: str, value: str) -> str:
    """The words of a coded value: those given for the key, else the choices of the model's field of that name.

    Of `code:subject` the code is put into words. An unknown value is returned as it is.
    """
    code = value.partition(":")[0]
    known = _values.get(field, {})
    if code in known:
        # A subject may be a number of the database, which says nothing to a reader.
        return known[code]
    return str(_choices(object_type, field).get(value, value))


def _choices(object_type: str, field: str) -> dict[str, str]:
    try:
        found = apps.get_model(object_type)._meta.get_field(field)
    except (LookupError, ValueError, FieldDoesNotExist):
        return {}
    return {str(code): str(label) for code, label in getattr(found, "flatchoices", None) or ()}


def action_label(action: str) -> str:
    return _actions.get(action, action)


def field_label(name: str) -> str:
    return _fields.get(name, name)


def type_label(object_type: str) -> str:
    """The Chinese name of a model from its label, e.g. `accounts.user`; empty for none."""
    if not object_type:
        return ""
    try:
        return str(apps.get_model(object_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return object_type


def role_label(role: str) -> str:
    return Role(role).label if role in Role.values else role


def action_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """All known actions, grouped by area, for a choice field."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for action, label in sorted(_actions.items()):
        prefix = action.partition(".")[0]
        groups.setdefault(_areas.get(prefix, prefix), []).append((action, label))
    return list(groups.items())


def known_actions() -> frozenset[str]:
    return frozenset(_actions)


def _add(known: dict[str, str], labels: Mapping[str, str]) -> None:
    for name, label in labels.items():
        if known.setdefault(name, label) != label:
            raise ValueError(f"{name}: {known[name]} / {label}")
