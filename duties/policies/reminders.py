"""Who reminds whom."""

from __future__ import annotations

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.policy import ALLOW, Decision, deny

from ..models import Reminder

SENDERS = (Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD, Role.OFFICE)


def can_remind(user: User, college_id: int) -> Decision:
    """A college reminds the class teachers of its classes, the office everybody."""
    if user.access.has(Role.OFFICE) or college_id in user.access.colleges(Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD):
        return ALLOW
    return deny("提醒由班级所在二级学院或继续教育学院发出。")


def can_put_away(user: User, reminder: Reminder) -> Decision:
    """The class teacher puts an own reminder away."""
    return ALLOW if reminder.teacher.user_id == user.pk else deny("只有收到提醒的人能收起它。")
