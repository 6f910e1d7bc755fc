"""Students and their dated timeline: a change of state or class ends one span and begins the next; nothing is overwritten."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.names import pinyin_of
from gaobo_banzhuren.audit.services import record
from gaobo_banzhuren.web.errors import StaleError, UserError

from ..models import Guardian, RosterEntry, SchoolClass, Student, StudentState
from ..policies import roster as policies
from .phones import phone_tail, with_new_number

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class StudentFields:
    """What is entered about a student besides class and state."""

    name: str
    sex: str = ""
    exam_no: str = ""
    phone: str | None = ""
    """None leaves the number as it is."""

    def columns(self) -> dict[str, str]:
        pinyin, initials = pinyin_of(self.name)
        columns = {
            "name": self.name.strip(),
            "sex": self.sex,
            "exam_no": self.exam_no.strip(),
            "name_pinyin": pinyin,
            "name_initials": initials,
        }
        return columns if self.phone is None else columns | {"phone": self.phone.strip()}


@transaction.atomic
def add_student(
    actor: User, *, student_no: str, fields: StudentFields, school_class: SchoolClass, joins_on: dt.date
) -> Student:
    """A new student, 在读 in the class from `joins_on`. Raises UserError for a 学号 in use or a closed class."""
    policies.can_keep_class(actor, school_class).require()
    _check_open(school_class, joins_on)
    student = Student(student_no=student_no.strip(), **fields.columns())
    try:
        with transaction.atomic():
            student.save(force_insert=True)
    except IntegrityError:
        raise UserError(f"学号「{student_no}」已被占用。") from None
    entry = _begin(actor, student, school_class, StudentState.ENROLLED, joins_on)
    record(
        actor, "teachers.student_add", student, after={"学号": student.student_no} | entry_facts(entry),
        college=school_class.college_id,
    )  # fmt: skip
    return student


@transaction.atomic
def update_student(actor: User, student: Student, *, fields: StudentFields, version: int) -> Student:
    """Change name, sex, exam number or phone. Raises StaleError when somebody else saved in between."""
    entry = latest_entry(student)
    policies.can_keep_class(actor, entry.school_class).require()
    before, number = _person_facts(student), student.phone
    if not Student.objects.filter(pk=student.pk, version=version).update(version=version + 1, **fields.columns()):
        raise StaleError(f"{student}刚被他人修改，没有保存。请刷新后核对再改。")
    student.refresh_from_db()
    after = with_new_number(_person_facts(student), "手机", changed=number != student.phone)
    if before != after:
        record(
            actor, "teachers.student_update", student, before=before, after=after, college=entry.school_class.college_id
        )
    return student


def _person_facts(student: Student) -> dict[str, Any]:
    return {
        "姓名": student.name,
        "性别": student.sex,
        "准考证号": student.exam_no,
        "手机": phone_tail(student.phone),
    }


def latest_entry(student: Student) -> RosterEntry:
    """The last standing span. Raises UserError when there is none."""
    entry = (
        RosterEntry.objects.standing()
        .select_related("school_class")
        .filter(student=student)
        .order_by("-starts_on")
        .first()
    )
    if entry is None:
        raise UserError(f"{student}还没有名册记录。")
    return entry


@transaction.atomic
def change_state(
    actor: User, student: Student, *, state: StudentState | str, from_day: dt.date, note: str = ""
) -> RosterEntry:
    """A new state from `from_day` on, e.g. 休学, 退学 or, back again, 在读 (复学). That day already has the new state."""
    entry = _locked_latest(student)
    policies.can_keep_class(actor, entry.school_class).require()
    state = StudentState(state)
    if entry.state == state:
        raise UserError(f"{student.name}自 {entry.starts_on} 起已是「{state.label}」。")
    return _follow(actor, entry, entry.school_class, state, from_day, note, "teachers.student_state")


@transaction.atomic
def move_to_class(
    actor: User, student: Student, *, school_class: SchoolClass, from_day: dt.date, note: str = ""
) -> RosterEntry:
    """The student is in another class from `from_day` on, 在读 or in the state held before."""
    entry = _locked_latest(student)
    policies.can_keep_class(actor, entry.school_class).require()
    policies.can_keep_class(actor, school_class).require()
    if entry.school_class_id == school_class.pk:
        raise UserError(f"{student.name}已在{school_class}。")
    _check_open(school_class, from_day)
    return _follow(actor, entry, school_class, StudentState(entry.state), from_day, note, "teachers.student_move")


@transaction.atomic
def correct_start(actor: User, entry: RosterEntry, *, starts_on: dt.date, reason: str) -> RosterEntry:
    """Correct the first day of the student's first or latest span: the wrong entry stays, struck out with the reason.

    The span before, if there is one, then ends the day before the corrected day.
    """
    policies.can_keep_class(actor, entry.school_class).require()
    reason = _reason(reason, "请写明更正的依据。")
    standing = list(
        RosterEntry.objects.standing()
        .select_for_update(of=("self",))
        .filter(student=entry.student_id)
        .order_by("starts_on")
    )
    at = next((number for number, row in enumerate(standing) if row.pk == entry.pk), None)
    if at is None:
        raise StaleError("该名册记录已被更正，请刷新后核对。")
    before = standing[at - 1] if at else None
    if before and starts_on <= before.starts_on:
        raise UserError(f"更正后的日期 {starts_on} 不晚于前一条记录的开始日期 {before.starts_on}，请先更正前一条。")
    if entry.ends_on and starts_on > entry.ends_on:
        raise UserError(f"更正后的日期 {starts_on} 晚于本条的结束日期 {entry.ends_on}。")
    _void(actor, entry, reason)
    if before:
        RosterEntry.objects.filter(pk=before.pk).update(ends_on=starts_on - ONE_DAY)
    fresh = RosterEntry.objects.create(
        student_id=entry.student_id, school_class_id=entry.school_class_id, state=entry.state, starts_on=starts_on,
        ends_on=entry.ends_on, note=entry.note, recorded_by=actor,
    )  # fmt: skip
    record(
        actor, "teachers.roster_correct", entry.student, before=entry_facts(entry), after=entry_facts(fresh), reason=reason,
        college=entry.school_class.college_id,
    )  # fmt: skip
    return fresh


def _locked_latest(student: Student) -> RosterEntry:
    entry = (
        RosterEntry.objects.standing()
        .select_for_update(of=("self",))
        .select_related("school_class")
        .filter(student=student)
        .order_by("-starts_on")
        .first()
    )
    if entry is None:
        raise UserError(f"{student}还没有名册记录。")
    return entry


def _follow(
    actor: User,
    entry: RosterEntry,
    school_class: SchoolClass,
    state: StudentState,
    from_day: dt.date,
    note: str,
    action: str,
) -> RosterEntry:
    """End the span the day before and begin the next; a span that would have no day left is struck out instead."""
    if from_day < entry.starts_on:
        raise UserError(f"日期 {from_day} 早于现有记录的开始日期 {entry.starts_on}，请改日期，或先更正现有记录。")
    if entry.ends_on is not None:
        raise UserError(f"现有记录已于 {entry.ends_on} 结束，不能再接续。")
    if from_day == entry.starts_on:
        _void(actor, entry, f"同日改为{state.label}")
    elif not RosterEntry.objects.filter(pk=entry.pk, ends_on__isnull=True, voided_at__isnull=True).update(
        ends_on=from_day - ONE_DAY
    ):
        raise StaleError("该学生的名册刚被他人修改，没有保存。请刷新后核对。")
    fresh = _begin(actor, entry.student, school_class, state, from_day, note)
    record(
        actor, action, entry.student, before=entry_facts(entry), after=entry_facts(fresh), reason=note,
        college=school_class.college_id,
    )  # fmt: skip
    return fresh


def _begin(
    actor: User, student: Student, school_class: SchoolClass, state: StudentState, from_day: dt.date, note: str = ""
) -> RosterEntry:
    return RosterEntry.objects.create(
        student=student,
        school_class=school_class,
        state=state,
        starts_on=from_day,
        note=note.strip(),
        recorded_by=actor,
    )


def _void(actor: User, entry: RosterEntry, reason: str) -> None:
    changed = RosterEntry.objects.filter(pk=entry.pk, voided_at__isnull=True).update(
        voided_at=timezone.now(), voided_by=actor, void_reason=reason
    )
    if not changed:
        raise StaleError("该名册记录已被更正，请刷新后核对。")


def _check_open(school_class: SchoolClass, day: dt.date) -> None:
    if school_class.closes_on and day > school_class.closes_on:
        raise UserError(f"{school_class}已于 {school_class.closes_on} 结班，不能再加入学生。")


def _reason(text: str, message: str) -> str:
    if not text.strip():
        raise UserError(message)
    return text.strip()


def entry_facts(entry: RosterEntry) -> dict[str, Any]:
    """What the log keeps of a span."""
    return {
        "班级": entry.school_class.code,
        "状态": entry.state,
        "开始日期": entry.starts_on,
        "结束日期": entry.ends_on,
    }


@transaction.atomic
def save_guardian(
    actor: User,
    student: Student,
    *,
    name: str,
    relation: str = "",
    phone: str | None = "",
    guardian: Guardian | None = None,
) -> Guardian:
    """Add or change a guardian; `phone` None leaves the number. Raises UserError when the name is there already."""
    school_class = latest_entry(student).school_class
    policies.can_keep_class(actor, school_class).require()
    if not name.strip():
        raise UserError("请填写家长姓名。")
    guardian = guardian or Guardian(student=student)
    before, number = (_guardian_facts(guardian), guardian.phone) if guardian.pk else (None, "")
    guardian.name, guardian.relation = name.strip(), relation.strip()
    if phone is not None:
        guardian.phone = phone.strip()
    try:
        with transaction.atomic():
            guardian.save()
    except IntegrityError:
        raise UserError(f"{student.name}已有名为「{guardian.name}」的家长。") from None
    changed = before is not None and number != guardian.phone
    after = with_new_number(_guardian_facts(guardian), "家长电话", changed=changed)
    record(actor, "teachers.guardian_save", student, before=before, after=after, college=school_class.college_id)
    return guardian


def _guardian_facts(guardian: Guardian) -> dict[str, Any]:
    return {"家长姓名": guardian.name, "家长关系": guardian.relation, "家长电话": phone_tail(guardian.phone)}
