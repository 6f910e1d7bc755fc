"""The world is built once for each file and is gone after it; each test leaves it as it was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from .world import World, build


@pytest.fixture(scope="module")
def _built(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[World, Path]]:
    folder = tmp_path_factory.mktemp("access")
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(MEDIA_ROOT=folder):
            built = build()
        yield built, folder
        transaction.set_rollback(True)


@pytest.fixture
def db(_built: tuple[World, Path], _own_files: None, settings) -> Iterator[None]:
    """In place of the database fixture of all other tests, which knows no transaction around several tests."""
    settings.MEDIA_ROOT = _built[1]
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def world(_built: tuple[World, Path], db: None) -> World:
    return _built[0]
