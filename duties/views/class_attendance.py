"""One class's attendance over a term: figures, curve, roll calls, who is missed most, and who is absent too often."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.audit.services import record as audit
from gaobo_banzhuren.documents.workbooks_out import attachment_response
from gaobo_banzhuren.regulation.models import Term
from gaobo_banzhuren.web.listing import ListPage
from gaobo_banzhuren.web.views import DetailPage, find_or_404
from teachers.models import SchoolClass

from ..attendance_counts import Counts
from ..exports.attendance import matrix_workbook
from ..figures import NO_DATA, percent
from ..measures import attendance as measures
from ..models import AttendanceSession
from ..models.records import led_class_ids
from ..policies import attendance as policies
from ..policies.reading import told_to
from ..services.attendance import counts_of
from .attendance import address_of
from .roll_call import READERS, Crumbs

FIGURE_READERS = (*READERS, Role.ASSESSOR)
RANKED = 10
FLOORS = (Fraction(9, 10), Fraction(4, 5), Fraction(1, 2), Fraction(0))
"""Where the axis of the curve may begin: as high as all weeks and the target leave room below them."""
WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 400, 170, 46, 14, 28


@dataclass(frozen=True, slots=True)
class Dot:
    """A week on the curve: Monday, place in the picture, rate as text, and the sums behind it."""

    monday: dt.date
    x: int
    y: int
    text: str
    sum_text: str
    sessions: int


@dataclass(frozen=True, slots=True)
class Span:
    """What the page is about: a term, or one month of it."""

    first: dt.date
    last: dt.date
    label: str


def class_in_scope(page: Any) -> SchoolClass:
    found: SchoolClass = find_or_404(
        SchoolClass.objects.visible_to(page.user).select_related("college"), pk=page.kwargs["class_id"]
    )
    return found


class ClassAttendance(ListPage):
    """The list is the roll calls of the term (or month); its export is the matrix of the same roll calls."""

    roles = FIGURE_READERS
    model = AttendanceSession
    template_name = "duties/class_attendance.html"
    noun = "点名"
    export_label = "导出考勤表"
    orderings = {
        "newest": ("日期（新的在前）", ("-day", "-period")),
        "oldest": ("日期（早的在前）", ("day", "period")),
        "absent": ("缺勤多的在前", ("-absent", "-day")),
    }

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.user.access.has(*self.roles):
            raise Http404
        self.school_class = class_in_scope(self)
        today = timezone.localdate()
        self.terms = list(
            Term.objects.select_related("school_year")
            .filter(starts_on__lte=today, ends_on__gte=self.school_class.opens_on)
            .order_by("-starts_on")
        )
        self.term = self._asked_term()
        self.months = _months(self.term.starts_on, min(self.term.ends_on, today)) if self.term else []
        self.span = self._span(today)
        return super().dispatch(request, *args, **kwargs)

    def _asked_term(self) -> Term | None:
        asked = self.request.GET.get("term", "")[:18]
        chosen = next((term for term in self.terms if str(term.pk) == asked), None)
        return chosen or (self.terms[0] if self.terms else None)

    def _span(self, today: dt.date) -> Span:
        asked = self.request.GET.get("month", "")[:7]
        month = next((each for each in self.months if f"{each:%Y-%m}" == asked), None)
        if month is not None:
            last = (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
            return Span(month, last, f"{month.year}年{month.month}月")
        if self.term is None:
            return Span(self.school_class.opens_on, max(today, self.school_class.opens_on), "开班以来")
        return Span(self.term.starts_on, self.term.ends_on, str(self.term))

    def get_title(self) -> str:
        return f"考勤：{self.school_class.name}"

    def get_breadcrumbs(self) -> Crumbs:
        home = reverse("duties:attendance") if self.user.access.has(*READERS) else None
        return [("点名与请假", home), (self.get_title(), None)]

    def get_queryset(self) -> QuerySet[AttendanceSession]:
        return (
            AttendanceSession.objects.standing()
            .filter(school_class=self.school_class, day__range=(self.span.first, self.span.last))
            .select_related("taken_by")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        key, span = self.school_class.pk, self.span
        rules = measures.rates_on(min(span.last, timezone.localdate()))
        total = measures.totals([key], span.first, span.last).get(key)
        counts = total.counts if total else Counts()
        # Who only assesses reads the figures, not the students one by one.
        names = self.user.access.has(*READERS)
        figure = measures.attendance_figure(counts, rules)
        return context | {
            "school_class": self.school_class,
            "span": span,
            "terms": self.terms,
            "term": self.term,
            "months": self.months,
            "month": self.request.GET.get("month", "")[:7],
            "total": total,
            "counts": counts,
            "figure": figure,
            "presence": measures.presence_figure(counts),
            "curve": self._curve(rules) if total else None,
            "names": names,
            "voided": self._voided() if names else [],
            "ranking": measures.absences_of_students(key, span.first, span.last)[:RANKED] if names else [],
            "may_call": key in led_class_ids(self.user) or policies.keeps(self.user, self.school_class),
        }

    def _voided(self) -> list[AttendanceSession]:
        """Roll calls taken back; they count nowhere and stay readable."""
        rows = AttendanceSession.objects.filter(
            school_class=self.school_class, day__range=(self.span.first, self.span.last), voided_at__isnull=False
        )
        return list(rows.order_by("-day", "-pk")[:RANKED])

    def _curve(self, rules: Any) -> dict[str, Any]:
        weeks: dict[dt.date, tuple[int, Counts]] = {}
        for session in self.get_queryset().select_related(None).order_by("day"):
            monday = session.day - dt.timedelta(days=session.day.weekday())
            number, counts = weeks.get(monday, (0, Counts()))
            weeks[monday] = (number + 1, counts + counts_of(session))
        target = rules.attendance_target if rules else None
        rows = [
            (monday, number, measures.attendance_figure(counts, rules))
            for monday, (number, counts) in sorted(weeks.items())
        ]
        rates = [figure.rate for *_, figure in rows if figure.rate is not None]
        floor = _floor([*rates, *([target] if target is not None else [])])
        room, gaps = WIDTH - LEFT - 30, max(len(rows) - 1, 1)
        dots = [
            Dot(
                monday,
                LEFT + 12 + room * at // gaps,
                _y(figure.rate or floor, floor),
                figure.text,
                figure.sum_text,
                number,
            )
            for at, (monday, number, figure) in enumerate(rows)
        ]
        return {
            "dots": dots,
            "points": " ".join(f"{dot.x},{dot.y}" for dot in dots if dot.text != NO_DATA),
            "no_data": NO_DATA,
            "target_y": _y(target, floor) if target is not None else None,
            "target": percent(target) if target is not None else "",
            "floor_text": f"{int(floor * 100)} %",
            "width": WIDTH,
            "height": HEIGHT,
            "left": LEFT,
            "right": WIDTH - 10,
            "floor": HEIGHT - BOTTOM,
            "top": TOP,
        }

    def render_export(self, rows: QuerySet[Any]) -> HttpResponse:
        if not self.user.access.has(*READERS):
            raise Http404
        data = matrix_workbook(self.school_class, list(rows.order_by("day", "period", "pk")), self.span)
        with transaction.atomic():
            audit(
                self.user, "duties.attendance_export", self.school_class,
                after={"from": self.span.first, "to": self.span.last}, college=self.school_class.college_id,
            )  # fmt: skip
        return attachment_response(data, f"考勤表 {self.school_class.name} {self.span.label}.xlsx")


def _months(first: dt.date, last: dt.date) -> list[dt.date]:
    found, month = [], first.replace(day=1)
    while month <= last:
        found.append(month)
        month = (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    return found


def _y(rate: Fraction, floor: Fraction) -> int:
    """Height in the picture, in whole points: only places are cut, never rates."""
    return TOP + int((1 - rate) / (1 - floor) * (HEIGHT - TOP - BOTTOM))


def _floor(rates: Iterable[Fraction]) -> Fraction:
    lowest = min(rates, default=Fraction(0))
    return next((floor for floor in FLOORS if floor < lowest), Fraction(0))


class Absentees(DetailPage):
    """Students often absent (A-42) and what was done about it (C5.4b)."""

    roles = READERS
    model = SchoolClass
    lookup = "class_id"
    object_name = "school_class"
    template_name = "duties/absentees.html"

    @property
    def object(self) -> SchoolClass:
        if not hasattr(self, "_object"):
            self._object = class_in_scope(self)
        return self._object

    def get_title(self) -> str:
        return f"缺旷课学生：{self.object.name}"

    def get_breadcrumbs(self) -> Crumbs:
        return [
            ("点名与请假", reverse("duties:attendance")),
            (f"考勤：{self.object.name}", reverse("duties:class_attendance", args=[self.object.pk])),
            (self.get_title(), None),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        today = timezone.localdate()
        rules = measures.rates_on(today)
        listed = measures.truants([self.object.pk], today)
        leads = self.object.pk in led_class_ids(self.user)
        # Of somebody else's confidential talk the list says that something was done, not what and when.
        told = told_to(self.user, (one.handled.public_id for one in listed if one.handled))
        return context | {
            "told": told,
            "rules": rules,
            "first": measures.window(rules, today) if rules else None,
            "today": today,
            "listed": listed,
            "handled": sum(one.handled is not None for one in listed),
            "talk": address_of("duties:record_new", "talk") if leads else "",
            "contact": address_of("duties:record_new", "parent_contact") if leads else "",
            "discipline": address_of("duties:record_new", "discipline") if leads else "",
        }
