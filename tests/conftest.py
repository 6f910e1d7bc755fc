"""What every test stands on."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker

from tests import clean_database

hypothesis_settings.register_profile(
    "suite", deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.register_profile(
    "deep", deadline=None, max_examples=2000, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("suite")


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path: Path) -> None:
    """Uploads of one test are not seen by another."""
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture(scope="session", autouse=True)
def _tidy_files() -> Iterator[None]:
    folder = django_settings.TEST_FILES
    yield
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def _quick_migration() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        stack.enter_context(clean_database.migrated_quickly())
        yield stack


@pytest.fixture(scope="session")
def django_db_setup(
    _quick_migration: ExitStack, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """The migrated database, remembered so that tests which commit can leave it as they found it."""
    _quick_migration.close()
    with django_db_blocker.unblock():
        clean_database.remember()
    clean_database.install()
    yield
    clean_database.forget()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests marked `postgres` are left out where another database runs the suite."""
    if connection.vendor != "postgresql":
        reason = pytest.mark.skip(reason="only on PostgreSQL")
        for item in items:
            if item.get_closest_marker("postgres"):
                item.add_marker(reason)
