"""Appraisals and leaving lists of a graduating class, several students at once or one by one (article 6 (3))."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from gaobo_banzhuren.audit.services import record as audit
from gaobo_banzhuren.documents.pdf import render_pdf
from gaobo_banzhuren.documents.workbooks_out import PDF, attachment_response
from gaobo_banzhuren.web.actions import FormPage
from gaobo_banzhuren.web.error_views import user_error
from gaobo_banzhuren.web.errors import UserError
from gaobo_banzhuren.web.policy import Decision
from gaobo_banzhuren.web.templatetags.gaobo import yuan
from gaobo_banzhuren.web.views import find_or_404
from teachers.models import Student

from .. import graduates
from ..forms.graduation import DONE, EXCUSED, OPEN, STEP_CHOICES, AppraisalForm, LeavingForm, MarkForm, SettleForm
from ..models import Appraisal, DepartureItem
from ..opinions import warning_about
from ..policies import graduation as policies
from ..services import appraisals, departures
from .fees import Crumbs
from .graduation import OfClass

MISSING = {
    "self_summary_received": "自我鉴定", "stamped": "盖章", "qualification": "资审", "photo_ok": "照片",
    "identity_ok": "证件核对", "applied": "毕业申请",
}  # fmt: skip


class ClassForm(OfClass, FormPage):
    """A list of graduates with boxes to tick and one thing to do with them; readers see the list alone."""

    autosave = False

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With what was ticked before a refusal."""
        context = super().get_context_data(**kwargs)
        return context | {"ticked": {int(key) for key in self.request.POST.getlist("students") if key.isdecimal()}}

    @property
    def keep(self) -> Decision:
        if not hasattr(self, "_keep"):
            self._keep = policies.can_keep(self.user, self.object)
        return self._keep

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"graduates": self.graduates}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render(form=self.get_form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.keep:
            return self.render(form=self.get_form(), status=403)
        return super().post(request, *args, **kwargs)


class Appraisals(ClassForm):
    title = "毕业生鉴定"
    template_name = "duties/appraisals.html"
    form_class = MarkForm
    submit_label = "登记"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        there = {one.student_id: one for one in Appraisal.objects.filter(student__in=self.graduates)}
        rows = [self.row(student, there.get(student.pk)) for student in self.graduates]
        return context | {
            "rows": sorted(rows, key=lambda row: row["complete"]),
            "complete": sum(row["complete"] for row in rows),
            "thin": sum(bool(row["warning"]) for row in rows),
            "keep": self.keep,
        }

    def row(self, student: Student, one: Appraisal | None) -> dict[str, Any]:
        done = dict.fromkeys(dict(STEP_CHOICES), False)
        if one:
            done = {step: bool(getattr(one, step)) for step in done}
            done["qualification"] = one.qualification == Appraisal.Qualification.PASSED
        return {
            "student": student,
            "appraisal": one,
            "warning": warning_about(one.opinion if one else ""),
            "short": warning_about(one.opinion if one else "").partition("，")[0],
            "missing": [MISSING[step] for step in MISSING if not done[step]],
            "complete": one is not None and graduates.is_complete(one),
        }

    def perform(self, form: MarkForm) -> str:
        step = form.cleaned_data["step"]
        count = appraisals.mark(self.user, self.object, step, form.chosen)
        return f"已为 {count} 名学生登记「{dict(STEP_CHOICES)[step]}」。"

    def get_success_url(self) -> str:
        return self.url("appraisals")


class OfStudent(OfClass, FormPage):
    """A form about one graduate of the class."""

    @property
    def student(self) -> Student:
        if not hasattr(self, "_student"):
            keys = [one.pk for one in self.graduates]
            self._student: Student = find_or_404(Student.objects.filter(pk__in=keys), pk=self.kwargs["pk"])
        return self._student

    def get_title(self) -> str:
        return f"{self.title}：{self.student.name}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"student": self.student, "keep": policies.can_keep(self.user, self.object)}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render(form=self.get_form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        assert self.student
        if not policies.can_keep(self.user, self.object):
            return self.render(form=self.get_form(), status=403)
        return super().post(request, *args, **kwargs)


class AppraisalPage(OfStudent):
    title = "毕业生鉴定"
    template_name = "duties/appraisal.html"
    form_class = AppraisalForm

    @property
    def appraisal(self) -> Appraisal | None:
        return Appraisal.objects.filter(student=self.student).first()

    def last_crumbs(self) -> Crumbs:
        return [(self.title, self.url("appraisals")), (self.student.name, None)]

    def get_initial(self) -> dict[str, Any]:
        one = self.appraisal
        if one is None:
            return {"version": 0}
        return {name: getattr(one, name) for name in (*AppraisalForm.base_fields,)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        one = self.appraisal
        return context | {"appraisal": one, "thin": warning_about(one.opinion) if one else ""}

    def perform(self, form: AppraisalForm) -> str:
        saved, warning = appraisals.save(
            self.user, self.object, self.student, form.appraisal_fields(), version=form.cleaned_data["version"]
        )
        return f"已保存{saved.student.name}的鉴定。" + (f"请注意：{warning}。" if warning else "")

    def get_success_url(self) -> str:
        return self.url("appraisals")


class AppraisalsPdf(OfClass):
    """One page a graduate, to print, stamp and file."""

    title = "打印鉴定"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rows = list(Appraisal.objects.filter(student__in=self.graduates).exclude(opinion="").select_related("student"))
        try:
            if not rows:
                raise UserError("还没有写好的意见可以打印。")
            data = render_pdf(
                "duties/appraisals_pdf.html",
                {"rows": rows, "school_class": self.object, "today": timezone.localdate()},
                title=f"{self.object}毕业生鉴定",
            )
        except UserError as error:
            return user_error(request, error)
        with transaction.atomic():
            audit(
                self.user, "duties.appraisal_print", self.object, after={"rows": len(rows)},
                college=self.object.college_id,
            )  # fmt: skip
        return attachment_response(data, f"毕业生鉴定_{self.object}.pdf", PDF)


class Departures(ClassForm):
    title = "离校清单"
    template_name = "duties/departures.html"
    form_class = SettleForm
    submit_label = "登记"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows = graduates.leaving_lists([self.object.pk]).get(self.object.pk, [])
        owing = departures.owed_by([row.student.pk for row in rows])
        return context | {
            "rows": [
                {"leaving": row, "owed": yuan(owing[row.student.pk]) if row.student.pk in owing else ""}
                for row in sorted(rows, key=lambda row: row.done)
            ],
            "labels": DepartureItem.Item.labels,
            "done": sum(row.done for row in rows),
            "keep": self.keep,
            "against": graduates.against_closing(self.object, timezone.localdate()),
        }

    def perform(self, form: SettleForm) -> str:
        data = form.cleaned_data
        count = departures.settle(
            self.user, self.object, data["item"], form.chosen, on=data["on"], excused=data["excused"]
        )
        label = dict(DepartureItem.Item.choices)[data["item"]]
        return f"已为 {count} 名学生登记「{label}」{'免办' if data['excused'] else '办结'}。"

    def get_success_url(self) -> str:
        return self.url("departures")


class DeparturePage(OfStudent):
    title = "离校清单"
    template_name = "duties/departure.html"
    form_class = LeavingForm
    autosave = False

    def last_crumbs(self) -> Crumbs:
        return [(self.title, self.url("departures")), (self.student.name, None)]

    @property
    def items(self) -> dict[str, DepartureItem]:
        return {one.item: one for one in DepartureItem.objects.filter(student=self.student)}

    def get_initial(self) -> dict[str, Any]:
        initial: dict[str, Any] = {}
        there = self.items
        for item in DepartureItem.Item.values:
            one = there.get(item)
            state = OPEN if one is None else EXCUSED if one.excused_reason else DONE
            initial |= {
                f"{item}_state": state,
                f"{item}_on": one.done_on if one else None,
                f"{item}_reason": one.excused_reason if one else "",
            }
        return initial

    def perform(self, form: LeavingForm) -> str:
        data, before = form.cleaned_data, self.get_initial()
        students = [self.student.pk]
        for item in DepartureItem.Item.values:
            names = (f"{item}_state", f"{item}_on", f"{item}_reason")
            state, on, reason = (data[name] for name in names)
            if [state, on, reason] == [before[name] for name in names]:
                continue
            if state == OPEN:
                departures.reopen(self.user, self.object, item, students)
            else:
                excused = reason if state == EXCUSED else ""
                departures.settle(self.user, self.object, item, students, on=on, excused=excused)
        return f"已保存{self.student.name}的离校清单。"

    def get_success_url(self) -> str:
        return self.url("departures")
