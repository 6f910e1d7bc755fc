"""The filing of appointments with the continuing-education office (article 11)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.models import College
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.actions import FormPage
from gaobo_banzhuren.web.policy import Decision

from ..forms.appointments import FileManyForm, FilingFields, TextForm
from ..models import Appointment
from ..policies import filing as policies
from ..policies.common import MANAGERS
from ..services import filing as services
from .appointments import AppointmentAction, with_people
from .common import Crumbs

MOST_AT_ONCE = 200


class FilingQueue(FormPage):
    """All unfiled appointments of the school; several are filed under one number."""

    title = "聘任备案"
    lead = "各学院报来、尚未备案的聘任（第十一条）。备案前的津贴照发并附提示（口径 A-29）。"
    roles = (Role.OFFICE,)
    form_class = FileManyForm
    template_name = "teachers/filing_queue.html"
    submit_label = "备案所选"

    def get_rows(self) -> list[Appointment]:
        rows = Appointment.objects.visible_to(self.user).unfiled()
        asked = self.request.GET.get("college", "")
        if asked.isdecimal():
            rows = rows.filter(school_class__college_id=int(asked))
        ordered = with_people(rows).order_by("school_class__college__code", "school_class__code", "starts_on")
        found = list(ordered[:MOST_AT_ONCE])
        for row in found:
            row.decision = policies.can_file(self.user, row)  # type: ignore[attr-defined]
            row.may_ask = policies.can_question(self.user, row)  # type: ignore[attr-defined]
        return found

    def get_form_kwargs(self) -> dict[str, Any]:
        self.rows = self.get_rows()
        return super().get_form_kwargs() | {"offered": self.rows}

    def get_initial(self) -> dict[str, Any]:
        return {"filed_on": timezone.localdate()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        unfiled = Appointment.objects.visible_to(self.user).unfiled()
        colleges = College.objects.filter(classes__appointments__in=unfiled).distinct()
        return super().get_context_data(**kwargs) | {
            "rows": self.rows,
            "may_file": any(row.decision for row in self.rows),  # type: ignore[attr-defined]
            "count": unfiled.count(),
            "colleges": colleges,
            "asked": self.request.GET.get("college", ""),
            "most": MOST_AT_ONCE,
        }

    def perform(self, form: FileManyForm) -> str:
        data = form.cleaned_data
        count = services.file_appointments(
            self.user, data["rows"], filing_no=data["filing_no"], filed_on=data["filed_on"], versions=form.versions
        )
        return f"已备案 {count} 条，编号 {data['filing_no']}。"

    def get_success_url(self) -> str:
        return reverse("teachers:filing")


class FileAppointment(AppointmentAction):
    title = "备案"
    roles = (Role.OFFICE,)
    form_class = FilingFields
    submit_label = "备案"

    def get_breadcrumbs(self) -> Crumbs:
        return [("聘任备案", reverse("teachers:filing")), *super().get_breadcrumbs()[1:]]

    def get_decision(self) -> Decision:
        return policies.can_file(self.user, self.object)

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | {"filed_on": timezone.localdate()}

    def get_consequences(self) -> Sequence[str]:
        one = self.object
        return [
            f"{one.school_class}·{one.teacher.name}（{one.starts_on} 起）登记为已备案，津贴表上不再提示未备案。",
            "备案后的更正只能由继续教育学院办理。",
        ]

    def perform(self, form: FilingFields) -> str:
        data = form.cleaned_data
        services.file_appointments(
            self.user, [self.object], filing_no=data["filing_no"], filed_on=data["filed_on"],
            versions={self.object.pk: data["version"]},
        )  # fmt: skip
        return f"已备案，编号 {data['filing_no']}。"

    def get_success_url(self) -> str:
        return reverse("teachers:filing")


def labelled(form: TextForm, label: str) -> TextForm:
    """The form with its text called what it is here."""
    form.fields["text"].label = label
    return form


class AskBack(AppointmentAction):
    title = "退问"
    roles = (Role.OFFICE,)
    form_class = TextForm
    submit_label = "发给学院"

    def get_form(self) -> TextForm:
        return labelled(super().get_form(), "问题")

    def get_decision(self) -> Decision:
        return policies.can_question(self.user, self.object)

    def get_consequences(self) -> Sequence[str]:
        return [f"{self.object.school_class.college}会在首页看到，答复之前这条聘任不能备案。"]

    def perform(self, form: TextForm) -> str:
        services.ask_back(self.user, self.object, text=form.cleaned_data["text"], version=form.cleaned_data["version"])
        return "已发给学院，等待答复。"


class AnswerQuestion(AppointmentAction):
    title = "答复退问"
    roles = MANAGERS
    form_class = TextForm
    submit_label = "答复"

    def get_form(self) -> TextForm:
        return labelled(super().get_form(), "答复")

    def get_decision(self) -> Decision:
        return policies.can_answer(self.user, self.object)

    def get_consequences(self) -> Sequence[str]:
        return ["答复发给继续教育学院，聘任回到备案队列。"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        question = self.object.filing_question
        return super().get_context_data(**kwargs) | {"warning": question and f"继续教育学院退问：{question}"}

    def perform(self, form: TextForm) -> str:
        services.answer(self.user, self.object, text=form.cleaned_data["text"], version=form.cleaned_data["version"])
        return "已答复，等待备案。"
