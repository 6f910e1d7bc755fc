"""The exam affairs of a term: planned at once or from an earlier term, ticked with one tap, counted done ÷ all."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.actions import FormPage, ObjectActionPage, ObjectFormPage
from gaobo_banzhuren.web.errors import UserError
from gaobo_banzhuren.web.policy import Decision
from gaobo_banzhuren.web.views import visible

from ..forms.exam_affairs import AffairForm, CancelForm, CopyAffairsForm, PlanAffairsForm, TickForm
from ..models import ExamAffair
from ..models.records import led_class_ids
from ..policies import exams as policies
from ..retakes import Share
from ..services import exam_affairs as services
from .exam_common import READERS, STAFF, Crumbs, TermPage


class InTerm(TermPage):
    """A page about the term's affairs, and the way back to the list of that term."""

    def list_url(self) -> str:
        address = reverse("duties:exam_affairs")
        return f"{address}?term={self.term.pk}" if self.term else address

    def get_breadcrumbs(self) -> Crumbs:
        return [("考试", reverse("duties:exams")), ("考务", self.list_url()), (self.get_title(), None)]

    def get_success_url(self) -> str:
        return self.list_url()

    def need_term(self) -> Any:
        if self.term is None:
            raise UserError("校历里还没有学期，请继续教育学院先在「制度与校历」中建立。")
        return self.term


class Affairs(TermPage):
    roles = READERS
    title = "考务"
    template_name = "duties/exam_affairs.html"

    def get_breadcrumbs(self) -> Crumbs:
        return [("考试", reverse("duties:exams")), (self.title, None)]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render()

    def rows(self) -> list[ExamAffair]:
        found = visible(ExamAffair, self.user).filter(term=self.term, cancelled_at=None)
        return list(
            found.select_related("college", "school_class", "session", "responsible__user").order_by("due_on", "pk")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows, today = self.rows() if self.term else [], timezone.localdate()
        led = set(led_class_ids(self.user))
        for row in rows:
            row.overdue = row.done_on is None and row.due_on < today  # type: ignore[attr-defined]
            row.keep = policies.can_keep_affair(self.user, row.college_id)  # type: ignore[attr-defined]
            own = row.responsible is not None and row.responsible.user_id == self.user.pk
            row.tickable = bool(row.keep) or own or row.school_class_id in led  # type: ignore[attr-defined]
        plans = policies.can_plan_affairs(self.user)
        waiting = [row for row in rows if row.done_on is None]
        return context | {
            "waiting": sorted(waiting, key=lambda row: row.due_on),
            "done": [row for row in rows if row.done_on],
            "share": Share(*services.done_of(rows)),
            "plans": plans,
            "today": today,
            "several_colleges": len({row.college_id for row in rows}) > 1,
        }


class PlanAffairs(InTerm, FormPage):
    roles = STAFF
    title = "布置考务"
    form_class = PlanAffairsForm
    template_name = "duties/pick_students.html"
    submit_label = "布置"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user, "term": self.term}

    def perform(self, form: PlanAffairsForm) -> str:
        data, term = form.cleaned_data, self.need_term()
        rows = [
            services.AffairInput(item, data["due_on"], college, one, data["session"], responsible, data["note"])
            for item in data["wanted"]
            for college, one, responsible in _places(data)
        ]
        made = services.plan(self.user, term, rows)
        return f"已布置 {len(made)} 项，{len(rows) - len(made)} 项本学期已有。"


def _places(data: dict[str, Any]) -> list[tuple[Any, Any, Any]]:
    """College, class and named teacher of each item to make: one a class, or one for the college or school."""
    if data["classes"]:
        return [(one.college, one, None) for one in data["classes"].select_related("college")]
    return [(data["college"], None, data["responsible"])]


class CopyAffairs(InTerm, FormPage):
    roles = STAFF
    title = "照搬上学期的考务"
    form_class = CopyAffairsForm
    submit_label = "照搬"

    def get_form_kwargs(self) -> dict[str, Any]:
        earlier = self.terms.filter(starts_on__lt=self.term.starts_on) if self.term else self.terms.none()
        return super().get_form_kwargs() | {"user": self.user, "terms": earlier}

    def perform(self, form: CopyAffairsForm) -> str:
        data = form.cleaned_data
        made = services.plan_like(self.user, data["source"], self.need_term(), data["college"])
        return f"已照搬 {len(made)} 项，期限按离开学的天数推算，请核对。"


class OneAffair(InTerm):
    roles: ClassVar[tuple[Role, ...]] = READERS
    model: ClassVar[type[Model]] = ExamAffair
    object: Any

    def get_queryset(self) -> QuerySet[Any]:
        rows = visible(ExamAffair, self.user).filter(cancelled_at=None)
        return rows.select_related("term__school_year", "college", "school_class", "session", "responsible__user")

    @property
    def term(self) -> Any:
        return self.object.term

    def get_title(self) -> str:
        return f"{self.title}：{self.object.item}"

    def get_initial(self) -> dict[str, Any]:
        names = ("item", "due_on", "responsible", "note", "done_on", "version")
        return {name: getattr(self.object, name) for name in names}


class TickAffair(OneAffair, ObjectActionPage):
    """One tap on the list posts today; opened as a page it takes another day or the tick back."""

    title = "登记完成"
    form_class = TickForm
    submit_label = "保存"

    def get_decision(self) -> Decision:
        return policies.can_tick_affair(self.user, self.object, timezone.localdate())

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | {"done_on": self.object.done_on or timezone.localdate()}

    def perform(self, form: TickForm) -> str:
        data = form.cleaned_data
        services.tick(
            self.user, self.object, version=data["version"], done_on=data["done_on"], note=data["note"] or None
        )  # fmt: skip
        return f"「{self.object.item}」已完成。" if data["done_on"] else f"「{self.object.item}」改回未完成。"


class ChangeAffair(OneAffair, ObjectFormPage):
    roles = STAFF
    title = "修改考务事项"
    form_class = AffairForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user}

    def perform(self, form: AffairForm) -> str:
        services.change(self.user, self.object, **form.cleaned_data)
        return "已保存。"


class CancelAffair(OneAffair, ObjectActionPage):
    roles = STAFF
    title = "撤销考务事项"
    form_class = CancelForm
    submit_label = "撤销"
    submit_tone = "danger"

    def get_decision(self) -> Decision:
        return policies.can_keep_affair(self.user, self.object.college_id)

    def get_consequences(self) -> list[str]:
        return ["这一项不再出现，也不计入完成率；审计记录里保留。"]

    def perform(self, form: CancelForm) -> str:
        services.cancel(
            self.user, self.object, version=form.cleaned_data["version"], reason=form.cleaned_data["reason"]
        )  # fmt: skip
        return "已撤销。"
