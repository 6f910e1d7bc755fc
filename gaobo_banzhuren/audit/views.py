"""The log: searched within scope, read entry by entry, exported for the auditor."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse

from gaobo_banzhuren.accounts.models import College
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.listing import ListPage
from gaobo_banzhuren.web.views import DetailPage

from . import labels
from .differences import changes
from .exports import export_entries
from .filters import EntryFilter
from .models import AuditEntry

READERS = (Role.AUDITOR, Role.OFFICE, Role.SYSADMIN, Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD)
EXPORTERS = (Role.AUDITOR, Role.OFFICE, Role.SYSADMIN)


class Entries(ListPage):
    title = "审计记录"
    lead = "谁、何时、从哪里、对什么做了什么、为什么。只增不改。"
    roles = READERS
    model = AuditEntry
    template_name = "audit/entries.html"
    filterset_class = EntryFilter
    orderings = {"new": ("最近在前", ("-sequence",)), "old": ("最早在前", ("sequence",))}

    @property
    def export_label(self) -> str:  # type: ignore[override]
        return "导出 Excel" if self.user.access.has(*EXPORTERS) else ""

    def render_export(self, rows: QuerySet[AuditEntry]) -> HttpResponse:
        return export_entries(self.user, rows, self.request.GET.dict())


class Entry(DetailPage):
    roles = READERS
    model = AuditEntry
    lookup = "sequence"
    object_name = "entry"
    template_name = "audit/entry.html"

    def get_title(self) -> str:
        return f"{labels.action_label(self.object.action)} · 第 {self.object.sequence} 条"

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return [("审计记录", reverse("audit:entries")), (f"第 {self.object.sequence} 条", None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entry: AuditEntry = self.object
        return super().get_context_data(**kwargs) | {
            "rows": changes(entry.before, entry.after, entry.object_type),
            "action_text": labels.action_label(entry.action),
            "type_text": labels.type_label(entry.object_type),
            "role_text": labels.role_label(entry.role),
            "college": College.objects.filter(pk=entry.college_id).first() if entry.college_id else None,
        }
