"""A month of all colleges: who has not submitted, totals and shares, posts needed against posts filled, control totals."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.regulation.bundle import Rules
from gaobo_banzhuren.regulation.in_force import NoRuleError, rules_for_month
from teachers import queries
from teachers.models import SchoolClass

from .calculation import Month
from .models import HeadcountSnapshot, MonthSheet, SheetLine, SheetState


@dataclass(frozen=True, slots=True)
class Posts:
    """C10.2.1a: students ÷ standard size, rounded up, beside the class teachers in post. A hint, it blocks nothing."""

    students: int
    needed: int
    filled: int

    @property
    def missing(self) -> int:
        return max(self.needed - self.filled, 0)


@dataclass(frozen=True, slots=True)
class CollegeMonth:
    """One college's row; `sheet` is None where none was made."""

    college: College
    sheet: MonthSheet | None
    open_warnings: int
    posts: Posts | None

    @property
    def is_late(self) -> bool:
        return self.sheet is None or self.sheet.state == SheetState.DRAFT


@dataclass(frozen=True, slots=True)
class Control:
    """The same money counted three ways."""

    sheets_fen: int
    lines_fen: int
    shares_fen: int

    @property
    def agrees(self) -> bool:
        return self.sheets_fen == self.lines_fen == self.shares_fen


@dataclass(frozen=True, slots=True)
class MonthOverview:
    month: Month
    rules: Rules | None
    no_rules: str
    rows: tuple[CollegeMonth, ...]
    people: int
    total_fen: int
    school_fen: int
    college_fen: int
    control: Control

    @property
    def late(self) -> list[CollegeMonth]:
        return [row for row in self.rows if row.is_late]

    @property
    def sheets(self) -> list[MonthSheet]:
        return [row.sheet for row in self.rows if row.sheet]

    def count(self, state: str) -> int:
        return sum(sheet.state == state for sheet in self.sheets)

    @property
    def reviewed_free(self) -> int:
        """Reviewed sheets that are in no bundle yet."""
        return sum(sheet.state == SheetState.REVIEWED and sheet.bundle_id is None for sheet in self.sheets)


def posts_needed(students: int, standard_size: int) -> int:
    """Whole posts, rounded up: 61 students at 60 a post are two."""
    return -(-students // standard_size)


def month_overview(month: Month, user: User) -> MonthOverview:
    """Every college with an open class or a sheet in the month, those that have not submitted first."""
    try:
        rules, no_rules = rules_for_month(month.first_day), ""
    except NoRuleError as error:
        rules, no_rules = None, error.message
    sheets = list(
        MonthSheet.objects.visible_to(user)
        .filter(month=month.first_day)
        .select_related("college", "bundle")
        .annotate(open_warnings=Count("warnings", filter=Q(warnings__confirmed_at__isnull=True)))
    )
    by_college = {sheet.college_id: sheet for sheet in sheets}
    with_class = SchoolClass.objects.open_on_any(month.first_day, month.last_day).values("college")
    colleges = College.objects.visible_to(user).filter(Q(pk__in=with_class) | Q(pk__in=by_college)).order_by("code")
    posts = _posts(month, rules, sheets) if rules else {}
    rows = [
        CollegeMonth(
            college,
            by_college.get(college.pk),
            getattr(by_college.get(college.pk), "open_warnings", 0),
            posts.get(college.pk, Posts(0, 0, 0)) if rules else None,
        )
        for college in colleges
    ]
    rows.sort(key=lambda row: (not row.is_late, row.sheet is not None, row.college.code))
    return MonthOverview(
        month, rules, no_rules, tuple(rows), sum(sheet.people for sheet in sheets), *_sums(sheets), control_of(sheets)
    )


def late_colleges(month: Month) -> list[College]:
    """Colleges with an open class whose sheet of the month is missing or still a draft. One query, for the start page."""
    done = MonthSheet.objects.filter(month=month.first_day).exclude(state=SheetState.DRAFT).values("college")
    with_class = SchoolClass.objects.open_on_any(month.first_day, month.last_day).values("college")
    return list(College.objects.filter(pk__in=with_class).exclude(pk__in=done).order_by("code"))


def _sums(sheets: Iterable[MonthSheet]) -> tuple[int, int, int]:
    rows = list(sheets)
    return (
        sum(sheet.total_fen for sheet in rows),
        sum(sheet.school_fen for sheet in rows),
        sum(sheet.college_fen for sheet in rows),
    )


def control_of(sheets: Iterable[MonthSheet]) -> Control:
    """Sums of the sheets' heads, of their lines and of the two shares. One query."""
    rows = list(sheets)
    total, school, college = _sums(rows)
    lines = SheetLine.objects.filter(sheet__in=[sheet.pk for sheet in rows]).aggregate(fen=Sum("amount_fen"))["fen"]
    return Control(total, lines or 0, school + college)


def _posts(month: Month, rules: Rules, sheets: Iterable[MonthSheet]) -> dict[int, Posts]:
    """Students as the sheet counted them, live where there is no sheet; teachers in post on any day of the month."""
    classes = queries.class_facts(month.first_day, month.last_day)
    states = [state.label for state in rules.allowance.counted_states]
    live = queries.headcounts(month.first_day, states)
    students: dict[int, int] = defaultdict(int)
    settled = {sheet.college_id for sheet in sheets if sheet.computed_at}
    for row in classes:
        if row.college_id not in settled:
            students[row.college_id] += live.get(row.class_id, 0)
    counted = HeadcountSnapshot.objects.filter(sheet__in=[sheet.pk for sheet in sheets]).order_by()
    for owner, at, heads in counted.values_list("school_class__college_id", "sheet__college_id").annotate(
        heads=Sum("headcount")
    ):
        if owner == at:
            students[owner] += heads
    college_of = {row.code: row.college_id for row in classes}
    teachers: dict[int, set[str]] = defaultdict(set)
    for post in queries.appointment_facts(month.first_day, month.last_day):
        if post.class_code in college_of:
            teachers[college_of[post.class_code]].add(post.teacher_key)
    size = rules.allowance.standard_class_size
    return {
        college: Posts(students[college], posts_needed(students[college], size), len(teachers[college]))
        for college in set(college_of.values()) | set(students)
    }


def months_with_sheets(user: User) -> list[dt.date]:
    """Newest first."""
    return list(MonthSheet.objects.visible_to(user).order_by("-month").values_list("month", flat=True).distinct())
