"""One class in one session: statistics, marks, parents to tell, and results entered or corrected one by one."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.audit.models import AuditEntry
from gaobo_banzhuren.web.actions import FormPage
from gaobo_banzhuren.web.policy import Decision
from gaobo_banzhuren.web.views import find_or_404
from teachers.models import RosterEntry, Student

from .. import exam_figures as figures
from .. import retakes
from ..exam_numbers import RegistrationCount, educated, registration_counts
from ..forms.exams import CorrectionForm, ResultForm, VersionReasonForm
from ..kinds.words import STUDY
from ..models import Course, ExamRegistration, ExamResult, RegistrationState
from ..models.exams import ExamResultQuerySet
from ..policies import exams as policies
from ..policies.reading import told_to
from ..services import exams as services
from .exam_common import Crumbs, SessionClassPage, results_for


class ExamClassPage(SessionClassPage):
    """What the class teacher looks at after the results: per course, per student, and whose parents to tell."""

    title = "成绩"
    template_name = "duties/exam_class.html"

    def get_title(self) -> str:
        return f"{self.school_class.name} · {self.session}"

    def get_breadcrumbs(self) -> Crumbs:
        session = (str(self.session), reverse("duties:exam_session", args=[self.session.pk]))
        return [("考试", reverse("duties:exams")), session, (self.school_class.name, None)]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render()

    def results(self) -> ExamResultQuerySet:
        rows = results_for(self.user).filter(school_class=self.school_class, session=self.session)
        return rows.select_related("student", "course").order_by("student__student_no", "course__code")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        results = list(self.results())
        entered = ExamRegistration.objects.filter(school_class=self.school_class, session=self.session)
        registered = list(
            entered.filter(state=RegistrationState.REGISTERED).values_list("course_id", "student_id").order_by("pk")
        )  # fmt: skip
        papers = [
            (row.course_id, figures.Paper(row.student_id, row.course_id, row.status, row.score)) for row in results
        ]
        by_course = figures.count_by(papers, [(course, (student, course)) for course, student in registered])
        courses = {row.course_id: row.course for row in results}
        courses |= Course.objects.in_bulk({course for course, _ in registered} - set(courses))
        rows = sorted(((courses[key], one) for key, one in by_course.items()), key=lambda row: row[0].code)
        trouble = retakes.trouble_list([self.school_class.pk], sessions=[self.session.pk])
        untold = [row.student.pk for row in trouble if row.told is None]
        return context | {
            "courses": rows,
            "total": figures.pooled(by_course.values()),
            "registered": registration_counts(entered, "session_id").get((self.session.pk,), RegistrationCount()),
            "marks": _marks(results, [course for course, _ in rows]),
            "trouble": [(row, self.contact_url([row.student.pk])) for row in trouble],
            "told": retakes.told(trouble),
            "known": told_to(self.user, (row.told.public_id for row in trouble if row.told)),
            "needed": trouble[0].needed if trouble else None,
            "tell_all": self.contact_url(untold) if len(untold) > 1 else "",
            "educated": bool(educated(self.session, [self.school_class.pk])),
            "education_url": self.record_url("activity", category="pre_exam", session=self.session.pk),
            "violation_url": self.record_url("exam_violation", session=self.session.pk),
            "records": policies.can_record_results(self.user, self.school_class.college_id),
        }

    def contact_url(self, students: list[int]) -> str:
        return self.record_url("parent_contact", students, category=STUDY, session=self.session.pk)


def _marks(results: list[ExamResult], courses: list[Course]) -> list[dict[str, Any]]:
    """A row a student, a cell a course, in the order of the courses."""
    found: dict[Student, dict[int, ExamResult]] = {}
    for row in results:
        found.setdefault(row.student, {})[row.course_id] = row
    return [
        {
            "student": student,
            "cells": [(course, own.get(course.pk)) for course in courses],
            "failed": sum(one.status in figures.NOT_PASSED for one in own.values()),
        }
        for student, own in found.items()
    ]


class ResultPage(SessionClassPage, FormPage):
    """A form about results of the class; kept by the college's administrators and the office."""

    roles = (Role.COLLEGE_ADMIN, Role.OFFICE)

    def get_decision(self) -> Decision:
        return policies.can_record_results(self.user, self.school_class.college_id)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        # A college administrator who also leads a class elsewhere reads there and enters nothing.
        if self.user.access.has(*self.roles) and not self.get_decision():
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_success_url(self) -> str:
        return reverse("duties:exam_class", args=[self.session.pk, self.school_class.pk])

    def get_cancel_url(self) -> str:
        return self.get_success_url()


class ResultCreate(ResultPage):
    title = "登记成绩"
    form_class = ResultForm

    def get_form_kwargs(self) -> dict[str, Any]:
        entries = RosterEntry.objects.on(self.session.starts_on).filter(school_class=self.school_class)
        students = Student.objects.filter(pk__in=entries.exclude(state__in=services.GONE).values("student"))
        return super().get_form_kwargs() | {"students": students.order_by("student_no")}

    def perform(self, form: ResultForm) -> str:
        data = form.cleaned_data
        result = services.record_result(
            self.user, self.session, data["student"], data["course"], status=data["status"], score=data["score"],
            grade=data["grade"],
        )  # fmt: skip
        return f"已登记{result.student.name}「{result.course.name}」{result.status}。"


class OneResult(ResultPage):
    @property
    def result(self) -> ExamResult:
        if not hasattr(self, "_result"):
            rows: QuerySet[ExamResult] = results_for(self.user).filter(
                school_class=self.school_class, session=self.session
            )
            self._result: ExamResult = find_or_404(
                rows.select_related("student", "course", "school_class"), pk=self.kwargs["result"]
            )
        return self._result

    def get_title(self) -> str:
        return f"{self.title}：{self.result.student.name} {self.result.course.name}"


class ResultCorrect(OneResult):
    title = "更正成绩"
    template_name = "duties/result_correct.html"
    form_class = CorrectionForm
    submit_label = "更正"

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.result, name) for name in ("status", "score", "grade", "version")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entries = AuditEntry.objects.visible_to(self.user).filter(
            object_type=ExamResult._meta.label_lower, object_id=str(self.result.pk)
        )
        return super().get_context_data(**kwargs) | {
            "result": self.result, "entries": list(entries.order_by("-sequence")[:12]),
        }  # fmt: skip

    def perform(self, form: CorrectionForm) -> str:
        data = form.cleaned_data
        names = ("version", "status", "score", "grade", "reason")
        services.correct_result(self.user, self.result, **{name: data[name] for name in names})
        return "成绩已更正，补考名单和告知名单随之更新。"


class ResultRemove(OneResult):
    title = "删除成绩"
    form_class = VersionReasonForm
    submit_label = "删除"
    submit_tone = "danger"

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.result.version}

    def perform(self, form: VersionReasonForm) -> str:
        data = form.cleaned_data
        services.remove_result(self.user, self.result, version=data["version"], reason=data["reason"])
        return "成绩已删除，审计记录里保留原成绩和理由。"
