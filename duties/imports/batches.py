"""The verbs of an import: upload and preview, commit exactly what was previewed, lay aside."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.audit import services as audit
from gaobo_banzhuren.documents.problems import KEPT_PROBLEMS, show_value
from gaobo_banzhuren.web.errors import NotAllowed, StaleError
from teachers.imports.batches import KEPT_WAITING, SHOWN_CHANGES, WAITING, sha256
from teachers.imports.examining import Progress
from teachers.models import ImportBatch, ImportState
from teachers.services.imports.operations import NEW, UPDATED
from teachers.services.imports.writing import MOVED_ON

from .comparing import Result, carry_out, preview
from .declaring import ImportKind, Scope
from .kinds import BY_KEY
from .reading import read

OLD_PREVIEW: Final = "这不是最新的预览，没有写入任何内容；请查看最新的预览后再确认。"


def upload_steps(kind: ImportKind, content: bytes, file_name: str, *, actor: User) -> Iterator[Progress | ImportBatch]:
    """Take an upload, preview it and keep it as a batch; the last thing yielded is the batch.

    Raises NotAllowed, and WorkbookRefused when the file is not a workbook that may be read.
    """
    scope = _scope(kind, actor)
    _lay_aside(Q(kind=kind.key, created_at__lt=timezone.now() - KEPT_WAITING))
    batch = ImportBatch(
        kind=kind.key, college=_college(scope), file_name=file_name[:200], content=content, sha256=sha256(content),
        created_by=actor,
    )  # fmt: skip
    yield Progress("读取", "检查文件", 5)
    reading = read(content, kind)
    yield Progress("核对", "检查每一行，与系统中的数据比较", 50)
    result = preview(kind, reading, scope)
    yield Progress("比较", "整理预览", 90)
    _keep(batch, result)
    yield batch


def upload(kind: ImportKind, content: bytes, file_name: str, *, actor: User) -> ImportBatch:
    """`upload_steps` without the waiting."""
    *_, batch = upload_steps(kind, content, file_name, actor=actor)
    assert isinstance(batch, ImportBatch)
    return batch


def commit_steps(batch: ImportBatch, digest: str, *, actor: User) -> Iterator[Progress | ImportBatch]:
    """Write the batch exactly as it was previewed, in one transaction; nothing is yielded inside it.

    `digest` is that of the preview the person saw. Raises StaleError, with a new preview saved, when the data have moved
    on since, and when the batch is not waiting.
    """
    kind = kind_of(batch)
    scope = _scope(kind, actor)
    if batch.state not in WAITING:
        raise StaleError(f"该批次{batch.get_state_display()}，不能再次导入。")
    if batch.state != ImportState.PREVIEWED or digest != batch.preview_digest:
        raise StaleError(OLD_PREVIEW)
    yield Progress("读取", "再读一遍文件", 10)
    reading = read(bytes(batch.content), kind)
    yield Progress("写入", "与数据再核对一遍并写入", 60)
    try:
        with _writing():
            _claim(batch)
            result = carry_out(kind, reading, scope)
            if reading.problems or _digest(batch, result) != digest:
                raise StaleError(MOVED_ON)
            _written(batch, kind, result, actor)
    except StaleError:
        batch.refresh_from_db()
        if batch.state == ImportState.PREVIEWED:
            _keep(batch, preview(kind, read(bytes(batch.content), kind), scope))
        raise
    yield batch


def commit(batch: ImportBatch, digest: str, *, actor: User) -> ImportBatch:
    """`commit_steps` without the waiting."""
    for _ in commit_steps(batch, digest, actor=actor):
        pass
    return batch


def discard(batch: ImportBatch, *, actor: User) -> None:
    """Lay a waiting batch aside. The file itself is dropped: it holds names and amounts."""
    _scope(kind_of(batch), actor)
    _lay_aside(Q(pk=batch.pk))


def kind_of(batch: ImportBatch) -> ImportKind:
    return BY_KEY[batch.kind]


def _scope(kind: ImportKind, actor: User) -> Scope:
    if not kind.is_open_to(actor):
        raise NotAllowed(f"您不能导入{kind.label}。")
    return kind.scope_of(actor)


def _college(scope: Scope) -> College | None:
    if scope.colleges is None:
        return None
    return College.objects.filter(pk__in=scope.colleges).order_by("code").first()


def _lay_aside(which: Q) -> None:
    ImportBatch.objects.filter(which, state__in=WAITING).update(
        state=ImportState.DISCARDED, content=b"", preview={}, problems=[]
    )


@contextmanager
def _writing() -> Iterator[None]:
    """The transaction of an import. What slips in between is refused by the database; then nothing was written."""
    try:
        with transaction.atomic():
            list(College.objects.select_for_update().order_by("pk").values_list("pk", flat=True))
            yield
    except IntegrityError as problem:
        raise StaleError(MOVED_ON) from problem


def _digest(batch: ImportBatch, result: Result) -> str:
    """Binds a commit to its preview: the file and what would be written to the data as they are."""
    return hashlib.sha256(f"{batch.sha256}\n{result.difference.digest()}".encode()).hexdigest()


def _keep(batch: ImportBatch, result: Result) -> None:
    problems = result.problems
    batch.preview = _preview(result) | {"problem_count": result.reading.problems.count}
    batch.preview_digest = _digest(batch, result)
    batch.counts = result.counts
    batch.problems = [
        [one.sheet, one.row, one.column, one.letter, show_value(one.value), one.reason]
        for one in problems[:KEPT_PROBLEMS]
    ]
    batch.state = ImportState.REFUSED if problems else ImportState.PREVIEWED
    if batch.pk is None:
        batch.save()
        return
    names = ("preview", "preview_digest", "counts", "problems", "state")
    waiting = ImportBatch.objects.filter(pk=batch.pk, state__in=WAITING)
    if not waiting.update(**{name: getattr(batch, name) for name in names}):
        raise StaleError("该批次已被导入或放弃。")


def _preview(result: Result) -> dict[str, Any]:
    changes = [[*change[:5], [list(detail) for detail in change.details]] for change in result.changes]
    return {"changes": changes[:SHOWN_CHANGES], "change_count": len(changes), "notes": result.reading.notes}


def _claim(batch: ImportBatch) -> None:
    """Of two clicks one goes on."""
    moved = ImportBatch.objects.filter(pk=batch.pk, state=ImportState.PREVIEWED, preview_digest=batch.preview_digest)
    if not moved.update(state=ImportState.COMMITTED):
        raise StaleError("该批次已被导入或放弃。")


def _written(batch: ImportBatch, kind: ImportKind, result: Result, actor: User) -> None:
    batch.counts = result.counts
    batch.changes = result.difference.as_changes()
    # The file holds names and is not needed any more; its digest stays.
    batch.content = b""
    batch.state = ImportState.COMMITTED
    batch.committed_at = timezone.now()
    batch.save()
    audit.record(
        actor, "duties.import", batch,
        after={
            "kind": kind.key, "file": batch.file_name, "sha256": batch.sha256, "counts": batch.counts,
            "new": result.total(NEW), "updated": result.total(UPDATED),
        },
        college=batch.college_id,
    )  # fmt: skip
