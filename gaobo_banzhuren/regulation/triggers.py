"""Database triggers that refuse to change the content of a rule version once it is no draft, whoever asks.

Title, content, first day and digest are frozen, and a version never becomes a draft again; number and parent document
may still be entered later, since the regulation came without them. A migration that rebuilds the table on SQLite must
call `install` again.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLE = "regulation_ruleversion"
NAME = f"{TABLE}_frozen"
REFUSAL = "the content of a rule version in force cannot be changed"
FROZEN = ("parts", "digest", "effective_from", "title")

SQLITE_CHANGED = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in FROZEN)
POSTGRES_CHANGED = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in FROZEN)
CONDITION = "OLD.status <> 'draft' AND (NEW.status = 'draft' OR {changed})"

INSTALL = {
    "sqlite": [
        f"CREATE TRIGGER {NAME} BEFORE UPDATE ON {TABLE} WHEN {CONDITION.format(changed=SQLITE_CHANGED)} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    ],
    "postgresql": [
        f"CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$",
        f"CREATE TRIGGER {NAME} BEFORE UPDATE ON {TABLE} FOR EACH ROW "
        f"WHEN ({CONDITION.format(changed=POSTGRES_CHANGED)}) EXECUTE FUNCTION {NAME}()",
    ],
}
DROP = {
    "sqlite": [f"DROP TRIGGER IF EXISTS {NAME}"],
    "postgresql": [f"DROP TRIGGER IF EXISTS {NAME} ON {TABLE}"],
}


def install(connection: BaseDatabaseWrapper) -> None:
    drop(connection)
    _run(connection, INSTALL[connection.vendor])


def drop(connection: BaseDatabaseWrapper) -> None:
    _run(connection, DROP[connection.vendor])


def installed(connection: BaseDatabaseWrapper) -> bool:
    """Whether the database refuses changes to versions in force."""
    question = {
        "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name = %s",
        "postgresql": "SELECT count(*) FROM pg_trigger WHERE tgname = %s",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(question, [NAME])
        return bool(cursor.fetchone()[0])


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def migrate_forwards(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    install(schema_editor.connection)


def migrate_backwards(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    drop(schema_editor.connection)
