"""Loads the data files into an empty or existing database. Loading again changes nothing that people decided.

Called from the first migration and from `load_rules`; works on plain tables only, so that it runs under any later
shape of the services.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from . import data_files
from .bundle import digest_of
from .parts import to_json

ModelGetter = Callable[[str, str], Any]
APP = "regulation"
FIRST_MONTH = 9


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows were added or brought up to date; all zero when there was nothing to do."""

    versions: int
    readings: int
    school_years: int

    @property
    def nothing(self) -> bool:
        return not (self.versions or self.readings or self.school_years)


def load_regulation(get_model: ModelGetter) -> Loaded:
    """Load version, readings and school years; `get_model` is `apps.get_model` of a migration or of the project."""
    return Loaded(
        versions=_load_version(get_model(APP, "RuleVersion")),
        readings=_load_readings(get_model(APP, "Reading")),
        school_years=sum(load_year(get_model, start) for start in _seeded()),
    )


def _known(model: Any, values: dict[str, Any]) -> dict[str, Any]:
    """Only the columns that the table has: an old migration runs with later data."""
    columns = {field.name for field in model._meta.get_fields()}
    return {name: value for name, value in values.items() if name in columns}


def _seeded() -> list[int]:
    return list(data_files.read(data_files.FIRST_VERSION)["school_year"]["seeded"])


def _load_version(model: Any) -> int:
    data = data_files.read(data_files.FIRST_VERSION)
    if model.objects.filter(effective_from=data_files.first_day()).exists():
        return 0
    problems = data_files.first_parts().problems()
    if problems:
        raise ValueError("；".join(problems))
    model.objects.create(
        title=data["title"],
        document_no=data["document_no"],
        parent_document=data["parent_document"],
        effective_from=data_files.first_day(),
        status="active",
        parts=data["parts"],
        digest=digest_of(data["parts"]),
        note=data["note"],
    )
    return 1


def _load_readings(model: Any) -> int:
    present = {row.code: row for row in model.objects.all()}
    changed = 0
    for position, data in enumerate(data_files.read("readings.json"), start=1):
        wanted = _known(
            model, {**data, "position": position, "paths": data_files.setting_paths().get(data["code"], [])}
        )
        row = present.get(data["code"])
        if row is None:
            model.objects.create(**wanted)
        elif any(getattr(row, name) != value for name, value in wanted.items()):
            model.objects.filter(pk=row.pk).update(**wanted)
        else:
            continue
        changed += 1
    return changed


def year_name(start: int) -> str:
    """`2023-2024` for the school year that begins in September 2023."""
    return f"{start}-{start + 1}"


def load_year(get_model: ModelGetter, start: int) -> int:
    """Add the school year that begins in September of `start` unless it is there; 1 if added."""
    model = get_model(APP, "SchoolYear")
    if model.objects.filter(name=year_name(start)).exists():
        return 0
    year = model.objects.create(**_known(model, year_fields(start)))
    payable = data_files.read(data_files.FIRST_VERSION)["school_year"]["payable_months"]
    get_model(APP, "PayableMonth").objects.bulk_create(
        get_model(APP, "PayableMonth")(school_year=year, month=month, payable=month.month in payable)
        for month in months_of(start)
    )
    get_model(APP, "Term").objects.bulk_create(
        get_model(APP, "Term")(school_year=year, **fields) for fields in default_terms(start)
    )
    return 1


def year_fields(start: int) -> dict[str, Any]:
    """Columns of the school year that begins in September of `start`, with the default decisions."""
    return {
        "name": year_name(start),
        "starts_on": dt.date(start, FIRST_MONTH, 1),
        "ends_on": dt.date(start + 1, FIRST_MONTH, 1) - dt.timedelta(days=1),
        **to_json(data_files.default_year_settings()),
    }


def months_of(start: int) -> Iterator[dt.date]:
    """The firsts of the twelve months of a school year."""
    for index in range(12):
        month = FIRST_MONTH + index
        yield dt.date(start + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def default_terms(start: int) -> Iterator[dict[str, Any]]:
    """Columns of the pre-filled terms; the office puts in the real dates."""
    terms = data_files.read(data_files.FIRST_VERSION)["school_year"]["terms"]
    for number, term in enumerate(terms, start=1):
        first, last = (_day(start, term[name]) for name in ("starts", "ends"))
        yield {"number": number, "name": term["name"], "starts_on": first, "ends_on": last}


def _day(start: int, month_day: str) -> dt.date:
    month, day = (int(part) for part in month_day.split("-"))
    return dt.date(start if month >= FIRST_MONTH else start + 1, month, day)
