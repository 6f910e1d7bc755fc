"""Filters of the allowance lists."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest

from gaobo_banzhuren.accounts.models import College, User

from .models import Adjustment, AdjustmentState, Bundle, BundleState


def colleges_in_scope(request: HttpRequest | None) -> QuerySet[College]:
    if request is None or not isinstance(request.user, User):
        return College.objects.none()
    return College.objects.visible_to(request.user)


class BundleFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(label="状态", choices=BundleState.choices, empty_label="全部")

    class Meta:
        model = Bundle
        fields: list[str] = []


class AdjustmentFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(label="状态", choices=AdjustmentState.choices, empty_label="全部")
    college = django_filters.ModelChoiceFilter(label="学院", queryset=colleges_in_scope, empty_label="全部")
    sign = django_filters.ChoiceFilter(
        label="类别", choices=[("plus", "补发"), ("minus", "扣回")], method="by_sign", empty_label="全部"
    )

    class Meta:
        model = Adjustment
        fields: list[str] = []

    def by_sign(self, rows: QuerySet[Adjustment], name: str, value: str) -> QuerySet[Adjustment]:
        return rows.filter(amount_fen__gt=0) if value == "plus" else rows.filter(amount_fen__lt=0)
