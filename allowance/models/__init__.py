"""The month's sheets, their frozen lines, adjustments and bundles (article 10)."""

from .adjustments import Adjustment, AdjustmentState
from .bundles import Bundle, BundleState
from .headcounts import HeadcountConfirmation, HeadcountSnapshot
from .lines import LineKind, SheetLine
from .sheets import FROZEN_STATES, MonthSheet, SheetEvent, SheetState, SheetVersion
from .warnings import SheetWarning, WarningCode

__all__ = [
    "FROZEN_STATES", "Adjustment", "AdjustmentState", "Bundle", "BundleState", "HeadcountConfirmation",
    "HeadcountSnapshot", "LineKind", "MonthSheet", "SheetEvent", "SheetLine", "SheetState", "SheetVersion",
    "SheetWarning", "WarningCode",
]  # fmt: skip
