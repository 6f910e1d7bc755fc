"""Drafting, previewing, activating and voiding rule versions (C0.3, 第十二条、第十三条)."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.audit.services import record
from gaobo_banzhuren.web.errors import StaleError, UserError

from .. import policies
from ..bundle import PART_LABELS, Rules, differences, digest_of, write_parts
from ..models import ReadingDecision, RuleVersion, VersionPreview
from ..registry import preview_rows, usage_of
from .conflicts import refusing_conflicts

STALE = "这份草稿刚被别人改过，您的修改没有保存。请重新打开后再改。"


@transaction.atomic
def create_draft(based_on: RuleVersion, *, title: str, effective_from: dt.date, note: str, actor: User) -> RuleVersion:
    """Start a new version as a copy; UserError if the first day is no first of a month."""
    policies.can_decide(actor).require()
    _check_head(title, effective_from)
    draft = RuleVersion.objects.create(
        title=title.strip(),
        document_no=based_on.document_no,
        parent_document=based_on.parent_document,
        effective_from=effective_from,
        parts=based_on.parts,
        digest=based_on.digest,
        based_on=based_on,
        note=note.strip(),
        created_by=actor,
    )
    record(actor, "regulation.draft", draft, after={"based_on": str(based_on), "note": note}, role=Role.OFFICE)
    return draft


def _check_head(title: str, effective_from: dt.date) -> None:
    if not title.strip():
        raise UserError("请填写制度名称。")
    if effective_from.day != 1:
        raise UserError("施行日期只能是某月 1 日：津贴按月计算，一个月只能有一个标准（A-25）。")


@transaction.atomic
def save_head(draft: RuleVersion, *, title: str, effective_from: dt.date, note: str, edition: int, actor: User) -> None:
    """Change name, first day and note of a draft."""
    policies.can_edit_version(actor, draft).require()
    _check_head(title, effective_from)
    new = {"title": title.strip(), "effective_from": effective_from, "note": note.strip()}
    before = {name: getattr(draft, name) for name in new}
    _write(draft, edition, **new)
    record(actor, "regulation.draft_head", draft, before=before, after=new, role=Role.OFFICE)


@transaction.atomic
def save_part(draft: RuleVersion, name: str, part: Any, *, edition: int, actor: User) -> int:
    """Replace one part of a draft and give the number of settings that changed.

    A draft may be incomplete: whether it holds together is asked when it is activated. Raises StaleError if `edition`
    is not the stored one.
    """
    policies.can_edit_version(actor, draft).require()
    old = draft.typed_parts()
    new = dataclasses.replace(old, **{name: part})
    changes = differences(old, new)
    data = write_parts(new)
    _write(draft, edition, parts=data, digest=digest_of(data))
    if changes:
        record(
            actor,
            "regulation.draft_part",
            draft,
            before={change.path: change.old for change in changes},
            after={change.path: change.new for change in changes},
            reason=PART_LABELS[name],
            role=Role.OFFICE,
        )
    return len(changes)


def _write(draft: RuleVersion, edition: int, **fields: Any) -> None:
    changed = RuleVersion.objects.filter(pk=draft.pk, status=RuleVersion.Status.DRAFT, edition=edition).update(
        edition=edition + 1, **fields
    )
    if not changed:
        raise StaleError(STALE)
    draft.refresh_from_db()


def rules_of_draft(draft: RuleVersion) -> Rules:
    """The draft as calculations would see it."""
    return Rules(draft.pk, draft.title, draft.effective_from, draft.digest, draft.typed_parts())


@transaction.atomic
def make_preview(draft: RuleVersion, *, since: dt.date, actor: User) -> VersionPreview:
    """Recompute settled months from `since` on under the draft and keep the comparison; nothing settled changes."""
    policies.can_edit_version(actor, draft).require()
    problems = draft.typed_parts().problems()
    if problems:
        raise UserError("内容还有问题，不能试算：" + "；".join(problems))
    rows = [
        {**dataclasses.asdict(row), "month": row.month.isoformat()}
        for row in preview_rows(rules_of_draft(draft), since.replace(day=1))
    ]
    preview = VersionPreview.objects.create(
        version=draft, content_key=draft.content_key, since=since.replace(day=1), rows=rows, made_by=actor
    )
    after = {"since": preview.since, "rows": len(rows), "content": draft.content_key}
    record(actor, "regulation.preview", draft, after=after, role=Role.OFFICE)
    return preview


def latest_preview(draft: RuleVersion) -> VersionPreview | None:
    """The last preview of exactly the present content, if there is one."""
    return draft.previews.filter(content_key=draft.content_key).first()


def activation_problems(draft: RuleVersion) -> list[str]:
    """Everything that keeps this draft from taking effect, in Chinese; settled months are never a matter of it."""
    found = draft.typed_parts().problems()
    last = RuleVersion.objects.active().order_by("-effective_from").first()
    if draft.effective_from.day != 1:
        found.append("施行日期只能是某月 1 日（A-25）。")
    if last and draft.effective_from <= last.effective_from:
        found.append(
            f"施行日期应晚于最近生效的版本（{last.effective_from.isoformat()}）；"
            "要替换同一天起的版本，请先作废它（尚无结算使用时才可作废）。"
        )
    return found


@transaction.atomic
def activate(draft: RuleVersion, *, reason: str, edition: int, actor: User) -> None:
    """Put a draft into force from its first day; months already settled keep the version stored with them.

    Needs a reason and a preview of exactly this content. Confirmed readings whose value stays are carried over; a
    changed reading is recorded as decided by this activation.
    """
    preview = latest_preview(draft)
    policies.can_activate(actor, draft, preview.content_key if preview else "").require()
    if not reason.strip():
        raise UserError("请写明启用的理由（如文号、会议纪要）。")
    problems = activation_problems(draft)
    if problems:
        raise UserError("不能启用：" + "；".join(problems))
    now = timezone.now()
    with refusing_conflicts("同一施行日期的另一份草稿刚被启用，这一份没有启用。"):
        _write(
            draft,
            edition,
            status=RuleVersion.Status.ACTIVE,
            activated_by=actor,
            activated_at=now,
            activation_reason=reason.strip(),
        )
    _carry_decisions(draft, reason.strip(), actor, now)
    record(actor, "regulation.activate", draft, reason=reason.strip(), role=Role.OFFICE, after=_activated(draft))


def _activated(version: RuleVersion) -> dict[str, Any]:
    old = version.based_on
    changes = differences(old.typed_parts(), version.typed_parts()) if old else []
    return {
        "effective_from": version.effective_from,
        "digest": version.digest,
        "changes": {change.path: [change.old, change.new] for change in changes},
    }


def _carry_decisions(version: RuleVersion, reason: str, actor: User, now: dt.datetime) -> None:
    old = version.based_on
    if old is None:
        return
    changed = {change.silent for change in differences(old.typed_parts(), version.typed_parts()) if change.silent}
    kept = ReadingDecision.objects.filter(version=old).exclude(reading_id__in=changed)
    ReadingDecision.objects.bulk_create(
        [
            *(
                ReadingDecision(
                    version=version,
                    reading_id=decision.reading_id,
                    note=decision.note,
                    interpretation_id=decision.interpretation_id,
                    decided_by_id=decision.decided_by_id,
                    decided_at=decision.decided_at,
                )
                for decision in kept
            ),
            *(
                ReadingDecision(version=version, reading_id=code, note=reason, decided_by=actor, decided_at=now)
                for code in sorted(changed)
            ),
        ]
    )


@transaction.atomic
def void(version: RuleVersion, *, reason: str, actor: User) -> None:
    """Give up a draft, or take back an active version that nothing settled rests on."""
    others = RuleVersion.objects.active().exclude(pk=version.pk).count()
    policies.can_void(actor, version, used=usage_of(version.pk), others=others).require()
    if not reason.strip():
        raise UserError("请写明作废的理由。")
    changed = RuleVersion.objects.filter(pk=version.pk, status=version.status).update(
        status=RuleVersion.Status.VOID, voided_by=actor, voided_at=timezone.now(), void_reason=reason.strip()
    )
    if not changed:
        raise StaleError("这个版本的状态刚被别人改过，请刷新后再看。")
    before = {"status": version.status}
    version.refresh_from_db()
    after = {"status": version.status}
    record(actor, "regulation.void", version, before=before, after=after, reason=reason.strip(), role=Role.OFFICE)


@transaction.atomic
def set_document(version: RuleVersion, *, document_no: str, parent_document: str, actor: User) -> None:
    """Enter the number and parent document, which came without the text (附件1); allowed on versions in force."""
    policies.can_decide(actor).require()
    before = {"document_no": version.document_no, "parent_document": version.parent_document}
    after = {"document_no": document_no.strip(), "parent_document": parent_document.strip()}
    if before == after:
        return
    RuleVersion.objects.filter(pk=version.pk).update(**after)
    version.refresh_from_db()
    record(actor, "regulation.document", version, before=before, after=after, role=Role.OFFICE)
