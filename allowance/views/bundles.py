"""Bundles of reviewed sheets: put together by the office, handed to HR, received by HR."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Count, QuerySet, Sum
from django.urls import reverse

from allowance import policies
from allowance.bundle_exports import bundle_sheets, people_of
from allowance.filters import BundleFilter
from allowance.forms import BundleForm, BundleSheetsForm
from allowance.models import Bundle, BundleState, MonthSheet, SheetState
from allowance.overview import control_of
from allowance.services import bundles
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.actions import FormPage, ObjectActionPage, ObjectFormPage, OptionalReasonForm
from gaobo_banzhuren.web.listing import ListPage
from gaobo_banzhuren.web.policy import Decision
from gaobo_banzhuren.web.templatetags.gaobo import yuan
from gaobo_banzhuren.web.views import DetailPage, find_or_404

from .base import HR, OFFICE, Crumbs

LIST = "津贴批次"


def free_sheets() -> QuerySet[MonthSheet]:
    """Reviewed and in no bundle."""
    rows = MonthSheet.objects.filter(state=SheetState.REVIEWED, bundle__isnull=True)
    return rows.select_related("college").order_by("month", "college__code")


class BundlesPage(ListPage):
    roles = (*OFFICE, *HR)
    title = LIST
    lead = "已审核的月表编成批次，一次送人事；人事下载后确认接收。"
    model = Bundle
    template_name = "allowance/bundles.html"
    filterset_class = BundleFilter
    orderings = {"new": ("最新在前", ("-created_at",)), "number": ("批次号", ("number",))}

    def get_queryset(self) -> QuerySet[Bundle]:
        rows: QuerySet[Bundle] = super().get_queryset()
        return rows.select_related("created_by").annotate(sheet_count=Count("sheets"), total=Sum("sheets__total_fen"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        office = self.user.access.has(Role.OFFICE)
        context["free"] = free_sheets().count() if office else 0
        context["may_create"] = office
        context["to_receive"] = (
            Bundle.objects.filter(state=BundleState.HANDED_OVER).order_by("handed_over_at").first()
            if self.user.access.has(Role.HR)
            else None
        )
        return context


class BundleDetailPage(DetailPage):
    """Base of the pages about one bundle."""

    roles: ClassVar[tuple[Role, ...]] = (*OFFICE, *HR)
    model = Bundle
    object_name = "bundle"

    def get_queryset(self) -> QuerySet[Bundle]:
        rows: QuerySet[Bundle] = super().get_queryset()
        return rows.select_related("created_by", "handed_over_by", "received_by")

    @property
    def sheets(self) -> list[MonthSheet]:
        if not hasattr(self, "_sheets"):
            self._sheets = bundle_sheets(self.object)
        return self._sheets

    def facts(self) -> str:
        """What leaves the house, in a sentence."""
        people = people_of(self.sheets)
        total = yuan(sum(sheet.total_fen for sheet in self.sheets))
        return f"批次 {self.object}：{len(self.sheets)} 张月表，{len(people)} 人，合计 {total}"

    def get_breadcrumbs(self) -> Crumbs:
        own = reverse("allowance:bundle", args=[self.object.pk])
        start: Crumbs = [(LIST, reverse("allowance:bundles"))]
        return (
            [*start, (str(self.object), own), (self.title, None)] if self.title else [*start, (str(self.object), None)]
        )

    def get_success_url(self) -> str:
        return reverse("allowance:bundle", args=[self.object.pk])


class BundlePage(BundleDetailPage):
    template_name = "allowance/bundle.html"

    def get_title(self) -> str:
        return f"批次 {self.object}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        bundle, user = self.object, self.user
        people = people_of(self.sheets)
        total = sum(sheet.total_fen for sheet in self.sheets)
        context |= {
            "sheets": self.sheets,
            "people": people,
            "total_fen": total,
            "school_fen": sum(sheet.school_fen for sheet in self.sheets),
            "college_fen": sum(sheet.college_fen for sheet in self.sheets),
            "people_fen": sum(person.amount_fen for person in people),
            "control": control_of(self.sheets),
            "is_office": user.access.has(Role.OFFICE),
            "is_hr": user.access.has(Role.HR),
            "is_open": bundle.state == BundleState.OPEN,
            "hand_over": policies.can_hand_over(user, bundle),
            "receive": policies.can_receive(user, bundle),
            "free": free_sheets().count() if bundle.state == BundleState.OPEN else 0,
        }
        return context


class BundleCreatePage(FormPage):
    roles = OFFICE
    title = "编入新批次"
    submit_label = "建立批次"
    template_name = "allowance/bundle_form.html"

    def get_breadcrumbs(self) -> Crumbs:
        return [(LIST, reverse("allowance:bundles")), (self.title, None)]

    def get_initial(self) -> dict[str, Any]:
        """The sheets of the month one comes from, or all."""
        month = self.request.GET.get("month", "")
        return {"sheets": [sheet.pk for sheet in free_sheets() if not month or f"{sheet.month:%Y-%m}" == month]}

    def get_form(self) -> BundleForm:
        return BundleForm(**self.get_form_kwargs(), sheets=free_sheets())

    def perform(self, form: Any) -> str:
        bundle = bundles.create_bundle(
            list(form.cleaned_data["sheets"]), actor=self.user, note=form.cleaned_data["note"]
        )
        self._done_url = reverse("allowance:bundle", args=[bundle.pk])
        return f"已建立批次 {bundle}，核对后送人事。"

    def get_success_url(self) -> str:
        return self._done_url


class BundleAddPage(BundleDetailPage, ObjectFormPage):
    roles = OFFICE
    title = "加入月表"
    submit_label = "加入"
    template_name = "allowance/bundle_form.html"

    def get_form(self) -> BundleSheetsForm:
        return BundleSheetsForm(**self.get_form_kwargs(), sheets=free_sheets())

    def perform(self, form: Any) -> str:
        chosen = list(form.cleaned_data["sheets"])
        bundles.add_sheets(self.object, chosen, actor=self.user)
        return f"已加入 {len(chosen)} 张月表。"


class BundleRemovePage(BundleDetailPage, ObjectActionPage):
    roles = OFFICE
    title = "移出月表"
    submit_label = "移出批次"

    @property
    def sheet(self) -> MonthSheet:
        if not hasattr(self, "_sheet"):
            self._sheet = find_or_404(self.object.sheets.select_related("college"), pk=self.kwargs["sheet"])
        return self._sheet

    def get_title(self) -> str:
        return f"移出 {self.sheet}"

    def get_decision(self) -> Decision:
        return policies.can_change_bundle(self.user, self.object)

    def get_consequences(self) -> Sequence[str]:
        return [f"{self.sheet} 移出批次 {self.object}，仍为已审核，可编入其他批次或重新打开。"]

    def perform(self, form: Any) -> str:
        bundles.remove_sheet(self.object, self.sheet, actor=self.user)
        return f"{self.sheet} 已移出。"


class HandOverPage(BundleDetailPage, ObjectActionPage):
    roles = OFFICE
    title = "送人事"
    submit_label = "送人事"

    def get_decision(self) -> Decision:
        return policies.can_hand_over(self.user, self.object)

    def get_consequences(self) -> Sequence[str]:
        school = yuan(sum(sheet.school_fen for sheet in self.sheets))
        college = yuan(sum(sheet.college_fen for sheet in self.sheets))
        return [
            f"{self.facts()}；学校承担 {school}，学院承担 {college}。",
            "送出后批次与其中的月表永不改变，也不能撤回；更正只能在以后的月份补发或扣回。",
            "人事部门在「津贴批次」中看到并下载，确认接收。",
        ]

    def perform(self, form: Any) -> str:
        bundles.hand_over(self.object, actor=self.user)
        return f"批次 {self.object} 已送人事。"


class ReceivePage(BundleDetailPage, ObjectActionPage):
    roles = HR
    title = "确认接收"
    submit_label = "确认接收"
    form_class = OptionalReasonForm

    def get_decision(self) -> Decision:
        return policies.can_receive(self.user, self.object)

    def get_consequences(self) -> Sequence[str]:
        return [f"{self.facts()}。", "确认后各学院和继续教育学院看到人事已接收，这些月份办结。"]

    def perform(self, form: Any) -> str:
        bundles.receive(self.object, actor=self.user, note=form.cleaned_data["reason"][:200])
        return f"批次 {self.object} 已确认接收。"
