"""What a class teacher sees: the own months and why, and the headcounts to confirm."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from allowance.forms import HeadcountForm, ResolutionForm
from allowance.models import HeadcountConfirmation, HeadcountSnapshot
from allowance.my_months import my_months
from allowance.rosters import Names, names_behind
from allowance.services.headcounts import (
    Question,
    answer_headcount,
    confirmation_days,
    questions_for,
    resolve_objection,
)
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.actions import FormPage, ObjectFormPage
from gaobo_banzhuren.web.views import RolePage

from .base import TEACHER, Crumbs


class MinePage(RolePage):
    roles = TEACHER
    title = "我的津贴"
    lead = "学院提交月表以后，当月津贴显示在这里；点开看每个数是怎么来的。金额为税前。"
    template_name = "allowance/mine.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        waiting = [question for question in questions_for(self.user) if question.open and question.answer is None]
        return self.render(years=my_months(self.user), waiting=len(waiting))


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """A headcount to confirm, with the names where the roster is still the person's."""

    question: Question
    names: Names | None
    token: str


class HeadcountsPage(RolePage):
    """One tap per class says that the number is right (A-28)."""

    roles = TEACHER
    title = "人数确认"
    template_name = "allowance/headcounts.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        questions = questions_for(self.user)
        names = names_behind([question.snapshot for question in questions], self.user)
        shown = [
            ShownQuestion(question, names.get(question.snapshot.pk), secrets.token_urlsafe(24))
            for question in questions
        ]
        return self.render(
            lead=f"津贴按这个人数计算。核对后点「人数无误」；{confirmation_days()} 天内没有异议视为认可（口径 A-28）。",
            waiting=[item for item in shown if item.question.open and item.question.answer is None],
            answered=[item for item in shown if item.question.answer is not None],
            closed=[item for item in shown if not item.question.open and item.question.answer is None],
        )


class HeadcountAnswerPage(FormPage):
    """The tap posts here; whoever objects writes the text here."""

    roles = TEACHER
    title = "对人数有异议"
    form_class = HeadcountForm
    submit_label = "提出异议"
    template_name = "allowance/headcount_object.html"

    @property
    def question(self) -> Question:
        if not hasattr(self, "_question"):
            wanted = self.kwargs["pk"]
            found = next((item for item in questions_for(self.user) if item.snapshot.pk == wanted), None)
            if found is None:
                raise Http404
            self._question = found
        return self._question

    def get_breadcrumbs(self) -> Crumbs:
        return [(HeadcountsPage.title, reverse("allowance:headcounts")), (self.question.snapshot.class_name, None)]

    def get_initial(self) -> dict[str, Any]:
        return {"seen": self.question.snapshot.headcount, "agreed": ""}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        snapshot = self.question.snapshot
        context["snapshot"] = snapshot
        context["names"] = names_behind([snapshot], self.user).get(snapshot.pk)
        return context

    def perform(self, form: Any) -> str:
        data = form.cleaned_data
        agreed = data["agreed"] == "yes"
        snapshot = self.question.snapshot
        answer_headcount(
            snapshot, actor=self.user, agreed=agreed, seen=data["seen"], objection="" if agreed else data["objection"]
        )
        if agreed:
            return f"已确认 {snapshot.class_name} {snapshot.headcount} 人。"
        return "异议已提出，学院核对后会答复。"

    def get_success_url(self) -> str:
        return reverse("allowance:headcounts")


class ObjectionPage(ObjectFormPage):
    """The college answers an objection."""

    roles = (Role.COLLEGE_ADMIN,)
    title = "答复人数异议"
    model = HeadcountConfirmation
    object_name = "answer"
    form_class = ResolutionForm
    submit_label = "答复"
    template_name = "allowance/objection.html"

    def get_queryset(self) -> QuerySet[HeadcountConfirmation]:
        own = self.user.access.colleges(Role.COLLEGE_ADMIN)
        rows = HeadcountConfirmation.objects.visible_to(self.user).filter(agreed=False, school_class__college__in=own)
        return rows.select_related("school_class__college", "teacher__user")

    def get_title(self) -> str:
        return f"{self.object.school_class.name} {self.object.month:%Y-%m} 人数异议"

    def get_breadcrumbs(self) -> Crumbs:
        return [("津贴月表", reverse("allowance:months")), (self.title, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        answer = self.object
        snapshot = HeadcountSnapshot.objects.filter(
            school_class=answer.school_class_id,
            sheet__month=answer.month,
            sheet__college=answer.school_class.college_id,
        ).first()
        return super().get_context_data(**kwargs) | {"snapshot": snapshot}

    def perform(self, form: Any) -> str:
        resolve_objection(self.object, actor=self.user, resolution=form.cleaned_data["resolution"])
        return "已答复，提示已消除。名册有更正的，请重新结算本月。"

    def get_success_url(self) -> str:
        answer = self.object
        sheet = answer.school_class.college.month_sheets.filter(month=answer.month).first()
        return reverse("allowance:sheet", args=[sheet.pk]) + "#headcounts" if sheet else reverse("allowance:months")
