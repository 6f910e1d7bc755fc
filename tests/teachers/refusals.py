"""A refusal writes nothing: neither the thing itself nor a trace in the log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.apps import apps

from gaobo_banzhuren.audit.models import AuditEntry
from gaobo_banzhuren.web.errors import NotAllowed, StaleError, UserError

__all__ = ["NotAllowed", "StaleError", "UserError", "everything", "refused"]


def everything() -> dict[str, list[dict[str, object]]]:
    """All rows of chapter 1 and the length of the log."""
    rows = {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for model in apps.get_app_config("teachers").get_models(include_auto_created=True)
    }
    return {**rows, "log": [{"entries": AuditEntry.objects.count()}]}


@contextmanager
def unchanged() -> Iterator[None]:
    before = everything()
    yield
    assert everything() == before


def refused(kind: type[UserError], action: Callable[[], object], *words: str) -> str:
    """The action fails with that error, whose text holds the words, and nothing was written."""
    with unchanged(), pytest.raises(kind) as caught:
        action()
    assert type(caught.value) is kind
    for word in words:
        assert word in caught.value.message
    return caught.value.message
