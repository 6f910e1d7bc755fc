"""One college's sheet of one month: everything about it on one page, and its way to the office."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse

from allowance import policies
from allowance.document import document_of
from allowance.forms import ConfirmWarningsForm
from allowance.models import Adjustment, HeadcountSnapshot, MonthSheet, SheetState
from allowance.rosters import names_behind
from allowance.services.settlement import rules_of
from allowance.versions import version_differences
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.regulation.rules import AllowanceRules, SplitLevel
from gaobo_banzhuren.web.views import DetailPage
from teachers.models import SchoolClass

from .base import KEEPERS, READERS, Crumbs, sheet_crumbs
from .shown import group_warnings, open_objections, shown_headcounts, shown_rows
from .steps import steps_of

BACK = ("退回", "重新打开")


class SheetDetailPage(DetailPage):
    """Base of the pages about one sheet."""

    roles: ClassVar[tuple[Role, ...]] = READERS
    model = MonthSheet
    object_name = "sheet"

    def get_queryset(self) -> QuerySet[MonthSheet]:
        rows: QuerySet[MonthSheet] = super().get_queryset()
        return rows.select_related(
            "college", "rule_version", "computed_by", "submitted_by", "reviewed_by", "bundle__received_by"
        )

    @property
    def only_hr(self) -> bool:
        """HR comes from its bundles, everybody else from the months."""
        return not self.user.access.has(*KEEPERS)

    def get_breadcrumbs(self) -> Crumbs:
        return sheet_crumbs(self.object, self.user, *([(self.title, None)] if self.title else []))

    def get_success_url(self) -> str:
        return reverse("allowance:sheet", args=[self.object.pk])

    def get_cancel_url(self) -> str:
        return self.get_success_url()


class SheetPage(SheetDetailPage):
    template_name = "allowance/sheet.html"

    def get_title(self) -> str:
        return f"{self.object.month:%Y-%m} {self.object.college}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        sheet: MonthSheet = self.object
        warnings = list(sheet.warnings.select_related("confirmed_by"))
        waiting = [warning for warning in warnings if warning.confirmed_at is None]
        document = document_of(sheet)
        may_edit = policies.can_edit_draft(self.user, sheet)
        headcounts = shown_headcounts(sheet)
        events = list(sheet.events.order_by("-at", "-id"))
        context |= {
            "document": document,
            "rows": shown_rows(sheet, document, self.user),
            "next": steps_of(self.user, sheet, len(waiting)),
            "open_warnings": len(waiting),
            "warning_groups": group_warnings(waiting, self.user),
            "confirmed": [warning for warning in warnings if warning.confirmed_at],
            "may_confirm": may_edit,
            "warning_form": ConfirmWarningsForm(sheet=sheet) if may_edit and waiting else None,
            "form_token": secrets.token_urlsafe(24),
            "returned": _returned(sheet, events),
            "funding": funding_sentence(rules_of(sheet)) if sheet.rules else "",
            "headcounts": headcounts,
            "objections": [] if self.only_hr else open_objections(headcounts),
            "may_resolve": sheet.college_id in self.user.access.colleges(Role.COLLEGE_ADMIN),
            "adjustments": Adjustment.objects.visible_to(self.user).filter(sheet=sheet).select_related("teacher__user"),
            "history": [_history(event) for event in events],
            "kept_versions": sheet.version - 1,
            "is_hr": self.only_hr,
            "sees_names": not self.only_hr,
            "is_draft": sheet.state == SheetState.DRAFT,
        }
        return context


def _returned(sheet: MonthSheet, events: Sequence[Any]) -> Any:
    """The event that brought the sheet back into the draft state it is in now."""
    if sheet.state != SheetState.DRAFT:
        return None
    return next((event for event in events if event.action in BACK and event.version == sheet.version), None)


def _history(event: Any) -> dict[str, Any]:
    return {
        "at": event.at,
        "what": f"{event.action}（第 {event.version} 版）",
        "who": event.by_name or "系统",
        "reason": event.reason,
    }


def funding_sentence(rules: AllowanceRules) -> str:
    """5.9 in words, from the rules the sheet was settled under."""
    level = "按学院月表合计分摊" if rules.split_level is SplitLevel.SHEET else "逐行分摊后相加"
    return f"学校与学院继续教育专户共同承担，{level}；分不尽的一分归{rules.odd_fen_to.label}（第十条一，口径 A-17）。金额均为税前。"


class VersionsPage(SheetDetailPage):
    """Every version with what was different in the next one."""

    title = "版次与差异"
    template_name = "allowance/versions.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["differences"] = version_differences(self.object)
        return context


class HeadcountPage(DetailPage):
    """The names behind a basis headcount, for whoever may see the class's roster."""

    roles = KEEPERS
    model = HeadcountSnapshot
    object_name = "snapshot"
    template_name = "allowance/headcount.html"

    def get_queryset(self) -> QuerySet[HeadcountSnapshot]:
        return HeadcountSnapshot.objects.filter(
            sheet__in=MonthSheet.objects.visible_to(self.user),
            school_class__in=SchoolClass.objects.visible_to(self.user),
        ).select_related("sheet__college")

    def get_title(self) -> str:
        return f"{self.object.class_name} 基准人数 {self.object.headcount} 人"

    def get_breadcrumbs(self) -> Crumbs:
        return sheet_crumbs(self.object.sheet, self.user, (self.object.class_name, None))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["names"] = names_behind([self.object], self.user).get(self.object.pk, [])
        context["frozen"] = self.object.sheet.state != SheetState.DRAFT
        return context
