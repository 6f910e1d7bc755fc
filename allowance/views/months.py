"""Months: the college's own, the office's collection of all, and the button that settles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from allowance.calculation import Month
from allowance.forms import SettleForm
from allowance.models import MonthSheet, SheetState
from allowance.overview import MonthOverview, month_overview, months_with_sheets
from allowance.own_months import college_months
from allowance.services.settlement import Settled, settle_month
from gaobo_banzhuren.accounts.models import College
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.regulation.models import SchoolYear
from gaobo_banzhuren.web.actions import FormPage
from gaobo_banzhuren.web.templatetags.gaobo import yuan
from gaobo_banzhuren.web.views import RolePage

from .base import KEEPERS, OFFICE, Crumbs, month_or_404

MONTHS_IN_SWITCHER = 18


class MonthsPage(RolePage):
    """For the office the newest month of all colleges, for a college its own months."""

    roles = KEEPERS

    def get_title(self) -> str:
        return "津贴汇总" if self.user.access.has(Role.OFFICE) else "津贴月表"

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.user.access.has(Role.OFFICE):
            months = months_with_sheets(self.user)
            month = Month.of(months[0] if months else timezone.localdate())
            return show_month(self, month)
        own = college_months(self.user)
        return self.render(
            template="allowance/months.html",
            lead="每月一张：结算、核对提示、提交；继续教育学院审核后送人事。",
            months=[row for row in own if not row.is_old],
            old=[row for row in own if row.is_old],
            school_year=year_name(own[0].month if own else timezone.localdate()),
            several=len({row.college.pk for row in own}) > 1,
            due=min((row for row in own if row.opens and row.is_due), key=lambda row: row.urgency, default=None),
            this_month=Month.of(timezone.localdate()),
            may_settle=self.user.access.has(Role.COLLEGE_ADMIN),
        )


def year_name(day: dt.date) -> str:
    """The school year of the day; empty where none is set up."""
    found = SchoolYear.objects.filter(starts_on__lte=day, ends_on__gte=day).first()
    return found.name if found else ""


class MonthPage(RolePage):
    """All colleges of one month, those that have not submitted first (C10.1b)."""

    roles = OFFICE

    def get_title(self) -> str:
        return f"{month_or_404(self.kwargs['month'])} 津贴汇总"

    def get_breadcrumbs(self) -> Crumbs:
        return [("津贴汇总", reverse("allowance:months")), (str(month_or_404(self.kwargs["month"])), None)]

    def get(self, request: HttpRequest, month: str) -> HttpResponse:
        return show_month(self, month_or_404(month))


@dataclass(frozen=True, slots=True)
class MonthAction:
    """The one thing the office does next in a month."""

    sentence: str
    label: str = ""
    url: str = ""
    icon_name: str = "arrow-right"


def show_month(page: RolePage, month: Month) -> HttpResponse:
    overview = month_overview(month, page.user)
    listed = months_with_sheets(page.user)[:MONTHS_IN_SWITCHER]
    waiting = dict(
        MonthSheet.objects.filter(state=SheetState.SUBMITTED)
        .order_by()
        .values_list("month")
        .annotate(count=Count("pk"))
    )
    months = [(day, waiting.get(day, 0)) for day in sorted({*listed, *waiting, month.first_day}, reverse=True)]
    return page.render(
        template="allowance/month.html",
        overview=overview,
        month=month,
        months=months,
        action=office_action(overview, waiting),
        school_year=year_name(month.first_day),
        may_settle=bool(overview.rules) and month.first_day <= timezone.localdate(),
    )


def office_action(overview: MonthOverview, submitted: Mapping[dt.date, int]) -> MonthAction:
    """To review first, here and then in the other months (`submitted`), then to bundle, then to remind."""
    month = overview.month
    waiting = next((row.sheet for row in overview.rows if row.sheet and row.sheet.state == "submitted"), None)
    if waiting:
        count = overview.count("submitted")
        return MonthAction(
            f"{count} 张月表等待审核。",
            f"审核 {waiting.college}",
            reverse("allowance:sheet", args=[waiting.pk]),
            "shield-check",
        )
    elsewhere = min(submitted, default=None)
    if elsewhere is not None:
        first = MonthSheet.objects.filter(month=elsewhere, state=SheetState.SUBMITTED).order_by("college__code")[0]
        late = f"本月 {len(overview.late)} 个学院还没有提交；" if overview.late else ""
        return MonthAction(
            f"{late}其他月份有 {sum(submitted.values())} 张月表等待审核。",
            f"审核 {elsewhere:%Y-%m} {first.college}",
            reverse("allowance:sheet", args=[first.pk]),
            "shield-check",
        )
    if overview.reviewed_free:
        url = f"{reverse('allowance:bundle_create')}?month={month}"
        return MonthAction(f"{overview.reviewed_free} 张月表已审核，可以编入批次送人事。", "编入批次", url, "archive")
    if overview.late:
        return MonthAction(f"{len(overview.late)} 个学院还没有提交。")
    if not overview.rows:
        return MonthAction("本月没有开设的班级，也没有月表。")
    return MonthAction("本月各学院都已办完。")


class SettlePage(FormPage):
    """Make or recompute the month's drafts: the college's own, or for the office all of them."""

    roles = (Role.COLLEGE_ADMIN, Role.OFFICE)
    title = "结算月份"
    form_class = SettleForm
    submit_label = "结算"
    template_name = "allowance/settle.html"
    lead = "按现在的名册、聘任、请假和制度生成草稿；已提交的月表不受影响，重复结算结果相同。"

    @property
    def colleges(self) -> Sequence[College]:
        if not hasattr(self, "_colleges"):
            access = self.user.access
            rows = (
                College.objects.all()
                if access.has(Role.OFFICE)
                else College.objects.filter(pk__in=access.colleges(Role.COLLEGE_ADMIN))
            )
            self._colleges = list(rows.order_by("code"))
        return self._colleges

    def get_breadcrumbs(self) -> Crumbs:
        return [(self.home_label, reverse("allowance:months")), (self.title, None)]

    @property
    def home_label(self) -> str:
        return "津贴汇总" if self.user.access.has(Role.OFFICE) else "津贴月表"

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET.get("month", "")[:7]
        return {"month": asked or f"{timezone.localdate():%Y-%m}", "college": self.request.GET.get("college", "")}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "colleges": self.colleges,
            "all_allowed": self.user.access.has(Role.OFFICE),
        }

    def perform(self, form: Any) -> str:
        month: Month = form.cleaned_data["month"]
        college: College | None = form.cleaned_data["college"]
        results = settle_month(month, actor=self.user, college=college)
        self._done_url = self._where(month, results, college)
        done = [item for item in results if item.recomputed]
        total = yuan(sum(item.sheet.total_fen for item in done))
        untouched = len(results) - len(done)
        rest = f"；{untouched} 个学院已提交，未改动" if untouched else ""
        return f"已结算 {month}：{len(done)} 个学院，合计 {total}{rest}。"

    def _where(self, month: Month, results: Sequence[Settled], college: College | None) -> str:
        if college and results:
            return reverse("allowance:sheet", args=[results[0].sheet.pk])
        return reverse("allowance:month", args=[str(month)])

    def get_success_url(self) -> str:
        return self._done_url
