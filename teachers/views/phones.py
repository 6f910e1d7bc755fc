"""The page that shows one whole number: it asks what for, notes it, and offers the call."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.http.response import HttpResponseBase
from django.urls import reverse

from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.actions import ObjectFormPage
from gaobo_banzhuren.web.views import find_or_404

from ..forms.phones import RevealForm
from ..models import ClassTeacher, Guardian, Student
from ..policies import roster as policies
from ..services import phones as services
from ..services.phones import PhonePurpose
from ..services.students import latest_entry

OFFICES = (Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD, Role.OFFICE)


class RevealPage(ObjectFormPage):
    """GET asks for the purpose under the masked number, POST shows the whole one once."""

    title = "显示完整号码"
    template_name = "teachers/student_phone.html"
    form_class = RevealForm
    autosave = False

    def whose(self) -> tuple[str, str, str]:
        """Whose number: the name, what kind of number, and the number."""
        raise NotImplementedError

    def reveal(self, purpose: PhonePurpose) -> str:
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        name, kind, number = self.whose()
        return context | {"person": name, "kind": kind, "masked": number, "purposes": PhonePurpose.choices}

    def perform(self, form: RevealForm) -> HttpResponseBase:
        number = self.reveal(PhonePurpose(form.cleaned_data["purpose"]))
        return self.render(number=number, dial=re.sub(r"[^\d+]", "", number))


class StudentPhone(RevealPage):
    roles = (*OFFICES, Role.CLASS_TEACHER)
    model = Student

    @property
    def object(self) -> Any:
        if not hasattr(self, "_object"):
            found = find_or_404(self.get_queryset(), pk=self.kwargs["pk"])
            if not policies.can_reveal(self.user, latest_entry(found).school_class):
                raise Http404
            self._object = found
        return self._object

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return [(self.object.name, self.get_success_url()), (self.title, None)]

    def get_success_url(self) -> str:
        return reverse("teachers:student", args=[self.object.pk])

    def whose(self) -> tuple[str, str, str]:
        return self.object.name, "手机", self.object.phone

    def reveal(self, purpose: PhonePurpose) -> str:
        return services.reveal_student_phone(self.user, self.object, purpose=purpose)


class GuardianPhone(StudentPhone):
    @property
    def guardian(self) -> Guardian:
        rows = Guardian.objects.select_related("student").filter(student=self.object)
        found: Guardian = find_or_404(rows, pk=self.kwargs["guardian"])
        return found

    def whose(self) -> tuple[str, str, str]:
        guardian = self.guardian
        return f"{self.object.name}的家长 {guardian}", "家长电话", guardian.phone

    def reveal(self, purpose: PhonePurpose) -> str:
        return services.reveal_guardian_phone(self.user, self.guardian, purpose=purpose)


class TeacherPhone(RevealPage):
    roles = OFFICES
    model = ClassTeacher

    def get_queryset(self) -> QuerySet[ClassTeacher]:
        rows = ClassTeacher.objects.visible_to(self.user).select_related("user", "college")
        if self.user.access.has(Role.OFFICE):
            return rows
        return rows.filter(college_id__in=self.user.access.colleges(Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD))

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return [
            ("班主任", reverse("teachers:people")),
            (self.object.name, self.get_success_url()),
            (self.title, None),
        ]

    def get_success_url(self) -> str:
        return reverse("teachers:teacher", args=[self.object.pk])

    def whose(self) -> tuple[str, str, str]:
        return self.object.name, "手机", self.object.phone

    def reveal(self, purpose: PhonePurpose) -> str:
        return services.reveal_teacher_phone(self.user, self.object, purpose=purpose)
