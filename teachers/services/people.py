"""Class teachers as people of a college; the account keeps name and 工号, the documents stay with the person."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.accounts.services.people import create_person, update_person
from gaobo_banzhuren.audit.services import record
from gaobo_banzhuren.documents.models import StoredFile
from gaobo_banzhuren.web.errors import StaleError, UserError

from ..models import ClassTeacher, StaffCategory, TeacherDocument
from ..policies import roster as policies
from .phones import phone_tail, with_new_number

DOCUMENT_PURPOSE = "teachers.document"
"""The purpose under which papers of class teachers are stored."""


def may_open_document(user: User, stored: StoredFile) -> bool:
    """A paper is open to whoever may see its teacher, as long as it is not removed."""
    return TeacherDocument.objects.filter(
        file=stored, removed_at=None, teacher__in=ClassTeacher.objects.visible_to(user)
    ).exists()


@transaction.atomic
def create_teacher(
    actor: User,
    *,
    staff_no: str,
    name: str,
    college: College,
    category: StaffCategory | str = StaffCategory.INTERNAL,
    sex: str = "",
    phone: str = "",
    starts_on: dt.date | None = None,
) -> ClassTeacher:
    """A new class teacher with an account in the role 班主任; it cannot sign in until a one-time code is issued."""
    policies.can_keep(actor, college.pk).require()
    known = User.objects.filter(staff_no__iexact=staff_no.strip()).first()
    if known and ClassTeacher.objects.filter(user=known).exists():
        raise UserError(f"工号 {staff_no} 已被占用。")
    user = create_person(
        actor, staff_no=staff_no, name=name, home_college=college, role=Role.CLASS_TEACHER, starts_on=starts_on
    )
    teacher = ClassTeacher.objects.create(
        user=user, college=college, category=StaffCategory(category), sex=sex, phone=phone.strip()
    )
    record(actor, "teachers.teacher_create", teacher, after=facts(teacher), college=college)
    return teacher


@transaction.atomic
def update_teacher(
    actor: User,
    teacher: ClassTeacher,
    *,
    version: int,
    name: str,
    college: College,
    category: StaffCategory | str,
    sex: str,
    phone: str | None,
) -> ClassTeacher:
    """Change a teacher as read in `version`, the number unless None; closed months keep the category and name they were paid under."""
    policies.can_keep(actor, teacher.college_id).require()
    policies.can_keep(actor, college.pk).require()
    before, number = facts(teacher), teacher.phone if phone is None else phone.strip()
    changed_number = number != teacher.phone
    update_person(actor, teacher.user, name=name, home_college=college)
    changed = ClassTeacher.objects.filter(pk=teacher.pk, version=version).update(
        college=college, category=StaffCategory(category), sex=sex, phone=number, version=version + 1
    )
    if not changed:
        raise StaleError(f"{teacher}刚被他人修改，没有保存。请刷新后核对再改。")
    teacher = ClassTeacher.objects.with_names().get(pk=teacher.pk)
    after = with_new_number(facts(teacher), "手机", changed=changed_number)
    if before != after:
        record(actor, "teachers.teacher_update", teacher, before=before, after=after, college=college)
    return teacher


def facts(teacher: ClassTeacher) -> dict[str, Any]:
    """What the log keeps of a teacher; of the phone only the last digits."""
    return {
        "工号": teacher.staff_no,
        "姓名": teacher.name,
        "学院代码": teacher.college.code,
        "人员类别": teacher.category,
        "性别": teacher.sex,
        "手机": phone_tail(teacher.phone),
    }


@transaction.atomic
def add_document(actor: User, teacher: ClassTeacher, *, title: str, file: StoredFile) -> TeacherDocument:
    """Keep a paper with the teacher: contract, training record, certificate."""
    policies.can_keep(actor, teacher.college_id).require()
    if not title.strip():
        raise UserError("请填写材料名称。")
    document = TeacherDocument.objects.create(teacher=teacher, title=title.strip(), file=file, added_by=actor)
    record(actor, "teachers.document_add", teacher, after={"名称": document.title}, college=teacher.college_id)
    return document


@transaction.atomic
def remove_document(actor: User, document: TeacherDocument, *, reason: str) -> None:
    """Take a paper off the page; file and entry stay for the record."""
    policies.can_keep(actor, document.teacher.college_id).require()
    if not reason.strip():
        raise UserError("请写明移除的原因。")
    if not TeacherDocument.objects.filter(pk=document.pk, removed_at__isnull=True).update(removed_at=timezone.now()):
        raise StaleError("该材料已被移除。")
    record(
        actor, "teachers.document_remove", document.teacher, before={"名称": document.title}, reason=reason.strip(),
        college=document.teacher.college_id,
    )  # fmt: skip
