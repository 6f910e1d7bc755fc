"""Class teachers' leave and stand-ins (A-14)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.actions import FormPage, ObjectActionPage, ReasonForm
from gaobo_banzhuren.web.policy import Decision
from gaobo_banzhuren.web.views import DetailPage

from ..filters import LeaveFilter
from ..forms.changes import LeaveForm, StandInForm
from ..models import Leave
from ..policies import leaves as policies
from ..services import leaves as services
from .common import COLLEGE_AND_OFFICE, Crumbs, NamedList

LIST = "teachers:leaves"
READERS = (*COLLEGE_AND_OFFICE, Role.CLASS_TEACHER)


def with_people(rows: QuerySet[Leave]) -> QuerySet[Leave]:
    return rows.select_related("teacher__user", "teacher__college", "stand_in__user")


class Leaves(NamedList):
    title = "班主任请假"
    roles = READERS
    model = Leave
    template_name = "teachers/leave_list.html"
    noun = "请假"
    filterset_class = LeaveFilter
    text_label = "姓名、拼音或工号"
    class_path = ""
    teacher_paths = ("teacher", "stand_in")
    orderings = {
        "newest": ("开始日期（新的在前）", ("-starts_on",)),
        "teacher": ("班主任", ("teacher__user__staff_no", "-starts_on")),
    }

    def get_queryset(self) -> QuerySet[Leave]:
        return with_people(super().get_queryset())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        limits = services.long_leave_days_of({row.starts_on for row in context["object_list"]})
        for row in context["object_list"]:
            row.days, limit = services.days_of(row), limits[row.starts_on]
            row.long = limit is not None and row.days >= limit
            row.change = policies.can_change(self.user, row)
        return context | {"manages": self.user.access.has(*COLLEGE_AND_OFFICE)}


class RecordLeave(FormPage):
    title = "登记请假"
    roles = COLLEGE_AND_OFFICE
    form_class = LeaveForm
    submit_label = "登记"

    def get_breadcrumbs(self) -> Crumbs:
        return [("班主任请假", reverse(LIST)), (self.title, None)]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user}

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET.get("teacher", "")
        return {"teacher": asked if asked.isdecimal() else None}

    def perform(self, form: LeaveForm) -> str:
        names = ("teacher", "kind", "starts_on", "ends_on", "stand_in", "reason")
        leave = services.record_leave(self.user, **{name: form.cleaned_data[name] for name in names})
        days = f"已登记 {services.days_of(leave)} 天。"
        if not services.is_long(leave):
            return days + "未达到长假天数，津贴不变。"
        if leave.stand_in is None:
            return days + "已达到长假天数：没有代班人，请假期间无人计发津贴，请尽快安排。"
        return days + f"已达到长假天数：请假期间的津贴归代班人{leave.stand_in.name}。"

    def get_success_url(self) -> str:
        return reverse(LIST)


class LeaveAction(DetailPage):
    roles = COLLEGE_AND_OFFICE
    model = Leave
    object_name = "leave"

    def get_queryset(self) -> QuerySet[Leave]:
        return with_people(super().get_queryset())

    def get_title(self) -> str:
        one = self.object
        return f"{self.title}：{one.teacher.name} {one.starts_on} 至 {one.ends_on}"

    def get_breadcrumbs(self) -> Crumbs:
        return [("班主任请假", reverse(LIST)), (self.title, None)]

    def get_decision(self) -> Decision:
        return policies.can_change(self.user, self.object)

    def get_success_url(self) -> str:
        return reverse(LIST)


class ChangeStandIn(LeaveAction, ObjectActionPage):
    title = "改派代班人"
    form_class = StandInForm
    submit_label = "保存"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user}

    def get_initial(self) -> dict[str, Any]:
        return {"stand_in": self.object.stand_in_id}

    def get_consequences(self) -> Sequence[str]:
        if services.is_long(self.object):
            return ["这是长假：整个请假期间的津贴归代班人；没有代班人则无人计发。"]
        return ["未达到长假天数，津贴不变；代班人只作记录。"]

    def perform(self, form: StandInForm) -> str:
        services.change_stand_in(self.user, self.object, form.cleaned_data["stand_in"])
        return "代班人已更改。"


class CancelLeave(LeaveAction, ObjectActionPage):
    title = "撤销请假"
    form_class = ReasonForm
    submit_label = "撤销"
    submit_tone = "danger"

    def get_consequences(self) -> Sequence[str]:
        return ["这次请假不再计算，记录保留并注明原因。日期有变请撤销后重新登记。"]

    def perform(self, form: ReasonForm) -> str:
        services.cancel_leave(self.user, self.object, reason=form.cleaned_data["reason"])
        return "请假已撤销。"
