"""The verbs of an import: upload and preview, correct the columns, commit exactly what was previewed."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.audit import services as audit
from gaobo_banzhuren.documents.problems import KEPT_PROBLEMS, Problem, Problems, show_value
from gaobo_banzhuren.web.errors import StaleError
from gaobo_banzhuren.web.templatetags.gaobo import mask_phone

from ..models import ColumnMemory, ImportBatch, ImportState
from ..services.imports.operations import NEW, UPDATED, Plan
from ..services.imports.writing import MOVED_ON, write
from .columns import BY_NAME
from .examining import KIND, Progress, Result, compare, read, reading_steps, scope_of
from .reading import SHEETS, FoundColumn, Layout
from .snapshot import Scope

KEPT_WAITING: Final = dt.timedelta(days=14)
"""How long an upload that nobody confirms keeps its names and telephone numbers."""
SHOWN_CHANGES: Final = 20_000
NUMBERS: Final = ("手机", "家长电话")
"""Details that the preview masks."""
MOBILE: Final = re.compile(r"1\d{10}", re.ASCII)
WAITING: Final = (ImportState.PREVIEWED, ImportState.REFUSED)


def run(content: bytes, file_name: str, *, actor: User | None, dry_run: bool = False) -> Result:
    """Import in one go, for the command: problems or the whole workbook written as a committed batch.

    Nothing at all is saved when there is a problem, in a dry run, or when nothing changes.
    """
    scope, college = scope_of(actor)
    reading = read(content)
    with _writing():
        result = compare(reading, scope)
        if dry_run or reading.problems or result.plan.is_empty:
            return result
        batch = ImportBatch(
            kind=KIND, college=college, file_name=file_name[:200], sha256=sha256(content), created_by=actor
        )
        batch.preview = _preview(result)
        batch.preview_digest = _digest(batch, result.plan)
        _write(batch, result.plan, actor)
    return result


def upload_steps(content: bytes, file_name: str, *, actor: User) -> Iterator[Progress | ImportBatch]:
    """Take an upload, preview it and keep it as a batch; the last thing yielded is the batch."""
    scope, college = scope_of(actor)
    _lay_aside(Q(created_at__lt=timezone.now() - KEPT_WAITING))
    batch = ImportBatch(
        kind=KIND, college=college, file_name=file_name[:200], content=content, sha256=sha256(content), created_by=actor
    )
    yield from _preview_steps(batch, scope)


def remap(batch: ImportBatch, mapping: Mapping[str, Mapping[str, str | None]], *, actor: User) -> ImportBatch:
    """Preview again with the columns as the person matched them, and remember the choices for the next file."""
    scope, _ = scope_of(actor)
    _require_open(batch)
    batch.mapping = {sheet: dict(columns) for sheet, columns in mapping.items() if columns}
    for _ in _preview_steps(batch, scope):
        pass
    _remember(batch, actor)
    return batch


def commit(batch: ImportBatch, digest: str, *, actor: User) -> ImportBatch:
    """`commit_steps` without the waiting."""
    for _ in commit_steps(batch, digest, actor=actor):
        pass
    return batch


def commit_steps(batch: ImportBatch, digest: str, *, actor: User) -> Iterator[Progress | ImportBatch]:
    """Write the batch exactly as it was previewed, in one transaction with one audit entry.

    `digest` is that of the preview the person saw. Raises StaleError, with a new preview saved, when the data have
    moved on since, and when the batch is not waiting. Nothing is yielded inside the transaction.
    """
    scope, _ = scope_of(actor)
    _require_open(batch)
    if batch.state != ImportState.PREVIEWED or digest != batch.preview_digest:
        raise StaleError("这不是最新的预览，没有写入任何内容；请查看最新的预览后再确认。")
    reading = None
    for step in reading_steps(bytes(batch.content), batch.mapping):
        if isinstance(step, Progress):
            yield step
        else:
            reading = step
    assert reading is not None
    yield Progress("写入", "与数据再核对一遍并写入", 70)
    try:
        with _writing():
            _claim(batch)
            result = compare(reading, scope)
            if reading.problems or _digest(batch, result.plan) != digest:
                raise StaleError(MOVED_ON)
            _write(batch, result.plan, actor)
    except StaleError:
        _preview_again(batch, scope)
        raise
    yield batch


def discard(batch: ImportBatch, *, actor: User) -> None:
    """Lay a waiting batch aside. The file itself is dropped: it holds names and telephone numbers."""
    scope_of(actor)
    _lay_aside(Q(pk=batch.pk))


def _lay_aside(which: Q) -> None:
    ImportBatch.objects.filter(which, state__in=WAITING).update(
        state=ImportState.DISCARDED, content=b"", preview={}, problems=[]
    )


def problems_of(batch: ImportBatch) -> Problems:
    """The problems kept with a batch, as the error workbook wants them."""
    problems = Problems()
    for sheet, row, column, letter, value, reason in batch.problems:
        problems.add(Problem(sheet, row, column, value, reason, letter))
    return problems


@contextmanager
def _writing() -> Iterator[None]:
    """The transaction of an import. Imports queue up: the second of two at once compares with what the first wrote.

    What still slips in between is refused by the database; then, too, nothing was written and StaleError says so.
    """
    try:
        with transaction.atomic():
            list(College.objects.select_for_update().order_by("pk").values_list("pk", flat=True))
            yield
    except IntegrityError as problem:
        raise StaleError(MOVED_ON) from problem


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _digest(batch: ImportBatch, plan: Plan) -> str:
    """Binds a commit to its preview: the file, the columns and what would be written to the data as they are."""
    parts = (batch.sha256, repr(sorted(batch.mapping.items())), plan.digest())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _preview_steps(batch: ImportBatch, scope: Scope) -> Iterator[Progress | ImportBatch]:
    for step in reading_steps(bytes(batch.content), batch.mapping, layouts=True):
        if isinstance(step, Progress):
            yield step
        else:
            yield Progress("核对", "检查各表之间的关系，与系统中的数据比较", 60)
            result = compare(step, scope)
            yield Progress("比较", "整理预览", 90)
            _keep(batch, result)
    yield batch


def _preview_again(batch: ImportBatch, scope: Scope) -> None:
    batch.refresh_from_db()
    if batch.state == ImportState.PREVIEWED:
        for _ in _preview_steps(batch, scope):
            pass


def _keep(batch: ImportBatch, result: Result) -> None:
    problems = result.problems
    batch.preview = _preview(result)
    batch.preview_digest = _digest(batch, result.plan)
    batch.counts = result.plan.counts
    batch.problems = [
        [one.sheet, one.row, one.column, one.letter, show_value(one.value), one.reason]
        for one in problems[:KEPT_PROBLEMS]
    ]
    batch.preview["problem_count"] = result.reading.problems.count
    batch.state = ImportState.REFUSED if result.reading.problems else ImportState.PREVIEWED
    if batch.pk is None:
        batch.save()
        return
    names = ("mapping", "preview", "preview_digest", "counts", "problems", "state")
    waiting = ImportBatch.objects.filter(pk=batch.pk, state__in=WAITING)
    if not waiting.update(**{name: getattr(batch, name) for name in names}):
        raise StaleError("该批次已被导入或放弃。")


def _shown(label: str, before: str, after: str) -> list[str]:
    """One detail of the preview; numbers are masked, the roster holds those of people the uploader did not bring."""
    if label in NUMBERS:
        before, after = (mask_phone(text) if text else text for text in (before, after))
    return [label, before, after]


def _preview(result: Result) -> dict[str, Any]:
    reading, plan = result.reading, result.plan
    return {
        "changes": [
            [*change[:5], [_shown(*detail) for detail in change.details]] for change in plan.changes[:SHOWN_CHANGES]
        ],
        "change_count": len(plan.changes),
        "notes": result.notes,
        "hidden": reading.hidden,
        "ignored": reading.ignored,
        "layouts": [_layout_json(layout) for layout in reading.layouts],
        "people": sum(1 for _ in plan.creates.get("accounts.User", ())),
    }


def _layout_json(layout: Layout) -> dict[str, Any]:
    return {
        "name": layout.name, "title": layout.title, "header_row": layout.header_row, "missing": list(layout.missing),
        "columns": [
            {"letter": one.letter, "text": one.text, "field": one.field, "samples": _samples(one)}
            for one in layout.columns
        ],
    }  # fmt: skip


def _samples(column: FoundColumn) -> list[str]:
    """The first cells of a column, with telephone numbers masked; also where nobody said yet what the column holds."""
    return [
        mask_phone(text) if column.field.endswith("phone") or MOBILE.fullmatch(text) else text
        for text in column.samples
    ]


def _require_open(batch: ImportBatch) -> None:
    if batch.state not in WAITING:
        raise StaleError(f"该批次{batch.get_state_display()}，不能再次导入。")


def _claim(batch: ImportBatch) -> None:
    """Of two clicks one goes on."""
    moved = ImportBatch.objects.filter(pk=batch.pk, state=ImportState.PREVIEWED, preview_digest=batch.preview_digest)
    if not moved.update(state=ImportState.COMMITTED):
        raise StaleError("该批次已被导入或放弃。")


def _write(batch: ImportBatch, plan: Plan, actor: User | None) -> None:
    batch.counts = plan.counts
    batch.changes = write(plan, actor)
    # The file holds names and telephone numbers and is not needed any more; its digest stays.
    batch.content = b""
    batch.state = ImportState.COMMITTED
    batch.committed_at = timezone.now()
    batch.save()
    audit.record(
        actor, "teachers.import", batch,
        after={
            "file": batch.file_name, "sha256": batch.sha256, "counts": batch.counts, "preview": batch.preview_digest,
            "new": plan.total(NEW), "updated": plan.total(UPDATED),
        },
        college=batch.college_id,
    )  # fmt: skip


def _remember(batch: ImportBatch, actor: User) -> None:
    """Keep the person's choices by header text. A header that is one of the known names is never given another meaning
    for other files."""
    for sheet, columns in batch.mapping.items():
        if sheet == SHEETS:
            for title, name in columns.items():
                _keep_choice(SHEETS, title, name or "", actor)
            continue
        layout = next((one for one in batch.preview["layouts"] if one["name"] == sheet), None)
        texts = {one["letter"]: one["text"] for one in layout["columns"]} if layout else {}
        known = {name for column in BY_NAME[sheet].columns for name in (column.header, *column.aliases)}
        for letter, field in columns.items():
            text = texts.get(letter, "")
            if text and text not in known and field:
                _keep_choice(sheet, text, field, actor)


def _keep_choice(sheet: str, header: str, field: str, actor: User) -> None:
    ColumnMemory.objects.update_or_create(
        kind=KIND, sheet=sheet, header=header[:80], defaults={"field": field, "remembered_by": actor}
    )
