"""Two people at once: what the database refuses becomes a sentence, not a crash."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from gaobo_banzhuren.web.errors import StaleError


@contextmanager
def refusing_conflicts(message: str) -> Iterator[None]:
    """Run the block in a savepoint; a broken uniqueness becomes StaleError with `message`."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as problem:
        raise StaleError(message) from problem
