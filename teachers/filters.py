"""Filters of the appointment lists: by class or person, college, and what is still to be done."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from gaobo_banzhuren.accounts.filters import colleges_in_scope

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
    PostKind,
)
from .posts import expiring


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


class TextFilter(django_filters.FilterSet):
    """The search field that every list of chapter 1 begins with."""

    q = django_filters.CharFilter(label="班级、姓名、拼音或工号", method="by_text", max_length=40)
    class_path = "school_class"
    teacher_paths: tuple[str, ...] = ("teacher",)

    def by_text(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(matching(value, class_path=self.class_path, teacher_paths=self.teacher_paths))


class AppointmentFilter(TextFilter):
    college = django_filters.ModelChoiceFilter(
        label="学院", field_name="school_class__college", queryset=colleges_in_scope, empty_label="全部"
    )
    state = django_filters.ChoiceFilter(label="状态", choices=AppointmentState.choices, empty_label="全部")
    kind = django_filters.ChoiceFilter(label="聘任类别", choices=PostKind.choices, empty_label="全部")
    show = django_filters.ChoiceFilter(
        label="待办",
        choices=[("now", "现在在岗"), ("unfiled", "未备案"), ("expiring", "聘期已满或将满"), ("questioned", "有退问")],
        method="by_show",
        empty_label="全部",
    )

    class Meta:
        model = Appointment
        fields: list[str] = []

    def by_show(self, rows: QuerySet[Appointment], name: str, value: str) -> QuerySet[Appointment]:
        today = timezone.localdate()
        if value == "now":
            return rows.filter(pk__in=Appointment.objects.on(today).values("pk"))
        if value == "unfiled":
            return rows.filter(pk__in=Appointment.objects.unfiled().values("pk"))
        if value == "expiring":
            return rows.filter(pk__in=expiring(Appointment.objects.all(), today).values("pk"))
        return rows.exclude(filing_question="")


class NominationFilter(TextFilter):
    college = django_filters.ModelChoiceFilter(
        label="学院", field_name="school_class__college", queryset=colleges_in_scope, empty_label="全部"
    )
    state = django_filters.ChoiceFilter(label="状态", choices=NominationState.choices, empty_label="全部")

    class Meta:
        model = Nomination
        fields: list[str] = []


class HandoverFilter(TextFilter):
    teacher_paths = ("outgoing__teacher", "incoming__teacher")
    college = django_filters.ModelChoiceFilter(
        label="学院", field_name="school_class__college", queryset=colleges_in_scope, empty_label="全部"
    )
    state = django_filters.ChoiceFilter(label="状态", choices=HandoverState.choices, empty_label="全部")

    class Meta:
        model = Handover
        fields: list[str] = []


class DismissalFilter(TextFilter):
    class_path = ""
    college = django_filters.ModelChoiceFilter(label="学院", queryset=colleges_in_scope, empty_label="全部")
    state = django_filters.ChoiceFilter(label="状态", choices=DismissalState.choices, empty_label="全部")

    class Meta:
        model = Dismissal
        fields: list[str] = []


class LeaveFilter(TextFilter):
    class_path = ""
    teacher_paths = ("teacher", "stand_in")
    college = django_filters.ModelChoiceFilter(
        label="学院", field_name="teacher__college", queryset=colleges_in_scope, empty_label="全部"
    )
    show = django_filters.ChoiceFilter(
        label="显示",
        choices=[("now", "正在请假"), ("no_stand_in", "没有代班人"), ("cancelled", "已撤销")],
        method="by_show",
        empty_label="全部",
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
