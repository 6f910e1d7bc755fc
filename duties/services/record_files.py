"""Photos and papers of a record, and the note that a confidential one was read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.audit.services import record as audit
from gaobo_banzhuren.documents.models import StoredFile
from gaobo_banzhuren.documents.services import store
from gaobo_banzhuren.web.errors import NotAllowed, UserError

from ..models import RecordFile, RecordState, WorkRecord
from ..policies import reading

FILE_PURPOSE = "duties.record"
MOST_FILES = 9


@transaction.atomic
def attach(actor: User, record: WorkRecord, uploads: Iterable[Any]) -> list[StoredFile]:
    """Keep photos and papers with an own record, archived or not: adding proof rewrites nothing."""
    if record.author_id != actor.pk or record.state == RecordState.VOIDED:
        raise NotAllowed("只有记录人能添加附件。")
    stored = keep_files(actor, record, uploads)
    audit(actor, "duties.record_files", record, after={"files": len(stored)}, college=record.college_id)
    return stored


def keep_files(actor: User, record: WorkRecord, uploads: Iterable[Any]) -> list[StoredFile]:
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
    if not found.shows_texts and found is not reading.Reading.REASON:
        raise NotAllowed("按保密规定，这条记录的正文不对您开放（A-87）。")
    audit(actor, "duties.record_read", record, reason=reason, college=record.college_id)
