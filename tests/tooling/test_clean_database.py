"""Tests that commit leave the database as migration made it, audit log and regulation included."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.audit import triggers


def counts() -> dict[str, int]:
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            found[table] = cursor.fetchone()[0]
    return found


@pytest.fixture(scope="module")
def seen() -> list[dict[str, int]]:
    return []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_what_a_committing_test_leaves_is_gone_and_what_migrations_loaded_is_there(turn: int, seen: list) -> None:
    seen.append(counts())
    assert seen[0] == seen[-1]
    assert ContentType.objects.exists()
    assert seen[0]["regulation_ruleversion"] > 0
    assert triggers.installed(connection)
    College.objects.create(code=f"Z{turn}", name=f"第{turn}学院")
    User.objects.create(staff_no=f"Z{turn}", name="林雨桐")
    assert College.objects.count() == 1
