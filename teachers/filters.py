"""Filters of the appointment lists: by class or person, college, and what is still to be done."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from gaobo_banzhuren.accounts.filters import ChoiceAmongColleges, colleges_in_scope
from gaobo_banzhuren.accounts.models import College

from .models import (
    Appointment,
    AppointmentState,
    Dismissal,
    DismissalState,
    Handover,
    HandoverState,
    Leave,
    Nomination,
    NominationState,
)
from .posts import expiring

ALL = "全部"
State = AppointmentState


def matching(text: str, *, class_path: str = "school_class", teacher_paths: tuple[str, ...] = ("teacher",)) -> Q:
    """Rows whose class or teacher fits the text by characters, pinyin, initials or number."""
    joined = "".join(text.split())
    lower = joined.lower()
    condition = Q()
    if class_path:
        condition |= (
            Q(**{f"{class_path}__name__icontains": joined})
            | Q(**{f"{class_path}__code__istartswith": joined})
            | Q(**{f"{class_path}__name_initials__startswith": lower})
        )
    for path in teacher_paths:
        condition |= (
            Q(**{f"{path}__user__name__icontains": joined})
            | Q(**{f"{path}__user__staff_no__istartswith": joined})
            | Q(**{f"{path}__user__name_pinyin__startswith": lower})
            | Q(**{f"{path}__user__name_initials__startswith": lower})
        )
    return condition


class ScopedFilter(ChoiceAmongColleges):
    """For people who see several colleges, the college."""

    college_path = "school_class__college"

    college = django_filters.ModelChoiceFilter(
        label="学院", queryset=colleges_in_scope, method="by_college", empty_label=ALL
    )

    def by_college(self, rows: QuerySet[Any], name: str, value: College) -> QuerySet[Any]:
        return rows.filter(**{self.college_path: value})


class AppointmentFilter(ScopedFilter):
    """Voided rows are shown only when asked for."""

    show = django_filters.ChoiceFilter(
        label="显示",
        method="by_show",
        empty_label="全部有效",
        choices=[
            ("now", "现在在岗"),
            ("unfiled", "未备案"),
            ("questioned", "退问待答复"),
            ("expiring", "聘期将满或已满"),
            ("over", "已结束"),
            ("acting", "代理"),
            ("voided", "已作废"),
        ],
    )

    class Meta:
        model = Appointment
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Appointment]) -> QuerySet[Appointment]:
        rows: QuerySet[Appointment] = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("show") == "voided" else rows.exclude(state=State.VOIDED)

    @property
    def qs(self) -> QuerySet[Appointment]:
        rows: QuerySet[Appointment] = super().qs
        return rows if self.is_bound else rows.exclude(state=State.VOIDED)

    def by_show(self, rows: QuerySet[Appointment], name: str, value: str) -> QuerySet[Appointment]:
        today, every = timezone.localdate(), Appointment.objects.all()
        if value in ("now", "unfiled", "expiring"):
            found = {"now": every.on(today), "unfiled": every.unfiled(), "expiring": expiring(every, today)}[value]
            return rows.filter(pk__in=found.values("pk"))
        conditions = {
            "questioned": ~Q(filing_question=""),
            "over": Q(state__in=(State.ENDED, State.DISMISSED)),
            "acting": Q(kind="acting"),
            "voided": Q(state=State.VOIDED),
        }
        return rows.filter(conditions[value])


class NominationFilter(ScopedFilter):
    state = django_filters.ChoiceFilter(label="状态", choices=NominationState.choices, empty_label=ALL)

    class Meta:
        model = Nomination
        fields: list[str] = []


class HandoverFilter(ScopedFilter):
    state = django_filters.ChoiceFilter(label="状态", choices=HandoverState.choices, empty_label=ALL)

    class Meta:
        model = Handover
        fields: list[str] = []


class DismissalFilter(ScopedFilter):
    college_path = "college"
    state = django_filters.ChoiceFilter(label="状态", choices=DismissalState.choices, empty_label=ALL)

    class Meta:
        model = Dismissal
        fields: list[str] = []


class LeaveFilter(ScopedFilter):
    college_path = "teacher__college"
    show = django_filters.ChoiceFilter(
        label="显示",
        choices=[("now", "正在请假"), ("no_stand_in", "没有代班人"), ("cancelled", "已撤销")],
        method="by_show",
        empty_label=ALL,
    )

    class Meta:
        model = Leave
        fields: list[str] = []

    def by_show(self, rows: QuerySet[Leave], name: str, value: str) -> QuerySet[Leave]:
        today = timezone.localdate()
        conditions: dict[str, Q] = {
            "now": Q(starts_on__lte=today, ends_on__gte=today, cancelled_at=None),
            "no_stand_in": Q(stand_in=None, cancelled_at=None),
            "cancelled": Q(cancelled_at__isnull=False),
        }
        return rows.filter(conditions[value])
