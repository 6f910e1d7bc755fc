"""What another rule version would have paid: past months under a draft's rules beside what was settled."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

from allowance.calculation import Month
from allowance.models import MonthSheet, SheetState
from gaobo_banzhuren.regulation.bundle import Rules
from gaobo_banzhuren.regulation.registry import PreviewRow

from .gathering import gather


def preview_months(rules: Rules, since: dt.date) -> Iterator[PreviewRow]:
    """Each settled college and month from `since` on, recomputed from today's facts under the other rules.

    Adjustment lines are left out on both sides: they belong to the months they come from.
    """
    settled: dict[dt.date, dict[str, tuple[str, int]]] = defaultdict(dict)
    sheets = MonthSheet.objects.exclude(state=SheetState.DRAFT).filter(month__gte=since).select_related("college")
    for sheet in sheets.prefetch_related("lines"):
        fen = sum(line.amount_fen for line in sheet.lines.all() if line.adjustment_id is None)
        settled[sheet.month][sheet.college.code] = (sheet.college.name, fen)
    for month in sorted(settled):
        recomputed = _recompute(Month.of(month), rules)
        for code, (name, fen) in sorted(settled[month].items()):
            yield PreviewRow(month, code, name, fen, recomputed.get(code, 0))


def _recompute(month: Month, rules: Rules) -> dict[str, int]:
    facts = gather(month, rules.allowance, month.first_day)
    _, result = facts.compute()
    totals: dict[str, int] = defaultdict(int)
    for line in result.lines:
        totals[line.college] += line.amount_fen
    return totals


def use_of(version_id: int) -> int:
    """How many sheets past the draft state rest on the version."""
    return MonthSheet.objects.frozen().filter(rule_version_id=version_id).count()
