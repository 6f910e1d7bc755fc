"""The database itself refuses to change the log."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from gaobo_banzhuren.audit import triggers
from gaobo_banzhuren.audit.models import AuditEntry
from gaobo_banzhuren.audit.services import record, verify_chain

pytestmark = pytest.mark.django_db


def test_a_migrated_database_has_the_guards() -> None:
    assert triggers.installed(connection)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditentry SET reason = 'x'",
        "UPDATE audit_auditentry SET mac = 'x' WHERE sequence = 1",
        "DELETE FROM audit_auditentry",
        "DELETE FROM audit_auditentry WHERE sequence = 1",
    ],
)
def test_sql_cannot_change_or_remove_an_entry(statement: str) -> None:
    record(None, "test.kept")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert verify_chain().entries == 1


def test_the_orm_cannot_change_or_remove_an_entry() -> None:
    entry = record(None, "test.kept")
    entry.reason = "改了"
    for attempt in (entry.save, entry.delete, AuditEntry.objects.all().delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()
    assert AuditEntry.objects.get().reason == ""


@pytest.mark.postgres
def test_the_table_cannot_be_emptied() -> None:
    record(None, "test.kept")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE audit_auditentry")
    assert AuditEntry.objects.count() == 1
