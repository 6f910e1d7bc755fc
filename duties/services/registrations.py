"""Exam registrations of a class in a session: 应报 → 已报 or 放弃, paid, and checked against the official list.

应报 → 已报 ⇄ 放弃, and back to 应报 while the window is open. Whoever changes a row takes its check away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.audit.services import record as audit
from gaobo_banzhuren.web.errors import StaleError, UserError
from teachers.models import RosterEntry, SchoolClass, StudentState

from ..models import Course, ExamRegistration, ExamSession, RegistrationState
from ..policies import exams as policies

ON_THE_LIST = (StudentState.ENROLLED, StudentState.SUSPENDED, StudentState.RETAINED)
STALE = "报名表刚在别处被修改，没有保存。请刷新后核对再改。"


@dataclass(frozen=True, slots=True)
class RegistrationChange:
    """How one row of the grid is to be, and the version that the person saw."""

    registration_id: int
    version: int
    state: str
    paid: bool


@dataclass(frozen=True, slots=True)
class RegistrationRow:
    """One row of a list that comes from elsewhere: student and course by their keys."""

    student_id: int
    course_id: int
    state: str = RegistrationState.REGISTERED
    paid: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """What a list changed; the same list again changes nothing."""

    added: int
    changed: int
    unchanged: int


@transaction.atomic
def plan(
    actor: User, session: ExamSession, school_class: SchoolClass, courses: Iterable[Course], students: Collection[int]
) -> int:
    """Put students down as 应报 for courses; who is already on the list stays as is. Returns how many rows are new.

    Raises NotAllowed for a closed window or a foreign class, UserError when somebody is not on the class's roster.
    """
    today = timezone.localdate()
    policies.can_plan_registrations(actor, school_class, session, today).require()
    wanted, chosen = set(students), list(courses)
    if not wanted or not chosen:
        raise UserError("请选择学生和课程。")
    rows = RosterEntry.objects.on(today).filter(school_class=school_class, state__in=ON_THE_LIST)
    missing = wanted - set(rows.values_list("student_id", flat=True))
    if missing:
        raise UserError(f"有 {len(missing)} 名学生今天不在{school_class.name}的名册上，请重新选择。")
    before = _of(session, school_class).count()
    ExamRegistration.objects.bulk_create(
        (
            ExamRegistration(student_id=student, school_class=school_class, session=session, course=course)
            for course in chosen
            for student in sorted(wanted)
        ),
        ignore_conflicts=True,
    )
    added = _of(session, school_class).count() - before
    if added:
        audit(
            actor, "duties.registration_plan", session, college=school_class.college_id,
            after={"class": school_class.code, "courses": [course.code for course in chosen], "added": added},
        )  # fmt: skip
    return added


@transaction.atomic
def set_many(
    actor: User, session: ExamSession, school_class: SchoolClass, changes: Sequence[RegistrationChange]
) -> int:
    """Save the grid: state and fee of the rows given, all or none. Returns how many differ from before.

    The number of queries depends on the kinds of change, not on the rows. Raises NotAllowed outside the window,
    StaleError when one of the rows was changed elsewhere meanwhile.
    """
    policies.can_register(actor, school_class, session, timezone.localdate()).require()
    known = {row.pk: row for row in _of(session, school_class)}
    different = []
    for change in changes:
        row = known.get(change.registration_id)
        if row is None:
            raise UserError("报名表里有不属于这个班这场考试的行，没有保存。")
        if change.state not in RegistrationState.values:
            raise UserError(f"没有报名状态「{change.state}」。")
        if change.paid and change.state == RegistrationState.GIVEN_UP and not row.paid:
            raise UserError("放弃报考的不能登记缴费。")
        if (row.state, row.paid) != (change.state, change.paid):
            different.append(change)
    groups: dict[tuple[int, str, bool], list[int]] = defaultdict(list)
    for change in different:
        groups[(change.version, change.state, change.paid)].append(change.registration_id)
    for (version, state, paid), keys in groups.items():
        moved = _of(session, school_class).filter(pk__in=keys, version=version)
        if moved.update(state=state, paid=paid, checked_by=None, checked_at=None, version=F("version") + 1) != len(
            keys
        ):
            raise StaleError(STALE)
    if different:
        audit(
            actor, "duties.registration_change", session, college=school_class.college_id,
            before={"rows": [_fact(known[change.registration_id]) for change in different]},
            after={"rows": [[change.registration_id, change.state, change.paid] for change in different]},
        )  # fmt: skip
    return len(different)


@transaction.atomic
def check(actor: User, session: ExamSession, school_class: SchoolClass, keys: Collection[int]) -> int:
    """Note that the rows agree with the official list; open also after the window. Returns how many are newly checked."""
    policies.can_work_on_class(actor, school_class, timezone.localdate()).require()
    rows = _of(session, school_class).filter(pk__in=keys, state=RegistrationState.REGISTERED, checked_at=None)
    done = rows.update(checked_by=actor, checked_at=timezone.now(), version=F("version") + 1)
    if done:
        audit(
            actor, "duties.registration_check", session, college=school_class.college_id,
            after={"class": school_class.code, "checked": done},
        )  # fmt: skip
    return done


@transaction.atomic
def remove(actor: User, registration: ExamRegistration, *, version: int) -> None:
    """Take a row off the list that was put there by mistake; what is registered is given up instead."""
    school_class, session = registration.school_class, registration.session
    policies.can_plan_registrations(actor, school_class, session, timezone.localdate()).require()
    rows = ExamRegistration.objects.filter(
        pk=registration.pk, version=version, state=RegistrationState.PLANNED, paid=False
    )
    if registration.state != RegistrationState.PLANNED or registration.paid:
        raise UserError("已报名或已缴费的不能移除，请改为「放弃」。")
    audit(
        actor, "duties.registration_remove", session, before={"row": _fact(registration)},
        college=school_class.college_id,
    )  # fmt: skip
    if not rows.delete()[0]:
        raise StaleError(STALE)


@transaction.atomic
def record_registrations(actor: User, session: ExamSession, rows: Sequence[RegistrationRow]) -> Written:
    """Write a whole list down, of any number of classes that the person works on; all or nothing.

    Each student's class is the one on the roster today. A fixed number of queries, but for one policy question a class.
    """
    today = timezone.localdate()
    entries = RosterEntry.objects.on(today).filter(student_id__in={row.student_id for row in rows})
    homes = {entry.student_id: entry.school_class for entry in entries.select_related("school_class")}
    _refuse_strangers(rows, homes)
    for school_class in {home.pk: home for home in homes.values()}.values():
        policies.can_register(actor, school_class, session, today).require()
    known = {
        (row.student_id, row.course_id): row
        for row in ExamRegistration.objects.filter(session=session, student_id__in=homes)
    }
    if any(_pays_for_nothing(row, known.get((row.student_id, row.course_id))) for row in rows):
        raise UserError("放弃报考的不能登记缴费。")
    fresh = [row for row in rows if (row.student_id, row.course_id) not in known]
    moved = []
    for row in rows:
        old = known.get((row.student_id, row.course_id))
        if old is not None and (old.state, old.paid) != (row.state, row.paid):
            old.state, old.paid, old.version = row.state, row.paid, old.version + 1
            old.checked_by = old.checked_at = None
            moved.append(old)
    try:
        with transaction.atomic():
            ExamRegistration.objects.bulk_create(
                ExamRegistration(
                    student_id=row.student_id, school_class=homes[row.student_id], session=session,
                    course_id=row.course_id, state=row.state, paid=row.paid,
                )
                for row in fresh
            )  # fmt: skip
    except IntegrityError as problem:
        raise StaleError(STALE) from problem
    ExamRegistration.objects.bulk_update(moved, ["state", "paid", "checked_by", "checked_at", "version"])
    if fresh or moved:
        audit(actor, "duties.registration_list", session, after={"added": len(fresh), "changed": len(moved)})
    return Written(len(fresh), len(moved), len(rows) - len(fresh) - len(moved))


def _refuse_strangers(rows: Sequence[RegistrationRow], homes: dict[int, SchoolClass]) -> None:
    strangers = {row.student_id for row in rows} - set(homes)
    if strangers:
        raise UserError(f"有 {len(strangers)} 名学生今天不在任何班级的名册上，没有保存。")
    if len({(row.student_id, row.course_id) for row in rows}) != len(rows):
        raise UserError("名单里同一学生同一课程出现了两次，没有保存。")
    if any(row.state not in RegistrationState.values for row in rows):
        raise UserError("名单里有未知的报名状态，没有保存。")


def _pays_for_nothing(row: RegistrationRow, old: ExamRegistration | None) -> bool:
    return row.paid and row.state == RegistrationState.GIVEN_UP and not (old and old.paid)


def _of(session: ExamSession, school_class: SchoolClass) -> QuerySet[ExamRegistration]:
    return ExamRegistration.objects.filter(session=session, school_class=school_class)


def _fact(row: ExamRegistration) -> list[object]:
    return [row.pk, row.state, row.paid]
