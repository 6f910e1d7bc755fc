"""Chapter 1 as data: spans with dates instead of stored counters."""

from .appointments import Appointment, AppointmentState, EndReason, FilingEvent, PostKind
from .changes import Dismissal, DismissalGround, DismissalState, Handover, HandoverItem, HandoverState
from .classes import Phase, Programme, ProjectType, SchoolClass
from .imports import ColumnMemory, ImportBatch, ImportState
from .nominations import CONDITION_CLAUSES, Nomination, NominationCondition, NominationState
from .people import ClassTeacher, Leave, LeaveKind, StaffCategory, TeacherDocument
from .students import Guardian, RosterEntry, Sex, Student, StudentState

__all__ = [
    "CONDITION_CLAUSES", "Appointment", "AppointmentState", "ClassTeacher", "ColumnMemory", "Dismissal",
    "DismissalGround", "DismissalState", "EndReason", "FilingEvent", "Guardian", "Handover", "HandoverItem",
    "HandoverState", "ImportBatch", "ImportState", "Leave", "LeaveKind", "Nomination", "NominationCondition",
    "NominationState", "Phase", "PostKind", "Programme", "ProjectType", "RosterEntry", "SchoolClass", "Sex",
    "StaffCategory", "Student", "StudentState", "TeacherDocument",
]  # fmt: skip
