"""Special students: marked with kind and level, looked after, lifted again (C5.1b); confidential ones as in A-87."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.audit.services import record as audit
from gaobo_banzhuren.audit.services import sensitive
from gaobo_banzhuren.web.errors import StaleError, UserError
from teachers.models import RosterEntry, SchoolClass, Student

from ..models import Privacy, SpecialStudent
from ..policies import students as policies
from ..rosters import GONE


@transaction.atomic
def mark(
    actor: User,
    school_class: SchoolClass,
    student: Student,
    *,
    kind: str,
    level: str,
    since: dt.date,
    note: str = "",
    confidential: bool = False,
) -> SpecialStudent:
    """Mark a student. Mind, money, family and health are confidential whatever was asked; others may be made so.

    Raises UserError when the student is not of the class, or carries an open mark of the same kind by the same person.
    """
    policies.can_mark(actor, school_class).require()
    if kind not in SpecialStudent.Kind.values or level not in SpecialStudent.Level.values:
        raise UserError("请选择类别和程度。")
    if since > timezone.localdate():
        raise UserError("开始日期不能晚于今天。")
    here = RosterEntry.objects.on(since).filter(school_class=school_class, student=student).exclude(state__in=GONE)
    if not here.exists():
        raise UserError(f"{student.name} {since:%Y-%m-%d} 不在本班名册上。")
    # Only the own marks are looked through: whether a colleague keeps a confidential one is not told.
    known = SpecialStudent.objects.visible_to(actor).filter(student=student, kind=kind, until=None)
    if known.exists():
        raise UserError(f"{student.name}已有未解除的同类标记，请在原来的标记上调整程度。")
    privacy = policies.LEAST_PRIVACY.get(
        SpecialStudent.Kind(kind), Privacy.SENSITIVE if confidential else Privacy.NORMAL
    )
    special = SpecialStudent.objects.create(
        student=student, school_class=school_class, kind=kind, level=level, privacy=privacy, note=note.strip(),
        since=since, marked_by=actor,
    )  # fmt: skip
    _log(actor, "duties.special_mark", special)
    return special


@transaction.atomic
def change(actor: User, special: SpecialStudent, *, level: str, note: str, version: int) -> SpecialStudent:
    """Another level or note."""
    policies.can_change_mark(actor, special).require()
    if level not in SpecialStudent.Level.values:
        raise UserError("请选择程度。")
    before = {"level": special.level, "note": sensitive(special.note)}
    _update(special, version, level=level, note=note.strip())
    _log(actor, "duties.special_change", special, before=before)
    return special


@transaction.atomic
def lift(actor: User, special: SpecialStudent, until: dt.date, *, version: int) -> SpecialStudent:
    """The student needs no special care any more; the mark stays as history."""
    policies.can_lift(actor, special).require()
    if not special.since <= until <= timezone.localdate():
        raise UserError(f"解除日期应在 {special.since:%Y-%m-%d} 和今天之间。")
    _update(special, version, until=until)
    _log(actor, "duties.special_lift", special)
    return special


@transaction.atomic
def read_note(actor: User, special: SpecialStudent) -> str:
    """The note of a confidential mark of somebody else; the reading is written into the log (A-87)."""
    if not policies.reads_note(actor, special):
        audit(actor, "duties.special_read", special, college=special.school_class.college_id)
    return special.note


def _update(special: SpecialStudent, version: int, **values: Any) -> None:
    rows = SpecialStudent.objects.filter(pk=special.pk, version=version, until=None)
    if not rows.update(version=F("version") + 1, **values):
        raise StaleError("这个标记刚被他人修改，您的改动没有保存。请刷新后核对。")
    special.refresh_from_db()


def _log(actor: User, action: str, special: SpecialStudent, before: dict[str, Any] | None = None) -> None:
    """The log never says which kind a confidential mark is, nor its words."""
    after: dict[str, Any] = {"level": special.level, "until": special.until, "note": sensitive(special.note)}
    if special.privacy == Privacy.NORMAL:
        after["kind"] = special.kind
    audit(actor, action, special, before=before, after=after, college=special.school_class.college_id)
