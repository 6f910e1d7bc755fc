"""How a state looks: a tone (colour), an icon and the word. Declared once per enum, beside the enum.

class State(models.TextChoices): ...
declare(State, {State.DRAFT: "neutral", State.SUBMITTED: "progress", State.CLOSED: ("success", "lock")})
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import models

TONES: Mapping[str, str] = {
    "neutral": "circle",
    "info": "info-circle",
    "progress": "hourglass-split",
    "success": "check-circle",
    "warning": "exclamation-triangle",
    "danger": "x-circle",
}
"""Each tone with its own icon, so that nothing is told by colour alone."""


@dataclass(frozen=True, slots=True)
class Look:
    tone: str
    icon: str


_looks: dict[type[models.Choices], dict[Any, Look]] = {}

PLAIN = Look("neutral", TONES["neutral"])


def declare(enum: type[models.Choices], looks: Mapping[Any, str | tuple[str, str]]) -> None:
    """Give every member of an enum a tone, or a tone and an icon of its own. Raises ValueError when one is left out."""
    missing = [member for member in enum if member not in looks]
    if missing:
        raise ValueError(f"{enum.__name__}: no look for {missing}")
    _looks[enum] = {member.value: _look(looks[member]) for member in enum}
    _enum_of_field.cache_clear()


def look_of(value: object, enum: type[models.Choices] | None = None) -> Look:
    """The look of an enum member, or of a plain value of `enum`; the plain look when nothing was declared."""
    if enum is None and isinstance(value, models.Choices):
        enum = type(value)
    return _looks.get(enum, {}).get(getattr(value, "value", value), PLAIN) if enum else PLAIN


def look_of_field(obj: models.Model, field: str) -> Look:
    """The look of a field's value. A row read from the database holds a bare string, so its enum is found by the
    field's choices."""
    return look_of(getattr(obj, field), _enum_of_field(type(obj), field))


@cache
def _enum_of_field(model: type[models.Model], name: str) -> type[models.Choices] | None:
    choices = list(getattr(model._meta.get_field(name), "flatchoices", []))
    return next((enum for enum in _looks if list(enum.choices) == choices), None)


def _look(given: str | tuple[str, str]) -> Look:
    tone, icon = (given, "") if isinstance(given, str) else given
    return Look(tone, icon or TONES[tone])
