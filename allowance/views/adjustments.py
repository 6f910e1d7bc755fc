"""补发 and 扣回: what later facts make of closed months, adopted with a reason, decided by the office (A-22)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from allowance import policies
from allowance.calculation import Line
from allowance.explanation import Explanation, explain
from allowance.filters import AdjustmentFilter
from allowance.forms import AdjustmentForm, DecideForm, SeenReasonForm
from allowance.models import Adjustment, AdjustmentState, MonthSheet, SheetLine
from allowance.services import adjustments
from allowance.services.stored import rules_of
from gaobo_banzhuren.accounts.models import College
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.actions import FormPage, ObjectActionPage
from gaobo_banzhuren.web.errors import StaleError
from gaobo_banzhuren.web.listing import ListPage
from gaobo_banzhuren.web.policy import Decision
from gaobo_banzhuren.web.templatetags.gaobo import yuan
from gaobo_banzhuren.web.views import DetailPage, find_or_404

from .base import COLLEGE, KEEPERS, Crumbs

LIST = "津贴更正"


def in_scope(page: Any) -> QuerySet[Adjustment]:
    """Those of the colleges somebody keeps sheets for; the own ones of a class teacher are on the own pages."""
    rows = Adjustment.objects.visible_to(page.user)
    if not page.user.access.has(Role.OFFICE):
        rows = rows.filter(college__in=page.user.access.colleges(*COLLEGE))
    return rows.select_related("college", "teacher__user", "proposed_by", "decided_by", "sheet__college")


class AdjustmentsPage(ListPage):
    roles = KEEPERS
    title = LIST
    lead = "已送人事的月份不再改变。以后发现的差额在这里写明原因，批准后列入下一张月表补发或扣回（口径 A-22）。"
    model = Adjustment
    template_name = "allowance/adjustments.html"
    filterset_class = AdjustmentFilter
    orderings = {
        "new": ("最新在前", ("-proposed_at",)),
        "month": ("原月份", ("-origin_month", "college__code")),
        "amount": ("差额", ("amount_fen",)),
    }

    def get_queryset(self) -> QuerySet[Adjustment]:
        return in_scope(self)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        office = self.user.access.has(Role.OFFICE)
        state = AdjustmentState.PROPOSED if office else AdjustmentState.DETECTED
        context["todo"] = in_scope(self).filter(state=state).count()
        context["todo_state"] = state
        context["is_office"] = office
        context["may_create"] = self.user.access.has(Role.OFFICE, Role.COLLEGE_ADMIN)
        return context


@dataclass(frozen=True, slots=True)
class Sides:
    """What was settled and what today's facts give, each explained; None where there is no line."""

    old: Explanation | None
    new: Explanation | None


def sides_of(adjustment: Adjustment) -> Sides:
    origin = MonthSheet.objects.filter(college=adjustment.college_id, month=adjustment.origin_month).first()
    if origin is None:
        return Sides(None, None)
    rules, label = rules_of(origin), origin.rule_label
    colleges = dict(College.objects.values_list("code", "name"))

    def explained(data: Any) -> Explanation | None:
        return explain(Line.from_dict(data), rules, label, colleges) if data else None

    return Sides(explained(adjustment.explanation.get("old")), explained(adjustment.explanation.get("new")))


class AdjustmentDetailPage(DetailPage):
    """Base of the pages about one adjustment."""

    roles = KEEPERS
    model = Adjustment
    object_name = "adjustment"

    def get_queryset(self) -> QuerySet[Adjustment]:
        return in_scope(self)

    def name(self) -> str:
        item = self.object
        return f"{item.teacher.name} {item.origin_month:%Y-%m} {item.origin_kind}"

    def get_title(self) -> str:
        return f"{self.title}：{self.name()}" if self.title else self.name()

    def get_breadcrumbs(self) -> Crumbs:
        own = reverse("allowance:adjustment", args=[self.object.pk])
        more: Crumbs = [(self.title, None)] if self.title else []
        return [(LIST, reverse("allowance:adjustments")), (self.name(), own if more else None), *more]

    def get_success_url(self) -> str:
        return reverse("allowance:adjustment", args=[self.object.pk])

    def seen(self) -> str:
        return f"{self.object.state}:{self.object.amount_fen}"


class AdjustmentPage(AdjustmentDetailPage):
    template_name = "allowance/adjustment.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        item: Adjustment = self.object
        context |= {
            "sides": sides_of(item),
            "adopt": policies.can_propose_adjustment(self.user, item.college),
            "decide": policies.can_decide_adjustment(self.user, item),
            "is_office": self.user.access.has(Role.OFFICE),
            "origin": MonthSheet.objects.filter(college=item.college_id, month=item.origin_month).first(),
        }
        return context


class AdoptPage(AdjustmentDetailPage, ObjectActionPage):
    title = "提出更正"
    submit_label = "提出"
    form_class = SeenReasonForm

    def get_initial(self) -> dict[str, Any]:
        return {"seen": self.seen()}

    def get_decision(self) -> Decision:
        if self.object.state != AdjustmentState.DETECTED:
            return Decision(False, f"该项{self.object.get_state_display()}，不能再提出")
        return policies.can_propose_adjustment(self.user, self.object.college)

    def get_consequences(self) -> Sequence[str]:
        item = self.object
        kind = "补发" if item.amount_fen > 0 else "扣回"
        return [
            f"{self.name()}：已发 {yuan(item.settled_fen)}，应发 {yuan(item.recomputed_fen)}，{kind} {yuan(abs(item.amount_fen))}。",
            "由继续教育学院审批；批准后列入本学院下一张结算的月表。",
            "理由会写在月表备注里，人事和班主任本人都能看到。",
        ]

    def perform(self, form: Any) -> str:
        if form.cleaned_data["seen"] != self.seen():
            raise StaleError("差额刚有变化，请返回核对后再提出")
        adjustments.adopt(self.object, actor=self.user, reason=form.cleaned_data["reason"])
        return "已提出，等待继续教育学院审批。"


class DecidePage(AdjustmentDetailPage, ObjectActionPage):
    title = "审批更正"
    submit_label = "提交审批"
    form_class = DecideForm

    def get_decision(self) -> Decision:
        return policies.can_decide_adjustment(self.user, self.object)

    def get_initial(self) -> dict[str, Any]:
        return {"seen": self.seen()}

    def get_consequences(self) -> Sequence[str]:
        item = self.object
        kind = "补发" if item.amount_fen > 0 else "扣回"
        return [
            f"批准：{self.name()} {kind} {yuan(abs(item.amount_fen))}，列入 {item.college} 下一张结算的月表，只发一次。",
            "不批准：写明理由，本项结束；需要时学院可以重新提出。",
        ]

    def perform(self, form: Any) -> str:
        if form.cleaned_data["seen"] != self.seen():
            raise StaleError("本项刚有变化，请返回核对后再审批")
        approve = form.cleaned_data["answer"] == "approve"
        adjustments.decide(self.object, actor=self.user, approve=approve, note=form.cleaned_data["reason"])
        return "已批准，列入下一张结算的月表。" if approve else "未批准，已记下理由。"


class AdjustmentCreatePage(FormPage):
    """Enter a difference by hand; usually opened from a line of a closed sheet."""

    roles = (Role.COLLEGE_ADMIN, Role.OFFICE)
    title = "手工提出补发或扣回"
    lead = "只用于资料算不出的差额；资料有误的，先更正资料，系统会自己算出差额。"
    submit_label = "提出"
    form_class = AdjustmentForm

    def get_breadcrumbs(self) -> Crumbs:
        return [(LIST, reverse("allowance:adjustments")), (self.title, None)]

    def get_initial(self) -> dict[str, Any]:
        line = self._line()
        if line is None:
            return {}
        return {
            "college": line.sheet.college_id,
            "staff_no": line.staff_no,
            "origin_month": f"{line.sheet.month:%Y-%m}",
            "kind": line.kind,
        }

    def _line(self) -> SheetLine | None:
        asked = self.request.GET.get("line", "")
        if not asked.isdecimal():
            return None
        rows = SheetLine.objects.filter(sheet__in=MonthSheet.objects.visible_to(self.user))
        found: SheetLine = find_or_404(rows.select_related("sheet"), pk=int(asked[:15]))
        return found

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user}

    def perform(self, form: Any) -> str:
        data = form.cleaned_data
        created = adjustments.propose(
            actor=self.user, college=data["college"], teacher=data["staff_no"],
            origin_month=data["origin_month"].first_day, kind=data["kind"], amount_fen=data["amount"],
            reason=data["reason"],
        )  # fmt: skip
        self._done_url = reverse("allowance:adjustment", args=[created.pk])
        return "已提出，等待继续教育学院审批。"

    def get_success_url(self) -> str:
        return self._done_url
