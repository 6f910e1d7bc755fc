"""One student's dues of one period: payments, what is waived or deferred, and why something is owed."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.urls import reverse

from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.actions import ObjectActionPage, ReasonForm
from gaobo_banzhuren.web.policy import Decision
from gaobo_banzhuren.web.templatetags.gaobo import money
from gaobo_banzhuren.web.views import DetailPage

from .. import arrears
from ..forms.fees import DeferForm, PaymentForm, ReasonWhyForm, WaiverForm
from ..models import FeeDue
from ..policies import fees as policies
from ..services import fees as services
from .fees import KEEPERS, Crumbs, classes_of


class DuePart(DetailPage):
    """Something about one due of a class that the person may open."""

    roles: ClassVar[tuple[Role, ...]] = KEEPERS
    model = FeeDue
    object_name = "due"

    def get_queryset(self) -> QuerySet[FeeDue]:
        seen = classes_of(self.user).order_by().values("pk")
        rows = arrears.with_present_class(FeeDue.objects.all())
        return rows.filter(Q(school_class__in=seen) | Q(present_class__in=seen)).select_related(
            "student", "school_class__college", "period"
        )

    def get_breadcrumbs(self) -> Crumbs:
        return [
            ("费用", reverse("duties:fees")),
            *self.class_crumb(),
            *self.last_crumbs(),
        ]

    def class_crumb(self) -> Crumbs:
        """The list that the person came from: of the class of the due, after a move of the present one."""
        due = self.object
        seen = classes_of(self.user).filter(pk__in=(due.school_class_id, due.present_class))
        one = next(iter(sorted(seen, key=lambda row: row.pk != due.school_class_id)))
        return [(f"{one}·{due.period}", reverse("duties:arrears", args=[due.period_id, one.pk]))]

    def last_crumbs(self) -> Crumbs:
        return [(self.object.student.name, self.get_success_url()), (self.title, None)]

    def get_success_url(self) -> str:
        return reverse("duties:fee_due", args=[self.object.pk])


class DuePage(DuePart):
    roles = policies.READERS
    template_name = "duties/fee_due.html"

    def get_title(self) -> str:
        return f"{self.object.student.name}：{self.object.period}"

    def last_crumbs(self) -> Crumbs:
        return [(self.object.student.name, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        due = self.object
        done = arrears.follow_ups(due.period, [due.student_id])
        return context | {
            "payments": due.payments.select_related("by"),
            "debtor": arrears.told_to(self.user, [arrears.Debtor(due, done.get(due.student_id, []))])[0],
            "keeps": policies.can_keep_dues(self.user, due.school_class.college_id),
            "reason": policies.can_note_reason(self.user, due),
        }


class DueAction(DuePart, ObjectActionPage):
    def get_decision(self) -> Decision:
        return policies.can_keep_dues(self.user, self.object.school_class.college_id)

    def get_title(self) -> str:
        return f"{self.title}：{self.object.student.name}"

    def facts(self) -> str:
        due = self.object
        text = f"应缴 {money(due.due_fen)}，已缴 {money(due.paid_fen)}，减免 {money(due.waived_fen)}"
        return f"{text}，尚欠 {money(due.owed_fen)} 元。"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"lead": self.facts()}


class Pay(DueAction):
    title = "登记缴费"
    form_class = PaymentForm
    submit_label = "登记"

    def get_initial(self) -> dict[str, Any]:
        owed = self.object.owed_fen
        return {"amount": money(owed).replace(",", "") if owed else None}

    def perform(self, form: PaymentForm) -> str:
        data = form.cleaned_data
        services.record_payment(self.user, self.object, data["amount"], data["on"], note=data["note"])
        return f"已登记。{self.facts()}"


class Waive(DueAction):
    title = "减免"
    form_class = WaiverForm

    def get_initial(self) -> dict[str, Any]:
        return {"waived": money(self.object.waived_fen).replace(",", "")}

    def perform(self, form: WaiverForm) -> str:
        services.waive(self.user, self.object, form.cleaned_data["waived"], form.cleaned_data["reason"])
        return f"已登记。{self.facts()}"


class Exempt(DueAction):
    form_class = ReasonForm

    def get_title(self) -> str:
        return f"{'取消免缴' if self.object.exempt else '免缴'}：{self.object.student.name}"

    def last_crumbs(self) -> Crumbs:
        return [(self.object.student.name, self.get_success_url()), ("免缴", None)]

    def get_consequences(self) -> list[str]:
        if self.object.exempt:
            return ["该生重新计入应缴，未缴部分算欠费。"]
        return ["该生本期不算应缴，不进入续费率和收费率。"]

    def perform(self, form: ReasonForm) -> str:
        services.exempt(self.user, self.object, form.cleaned_data["reason"], on=not self.object.exempt)
        return "已登记。"


class Defer(DueAction):
    title = "缓缴"
    form_class = DeferForm

    def get_initial(self) -> dict[str, Any]:
        return {"until": self.object.deferred_until}

    def perform(self, form: DeferForm) -> str:
        services.defer(self.user, self.object, form.cleaned_data["until"], form.cleaned_data["reason"])
        return "已登记。缓缴在缴清之前仍算未缴。"


class Reason(DueAction):
    roles = (Role.CLASS_TEACHER, *KEEPERS)
    title = "欠费原因"
    form_class = ReasonWhyForm

    def get_decision(self) -> Decision:
        return policies.can_note_reason(self.user, self.object)

    def get_initial(self) -> dict[str, Any]:
        due = self.object
        return {"reason": due.reason, "note": due.reason_note, "version": due.version}

    def perform(self, form: ReasonWhyForm) -> str:
        data = form.cleaned_data
        services.note_reason(self.user, self.object, data["reason"], data["note"], version=data["version"])
        return "欠费原因已登记。"

    def get_success_url(self) -> str:
        return str(self.class_crumb()[0][1])
