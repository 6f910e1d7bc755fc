"""One task of one class teacher: accept, report, return, close."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.actions import ObjectActionPage
from gaobo_banzhuren.web.policy import Decision
from gaobo_banzhuren.web.views import DetailPage
from teachers.views.common import Crumbs, Step, WithHistory

from ..forms.tasks import CloseForm, ReportForm, ReturnForm
from ..models import TaskAssignment
from ..policies import tasks as policies
from ..services import tasks as services
from .tasks import LIST, mark_due


class AssignmentPage(DetailPage):
    roles = policies.READERS
    model = TaskAssignment
    object_name = "assignment"

    def get_queryset(self) -> QuerySet[TaskAssignment]:
        rows: QuerySet[TaskAssignment] = super().get_queryset()
        return rows.select_related("task__college", "task__created_by", "teacher__user", "college", "closed_by")

    @property
    def is_own(self) -> bool:
        return bool(self.object.teacher.user_id == self.user.pk)

    def crumbs(self) -> Crumbs:
        if self.is_own:
            return [("我的任务", reverse(LIST) + ("?as=mine" if self.user.access.has(*policies.GIVERS) else ""))]
        return [("任务", reverse(LIST)), (self.object.task.title, self.object.task.get_absolute_url())]

    def get_breadcrumbs(self) -> Crumbs:
        return [*self.crumbs(), (self._name(), self.object.get_absolute_url()), (self.title, None)]

    def _name(self) -> str:
        return self.object.task.title if self.is_own else self.object.teacher.name

    def get_success_url(self) -> str:
        return str(self.object.get_absolute_url())


class AssignmentDetail(WithHistory, AssignmentPage):
    template_name = "duties/assignment.html"

    def get_title(self) -> str:
        return self._name() if self.is_own else f"{self.object.task.title}：{self.object.teacher.name}"

    def get_breadcrumbs(self) -> Crumbs:
        return [*self.crumbs(), (self._name(), None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        one, user, here = self.object, self.user, [self.object.pk]
        mark_due(one, timezone.localdate())
        if self.is_own:
            steps = [
                Step(
                    "上报",
                    reverse("duties:assignment_report", args=here),
                    policies.can_report(user, one),
                    "send",
                    "primary",
                ),
                Step(
                    "接收", reverse("duties:assignment_accept", args=here), policies.can_accept(user, one), "check-lg"
                ),
            ]
        else:
            close, back = policies.can_close(user, one), policies.can_return(user, one)
            steps = [
                Step("办结", reverse("duties:assignment_close", args=here), close, "check2-square", "primary"),
                Step("退回", reverse("duties:assignment_return", args=here), back, "arrow-counterclockwise"),
            ]
        return super().get_context_data(**kwargs) | {
            "task": one.task,
            "is_own": self.is_own,
            "reports": one.reports.prefetch_related("files").order_by("-number"),
            "steps": steps if self.is_own or policies.keeps(user, one.task.giver, one.task.college_id) else [],
            "entries": self.entries_of(user, one),
        }


class AssignmentAction(AssignmentPage, ObjectActionPage):
    """A step on one assignment."""


class Accept(AssignmentAction):
    title = "接收任务"
    roles = (Role.CLASS_TEACHER,)
    submit_label = "接收"

    def get_decision(self) -> Decision:
        return policies.can_accept(self.user, self.object)

    def get_consequences(self) -> list[str]:
        return [f"布置单位会看到您已接收；请在 {self.object.due_on:%Y-%m-%d} 前上报。"]

    def perform(self, form: Any) -> str:
        services.accept(self.user, self.object)
        return "已接收。"


class Report(AssignmentAction):
    title = "上报"
    roles = (Role.CLASS_TEACHER,)
    form_class = ReportForm
    template_name = "duties/assignment_report.html"
    submit_label = "上报"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        returned = self.object.reports.exclude(returned_at=None).order_by("number").last()
        return super().get_context_data(**kwargs) | {"task": self.object.task, "returned": returned}

    def get_initial(self) -> dict[str, Any]:
        last = self.object.reports.order_by("number").last()
        return {"text": last.text if last else ""}

    def get_decision(self) -> Decision:
        return policies.can_report(self.user, self.object)

    def perform(self, form: ReportForm) -> str:
        services.report(self.user, self.object, form.cleaned_data["text"], form.cleaned_data["files"] or ())
        return "已上报，等布置单位办结。"


class SendBack(AssignmentAction):
    title = "退回"
    roles = policies.GIVERS
    form_class = ReturnForm
    submit_label = "退回"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"due_on": self.object.due_on}

    def get_decision(self) -> Decision:
        return policies.can_return(self.user, self.object)

    def get_consequences(self) -> list[str]:
        return ["这次上报和原因都会保留，班主任修改后再次上报。", "退回后按新的期限（或原期限）计是否逾期。"]

    def perform(self, form: ReturnForm) -> str:
        services.send_back(self.user, self.object, form.cleaned_data["reason"], form.cleaned_data["due_on"])
        return "已退回，班主任会在首页看到。"


class Close(AssignmentAction):
    title = "办结"
    roles = policies.GIVERS
    form_class = CloseForm
    submit_label = "办结"

    def get_decision(self) -> Decision:
        return policies.can_close(self.user, self.object)

    def perform(self, form: CloseForm) -> str:
        services.close(self.user, self.object, form.cleaned_data["quality"])
        return "已办结。"
