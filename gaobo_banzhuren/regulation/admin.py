"""数据维护 of the regulation: everything that decides money or grades is shown, never edited here.

Versions, readings and years change on their own pages, where policy, preview and audit are.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin

from gaobo_banzhuren.web.admin_site import ScopedModelAdmin, admin_site

from .models import (
    CalendarDay,
    Interpretation,
    PayableMonth,
    Reading,
    ReadingDecision,
    RuleVersion,
    SchoolYear,
    SystemSetting,
    Term,
    VersionPreview,
)


class ShownOnly(ScopedModelAdmin):
    """Base of the tables here: looked at and searched, changed on their own pages."""

    can_change: ClassVar[bool] = False


@admin.register(RuleVersion, site=admin_site)
class RuleVersionAdmin(ShownOnly):
    list_display = ["title", "effective_from", "status", "document_no", "created_by", "activated_by", "activated_at"]
    list_filter = ["status"]
    list_select_related = ["created_by", "activated_by"]
    search_fields = ["title", "document_no", "note"]
    date_hierarchy = "effective_from"


@admin.register(VersionPreview, site=admin_site)
class VersionPreviewAdmin(ShownOnly):
    list_display = ["version", "since", "made_by", "made_at"]
    list_select_related = ["version", "made_by"]
    search_fields = ["version__title"]
    date_hierarchy = "made_at"


@admin.register(Reading, site=admin_site)
class ReadingAdmin(ShownOnly):
    list_display = ["code", "topic", "question", "setting_class", "default_text"]
    list_filter = ["topic", "setting_class"]
    search_fields = ["code", "question", "default_text"]


@admin.register(ReadingDecision, site=admin_site)
class ReadingDecisionAdmin(ShownOnly):
    list_display = ["reading", "version", "decided_by", "decided_at", "note"]
    list_filter = ["version"]
    list_select_related = ["reading", "version", "decided_by"]
    search_fields = ["reading__code", "reading__question", "note"]
    date_hierarchy = "decided_at"


@admin.register(Interpretation, site=admin_site)
class InterpretationAdmin(ShownOnly):
    list_display = ["label", "clause", "question", "reading", "given_on", "given_by"]
    list_filter = ["year"]
    list_select_related = ["reading", "given_by"]
    search_fields = ["clause", "question", "answer"]
    date_hierarchy = "given_on"


@admin.register(SystemSetting, site=admin_site)
class SystemSettingAdmin(ShownOnly):
    list_display = ["key", "value", "updated_by", "updated_at", "note"]
    list_select_related = ["updated_by"]
    search_fields = ["key", "note"]


@admin.register(SchoolYear, site=admin_site)
class SchoolYearAdmin(ShownOnly):
    list_display = ["name", "starts_on", "ends_on", "payable_confirmed_at", "payable_confirmed_by"]
    list_select_related = ["payable_confirmed_by"]
    search_fields = ["name"]


@admin.register(Term, site=admin_site)
class TermAdmin(ShownOnly):
    list_display = ["school_year", "number", "name", "starts_on", "ends_on"]
    list_filter = ["school_year"]
    list_select_related = ["school_year"]
    search_fields = ["name", "school_year__name"]


@admin.register(PayableMonth, site=admin_site)
class PayableMonthAdmin(ShownOnly):
    list_display = ["month", "school_year", "payable"]
    list_filter = ["payable", "school_year"]
    list_select_related = ["school_year"]
    date_hierarchy = "month"


@admin.register(CalendarDay, site=admin_site)
class CalendarDayAdmin(ShownOnly):
    list_display = ["day", "kind", "name"]
    list_filter = ["kind"]
    search_fields = ["name"]
    date_hierarchy = "day"
