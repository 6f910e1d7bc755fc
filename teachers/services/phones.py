"""Whole telephone numbers: shown one at a time, for a purpose, and never without a note in the log."""

from __future__ import annotations

from typing import Any

from django.db import models, transaction

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.audit.services import record
from gaobo_banzhuren.web.errors import UserError

from ..models import ClassTeacher, Guardian, RosterEntry, Student
from ..policies import roster as policies


class PhonePurpose(models.TextChoices):
    """What a whole number is wanted for; the person says one each time."""

    CONTACT = "日常联系", "日常联系"
    URGENT = "紧急情况", "紧急情况"
    CHECK = "核对名册", "核对名册"


def phone_tail(phone: str) -> str:
    """What the log keeps of a number: the last four digits, of a short one the last two."""
    return phone[-4:] if len(phone) >= 8 else phone[-2:]


def with_new_number(after: dict[str, Any], key: str, *, changed: bool) -> dict[str, Any]:
    """The facts after a change, with a mark on the number: a new one may end like the old one."""
    return after | {key: f"{after[key]}（已改）"} if changed and after[key] else after


@transaction.atomic
def reveal_student_phone(actor: User, student: Student, *, purpose: PhonePurpose) -> str:
    """The student's whole number. Raises NotAllowed, or UserError when there is none."""
    return _reveal(actor, student, student.phone, "手机", purpose, _class_college(actor, student))


@transaction.atomic
def reveal_guardian_phone(actor: User, guardian: Guardian, *, purpose: PhonePurpose) -> str:
    """The guardian's whole number, noted under the student. Raises NotAllowed, or UserError when there is none."""
    college = _class_college(actor, guardian.student)
    return _reveal(actor, guardian.student, guardian.phone, "家长电话", purpose, college, guardian)


@transaction.atomic
def reveal_teacher_phone(actor: User, teacher: ClassTeacher, *, purpose: PhonePurpose) -> str:
    """The class teacher's whole number. Raises NotAllowed, or UserError when there is none."""
    policies.can_reveal_teacher(actor, teacher).require()
    return _reveal(actor, teacher, teacher.phone, "手机", purpose, teacher.college_id)


def _class_college(actor: User, student: Student) -> int:
    entry = RosterEntry.objects.standing().select_related("school_class").filter(student=student)
    last = entry.order_by("-starts_on").first()
    if last is None:
        raise UserError(f"{student.name}不在任何班级的名册上。")
    policies.can_reveal(actor, last.school_class).require()
    return int(last.school_class.college_id)


def _reveal(
    actor: User, about: Student | ClassTeacher, number: str, field: str, purpose: PhonePurpose, college: int,
    guardian: Guardian | None = None,
) -> str:  # fmt: skip
    if not number:
        raise UserError("没有登记号码。")
    after: dict[str, Any] = {"项目": field}
    if guardian:
        after |= {"家长编号": guardian.pk, "家长姓名": guardian.name}
    record(actor, "teachers.phone_reveal", about, after=after, reason=purpose.label, college=college)
    return number
