"""The one function that writes the log, and its verification."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import re
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
    head = locked_head()
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
        object_text=_clean(object_text or _text_of(obj))[:200],
        before=_plain(before),
        after=_plain(after),
        reason=_clean(reason),
        previous_mac=head.mac,
    )
    entry.mac = _mac({name: getattr(entry, name) for name in SIGNED_FIELDS})
    entry.save(force_insert=True)
    ChainHead.objects.filter(pk=head.pk).update(sequence=entry.sequence, mac=entry.mac)
    return entry


def _text_of(obj: models.Model | None) -> str:
    """How the log names an object: by its `audit_text` where it has one, because names of students do not belong into a
    log that people read who have no business with them."""
    if obj is None:
        return ""
    return str(getattr(obj, "audit_text", "") or obj)


def locked_head() -> ChainHead:
    """The head of the chain, held until the caller's transaction ends: entries are appended one after another."""
    head = ChainHead.objects.select_for_update().filter(pk=1).first()
    if head is None:
        ChainHead.objects.get_or_create(pk=1)
        head = ChainHead.objects.select_for_update().get(pk=1)
    return head


def _plain(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if values is None:
        return None
    plain: dict[str, Any] = _storable(json.loads(json.dumps(values, default=_as_text, ensure_ascii=False)))
    return plain


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_clean(key): _storable(item) for key, item in value.items()}
    return value


def _clean(text: str) -> str:
    """Without what PostgreSQL cannot store: NUL and half surrogate pairs."""
    return re.sub("[\x00\ud800-\udfff]", "", text)


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


def _mac(values: Mapping[str, Any]) -> str:
    moment = values["at"].astimezone(dt.UTC).isoformat(timespec="microseconds")
    body = json.dumps({**values, "at": moment}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.new(settings.AUDIT_KEY.encode(), body.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Verification:
    """Number of entries read, the code of the last one and, if the chain is broken, the first bad sequence with why."""

    entries: int
    last_mac: str = ""
    bad_sequence: int | None = None
    reason: str = ""

    @property
    def intact(self) -> bool:
        return self.bad_sequence is None


def verify_chain(anchors: Mapping[int, str] | None = None) -> Verification:
    """Read the whole chain in order and compare every code, the numbering and the head.

    `anchors` are codes noted outside the database (sequence → code, at least the first 16 signs); they uncover somebody
    who cut the tail and rewrote the head, or who knew the key and rewrote everything.
    """
    wanted = dict(anchors or {})
    expected, previous, count = 1, "", 0
    for values in _in_order():
        count += 1
        sequence, mac = values["sequence"], values.pop("mac")
        if sequence != expected:
            return Verification(count, previous, expected, f"第 {expected} 条缺失")
        if values["previous_mac"] != previous:
            return Verification(count, previous, sequence, "与前一条衔接不上")
        if not hmac.compare_digest(mac, _mac(values)):
            return Verification(count, previous, sequence, "内容与校验不符")
        if not mac.startswith(wanted.pop(sequence, "")):
            return Verification(count, previous, sequence, "与登记在外的校验不符")
        expected, previous = expected + 1, mac
    return _verify_end(count, previous, wanted)


def _verify_end(count: int, last: str, unseen_anchors: Mapping[int, str]) -> Verification:
    head = ChainHead.objects.filter(pk=1).first()
    if (head.sequence, head.mac) != (count, last) if head else count:
        return Verification(count, last, count + 1, "链尾缺失，或链头被改动")
    if unseen_anchors:
        return Verification(count, last, min(unseen_anchors), "链尾缺失：登记在外的记录已不在库中")
    return Verification(count, last)


def _in_order() -> Iterator[dict[str, Any]]:
    return AuditEntry.objects.order_by("sequence").values(*SIGNED_FIELDS, "mac").iterator(chunk_size=5000)
