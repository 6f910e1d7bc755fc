"""The machine's questions: alive, and ready."""

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from gaobo_banzhuren.web import health


def test_alive_without_asking_the_database(db: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        answer = Client().get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_ready_when_the_database_answers_and_is_migrated() -> None:
    assert Client().get("/readyz").status_code == 200


@pytest.mark.django_db
def test_not_ready_with_a_migration_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda *_: [("some", False)])

    assert Client().get("/readyz").status_code == 503


@pytest.mark.django_db
def test_not_ready_without_database_and_no_details(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise OperationalError("password authentication failed for 10.1.2.3")

    monkeypatch.setattr(health, "MigrationExecutor", broken)
    answer = Client().get("/readyz")

    assert (answer.status_code, answer.content) == (503, b"not ready\n")


@pytest.mark.django_db
def test_only_questions_are_answered() -> None:
    assert Client().post("/healthz").status_code == 405
