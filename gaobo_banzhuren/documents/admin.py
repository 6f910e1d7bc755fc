"""Maintenance pages: attachments are listed, never changed; opening one goes through its scope."""

from django.contrib import admin

from gaobo_banzhuren.documents.models import StoredFile
from gaobo_banzhuren.web.admin_site import ScopedModelAdmin, admin_site


@admin.register(StoredFile, site=admin_site)
class StoredFileAdmin(ScopedModelAdmin):
    can_change = False
    list_display = ("listed_name", "content_type", "size", "purpose", "owner", "created_at")
    list_filter = ("content_type", "purpose")
    list_select_related = ("owner",)
    search_fields = ("owner__staff_no", "owner__name")
    fields = ("listed_name", "content_type", "size", "sha256", "purpose", "owner", "created_at")
    readonly_fields = fields

    @admin.display(description="文件名")
    def listed_name(self, stored: StoredFile) -> str:
        return stored.listed_name
