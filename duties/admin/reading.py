"""Every table of this app as a list and a page to look at. What is entered about students is not shown here."""

from __future__ import annotations

from typing import Any

from django.db.models import Field, Model

from gaobo_banzhuren.web.admin_site import ScopedModelAdmin, admin_site

from .. import models

CLOSED_FIELDS = frozenset({
    "text", "title", "details", "result", "note", "reason_note", "opinion", "before", "after", "category", "level",
    "client_id", "follow_up_on", "void_reason", "basis", "purpose", "reason", "decision_note",
})  # fmt: skip
"""Fields that may hold words about single students: read in the product's own pages, where reading is scoped and logged."""

SHOWN = (
    models.WorkRecord, models.AttendanceSession, models.StudentLeave, models.Course, models.ExamSession,
    models.ExamRegistration, models.ExamResult, models.ExamAffair, models.WeakCourse, models.WeakStudent, models.FeePeriod,
    models.FeeDue, models.Task, models.TaskAssignment, models.StaffMeeting, models.TermPaper, models.ClassPost,
    models.SpecialStudent, models.PlannedTalk, models.GraduateAward, models.Appraisal, models.DepartureItem,
    models.Target, models.Reminder,
    models.RecordClass, models.RecordStudent, models.RecordTag, models.RecordNote, models.RecordFile,
    models.AttendanceMark, models.AttendanceChange, models.PhoneConfirmation, models.TaskReport, models.MeetingAttendance, models.PaperVersion,
)  # fmt: skip


def _plain(model: type[Model]) -> list[Field[Any, Any]]:
    return [each for each in model._meta.concrete_fields if each.name not in CLOSED_FIELDS and not each.primary_key]


def _register(model: type[Model]) -> None:
    fields = _plain(model)
    names = tuple(each.name for each in fields)
    related = [each.name for each in fields if each.is_relation]
    page = type(
        f"{model.__name__}Admin",
        (ScopedModelAdmin,),
        {
            "can_change": False,
            "fields": names,
            "readonly_fields": names,
            "list_display": names[:7],
            "list_select_related": related or False,
            "list_filter": tuple(each.name for each in fields if each.choices)[:3],
        },
    )
    admin_site.register(model, page)


for _model in SHOWN:
    _register(_model)
