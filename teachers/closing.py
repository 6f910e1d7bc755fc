"""What has to be settled before a class is closed. Higher apps register what they know; chapter 1 asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from .models import SchoolClass

Check = Callable[[SchoolClass, dt.date], Sequence[str]]
"""The class and its last day → reasons in Chinese why it cannot be closed on it; none when it can."""

_checks: list[Check] = []


def register_check(check: Check) -> None:
    """Ask `check` before a class is closed. Registering twice changes nothing."""
    if check not in _checks:
        _checks.append(check)


def reasons_against(school_class: SchoolClass, closes_on: dt.date) -> list[str]:
    """Everything that stands against closing the class on the day."""
    return [reason for check in _checks for reason in check(school_class, closes_on)]
