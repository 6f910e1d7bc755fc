"""Filters of the account lists."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.forms import HiddenInput
from django.http import HttpRequest
from django.utils import timezone

from .models import College, RoleGrant, SignInAttempt, User
from .roles import Role

WHOLE_SCHOOL = (Role.OFFICE, Role.HR, Role.SYSADMIN, Role.AUDITOR)


def colleges_in_scope(request: HttpRequest | None) -> QuerySet[College]:
    if request is None or not isinstance(request.user, User):
        return College.objects.none()
    return College.objects.visible_to(request.user)


class ChoiceAmongColleges(django_filters.FilterSet):
    """Only who sees several colleges is asked for one; lists show their column of colleges on the same condition."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user = self.request.user if self.request else None
        self.among_colleges = isinstance(user, User) and (
            user.access.has(*WHOLE_SCHOOL) or len(user.access.colleges()) > 1
        )
        if not self.among_colleges:
            # Not taken away: an address that asks for another college still finds nothing.
            self.filters["college"].extra["widget"] = HiddenInput


class PeopleFilter(ChoiceAmongColleges):
    q = django_filters.CharFilter(label="姓名、拼音或工号", method="by_text", max_length=40)
    role = django_filters.ChoiceFilter(label="角色", choices=Role.choices, method="by_role", empty_label="全部")
    college = django_filters.ModelChoiceFilter(
        label="学院", field_name="home_college", queryset=colleges_in_scope, empty_label="全部"
    )
    state = django_filters.ChoiceFilter(
        label="状态",
        choices=[("active", "启用"), ("inactive", "停用"), ("never", "从未登录"), ("code", "有未用的登录码")],
        method="by_state",
        empty_label="全部",
    )

    class Meta:
        model = User
        fields: list[str] = []

    def by_text(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        text = "".join(value.split())
        lower = text.lower()
        return rows.filter(
            Q(name__icontains=text)
            | Q(staff_no__istartswith=text)
            | Q(name_pinyin__startswith=lower)
            | Q(name_initials__startswith=lower)
        )

    def by_role(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        in_force = RoleGrant.objects.on(timezone.localdate()).filter(role=value)
        return rows.filter(pk__in=in_force.values("user"))

    def by_state(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        now = timezone.now()
        found: dict[str, Any] = {
            "active": Q(is_active=True),
            "inactive": Q(is_active=False),
            "never": Q(last_login=None),
            "code": Q(
                one_time_codes__used_at=None, one_time_codes__withdrawn_at=None, one_time_codes__expires_at__gt=now
            ),
        }
        return rows.filter(found[value]).distinct()


class CandidatesFilter(PeopleFilter):
    """Whom to print codes for: without a choice, those who never signed in."""

    state = django_filters.ChoiceFilter(
        label="状态",
        choices=[("never", "从未登录"), ("active", "全部启用的账号")],
        method="by_state",
        empty_label=None,
    )


class AttemptFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="工号", field_name="account", lookup_expr="istartswith", max_length=20)
    address = django_filters.CharFilter(label="来源地址", lookup_expr="startswith", max_length=45)
    outcome = django_filters.ChoiceFilter(label="结果", choices=SignInAttempt.Outcome.choices, empty_label="全部")

    class Meta:
        model = SignInAttempt
        fields: list[str] = []
