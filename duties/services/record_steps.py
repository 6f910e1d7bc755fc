"""What is appended to an archived record and decided about it. Its texts never change: a correction is a note with the
old and the new value beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.audit.services import record as audit
from gaobo_banzhuren.audit.services import sensitive
from gaobo_banzhuren.regulation.school_calendar import term_of
from gaobo_banzhuren.web.errors import StaleError, UserError
from teachers.models import SchoolClass

from .. import kinds
from ..kinds import Kind
from ..models import Privacy, Progress, RecordNote, RecordState, WorkRecord
from ..policies import records as policies
from .record_input import (
    LONGEST_TEXT,
    TEXT_COLUMNS,
    RecordInput,
    facts,
    field_problems,
    kind_for,
    storable,
    students_on,
    teacher_for,
)

COUNTED = frozenset({"happened_on", "category", "level", "exam_session", "course", "responsible"})
"""Fields that figures look at in records that others confirm."""


@transaction.atomic
def discard_draft(actor: User, record: WorkRecord) -> None:
    """Throw an own draft away."""
    policies.can_edit(actor, record).require()
    gone = WorkRecord.objects.filter(pk=record.pk, state=RecordState.DRAFT)
    if not gone.exists():
        raise StaleError("这份草稿已经归档或不存在。")
    audit(actor, "duties.record_discard", record, before=facts(record), college=record.college_id)
    gone.delete()


@transaction.atomic
def append(
    actor: User,
    record: WorkRecord,
    kind: str,
    text: str,
    *,
    on: dt.date | None = None,
    follow_up_on: dt.date | None = None,
) -> RecordNote:
    """Add a follow-up or a stage of a case. A new `follow_up_on` moves the return visit."""
    policies.can_append(actor, record).require()
    if kind not in (RecordNote.Kind.FOLLOW_UP, RecordNote.Kind.STAGE):
        raise UserError("这里只能补充跟进或措施。")
    day = on or timezone.localdate()
    if day > timezone.localdate():
        raise UserError("日期不能晚于今天。")
    if day < record.happened_on:
        raise UserError("跟进的日期不能早于记录的日期。")
    note = _note(actor, record, kind, text, day)
    WorkRecord.objects.filter(pk=record.pk).update(follow_up_on=follow_up_on, version=F("version") + 1)
    record.refresh_from_db()
    return note


def _note(actor: User, record: WorkRecord, kind: str, text: str, on: dt.date, **more: Any) -> RecordNote:
    if not text.strip():
        raise UserError("请填写内容。")
    if len(text) > LONGEST_TEXT:
        raise UserError(f"内容最多 {LONGEST_TEXT} 个字。")
    note = RecordNote.objects.create(record=record, kind=kind, text=text.strip(), on=on, by=actor, **more)
    audit(actor, f"duties.record_{kind}", record, after={"text": sensitive(text), "day": on}, college=record.college_id)
    return note


@transaction.atomic
def correct(actor: User, record: WorkRecord, changes: Mapping[str, Any], reason: str) -> RecordNote:
    """Correct declared fields or the day of an archived record; the old values stay readable in the note.

    Raises UserError for an unknown field, an unchanged record or an impossible value.
    """
    policies.can_append(actor, record).require()
    kind = kind_for(record.kind)
    _refuse_decided(record, kind, changes)
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    columns: dict[str, Any] = {}
    details = dict(record.details)
    for name, value in changes.items():
        if name == "happened_on":
            _check_day(actor, record, kind, value)
            before[name], after[name] = record.happened_on.isoformat(), value.isoformat()
            columns |= {"happened_on": value, "term": term_of(value)}
            continue
        declared = kind.field(name)
        if declared is None:
            raise UserError(f"「{kind.name}」没有「{name}」这一项。")
        problems = field_problems(declared, value, archive=True)
        if problems:
            raise UserError("；".join(problems) + "。")
        old = getattr(record, name) if declared.is_column else details.get(name)
        before[name], after[name] = _plain(old), _plain(value)
        if declared.is_column:
            columns[name] = (value or "") if name in TEXT_COLUMNS else value
        elif value in (None, ""):
            details.pop(name, None)
        else:
            details[name] = storable(value)
    if before == after:
        raise UserError("没有改动，不需要更正。")
    to_mind = kind.psychological_category and changes.get("category") == kind.psychological_category
    if to_mind and record.privacy != Privacy.PRIVATE:
        columns["privacy"] = Privacy.PSYCHOLOGICAL
    note = _note(actor, record, RecordNote.Kind.CORRECTION, reason, timezone.localdate(), before=before, after=after)
    moved = WorkRecord.objects.filter(pk=record.pk, version=record.version, state=RecordState.ARCHIVED)
    try:
        with transaction.atomic():
            done = moved.update(version=F("version") + 1, details=details, **columns)
    except IntegrityError as problem:
        raise UserError("更正后的数字不成立：实到不能多于应到。") from problem
    if not done:
        raise StaleError("这条记录刚有改动，没有更正。请核对后再试。")
    record.refresh_from_db()
    return note


def _refuse_decided(record: WorkRecord, kind: Kind, changes: Mapping[str, Any]) -> None:
    """What somebody confirmed counts as it was confirmed: its author does not turn it into something else."""
    if kind.progress == "decision" and record.progress == Progress.CONFIRMED and COUNTED & set(changes):
        raise UserError("已经认定，日期、类别、等级和场次不能再更正；请认定的单位撤销后重新登记。")


def _check_day(actor: User, record: WorkRecord, kind: Kind, day: dt.date) -> None:
    classes = list(SchoolClass.objects.filter(pk__in=record.class_links.values("school_class")))
    people = list(record.student_links.values_list("student_id", flat=True))
    data = RecordInput(kind=kind.key, happened_on=day, classes=classes, students=people)
    if day > timezone.localdate():
        raise UserError("日期不能晚于今天。")
    teacher_for(actor, kind, data)
    students_on(data)


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return value.pk if hasattr(value, "pk") else value


@transaction.atomic
def void(actor: User, record: WorkRecord, reason: str) -> None:
    """Take a mistaken record back: it counts nowhere and stays readable with the reason."""
    policies.can_void(actor, record).require()
    if not reason.strip():
        raise UserError("请写明作废的原因。")
    moved = WorkRecord.objects.filter(pk=record.pk, state=RecordState.ARCHIVED, version=record.version).update(
        state=RecordState.VOIDED, void_reason=reason.strip()[:200], version=F("version") + 1
    )
    if not moved:
        raise StaleError("这条记录刚有改动，没有作废。")
    record.refresh_from_db()
    audit(
        actor, "duties.record_void", record, before=facts(record), college=record.college_id,
        **_why(record, kind_for(record.kind), reason),
    )  # fmt: skip


def _why(record: WorkRecord, kind: Kind, reason: str) -> dict[str, Any]:
    """The reason for the log; of a confidential record no more of it than of its texts."""
    if record.privacy == Privacy.NORMAL and not kind.confidential:
        return {"reason": reason}
    return {"after": {"reason": sensitive(reason)}}


@transaction.atomic
def close(actor: User, record: WorkRecord, result: str, *, on: dt.date | None = None) -> None:
    """Close an own matter with its result. A case without measures cannot be closed (C5.1b)."""
    policies.can_close(actor, record).require()
    if not result.strip():
        raise UserError("办结要写明结果。")
    if record.kind == "case_study":
        if not record.notes.filter(kind=RecordNote.Kind.STAGE).exists():
            raise UserError("个案还没有过程措施，不能结案；请先补充至少一条措施。")
        if not record.details.get("effect") and not record.details.get("reflection"):
            raise UserError("结案前请用「更正」补上效果或分析与反思。")
    _decide(actor, record, Progress.CLOSED, result, on or timezone.localdate(), (Progress.OPEN,), "duties.record_close")


@transaction.atomic
def decide(actor: User, record: WorkRecord, verdict: str, text: str, *, on: dt.date | None = None) -> None:
    """Confirm or cancel what waits for a decision; a confirmed one may later be cancelled, with reason (C5.5c, A-64)."""
    policies.can_decide(actor, record).require()
    if kinds.kind_of(record.kind).progress == "report":
        raise UserError("上报用「答复」处理。")
    if verdict not in (Progress.CONFIRMED, Progress.CANCELLED):
        raise UserError("请选择认定或撤销。")
    if verdict == Progress.CANCELLED and not text.strip():
        raise UserError("撤销要写明理由。")
    allowed = (Progress.PENDING,) if verdict == Progress.CONFIRMED else (Progress.PENDING, Progress.CONFIRMED)
    _decide(actor, record, verdict, text, on or timezone.localdate(), allowed, f"duties.record_{verdict}")


@transaction.atomic
def answer_report(actor: User, record: WorkRecord, text: str, *, closes: bool) -> None:
    """Answer a report that came up: an opinion on the way, or the answer that closes it (C4.2c)."""
    policies.can_decide(actor, record).require()
    if record.progress != Progress.PENDING:
        raise StaleError("这份上报已经答复。")
    _note(actor, record, RecordNote.Kind.DECISION, text, timezone.localdate())
    if closes:
        today = timezone.localdate()
        _decide(actor, record, Progress.CLOSED, text, today, (Progress.PENDING,), "duties.record_close")


def _decide(
    actor: User, record: WorkRecord, verdict: str, text: str, on: dt.date, allowed: Iterable[str], action: str
) -> None:
    before = record.progress
    moved = WorkRecord.objects.filter(pk=record.pk, state=RecordState.ARCHIVED, progress__in=list(allowed)).update(
        progress=verdict, result=text.strip(), decided_by=actor, decided_on=on, version=F("version") + 1
    )
    if not moved:
        raise StaleError("这条记录的进展刚有变化，没有重复办理。")
    record.refresh_from_db()
    audit(
        actor, action, record, before={"progress": before}, after={"progress": verdict, "text": sensitive(text)},
        college=record.college_id,
    )  # fmt: skip


@transaction.atomic
def comment(actor: User, record: WorkRecord, text: str) -> RecordNote:
    """A word from the college or office to the class teacher, who sees it on the start page."""
    policies.can_comment(actor, record).require()
    return _note(actor, record, RecordNote.Kind.COMMENT, text, timezone.localdate())


@transaction.atomic
def answer_comment(actor: User, record: WorkRecord, text: str) -> RecordNote:
    """The author answers a comment; what was commented until now counts as seen."""
    policies.can_append(actor, record).require()
    mark_comments_seen(actor, record)
    return _note(actor, record, RecordNote.Kind.ANSWER, text, timezone.localdate())


def mark_comments_seen(actor: User, record: WorkRecord) -> None:
    """The author has seen the comments."""
    if record.author_id == actor.pk:
        record.notes.filter(kind=RecordNote.Kind.COMMENT, seen_at=None).update(seen_at=timezone.now())
