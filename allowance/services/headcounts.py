"""The class teacher sees the basis headcount before submission and agrees or objects (A-28)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from allowance.models import (
    HeadcountConfirmation,
    HeadcountSnapshot,
    MonthSheet,
    SheetState,
    SheetWarning,
    WarningCode,
)
from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.audit.services import record
from gaobo_banzhuren.regulation.in_force import system_settings
from gaobo_banzhuren.web.errors import NotAllowed, StaleError, UserError
from teachers.models import Appointment


def confirmation_days() -> int:
    """Days within which a headcount can be objected to; silence afterwards counts as agreement (A-28)."""
    return system_settings().headcount_objection_days


def confirmation_closed(sheet: MonthSheet, days: int | None = None) -> bool:
    """Whether the days for objections have passed since the sheet was first computed."""
    if sheet.first_computed_at is None:
        return False
    length = confirmation_days() if days is None else days
    return timezone.now() >= sheet.first_computed_at + dt.timedelta(days=length)


@dataclass(frozen=True, slots=True)
class Question:
    """A headcount that waits for, or has, the teacher's answer."""

    snapshot: HeadcountSnapshot
    answer: HeadcountConfirmation | None
    open: bool


def questions_for(user: User) -> list[Question]:
    """Headcounts of the classes the person led in months whose sheet is still a draft, newest first."""
    snapshots = (
        HeadcountSnapshot.objects.filter(
            sheet__state=SheetState.DRAFT,
            school_class__appointments__in=Appointment.objects.effective().filter(teacher__user=user),
        )
        .select_related("sheet__college", "school_class")
        .distinct()
        .order_by("-sheet__month", "class_code")
    )
    answers = {
        (answer.school_class_id, answer.month): answer
        for answer in HeadcountConfirmation.objects.filter(teacher__user=user)
    }
    led = {month: _classes_led(user, month) for month in {snapshot.sheet.month for snapshot in snapshots}}
    days = confirmation_days()
    found = []
    for snapshot in snapshots:
        if snapshot.school_class_id not in led[snapshot.sheet.month]:
            continue
        answer = answers.get((snapshot.school_class_id, snapshot.sheet.month))
        if answer is not None and answer.headcount != snapshot.headcount:
            answer = None
        found.append(Question(snapshot, answer, not confirmation_closed(snapshot.sheet, days)))
    return found


def _classes_led(user: User, month: dt.date) -> set[int]:
    """Classes with at least one day in post of the person in the month."""
    last = (month + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    posts = Appointment.objects.touching(month, last).filter(teacher__user=user)
    return set(posts.values_list("school_class_id", flat=True))


@transaction.atomic
def answer_headcount(
    snapshot: HeadcountSnapshot, *, actor: User, agreed: bool, seen: int, objection: str = ""
) -> HeadcountConfirmation:
    """Store what the class teacher says about the headcount that was shown (`seen`).

    Raises NotAllowed for somebody who did not lead the class in the month or after the days for objections, UserError
    for an objection without text, StaleError when the number has changed since it was shown.
    """
    if snapshot.school_class_id not in _classes_led(actor, snapshot.sheet.month):
        raise NotAllowed("只有当月在岗的班主任可以确认本班人数")
    sheet = MonthSheet.objects.select_for_update().get(pk=snapshot.sheet_id)
    if sheet.state != SheetState.DRAFT:
        raise NotAllowed("月表已提交，人数不能再确认；有误请联系学院")
    if confirmation_closed(sheet):
        raise NotAllowed(f"确认期（{confirmation_days()} 天）已过，视为无异议；有误请联系学院")
    if snapshot.headcount != seen:
        raise StaleError("人数刚刚重新统计过，请核对新的人数后再确认")
    objection = objection.strip()
    if not agreed and not objection:
        raise UserError("有异议请写明是哪些学生、依据是什么")
    teacher = actor.class_teacher
    answer, _ = HeadcountConfirmation.objects.update_or_create(
        school_class_id=snapshot.school_class_id, month=sheet.month, teacher=teacher,
        defaults={"headcount": seen, "agreed": agreed, "objection": objection, "resolution": "", "resolved_by": None},
    )  # fmt: skip
    _renew_finding(sheet, snapshot, answer)
    record(
        actor, "allowance.headcount_answer", answer, college=sheet.college_id, role=Role.CLASS_TEACHER,
        after={"class": snapshot.class_code, "headcount": seen, "agreed": agreed, "objection": objection},
    )  # fmt: skip
    return answer


WAITING = "waiting"
"""Subject of the finding that lists the classes without an answer."""


def objection_text(class_name: str, answer: HeadcountConfirmation) -> str:
    """The finding about an objection. Not its words: they may name students, and the finding travels with the sheet."""
    moment = f"{timezone.localtime(answer.answered_at):%Y-%m-%d %H:%M}"
    return f"{class_name}：班主任对基准人数 {answer.headcount} 人有异议（{moment} 提出）。"


def _renew_finding(sheet: MonthSheet, snapshot: HeadcountSnapshot, answer: HeadcountConfirmation) -> None:
    """An objection stands on the draft at once, so that it is not submitted past it; the last answer ends the waiting."""
    findings = SheetWarning.objects.filter(sheet=sheet, code=WarningCode.HEADCOUNT_UNCONFIRMED)
    findings.filter(subject=snapshot.class_code).delete()
    if not answer.agreed:
        SheetWarning.objects.create(
            sheet=sheet, code=WarningCode.HEADCOUNT_UNCONFIRMED, subject=snapshot.class_code,
            text=objection_text(snapshot.class_name, answer), facts={"answer": answer.pk},
        )  # fmt: skip
    waiting = findings.filter(subject=WAITING).first()
    if waiting is not None:
        asked = set(waiting.facts.get("classes", ()))
        given = HeadcountConfirmation.objects.filter(month=sheet.month, school_class__code__in=asked)
        if asked <= set(given.values_list("school_class__code", flat=True)):
            waiting.delete()


@transaction.atomic
def resolve_objection(answer: HeadcountConfirmation, *, actor: User, resolution: str) -> None:
    """The college answers an objection; the text stays with it."""
    if answer.school_class.college_id not in actor.access.colleges(Role.COLLEGE_ADMIN):
        raise NotAllowed("由本学院管理员处理人数异议")
    if not resolution.strip():
        raise UserError("请写明核对结果")
    changed = HeadcountConfirmation.objects.filter(pk=answer.pk, agreed=False, resolution="").update(
        resolution=resolution.strip(), resolved_by=actor
    )
    if not changed:
        raise StaleError("该异议已被处理")
    SheetWarning.objects.filter(
        sheet__college=answer.school_class.college_id, sheet__month=answer.month, sheet__state=SheetState.DRAFT,
        code=WarningCode.HEADCOUNT_UNCONFIRMED, subject=answer.school_class.code,
    ).delete()  # fmt: skip
    record(
        actor, "allowance.headcount_resolve", answer, college=answer.school_class.college_id, reason=resolution.strip()
    )
