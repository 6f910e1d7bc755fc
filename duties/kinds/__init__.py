"""The kinds of work records. A new kind is a declaration in `declared.py` and, where it counts, one rule of its own."""

from __future__ import annotations

from .base import COLUMNS as COLUMNS
from .base import Field as Field
from .base import Input as Input
from .base import Kind as Kind
from .base import Need as Need
from .declared import KINDS as KINDS
from .words import THEMES as THEMES
from .words import THEMES_ONE as THEMES_ONE
from .words import THEMES_TWO as THEMES_TWO

_by_key = {kind.key: kind for kind in KINDS}


def find(key: str) -> Kind | None:
    return _by_key.get(key)


def kind_of(key: str) -> Kind:
    """The kind; KeyError for a key that nobody declared."""
    return _by_key[key]


def name_of(key: str) -> str:
    kind = _by_key.get(key)
    return kind.name if kind else key


def category_name(key: str, value: str) -> str:
    """The word of a category, of the kind or of the first kind that has it; the value itself for one nobody declared."""
    among = [_by_key[key]] if key in _by_key else list(KINDS)
    for kind in among:
        each = kind.field("category")
        if each is not None and value in dict(each.choices):
            return dict(each.choices)[value]
    return value


def quick_kinds() -> list[Kind]:
    """Kinds with a large button, in their order."""
    return sorted((kind for kind in KINDS if kind.quick), key=lambda kind: kind.quick)
