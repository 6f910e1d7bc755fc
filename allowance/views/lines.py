"""Why this number: a line opened into inputs, rule and sum, the same for college, office, HR and the teacher."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from allowance import policies
from allowance.calculation import Line
from allowance.explanation import Comparison, Explanation, compare, explain
from allowance.models import HeadcountSnapshot, MonthSheet, SheetLine, SheetState
from allowance.rosters import Names, names_behind
from allowance.services.settlement import rules_of
from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.web.views import DetailPage

from .base import READERS, TEACHER, Crumbs, sheet_crumbs
from .shown import previous_month


@dataclass(frozen=True, slots=True)
class ClassBehind:
    """A class that counted, with its students where the reader may see them."""

    snapshot: HeadcountSnapshot
    names: Names | None


@dataclass(frozen=True, slots=True)
class Why:
    """Everything that explains one line; `explanation` is None for 补发 and 扣回, which have an adjustment instead."""

    explanation: Explanation | None
    comparison: Comparison | None
    classes: tuple[ClassBehind, ...]


def why(row: SheetLine, user: User) -> Why:
    """Explain a stored line to a person: words from the stored result, names only of rosters the person may see."""
    if row.adjustment_id:
        return Why(None, None, ())
    line = Line.from_dict(row.result)
    colleges = dict(College.objects.values_list("code", "name"))
    codes = [item.code for item in line.classes]
    snapshots = list(row.sheet.headcounts.filter(class_code__in=codes).select_related("sheet"))
    names = names_behind(snapshots, user)
    return Why(
        explain(line, rules_of(row.sheet), row.sheet.rule_label, colleges),
        _comparison(row, user),
        tuple(ClassBehind(item, names.get(item.pk)) for item in snapshots),
    )


def _comparison(row: SheetLine, user: User) -> Comparison | None:
    """All of the person's lines of the college in both months; None when the month before has no sheet to compare with."""
    before = previous_month(row.sheet.month)
    found: dict[Any, list[Line]] = {row.sheet.month: [], before: []}
    lines = SheetLine.objects.visible_to(user).filter(
        teacher_id=row.teacher_id, adjustment__isnull=True, sheet__month__in=found, sheet__college=row.sheet.college_id
    )
    for month, result in lines.values_list("sheet__month", "result"):
        found[month].append(Line.from_dict(result))
    return compare(found[before], found[row.sheet.month]) if found[before] else None


class LineDetailPage(DetailPage):
    """Base of both pages; they differ in who comes in and where they lead back to."""

    model = SheetLine
    object_name = "line"
    template_name = "allowance/line.html"

    def get_queryset(self) -> QuerySet[SheetLine]:
        rows: QuerySet[SheetLine] = super().get_queryset()
        return rows.select_related(
            "sheet__college",
            "sheet__rule_version",
            "teacher__user",
            "adjustment__decided_by",
            "adjustment__proposed_by",
        )

    def get_title(self) -> str:
        line = self.object
        return f"{line.name} {line.sheet.month:%Y-%m} {line.kind}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context |= {"why": why(self.object, self.user), "sheet": self.object.sheet}
        return context


class LinePage(LineDetailPage):
    """For whoever sees the sheet."""

    roles = READERS

    def get_queryset(self) -> QuerySet[SheetLine]:
        # A person who is also a class teacher reads the own line of another college on the own page.
        return super().get_queryset().filter(sheet__in=MonthSheet.objects.visible_to(self.user))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        line: SheetLine = self.object
        closed = line.sheet.state in (SheetState.HANDED_OVER, SheetState.RECEIVED) and line.adjustment_id is None
        context["may_adjust"] = closed and policies.can_propose_adjustment(self.user, line.sheet.college)
        return context

    def get_breadcrumbs(self) -> Crumbs:
        line = self.object
        return sheet_crumbs(line.sheet, self.user, (f"{line.name} {line.kind}", None))


class MyLinePage(LineDetailPage):
    """For the teacher the line pays."""

    roles = TEACHER

    def get_queryset(self) -> QuerySet[SheetLine]:
        return super().get_queryset().filter(teacher__user=self.user).exclude(sheet__state="draft")

    def get_breadcrumbs(self) -> Crumbs:
        return [("我的津贴", reverse("allowance:mine")), (f"{self.object.sheet.month:%Y-%m} {self.object.kind}", None)]
