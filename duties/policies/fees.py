"""Who keeps fee periods and dues, and who notes why a student owes (article 4 (2))."""

from __future__ import annotations

from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.policy import ALLOW, Decision, deny
from teachers.models import RosterEntry, SchoolClass

from ..models import FeeDue
from ..models.records import led_class_ids

COLLEGE = (Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD)
READERS = (Role.CLASS_TEACHER, *COLLEGE, Role.OFFICE)


def can_keep_periods(user: User) -> Decision:
    """Fee periods are the whole school's."""
    return ALLOW if user.access.has(Role.OFFICE) else deny("缴费期由继续教育学院设置。")


def keeps_dues_of(user: User) -> frozenset[int] | None:
    """Colleges whose dues the person keeps; None for all."""
    return None if user.access.has(Role.OFFICE) else frozenset(user.access.colleges(*COLLEGE))


def can_keep_dues(user: User, college_id: int) -> Decision:
    """What is due, paid, waived and deferred is entered by the college or the office, never by the class teacher."""
    kept = keeps_dues_of(user)
    return ALLOW if kept is None or college_id in kept else deny("应缴和缴费由班级所在二级学院或继续教育学院登记。")


def leads(user: User, school_class: SchoolClass) -> bool:
    return user.access.has(Role.CLASS_TEACHER) and school_class.pk in led_class_ids(user)


def can_note_reason(user: User, due: FeeDue) -> Decision:
    """The reason is found out by the class teacher, after a move also by the present one; the college may correct it."""
    if leads(user, due.school_class) or can_keep_dues(user, due.school_class.college_id):
        return ALLOW
    if user.access.has(Role.CLASS_TEACHER):
        today = RosterEntry.objects.on(timezone.localdate()).filter(student=due.student_id)
        if today.filter(school_class__in=led_class_ids(user)).exists():
            return ALLOW
    return deny("欠费原因由现任班主任或所在二级学院登记。")
