"""Maintenance pages of classes, students, class teachers and imports: to look at. Changes go through the product's pages."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from gaobo_banzhuren.web.admin_site import ScopedModelAdmin, admin_site

from ..models import (
    ClassTeacher,
    ColumnMemory,
    Guardian,
    ImportBatch,
    Programme,
    RosterEntry,
    SchoolClass,
    Student,
    TeacherDocument,
)
from .reading import ReadOnlyInline


@admin.register(Programme, site=admin_site)
class ProgrammeAdmin(ScopedModelAdmin):
    can_change = False
    list_display = ("project_type", "sponsor", "major")
    list_filter = ("project_type",)
    search_fields = ("sponsor", "major")


@admin.register(SchoolClass, site=admin_site)
class SchoolClassAdmin(ScopedModelAdmin):
    can_change = False
    list_display = ("code", "name", "college", "programme", "opens_on", "teaching_ends_on", "closes_on")
    list_filter = ("college", "programme__project_type")
    list_select_related = ("college", "programme")
    search_fields = ("code", "name", "name_pinyin", "name_initials")
    date_hierarchy = "opens_on"
    fields = (
        "code", "name", "college", "programme", "entry_year", "opens_on", "teaching_ends_on", "closes_on",
    )  # fmt: skip
    readonly_fields = fields


class RosterEntryInline(ReadOnlyInline):
    model = RosterEntry
    fields = ("school_class", "state", "starts_on", "ends_on", "note", "voided_at", "void_reason")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[RosterEntry]:
        return super().get_queryset(request).select_related("school_class")


class GuardianInline(ReadOnlyInline):
    model = Guardian
    fields = ("name", "relation")
    readonly_fields = fields


@admin.register(Student, site=admin_site)
class StudentAdmin(ScopedModelAdmin):
    """Phones stay off: whoever needs one opens the student's own page, where it is masked."""

    can_change = False
    list_display = ("student_no", "name", "sex", "exam_no")
    list_filter = ("sex",)
    search_fields = ("student_no", "name", "name_pinyin", "name_initials")
    fields = ("student_no", "name", "sex", "exam_no")
    readonly_fields = fields
    inlines = (RosterEntryInline, GuardianInline)


@admin.register(RosterEntry, site=admin_site)
class RosterEntryAdmin(ScopedModelAdmin):
    can_change = False
    list_display = ("student", "school_class", "state", "starts_on", "ends_on", "voided_at")
    list_filter = ("state", "school_class__college")
    list_select_related = ("student", "school_class")
    search_fields = ("student__student_no", "student__name", "school_class__code")
    date_hierarchy = "starts_on"
    fields = (
        "student", "school_class", "state", "starts_on", "ends_on", "note", "recorded_at", "recorded_by", "voided_at",
        "voided_by", "void_reason",
    )  # fmt: skip
    readonly_fields = fields


class DocumentInline(ReadOnlyInline):
    model = TeacherDocument
    fields = ("title", "added_at", "added_by", "removed_at")
    readonly_fields = fields


@admin.register(ClassTeacher, site=admin_site)
class ClassTeacherAdmin(ScopedModelAdmin):
    can_change = False
    list_display = ("user", "college", "category", "sex")
    list_filter = ("category", "college")
    list_select_related = ("user", "college")
    search_fields = ("user__staff_no", "user__name", "user__name_pinyin", "user__name_initials")
    fields = ("user", "college", "category", "sex")
    readonly_fields = fields
    inlines = (DocumentInline,)


@admin.register(ImportBatch, site=admin_site)
class ImportBatchAdmin(ScopedModelAdmin):
    can_change = False
    list_display = ("file_name", "college", "state", "created_by", "created_at", "committed_at", "undone_at")
    list_filter = ("state", "college")
    list_select_related = ("college", "created_by")
    search_fields = ("file_name", "created_by__name")
    date_hierarchy = "created_at"
    fields = (
        "file_name", "college", "sha256", "counts", "state", "created_by", "created_at", "committed_at", "undone_at",
    )  # fmt: skip
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImportBatch]:
        return super().get_queryset(request).defer("content", "preview", "changes", "problems")


@admin.register(ColumnMemory, site=admin_site)
class ColumnMemoryAdmin(ScopedModelAdmin):
    """A wrong guess that somebody taught the import can be taken back here; it changes no data."""

    can_change = False
    can_delete = True
    list_display = ("kind", "sheet", "header", "field", "remembered_by", "remembered_at")
    list_filter = ("kind", "sheet")
    list_select_related = ("remembered_by",)
    search_fields = ("header", "field")
