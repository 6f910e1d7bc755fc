# ruff: noqa: S608  table and column names are constants of this module
"""Database triggers that keep closed sheets closed, whoever writes: lines, headcounts and totals past the draft state.

The services refuse first and in Chinese; these are the last line against a shell, raw SQL or a forgotten bulk update.
A migration that rebuilds one of the tables on SQLite must call `install` again.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SHEET = "allowance_monthsheet"
CHILDREN = ("allowance_sheetline", "allowance_headcountsnapshot")
REFUSAL = "a sheet past the draft state cannot be changed"
HEAD = (
    "college_id", "month", "rule_version_id", "rules", "total_fen", "school_fen", "college_fen", "people", "inputs_digest",
    "facts_sequence", "computed_at", "computed_by_id",
)  # fmt: skip
KEPT_FOR_EVER = ("allowance_sheetversion", "allowance_sheetevent")


def _sqlite() -> list[str]:
    statements = []
    for table in CHILDREN:
        for verb, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
            statements.append(
                f"CREATE TRIGGER {table}_closed_{verb}_{row} BEFORE {verb} ON {table} "
                f"WHEN (SELECT state FROM {SHEET} WHERE id = {row}.sheet_id) <> 'draft' "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
    changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in HEAD)
    statements += [
        f"CREATE TRIGGER {SHEET}_closed_update BEFORE UPDATE ON {SHEET} WHEN OLD.state <> 'draft' AND ({changed}) "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
        f"CREATE TRIGGER {SHEET}_final BEFORE UPDATE ON {SHEET} WHEN "
        f"(OLD.state = 'handed_over' AND NEW.state NOT IN ('handed_over', 'received')) "
        f"OR (OLD.state = 'received' AND NEW.state <> 'received') "
        f"OR (OLD.state IN ('handed_over', 'received') AND NEW.bundle_id IS NOT OLD.bundle_id) "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
        f"CREATE TRIGGER {SHEET}_closed_delete BEFORE DELETE ON {SHEET} WHEN OLD.state <> 'draft' "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    ]
    for table in KEPT_FOR_EVER:
        for verb in ("UPDATE", "DELETE"):
            statements.append(
                f"CREATE TRIGGER {table}_kept_{verb} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
    return statements


def _postgres() -> list[str]:
    changed = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in HEAD)
    refuse = f"RAISE EXCEPTION '{REFUSAL}'"
    statements = [
        f"""CREATE OR REPLACE FUNCTION allowance_closed_child() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF TG_OP <> 'INSERT' THEN
            IF (SELECT state FROM {SHEET} WHERE id = OLD.sheet_id) <> 'draft' THEN {refuse}; END IF;
          END IF;
          IF TG_OP <> 'DELETE' THEN
            IF (SELECT state FROM {SHEET} WHERE id = NEW.sheet_id) <> 'draft' THEN {refuse}; END IF;
            RETURN NEW;
          END IF;
          RETURN OLD;
        END $$""",
        f"""CREATE OR REPLACE FUNCTION allowance_closed_head() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF TG_OP = 'DELETE' THEN
            IF OLD.state <> 'draft' THEN {refuse}; END IF;
            RETURN OLD;
          END IF;
          IF OLD.state <> 'draft' AND ({changed}) THEN {refuse}; END IF;
          IF OLD.state = 'handed_over' AND NEW.state NOT IN ('handed_over', 'received') THEN {refuse}; END IF;
          IF OLD.state = 'received' AND NEW.state <> 'received' THEN {refuse}; END IF;
          IF OLD.state IN ('handed_over', 'received') AND NEW.bundle_id IS DISTINCT FROM OLD.bundle_id THEN {refuse}; END IF;
          RETURN NEW;
        END $$""",
        f"""CREATE OR REPLACE FUNCTION allowance_kept() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN {refuse}; END $$""",
        f"CREATE TRIGGER {SHEET}_closed BEFORE UPDATE OR DELETE ON {SHEET} FOR EACH ROW "
        "EXECUTE FUNCTION allowance_closed_head()",
    ]
    statements += [
        f"CREATE TRIGGER {table}_closed BEFORE INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW "
        "EXECUTE FUNCTION allowance_closed_child()"
        for table in CHILDREN
    ]
    statements += [
        f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION allowance_kept()"
        for table in KEPT_FOR_EVER
    ]
    return statements


INSTALL = {"sqlite": _sqlite, "postgresql": _postgres}


def install(connection: BaseDatabaseWrapper) -> None:
    drop(connection)
    with connection.cursor() as cursor:
        for statement in INSTALL[connection.vendor]():
            cursor.execute(statement)


def drop(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        for statement in _drops(connection):
            cursor.execute(statement)


def _drops(connection: BaseDatabaseWrapper) -> list[str]:
    names = [
        statement.split()[2] for statement in INSTALL[connection.vendor]() if statement.startswith("CREATE TRIGGER")
    ]
    if connection.vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {name}" for name in names]
    tables = (SHEET, *CHILDREN, *KEPT_FOR_EVER)
    return [f"DROP TRIGGER IF EXISTS {name} ON {table}" for name in names for table in tables if name.startswith(table)]


def migrate_forwards(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    install(schema_editor.connection)


def migrate_backwards(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    drop(schema_editor.connection)
