"""What the pages of the allowance share: who comes in, where they are, where facts can be put right."""

from __future__ import annotations

import datetime as dt

from django.http import Http404
from django.urls import NoReverseMatch, reverse

from allowance.calculation import Month
from allowance.models import MonthSheet
from gaobo_banzhuren.accounts.roles import Role

Roles = tuple[Role, ...]
COLLEGE: Roles = (Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD)
OFFICE: Roles = (Role.OFFICE,)
HR: Roles = (Role.HR,)
KEEPERS: Roles = (*COLLEGE, Role.OFFICE)
READERS: Roles = (*KEEPERS, Role.HR)
TEACHER: Roles = (Role.CLASS_TEACHER,)
Crumbs = list[tuple[str, str | None]]


def link(name: str, *args: object) -> str:
    """The address, or nothing while the page does not exist."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def month_or_404(text: str) -> Month:
    try:
        return Month.parse(text)
    except ValueError as problem:
        raise Http404 from problem


def month_text(day: dt.date) -> str:
    return f"{day:%Y-%m}"


def sheet_crumbs(sheet: MonthSheet, *more: tuple[str, str | None], home: bool = True) -> Crumbs:
    """津贴月表 › month and college › …"""
    own = f"{sheet.month:%Y-%m} {sheet.college}"
    url = reverse("allowance:sheet", args=[sheet.pk])
    start: Crumbs = (
        [("津贴月表", reverse("allowance:months"))] if home else [("津贴批次", reverse("allowance:bundles"))]
    )
    return [*start, (own, url if more else None), *more]
