"""Dues and payments of a period in bulk, from plain rows: one list of students, a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.audit.services import record as audit
from gaobo_banzhuren.web.errors import NotAllowed, UserError
from gaobo_banzhuren.web.templatetags.gaobo import yuan
from teachers.models import RosterEntry, Student, StudentState

from ..models import FeeDue, FeePayment, FeePeriod
from ..policies import fees as policies

GONE = (StudentState.TRANSFERRED, StudentState.WITHDRAWN, StudentState.GRADUATED)
"""Who is in one of these states owes nothing for a period that begins later."""
LARGEST_FEN = 10_000_000
"""A slip of the keyboard stops here: a hundred thousand yuan for one student and period."""
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class DueRow:
    """What a row says about one student (by key), in 分. None leaves what is stored; a new row takes None as nothing.

    `paid_fen` is the total paid so far; what exceeds the stored total becomes a payment on `paid_on` (today if unknown).
    """

    student: int
    due_fen: int
    paid_fen: int | None = None
    waived_fen: int | None = None
    exempt: bool | None = None
    first_period: bool | None = None
    deferred_until: dt.date | None = None
    paid_on: dt.date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """How many dues were new, changed and as before."""

    created: int = 0
    changed: int = 0
    same: int = 0


def problems_of(period: FeePeriod, rows: Sequence[DueRow]) -> dict[int, str]:
    """Why rows cannot be recorded, by position in the list; for the preview of an import. Three queries."""
    return _problems(rows, period, _stored(period, rows), classes_of(period, rows))


def _problems(
    rows: Sequence[DueRow], period: FeePeriod, known: dict[int, FeeDue], places: dict[int, tuple[int, int]]
) -> dict[int, str]:
    names = _names(rows)
    seen: set[int] = set()
    found: dict[int, str] = {}
    for at, row in enumerate(rows):
        name = names.get(row.student, "该生")
        if row.student in seen:
            found[at] = f"{name}在名单里出现两次"
        elif row.student not in places:
            found[at] = f"{name}在缴费期 {period.starts_on} 及以后不在任何班级的名册上，不应缴"
        elif problem := _amount_problem(row, known.get(row.student)):
            found[at] = f"{name}：{problem}"
        seen.add(row.student)
    return found


def _amount_problem(row: DueRow, old: FeeDue | None) -> str:
    if not 0 <= row.due_fen <= LARGEST_FEN:
        return f"应缴应在 0 到 {yuan(LARGEST_FEN)} 之间"
    due = _merged(row, old)
    if (row.paid_fen is not None and row.paid_fen < 0) or due.waived_fen < 0:
        return "已缴和减免不能是负数"
    if due.owed_fen < 0:
        parts = f"已缴 {yuan(due.paid_fen)} 加减免 {yuan(due.waived_fen)}"
        return f"{parts}，超过应缴 {yuan(due.due_fen)}；欠费不会是负数"
    if row.paid_on and row.paid_on > timezone.localdate():
        return "缴费日期晚于今天"
    return ""


def _merged(row: DueRow, old: FeeDue | None) -> FeeDue:
    """The due as it will stand after the row."""
    base = old or FeeDue()
    due = FeeDue(
        pk=base.pk,
        due_fen=row.due_fen,
        paid_fen=base.paid_fen if row.paid_fen is None else row.paid_fen,
        waived_fen=base.waived_fen if row.waived_fen is None else row.waived_fen,
        exempt=base.exempt if row.exempt is None else row.exempt,
        first_period=base.first_period if row.first_period is None else row.first_period,
        deferred_until=row.deferred_until or base.deferred_until,
        decision_note=row.note.strip()[:200] or base.decision_note,
        paid_on=base.paid_on,
        version=base.version,
    )
    if due.exempt:
        due.waived_fen = due.due_fen - due.paid_fen
    elif base.exempt and row.waived_fen is None:
        due.waived_fen = 0
    if due.owed_fen:
        due.paid_on = None
    elif due.paid_on is None and due.paid_fen:
        due.paid_on = row.paid_on or timezone.localdate()
    return due


CHANGING = (
    "due_fen", "paid_fen", "waived_fen", "exempt", "first_period", "deferred_until", "decision_note", "paid_on", "version",
)  # fmt: skip


@transaction.atomic
def record_dues(actor: User, period: FeePeriod, rows: Iterable[DueRow]) -> Recorded:
    """Write the rows of one period, whole or not at all; the same rows again change nothing.

    A student belongs to the class of the first day of the period, or of joining after it. Raises UserError naming the
    first students that do not fit and NotAllowed for a class of another college. Queries do not grow with the rows.
    """
    wanted = list(rows)
    known, places = _stored(period, wanted, lock=True), classes_of(period, wanted)
    if found := _problems(wanted, period, known, places):
        rest = f"等 {len(found)} 处" if len(found) > MOST_NAMED else ""
        raise UserError("；".join(list(found.values())[:MOST_NAMED]) + rest + "。没有保存任何一行。")
    _in_own_colleges(actor, places)
    new, changed, payments = [], [], []
    for row in wanted:
        old = known.get(row.student)
        due = _merged(row, old)
        due.period, due.student_id = period, row.student
        due.school_class_id = old.school_class_id if old else places[row.student][0]
        more = due.paid_fen - (old.paid_fen if old else 0)
        if more:
            day = row.paid_on or timezone.localdate()
            payments.append(FeePayment(due=due, amount_fen=more, on=day, note="批量登记", by=actor))
        if old is None:
            new.append(due)
        elif any(getattr(old, name) != getattr(due, name) for name in CHANGING):
            due.version += 1
            changed.append(due)
    FeeDue.objects.bulk_create(new, batch_size=500)
    FeeDue.objects.bulk_update(changed, CHANGING, batch_size=200)
    FeePayment.objects.bulk_create(payments, batch_size=500)
    done = Recorded(len(new), len(changed), len(wanted) - len(new) - len(changed))
    _log(actor, period, done, [*new, *changed], places)
    return done


@transaction.atomic
def set_due(actor: User, period: FeePeriod, student: Student, due_fen: int, *, first_period: bool = False) -> FeeDue:
    """What one student is to pay; what was paid, waived and deferred before stays."""
    record_dues(actor, period, [DueRow(student.pk, due_fen, first_period=first_period)])
    return FeeDue.objects.select_related("student", "school_class", "period").get(period=period, student=student)


def _log(
    actor: User, period: FeePeriod, done: Recorded, dues: list[FeeDue], places: dict[int, tuple[int, int]]
) -> None:
    """One entry for each college, with counts and sums and no names."""
    by_college: dict[int, list[FeeDue]] = {}
    for due in dues:
        by_college.setdefault(places[due.student_id][1], []).append(due)
    for college, own in by_college.items():
        after = {
            "rows": len(own),
            "due_fen": sum(due.due_fen for due in own),
            "paid_fen": sum(due.paid_fen for due in own),
        }
        audit(actor, "duties.fee_dues", period, after=after, college=college)


def _in_own_colleges(actor: User, places: dict[int, tuple[int, int]]) -> None:
    kept = policies.keeps_dues_of(actor)
    if kept is not None and (not kept or any(college not in kept for _, college in places.values())):
        raise NotAllowed("名单里有不归您管理的班级的学生：应缴和缴费由班级所在二级学院或继续教育学院登记。")


def _stored(period: FeePeriod, rows: Sequence[DueRow], *, lock: bool = False) -> dict[int, FeeDue]:
    found = FeeDue.objects.filter(period=period, student__in=[row.student for row in rows])
    if lock:
        # A payment booked at the same moment waits, so that neither is lost.
        found = found.select_for_update()
    return {due.student_id: due for due in found}


def classes_of(period: FeePeriod, rows: Sequence[DueRow]) -> dict[int, tuple[int, int]]:
    """Class and college of each student: on the first day of the period, else the first one after it."""
    entries = (
        RosterEntry.objects.standing()
        .filter(student__in=[row.student for row in rows])
        .exclude(state__in=GONE)
        .exclude(ends_on__lt=period.starts_on)
        .order_by("-starts_on")
        .values_list("student_id", "school_class_id", "school_class__college_id")
    )
    return {student: (school_class, college) for student, school_class, college in entries}


def _names(rows: Sequence[DueRow]) -> dict[int, str]:
    return dict(Student.objects.filter(pk__in=[row.student for row in rows]).values_list("pk", "name"))
