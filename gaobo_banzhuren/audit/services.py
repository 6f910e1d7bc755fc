"""The one function that writes the log, and its verification."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.accounts.roles import Role

from .context import current_origin
from .models import AuditEntry, ChainHead

SIGNED_FIELDS = (
    "sequence", "at", "actor_id", "actor_staff_no", "actor_name", "role", "college_id", "address", "request_id",
    "action", "object_type", "object_id", "object_text", "before", "after", "reason", "previous_mac",
)  # fmt: skip


def sensitive(text: str) -> dict[str, Any]:
    """How a private text is logged: its length and digest, so that a change is provable and the text not readable."""
    return {"length": len(text), "sha256": hashlib.sha256(text.encode()).hexdigest()}


def record(
    actor: User | None,
    action: str,
    obj: models.Model | None = None,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    role: Role | str = "",
    college: College | int | None = None,
    object_text: str = "",
) -> AuditEntry:
    """Append one entry in the caller's transaction.

    `action` is namespaced (`allowance.submit`). `actor` is None only for commands without a person. `before` and
    `after` hold plain values; private texts go through `sensitive`. Raises TransactionManagementError outside a
    transaction: an entry without its change, or the other way round, must be impossible.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("审计记录必须写在变更所在的事务里")
    head = _locked_head()
    origin = current_origin()
    entry = AuditEntry(
        sequence=head.sequence + 1,
        at=timezone.now(),
        actor_id=actor.pk if actor else None,
        actor_staff_no=actor.staff_no if actor else "",
        actor_name=actor.name if actor else "系统",
        role=str(role),
        college_id=college.pk if isinstance(college, College) else college,
        address=origin.address,
        request_id=origin.request_id,
        action=action,
        object_type=obj._meta.label_lower if obj else "",
        object_id=str(obj.pk) if obj else "",
        object_text=(object_text or (str(obj) if obj else ""))[:200],
        before=_plain(before),
        after=_plain(after),
        reason=reason,
        previous_mac=head.mac,
    )
    entry.mac = _mac(entry)
    entry.save(force_insert=True)
    ChainHead.objects.filter(pk=head.pk).update(sequence=entry.sequence, mac=entry.mac)
    return entry


def _locked_head() -> ChainHead:
    ChainHead.objects.get_or_create(pk=1)
    return ChainHead.objects.select_for_update().get(pk=1)


def _plain(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if values is None:
        return None
    plain: dict[str, Any] = json.loads(json.dumps(values, default=_as_text, ensure_ascii=False))
    return plain


def _as_text(value: object) -> Any:
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    raise TypeError(f"审计记录不能保存 {type(value).__name__}")


def _mac(entry: AuditEntry) -> str:
    values = {name: getattr(entry, name) for name in SIGNED_FIELDS}
    values["at"] = entry.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    body = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.new(settings.AUDIT_KEY.encode(), body.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Verification:
    """Number of entries read and, if the chain is broken, the first bad sequence number with the reason."""

    entries: int
    bad_sequence: int | None = None
    reason: str = ""

    @property
    def intact(self) -> bool:
        return self.bad_sequence is None


def verify_chain() -> Verification:
    """Read the whole chain in order and compare every code, the numbering and the head."""
    expected, previous, count = 1, "", 0
    for entry in _in_order():
        count += 1
        if entry.sequence != expected:
            return Verification(count, expected, f"第 {expected} 条缺失")
        if entry.previous_mac != previous:
            return Verification(count, entry.sequence, "与前一条衔接不上")
        if not hmac.compare_digest(entry.mac, _mac(entry)):
            return Verification(count, entry.sequence, "内容与校验不符")
        expected, previous = expected + 1, entry.mac
    head = ChainHead.objects.filter(pk=1).first()
    if head and (head.sequence, head.mac) != (expected - 1, previous):
        return Verification(count, expected, "链尾缺失")
    return Verification(count)


def _in_order() -> Iterator[AuditEntry]:
    return AuditEntry.objects.order_by("sequence").iterator(chunk_size=2000)
