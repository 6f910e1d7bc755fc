"""Counts that stand as long as nothing was changed: remembered by the last change of the facts, never by the clock alone.

Every change writes an entry into the audit log in its own transaction. The last entry about a college (or about the whole
school) therefore tells whether anything can have moved; its code is the version under which the counts are kept in this
process. FACTS_REMEMBERED is how many counts are kept; 0 remembers nothing.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Mapping
from threading import Lock
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Q

from gaobo_banzhuren.audit.models import AuditEntry
from teachers.models import SchoolClass

T = TypeVar("T")

AREAS = ("duties.", "teachers.", "regulation.", "admin.")
"""Areas of the log whose entries change what is counted; signing in, reading money and looking up change nothing."""
QUIET = (
    "duties.record_read", "duties.special_read", "duties.records_export", "duties.handbook_export", "duties.attendance_export",
    "duties.exam_export", "duties.remind", "duties.reminder_done", "duties.record_comment", "duties.record_answer",
    "teachers.phone_reveal", "teachers.roster_export",
)  # fmt: skip
LONGEST_SECONDS = 600
"""A belt: what would go round the log (a shell) is seen after this time at the latest."""

_lock = Lock()
_kept: OrderedDict[Hashable, tuple[str, float, Any]] = OrderedDict()


def facts_version(college_ids: Collection[int]) -> dict[int, str]:
    """For each college the code of the last change about it or about the whole school. Two queries for one college, one
    more for each further one up to the number of colleges."""
    school = _last(Q(college_id=None))
    return {college: f"{school}·{_last(Q(college_id=college))}" for college in college_ids}


def _last(which: Q) -> str:
    areas = Q()
    for area in AREAS:
        areas |= Q(action__startswith=area)
    rows = AuditEntry.objects.filter(which & areas).exclude(action__in=QUIET)
    return rows.order_by("-sequence").values_list("mac", flat=True).first() or ""


def per_class(
    name: str, class_ids: Collection[int], what: Hashable, count: Callable[[list[int]], Mapping[int, T]]
) -> dict[int, T]:
    """What `count` gives for each class, counted only for those whose facts have changed since.

    `what` tells one question from another (term, day). The values are shared: nobody changes them.
    """
    keys = list(dict.fromkeys(class_ids))
    most = settings.FACTS_REMEMBERED
    if not most or not keys:
        return dict(count(keys))
    colleges = dict(SchoolClass.objects.filter(pk__in=keys).values_list("pk", "college_id"))
    versions = facts_version(sorted(set(colleges.values())))
    found: dict[int, T] = {}
    missing = []
    for key in keys:
        version = versions.get(colleges.get(key, 0), "")
        hit = _look((name, key, what), version)
        if hit is None:
            missing.append(key)
        else:
            found[key] = hit[0]
    if missing:
        fresh = count(missing)
        for key in missing:
            found[key] = fresh[key]
            _keep((name, key, what), versions.get(colleges.get(key, 0), ""), fresh[key], most)
    return {key: found[key] for key in keys}


def _look(key: Hashable, version: str) -> tuple[Any] | None:
    with _lock:
        kept = _kept.get(key)
        if kept is None or not version or kept[0] != version or time.monotonic() - kept[1] > LONGEST_SECONDS:
            return None
        _kept.move_to_end(key)
        return (kept[2],)


def _keep(key: Hashable, version: str, value: Any, most: int) -> None:
    with _lock:
        _kept[key] = (version, time.monotonic(), value)
        _kept.move_to_end(key)
        while len(_kept) > most:
            _kept.popitem(last=False)


def forget() -> None:
    """Empty the memory of this process."""
    with _lock:
        _kept.clear()
