"""The registration grid of a class in a session: tick 已报 and 已缴费, put students on the list, check it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.web.actions import ActionPage, FormPage
from gaobo_banzhuren.web.errors import UserError
from gaobo_banzhuren.web.policy import Decision
from gaobo_banzhuren.web.views import find_or_404

from ..exam_numbers import RegistrationCount, registration_counts
from ..forms.exams import GridForm, PlanForm
from ..models import Course, ExamRegistration, RegistrationState
from ..policies import exams as policies
from ..retakes import open_retakes
from ..services import registrations as services
from .exam_common import Crumbs, SessionClassPage, students_of

State = RegistrationState
BOXES = ("registered", "paid", "given_up")


class Registrations(SessionClassPage, FormPage):
    """Rows by student; `?course=` narrows to one course. One button saves what was ticked, another notes the check."""

    title = "报名"
    template_name = "duties/registrations.html"
    form_class = GridForm
    autosave = False

    def get_title(self) -> str:
        return f"{self.school_class.name} 报名 · {self.session}"

    def get_breadcrumbs(self) -> Crumbs:
        return [*super().get_breadcrumbs()[:-1], ("报名", None)]

    def rows(self) -> QuerySet[ExamRegistration]:
        rows = ExamRegistration.objects.filter(school_class=self.school_class, session=self.session)
        return rows.select_related("student", "course", "checked_by").order_by("student__student_no", "course__code")

    @property
    def course(self) -> int | None:
        asked = self.request.GET.get("course", "")
        return int(asked) if asked.isdecimal() and len(asked) < 12 else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        everything = list(self.rows())
        courses = {row.course_id: row.course for row in everything}
        shown = [row for row in everything if self.course is None or row.course_id == self.course]
        students: dict[int, dict[str, Any]] = {}
        for row in shown:
            row.removable = row.state == State.PLANNED and not row.paid  # type: ignore[attr-defined]
            students.setdefault(row.student_id, {"student": row.student, "rows": []})["rows"].append(row)
        today = timezone.localdate()
        entered = ExamRegistration.objects.filter(school_class=self.school_class, session=self.session)
        return context | {
            "students": list(students.values()),
            "courses": sorted(courses.values(), key=lambda one: one.code),
            "course": self.course,
            "seen": ",".join(f"{row.pk}:{row.version}" for row in shown),
            "count": registration_counts(entered, "session_id").get((self.session.pk,), RegistrationCount()),
            "decision": policies.can_register(self.user, self.school_class, self.session, today),
            "plan": policies.can_plan_registrations(self.user, self.school_class, self.session, today),
            "ticked": self.ticked() if self.request.method == "POST" else _as_saved(shown),
            "unchecked": any(row.state == State.REGISTERED and row.checked_at is None for row in shown),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        _ = self.session
        return super().post(request, *args, **kwargs)

    def perform(self, form: GridForm) -> str:
        seen: dict[int, int] = form.cleaned_data["seen"]
        if "check" in self.request.POST:
            done = services.check(self.user, self.session, self.school_class, list(seen))
            return f"已核对 {done} 科次。" if done else "没有需要核对的。"
        ticked = self.ticked()
        both = ticked["registered"] & ticked["given_up"]
        if both:
            raise UserError(f"有 {len(both)} 行同时勾选了「已报」和「放弃」，请只留一个。")
        changes = [
            services.RegistrationChange(key, version, _state(key, ticked), key in ticked["paid"])
            for key, version in seen.items()
        ]
        changed = services.set_many(self.user, self.session, self.school_class, changes)
        return f"已保存，更改 {changed} 科次。" if changed else "没有改动。"

    def ticked(self) -> dict[str, set[int]]:
        """What was ticked; a refused grid is shown again with it."""
        return {
            name: {int(key) for key in self.request.POST.getlist(name) if key.isdecimal() and len(key) < 12}
            for name in BOXES
        }

    def get_success_url(self) -> str:
        address = reverse("duties:registrations", args=[self.session.pk, self.school_class.pk])
        return f"{address}?course={self.course}" if self.course else address


def _as_saved(rows: list[ExamRegistration]) -> dict[str, set[int]]:
    return {
        "registered": {row.pk for row in rows if row.state == State.REGISTERED},
        "paid": {row.pk for row in rows if row.paid},
        "given_up": {row.pk for row in rows if row.state == State.GIVEN_UP},
    }


def _state(key: int, ticked: dict[str, set[int]]) -> str:
    if key in ticked["registered"]:
        return State.REGISTERED
    return State.GIVEN_UP if key in ticked["given_up"] else State.PLANNED


class RemoveRegistration(SessionClassPage, ActionPage):
    """Take a row off the list that was put there by mistake."""

    title = "移出应报名单"
    submit_label = "移出"
    submit_tone = "danger"

    @property
    def registration(self) -> ExamRegistration:
        if not hasattr(self, "_registration"):
            rows = ExamRegistration.objects.filter(school_class=self.school_class, session=self.session)
            rows = rows.select_related("student", "course", "school_class", "session__college")
            self._registration: ExamRegistration = find_or_404(rows, pk=self.kwargs["registration"])
        return self._registration

    def get_title(self) -> str:
        return f"{self.title}：{self.registration.student.name} {self.registration.course.name}"

    def get_decision(self) -> Decision:
        _ = self.registration
        return policies.can_plan_registrations(self.user, self.school_class, self.session, timezone.localdate())

    def get_consequences(self) -> list[str]:
        return ["这一科次不再算应报。学生应报而不愿报的，请不要移出，在报名表里改为「放弃」。"]

    def perform(self, form: Any) -> str:
        services.remove(self.user, self.registration, version=self.registration.version)
        return "已移出。"

    def get_success_url(self) -> str:
        return reverse("duties:registrations", args=[self.session.pk, self.school_class.pk])

    def get_cancel_url(self) -> str:
        return self.get_success_url()


class PlanRegistrations(SessionClassPage, FormPage):
    """Put students down as 应报; `?retakes=1` offers those who still have to pass something."""

    title = "列出应报名单"
    form_class = PlanForm
    template_name = "duties/registration_plan.html"
    submit_label = "列入应报名单"

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        return kwargs | {"courses": Course.objects.all(), "students": students_of(self.school_class)}

    def get_initial(self) -> dict[str, Any]:
        if self.request.GET.get("retakes"):
            rows = open_retakes([self.school_class.pk])
            return {"courses": {row.course.pk for row in rows}, "students": {row.student.pk for row in rows}}
        return {"students": list(students_of(self.school_class).values_list("pk", flat=True))}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        plan = policies.can_plan_registrations(self.user, self.school_class, self.session, today)
        return super().get_context_data(**kwargs) | {"plan": plan}

    def perform(self, form: PlanForm) -> str:
        data = form.cleaned_data
        students = [student.pk for student in data["students"]]
        added = services.plan(self.user, self.session, self.school_class, data["courses"], students)
        return f"已列入 {added} 科次。" if added else "都已在名单上，没有新增。"

    def get_success_url(self) -> str:
        return reverse("duties:registrations", args=[self.session.pk, self.school_class.pk])

    def get_cancel_url(self) -> str:
        return self.get_success_url()
