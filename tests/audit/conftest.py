"""The guards of the audit table, off inside one test."""

import pytest
from django.db import connection

from gaobo_banzhuren.audit import triggers


@pytest.fixture
def without_guards(db: None) -> None:
    """Tampering as somebody would who owns the database; the test's rollback puts the guards back."""
    triggers.drop(connection)
