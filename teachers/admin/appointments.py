"""Maintenance pages of the appointment side: to look at. Every change goes through the product's own pages."""

from __future__ import annotations

from django.contrib import admin

from gaobo_banzhuren.web.admin_site import ScopedModelAdmin, admin_site

from ..models import Appointment, Dismissal, FilingEvent, Handover, HandoverItem, Leave, Nomination, NominationCondition
from .reading import ReadOnlyInline


class FilingEventInline(ReadOnlyInline):
    model = FilingEvent
    fields = ("at", "kind", "by", "text")
    readonly_fields = fields


@admin.register(Appointment, site=admin_site)
class AppointmentAdmin(ScopedModelAdmin):
    can_change = False
    list_display = ("school_class", "teacher", "kind", "starts_on", "ends_on", "planned_end_on", "state", "filed_on")
    list_filter = ("state", "kind", "end_reason", "school_class__college")
    list_select_related = ("school_class", "teacher__user")
    search_fields = ("school_class__code", "school_class__name", "teacher__user__staff_no", "teacher__user__name")
    date_hierarchy = "starts_on"
    fields = (
        "school_class", "teacher", "kind", "starts_on", "ends_on", "planned_end_on", "end_reason", "share", "state",
        "filed_on", "filing_no", "filing_question", "nomination", "note", "recorded_at", "recorded_by",
    )  # fmt: skip
    readonly_fields = fields
    inlines = (FilingEventInline,)


class ConditionInline(ReadOnlyInline):
    model = NominationCondition
    fields = ("clause", "confirmed", "remark", "attachment")
    readonly_fields = fields


@admin.register(Nomination, site=admin_site)
class NominationAdmin(ScopedModelAdmin):
    can_change = False
    list_display = ("school_class", "teacher", "starts_on", "state", "created_by", "decided_by")
    list_filter = ("state", "kind", "school_class__college")
    list_select_related = ("school_class", "teacher__user", "created_by", "decided_by")
    search_fields = ("school_class__code", "school_class__name", "teacher__user__staff_no", "teacher__user__name")
    date_hierarchy = "created_at"
    fields = (
        "school_class", "teacher", "kind", "starts_on", "planned_end_on", "share", "note", "state", "created_by",
        "created_at", "submitted_by", "submitted_at", "decided_by", "decided_at", "decision_note",
    )  # fmt: skip
    readonly_fields = fields
    inlines = (ConditionInline,)


class HandoverItemInline(ReadOnlyInline):
    model = HandoverItem
    fields = ("kind", "content", "done")
    readonly_fields = fields


@admin.register(Handover, site=admin_site)
class HandoverAdmin(ScopedModelAdmin):
    can_change = False
    list_display = (
        "school_class",
        "takes_over_on",
        "reason",
        "state",
        "outgoing_confirmed_at",
        "incoming_confirmed_at",
    )
    list_filter = ("state", "reason", "school_class__college")
    list_select_related = ("school_class",)
    search_fields = ("school_class__code", "school_class__name")
    date_hierarchy = "takes_over_on"
    fields = (
        "school_class", "outgoing", "incoming", "takes_over_on", "reason", "note", "state", "proposed_by", "proposed_at",
        "outgoing_confirmed_at", "incoming_confirmed_at", "cancelled_at", "cancel_reason",
    )  # fmt: skip
    readonly_fields = fields
    inlines = (HandoverItemInline,)


@admin.register(Dismissal, site=admin_site)
class DismissalAdmin(ScopedModelAdmin):
    """Without facts and statement: those are read on the dismissal's own page."""

    can_change = False
    list_display = ("teacher", "college", "ground", "effective_on", "state", "decision_no")
    list_filter = ("state", "ground", "college")
    list_select_related = ("teacher__user", "college")
    search_fields = ("teacher__user__staff_no", "teacher__user__name", "decision_no")
    date_hierarchy = "proposed_at"
    fields = (
        "teacher", "college", "ground", "effective_on", "state", "proposed_by", "proposed_at", "statement_at",
        "decision_no", "decided_by", "decided_at",
    )  # fmt: skip
    readonly_fields = fields


@admin.register(Leave, site=admin_site)
class LeaveAdmin(ScopedModelAdmin):
    can_change = False
    list_display = ("teacher", "kind", "starts_on", "ends_on", "stand_in", "cancelled_at")
    list_filter = ("kind", "teacher__college")
    list_select_related = ("teacher__user", "stand_in__user")
    search_fields = ("teacher__user__staff_no", "teacher__user__name")
    date_hierarchy = "starts_on"
    fields = (
        "teacher", "kind", "starts_on", "ends_on", "stand_in", "reason", "recorded_at", "recorded_by", "cancelled_at",
        "cancel_reason",
    )  # fmt: skip
    readonly_fields = fields
