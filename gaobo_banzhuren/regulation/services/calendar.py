"""School years, terms, payable months, holidays and make-up days: everything the office keeps in 校历."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.audit.services import record
from gaobo_banzhuren.web.errors import StaleError, UserError

from .. import policies
from ..day_list import ListedDay
from ..loading import load_year, year_name
from ..models import CalendarDay, PayableMonth, SchoolYear, Term
from ..parts import to_json
from ..year_settings import YearSettings
from .conflicts import refusing_conflicts

STALE = "这个学年刚被别人改过，您的修改没有保存。请重新打开后再改。"
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class TermDates:
    """One term as entered."""

    name: str
    starts_on: dt.date
    ends_on: dt.date


@transaction.atomic
def create_school_year(start: int, *, actor: User) -> SchoolYear:
    """Set up the school year that begins in September of `start`, with the decisions of the latest year before it."""
    policies.can_decide(actor).require()
    name = year_name(start)
    if SchoolYear.objects.filter(name=name).exists():
        raise UserError(f"{name} 学年已经建立。")
    former = SchoolYear.objects.filter(starts_on__lt=dt.date(start, 9, 1)).first()
    with refusing_conflicts(f"{name} 学年刚被别人建立。"):
        load_year(apps.get_model, start)
    year = SchoolYear.objects.get(name=name)
    if former:
        SchoolYear.objects.filter(pk=year.pk).update(**to_json(former.settings()))
        year.refresh_from_db()
    record(actor, "regulation.school_year", year, after=to_json(year.settings()), role=Role.OFFICE)
    return year


def _touch(year: SchoolYear, edition: int, **fields: Any) -> None:
    changed = SchoolYear.objects.filter(pk=year.pk, edition=edition).update(edition=F("edition") + 1, **fields)
    if not changed:
        raise StaleError(STALE)
    year.refresh_from_db()


@transaction.atomic
def save_year_settings(year: SchoolYear, new: YearSettings, *, edition: int, actor: User) -> None:
    """Change what the office decides for one school year (A-21, A-50, A-68, A-69, A-81, A-88)."""
    policies.can_decide(actor).require()
    problems = new.problems()
    if problems:
        raise UserError("；".join(problems))
    before, after = to_json(year.settings()), to_json(new)
    _touch(year, edition, **after)
    record(actor, "regulation.year_settings", year, before=before, after=after, role=Role.OFFICE)


@transaction.atomic
def save_terms(year: SchoolYear, terms: Sequence[TermDates], *, edition: int, actor: User) -> None:
    """Replace the terms of a school year; they lie inside it, in order, without overlap."""
    policies.can_decide(actor).require()
    problems = term_problems(year, terms)
    if problems:
        raise UserError("；".join(problems))
    before = [_term_text(term) for term in year.terms.all()]
    _touch(year, edition)
    for number, term in enumerate(terms, start=1):
        values = {"name": term.name.strip(), "starts_on": term.starts_on, "ends_on": term.ends_on}
        Term.objects.update_or_create(school_year=year, number=number, defaults=values)
    Term.objects.filter(school_year=year, number__gt=len(terms)).delete()
    after = [_term_text(term) for term in terms]
    record(actor, "regulation.terms", year, before={"terms": before}, after={"terms": after}, role=Role.OFFICE)


def _term_text(term: Term | TermDates) -> str:
    return f"{term.name} {term.starts_on.isoformat()}—{term.ends_on.isoformat()}"


def term_problems(year: SchoolYear, terms: Sequence[TermDates]) -> list[str]:
    """Why these terms do not fit the school year, in Chinese."""
    found = [] if terms else ["至少要有一个学期。"]
    previous: TermDates | None = None
    for term in terms:
        if not (year.starts_on <= term.starts_on < term.ends_on <= year.ends_on):
            found.append(f"{term.name}：应在 {year.starts_on} 至 {year.ends_on} 之内，且开始早于结束")
        if previous and term.starts_on <= previous.ends_on:
            found.append(f"{term.name}：与{previous.name}重叠")
        previous = term
    return found


@transaction.atomic
def set_payable_months(year: SchoolYear, months: Collection[dt.date], *, edition: int, actor: User) -> bool:
    """Tick the months that are paid (A-04). A changed list must be confirmed again; returns whether it changed."""
    policies.can_decide(actor).require()
    rows = list(year.payable_months.all())
    unknown = set(months) - {row.month for row in rows}
    if unknown:
        raise UserError(f"{min(unknown):%Y-%m} 不在 {year.name} 学年。")
    changed = [row for row in rows if row.payable != (row.month in months)]
    if not changed:
        return False
    _touch(year, edition, payable_confirmed_at=None, payable_confirmed_by=None)
    for row in changed:
        PayableMonth.objects.filter(pk=row.pk).update(payable=row.month in months)
    before = {row.month.isoformat(): row.payable for row in changed}
    after = {row.month.isoformat(): not row.payable for row in changed}
    record(actor, "regulation.payable_months", year, before=before, after=after, role=Role.OFFICE)
    return True


@transaction.atomic
def confirm_payable_months(year: SchoolYear, *, edition: int, actor: User) -> None:
    """State that the list of paid months holds for this school year; until then no bundle goes to HR."""
    policies.can_decide(actor).require()
    if year.payable_confirmed:
        raise UserError(f"{year.name} 学年的计发月份已经确认。")
    _touch(year, edition, payable_confirmed_at=timezone.now(), payable_confirmed_by=actor)
    months = [f"{row.month:%Y-%m}" for row in year.payable_months.filter(payable=True)]
    record(actor, "regulation.confirm_payable_months", year, after={"months": months}, role=Role.OFFICE)


@transaction.atomic
def add_days(days: Sequence[ListedDay], *, actor: User) -> int:
    """Enter holidays and make-up work days, all or none; a day that is already there with the same kind is left."""
    policies.can_edit_calendar(actor).require()
    known = {row.day: row for row in CalendarDay.objects.filter(day__in=[day.day for day in days])}
    problems = [text for day in days if (text := _day_problem(day, known.get(day.day)))]
    if problems:
        raise UserError("；".join(problems))
    new = [day for day in days if day.day not in known]
    with refusing_conflicts("校历刚被别人改过，请刷新后再登记。"):
        CalendarDay.objects.bulk_create(CalendarDay(day=day.day, kind=day.kind, name=day.name) for day in new)
    if new:
        after = {day.day.isoformat(): f"{CalendarDay.Kind(day.kind).label} {day.name}" for day in new}
        record(actor, "regulation.calendar_days", after=after, object_text="校历", role=_hat(actor))
    return len(new)


def _hat(actor: User) -> Role:
    return Role.OFFICE if actor.access.has(Role.OFFICE) else Role.SYSADMIN


def _day_problem(day: ListedDay, known: CalendarDay | None) -> str:
    if known and known.kind != day.kind:
        return f"{day.day.isoformat()} 已登记为{known.get_kind_display()}，请先删除"
    if day.kind == CalendarDay.Kind.MAKE_UP and day.day.weekday() < SATURDAY:
        return f"{day.day.isoformat()} 不是周六或周日，本来就上班，不用登记调休"
    return ""


@transaction.atomic
def remove_day(day: CalendarDay, *, actor: User) -> None:
    """Take a holiday or make-up day off the calendar."""
    policies.can_edit_calendar(actor).require()
    before = {"kind": day.kind, "name": day.name}
    record(actor, "regulation.remove_calendar_day", day, before=before, role=_hat(actor))
    day.delete()
