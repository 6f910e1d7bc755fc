"""Pages made of the base classes, on colleges, beside the product's own addresses: for tests only."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import OperationalError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse

from gaobo_banzhuren.accounts.models import College
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.urls import handler400, handler403, handler404, handler500
from gaobo_banzhuren.urls import urlpatterns as product_urls
from gaobo_banzhuren.web.actions import FormPage, ObjectActionPage, ObjectFormPage, ReasonForm
from gaobo_banzhuren.web.errors import NotAllowed, StaleError, UserError
from gaobo_banzhuren.web.listing import ListPage
from gaobo_banzhuren.web.policy import ALLOW, Decision, deny
from gaobo_banzhuren.web.views import DetailPage, RolePage

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

CRUMBS: list[tuple[str, str | None]] = [("首页", "/"), ("学院", "/t/colleges/")]


class CollegeFilter(django_filters.FilterSet):
    name = django_filters.CharFilter(label="名称", lookup_expr="icontains")
    is_active = django_filters.ChoiceFilter(
        label="状态", choices=[("True", "在用"), ("False", "停用")], empty_label="全部"
    )

    class Meta:
        model = College
        fields = ("name", "is_active")


class Colleges(ListPage):
    title = "学院"
    lead = "各学院的名称与代码。停用的学院不再出现在新的记录里。"
    model = College
    template_name = "tests_web/colleges.html"
    filterset_class = CollegeFilter
    orderings = {"code": ("代码", ("code",)), "name": ("名称", ("name",))}
    export_label = "导出 Excel"
    text_label = "名称或代码"

    def search_text(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(Q(name__contains=text) | Q(code=text))

    def render_export(self, rows: QuerySet[Any]) -> HttpResponse:
        return HttpResponse("\n".join(rows.values_list("code", flat=True)), content_type="text/plain; charset=utf-8")


class OneCollege(DetailPage):
    model = College
    template_name = "tests_web/college.html"
    object_name = "college"

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return [*CRUMBS, (self.object.name, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        when = dt.datetime(2024, 3, 18, 9, 5, tzinfo=dt.UTC)
        return super().get_context_data(
            steps=[
                {"label": "提名", "state": "done"},
                {"label": "聘任", "state": "now", "note": "待备案"},
                {"label": "备案", "state": "todo"},
            ],
            events=[
                {"when": "2023-09-01", "title": "开班", "text": "48 人", "tone": "success", "icon": "flag"},
                {"when": "2024-03-18 起", "title": "王老师请假", "tone": "warning", "url": "/"},
            ],
            entries=[{"at": when, "who": "陈雨桐", "what": "停用", "reason": "与经济管理学院合并"}],
            decision=deny("还有 2 个班级没有班主任。"),
            **kwargs,
        )


class CollegeForm(forms.ModelForm):
    note = forms.CharField(label="说明", required=False, widget=forms.Textarea(attrs={"rows": 4}), help_text="可不填。")

    class Meta:
        model = College
        fields = ("code", "name", "is_active")


class NewCollege(FormPage):
    roles = (Role.OFFICE,)
    title = "新增学院"
    form_class = CollegeForm
    submit_label = "新增"
    autosave = True

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return [*CRUMBS, ("新增", None)]

    def perform(self, form: CollegeForm) -> str:
        if form.cleaned_data["name"] == "不可用":
            raise UserError("名称“不可用”是保留名称，请换一个。")
        if form.cleaned_data["name"] == "冲突":
            raise StaleError("王老师刚刚修改过，请核对。")
        form.save()
        return f"已新增 {form.cleaned_data['name']}。"

    def get_success_url(self) -> str:
        return reverse("t-colleges")


class NoteForm(forms.Form):
    note = forms.CharField(label="说明", max_length=50)


class Note(ObjectFormPage):
    model = College
    form_class = NoteForm

    def perform(self, form: NoteForm) -> str:
        return f"{self.object.name}：{form.cleaned_data['note']}"

    def get_success_url(self) -> str:
        return reverse("t-colleges")


class Close(ObjectActionPage):
    roles = (Role.OFFICE,)
    title = "停用学院"
    model = College
    form_class = ReasonForm
    submit_label = "停用"
    submit_tone = "danger"
    warning = "停用后不能为该学院新增班级。"

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return [*CRUMBS, (self.object.name, None)]

    def get_decision(self) -> Decision:
        return ALLOW if self.object.is_active else deny("该学院已经停用。")

    def get_consequences(self) -> list[str]:
        return [f"{self.object.name} 标为停用，已有的班级与记录不变。", "学院管理员仍可查看历史数据。"]

    def perform(self, form: ReasonForm) -> str:
        College.objects.filter(pk=self.object.pk, is_active=True).update(is_active=False)
        return f"已停用 {self.object.name}。"

    def get_success_url(self) -> str:
        return reverse("t-colleges")


class Raise(RolePage):
    """Raises what the address asks for."""

    def get(self, request: HttpRequest, what: str) -> HttpResponse:
        raise {
            "user": UserError("工作表“学生”第 3 行：学号重复。<script>alert(1)</script>"),
            "denied": NotAllowed("本月已提交，不能修改。"),
            "stale": StaleError("李老师 09:05 已修改。"),
            "big": RequestDataTooBig("secret detail"),
            "database": OperationalError("could not connect to 10.1.2.3"),
            "permission": PermissionDenied("secret detail"),
            "crash": RuntimeError("secret detail"),
        }[what]

    post = get


urlpatterns = [
    path("t/colleges/", Colleges.as_view(), name="t-colleges"),
    path("t/colleges/new/", NewCollege.as_view(), name="t-college-new"),
    path("t/colleges/<int:pk>/", OneCollege.as_view(), name="t-college"),
    path("t/colleges/<int:pk>/note/", Note.as_view(), name="t-note"),
    path("t/colleges/<int:pk>/close/", Close.as_view(), name="t-close"),
    path("t/raise/<str:what>/", Raise.as_view(), name="t-raise"),
    *product_urls,
]
