"""The reviewed data files of the regulation. Standard library only; nothing here is changed at run time."""

from __future__ import annotations

import datetime as dt
import json
from functools import cache
from pathlib import Path
from typing import Any

from .bundle import Parts, read_parts
from .leaves import leaves
from .parts import from_json
from .system import SystemSettings
from .year_settings import YearSettings

FOLDER = Path(__file__).parent / "data"
FIRST_VERSION = "2023-10-01.json"
PAYABLE_MONTHS_PATH = "year.payable_months"
CALENDAR_ONLY = ("payable_months", "terms", "seeded")


@cache
def read(name: str) -> Any:
    """Content of one data file."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


@cache
def first_parts() -> Parts:
    """The defaults: every part of the first version."""
    return read_parts(read(FIRST_VERSION)["parts"])


@cache
def first_day() -> dt.date:
    """第十二条."""
    return dt.date.fromisoformat(read(FIRST_VERSION)["effective_from"])


@cache
def default_system_settings() -> SystemSettings:
    return from_json(SystemSettings, read(FIRST_VERSION)["system"], "system")


@cache
def default_year_settings() -> YearSettings:
    data = read(FIRST_VERSION)["school_year"]
    return from_json(YearSettings, {name: data[name] for name in data if name not in CALENDAR_ONLY}, "year")


@cache
def setting_paths() -> dict[str, list[str]]:
    """Paths of the settings that carry out each reading: code → `allowance.basis`, `year.…`, `system.…`."""
    found: dict[str, list[str]] = {"A-04": [PAYABLE_MONTHS_PATH]}
    everything = [
        *first_parts().leaves(),
        *leaves(default_year_settings(), "year"),
        *leaves(default_system_settings(), "system"),
    ]
    for leaf in everything:
        if leaf.silent:
            found.setdefault(leaf.silent, []).append(leaf.path)
    return found
