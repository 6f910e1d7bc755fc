"""Reminders inside the product, one or many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.audit.services import record as audit
from gaobo_banzhuren.web.errors import StaleError, UserError
from teachers.models import ClassTeacher, SchoolClass

from ..models import Reminder
from ..policies import reminders as policies

LONGEST = 300


@dataclass(frozen=True, slots=True)
class Receiver:
    """A class teacher and the class the reminder is about."""

    teacher: ClassTeacher
    school_class: SchoolClass


@transaction.atomic
def send(actor: User, receivers: Sequence[Receiver], text: str, *, item: str = "") -> list[Reminder]:
    """Remind each receiver once. Whoever still has an open reminder with the same words gets no second one.

    Raises UserError without receivers or text, NotAllowed for a class of another college.
    """
    words = " ".join(text.split())
    if not receivers:
        raise UserError("请至少选择一位班主任。")
    if not words:
        raise UserError("请填写提醒的内容。")
    if len(words) > LONGEST:
        raise UserError(f"提醒最多 {LONGEST} 个字，现有 {len(words)} 个。")
    for college_id in {one.school_class.college_id for one in receivers}:
        policies.can_remind(actor, college_id).require()
    teachers = [one.teacher.pk for one in receivers]
    known = set(
        Reminder.objects.open().filter(teacher__in=teachers, text=words).values_list("teacher_id", "school_class_id")
    )
    wanted = [one for one in receivers if (one.teacher.pk, one.school_class.pk) not in known]
    made = Reminder.objects.bulk_create(
        Reminder(
            teacher=one.teacher, college_id=one.school_class.college_id, school_class=one.school_class, item=item,
            text=words, sent_by=actor,
        )
        for one in wanted
    )  # fmt: skip
    for college_id in sorted({one.college_id for one in made}):
        count = sum(1 for one in made if one.college_id == college_id)
        audit(actor, "duties.remind", after={"text": words, "count": count}, college=college_id)
    return made


@transaction.atomic
def put_away(actor: User, reminder: Reminder) -> None:
    """The class teacher has seen to it."""
    policies.can_put_away(actor, reminder).require()
    now = timezone.now()
    moved = Reminder.objects.filter(pk=reminder.pk, done_at=None).update(done_at=now, seen_at=reminder.seen_at or now)
    if not moved:
        raise StaleError("这条提醒已经收起。")
    audit(actor, "duties.reminder_done", reminder, college=reminder.college_id)
