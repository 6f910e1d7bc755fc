"""The tries at the sign-in page: for who looks after accounts and for the auditor."""

from __future__ import annotations

from django.db.models import QuerySet
from django.urls import reverse

from gaobo_banzhuren.web.listing import ListPage

from ..filters import AttemptFilter
from ..models import SignInAttempt
from ..roles import Role

ATTEMPT_READERS = (Role.SYSADMIN, Role.AUDITOR, Role.OFFICE)


class Attempts(ListPage):
    title = "登录记录"
    lead = "每一次登录成功、失败和因次数过多而被拒的尝试，含来源地址。"
    roles = ATTEMPT_READERS
    model = SignInAttempt
    template_name = "accounts/attempts.html"
    filterset_class = AttemptFilter
    orderings = {"new": ("最近在前", ("-at",)), "old": ("最早在前", ("at",))}

    def get_queryset(self) -> QuerySet[SignInAttempt]:
        rows: QuerySet[SignInAttempt] = super().get_queryset()
        return rows.select_related("user")

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return [("账号", reverse("accounts:people")), (self.title, None)]
