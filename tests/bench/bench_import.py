"""The sample roster: the whole import against reading the file with openpyxl and inserting the same rows in bulk."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
from django.apps import apps
from django.db import transaction

SAMPLE = Path(__file__).resolve().parent.parent / "samples" / "roster.xlsx"
REPEAT = 5


class _Undo(Exception):
    pass


def _rolled_back(action: Callable[[], object]) -> None:
    """Every run starts from the same empty tables."""
    try:
        with transaction.atomic():
            action()
            raise _Undo
    except _Undo:
        pass


def bench_import(report: Any) -> None:
    """At most three times the floor, on this machine, in the same run."""
    from teachers.imports import batches

    content = SAMPLE.read_bytes()

    def ours() -> None:
        result = batches.run(content, SAMPLE.name, actor=None)
        assert result.plan.total("新增") == 1707

    def read() -> None:
        for sheet in openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets:
            for _ in sheet.iter_rows(values_only=True):
                pass

    rows: list[tuple[type, list[Any]]] = []

    def keep() -> None:
        ours()
        from teachers.models import ImportBatch
        from teachers.services.imports.operations import IN_ORDER

        changes = ImportBatch.objects.get().changes
        for name in IN_ORDER:
            keys = [pk for item in changes if item["model"] == name for pk in item.get("created", ())]
            rows.append((apps.get_model(name), list(apps.get_model(name)._base_manager.filter(pk__in=keys))))

    def insert() -> None:
        for model, instances in rows:
            model._base_manager.bulk_create(instances)  # type: ignore[attr-defined]

    _rolled_back(keep)
    floor = report.time("read with openpyxl", read, repeat=REPEAT)
    floor += report.time("insert the same rows in bulk", lambda: _rolled_back(insert), repeat=REPEAT)
    whole = report.time("import", lambda: _rolled_back(ours), repeat=REPEAT)
    report.number("rows", sum(len(instances) for _, instances in rows))
    report.ratio("import / (read + insert)", whole, floor, at_most=3)
