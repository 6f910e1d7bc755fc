"""Workbooks of chapters 2 and 3 made for the tests, and the way through the import as services go it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from duties.imports import batches
from duties.imports.kinds import BY_KEY
from gaobo_banzhuren.accounts.models import User
from teachers.models import ImportBatch
from tests.teachers.rosters import saved

Rows = Sequence[Sequence[Any]]


def book(header: Sequence[Any], *rows: Sequence[Any], title: str = "Sheet1", above: Rows = ()) -> bytes:
    """One sheet: lines above, the header, rows."""
    made = Workbook()
    sheet = made.active
    sheet.title = title
    for line in (*above, header, *rows):
        sheet.append(list(line))
    return saved(made)


def sheets(**named: Rows) -> bytes:
    made = Workbook()
    made.remove(made.active)
    for title, rows in named.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    return saved(made)


def uploaded(kind: str, content: bytes, actor: User, name: str = "数据.xlsx") -> ImportBatch:
    return batches.upload(BY_KEY[kind], content, name, actor=actor)


def imported(kind: str, content: bytes, actor: User) -> ImportBatch:
    """Uploaded and committed; a problem fails the test with its sentence."""
    batch = uploaded(kind, content, actor)
    assert not batch.problems, batch.problems
    return batches.commit(batch, batch.preview_digest, actor=actor)


def told(batch: ImportBatch) -> list[tuple[Any, ...]]:
    """The problems as (row, column, value, reason)."""
    return [(row, column, value, reason) for _, row, column, _, value, reason in batch.problems]


def numbers(batch: ImportBatch) -> tuple[int, int, int, int]:
    """新增, 更新, 未变, 错误 over all sheets."""
    words = ("新增", "更新", "未变", "错误")
    return tuple(sum(counts[word] for counts in batch.counts.values()) for word in words)  # type: ignore[return-value]


def post_file(client: Any, kind: str, content: bytes, name: str = "数据.xlsx") -> Any:
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("duties:import_upload", args=[kind]), {"file": file})


def url(name: str, batch: ImportBatch) -> str:
    return reverse(f"duties:import_{name}", args=[batch.pk])
