"""Guardians' telephones of a class: call, and confirm once a school year (article 4 (1))."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.regulation.models import SchoolYear
from gaobo_banzhuren.regulation.school_calendar import school_year_of
from gaobo_banzhuren.web.actions import ObjectFormPage
from gaobo_banzhuren.web.views import DetailPage, find_or_404
from teachers.models import Guardian, SchoolClass, Student
from teachers.services.phones import PhonePurpose
from teachers.services.students import latest_entry
from teachers.views.phones import GuardianPhone

from ..forms.phones import ConfirmPhoneForm
from ..links import new_record_url
from ..models import PhoneConfirmation
from ..phones import phone_rows
from ..policies import phones as policies
from ..policies.fees import READERS, leads
from ..services import phones as services
from .fees import Crumbs, classes_of


def present_year() -> SchoolYear:
    """The school year of today. Raises UserError while the office has not set it up."""
    return school_year_of(timezone.localdate())


class Phones(DetailPage):
    """Unconfirmed students first; one tap shows the number to call, one more confirms it."""

    roles = READERS
    model = SchoolClass
    template_name = "duties/phones.html"
    object_name = "school_class"

    def get_queryset(self) -> QuerySet[SchoolClass]:
        return classes_of(self.user)

    @property
    def object(self) -> Any:
        if not hasattr(self, "_object"):
            self._object = find_or_404(self.get_queryset(), pk=self.kwargs["class_id"])
        return self._object

    def get_title(self) -> str:
        return f"{self.object}家长电话"

    def get_breadcrumbs(self) -> Crumbs:
        return [(str(self.object), reverse("teachers:class", args=[self.object.pk])), ("家长电话", None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        asked = self.request.GET.get("year", "")
        now = present_year()
        year = find_or_404(SchoolYear.objects.all(), name=asked) if asked else now
        rows = phone_rows(self.object, year)
        writes = leads(self.user, self.object) and year == now
        return context | {
            "year": year,
            "years": SchoolYear.objects.filter(starts_on__lte=now.starts_on, ends_on__gte=self.object.opens_on),
            "rows": rows,
            "confirmed": sum(row.confirmed for row in rows),
            "writes": writes,
            "purpose": PhonePurpose.CHECK.value,
            "call": PhoneConfirmation.Way.CALL.value,
            "today": timezone.localdate(),
        }


class CallGuardian(GuardianPhone):
    """The page of the whole number, with the confirmation under it."""

    template_name = "duties/phone_call.html"

    @property
    def school_class(self) -> SchoolClass:
        found: SchoolClass = latest_entry(self.object).school_class
        return found

    def get_breadcrumbs(self) -> Crumbs:
        return [(f"{self.school_class}家长电话", self.get_success_url()), (self.title, None)]

    def get_success_url(self) -> str:
        return f"{reverse('duties:phones', args=[self.school_class.pk])}#s{self.object.pk}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        guardian = self.guardian
        writes = bool(policies.can_confirm(self.user, self.school_class))
        return context | {
            "guardian": guardian,
            "confirm_form": ConfirmPhoneForm() if writes else None,
            "call": PhoneConfirmation.Way.CALL.value,
            "today": timezone.localdate(),
            "contact_url": new_record_url("parent_contact", self.school_class.pk, [self.object.pk]) if writes else "",
        }


class ConfirmPhone(ObjectFormPage):
    """The number is right: when, how, by whom."""

    roles = READERS[:1]
    model = Student
    title = "确认家长电话"
    form_class = ConfirmPhoneForm
    submit_label = "确认无误"
    autosave = False

    @property
    def object(self) -> Any:
        if not hasattr(self, "_object"):
            found = find_or_404(self.get_queryset(), pk=self.kwargs["pk"])
            if not policies.can_confirm(self.user, latest_entry(found).school_class):
                raise Http404
            self._object = found
        return self._object

    @property
    def guardian(self) -> Guardian:
        rows = Guardian.objects.select_related("student").filter(student=self.object)
        found: Guardian = find_or_404(rows, pk=self.kwargs["guardian"])
        return found

    def get_title(self) -> str:
        return f"确认家长电话：{self.object.name}的家长 {self.guardian}"

    def get_breadcrumbs(self) -> Crumbs:
        return [("家长电话", self.get_success_url()), (self.title, None)]

    def perform(self, form: ConfirmPhoneForm) -> str:
        data = form.cleaned_data
        services.confirm(self.user, self.guardian, present_year(), on=data["on"], way=data["way"], note=data["note"])
        return f"已确认{self.object.name}的家长 {self.guardian} 的电话。"

    def get_success_url(self) -> str:
        school_class = latest_entry(self.object).school_class
        return f"{reverse('duties:phones', args=[school_class.pk])}#s{self.object.pk}"
