"""Writing work records down, appending to them, and what the college says about them.

Drafts change freely. An archived record keeps its text: a correction is a note with the old and the new value beside it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.audit.services import record as audit
from gaobo_banzhuren.audit.services import sensitive
from gaobo_banzhuren.documents.models import StoredFile
from gaobo_banzhuren.documents.services import store
from gaobo_banzhuren.regulation.models import Term
from gaobo_banzhuren.regulation.school_calendar import term_of
from gaobo_banzhuren.web.errors import NotAllowed, StaleError, UserError
from teachers.models import Appointment, ClassTeacher, RosterEntry, SchoolClass, StudentState

from .. import kinds
from ..kinds import Field, Input, Kind, Need
from ..models import (
    Privacy,
    Progress,
    RecordClass,
    RecordFile,
    RecordNote,
    RecordState,
    RecordStudent,
    RecordTag,
    WorkRecord,
)
from ..policies import reading
from ..policies import records as policies
from . import kind_rules

FILE_PURPOSE = "duties.record"
MOST_FILES = 9
MOST_TAGS = 8
LONGEST_TAG = 20
LONGEST_TEXT = 20_000
TEXT_COLUMNS = frozenset({"place", "title", "way", "category", "level", "text"})
"""Columns that hold an empty text where nothing was entered."""
GONE = (StudentState.TRANSFERRED, StudentState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class RecordInput:
    """What a person entered. `values` holds the declared fields of the kind, already typed (dates, whole numbers, rows)."""

    kind: str
    happened_on: dt.date
    classes: Sequence[SchoolClass]
    students: Sequence[int] = ()
    absent: Sequence[int] = ()
    themes: Sequence[str] = ()
    tags: Sequence[str] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    privacy: str = ""
    follows: WorkRecord | None = None


@transaction.atomic
def save(
    actor: User,
    data: RecordInput,
    *,
    archive: bool,
    record: WorkRecord | None = None,
    version: int | None = None,
    client_id: str = "",
    files: Iterable[Any] = (),
) -> WorkRecord:
    """Write a record down as draft, or archive it at once; `files` are kept with it.

    The same `client_id` of the same person gives the same record with the same files, however often it is sent. Raises UserError naming the
    field, NotAllowed for a class that the person did not lead on that day, StaleError when the draft was changed
    elsewhere in between.
    """
    kind = kind_for(data.kind)
    if client_id and record is None:
        known = WorkRecord.objects.filter(author=actor, client_id=client_id).first()
        if known is not None:
            return known
    policies.can_write(actor, kind).require()
    if record is not None:
        policies.can_edit(actor, record).require()
    problems = problems_of(kind, data, archive=archive)
    if problems:
        raise UserError("；".join(problems) + "。")
    teacher = _teacher_for(actor, kind, data)
    people = _students_on(data)
    if archive:
        kind_rules.check(actor, data, kind)
    columns = columns_of(kind, data, teacher, term=term_of(data.happened_on))
    try:
        with transaction.atomic():
            saved = _write(actor, kind, columns, record, version, client_id)
    except IntegrityError as problem:
        known = WorkRecord.objects.filter(author=actor, client_id=client_id).first() if client_id else None
        if known is None:
            raise UserError("没有保存：实到不能多于应到，日期和数量请再核对。") from problem
        return known
    _link(saved, data, people)
    _keep_files(actor, saved, files)
    if archive:
        _archive(actor, kind, saved)
    return saved


def kind_for(key: str) -> Kind:
    """The kind; UserError for one that nobody declared."""
    kind = kinds.find(key)
    if kind is None:
        raise UserError(f"没有「{key}」这一类工作记录。")
    return kind


def problems_of(kind: Kind, data: RecordInput, *, archive: bool) -> list[str]:
    """Everything in Chinese that keeps the input from being saved, or from being archived."""
    found = []
    if not data.classes:
        found.append("请选择班级")
    if len(data.classes) > 1 and not kind.several_classes:
        found.append(f"「{kind.name}」一次只登记一个班")
    if len({school_class.college_id for school_class in data.classes}) > 1:
        found.append("一条记录里的班级须属于同一学院")
    if data.happened_on > timezone.localdate():
        found.append("日期不能晚于今天")
    if kind.students is Need.NONE and data.students:
        found.append(f"「{kind.name}」不登记学生")
    if kind.students is Need.ONE and len(set(data.students)) > 1:
        found.append(f"「{kind.name}」一次登记一名学生")
    if archive and kind.students in (Need.ONE, Need.MANY) and not data.students:
        found.append("请选择学生")
    unknown = [theme for theme in data.themes if not kind.themes or theme not in kinds.THEMES]
    if unknown:
        found.append(f"没有教育主题「{'、'.join(unknown)}」")
    if len(data.tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in data.tags):
        found.append(f"自定标签最多 {MOST_TAGS} 个，每个不超过 {LONGEST_TAG} 个字")
    for each in kind.fields:
        found += _field_problems(each, data.values.get(each.name), archive=archive)
    due, present = data.values.get("due"), data.values.get("present")
    if due is not None and present is not None and present > due:
        found.append(f"实到 {present} 人多于应到 {due} 人")
    return found


def _field_problems(each: Field, value: Any, *, archive: bool) -> list[str]:
    if value in (None, ""):
        return [f"请填写「{each.label}」"] if archive and each.required else []
    if each.choices and str(value) not in dict(each.choices):
        return [f"「{each.label}」没有选项「{value}」"]
    longest = each.longest or (LONGEST_TEXT if each.input is Input.TEXT else 0)
    if longest and isinstance(value, str) and len(value) > longest:
        return [f"「{each.label}」最多 {longest} 个字，现有 {len(value)} 个"]
    if each.input is Input.NUMBER and not 0 <= value <= 9999:
        return [f"「{each.label}」应在 0 到 9999 之间"]
    return []


def _teacher_for(actor: User, kind: Kind, data: RecordInput) -> ClassTeacher | None:
    """Whose work it is: the writer in post on that day, else (written by the college or office) whoever was."""
    day, wanted = data.happened_on, {school_class.pk for school_class in data.classes}
    posts = list(
        Appointment.objects.on(day).filter(school_class_id__in=wanted).select_related("teacher").order_by("kind", "pk")
    )
    own = [post for post in posts if post.teacher.user_id == actor.pk]
    if {post.school_class_id for post in own} == wanted:
        return own[0].teacher
    access = actor.access
    college = next(iter(data.classes)).college_id
    staff = Role.OFFICE in kind.writers and access.has(Role.OFFICE)
    college_roles = tuple(r for r in kind.writers if r in (Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD))
    staff = staff or bool(college_roles and college in access.colleges(*college_roles))
    if staff:
        return posts[0].teacher if posts else None
    missing = [
        school_class.name for school_class in data.classes if school_class.pk not in {p.school_class_id for p in own}
    ]
    raise NotAllowed(f"{day:%Y-%m-%d} 您不是{'、'.join(missing)}的在岗班主任，不能登记这一天的工作。")


def _students_on(data: RecordInput) -> dict[int, int]:
    """Student key to class key on that day; UserError names those who were not on the roster."""
    wanted = {*data.students, *data.absent}
    if not wanted:
        return {}
    rows = (
        RosterEntry.objects.on(data.happened_on)
        .filter(student_id__in=wanted, school_class__in=[c.pk for c in data.classes])
        .exclude(state__in=GONE)
        .values_list("student_id", "school_class_id")
    )
    found = dict(rows)
    missing = wanted - set(found)
    if missing:
        raise UserError(f"有 {len(missing)} 名学生 {data.happened_on:%Y-%m-%d} 不在所选班级的名册上，请重新选择。")
    return found


def columns_of(kind: Kind, data: RecordInput, teacher: ClassTeacher | None, *, term: Term | None) -> dict[str, Any]:
    """The columns of a record, with what the kind demands of confidentiality."""
    values = {each.name: data.values.get(each.name) for each in kind.fields}
    columns: dict[str, Any] = {
        "kind": kind.key,
        "teacher": teacher,
        "college_id": next(iter(data.classes)).college_id,
        "term": term,
        "happened_on": data.happened_on,
        "privacy": _privacy(kind, data, values),
        "follows": data.follows,
        "details": {
            each.name: _storable(values[each.name])
            for each in kind.detail_fields
            if values[each.name] not in (None, "")
        },
    }
    for each in kind.fields:
        if each.is_column:
            columns[each.name] = (values[each.name] or "") if each.name in TEXT_COLUMNS else values[each.name]
    return columns


def _privacy(kind: Kind, data: RecordInput, values: Mapping[str, Any]) -> str:
    """What the kind and the category demand is never weakened by the form."""
    if kind.psychological_category and values.get("category") == kind.psychological_category:
        return Privacy.PSYCHOLOGICAL
    asked = data.privacy or Privacy.NORMAL
    return kind.privacy if asked == Privacy.NORMAL else asked


def _storable(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date | dt.time) else value


def _write(
    actor: User,
    kind: Kind,
    columns: dict[str, Any],
    record: WorkRecord | None,
    version: int | None,
    client_id: str,
) -> WorkRecord:
    if record is None:
        return WorkRecord.objects.create(author=actor, client_id=client_id, **columns)
    if record.kind != kind.key:
        raise UserError("不能改变一条记录的类别，请新建一条。")
    rows = WorkRecord.objects.filter(pk=record.pk, state=RecordState.DRAFT, version=version or record.version)
    if not rows.update(version=F("version") + 1, updated_at=timezone.now(), **columns):
        raise StaleError("这份草稿刚在别处被修改或归档，没有保存。请核对后再改。")
    record.refresh_from_db()
    return record


def _link(record: WorkRecord, data: RecordInput, people: Mapping[int, int]) -> None:
    record.class_links.all().delete()
    record.student_links.all().delete()
    record.tags.all().delete()
    RecordClass.objects.bulk_create(
        RecordClass(record=record, school_class=each) for each in dict.fromkeys(data.classes)
    )
    parts = ((RecordStudent.Part.ABOUT, data.students), (RecordStudent.Part.ABSENT, data.absent))
    RecordStudent.objects.bulk_create(
        RecordStudent(record=record, student_id=key, school_class_id=people[key], part=part)
        for part, keys in parts
        for key in dict.fromkeys(keys)
    )
    groups = ((RecordTag.Group.THEME, data.themes), (RecordTag.Group.OWN, data.tags))
    RecordTag.objects.bulk_create(
        RecordTag(record=record, group=group, value=value) for group, found in groups for value in dict.fromkeys(found)
    )


def progress_after_archiving(kind: Kind, details: Mapping[str, Any]) -> str:
    """Whether the matter goes on after it was written down, and how."""
    if kind.progress == "matter" or (kind.progress == "problem" and details.get("problem")):
        return Progress.OPEN
    return Progress.PENDING if kind.progress in ("decision", "report") else ""


def _archive(actor: User, kind: Kind, record: WorkRecord) -> None:
    """Archive a draft: from now on it counts, and its text stays as it is."""
    progress = progress_after_archiving(kind, record.details)
    now = timezone.now()
    moved = WorkRecord.objects.filter(pk=record.pk, state=RecordState.DRAFT).update(
        state=RecordState.ARCHIVED, progress=progress, archived_at=now, version=F("version") + 1
    )
    if not moved:
        raise StaleError("这条记录已经归档。")
    record.refresh_from_db()
    audit(actor, "duties.record_archive", record, after=_facts(record), college=record.college_id)


def _facts(record: WorkRecord) -> dict[str, Any]:
    """For the log: facts, and of texts only length and digest."""
    return {
        "kind": record.kind,
        "day": record.happened_on,
        "privacy": record.privacy,
        "text": sensitive(record.text),
        "students": record.student_links.count(),
    }


@transaction.atomic
def discard_draft(actor: User, record: WorkRecord) -> None:
    """Throw an own draft away."""
    policies.can_edit(actor, record).require()
    gone = WorkRecord.objects.filter(pk=record.pk, state=RecordState.DRAFT)
    if not gone.exists():
        raise StaleError("这份草稿已经归档或不存在。")
    audit(actor, "duties.record_discard", record, before=_facts(record), college=record.college_id)
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
        problems = _field_problems(declared, value, archive=True)
        if problems:
            raise UserError("；".join(problems) + "。")
        old = getattr(record, name) if declared.is_column else details.get(name)
        before[name], after[name] = _plain(old), _plain(value)
        if declared.is_column:
            columns[name] = (value or "") if name in TEXT_COLUMNS else value
        elif value in (None, ""):
            details.pop(name, None)
        else:
            details[name] = _storable(value)
    if before == after:
        raise UserError("没有改动，不需要更正。")
    if kind.psychological_category and changes.get("category") == kind.psychological_category:
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


def _check_day(actor: User, record: WorkRecord, kind: Kind, day: dt.date) -> None:
    classes = list(SchoolClass.objects.filter(pk__in=record.class_links.values("school_class")))
    people = list(record.student_links.values_list("student_id", flat=True))
    data = RecordInput(kind=kind.key, happened_on=day, classes=classes, students=people)
    if day > timezone.localdate():
        raise UserError("日期不能晚于今天。")
    _teacher_for(actor, kind, data)
    _students_on(data)


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
    audit(actor, "duties.record_void", record, before=_facts(record), reason=reason, college=record.college_id)


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


@transaction.atomic
def attach(actor: User, record: WorkRecord, uploads: Iterable[Any]) -> list[StoredFile]:
    """Keep photos and papers with an own record, archived or not: adding proof rewrites nothing."""
    if record.author_id != actor.pk or record.state == RecordState.VOIDED:
        raise NotAllowed("只有记录人能添加附件。")
    stored = _keep_files(actor, record, uploads)
    audit(actor, "duties.record_files", record, after={"files": len(stored)}, college=record.college_id)
    return stored


def _keep_files(actor: User, record: WorkRecord, uploads: Iterable[Any]) -> list[StoredFile]:
    files = list(uploads)
    if not files:
        return []
    if record.files.count() + len(files) > MOST_FILES:
        raise UserError(f"一条记录最多 {MOST_FILES} 个附件。")
    stored = [store(upload, owner=actor, purpose=FILE_PURPOSE) for upload in files]
    RecordFile.objects.bulk_create(RecordFile(record=record, file=each) for each in stored)
    return stored


def may_open_file(user: User, stored: StoredFile) -> bool:
    """A record's file opens for those who read the record in full."""
    link = RecordFile.objects.select_related("record").filter(file=stored).first()
    if link is None:
        return stored.owner_id == user.pk
    if not WorkRecord.objects.visible_to(user).filter(pk=link.record_id).exists():
        return False
    return reading.reader(user).reading(link.record).shows_texts


@transaction.atomic
def log_reading(actor: User, record: WorkRecord, *, reason: str = "") -> None:
    """Note in the log that somebody else than the author read confidential texts (A-87).

    Raises NotAllowed when the person may not read them at all, UserError when a reason is needed and missing.
    """
    found = reading.reader(actor).reading(record)
    if found is reading.Reading.FULL:
        return
    if found is reading.Reading.REASON and not reason.strip():
        raise UserError("请写明查阅的理由，理由会记入审计记录。")
    if found in (reading.Reading.FACTS, reading.Reading.CLOSED):
        raise NotAllowed("按保密规定，这条记录的正文不对您开放（A-87）。")
    audit(actor, "duties.record_read", record, reason=reason, college=record.college_id)
