"""Maintenance pages of the allowance: everything is read, nothing about money or the way of a sheet is edited here."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.web.admin_site import ScopedModelAdmin, admin_site
from gaobo_banzhuren.web.errors import UserError
from gaobo_banzhuren.web.templatetags.gaobo import money

from .calculation import Month
from .models import (
    Adjustment,
    Bundle,
    HeadcountConfirmation,
    HeadcountSnapshot,
    MonthSheet,
    SheetEvent,
    SheetLine,
    SheetVersion,
    SheetWarning,
)
from .services.settlement import settle_month


class ReadOnlyAdmin(ScopedModelAdmin):
    """Shown, searched and filtered, never changed."""

    can_change = False
    private: ClassVar[tuple[str, ...]] = ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [field.name for field in self.model._meta.concrete_fields if field.name not in self.private]


class OfSheetAdmin(ReadOnlyAdmin):
    """Rows of a sheet are as visible as the sheet."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        user = request.user
        assert isinstance(user, User)
        return super().get_queryset(request).filter(sheet__in=MonthSheet.objects.visible_to(user))


@admin.action(description="重新结算所选草稿")
def settle_again(modeladmin: ScopedModelAdmin, request: HttpRequest, rows: QuerySet[MonthSheet]) -> None:
    """The same service as the page and the command; a sheet past the draft state is refused by it, in words."""
    user = request.user
    assert isinstance(user, User)
    for sheet in rows.select_related("college").order_by("month", "college__code"):
        try:
            (settled,) = settle_month(Month.of(sheet.month), actor=user, college=sheet.college)
        except UserError as error:
            messages.error(request, f"{sheet}：{error.message}")
        else:
            changed = "已更新" if settled.changed else "没有变化"
            messages.success(request, f"{sheet}：{changed}，{money(settled.sheet.total_fen)} 元。")


@admin.register(MonthSheet, site=admin_site)
class MonthSheetAdmin(ReadOnlyAdmin):
    list_display = ("month", "college", "state", "version", "people", "total", "computed_at", "bundle")
    list_filter = ("state", "college")
    search_fields = ("college__name", "college__code", "bundle__number")
    date_hierarchy = "month"
    list_select_related = ("college", "bundle")
    private = ("rules",)

    @admin.display(description="金额（元）", ordering="total_fen")
    def total(self, sheet: MonthSheet) -> str:
        return money(sheet.total_fen)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Django offers actions only where something may be changed; this one asks the service, which asks the policy."""
        return {"settle_again": (settle_again, "settle_again", "重新结算所选草稿")}


@admin.register(SheetLine, site=admin_site)
class SheetLineAdmin(OfSheetAdmin):
    list_display = ("sheet", "sequence", "name", "staff_no", "kind", "formula", "amount")
    list_filter = ("kind", "category", "sheet__state", "sheet__college")
    search_fields = ("name", "staff_no", "classes")
    date_hierarchy = "sheet__month"
    list_select_related = ("sheet__college",)

    @admin.display(description="金额（元）", ordering="amount_fen")
    def amount(self, line: SheetLine) -> str:
        return money(line.amount_fen)


@admin.register(SheetWarning, site=admin_site)
class SheetWarningAdmin(OfSheetAdmin):
    list_display = ("sheet", "code", "text", "reason", "confirmed_by", "confirmed_at")
    list_filter = ("code", "sheet__college")
    search_fields = ("text", "reason", "subject")
    date_hierarchy = "sheet__month"
    list_select_related = ("sheet__college", "confirmed_by")


@admin.register(SheetEvent, site=admin_site)
class SheetEventAdmin(OfSheetAdmin):
    list_display = ("at", "sheet", "action", "by_name", "version", "reason")
    list_filter = ("action", "sheet__college")
    search_fields = ("by_name", "reason")
    date_hierarchy = "at"
    list_select_related = ("sheet__college",)


@admin.register(SheetVersion, site=admin_site)
class SheetVersionAdmin(OfSheetAdmin):
    list_display = ("sheet", "version", "kept_at", "reason")
    list_filter = ("sheet__college",)
    search_fields = ("reason",)
    date_hierarchy = "kept_at"
    list_select_related = ("sheet__college",)
    private = ("payload",)


@admin.register(HeadcountSnapshot, site=admin_site)
class HeadcountSnapshotAdmin(OfSheetAdmin):
    list_display = ("sheet", "class_code", "class_name", "basis_on", "headcount")
    list_filter = ("sheet__college", "phase")
    search_fields = ("class_code", "class_name")
    date_hierarchy = "basis_on"
    list_select_related = ("sheet__college",)
    private = ("roster",)


@admin.register(HeadcountConfirmation, site=admin_site)
class HeadcountConfirmationAdmin(ReadOnlyAdmin):
    list_display = ("school_class", "month", "teacher", "headcount", "agreed", "resolution", "answered_at")
    list_filter = ("agreed", "school_class__college")
    search_fields = ("school_class__name", "school_class__code", "teacher__user__name", "teacher__user__staff_no")
    date_hierarchy = "month"
    list_select_related = ("school_class", "teacher__user")


@admin.register(Adjustment, site=admin_site)
class AdjustmentAdmin(ReadOnlyAdmin):
    list_display = ("college", "teacher", "origin_month", "origin_kind", "amount", "state", "sheet", "proposed_at")
    list_filter = ("state", "college", "computed")
    search_fields = ("teacher__user__name", "teacher__user__staff_no", "reason")
    date_hierarchy = "origin_month"
    list_select_related = ("college", "teacher__user", "sheet__college")
    private = ("explanation",)

    @admin.display(description="差额（元）", ordering="amount_fen")
    def amount(self, item: Adjustment) -> str:
        return money(item.amount_fen)


@admin.register(Bundle, site=admin_site)
class BundleAdmin(ReadOnlyAdmin):
    list_display = ("number", "state", "created_by", "created_at", "handed_over_at", "received_at")
    list_filter = ("state",)
    search_fields = ("number", "note")
    date_hierarchy = "created_at"
    list_select_related = ("created_by",)
