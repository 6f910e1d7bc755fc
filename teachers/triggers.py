"""Database triggers of the days: no class is led twice on a day, no student is on two rosters, no leave overlaps.

The services check first and answer in words; these hold against bulk updates, imports, the shell and two people at the
same moment. On PostgreSQL the writers of one class (one student) queue up on an advisory lock, so that neither misses
the row of the other. On SQLite there is one writer at a time anyway.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

NEVER = "9999-12-31"


@dataclass(frozen=True, slots=True)
class DayGuard:
    """`owner` is the column whose rows must not share a day, `holds` which rows count ({row} is the alias)."""

    table: str
    owner: str
    holds: str
    together: str
    columns: tuple[str, ...]
    refusal: str

    @property
    def name(self) -> str:
        return f"{self.table}_days"

    def _clash(self) -> str:
        # Every part is a constant of this module; triggers take no parameters.
        return (
            f"SELECT 1 FROM {self.table} o WHERE o.{self.owner} = NEW.{self.owner} AND o.id <> NEW.id"  # noqa: S608
            f" AND {self.holds.format(row='o')} AND NOT ({self.together})"
            f" AND o.starts_on <= coalesce(NEW.ends_on, '{NEVER}') AND NEW.starts_on <= coalesce(o.ends_on, '{NEVER}')"
        )

    def sqlite(self) -> list[str]:
        body = (
            f"FOR EACH ROW WHEN {self.holds.format(row='NEW')} AND EXISTS ({self._clash()})"
            f" BEGIN SELECT RAISE(ABORT, '{self.refusal}'); END"
        )
        return [
            f"CREATE TRIGGER {self.name}_insert AFTER INSERT ON {self.table} {body}",
            f"CREATE TRIGGER {self.name}_update AFTER UPDATE OF {', '.join(self.columns)} ON {self.table} {body}",
        ]

    def postgresql(self) -> list[str]:
        return [
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF {self.holds.format(row='NEW')} THEN"
            f" PERFORM pg_advisory_xact_lock('{self.table}'::regclass::oid::int, NEW.{self.owner}::int);"
            f" IF EXISTS ({self._clash()}) THEN"
            f" RAISE EXCEPTION '{self.refusal}' USING ERRCODE = 'exclusion_violation'; END IF;"
            " END IF; RETURN NULL; END $$",
            f"CREATE TRIGGER {self.name} AFTER INSERT OR UPDATE OF {', '.join(self.columns)} ON {self.table}"
            f" FOR EACH ROW EXECUTE FUNCTION {self.name}()",
        ]

    def sqlite_drop(self) -> list[str]:
        return [f"DROP TRIGGER IF EXISTS {self.name}_{event}" for event in ("insert", "update")]

    def postgresql_drop(self) -> list[str]:
        return [f"DROP TRIGGER IF EXISTS {self.name} ON {self.table}", f"DROP FUNCTION IF EXISTS {self.name}()"]


APPOINTMENT_DAYS = DayGuard(
    table="teachers_appointment",
    owner="school_class_id",
    holds="{row}.state IN ('appointed', 'filed', 'ended', 'dismissed')",
    # Two people share a class only when the heads of both are entered.
    together="o.share IS NOT NULL AND NEW.share IS NOT NULL AND o.teacher_id <> NEW.teacher_id",
    columns=("school_class_id", "teacher_id", "starts_on", "ends_on", "share", "state"),
    refusal="appointments of one class share a day",
)
ROSTER_DAYS = DayGuard(
    table="teachers_rosterentry",
    owner="student_id",
    holds="{row}.voided_at IS NULL",
    together="1 = 0",
    columns=("student_id", "starts_on", "ends_on", "voided_at"),
    refusal="roster entries of one student share a day",
)
LEAVE_DAYS = DayGuard(
    table="teachers_leave",
    owner="teacher_id",
    holds="{row}.cancelled_at IS NULL",
    together="1 = 0",
    columns=("teacher_id", "starts_on", "ends_on", "cancelled_at"),
    refusal="leaves of one class teacher share a day",
)
GUARDS = (APPOINTMENT_DAYS, ROSTER_DAYS, LEAVE_DAYS)


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers on, replacing older ones. A later migration that rebuilds a table on SQLite must call this."""
    drop(connection)
    for guard in GUARDS:
        _run(connection, guard.sqlite() if connection.vendor == "sqlite" else guard.postgresql())


def drop(connection: BaseDatabaseWrapper) -> None:
    for guard in GUARDS:
        _run(connection, guard.sqlite_drop() if connection.vendor == "sqlite" else guard.postgresql_drop())


def installed(connection: BaseDatabaseWrapper) -> bool:
    """Whether all tables are guarded in this database."""
    question = {
        "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s",
        "postgresql": "SELECT 2 * count(*) FROM pg_trigger WHERE tgname || '_' LIKE %s AND NOT tgisinternal",
    }[connection.vendor]
    with connection.cursor() as cursor:
        found = 0
        for guard in GUARDS:
            cursor.execute(question, [f"{guard.name}_%"])
            found += cursor.fetchone()[0]
    return found == 2 * len(GUARDS)


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def migrate_forwards(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    install(schema_editor.connection)


def migrate_backwards(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    drop(schema_editor.connection)
