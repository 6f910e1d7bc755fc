"""Questions about school years, terms, payable months and working days."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from gaobo_banzhuren.web.errors import UserError

from .models import CalendarDay, PayableMonth, SchoolYear, Term
from .working_days import is_working_day as _is_working_day
from .working_days import nth_working_day_after

MARGIN_DAYS = 60


class NoSchoolYearError(UserError):
    """No school year is set up for the day asked for."""


@dataclass(frozen=True, slots=True)
class PayableState:
    """Whether a month is paid, and whether the office has confirmed the year's list (A-04)."""

    payable: bool
    confirmed: bool
    school_year: str


def school_year_of(day: dt.date) -> SchoolYear:
    """The school year that `day` lies in; NoSchoolYearError if the office has not set it up."""
    found = SchoolYear.objects.filter(starts_on__lte=day, ends_on__gte=day).first()
    if found is None:
        raise NoSchoolYearError(f"{day.isoformat()} 所在的学年还没有建立，请继续教育学院先在「制度与校历」中新建学年。")
    return found


def term_of(day: dt.date) -> Term | None:
    """The term that `day` lies in; None in a gap between terms."""
    return Term.objects.select_related("school_year").filter(starts_on__lte=day, ends_on__gte=day).first()


def payable(month: dt.date) -> PayableState:
    """Payable state of the month that `month` lies in (A-04); NoSchoolYearError if its year is missing."""
    first = month.replace(day=1)
    row = PayableMonth.objects.select_related("school_year").filter(month=first).first()
    if row is None:
        year = school_year_of(first)
        return PayableState(False, year.payable_confirmed, year.name)
    return PayableState(row.payable, row.school_year.payable_confirmed, row.school_year.name)


def is_working_day(day: dt.date) -> bool:
    """Monday to Friday less public holidays, plus make-up work days."""
    holidays, make_up = _special_days(day, day)
    return _is_working_day(day, holidays, make_up)


def add_working_days(day: dt.date, count: int) -> dt.date:
    """The `count`-th working day after `day`, which is not counted itself (5.12: the last day of a notice)."""
    holidays, make_up = _special_days(day, day + dt.timedelta(days=3 * count + MARGIN_DAYS))
    return nth_working_day_after(day, count, holidays, make_up)


def _special_days(first: dt.date, last: dt.date) -> tuple[frozenset[dt.date], frozenset[dt.date]]:
    rows = list(CalendarDay.objects.filter(day__range=(first, last)).values_list("day", "kind"))
    holidays = frozenset(day for day, kind in rows if kind == CalendarDay.Kind.HOLIDAY)
    make_up = frozenset(day for day, kind in rows if kind == CalendarDay.Kind.MAKE_UP)
    return holidays, make_up
