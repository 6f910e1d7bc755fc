"""文明离校: what each graduate settles before leaving, done on a day or excused with a reason (article 6 (3))."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.audit.services import record as audit
from gaobo_banzhuren.web.errors import UserError
from gaobo_banzhuren.web.templatetags.gaobo import yuan
from teachers.models import SchoolClass, Student

from ..graduates import graduates_of
from ..models import DepartureItem, FeeDue
from ..policies import graduation as policies

Item = DepartureItem.Item


@transaction.atomic
def settle(
    actor: User, school_class: SchoolClass, item: str, students: Collection[int], *, on: dt.date | None = None,
    excused: str = "",
) -> int:  # fmt: skip
    """Mark an item of several graduates as done on a day, or as excused with a reason; returns how many.

    Raises UserError for a day to come, neither day nor reason, and for fees that somebody still owes.
    """
    policies.can_keep(actor, school_class).require()
    known = _graduates(school_class, students)
    if item not in Item.values:
        raise UserError("请选择离校事项。")
    if not excused.strip() and on is None:
        raise UserError("请填写办结日期，或免办的原因。")
    if excused.strip():
        on = None
    if on and on > timezone.localdate():
        raise UserError("办结日期不能晚于今天。")
    if on and item == Item.FEES:
        _owe_nothing(known)
    values = {"done_on": on, "excused_reason": excused.strip()[:200], "by": actor, "at": timezone.now()}
    DepartureItem.objects.bulk_create(
        [DepartureItem(student=student, school_class=school_class, item=item, **values) for student in known.values()],
        update_conflicts=True, unique_fields=["student", "item"],
        update_fields=["school_class", *values],
    )  # fmt: skip
    _audit(actor, "duties.departure_item", school_class, item, known, on, excused.strip())
    return len(known)


@transaction.atomic
def reopen(actor: User, school_class: SchoolClass, item: str, students: Collection[int], reason: str = "") -> int:
    """Take a mistaken entry back; the log keeps it."""
    policies.can_keep(actor, school_class).require()
    known = _graduates(school_class, students)
    count, _ = DepartureItem.objects.filter(student__in=known, item=item).delete()
    if count:
        _audit(actor, "duties.departure_clear", school_class, item, known, None, reason.strip())
    return count


def _graduates(school_class: SchoolClass, students: Collection[int]) -> dict[int, Student]:
    known = {student.pk: student for student in graduates_of([school_class.pk]).get(school_class.pk, [])}
    if not students or set(students) - set(known):
        raise UserError("请选择本班的毕业生。")
    return {key: known[key] for key in students}


def _owe_nothing(students: dict[int, Student]) -> None:
    owing = owed_by(students)
    if owing:
        named = "、".join(f"{students[key].name}欠 {yuan(fen)}" for key, fen in list(owing.items())[:3])
        more = f"等 {len(owing)} 人" if len(owing) > 3 else ""
        raise UserError(f"{named}{more}，费用没有结清。请先缴清，或写明免办的原因。")


def owed_by(students: Collection[int]) -> dict[int, int]:
    """What each of the students still owes over all fee periods, in 分; who owes nothing is left out. One query."""
    rows = (
        FeeDue.objects.filter(student__in=students)
        .order_by()
        .values_list("student_id")
        .annotate(owed=Sum(F("due_fen") - F("paid_fen") - F("waived_fen")))
    )
    return {student: owed for student, owed in rows if owed}


def _audit(
    actor: User, action: str, school_class: SchoolClass, item: str, students: dict[int, Student], on: Any, excused: str
) -> None:
    after = {"item": item, "on": on, "students": sorted(students), "excused": bool(excused)}
    audit(actor, action, school_class, after=after, reason=excused, college=school_class.college_id)
