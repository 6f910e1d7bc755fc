"""Exam results: entered and corrected one by one with a reason, or whole lists at once (used by the import)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.audit.services import record as audit
from gaobo_banzhuren.web.errors import StaleError, UserError
from teachers.models import RosterEntry, SchoolClass, Student, StudentState

from .. import exam_figures as figures
from ..models import Course, ExamResult, ExamSession
from ..policies import exams as policies

LONGEST_GRADE: Final = 10
MOST_POINTS: Final = Decimal("999.9")
GONE = (StudentState.TRANSFERRED, StudentState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One result that comes from a list: student and course by their keys, `score` in points with one decimal."""

    student_id: int
    course_id: int
    status: str
    score: Decimal | None = None
    grade: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a list changed: keys of new rows and of changed ones; the same list again changes nothing. `released_now`
    says that the session had no day of release until then."""

    added: tuple[int, ...] = ()
    changed: tuple[int, ...] = ()
    unchanged: int = 0
    released_now: bool = False


@transaction.atomic
def record_result(
    actor: User,
    session: ExamSession,
    student: Student,
    course: Course,
    *,
    status: str,
    score: Decimal | None = None,
    grade: str = "",
) -> ExamResult:
    """Enter one result. Raises UserError when there is one already: that is corrected, with a reason."""
    if ExamResult.objects.filter(session=session, student=student, course=course).exists():
        raise UserError(f"{student.name}这场考试的「{course.name}」已有成绩，有误请用「更正」并写明原因。")
    row = ResultRow(student.pk, course.pk, status, score, grade)
    written = record_results(actor, session, [row])
    return ExamResult.objects.get(pk=written.added[0])


@transaction.atomic
def correct_result(
    actor: User, result: ExamResult, *, version: int, status: str, score: Decimal | None, grade: str, reason: str
) -> ExamResult:
    """Correct one result; old and new values and the reason are in the log.

    Raises UserError without a reason or a change, StaleError when somebody corrected it meanwhile.
    """
    policies.can_record_results(actor, result.school_class.college_id).require()
    if not reason.strip():
        raise UserError("请写明更正的原因。")
    _check([ResultRow(result.student_id, result.course_id, status, score, grade)])
    before = _facts(result)
    after = {"status": status, "score": _plain(score), "grade": grade}
    if before == after:
        raise UserError("没有改动，不需要更正。")
    rows = ExamResult.objects.filter(pk=result.pk, version=version)
    if not rows.update(status=status, score=score, grade=grade, version=F("version") + 1):
        raise StaleError("这条成绩刚被他人更正，没有保存。请刷新后核对。")
    result.refresh_from_db()
    audit(
        actor, "duties.result_correct", result, before=before, after=after, reason=reason.strip(),
        college=result.school_class.college_id,
    )  # fmt: skip
    return result


@transaction.atomic
def remove_result(actor: User, result: ExamResult, *, version: int, reason: str) -> None:
    """Take away a result that should never have been there (wrong student or course); the log keeps it with the reason."""
    policies.can_record_results(actor, result.school_class.college_id).require()
    if not reason.strip():
        raise UserError("请写明删除的原因。")
    audit(
        actor, "duties.result_remove", result, before=_facts(result), reason=reason.strip(),
        college=result.school_class.college_id,
    )  # fmt: skip
    if not ExamResult.objects.filter(pk=result.pk, version=version).delete()[0]:
        raise StaleError("这条成绩刚被他人更正，没有删除。请刷新后核对。")


@transaction.atomic
def record_results(actor: User, session: ExamSession, rows: Sequence[ResultRow], *, reason: str = "") -> Recorded:
    """Write a list of results down, new ones and changed ones, all or nothing, in a fixed number of queries.

    The class is the one on the day of the exam and stays. Differing results that were there already are overwritten
    with `reason` and their old values in the log. A session without a day of release gets today's.
    Raises UserError naming what does not fit, NotAllowed for results of another college.
    """
    if not rows:
        raise UserError("没有成绩可以登记。")
    _check(rows)
    if session.starts_on > timezone.localdate():
        raise UserError(f"「{session}」{session.starts_on:%Y-%m-%d} 才考试，还不能登记成绩。")
    homes = _homes(session, rows)
    for school_class in {home.pk: home for home in homes.values()}.values():
        policies.can_record_results(actor, school_class.college_id).require()
        policies.fits(school_class, session).require()
    known = {
        (result.student_id, result.course_id): result
        for result in ExamResult.objects.select_for_update().filter(session=session, student_id__in=set(homes))
    }
    fresh = [row for row in rows if (row.student_id, row.course_id) not in known]
    old = [known[key] for row in rows if (key := (row.student_id, row.course_id)) in known]
    moved = [(result, row) for result, row in _pairs(old, rows) if _differs(result, row)]
    before = {str(one.pk): [one.status, _plain(one.score), one.grade] for one, _ in moved}
    added = _add(session, fresh, homes)
    _overwrite(moved)
    changed = tuple(one.pk for one, _ in moved)
    released = ExamSession.objects.filter(pk=session.pk, results_on=None).update(
        results_on=timezone.localdate(), version=F("version") + 1
    )
    if released:
        session.refresh_from_db()
    written = Recorded(added, changed, len(rows) - len(added) - len(changed), bool(released))
    _log_list(actor, session, written, homes, before, moved, reason)
    return written


def _check(rows: Sequence[ResultRow]) -> None:
    if len({(row.student_id, row.course_id) for row in rows}) != len(rows):
        raise UserError("名单里同一学生同一课程出现了两次，没有保存。")
    for row in rows:
        if row.status not in figures.STATUSES:
            raise UserError(f"没有成绩状态「{row.status}」；可用：{'、'.join(sorted(figures.STATUSES))}。")
        if row.score is not None and row.status in figures.UNSCORED:
            raise UserError(f"「{row.status}」没有参加考试，不能有分数（{row.score}）。")
        if row.score is not None and not 0 <= row.score <= MOST_POINTS:
            raise UserError(f"分数 {row.score} 应在 0 到 {MOST_POINTS} 之间。")
        if len(row.grade) > LONGEST_GRADE:
            raise UserError(f"等第「{row.grade}」超过 {LONGEST_GRADE} 个字。")


def _homes(session: ExamSession, rows: Sequence[ResultRow]) -> dict[int, SchoolClass]:
    """The class of each student on the day of the exam; UserError names how many had none."""
    wanted = {row.student_id for row in rows}
    entries = RosterEntry.objects.on(session.starts_on).filter(student_id__in=wanted).exclude(state__in=GONE)
    homes = {entry.student_id: entry.school_class for entry in entries.select_related("school_class")}
    missing = wanted - set(homes)
    if missing:
        numbers = Student.objects.filter(pk__in=missing).order_by("student_no").values_list("student_no", flat=True)[:5]
        raise UserError(
            f"有 {len(missing)} 名学生考试当天（{session.starts_on:%Y-%m-%d}）不在任何班级的名册上：{'、'.join(numbers)}。"
        )
    return homes


def _pairs(old: Sequence[ExamResult], rows: Sequence[ResultRow]) -> list[tuple[ExamResult, ResultRow]]:
    by_key = {(row.student_id, row.course_id): row for row in rows}
    return [(result, by_key[(result.student_id, result.course_id)]) for result in old]


def _differs(result: ExamResult, row: ResultRow) -> bool:
    return (result.status, result.score, result.grade) != (row.status, row.score, row.grade)


def _add(session: ExamSession, rows: Sequence[ResultRow], homes: dict[int, SchoolClass]) -> tuple[int, ...]:
    try:
        with transaction.atomic():
            made = ExamResult.objects.bulk_create(
                ExamResult(
                    student_id=row.student_id, school_class=homes[row.student_id], session=session,
                    course_id=row.course_id, status=row.status, score=row.score, grade=row.grade,
                )
                for row in rows
            )  # fmt: skip
    except IntegrityError as problem:
        raise StaleError("其中有成绩刚被他人登记，没有保存。请刷新后核对。") from problem
    return tuple(result.pk for result in made)


def _overwrite(moved: Sequence[tuple[ExamResult, ResultRow]]) -> None:
    for result, row in moved:
        result.status, result.score, result.grade = row.status, row.score, row.grade
        result.version += 1
    ExamResult.objects.bulk_update([result for result, _ in moved], ["status", "score", "grade", "version"])


def _log_list(
    actor: User,
    session: ExamSession,
    written: Recorded,
    homes: dict[int, SchoolClass],
    before: dict[str, list[Any]],
    moved: Sequence[tuple[ExamResult, ResultRow]],
    reason: str,
) -> None:
    if not written.added and not written.changed:
        return
    colleges = {home.college_id for home in homes.values()}
    after = {str(one.pk): [row.status, _plain(row.score), row.grade] for one, row in moved}
    audit(
        actor, "duties.result_list", session, reason=reason, college=colleges.pop() if len(colleges) == 1 else None,
        before={"rows": before} if before else None,
        after={"added": len(written.added), "changed": len(written.changed), "rows": after}
        | ({"results_on": session.results_on} if written.released_now else {}),
    )  # fmt: skip


def _facts(result: ExamResult) -> dict[str, Any]:
    return {"status": result.status, "score": _plain(result.score), "grade": result.grade}


def _plain(score: Decimal | None) -> str | None:
    """One way to write a score, whatever its trailing zeros."""
    return None if score is None else str(score.quantize(Decimal("0.1")))
