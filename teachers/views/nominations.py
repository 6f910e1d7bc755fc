"""Nominations: propose, confirm the five conditions, decide (article 1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.regulation.in_force import NoRuleError, rules_on
from gaobo_banzhuren.web.actions import FormPage, ObjectFormPage
from gaobo_banzhuren.web.errors import UserError
from gaobo_banzhuren.web.policy import Decision
from gaobo_banzhuren.web.views import DetailPage

from ..filters import NominationFilter
from ..forms.nominations import ConditionsForm, DecisionForm, DraftForm, NominationForm, RefusalForm, WithdrawForm
from ..models import Appointment, Nomination, StudentState
from ..policies import nominations as policies
from ..policies.common import MANAGERS
from ..queries import headcounts
from ..services import nominations as services
from .common import COLLEGE_AND_OFFICE, Crumbs, NamedList, Step, VersionedAction, WithHistory

LIST = "teachers:nominations"
DRAFT_FIELDS = ("starts_on", "kind", "planned_end_on", "share", "note")


class Nominations(NamedList):
    title = "班主任提名"
    lead = "学院提名、确认五项条件，由另一人决定，决定后即聘任并报备（第一条，口径 A-80）。"
    roles = COLLEGE_AND_OFFICE
    model = Nomination
    template_name = "teachers/nomination_list.html"
    noun = "提名"
    filterset_class = NominationFilter
    orderings = {"newest": ("提名时间（新的在前）", ("-created_at",)), "class": ("班级", ("school_class__code",))}

    def get_queryset(self) -> QuerySet[Nomination]:
        return super().get_queryset().select_related("school_class__college", "teacher__user", "created_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"manages": self.user.access.has(*MANAGERS)}


class CreateNomination(FormPage):
    title = "提名班主任"
    lead = "先选班级和人，下一步逐项确认第一条的五个条件。"
    roles = MANAGERS
    form_class = NominationForm
    submit_label = "下一步：确认条件"

    def get_breadcrumbs(self) -> Crumbs:
        return [("班主任提名", reverse(LIST)), (self.title, None)]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user}

    def get_initial(self) -> dict[str, Any]:
        return {"school_class": self.request.GET.get("class"), "starts_on": timezone.localdate()}

    def perform(self, form: NominationForm) -> str:
        names = ("school_class", "starts_on", "kind", "planned_end_on", "share", "note")
        data = form.cleaned_data
        self.nomination = services.create_nomination(
            self.user, teacher=data["person"], **{name: data[name] for name in names}
        )
        return "已建立提名草稿，请逐项确认条件。"

    def get_success_url(self) -> str:
        return reverse("teachers:nomination_conditions", args=[self.nomination.pk])


class NominationPage(DetailPage):
    model = Nomination
    roles = COLLEGE_AND_OFFICE
    object_name = "nomination"

    def get_queryset(self) -> QuerySet[Nomination]:
        rows: QuerySet[Nomination] = super().get_queryset()
        people = ("teacher__user", "teacher__college", "created_by", "submitted_by", "decided_by")
        return rows.select_related("school_class__college", *people).prefetch_related("conditions__attachment")

    def get_breadcrumbs(self) -> Crumbs:
        return [
            ("班主任提名", reverse(LIST)),
            (str(self.object), self.object.get_absolute_url()),
            (self.title, None),
        ]


class NominationDetail(WithHistory, NominationPage):
    template_name = "teachers/nomination_detail.html"

    def get_breadcrumbs(self) -> Crumbs:
        return [("班主任提名", reverse(LIST)), (str(self.object), None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        one: Nomination = self.object
        return super().get_context_data(**kwargs) | {
            "steps": self._steps(one),
            "load": teacher_load(one),
            "entries": self.entries_of(self.user, one),
            "appointment": Appointment.objects.filter(nomination=one).first(),
        }

    def _steps(self, one: Nomination) -> list[Step]:
        if not self.user.access.has(*MANAGERS):
            return []
        user = self.user

        def address(name: str) -> str:
            return reverse(f"teachers:{name}", args=[one.pk])

        withdraw = Step("撤回", address("nomination_withdraw"), policies.can_withdraw(user, one), "x-lg")
        if one.state == "draft":
            edit, submit = policies.can_edit(user, one), policies.can_submit(user, one)
            tone = "plain" if submit else "primary"
            return [
                Step("提交", address("nomination_submit"), submit, "send", "primary"),
                Step("填写条件", address("nomination_conditions"), edit, "pencil", tone),
                Step("修改日期", address("nomination_edit"), edit, "calendar-event"),
                withdraw,
            ]
        if one.state == "submitted":
            decide = policies.can_decide(user, one)
            return [
                Step("同意并聘任", address("nomination_decide"), decide, "check-lg", "primary"),
                Step("不同意", address("nomination_reject"), decide, "x-circle"),
                withdraw,
            ]
        return []


def teacher_load(nomination: Nomination) -> dict[str, Any]:
    """What the teacher leads on the first day, with and without this class; a hint from the number in the rules (A-84)."""
    first = nomination.starts_on
    others = (
        Appointment.objects.on(first).filter(teacher=nomination.teacher).exclude(school_class=nomination.school_class)
    )
    classes = [one.school_class for one in others.select_related("school_class")]
    days = {one.pk: first for one in [*classes, nomination.school_class]}
    heads = headcounts(days, [StudentState.ENROLLED])
    total = sum(heads.values())
    try:
        hint_from = rules_on(first).allowance.headcount_hint
    except NoRuleError:
        hint_from = None
    return {
        "classes": [(one, heads[one.pk]) for one in classes],
        "own": heads[nomination.school_class_id],
        "total": total,
        "many": hint_from is not None and bool(classes) and total >= hint_from,
        "hint_from": hint_from,
    }


class EditNomination(NominationPage, ObjectFormPage):
    title = "修改提名"
    lead = "班级和人选不能改；要换人请撤回后重新提名。"
    roles = MANAGERS
    form_class = DraftForm
    template_name = "web/form.html"

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in (*DRAFT_FIELDS, "version")}

    def perform(self, form: DraftForm) -> str:
        data = form.cleaned_data
        services.change_draft(self.user, self.object, **{name: data[name] for name in (*DRAFT_FIELDS, "version")})
        return "提名已修改。"

    def get_success_url(self) -> str:
        return str(self.object.get_absolute_url())


class EditConditions(NominationPage, ObjectFormPage):
    title = "选聘条件"
    roles = MANAGERS
    template_name = "teachers/nomination_conditions.html"
    submit_label = "保存"

    def get_form(self) -> ConditionsForm:
        data = (self.request.POST, self.request.FILES) if self.request.method == "POST" else ()
        return ConditionsForm(*data, rows=list(self.object.conditions.all()), version=self.object.version)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"decision": policies.can_edit(self.user, self.object)}

    def perform(self, form: ConditionsForm) -> str | None:
        services.save_conditions(self.user, self.object, form.given, version=form.cleaned_data["version"])
        if "submit" not in self.request.POST:
            return "已保存草稿。"
        # What was entered, attachments included, stays even when it cannot be submitted yet.
        try:
            services.submit(self.user, self.object)
        except UserError as error:
            messages.warning(self.request, f"已保存草稿，还不能提交：{error.message}")
            return None
        return "已提交，等学院另一人决定。"

    def get_success_url(self) -> str:
        return str(self.object.get_absolute_url())


class NominationAction(NominationPage, VersionedAction):
    roles = MANAGERS
    template_name = "web/confirm.html"

    def get_title(self) -> str:
        return f"{self.title}：{self.object}"

    def _who(self) -> str:
        one = self.object
        until = f"，聘期至 {one.planned_end_on}" if one.planned_end_on else ""
        return f"{one.teacher.name}（{one.teacher.staff_no}）从 {one.starts_on} 起任{one.school_class}{one.get_kind_display()}{until}"


class SubmitNomination(NominationAction):
    title = "提交提名"
    form_class = WithdrawForm
    submit_label = "提交"

    def get_form(self) -> Any:
        form = super().get_form()
        del form.fields["note"]
        return form

    def get_decision(self) -> Decision:
        return policies.can_submit(self.user, self.object)

    def get_consequences(self) -> Sequence[str]:
        return [
            f"{self._who()}。",
            "由学院负责人或另一位管理员决定；提名人自己不能决定。",
            "提交后条件不能再改，可以撤回。",
        ]

    def perform(self, form: WithdrawForm) -> str:
        services.submit(self.user, self.object, version=form.cleaned_data["version"])
        return "已提交，等学院另一人决定。"


class ApproveNomination(NominationAction):
    title = "同意提名"
    form_class = DecisionForm
    submit_label = "同意并聘任"

    def get_decision(self) -> Decision:
        return policies.can_decide(self.user, self.object)

    def get_consequences(self) -> Sequence[str]:
        return [f"{self._who()}，状态为已聘。", "同时向继续教育学院报备（第十一条）。", "到任后按在岗日计发津贴。"]

    def perform(self, form: DecisionForm) -> str:
        data = form.cleaned_data
        services.approve(self.user, self.object, note=data["note"], version=data["version"])
        return "已聘任，并向继续教育学院报备。"


class RejectNomination(NominationAction):
    title = "不同意提名"
    form_class = RefusalForm
    submit_label = "不同意"
    submit_tone = "danger"

    def get_decision(self) -> Decision:
        return policies.can_decide(self.user, self.object)

    def get_consequences(self) -> Sequence[str]:
        return ["提名结束，不聘任；提名人看到理由。需要时可以重新提名。"]

    def perform(self, form: RefusalForm) -> str:
        data = form.cleaned_data
        services.reject(self.user, self.object, note=data["note"], version=data["version"])
        return "已记为不同意。"


class WithdrawNomination(NominationAction):
    title = "撤回提名"
    form_class = WithdrawForm
    submit_label = "撤回"

    def get_decision(self) -> Decision:
        return policies.can_withdraw(self.user, self.object)

    def get_consequences(self) -> Sequence[str]:
        return ["提名结束，不聘任；记录保留。"]

    def perform(self, form: WithdrawForm) -> str:
        data = form.cleaned_data
        services.withdraw(self.user, self.object, note=data["note"], version=data["version"])
        return "已撤回。"
