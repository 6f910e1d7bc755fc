"""Every table of this app as a list and a page to look at. What is entered about students is not shown here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.db.models import Field, Model, Q, QuerySet
from django.http import HttpRequest

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.web.admin_site import ScopedModelAdmin, admin_site
from teachers.models import Student

from .. import models
from ..policies.reading import known_students

CLOSED_FIELDS = frozenset({
    "text", "title", "details", "result", "note", "reason_note", "opinion", "before", "after", "category", "level",
    "client_id", "follow_up_on", "void_reason", "basis", "purpose", "reason", "decision_note",
})  # fmt: skip
"""Fields that may hold words about single students: read in the product's own pages, where reading is scoped and logged."""

OF_RECORDS = frozenset({"place", "way", "starts_at", "minutes", "exam_session", "course", "fee_period", "follows"})
"""Of records also these: of a confidential one they say more than that there is one."""

SHOWN = (
    models.WorkRecord, models.AttendanceSession, models.StudentLeave, models.Course, models.ExamSession,
    models.ExamRegistration, models.ExamResult, models.ExamAffair, models.WeakCourse, models.WeakStudent, models.FeePeriod,
    models.FeeDue, models.FeePayment, models.Task, models.TaskAssignment, models.StaffMeeting, models.TermPaper, models.ClassPost,
    models.SpecialStudent, models.PlannedTalk, models.GraduateAward, models.Appraisal, models.DepartureItem,
    models.Target, models.Reminder,
    models.RecordClass, models.RecordStudent, models.RecordTag, models.RecordNote, models.RecordFile,
    models.AttendanceMark, models.AttendanceChange, models.PhoneConfirmation, models.TaskReport, models.MeetingAttendance, models.PaperVersion,
)  # fmt: skip


def _named(user: User) -> QuerySet[models.WorkRecord]:
    """Records of which a list may name the students: of no others are students, files and notes shown (A-87)."""
    return models.WorkRecord.objects.visible_to(user).filter(known_students(user))


SCOPES: Final[dict[type[Model], Callable[[User], Q]]] = {
    models.RecordClass: lambda user: Q(record__in=models.WorkRecord.objects.visible_to(user)),
    models.RecordStudent: lambda user: Q(record__in=_named(user)),
    models.RecordNote: lambda user: Q(record__in=_named(user)),
    models.RecordFile: lambda user: Q(record__in=_named(user)),
    models.RecordTag: lambda user: (
        Q(record__in=models.WorkRecord.objects.visible_to(user))
        & (Q(group=models.RecordTag.Group.THEME) | Q(record__author=user))
    ),
    models.AttendanceMark: lambda user: Q(session__in=models.AttendanceSession.objects.visible_to(user)),
    models.AttendanceChange: lambda user: Q(session__in=models.AttendanceSession.objects.visible_to(user)),
    models.PhoneConfirmation: lambda user: Q(student__in=Student.objects.visible_to(user)),
    models.FeePayment: lambda user: Q(due__in=models.FeeDue.objects.visible_to(user)),
    models.TaskReport: lambda user: Q(assignment__in=models.TaskAssignment.objects.visible_to(user)),
    models.MeetingAttendance: lambda user: Q(meeting__in=models.StaffMeeting.objects.visible_to(user)),
    models.PaperVersion: lambda user: Q(paper__in=models.TermPaper.objects.visible_to(user)),
}
"""Rows without a scope of their own have that of what they belong to."""


class ReadingAdmin(ScopedModelAdmin):
    can_change = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        scope = SCOPES.get(self.model)
        if scope is None:
            return rows
        return rows.filter(scope(request.user)) if isinstance(request.user, User) else rows.none()


def _plain(model: type[Model]) -> list[Field[Any, Any]]:
    closed = CLOSED_FIELDS | OF_RECORDS if model is models.WorkRecord else CLOSED_FIELDS
    return [each for each in model._meta.concrete_fields if each.name not in closed and not each.primary_key]


def _register(model: type[Model]) -> None:
    fields = _plain(model)
    names = tuple(each.name for each in fields)
    related = [each.name for each in fields if each.is_relation]
    page = type(
        f"{model.__name__}Admin",
        (ReadingAdmin,),
        {
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
