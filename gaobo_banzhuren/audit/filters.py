"""Search in the log."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet

from gaobo_banzhuren.accounts.filters import colleges_in_scope
from gaobo_banzhuren.accounts.forms import DateInput
from gaobo_banzhuren.accounts.models import College

from .labels import action_choices
from .models import AuditEntry


class EntryFilter(django_filters.FilterSet):
    who = django_filters.CharFilter(label="操作人", method="by_actor", max_length=40)
    action = django_filters.ChoiceFilter(label="动作", choices=action_choices, empty_label="全部")
    q = django_filters.CharFilter(label="对象或理由", method="by_text", max_length=60)
    college = django_filters.ModelChoiceFilter(
        label="学院", queryset=colleges_in_scope, method="by_college", empty_label="全部"
    )
    since = django_filters.DateFilter(label="从", field_name="at", lookup_expr="date__gte", widget=DateInput())
    until = django_filters.DateFilter(label="到", field_name="at", lookup_expr="date__lte", widget=DateInput())

    class Meta:
        model = AuditEntry
        fields: list[str] = []

    def by_actor(self, rows: QuerySet[AuditEntry], name: str, value: str) -> QuerySet[AuditEntry]:
        text = value.strip()
        return rows.filter(Q(actor_name__icontains=text) | Q(actor_staff_no__istartswith=text))

    def by_text(self, rows: QuerySet[AuditEntry], name: str, value: str) -> QuerySet[AuditEntry]:
        text = value.strip()
        return rows.filter(Q(object_text__icontains=text) | Q(reason__icontains=text) | Q(object_id=text))

    def by_college(self, rows: QuerySet[AuditEntry], name: str, value: College) -> QuerySet[AuditEntry]:
        return rows.filter(college_id=value.pk)
