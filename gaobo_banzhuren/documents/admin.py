"""Maintenance pages: attachments are listed, never changed; opening one goes through its scope."""

from django.contrib import admin

from gaobo_banzhuren.documents.models import StoredFile
from gaobo_banzhuren.web.admin_site import ScopedModelAdmin, admin_site


@admin.register(StoredFile, site=admin_site)
class StoredFileAdmin(ScopedModelAdmin):
    can_change = False
    list_display = ("shown_name", "content_type", "size", "purpose", "owner", "created_at")
    list_filter = ("content_type", "purpose")
    list_select_related = ("owner",)
    search_fields = ("shown_name", "owner__staff_no", "owner__name")
    fields = ("shown_name", "content_type", "size", "sha256", "purpose", "owner", "created_at")
    readonly_fields = fields
