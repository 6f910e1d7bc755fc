"""What of the allowance rests on an import: a batch whose facts a closed month was paid by cannot be taken back."""

from __future__ import annotations

from allowance.models import FROZEN_STATES, HeadcountSnapshot, SheetLine
from teachers.models import Appointment, ImportBatch, Leave, RosterEntry
from teachers.services.imports.undoing import changed_rows, created_rows

SHOWN = 6


def months_resting_on(batch: ImportBatch) -> list[str]:
    """One sentence that names the closed months, none when there are none."""
    closed = {"sheet__state__in": FROZEN_STATES, "sheet__computed_at__gte": batch.committed_at}
    by_class = HeadcountSnapshot.objects.filter(school_class__in=_classes(batch), **closed)
    leaves = Leave.objects.filter(pk__in=_touched(batch, "teachers.Leave"))
    by_person = SheetLine.objects.filter(teacher__in=leaves.values("teacher"), **closed)
    found = {
        *by_class.values_list("sheet__month", "sheet__college__name"),
        *by_person.values_list("sheet__month", "sheet__college__name"),
    }
    if not found:
        return []
    names = [f"{college} {month:%Y-%m}" for month, college in sorted(found)]
    listed = "、".join(names[:SHOWN]) + (f" 等 {len(names)} 张" if len(names) > SHOWN else "")
    return [f"已提交的津贴月表用了这批数据：{listed}；有误请逐条更正，差额会在未提交的月份提示"]


def _classes(batch: ImportBatch) -> set[int]:
    entries = RosterEntry.objects.filter(pk__in=_touched(batch, "teachers.RosterEntry"))
    posts = Appointment.objects.filter(pk__in=_touched(batch, "teachers.Appointment"))
    return {
        *_touched(batch, "teachers.SchoolClass"),
        *entries.values_list("school_class_id", flat=True).distinct(),
        *posts.values_list("school_class_id", flat=True).distinct(),
    }


def _touched(batch: ImportBatch, model: str) -> list[int]:
    return [*created_rows(batch, model), *changed_rows(batch, model)]
