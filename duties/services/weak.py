"""Lists of weak courses and of students who are behind, with the help and the checks (article 6 (1))."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.audit.services import record as audit
from gaobo_banzhuren.audit.services import sensitive
from gaobo_banzhuren.regulation.models import Term
from gaobo_banzhuren.web.errors import StaleError, UserError
from teachers.models import RosterEntry, SchoolClass, StudentState

from ..models import Course, ExamSession, WeakCourse, WeakStudent
from ..policies import exams as policies

LEFT = (StudentState.TRANSFERRED, StudentState.WITHDRAWN, StudentState.GRADUATED)


@transaction.atomic
def list_course(
    actor: User,
    school_class: SchoolClass,
    course: Course,
    term: Term,
    *,
    basis: str,
    session_before: ExamSession | None = None,
    teacher_name: str = "",
) -> WeakCourse:
    """Put a course on the class's list of the term. Raises UserError when it is there already or no basis is given."""
    policies.can_work_on_class(actor, school_class, timezone.localdate()).require()
    if not basis.strip():
        raise UserError("请写明列为薄弱课程的依据。")
    try:
        with transaction.atomic():
            entry = WeakCourse.objects.create(
                school_class=school_class, course=course, term=term, basis=basis.strip(), teacher_name=teacher_name,
                session_before=session_before, listed_by=actor,
            )  # fmt: skip
    except IntegrityError as problem:
        raise UserError(f"「{course.name}」本学期已在{school_class.name}的薄弱课程里。") from problem
    audit(
        actor, "duties.weak_course_list", entry, college=school_class.college_id,
        after={"course": course.code, "term": str(term), "basis": entry.basis},
    )  # fmt: skip
    return entry


@transaction.atomic
def record_help(
    actor: User,
    entry: WeakCourse,
    *,
    version: int,
    teacher_name: str,
    help_given: str,
    helped_on: dt.date | None,
    result: str,
    session_after: ExamSession | None = None,
) -> WeakCourse:
    """Write down what the course teacher was asked for and what came of it.

    Raises UserError for help without its day or a day to come, StaleError when it was changed elsewhere.
    """
    policies.can_work_on_class(actor, entry.school_class, timezone.localdate()).require()
    if help_given.strip() and helped_on is None:
        raise UserError("请填写落实帮助的日期。")
    if helped_on and helped_on > timezone.localdate():
        raise UserError("落实日期不能晚于今天。")
    values: dict[str, Any] = {
        "teacher_name": teacher_name.strip(),
        "help_given": help_given.strip(),
        "helped_on": helped_on,
        "result": result.strip(),
        "session_after": session_after,
    }
    if not WeakCourse.objects.filter(pk=entry.pk, version=version).update(version=F("version") + 1, **values):
        raise StaleError("这门薄弱课程刚在别处被修改，没有保存。请核对后再改。")
    before = _help_facts(entry)
    entry.refresh_from_db()
    audit(
        actor, "duties.weak_course_help", entry, before=before, after=_help_facts(entry),
        college=entry.school_class.college_id,
    )  # fmt: skip
    return entry


@transaction.atomic
def unlist_course(actor: User, entry: WeakCourse, *, version: int) -> None:
    """Take a course off that was listed by mistake; one with help written down stays."""
    policies.can_work_on_class(actor, entry.school_class, timezone.localdate()).require()
    if entry.help_given or entry.result:
        raise UserError("已登记帮助措施的课程不能移除。")
    audit(
        actor, "duties.weak_course_unlist", entry, before={"course": entry.course.code, "basis": entry.basis},
        college=entry.school_class.college_id,
    )  # fmt: skip
    if not WeakCourse.objects.filter(pk=entry.pk, version=version).delete()[0]:
        raise StaleError("这门薄弱课程刚在别处被修改，没有移除。")


@transaction.atomic
def list_students(
    actor: User,
    school_class: SchoolClass,
    students: Collection[int],
    term: Term,
    *,
    basis: str,
    courses: str = "",
    on: dt.date | None = None,
) -> int:
    """Put students on the term's list of those who are behind; who was taken off comes back on it.

    Returns how many are new on the list. Raises UserError without a basis, outside the term, or for a student who is
    not on the class's roster.
    """
    today = timezone.localdate()
    policies.can_work_on_class(actor, school_class, today).require()
    day = on or today
    if not students or not basis.strip():
        raise UserError("请选择学生并写明依据。")
    if day > today or not term.starts_on <= day <= term.ends_on:
        raise UserError(f"列入日期应在{term}之内，且不晚于今天。")
    rows = RosterEntry.objects.on(day).filter(school_class=school_class, student_id__in=students)
    found = set(rows.exclude(state__in=LEFT).values_list("student_id", flat=True))
    if set(students) - found:
        raise UserError(f"有 {len(set(students) - found)} 名学生当天不在{school_class.name}的名册上，请重新选择。")
    before = _standing(school_class, term).count()
    back = WeakStudent.objects.filter(student_id__in=found, term=term, removed_on__isnull=False)
    back.update(
        school_class=school_class, removed_on=None, removed_reason="", listed_on=day, basis=basis.strip(),
        courses=courses.strip(), listed_by=actor,
    )  # fmt: skip
    WeakStudent.objects.bulk_create(
        (
            WeakStudent(
                student_id=student, school_class=school_class, term=term, courses=courses.strip(), basis=basis.strip(),
                listed_on=day, listed_by=actor,
            )
            for student in sorted(found)
        ),
        ignore_conflicts=True,
    )  # fmt: skip
    added = _standing(school_class, term).count() - before
    if added:
        audit(
            actor, "duties.weak_student_list", school_class, college=school_class.college_id,
            after={"term": str(term), "students": sorted(found), "basis": basis.strip()},
        )  # fmt: skip
    return added


@transaction.atomic
def remove_student(actor: User, entry: WeakStudent, *, reason: str, on: dt.date | None = None) -> WeakStudent:
    """Take a student off the list with the reason; the entry and its checks stay readable and counted for the term."""
    policies.can_work_on_class(actor, entry.school_class, timezone.localdate()).require()
    day = on or timezone.localdate()
    if not reason.strip():
        raise UserError("请写明移出的原因。")
    if not entry.listed_on <= day <= timezone.localdate():
        raise UserError("移出日期应在列入日期与今天之间。")
    rows = WeakStudent.objects.filter(pk=entry.pk, removed_on=None)
    if not rows.update(removed_on=day, removed_reason=reason.strip()):
        raise StaleError("这名学生已从名单移出。")
    entry.refresh_from_db()
    audit(
        actor, "duties.weak_student_remove", entry, after={"removed_on": day}, reason=reason.strip(),
        college=entry.school_class.college_id,
    )  # fmt: skip
    return entry


def _standing(school_class: SchoolClass, term: Term) -> Any:
    return WeakStudent.objects.filter(school_class=school_class, term=term, removed_on=None)


def _help_facts(entry: WeakCourse) -> dict[str, Any]:
    return {
        "teacher_name": entry.teacher_name,
        "helped_on": entry.helped_on,
        "help": sensitive(entry.help_given),
        "result": sensitive(entry.result),
    }
