"""Maintenance pages: the log is read, never written."""

from django.contrib import admin

from gaobo_banzhuren.web.admin_site import ScopedModelAdmin, admin_site

from . import labels
from .models import AuditEntry, ChainHead


@admin.register(AuditEntry, site=admin_site)
class AuditEntryAdmin(ScopedModelAdmin):
    can_change = False
    list_display = ("sequence", "at", "actor_name", "actor_staff_no", "action_text", "object_text", "reason")
    list_display_links = ("sequence",)
    search_fields = ("actor_name", "actor_staff_no", "object_text", "reason", "action")
    date_hierarchy = "at"
    ordering = ("-sequence",)
    fields = (
        "sequence", "at", "actor_staff_no", "actor_name", "role", "college_id", "address", "request_id", "action",
        "object_type", "object_id", "object_text", "before", "after", "reason", "previous_mac", "mac",
    )  # fmt: skip
    readonly_fields = fields

    @admin.display(description="动作", ordering="action")
    def action_text(self, entry: AuditEntry) -> str:
        return labels.action_label(entry.action)


@admin.register(ChainHead, site=admin_site)
class ChainHeadAdmin(ScopedModelAdmin):
    can_change = False
    list_display = ("sequence", "mac")
    fields = ("sequence", "mac")
    readonly_fields = fields
