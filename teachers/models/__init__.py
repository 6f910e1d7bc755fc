"""Chapter 1 as data: spans with dates instead of stored counters."""

from .appointments import EFFECTIVE_STATES, Appointment, AppointmentState, EndReason, FilingEvent, PostKind
from .changes import (
    ADJUSTMENT_REASONS,
    Dismissal,
    DismissalGround,
    DismissalState,
    Handover,
    HandoverItem,
    HandoverState,
)
from .classes import Phase, Programme, ProjectType, SchoolClass
from .imports import ColumnMemory, ImportBatch, ImportState
from .nominations import CONDITION_CLAUSES, CONDITIONS, Nomination, NominationCondition, NominationState
from .people import ClassTeacher, Leave, LeaveKind, StaffCategory, TeacherDocument
from .students import Guardian, RosterEntry, Sex, Student, StudentState

__all__ = [
    "ADJUSTMENT_REASONS", "CONDITIONS", "CONDITION_CLAUSES", "EFFECTIVE_STATES", "Appointment", "AppointmentState", "ClassTeacher", "ColumnMemory", "Dismissal",
    "DismissalGround", "DismissalState", "EndReason", "FilingEvent", "Guardian", "Handover", "HandoverItem",
    "HandoverState", "ImportBatch", "ImportState", "Leave", "LeaveKind", "Nomination", "NominationCondition",
    "NominationState", "Phase", "PostKind", "Programme", "ProjectType", "RosterEntry", "SchoolClass", "Sex",
    "StaffCategory", "Student", "StudentState", "TeacherDocument",
]  # fmt: skip
