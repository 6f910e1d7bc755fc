"""Reasons that travel with a sheet are read in 人事 and printed: students' names do not belong there."""

from __future__ import annotations

from allowance.models import HeadcountSnapshot, MonthSheet, SheetLine
from gaobo_banzhuren.web.errors import UserError
from teachers.models import RosterEntry

NAMES_SHOWN = 3


def refuse_student_names(text: str, sheet: MonthSheet | None) -> None:
    """UserError when the text names a student who is or was on the roster of a class of the sheet."""
    if sheet is None:
        return
    classes = HeadcountSnapshot.objects.filter(sheet=sheet).values("school_class")
    students = set(RosterEntry.objects.filter(school_class__in=classes).values_list("student__name", flat=True))
    # Somebody paid by the sheet stands on it anyway, whoever else has the same name.
    students -= set(SheetLine.objects.filter(sheet=sheet).values_list("name", flat=True))
    found = sorted(name for name in students if len(name) > 1 and name in text)
    if found:
        shown = "、".join(found[:NAMES_SHOWN]) + ("等" if len(found) > NAMES_SHOWN else "")
        raise UserError(
            f"理由里写有本月表班级学生的姓名（{shown}）。理由随表送人事、印在发放表上，请不写姓名，改写人数或情况，如“一名学生退学”。"
        )
