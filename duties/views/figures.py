"""Figures of a class and of a class teacher: each with its sum in words, its definition and the rows behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.regulation.rates import RateRules
from gaobo_banzhuren.web.views import DetailPage, RolePage, find_or_404
from teachers.models import ClassTeacher, SchoolClass

from .. import periods
from ..figures import Figure, Measured, Verdict
from ..measures.behind import Asked, behind, known_keys
from ..measures.classes import ClassFigures, class_figures
from ..measures.definitions import GROUPS, Definition, definition
from ..measures.scopes import rates_on
from ..measures.teachers import teacher_figures
from ..periods import Period
from .checklist import READERS, Crumbs

LOOKS = {
    Verdict.MET: ("success", "check-circle"),
    Verdict.MISSED: ("danger", "x-circle"),
    Verdict.NO_DATA: ("neutral", "dash-lg"),
    Verdict.RUNNING: ("progress", "hourglass-split"),
    Verdict.NO_TARGET: ("neutral", ""),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure as a page shows it; `url` opens what is behind it."""

    figure: Measured
    definition: Definition
    url: str = ""

    @property
    def tone(self) -> str:
        return LOOKS[self.figure.verdict][0]

    @property
    def icon(self) -> str:
        return LOOKS[self.figure.verdict][1]

    @property
    def sum_text(self) -> str:
        """The sum in words; nothing where there is nothing to divide."""
        return self.figure.sum_text if not isinstance(self.figure, Figure) or self.figure.rate is not None else ""

    @property
    def value(self) -> str:
        """The number with its unit."""
        unit = getattr(self.figure, "unit", "")
        return f"{self.figure.text} {unit}".strip()


def shown_groups(
    figures: ClassFigures, rules: RateRules, class_id: int | None, query: str
) -> list[tuple[str, list[Shown]]]:
    """Figures under their headings."""
    openable = set(known_keys())
    found: dict[str, list[Shown]] = {group: [] for group in GROUPS}
    for key, figure in figures.items():
        said = definition(key, rules)
        url = ""
        if class_id and key in openable:
            url = reverse("duties:figure", args=[class_id, key]) + f"?{query}"
        found[said.group].append(Shown(figure, said, url))
    return [(group, rows) for group, rows in found.items() if rows]


def period_of(request: HttpRequest) -> tuple[Period | None, list[Period]]:
    """The period of the address and those to choose from; 404 for one that there is not."""
    known = periods.offered(timezone.localdate())
    found = periods.chosen(request.GET.dict(), known)
    if found is None and known:
        raise Http404
    return found, known


def months_offered(period: Period) -> list[Period]:
    """The months of a term or year that have begun, or the month itself."""
    return periods.months_of(period, timezone.localdate())


class OfClass(DetailPage):
    """A page about the class that the address names."""

    roles = READERS
    model = SchoolClass

    @property
    def object(self) -> Any:
        if not hasattr(self, "_object"):
            self._object = find_or_404(self.get_queryset(), pk=self.kwargs["class_id"])
        return self._object


class ClassFiguresPage(OfClass):
    title = "指标"
    template_name = "duties/figures.html"

    def get_title(self) -> str:
        return f"{self.object.name} 指标"

    def get_breadcrumbs(self) -> Crumbs:
        return [(self.object.name, reverse("teachers:class", args=[self.object.pk])), (self.title, None)]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        period, known = period_of(request)
        if period is None:
            return self.render(period=None, periods=[], groups=[])
        figures = class_figures([self.object.pk], *period.span)[self.object.pk]
        groups = shown_groups(figures, rates_on(period.last), self.object.pk, period.query)
        months = months_offered(period)
        leads = self.user.access.has(Role.CLASS_TEACHER)
        return self.render(period=period, periods=known, groups=groups, months=months, leads=leads)


class FigurePage(OfClass):
    """One figure of a class with the rows it is made of."""

    title = "依据"
    template_name = "duties/figure.html"

    def get_title(self) -> str:
        return f"{self.figure.label}：{self.object.name}"

    def get_breadcrumbs(self) -> Crumbs:
        page = reverse("duties:figures", args=[self.object.pk])
        return [(self.object.name, reverse("teachers:class", args=[self.object.pk])), ("指标", page), ("依据", None)]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        period, known = period_of(request)
        key = kwargs["key"]
        if period is None or key not in known_keys():
            raise Http404
        self.figure = class_figures([self.object.pk], *period.span, only=(key,))[self.object.pk][key]
        rows = behind(key, Asked(self.object, period.first, period.last, self.user, timezone.localdate()))
        rules = rates_on(period.last)
        shown = Shown(self.figure, definition(key, rules))
        months = months_offered(period)
        return self.render(shown=shown, behind=rows, period=period, periods=known, months=months)


class MyFigures(RolePage):
    """A class teacher's own figures over the days in post: put together by A-37, and each class by itself."""

    title = "我的指标"
    lead = "只算在岗的日子；几个班合并计算时先加人次再算比率。"
    roles = (Role.CLASS_TEACHER,)
    template_name = "duties/my_figures.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        period, known = period_of(request)
        teacher = ClassTeacher.objects.filter(user=self.user).first()
        if period is None or teacher is None:
            return self.render(period=period, periods=known, groups=[], classes=[])
        rules = rates_on(period.last)
        found = teacher_figures([teacher.pk], *period.span)[teacher.pk]
        names = dict(SchoolClass.objects.filter(pk__in=found.by_class).values_list("pk", "name"))
        seen = set(SchoolClass.objects.visible_to(self.user).filter(pk__in=names).values_list("pk", flat=True))
        classes = [
            (names[key], shown_groups(figures, rules, key if key in seen else None, period.query))
            for key, figures in found.by_class.items()
        ]
        only = next(iter(found.by_class)) if len(found.by_class) == 1 else None
        groups = shown_groups(found.pooled, rules, only if only in seen else None, period.query)
        return self.render(
            period=period, periods=known, groups=groups, classes=classes if len(classes) > 1 else [],
            way=rules.several_classes.label, months=months_offered(period),
        )  # fmt: skip
