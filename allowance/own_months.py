"""A college's months: what was made, what is missing and what to do next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.regulation.models import PayableMonth, RuleVersion
from teachers.models import SchoolClass

from .calculation import Month
from .models import MonthSheet, SheetEvent, SheetState

LOOK_BACK = 12
"""Months before the present one in which a missing sheet is pointed out."""

RECENT = 2
"""Months before the present one in which a missing sheet stands in the list itself."""


def _recent() -> dt.date:
    month = Month.of(timezone.localdate())
    for _ in range(RECENT):
        month = month.previous
    return month.first_day


@dataclass(frozen=True, slots=True)
class OwnMonth:
    """One month of one college; `missing` says in words what is still to be done."""

    college: College
    month: dt.date
    sheet: MonthSheet | None
    open_warnings: int
    returned: str
    opens: bool

    @property
    def is_due(self) -> bool:
        return self.sheet is None or self.sheet.state == SheetState.DRAFT

    @property
    def is_old(self) -> bool:
        """Never settled and not of the last months: kept out of the way, not out of reach."""
        return self.sheet is None and self.month < _recent()

    @property
    def urgency(self) -> tuple[int, dt.date]:
        """Returned sheets first, then drafts from the oldest on, then months without a sheet from the newest back."""
        if self.returned:
            return 0, self.month
        if self.sheet is not None:
            return 1, self.month
        return 2, dt.date.max - (self.month - dt.date.min)

    @property
    def missing(self) -> str:
        if self.sheet is None or self.sheet.computed_at is None:
            return "结算后核对、提交"
        if self.sheet.state == SheetState.DRAFT:
            if self.returned:
                return "已退回，待修改后重新提交"
            return f"{self.open_warnings} 项提示待处理" if self.open_warnings else "待提交"
        return {
            SheetState.SUBMITTED: "等待审核",
            SheetState.REVIEWED: "等待送人事",
            SheetState.HANDED_OVER: "等待人事接收",
        }.get(SheetState(self.sheet.state), "已办结")

    @property
    def action_label(self) -> str:
        if self.sheet is None or self.sheet.computed_at is None:
            return "结算"
        if self.sheet.state != SheetState.DRAFT:
            return "查看"
        if self.returned:
            return "修改"
        return "处理提示" if self.open_warnings else "提交"

    @property
    def url(self) -> str:
        if self.sheet is None:
            return f"{reverse('allowance:settle')}?month={self.month:%Y-%m}&college={self.college.pk}"
        return reverse("allowance:sheet", args=[self.sheet.pk])


def college_months(user: User) -> list[OwnMonth]:
    """Own sheets, and months of the last year that have none yet; newest first. Five queries."""
    access = user.access
    ids = access.colleges(Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD)
    admin_of = access.colleges(Role.COLLEGE_ADMIN)
    colleges = {college.pk: college for college in College.objects.filter(pk__in=ids).order_by("code")}
    reason = SheetEvent.objects.filter(
        sheet=OuterRef("pk"), version=OuterRef("version"), action__in=("退回", "重新打开")
    ).order_by("-at")
    sheets = (
        MonthSheet.objects.filter(college__in=ids)
        .annotate(
            open_warnings=Count("warnings", filter=Q(warnings__confirmed_at__isnull=True)),
            returned=Subquery(reason.values("reason")[:1]),
        )
        .order_by("-month", "college__code")
    )
    rows = [
        OwnMonth(
            colleges[sheet.college_id], sheet.month, sheet, sheet.open_warnings,
            (sheet.returned or "") if sheet.state == SheetState.DRAFT else "", True,
        )
        for sheet in sheets
    ]  # fmt: skip
    made = {(row.college.pk, row.month) for row in rows}
    rows += [
        OwnMonth(colleges[pk], month, None, 0, "", pk in admin_of)
        for pk, month in _months_to_make(colleges)
        if (pk, month) not in made
    ]
    rows.sort(key=lambda row: row.college.code)
    rows.sort(key=lambda row: row.month, reverse=True)
    return rows


def _months_to_make(colleges: dict[int, College]) -> Iterator[tuple[int, dt.date]]:
    """Payable months of the last year, under a rule version, in which the college has a class."""
    month = Month.of(timezone.localdate())
    months = [month]
    for _ in range(LOOK_BACK):
        months.append(months[-1].previous)
    start = RuleVersion.objects.active().order_by("effective_from").values_list("effective_from", flat=True).first()
    if start is None:
        return
    paid = set(
        PayableMonth.objects.filter(payable=True, month__gte=months[-1].first_day).values_list("month", flat=True)
    )
    spans = list(
        SchoolClass.objects.filter(college__in=colleges).values_list("college_id", "opens_on", "closes_on").distinct()
    )
    for each in months:
        if each.first_day < start or each.first_day not in paid:
            continue
        for pk in colleges:
            if any(
                owner == pk and opens <= each.last_day and (closes is None or closes >= each.first_day)
                for owner, opens, closes in spans
            ):
                yield pk, each.first_day
