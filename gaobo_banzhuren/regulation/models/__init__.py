"""Tables of the regulation: versions, readings and interpretations, school calendar."""

from .calendar import CalendarDay, PayableMonth, SchoolYear, Term
from .readings import Interpretation, Reading, ReadingDecision
from .versions import RuleVersion, SystemSetting, VersionPreview

__all__ = [
    "CalendarDay",
    "Interpretation",
    "PayableMonth",
    "Reading",
    "ReadingDecision",
    "RuleVersion",
    "SchoolYear",
    "SystemSetting",
    "Term",
    "VersionPreview",
]
