"""Classes whose plan or summary is missing or waits to be read."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from gaobo_banzhuren.regulation.models import Term
from gaobo_banzhuren.regulation.school_calendar import term_of
from teachers.filters import ALL, ScopedFilter
from teachers.models import Appointment, SchoolClass

from ..models import PaperState, TermPaper


def started_terms(request: Any = None) -> QuerySet[Term]:
    return Term.objects.select_related("school_year").filter(starts_on__lte=timezone.localdate()).order_by("-starts_on")


def present_term() -> Term | None:
    """The term of today, in a gap between terms the last one."""
    return term_of(timezone.localdate()) or started_terms().first()


class PaperFilter(ScopedFilter):
    college_path = "college"

    term = django_filters.ModelChoiceFilter(
        label="学期", queryset=started_terms, method="by_term", empty_label="本学期"
    )
    show = django_filters.ChoiceFilter(
        label="显示", method="by_show", empty_label=ALL,
        choices=[("no_plan", "缺工作计划"), ("no_summary", "缺工作总结"), ("waiting", "待审阅")],
    )  # fmt: skip

    class Meta:
        model = SchoolClass
        fields: list[str] = []

    @property
    def chosen_term(self) -> Term | None:
        valid = self.is_bound and self.form.is_valid()
        return (self.form.cleaned_data.get("term") if valid else None) or present_term()

    @property
    def qs(self) -> QuerySet[SchoolClass]:
        rows: QuerySet[SchoolClass] = super().qs
        term = self.chosen_term
        if term is None:
            return rows.none()
        posts = Appointment.objects.touching(term.starts_on, term.ends_on).filter(school_class=OuterRef("pk"))
        return rows.filter(Exists(posts))

    def by_term(self, rows: QuerySet[SchoolClass], name: str, value: Term) -> QuerySet[SchoolClass]:
        return rows  # the term decides in `qs` which classes are led at all

    def by_show(self, rows: QuerySet[SchoolClass], name: str, value: str) -> QuerySet[SchoolClass]:
        papers = TermPaper.objects.filter(school_class=OuterRef("pk"), term=self.chosen_term)
        if value == "waiting":
            return rows.filter(Exists(papers.filter(state=PaperState.SUBMITTED)))
        kind = TermPaper.Kind.PLAN if value == "no_plan" else TermPaper.Kind.SUMMARY
        return rows.exclude(Exists(papers.handed_in().filter(kind=kind)))
