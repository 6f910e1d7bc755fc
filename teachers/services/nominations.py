"""Proposing a class teacher with the five conditions of article 1, and deciding it (A-80)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.audit.services import record
from gaobo_banzhuren.documents.models import StoredFile
from gaobo_banzhuren.documents.services import Upload, store
from gaobo_banzhuren.web.errors import StaleError, UserError

from ..models import (
    CONDITION_CLAUSES,
    Appointment,
    ClassTeacher,
    Nomination,
    NominationCondition,
    NominationState,
    PostKind,
    SchoolClass,
)
from ..policies import nominations as policies
from .appointments import appoint_from
from .days import check_class_days, check_free, check_number_of_classes

State = NominationState

ALLOWED_MOVES: Mapping[str, frozenset[NominationState]] = {
    State.DRAFT: frozenset({State.SUBMITTED, State.WITHDRAWN}),
    State.SUBMITTED: frozenset({State.APPROVED, State.REJECTED, State.WITHDRAWN}),
    State.APPROVED: frozenset(),
    State.REJECTED: frozenset(),
    State.WITHDRAWN: frozenset(),
}

PURPOSE = "teachers.nomination"
"""Purpose of the attachments: they open for whoever may see the nomination."""


class ConditionInput(NamedTuple):
    """What a person entered for one condition; `upload` replaces the attachment, None keeps it."""

    confirmed: bool
    remark: str = ""
    upload: Upload | None = None


@transaction.atomic
def create_nomination(
    actor: User,
    *,
    school_class: SchoolClass,
    teacher: ClassTeacher,
    starts_on: dt.date,
    kind: PostKind | str = PostKind.MAIN,
    planned_end_on: dt.date | None = None,
    share: int | None = None,
    note: str = "",
) -> Nomination:
    """A draft with five unconfirmed conditions, each a row of its own."""
    policies.can_nominate(actor, school_class, teacher).require()
    check_class_days(school_class, starts_on, planned_end_on)
    nomination = Nomination.objects.create(
        school_class=school_class,
        teacher=teacher,
        kind=kind,
        starts_on=starts_on,
        planned_end_on=planned_end_on,
        share=share,
        note=note,
        created_by=actor,
    )
    NominationCondition.objects.bulk_create(
        NominationCondition(nomination=nomination, clause=clause) for clause in CONDITION_CLAUSES
    )
    record(actor, "teachers.nominate", nomination, after=_facts(nomination), college=school_class.college_id)
    return nomination


@transaction.atomic
def change_draft(
    actor: User,
    nomination: Nomination,
    *,
    starts_on: dt.date,
    kind: PostKind | str = PostKind.MAIN,
    planned_end_on: dt.date | None = None,
    share: int | None = None,
    note: str = "",
    version: int | None = None,
) -> Nomination:
    """Other days or terms for a draft; another class or teacher is another nomination."""
    policies.can_edit(actor, nomination).require()
    check_class_days(nomination.school_class, starts_on, planned_end_on)
    values = {"starts_on": starts_on, "kind": kind, "planned_end_on": planned_end_on, "share": share, "note": note}
    before = _change(nomination, version=version, **values)
    _record(actor, "teachers.nomination_change", nomination, before=before, after=_facts(nomination))
    return nomination


@transaction.atomic
def save_conditions(
    actor: User, nomination: Nomination, conditions: Mapping[str, ConditionInput], *, version: int | None = None
) -> Nomination:
    """Keep what was confirmed and remarked so far; the nomination stays a draft."""
    policies.can_edit(actor, nomination).require()
    _change(nomination, version=version)
    rows = {row.clause: row for row in nomination.conditions.all()}
    before = {clause: row.confirmed for clause, row in rows.items()}
    for clause, given in conditions.items():
        row = rows[clause]
        row.confirmed, row.remark = given.confirmed, given.remark.strip()
        if given.upload is not None:
            row.attachment = store(given.upload, owner=actor, purpose=PURPOSE)
        row.save(update_fields=["confirmed", "remark", "attachment"])
    after = {clause: row.confirmed for clause, row in rows.items()}
    _record(actor, "teachers.nomination_conditions", nomination, before=before, after=after)
    _forget_rows(nomination)
    return nomination


@transaction.atomic
def submit(actor: User, nomination: Nomination, *, version: int | None = None) -> Nomination:
    """Hand it to the person who decides. The days must be free already now, so that the decision is not in vain."""
    policies.can_submit(actor, nomination).require()
    _check_days(nomination)
    before = _change(
        nomination, version=version, state=State.SUBMITTED, submitted_by=actor, submitted_at=timezone.now()
    )
    _record(actor, "teachers.nomination_submit", nomination, before=before, after=_facts(nomination))
    return nomination


@transaction.atomic
def approve(actor: User, nomination: Nomination, *, note: str = "", version: int | None = None) -> Appointment:
    """The decision and the appointment in one: 已聘, and handed in for filing (article 11)."""
    policies.can_decide(actor, nomination).require()
    _check_days(nomination)
    before = _change(nomination, version=version, **_decided(actor, State.APPROVED, note))
    appointment = appoint_from(actor, nomination)
    _record(actor, "teachers.nomination_approve", nomination, before=before, after=_facts(nomination), reason=note)
    return appointment


@transaction.atomic
def reject(actor: User, nomination: Nomination, *, note: str, version: int | None = None) -> Nomination:
    policies.can_decide(actor, nomination).require()
    if not note.strip():
        raise UserError("不同意时请写明理由，提名人会看到。")
    before = _change(nomination, version=version, **_decided(actor, State.REJECTED, note.strip()))
    _record(actor, "teachers.nomination_reject", nomination, before=before, after=_facts(nomination), reason=note)
    return nomination


@transaction.atomic
def withdraw(actor: User, nomination: Nomination, *, note: str = "", version: int | None = None) -> Nomination:
    policies.can_withdraw(actor, nomination).require()
    before = _change(nomination, version=version, state=State.WITHDRAWN)
    _record(actor, "teachers.nomination_withdraw", nomination, before=before, after=_facts(nomination), reason=note)
    return nomination


def may_open_attachment(user: User, stored: StoredFile) -> bool:
    """An attachment opens for whoever may see its nomination."""
    return Nomination.objects.visible_to(user).filter(conditions__attachment=stored).exists()


def _check_days(nomination: Nomination) -> None:
    check_class_days(nomination.school_class, nomination.starts_on, nomination.planned_end_on)
    check_free(nomination.school_class, nomination.teacher, nomination.starts_on, None, nomination.share)
    check_number_of_classes(nomination.teacher, nomination.starts_on, nomination.school_class)


def _decided(actor: User, state: NominationState, note: str) -> dict[str, Any]:
    return {"state": state, "decided_by": actor, "decided_at": timezone.now(), "decision_note": note}


def _change(nomination: Nomination, *, version: int | None, **values: Any) -> dict[str, Any]:
    target = values.get("state", nomination.state)
    if target != nomination.state and target not in ALLOWED_MOVES[nomination.state]:
        raise ValueError(f"{nomination.state} → {target}")
    before = _facts(nomination)
    changed = Nomination.objects.filter(
        pk=nomination.pk, state=nomination.state, version=nomination.version if version is None else version
    ).update(version=F("version") + 1, **values)
    if not changed:
        raise StaleError(f"“{nomination}”的提名刚被他人更改，您的操作没有保存。请刷新后核对再办。")
    for name, value in values.items():
        setattr(nomination, name, value)
    nomination.version += 1
    return before


def _facts(nomination: Nomination) -> dict[str, Any]:
    names = ("school_class_id", "teacher_id", "kind", "starts_on", "planned_end_on", "share", "state")
    return {name: getattr(nomination, name) for name in names}


def _record(actor: User, action: str, nomination: Nomination, **details: Any) -> None:
    record(actor, action, nomination, college=nomination.school_class.college_id, **details)


def _forget_rows(nomination: Nomination) -> None:
    getattr(nomination, "_prefetched_objects_cache", {}).pop("conditions", None)
