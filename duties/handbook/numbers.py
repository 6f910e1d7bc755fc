"""The parts of the handbook that are counted: attendance, exams and fees of one class and term."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from teachers.models import SchoolClass

from ..models import SAT, AttendanceSession, ExamRegistration, ExamResult, FeeDue, RegistrationState, ResultStatus
from .content import Section

NONE = "无数据"


def percent(numerator: int, denominator: int) -> str:
    """Half up to two decimals of a percent; 无数据 for nothing counted (section 5)."""
    if not denominator:
        return NONE
    hundredths = (numerator * 10_000 * 2 + denominator) // (denominator * 2)
    return f"{hundredths // 100}.{hundredths % 100:02d} %"


def attendance(school_class: SchoolClass, first: dt.date, last: dt.date) -> Section:
    """One row a month with the sums of its roll calls, and the term in the last row (5.1)."""
    names = ("due", "present", "late", "early", "excused", "absent")
    rows = (
        AttendanceSession.objects.standing()
        .filter(school_class=school_class, day__range=(first, last))
        .annotate(month=TruncMonth("day"))
        .values("month")
        .annotate(calls=Count("pk"), **{f"sum_{name}": Sum(name) for name in names})
        .order_by("month")
    )
    table, total = [], [0] * 7
    found: list[dict[str, Any]] = [dict(row) for row in rows]
    for row in found:
        counts = [row["calls"], *(row[f"sum_{name}"] for name in names)]
        total = [known + more for known, more in zip(total, counts, strict=True)]
        table.append([f"{row['month']:%Y-%m}", *_attendance_row(counts)])
    if table:
        table.append(["合计", *_attendance_row(total)])
    columns = ("月份", "点名次数", "应到", "实到", "迟到", "早退", "准假", "缺勤", "到课率", "在课率")
    return Section("attendance", "出勤统计", "本学期没有点名。", columns=columns, rows=table)


def _attendance_row(counts: list[int]) -> list[str]:
    _, due, present, _, _, excused, _ = counts
    return [*(str(count) for count in counts), percent(present, due - excused), percent(present, due)]


def exams(school_class: SchoolClass, first: dt.date, last: dt.date) -> Section:
    """One row per session and course, from results that are out (5.4)."""
    out = ExamResult.objects.released(timezone.localdate())
    found = out.filter(school_class=school_class, session__ends_on__range=(first, last))
    rows = (
        found.values("session__name", "course__name")
        .annotate(
            sat=Count("pk", filter=Q(status__in=SAT)),
            passed=Count("pk", filter=Q(status=ResultStatus.PASSED)),
            absent=Count("pk", filter=Q(status=ResultStatus.ABSENT)),
            exempt=Count("pk", filter=Q(status=ResultStatus.EXEMPT)),
        )
        .order_by("session__starts_on", "session__name", "course__code")
    )
    planned: dict[tuple[str, str], int] = defaultdict(int)
    registered = ExamRegistration.objects.filter(
        school_class=school_class, session__ends_on__range=(first, last), state=RegistrationState.REGISTERED
    )
    counted = registered.values_list("session__name", "course__name").annotate(n=Count("pk")).order_by()
    for session, course, count in counted:
        planned[session, course] = count
    table = [
        [
            row["session__name"], row["course__name"], str(planned[row["session__name"], row["course__name"]] or ""),
            str(row["sat"]), str(row["passed"]), str(row["absent"]), str(row["exempt"]), percent(row["passed"], row["sat"]),
        ]
        for row in rows
    ]  # fmt: skip
    columns = ("考试场次", "课程", "报考", "实考", "合格", "缺考", "免考", "及格率")
    return Section("exams", "考试统计", "本学期没有考试成绩。", columns=columns, rows=table)


def fees(school_class: SchoolClass, first: dt.date, last: dt.date) -> Section:
    """One row per fee period that runs in the term (5.6). Amounts in yuan."""
    rows = (
        FeeDue.objects.filter(school_class=school_class, period__starts_on__lte=last, period__deadline__gte=first)
        .values("period__name", "period__deadline")
        .annotate(
            people=Count("pk"),
            owing=Count("pk", filter=Q(due_fen__gt=F("paid_fen") + F("waived_fen"))),
            due=Sum("due_fen"),
            paid=Sum("paid_fen"),
            waived=Sum("waived_fen"),
        )
        .order_by("period__starts_on", "period__name")
    )
    table = [
        [
            row["period__name"], str(row["period__deadline"]), str(row["people"]), yuan(row["due"]), yuan(row["paid"]),
            yuan(row["waived"]), str(row["owing"]), yuan(row["due"] - row["paid"] - row["waived"]),
            percent(row["paid"], row["due"]),
        ]
        for row in rows
    ]  # fmt: skip
    columns = ("缴费期", "截止", "人数", "应缴", "已缴", "减免", "欠费人数", "欠费", "收费率")
    return Section("fees", "缴费情况", "本学期没有缴费数据。", columns=columns, rows=table)


def yuan(fen: int) -> str:
    """分 as 元 with thousands separators."""
    return f"{fen // 100:,}.{fen % 100:02d}"
