"""Plans the sheet 聘任."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from ..models import Appointment, AppointmentState, Dismissal, EndReason, Handover
from ..services.imports.operations import APPOINTMENT, CLASS, TEACHER, WRITER, Ref
from .checks import FOREIGN, OWN_POST, Context, in_order, note_new, note_updated, shown, unknown
from .columns import APPOINTMENTS, CLASSES, TEACHERS
from .reading import Row
from .snapshot import PostFact

CORRECTED = "名册导入更正"
FAR = dt.date.max


def teacher_key(context: Context, number: str) -> int | Ref | None:
    """Key of a class teacher whom the importing person may name."""
    made = context.made.get((TEACHER, number))
    if made:
        return made
    known = context.snapshot.people.get(number)
    if known is None or known.teacher_id is None:
        return None
    if context.scope.allows(known.college_id) or number in context.snapshot.lead_here:
        return known.teacher_id
    return None


def check_teacher(context: Context, sheet: str, row: Row, column: str) -> None:
    number = row[column]
    if number is None or teacher_key(context, number) is not None:
        return
    if context.scope.colleges is not None:
        context.report(sheet, row, column, FOREIGN)
    elif TEACHERS not in context.reading.unreadable:
        context.report(sheet, row, column, unknown(context.staff_numbers(), number))


def plan_appointments(context: Context) -> None:
    rows = context.reading.rows(APPOINTMENTS)
    seen: dict[tuple[str, str, dt.date], Row] = {}
    for row in rows:
        _check_appointment(context, row)
        if row["class_code"] and row["staff_no"] and row["starts_on"]:
            first = seen.setdefault((row["class_code"], row["staff_no"], row["starts_on"]), row)
            if first is not row:
                context.report(
                    APPOINTMENTS, row, "starts_on", f"与第 {first.number} 行重复（同一班级、工号和开始日期）"
                )
    recorded = {
        (post.class_code, post.staff_no, post.starts_on): post
        for posts in context.snapshot.posts.values()
        for post in posts
    }
    results: list[tuple[Row, PostFact | None, PostFact]] = []
    files = context.scope.colleges is None
    for row in rows:
        old = recorded.get(_post_key(row))
        if context.is_bad(APPOINTMENTS, row):
            # Its days still stand against others', if they could be read.
            if seen.get(_post_key(row)) is row and _ordered(row) and _in_scope(context, row["class_code"]):
                results.append((row, old, _said_post(row, old, files=files)))
        elif old is None or _agrees(context, row, old):
            results.append((row, old, _said_post(row, old, files=files)))
    _check_overlaps(context, results, recorded.values())
    _check_own(context, results)
    left = sum(1 for row, _, new in results if row["filed_on"] and row["filed_on"] != new.filed_on)
    if left:
        context.plan.notes.append(f"备案由继续教育学院登记，工作表「聘任」中 {left} 条备案日期没有采用")
    for row, old, new in results:
        if context.is_bad(APPOINTMENTS, row):
            continue
        if old is None:
            _make_post(context, row, new)
        else:
            _change_post(context, row, old, new)


def _check_own(context: Context, results: list[tuple[Row, PostFact | None, PostFact]]) -> None:
    for row, old, new in results:
        if old != new and row["staff_no"] and context.is_own(row["staff_no"]):
            context.report(APPOINTMENTS, row, "staff_no", OWN_POST)


def _post_key(row: Row) -> tuple[Any, Any, Any]:
    return row["class_code"], row["staff_no"], row["starts_on"]


def _in_scope(context: Context, code: str) -> bool:
    """A class that the person may name; of others not even the days of an overlap are told."""
    known = context.snapshot.classes.get(code)
    if known is None:
        return context.scope.colleges is None or (CLASS, code) in context.made
    return context.scope.allows(known.college_id)


def _ordered(row: Row) -> bool:
    return row["ends_on"] is None or row["ends_on"] >= row["starts_on"]


def _check_appointment(context: Context, row: Row) -> None:
    code = row["class_code"]
    if code is not None:
        known = context.snapshot.classes.get(code)
        if not _in_scope(context, code):
            context.report(APPOINTMENTS, row, "class_code", FOREIGN)
        elif known is None and (CLASS, code) not in context.made and CLASSES not in context.reading.unreadable:
            context.report(APPOINTMENTS, row, "class_code", unknown(context.class_codes(), code))
    check_teacher(context, APPOINTMENTS, row, "staff_no")
    in_order(context, APPOINTMENTS, row, "starts_on", "ends_on", f"早于开始日期 {row['starts_on']}")
    if row["ends_on"] and not row["end_reason"] and "end_reason" not in row.bad:
        context.report(APPOINTMENTS, row, "end_reason", "不能为空（已填结束日期）")
    if row["end_reason"] and not row["ends_on"] and "ends_on" not in row.bad:
        context.report(APPOINTMENTS, row, "ends_on", f"不能为空（已填结束原因「{row['end_reason']}」）")


def _said_post(row: Row, old: PostFact | None, *, files: bool) -> PostFact:
    """The appointment as the row wants it; a blank 备案日期 leaves the recorded one.

    Filing is the office's (`files`): of a college's workbook the day is not taken over.
    """
    filed = row["filed_on"] if files else None
    filed = filed or (old.filed_on if old else None)
    ends_on, reason = row["ends_on"], row["end_reason"] or ""
    if ends_on is None:
        state = AppointmentState.FILED if filed else AppointmentState.APPOINTED
    elif reason == EndReason.DISMISSED:
        state = AppointmentState.DISMISSED
    else:
        state = AppointmentState.ENDED
    return PostFact(
        old.pk if old else None, row["class_code"], row["staff_no"], row["starts_on"], ends_on, reason, filed, state.value,
        old.share if old else None,
    )  # fmt: skip


def _agrees(context: Context, row: Row, old: PostFact) -> bool:
    """A recorded end is history: a workbook without it is out of date, one that differs corrects it visibly."""
    if old.ends_on is not None and row["ends_on"] is None:
        context.report(
            APPOINTMENTS,
            row,
            "ends_on",
            f"与记录不符：该聘任已于 {old.ends_on} 结束（{old.end_reason}），请填写结束日期和原因",
        )
        return False
    if old.ends_on is not None and (old.ends_on, old.end_reason) != (row["ends_on"], row["end_reason"]):
        return _may_correct(context, row, old)
    return True


def _may_correct(context: Context, row: Row, old: PostFact) -> bool:
    if old.filed_on and context.scope.colleges is not None:
        context.report(
            APPOINTMENTS,
            row,
            "ends_on",
            f"与记录不符（{old.ends_on}，{old.end_reason}），已备案的聘任由继续教育学院更正",
        )
        return False
    papers = [
        word
        for word, exists in (
            ("解聘", Dismissal.objects.filter(appointments=old.pk).exists()),
            ("交接", Handover.objects.filter(outgoing_id=old.pk).exists()),
        )
        if exists
    ]
    if papers:
        text = (
            f"与记录不符：该聘任于 {old.ends_on} 结束（{old.end_reason}），并有{'、'.join(papers)}记录，不能由导入更正"
        )
        context.report(APPOINTMENTS, row, "ends_on", text)
        return False
    return True


def _check_overlaps(
    context: Context, results: list[tuple[Row, PostFact | None, PostFact]], recorded: Iterable[PostFact]
) -> None:
    """One main teacher per class and day (A-20 apart): among the rows, and between them and what is recorded."""
    told = {old.pk for _, old, _ in results if old is not None}
    by_class: dict[str, list[tuple[PostFact, Row | None]]] = {}
    for post in recorded:
        if post.pk not in told:
            by_class.setdefault(post.class_code, []).append((post, None))
    for said, _, post in results:
        by_class.setdefault(post.class_code, []).append((post, said))
    for posts in by_class.values():
        posts.sort(key=lambda pair: pair[0].starts_on)
        for index, (post, row) in enumerate(posts):
            for other, other_row in posts[index + 1 :]:
                if other.starts_on > (post.ends_on or FAR):
                    break
                _report_overlap(context, (post, row), (other, other_row))


def _report_overlap(context: Context, first: tuple[PostFact, Row | None], second: tuple[PostFact, Row | None]) -> None:
    if second[1] is None:
        first, second = second, first
    (post, row), (other, other_row) = first, second
    if other_row is None:
        return
    if post.share is not None and other.share is not None and post.staff_no != other.staff_no:
        return
    if _post_id(post) == _post_id(other):
        return  # reported as the same row twice
    place = f"第 {row.number} 行" if row else "系统中"
    text = f"与{place}工号「{post.staff_no}」的聘任（{post.starts_on}～{post.ends_on or ''}）重叠，同一班级同一天只能有一位班主任"
    context.report(APPOINTMENTS, other_row, "starts_on", text)


def _post_id(post: PostFact) -> tuple[Any, ...]:
    return post.class_code, post.staff_no, post.starts_on


def _post_values(context: Context, post: PostFact) -> dict[str, Any]:
    known = context.snapshot.classes.get(post.class_code)
    return {
        "school_class_id": known.pk if known else Ref(CLASS, post.class_code),
        "teacher_id": teacher_key(context, post.staff_no), "starts_on": post.starts_on, "ends_on": post.ends_on,
        "end_reason": post.end_reason, "filed_on": post.filed_on, "state": post.state, "share": post.share,
        "recorded_by_id": WRITER,
    }  # fmt: skip


def _make_post(context: Context, row: Row, new: PostFact) -> None:
    context.plan.create(APPOINTMENT, _post_id(new), _post_values(context, new))
    note_new(context, APPOINTMENTS, row, new.class_code, new.staff_no, "starts_on", "ends_on", "end_reason")


def _change_post(context: Context, row: Row, old: PostFact, new: PostFact) -> None:
    labels = (("ends_on", "结束日期"), ("end_reason", "结束原因"), ("filed_on", "备案日期"))
    details = [
        (label, shown(getattr(old, name)), shown(getattr(new, name)))
        for name, label in labels
        if getattr(old, name) != getattr(new, name)
    ]
    if details:
        assert old.pk is not None
        before = {name: getattr(old, name) for name in ("ends_on", "end_reason", "filed_on", "state")}
        if old.ends_on is not None and (old.ends_on, old.end_reason) != (new.ends_on, new.end_reason):
            after: dict[str, Any] = {"state": AppointmentState.VOIDED.value, "note": CORRECTED}
            kept = Appointment.objects.values("kind", "planned_end_on", "filing_no").get(pk=old.pk)
            context.plan.create(APPOINTMENT, _post_id(new), _post_values(context, new) | kept)
        else:
            after = {name: getattr(new, name) for name in before if getattr(new, name) != getattr(old, name)}
        context.plan.update(APPOINTMENT, old.pk, before, after)
    note_updated(context, APPOINTMENTS, row, new.class_code, new.staff_no, details)
