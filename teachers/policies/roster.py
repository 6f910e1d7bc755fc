"""Who keeps classes, students and class teachers."""

from __future__ import annotations

from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.policy import ALLOW, Decision, deny

from ..models import Appointment, ClassTeacher, SchoolClass


def can_keep(user: User, college_id: int) -> Decision:
    """The college's administrators keep its classes, students and teachers; the office keeps any."""
    if user.access.has(Role.OFFICE) or college_id in user.access.colleges(Role.COLLEGE_ADMIN):
        return ALLOW
    return deny("名册由班级所在二级学院的管理员或继续教育学院维护。")


def can_keep_class(user: User, school_class: SchoolClass) -> Decision:
    return can_keep(user, school_class.college_id)


def can_reveal(user: User, school_class: SchoolClass) -> Decision:
    """Whole numbers of a class's students and guardians: its present teacher, the college's administrators and heads,
    the office. Who only assesses or led the class once does without."""
    if _keeps_contact(user, school_class.college_id):
        return ALLOW
    led = Appointment.objects.effective().not_over(timezone.localdate()).filter(school_class=school_class)
    if user.access.has(Role.CLASS_TEACHER) and led.filter(teacher__user=user).exists():
        return ALLOW
    return deny("完整号码只对现任班主任、所在二级学院和继续教育学院显示。")


def can_reveal_teacher(user: User, teacher: ClassTeacher) -> Decision:
    """Whole numbers of class teachers: the college's administrators and heads, and the office."""
    if _keeps_contact(user, teacher.college_id):
        return ALLOW
    return deny("完整号码只对班主任所在二级学院和继续教育学院显示。")


def _keeps_contact(user: User, college_id: int) -> bool:
    return user.access.has(Role.OFFICE) or college_id in user.access.colleges(Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD)
