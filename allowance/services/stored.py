"""What a stored sheet carries with it."""

from __future__ import annotations

from allowance.models import MonthSheet
from gaobo_banzhuren.regulation.rules import AllowanceRules


def rules_of(sheet: MonthSheet) -> AllowanceRules:
    """The rules as they were when the sheet was computed."""
    return AllowanceRules.from_dict(sheet.rules)
