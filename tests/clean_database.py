"""Puts the test database back to its state after migration, for tests that really commit (browser, threads).

Django's own way, deleting every row, does not fit: migrations load the regulation, and triggers rightly refuse to empty
the audit log. So the freshly migrated state is remembered once and copied back after each such test.
"""

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / "var" / "test-databases"
# Everything that decides what the database is like after migration.
DECIDING = (
    "*/migrations/*.py",
    "*/*/migrations/*.py",
    "*/triggers.py",
    "*/*/triggers.py",
    "gaobo_banzhuren/regulation/**/*",
    "requirements/dev.txt",
)
STASH = "stash_after_migration"
_templates: dict[str, sqlite3.Connection] = {}


def remember(alias: str = "default") -> None:
    """Keeps the state of the database as it is now."""
    connection = connections[alias]
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        template = sqlite3.connect(":memory:", check_same_thread=False)
        connection.connection.backup(template)
        _templates[alias] = template
        return
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {STASH}")
        for table in _tables(connection):
            cursor.execute(f'SELECT EXISTS (SELECT FROM "{table}")')
            if cursor.fetchone()[0]:
                cursor.execute(f'CREATE TABLE {STASH}."{table}" AS TABLE "{table}"')


@contextmanager
def migrated_quickly(alias: str = "default") -> Iterator[None]:
    """SQLite in memory is migrated once per state of the migrations; later runs copy the file that was kept.

    Migrating takes seconds and dozens of runs an hour want it. PostgreSQL is always migrated for real.
    """
    connection = connections[alias]
    if connection.vendor != "sqlite":
        yield
        return
    kept = CACHE / f"{_state_of_migrations()}.sqlite3"

    def called(name: str, *arguments: Any, **options: Any) -> Any:
        if name != "migrate":
            return call_command(name, *arguments, **options)
        connection.ensure_connection()
        if kept.exists():
            with sqlite3.connect(kept) as source:
                source.backup(connection.connection)
            source.close()
            return None
        result = call_command(name, *arguments, **options)
        CACHE.mkdir(parents=True, exist_ok=True)
        unfinished = CACHE / f"{os.getpid()}.tmp"
        with sqlite3.connect(unfinished) as target:
            connection.connection.backup(target)
        target.close()
        for old in CACHE.glob("*.sqlite3"):
            old.unlink(missing_ok=True)
        unfinished.replace(kept)
        return result

    with mock.patch("django.core.management.call_command", called):
        yield


def _state_of_migrations() -> str:
    digest = hashlib.sha256()
    for path in sorted({path for pattern in DECIDING for path in ROOT.glob(pattern) if path.is_file()}):
        if "__pycache__" not in path.parts and path.relative_to(ROOT).parts[0] not in (".venv", "var"):
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def restore(alias: str = "default") -> None:
    """Copies the remembered state back; numbers that sequences have given out are not given again on PostgreSQL."""
    connection = connections[alias]
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        _templates[alias].backup(connection.connection)
        return
    with connection.cursor() as cursor:
        # triggers and foreign keys rest while the rows are exchanged; needs the superuser of the tests' own server
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(";".join(f'DELETE FROM "{table}"' for table in _tables(connection)))
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [STASH])
        for (table,) in cursor.fetchall():
            cursor.execute(f'INSERT INTO "{table}" SELECT * FROM {STASH}."{table}"')
        cursor.execute("SET session_replication_role = origin")


def forget(alias: str = "default") -> None:
    """Closes what `remember` keeps open."""
    if alias in _templates:
        _templates.pop(alias).close()


def _tables(connection: Any) -> list[str]:
    return [name for name in connection.introspection.table_names() if not name.startswith(STASH)]


def _fixture_teardown(case: TransactionTestCase) -> None:
    for alias in case._databases_names(include_mirrors=False):
        restore(alias)


def install() -> None:
    """Makes every committing test end with `restore`."""
    TransactionTestCase._fixture_teardown = _fixture_teardown
