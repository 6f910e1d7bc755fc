"""One-time codes: for one person, or a printable sheet for many. They are shown once, on the answer to the POST."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from gaobo_banzhuren.web.actions import FormPage, ObjectActionPage
from gaobo_banzhuren.web.policy import Decision
from gaobo_banzhuren.web.views import RolePage

from .. import policies
from ..filters import CandidatesFilter
from ..forms import CodesForm
from ..models import User
from ..policies import MANAGERS
from ..services import IssuedCode, issue_code, issue_codes

Crumbs = list[tuple[str, str | None]]
MOST_AT_ONCE = 1000


def show_codes(page: RolePage, issued: list[IssuedCode]) -> HttpResponse:
    """The sheet: a slip a person to cut out. Not kept anywhere; reloading does not bring it back."""
    context: dict[str, Any] = {
        "issued": issued,
        "sign_in_url": page.request.build_absolute_uri(reverse("accounts:login")),
        "title": "一次性登录码",
        "lead": "",
        "breadcrumbs": [("账号", reverse("accounts:people")), ("一次性登录码", None)],
    }
    return page.render(template="accounts/codes_sheet.html", **context)


class IssueCode(ObjectActionPage):
    title = "发一次性登录码"
    roles = MANAGERS
    model = User
    submit_label = "发登录码"

    def get_queryset(self) -> QuerySet[User]:
        rows: QuerySet[User] = super().get_queryset()
        return rows.select_related("home_college")

    def get_title(self) -> str:
        return f"{self.title}：{self.object}"

    def get_breadcrumbs(self) -> Crumbs:
        person = reverse("accounts:person", args=[self.object.pk])
        return [("账号", reverse("accounts:people")), (self.object.name, person), (self.title, None)]

    def get_decision(self) -> Decision:
        return policies.can_manage(self.user, self.object)

    def get_consequences(self) -> Sequence[str]:
        return [
            f"登录码只显示一次，{settings.ONE_TIME_CODE_DAYS} 天内有效，只能用一次；以前发的未用登录码作废。",
            "用登录码登录后必须先设置自己的密码。请当面或打电话交给本人，先确认身份。",
        ]

    def perform(self, form: Any) -> HttpResponseBase:
        return show_codes(self, [issue_code(self.user, self.object)])

    def get_success_url(self) -> str:
        return reverse("accounts:person", args=[self.object.pk])


class IssueCodes(FormPage):
    """Many at once: tick people or take everybody the filter shows (by default who never signed in)."""

    title = "批量发登录码"
    lead = "生成可打印的登录码条，每人一条，裁开后交给本人。登录码只显示这一次。"
    roles = MANAGERS
    template_name = "accounts/codes.html"
    form_class = CodesForm

    def get_breadcrumbs(self) -> Crumbs:
        return [("账号", reverse("accounts:people")), (self.title, None)]

    @property
    def filter(self) -> CandidatesFilter:
        if not hasattr(self, "_filter"):
            asked = self.request.GET.copy()
            asked.setdefault("state", "never")
            people = User.objects.visible_to(self.user).filter(is_active=True).exclude(pk=self.user.pk)
            people = people.select_related("home_college").prefetch_related("role_grants").order_by("staff_no")
            self._filter = CandidatesFilter(asked, queryset=people, request=self.request)
        return self._filter

    @property
    def candidates(self) -> list[User]:
        if not hasattr(self, "_candidates"):
            found = self.filter.qs if self.filter.form.is_valid() else User.objects.none()
            manageable = [person for person in found if policies.can_manage(self.user, person)]
            self._candidates = manageable[:MOST_AT_ONCE]
        return self._candidates

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"candidates": self.candidates}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context |= {"candidates": self.candidates, "filter": self.filter, "most": MOST_AT_ONCE}
        return context

    def perform(self, form: CodesForm) -> HttpResponseBase:
        return show_codes(self, issue_codes(self.user, form.cleaned_data["chosen"]))

    def get_success_url(self) -> str:
        return reverse("accounts:people")
