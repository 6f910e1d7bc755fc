"""Everything in one file and back: all rows and all stored files, the same format on SQLite and PostgreSQL.

A zip with `manifest.json` (format, schema state, number and digest of every table's rows), a JSON-lines file per table
and the stored files. Being independent of the database it also moves a college from SQLite to PostgreSQL.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib
import importlib.util
import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder

from .errors import UserError

FORMAT = 1
MANIFEST = "manifest.json"
SKIPPED = {"sessions.session"}
"""Sign-ins are not carried over: after a restore everybody signs in again."""
BATCH = 500


@dataclass(frozen=True, slots=True)
class Contents:
    """How many rows and files went in or came out."""

    tables: int
    rows: int
    files: int


def write_backup(target: Path) -> Contents:
    """Write the backup beside the target first and move it there when it is whole. Raises UserError on a full disk."""
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
            contents = _write(archive)
        os.chmod(partial, 0o600)
        os.replace(partial, target)
    except OSError as error:
        raise UserError(f"不能写入「{target}」：{error.strerror}") from None
    finally:
        partial.unlink(missing_ok=True)
    return contents


def _write(archive: zipfile.ZipFile) -> Contents:
    tables: dict[str, dict[str, Any]] = {}
    alone = not connection.in_atomic_block
    with transaction.atomic():
        if alone and connection.vendor == "postgresql":
            # All tables as of one moment; SQLite does so by itself. It must come before the first question.
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        for model in _models():
            with archive.open(f"tables/{model._meta.label_lower}.jsonl", "w", force_zip64=True) as stream:
                tables[model._meta.label_lower] = _write_table(model, stream.write)
        schema = _schema()
    files = 0
    for path in _stored_files():
        archive.write(path, f"files/{path.relative_to(_file_root()).as_posix()}")
        files += 1
    manifest = {"format": FORMAT, "made_at": dt.datetime.now(dt.UTC).isoformat(), "schema": schema, "tables": tables}
    archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
    return Contents(len(tables), sum(table["rows"] for table in tables.values()), files)


def _write_table(model: type[models.Model], write: Callable[[bytes], Any]) -> dict[str, Any]:
    names = [field.attname for field in model._meta.concrete_fields]
    digest, count = hashlib.sha256(), 0
    for row in model._base_manager.order_by(model._meta.pk.name).values_list(*names).iterator(chunk_size=2000):
        line = (
            json.dumps([_plain(value) for value in row], cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True)
            + "\n"
        ).encode()
        digest.update(line)
        write(line)
        count += 1
    return {"rows": count, "columns": names, "sha256": digest.hexdigest()}


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return {"bytes": bytes(value).hex()}
    if isinstance(value, dt.datetime):
        # The encoder of Django cuts microseconds; the audit chain is computed over them.
        return value.astimezone(dt.UTC).isoformat()
    return value


def read_backup(source: Path, *, replace: bool = False) -> Contents:
    """Put everything back. Refuses a database in use unless `replace`; whole or not at all.

    Raises UserError for a file that is no backup, is damaged, or was made by another version of the product.
    """
    try:
        archive = zipfile.ZipFile(source)
    except FileNotFoundError:
        raise UserError(f"没有这个文件：{source}") from None
    except (OSError, zipfile.BadZipFile):
        raise UserError(f"「{source}」不是备份文件，或已损坏") from None
    with archive:
        manifest = _manifest(archive, source)
        if not replace and _in_use():
            raise UserError("数据库里已有数据，没有恢复。确要覆盖请加 --replace（现有数据会全部被替换）。")
        contents = _restore_rows(archive, manifest)
        files = _restore_files(archive)
    return Contents(contents.tables, contents.rows, files)


def _manifest(archive: zipfile.ZipFile, source: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
        known = manifest["format"] == FORMAT
    except (KeyError, ValueError, zipfile.BadZipFile):
        raise UserError(f"「{source}」不是本系统的备份文件，或已损坏") from None
    if not known:
        raise UserError(f"「{source}」由其他版本的系统制作，格式 {manifest['format']} 不能识别")
    if manifest["schema"] != _schema():
        raise UserError("备份与现在的数据库结构不一致：请用制作备份时的系统版本恢复，然后再升级（migrate）。")
    return manifest


def _in_use() -> bool:
    people = apps.get_model("accounts", "User")
    return bool(people._base_manager.exists())


@transaction.atomic
def _restore_rows(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> Contents:
    guards = list(_guards())
    for guard in guards:
        guard.drop(connection)
    found = list(_models())
    for model in reversed(found):
        model._base_manager.all()._raw_delete(connection.alias)
    rows = 0
    for model in found:
        rows += _restore_table(archive, model, manifest["tables"])
    statements = connection.ops.sequence_reset_sql(no_style(), found)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    for guard in guards:
        guard.install(connection)
    connection.check_constraints()
    return Contents(len(found), rows, 0)


def _restore_table(archive: zipfile.ZipFile, model: type[models.Model], tables: dict[str, Any]) -> int:
    label = model._meta.label_lower
    fields = list(model._meta.concrete_fields)
    expected = tables.get(label)
    if expected is None or expected["columns"] != [field.attname for field in fields]:
        raise UserError(f"备份中的表 {label} 与现在的结构不一致，没有恢复任何内容")
    digest, count = hashlib.sha256(), 0
    with archive.open(f"tables/{label}.jsonl") as stream:
        while lines := list(islice(stream, BATCH)):
            objects = []
            for line in lines:
                digest.update(line)
                objects.append(_object(model, fields, json.loads(line)))
            with _times_as_given(fields):
                model._base_manager.bulk_create(objects)
            count += len(lines)
    if (count, digest.hexdigest()) != (expected["rows"], expected["sha256"]):
        raise UserError(f"备份中的表 {label} 已损坏（校验不符），没有恢复任何内容")
    return count


@contextmanager
def _times_as_given(fields: list[Any]) -> Iterator[None]:
    """Fields that note the present moment by themselves keep what stands in the backup."""
    noting = [(field, field.auto_now, field.auto_now_add) for field in fields if hasattr(field, "auto_now")]
    for field, _, _ in noting:
        field.auto_now = field.auto_now_add = False
    try:
        yield
    finally:
        for field, auto_now, auto_now_add in noting:
            field.auto_now, field.auto_now_add = auto_now, auto_now_add


def _object(model: type[models.Model], fields: list[Any], values: list[Any]) -> models.Model:
    found = model()
    for field, value in zip(fields, values, strict=True):
        if isinstance(value, dict) and set(value) == {"bytes"} and isinstance(field, models.BinaryField):
            value = bytes.fromhex(value["bytes"])
        elif not isinstance(field, models.JSONField):
            value = field.to_python(value)
        setattr(found, field.attname, value)
    return found


def _restore_files(archive: zipfile.ZipFile) -> int:
    root = _file_root()
    shutil.rmtree(root, ignore_errors=True)
    count = 0
    for info in archive.infolist():
        if not info.filename.startswith("files/") or info.is_dir():
            continue
        target = (root / info.filename.removeprefix("files/")).resolve()
        if not target.is_relative_to(root.resolve()):
            raise UserError("备份中的文件路径不合法，文件没有恢复")
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(info) as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy)
        count += 1
    return count


def _models() -> Iterator[type[models.Model]]:
    """Every table of the product, referenced ones first where the order of the apps gives it."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy and model._meta.label_lower not in SKIPPED:
            yield model


def _guards() -> Iterator[ModuleType]:
    """The `triggers` modules of the apps: they refuse what a restore has to do."""
    for config in apps.get_app_configs():
        name = f"{config.name}.triggers"
        if importlib.util.find_spec(name) is not None:
            yield importlib.import_module(name)


def _schema() -> list[str]:
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied)


def _file_root() -> Path:
    return Path(settings.MEDIA_ROOT)


def _stored_files() -> Iterable[Path]:
    root = _file_root()
    return sorted(path for path in root.rglob("*") if path.is_file()) if root.is_dir() else ()
