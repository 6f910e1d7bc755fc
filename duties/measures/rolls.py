"""Counts of roll calls and leave slips behind 到课率 (5.1)."""

from __future__ import annotations

from collections import Counter

from django.db.models import Count, Sum

from gaobo_banzhuren.regulation.rates import LeaveCounting, RateRules

from ..figures import Figure
from ..models import AttendanceMark, AttendanceSession, LeaveState, Mark, StudentLeave
from .scopes import Scopes, Tally

SUMS = ("due", "present", "late", "early", "excused", "absent")


def collect(scopes: Scopes, rules: RateRules) -> None:
    """One query, and one more where late comings are converted into truancies (A-32)."""
    sums = {f"sum_{name}": Sum(name) for name in SUMS}
    rows = scopes.grouped(AttendanceSession.objects.standing(), "school_class_id", "day", calls=Count("pk"), **sums)
    for row, _, tally in rows:
        tally.numbers["calls"] += row["calls"]
        for name in SUMS:
            tally.numbers[name] += row[f"sum_{name}"] or 0
    if rules.late_is_present and rules.late_per_truancy:
        _convert(scopes, rules.late_per_truancy)


def _convert(scopes: Scopes, per_truancy: int) -> None:
    """Every n-th late coming or early leaving of one student is a truancy."""
    marks = AttendanceMark.objects.filter(mark__in=(Mark.LATE, Mark.EARLY), session__voided_at__isnull=True)
    times: dict[int, Counter[int]] = {}
    rows = scopes.grouped(marks, "session__school_class_id", "session__day", "student_id", times=Count("pk"))
    for row, _, tally in rows:
        times.setdefault(id(tally), Counter())[row["student_id"]] += row["times"]
    for tally in scopes.tallies.values():
        per_student = times.get(id(tally), Counter())
        tally.numbers["converted"] = sum(number // per_truancy for number in per_student.values())


def collect_leaves(scopes: Scopes) -> None:
    """Granted leaves that are over: closed by 销假, or still open. One query."""
    granted = StudentLeave.objects.granted().filter(ends_on__lt=scopes.today)
    for row, _, tally in scopes.grouped(granted, "school_class_id", "ends_on", "state", slips=Count("pk")):
        name = "leaves_closed" if row["state"] == LeaveState.RETURNED else "leaves_open"
        tally.numbers[name] += row["slips"]


def attendance(tally: Tally, rules: RateRules) -> Figure:
    """到课率 by the readings A-30 to A-32."""
    numbers = tally.numbers
    present, due = numbers["present"] - numbers["converted"], numbers["due"]
    if not rules.late_is_present:
        present = numbers["present"] - numbers["late"] - numbers["early"]
    if rules.leave_counting == LeaveCounting.EXCLUDED:
        due -= numbers["excused"]
    elif rules.leave_counting == LeaveCounting.PRESENT:
        present += numbers["excused"]
    note = (
        f"{numbers['calls']} 次点名；应到 {numbers['due']}，实到 {numbers['present']}，准假 {numbers['excused']}，"
        f"缺勤 {numbers['absent']}；迟到 {numbers['late']}，早退 {numbers['early']}"
    )
    return Figure(
        "attendance", "到课率", max(present, 0), due, rules.attendance_target, rules.attendance_target_inclusive,
        note=note if numbers["calls"] else "还没有点名", readings=("A-30", "A-31", "A-32"), target_label="制度规定",
    )  # fmt: skip


def in_class(tally: Tally) -> Figure:
    """在课率, for information beside 到课率."""
    return Figure(
        "in_class", "在课率", tally.numbers["present"], tally.numbers["due"], note="仅供参考", readings=("A-30",)
    )
