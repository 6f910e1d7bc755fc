"""Writing work records down. Drafts change freely; what is archived is corrected by appending (`record_steps`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.audit.services import record as audit
from gaobo_banzhuren.regulation.school_calendar import term_of
from gaobo_banzhuren.web.errors import StaleError, UserError

from ..kinds import Kind
from ..models import Progress, RecordClass, RecordState, RecordStudent, RecordTag, WorkRecord
from ..policies import records as policies
from ..rosters import GONE as GONE
from . import kind_rules
from .record_files import FILE_PURPOSE as FILE_PURPOSE
from .record_files import MOST_FILES as MOST_FILES
from .record_files import attach as attach
from .record_files import keep_files
from .record_files import log_reading as log_reading
from .record_files import may_open_file as may_open_file
from .record_input import LONGEST_TAG as LONGEST_TAG
from .record_input import LONGEST_TEXT as LONGEST_TEXT
from .record_input import MOST_TAGS as MOST_TAGS
from .record_input import RecordInput as RecordInput
from .record_input import columns_of as columns_of
from .record_input import facts, students_on, teacher_for
from .record_input import kind_for as kind_for
from .record_input import problems_of as problems_of
from .record_steps import answer_comment as answer_comment
from .record_steps import answer_report as answer_report
from .record_steps import append as append
from .record_steps import close as close
from .record_steps import comment as comment
from .record_steps import correct as correct
from .record_steps import decide as decide
from .record_steps import discard_draft as discard_draft
from .record_steps import mark_comments_seen as mark_comments_seen
from .record_steps import void as void


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
    teacher = teacher_for(actor, kind, data)
    people = students_on(data)
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
    keep_files(actor, saved, files)
    if archive:
        _archive(actor, kind, saved)
    return saved


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
    audit(actor, "duties.record_archive", record, after=facts(record), college=record.college_id)
