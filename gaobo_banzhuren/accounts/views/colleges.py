"""Colleges: list, new, rename."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from gaobo_banzhuren.web.actions import FormPage, ObjectFormPage
from gaobo_banzhuren.web.listing import ListPage

from ..forms import CollegeForm, NewCollegeForm
from ..models import College
from ..roles import Role
from ..services import create_college, rename_college, set_college_active

Crumbs = list[tuple[str, str | None]]
EDITORS = (Role.SYSADMIN, Role.OFFICE)


class Colleges(ListPage):
    title = "二级学院"
    roles = EDITORS
    model = College
    template_name = "accounts/colleges.html"
    orderings = {"code": ("代码", ("code",)), "name": ("名称", ("name",))}

    def get_queryset(self) -> QuerySet[College]:
        rows: QuerySet[College] = super().get_queryset()
        return rows.annotate(people_count=Count("people", filter=Q(people__is_active=True)))


class CreateCollege(FormPage):
    title = "新建学院"
    roles = EDITORS
    form_class = NewCollegeForm

    def get_breadcrumbs(self) -> Crumbs:
        return [("二级学院", reverse("accounts:colleges")), (self.title, None)]

    def perform(self, form: NewCollegeForm) -> str:
        college = create_college(self.user, **form.cleaned_data)
        return f"已建立 {college}。"

    def get_success_url(self) -> str:
        return reverse("accounts:colleges")


class EditCollege(ObjectFormPage):
    title = "修改学院"
    roles = EDITORS
    model = College
    form_class = CollegeForm

    def get_breadcrumbs(self) -> Crumbs:
        return [("二级学院", reverse("accounts:colleges")), (str(self.object), None)]

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.object.name, "is_active": self.object.is_active}

    @transaction.atomic
    def perform(self, form: CollegeForm) -> str:
        rename_college(self.user, self.object, name=form.cleaned_data["name"])
        set_college_active(self.user, self.object, active=form.cleaned_data["is_active"])
        return "学院已保存。"

    def get_success_url(self) -> str:
        return reverse("accounts:colleges")
