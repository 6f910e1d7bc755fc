"""Puts the test database back to its state after migration, for tests that really commit (browser, threads).

Django's own way, deleting every row, does not fit: migrations load the regulation, and triggers rightly refuse to empty
the audit log. So the freshly migrated state is remembered once and copied back after each such test.
"""

import sqlite3
from typing import Any

from django.db import connections
from django.test import TransactionTestCase

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
        cursor.execute("TRUNCATE " + ", ".join(f'"{table}"' for table in _tables(connection)))
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
