"""Working days from weekdays, public holidays and make-up work days. Standard library only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

ONE_DAY = dt.timedelta(days=1)
SATURDAY = 5
LONGEST_SEARCH = 3660


def is_working_day(day: dt.date, holidays: Collection[dt.date], make_up_days: Collection[dt.date]) -> bool:
    """Monday to Friday unless a holiday, and any make-up work day; a make-up day wins over a holiday entry."""
    return day in make_up_days or (day.weekday() < SATURDAY and day not in holidays)


def nth_working_day_after(
    day: dt.date, count: int, holidays: Collection[dt.date], make_up_days: Collection[dt.date]
) -> dt.date:
    """The `count`-th working day after `day`, which itself is not counted. ValueError for a count below 1."""
    if count < 1:
        raise ValueError("工作日数应为 1 以上")
    for _ in range(LONGEST_SEARCH):
        day += ONE_DAY
        if is_working_day(day, holidays, make_up_days):
            count -= 1
            if count == 0:
                return day
    raise ValueError("校历中十年内没有足够的工作日")
