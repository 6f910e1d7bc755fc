"""Roll calls: only the exceptions are kept, the counts are fixed when the roll call is saved (C5.4a)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.audit.services import record as audit
from gaobo_banzhuren.web.errors import StaleError, UserError
from teachers.models import SchoolClass

from ..attendance_counts import Counts
from ..models import AttendanceChange, AttendanceMark, AttendanceSession
from ..policies import attendance as policies
from .roll import AlreadyCalled, Exceptions, Ground, MarkInput, SessionInput, prepare

__all__ = [
    "AlreadyCalled",
    "MarkInput",
    "SessionInput",
    "call_many",
    "call_roll",
    "correct_session",
    "counts_of",
    "marks_of",
    "rewrite",
    "void_session",
]
LONGEST = {"period": 20, "course_name": 60, "course_teacher": 30, "remark": 200}
LABELS = {"period": "节次", "course_name": "课程", "course_teacher": "任课教师", "remark": "备注"}


def call_roll(
    actor: User,
    school_class: SchoolClass,
    day: dt.date,
    period: str,
    marks: Mapping[int, MarkInput],
    *,
    course_name: str = "",
    course_teacher: str = "",
    remark: str = "",
    client_id: str = "",
    slips: Iterable[int] = (),
) -> AttendanceSession:
    """Save one roll call; `marks` holds the exceptions by student key, everybody else was present.

    A granted slip of the day fills the mark of a student without one; `slips` are the students that the caller saw
    excused by a slip. The same `client_id` of the same person gives the same session, however often it is sent. Raises
    AlreadyCalled when the period of the day has its roll call, UserError for students who are not on the roster of that
    day, NotAllowed for days on which the person was not in post.
    """
    one = SessionInput(
        day, period, marks, course_name=course_name, course_teacher=course_teacher, remark=remark, client_id=client_id,
        slips=frozenset(slips),
    )  # fmt: skip
    return call_many(actor, school_class, [one])[0]


@transaction.atomic
def call_many(actor: User, school_class: SchoolClass, sessions: Sequence[SessionInput]) -> list[AttendanceSession]:
    """Save many roll calls of a class, all or none, in the order given; a fixed number of queries whatever their number.

    Roll calls sent before (same person, same `client_id`) are returned as they are. Raises what `call_roll` raises.
    """
    if not sessions:
        return []
    asked = [one.client_id for one in sessions if one.client_id]
    known = _sent_before(actor, asked)
    new = [_cleaned(one) for one in sessions if one.client_id not in known]
    if not new:
        return [known[one.client_id] for one in sessions]
    policies.can_call(actor, school_class, [one.day for one in new]).require()
    _refuse_days(school_class, new)
    _refuse_repeats(school_class, new)
    ground = Ground.of(school_class, {one.day for one in new})
    prepared = [prepare(ground, one, actor) for one in new]
    rows = [_row(actor, school_class, one, counts) for one, (counts, _) in zip(new, prepared, strict=True)]
    try:
        with transaction.atomic():
            made = AttendanceSession.objects.bulk_create(rows)
            AttendanceMark.objects.bulk_create(
                mark_row(row, each) for row, (_, marks) in zip(made, prepared, strict=True) for each in marks.values()
            )
    except IntegrityError:
        # Somebody was quicker by a moment: the same telephone twice, or another person.
        known = _sent_before(actor, asked)
        if len(known) == len(sessions):
            return [known[one.client_id] for one in sessions]
        _refuse_repeats(school_class, new)
        raise
    _note_calls(actor, school_class, made)
    fresh = iter(made)
    return [known[one.client_id] if one.client_id in known else next(fresh) for one in sessions]


def _sent_before(actor: User, client_ids: Sequence[str]) -> dict[str, AttendanceSession]:
    if not client_ids:
        return {}
    rows = AttendanceSession.objects.filter(taken_by=actor, client_id__in=client_ids)
    return {row.client_id: row for row in rows}


def _cleaned(one: SessionInput) -> SessionInput:
    # NUL comes from no keyboard, and PostgreSQL refuses it.
    values = {name: " ".join(getattr(one, name).replace("\x00", "").split()) for name in LONGEST}
    for name, longest in LONGEST.items():
        if len(values[name]) > longest:
            raise UserError(f"「{LABELS[name]}」最多 {longest} 个字。")
    if not values["period"]:
        raise UserError("请选择节次。")
    return one.with_texts(**values)


def _refuse_days(school_class: SchoolClass, sessions: Iterable[SessionInput]) -> None:
    today = timezone.localdate()
    for one in sessions:
        if one.day > today:
            raise UserError(f"{one.day:%Y-%m-%d} 还没有到，不能提前点名。")
        if one.day < school_class.opens_on or (school_class.closes_on and one.day > school_class.closes_on):
            raise UserError(f"{one.day:%Y-%m-%d} 不在{school_class.name}的开班期间，不能点名。")


def _refuse_repeats(school_class: SchoolClass, sessions: Sequence[SessionInput]) -> None:
    seen: set[tuple[dt.date, str]] = set()
    for one in sessions:
        if (one.day, one.period) in seen:
            raise UserError(f"{one.day:%Y-%m-%d} {one.period} 出现了两次，每天每节次只登记一次点名。")
        seen.add((one.day, one.period))
    rows = (
        AttendanceSession.objects.standing()
        .filter(school_class=school_class, day__in={one.day for one in sessions})
        .select_related("taken_by")
    )
    first = next((row for row in rows if (row.day, row.period) in seen), None)
    if first is not None:
        raise AlreadyCalled(first)


def _row(actor: User, school_class: SchoolClass, one: SessionInput, counts: Counts) -> AttendanceSession:
    return AttendanceSession(
        school_class=school_class,
        day=one.day,
        taken_by=actor,
        client_id=one.client_id[:64],
        **{name: getattr(one, name) for name in LONGEST},
        **counts.as_dict(),
    )


def mark_row(session: AttendanceSession, each: Exceptions) -> AttendanceMark:
    return AttendanceMark(
        session=session, student_id=each.student_id, mark=each.mark, approved=each.approved, leave_id=each.leave_id,
        note=each.note[:100],
    )  # fmt: skip


def _note_calls(actor: User, school_class: SchoolClass, made: Sequence[AttendanceSession]) -> None:
    college = school_class.college_id
    if len(made) == 1:
        row = made[0]
        after = {"day": row.day, "period": row.period, **counts_of(row).as_dict()}
        audit(actor, "duties.attendance_call", row, after=after, college=college)
        return
    total = sum((counts_of(row) for row in made), Counts())
    after = {
        "sessions": len(made),
        "from": min(row.day for row in made),
        "to": max(row.day for row in made),
        **total.as_dict(),
    }
    audit(actor, "duties.attendance_call_many", school_class, after=after, college=college)


def counts_of(session: AttendanceSession) -> Counts:
    """The fixed counts of a roll call."""
    return Counts(session.due, session.present, session.late, session.early, session.excused, session.absent)


def marks_of(session: AttendanceSession) -> dict[int, Exceptions]:
    """The exceptions of a roll call by student key. One query."""
    rows = session.marks.values_list("student_id", "mark", "approved", "leave_id", "note")
    return {row[0]: Exceptions(*row) for row in rows}


@transaction.atomic
def correct_session(
    actor: User,
    session: AttendanceSession,
    marks: Mapping[int, MarkInput],
    *,
    reason: str,
    version: int,
    period: str | None = None,
    course_name: str | None = None,
    course_teacher: str | None = None,
    remark: str | None = None,
) -> AttendanceChange:
    """Correct a saved roll call; `marks` are all its exceptions, whoever is not in there was present.

    The roster of that day is asked again. What it said before stays with the roll call and in the log. Raises
    StaleError when it was changed since `version`, UserError without a reason or without a change.
    """
    policies.can_correct(actor, session).require()
    one = _cleaned(
        SessionInput(
            session.day,
            session.period if period is None else period,
            marks,
            session.course_name if course_name is None else course_name,
            session.course_teacher if course_teacher is None else course_teacher,
            session.remark if remark is None else remark,
        )
    )
    ground = Ground.of(session.school_class, {session.day})
    counts, found = prepare(ground, one, actor, fill=False)
    return rewrite(actor, session, one, counts, found, reason=reason, version=version)


def rewrite(
    actor: User,
    session: AttendanceSession,
    one: SessionInput,
    counts: Counts,
    marks: Mapping[int, Exceptions],
    *,
    reason: str,
    version: int,
) -> AttendanceChange:
    """Put new marks and texts in the place of the old ones, with both in the history. The caller holds a transaction."""
    if not reason.strip():
        raise UserError("请写明更正的理由。")
    before = _state(session, counts_of(session), marks_of(session))
    values = {name: getattr(one, name) for name in LONGEST} | counts.as_dict()
    standing = AttendanceSession.objects.standing().filter(pk=session.pk, version=version)
    try:
        with transaction.atomic():
            done = standing.update(version=F("version") + 1, **values)
    except IntegrityError:
        _refuse_repeats(session.school_class, [one])
        raise
    if not done:
        raise StaleError("这次点名刚在别处被更正或作废，您的更正没有保存。请核对后再改。")
    session.refresh_from_db()
    after = _state(session, counts, marks)
    if before == after:
        raise UserError("没有改动，不需要更正。")
    session.marks.all().delete()
    AttendanceMark.objects.bulk_create(mark_row(session, each) for each in marks.values())
    return _changed(actor, session, "duties.attendance_correct", before, after, reason)


@transaction.atomic
def void_session(actor: User, session: AttendanceSession, *, reason: str, version: int) -> None:
    """Take a mistaken roll call back: it counts nowhere and frees its period. Raises StaleError as `correct_session`."""
    policies.can_correct(actor, session).require()
    if not reason.strip():
        raise UserError("请写明作废的理由。")
    before = _state(session, counts_of(session), marks_of(session))
    done = AttendanceSession.objects.standing().filter(pk=session.pk, version=version)
    if not done.update(voided_at=timezone.now(), void_reason=reason.strip()[:200], version=F("version") + 1):
        raise StaleError("这次点名刚在别处被更正或作废，没有重复办理。")
    session.refresh_from_db()
    _changed(actor, session, "duties.attendance_void", before, {}, reason)


def _state(session: AttendanceSession, counts: Counts, marks: Mapping[int, Exceptions]) -> dict[str, Any]:
    """For the history and the log: students by key, never by name."""
    return {
        "counts": counts.as_dict(),
        "marks": {str(key): each.word for key, each in sorted(marks.items())},
        "slips": {str(key): each.leave_id for key, each in sorted(marks.items()) if each.leave_id},
        **{name: getattr(session, name) for name in LONGEST},
    }


def _changed(
    actor: User, session: AttendanceSession, action: str, before: dict[str, Any], after: dict[str, Any], reason: str
) -> AttendanceChange:
    college = session.school_class.college_id
    audit(actor, action, session, before=before, after=after, reason=reason.strip(), college=college)
    return AttendanceChange.objects.create(
        session=session, before=before, after=after, reason=reason.strip()[:200], by=actor
    )
