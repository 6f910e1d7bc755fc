"""What the checks of a sheet look at besides the settlement itself."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from allowance.models import Adjustment, AdjustmentState, HeadcountConfirmation, MonthSheet, SheetLine
from gaobo_banzhuren.accounts.models import College

from .gathering import roster_updated
from .headcounts import confirmation_days


@dataclass(frozen=True, slots=True)
class Before:
    """What one kind of line of a person came to in the month before."""

    name: str
    amount_fen: int
    headcount: str
    coefficient: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the checks look at besides the settlement, read once for all sheets of a run."""

    previous: Mapping[int, Mapping[tuple[str, str], Before]]
    answers: Mapping[int, Sequence[HeadcountConfirmation]]
    roster_updated: Mapping[int, dt.datetime]
    differences: Mapping[int, Sequence[Adjustment]]
    objection_days: int
    colleges: Mapping[str, str]


def surroundings(sheets: Sequence[MonthSheet]) -> Surroundings:
    """Read once for all sheets of a run; all of one month."""
    month = sheets[0].month
    colleges = [sheet.college_id for sheet in sheets]
    previous: dict[int, dict[tuple[str, str], Before]] = defaultdict(dict)
    lines = SheetLine.objects.filter(
        sheet__month=(month - dt.timedelta(days=1)).replace(day=1), sheet__college__in=colleges, adjustment__isnull=True
    ).values_list("sheet__college_id", "staff_no", "kind", "name", "amount_fen", "headcount", "coefficient")
    for college, staff_no, kind, name, amount_fen, headcount, coefficient in lines:
        previous[college][staff_no, kind] = Before(name, amount_fen, headcount, coefficient)
    answers: dict[int, list[HeadcountConfirmation]] = defaultdict(list)
    for answer in HeadcountConfirmation.objects.filter(month=month, school_class__college__in=colleges):
        answers[answer.school_class_id].append(answer)
    differences: dict[int, list[Adjustment]] = defaultdict(list)
    waiting = Adjustment.objects.filter(
        college__in=colleges, origin_month__lt=month, state__in=(AdjustmentState.DETECTED, AdjustmentState.PROPOSED)
    )
    for item in waiting.select_related("teacher__user"):
        differences[item.college_id].append(item)
    names = dict(College.objects.values_list("code", "name"))
    return Surroundings(previous, answers, roster_updated(colleges), differences, confirmation_days(), names)
