"""Plans the sheet 班主任请假."""

from __future__ import annotations

from typing import Any

from ..models import Leave
from ..services.imports.operations import LEAVE, NOW, WRITER
from .checks import OWN_POST, Context, in_order, note_new, note_updated, shown
from .columns import LEAVES
from .planning_posts import CORRECTED, check_teacher, teacher_key
from .reading import Row
from .snapshot import LeaveFact


def plan_leaves(context: Context) -> None:
    seen: dict[str, list[Row]] = {}
    for row in context.reading.rows(LEAVES):
        _check_leave(context, row)
        if not (row["staff_no"] and row["starts_on"] and row["ends_on"] and row["ends_on"] >= row["starts_on"]):
            continue
        for other in seen.setdefault(row["staff_no"], []):
            if row["starts_on"] <= other["ends_on"] and other["starts_on"] <= row["ends_on"]:
                context.report(LEAVES, row, "starts_on", f"与第 {other.number} 行的请假重叠")
                break
        seen[row["staff_no"]].append(row)
    told = {(row["staff_no"], row["starts_on"]) for row in context.reading.rows(LEAVES)}
    for row in context.reading.rows(LEAVES):
        if context.is_bad(LEAVES, row):
            continue
        recorded = context.snapshot.leaves.get(row["staff_no"], [])
        old = next((leave for leave in recorded if leave.starts_on == row["starts_on"]), None)
        clash = next(
            (leave for leave in recorded if _clashes(leave, row) and (leave.staff_no, leave.starts_on) not in told),
            None,
        )
        if clash is not None:
            context.report(LEAVES, row, "starts_on", f"与系统中的请假（{clash.starts_on}～{clash.ends_on}）重叠")
        else:
            _plan_leave(context, row, old)


def _clashes(leave: LeaveFact, row: Row) -> bool:
    return leave.starts_on <= row["ends_on"] and row["starts_on"] <= leave.ends_on


def _check_leave(context: Context, row: Row) -> None:
    check_teacher(context, LEAVES, row, "staff_no")
    if row["stand_in"] and row["stand_in"] == row["staff_no"]:
        context.report(LEAVES, row, "stand_in", "与请假人是同一人")
    elif not _is_recorded(context, row):
        check_teacher(context, LEAVES, row, "stand_in")
    in_order(context, LEAVES, row, "starts_on", "ends_on", f"早于开始日期 {row['starts_on']}")


def _is_recorded(context: Context, row: Row) -> bool:
    """The stand-in of a recorded leave may be of another college, and stays without being named anew."""
    recorded = context.snapshot.leaves.get(row["staff_no"] or "", [])
    return any((leave.starts_on, leave.stand_in) == (row["starts_on"], row["stand_in"]) for leave in recorded)


def _plan_leave(context: Context, row: Row, old: LeaveFact | None) -> None:
    number, stand_in = row["staff_no"], row["stand_in"]
    if old is not None and stand_in is None:
        stand_in = old.stand_in
    details = []
    if old is not None:
        pairs = (("结束日期", old.ends_on, row["ends_on"]), ("代班工号", old.stand_in, stand_in))
        details = [(label, shown(was), shown(now)) for label, was, now in pairs if was != now]
        if details:
            assert old.pk is not None
            context.plan.update(
                LEAVE, old.pk, {"ends_on": old.ends_on, "cancelled_at": None},
                {"cancelled_at": NOW, "cancel_reason": CORRECTED},
            )  # fmt: skip
    if (old is None or details) and context.is_own(number):
        context.report(LEAVES, row, "staff_no", OWN_POST)
        return
    if old is None or details:
        values: dict[str, Any] = {
            "teacher_id": teacher_key(context, number), "starts_on": row["starts_on"], "ends_on": row["ends_on"],
            "stand_in_id": _stand_in_key(context, stand_in), "recorded_by_id": WRITER,
        }  # fmt: skip
        if old is not None and old.pk is not None:
            values |= Leave.objects.values("kind", "reason").get(pk=old.pk)
        context.plan.create(LEAVE, (number, row["starts_on"]), values)
    if old is None:
        note_new(context, LEAVES, row, number, f"{row['starts_on']}～{row['ends_on']}", "stand_in")
    else:
        note_updated(context, LEAVES, row, number, f"{row['starts_on']}～{row['ends_on']}", details)


def _stand_in_key(context: Context, number: str | None) -> Any:
    if number is None:
        return None
    known = context.snapshot.people.get(number)
    return known.teacher_id if known and known.teacher_id else teacher_key(context, number)
