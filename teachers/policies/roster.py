"""Who keeps classes, students and class teachers."""

from __future__ import annotations

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.policy import ALLOW, Decision, deny

from ..models import SchoolClass


def can_keep(user: User, college_id: int) -> Decision:
    """The college's administrators keep its classes, students and teachers; the office keeps any."""
    if user.access.has(Role.OFFICE) or college_id in user.access.colleges(Role.COLLEGE_ADMIN):
        return ALLOW
    return deny("名册由班级所在二级学院的管理员或继续教育学院维护。")


def can_keep_class(user: User, school_class: SchoolClass) -> Decision:
    return can_keep(user, school_class.college_id)
