"""The talk plan of a class teacher for a class and term, and how far it is (C5.2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.audit.services import record as audit
from gaobo_banzhuren.regulation.models import Term
from gaobo_banzhuren.web.errors import NotAllowed, UserError
from teachers.models import ClassTeacher, SchoolClass

from ..figures import Measured
from ..measures.classes import class_figures
from ..models import PlannedTalk, RecordState, RecordStudent, WorkRecord
from ..naming import Named
from ..policies import students as policies
from ..policies.reading import known_students
from ..rosters import students_on

LONGEST_PURPOSE = 120


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One student of the class: planned or not, and the day of the latest talk of the term."""

    student: Named
    plan: PlannedTalk | None
    talked_on: dt.date | None

    @property
    def done(self) -> bool:
        return self.talked_on is not None


@transaction.atomic
def plan(
    actor: User,
    school_class: SchoolClass,
    term: Term,
    student_ids: Collection[int],
    *,
    planned_on: dt.date | None = None,
    purpose: str = "",
) -> int:
    """Plan talks with students of the class; those planned already stay as they are. Gives how many are new."""
    policies.can_plan(actor, school_class).require()
    if planned_on is not None and not term.starts_on <= planned_on <= term.ends_on:
        raise UserError(f"计划日期应在 {term} 之内（{term.starts_on:%Y-%m-%d} 至 {term.ends_on:%Y-%m-%d}）。")
    known = {one.pk for one in students_on([school_class.pk], _day_of(term))}
    if set(student_ids) - known:
        raise UserError("有学生不在本班名册上，请重新选择。")
    if not student_ids:
        raise UserError("请至少选择一名学生。")
    teacher = ClassTeacher.objects.filter(user=actor).first()
    if teacher is None:
        raise NotAllowed("您的账号没有班主任信息。")
    planned = set(PlannedTalk.objects.filter(teacher=teacher, term=term).values_list("student_id", flat=True))
    rows = [
        PlannedTalk(
            teacher=teacher, student_id=key, school_class=school_class, term=term, planned_on=planned_on,
            purpose=purpose.strip()[:LONGEST_PURPOSE],
        )
        for key in dict.fromkeys(student_ids)
        if key not in planned
    ]  # fmt: skip
    PlannedTalk.objects.bulk_create(rows, ignore_conflicts=True)
    audit(actor, "duties.talk_plan", school_class, after={"planned": len(rows)}, college=school_class.college_id)
    return len(rows)


@transaction.atomic
def unplan(actor: User, planned: PlannedTalk) -> None:
    """Take one student off the own plan. Talks that were held stay."""
    if planned.teacher.user_id != actor.pk:
        raise NotAllowed("谈话计划由制定人自己调整。")
    college = planned.school_class.college_id
    PlannedTalk.objects.filter(pk=planned.pk).delete()
    audit(actor, "duties.talk_unplan", planned.school_class, after={"planned": -1}, college=college)


def rows_of(user: User, school_class: SchoolClass, term: Term) -> list[PlanRow]:
    """Every student on the roster; who still waits for a talk first, planned days in order. Three queries."""
    people = students_on([school_class.pk], _day_of(term))
    plans = {
        one.student_id: one for one in PlannedTalk.objects.visible_to(user).filter(school_class=school_class, term=term)
    }
    # A colleague's confidential talk counts in the coverage, and here it would tell whom it was with.
    told = WorkRecord.objects.visible_to(user).filter(known_students(user))
    talks = RecordStudent.objects.filter(
        record__in=told, school_class=school_class, part=RecordStudent.Part.ABOUT, record__kind="talk",
        record__state=RecordState.ARCHIVED, record__happened_on__range=(term.starts_on, term.ends_on),
    )  # fmt: skip
    latest = dict(talks.order_by("record__happened_on").values_list("student_id", "record__happened_on"))
    rows = [PlanRow(one, plans.get(one.pk), latest.get(one.pk)) for one in people]
    return sorted(rows, key=_rank)


def _rank(row: PlanRow) -> tuple[bool, bool, dt.date, str]:
    day = row.plan.planned_on if row.plan else None
    return row.done, row.plan is None, day or dt.date.max, row.student.number


def coverage(school_class: SchoolClass, term: Term) -> Measured:
    """The same figure as everywhere: distinct students with a talk in the term over the class's students."""
    found = class_figures([school_class.pk], term.starts_on, _day_of(term), only=("talk_coverage",))
    return found[school_class.pk]["talk_coverage"]


def _day_of(term: Term) -> dt.date:
    """The roster of today, of a past term that of its last day."""
    return min(max(timezone.localdate(), term.starts_on), term.ends_on)
