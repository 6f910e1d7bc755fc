"""What the pages of the allowance share: who comes in, where they are, where facts can be put right."""

from __future__ import annotations

import datetime as dt

from django.http import Http404
from django.urls import NoReverseMatch, reverse

from allowance.calculation import Month
from allowance.models import MonthSheet
from gaobo_banzhuren.accounts.models import User
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


def sheet_crumbs(sheet: MonthSheet, user: User, *more: tuple[str, str | None]) -> Crumbs:
    """From the list under which this person finds the sheet, over the sheet, to the page itself."""
    month = f"{sheet.month:%Y-%m}"
    own = f"{month} {sheet.college}"
    url = reverse("allowance:sheet", args=[sheet.pk]) if more else None
    if user.access.has(Role.OFFICE):
        return [
            ("津贴汇总", reverse("allowance:months")), (month, reverse("allowance:month", args=[month])),
            (str(sheet.college), url), *more,
        ]  # fmt: skip
    if user.access.has(*COLLEGE):
        return [("津贴月表", reverse("allowance:months")), (own, url), *more]
    return [("津贴批次", reverse("allowance:bundles")), (own, url), *more]
