"""A class teacher's own leave (A-14)."""

from __future__ import annotations

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.policy import ALLOW, Decision, deny

from ..models import Appointment, ClassTeacher, Leave
from .common import MANAGERS, first_denial, not_own


def can_record(user: User, teacher: ClassTeacher) -> Decision:
    """The teacher's own college, a college whose class the teacher leads, or the office."""
    if not (own := not_own(user, teacher, "请假登记")):
        return own
    if user.access.has(Role.OFFICE):
        return ALLOW
    colleges = user.access.colleges(*MANAGERS)
    if teacher.college_id in colleges:
        return ALLOW
    leads = Appointment.objects.effective().filter(teacher=teacher, school_class__college_id__in=colleges)
    return ALLOW if colleges and leads.exists() else deny("请假由班主任所属或所带班级的二级学院登记。")


def can_change(user: User, leave: Leave) -> Decision:
    standing = deny("该请假已经撤销。") if leave.cancelled_at else ALLOW
    return first_denial(can_record(user, leave.teacher), standing)
