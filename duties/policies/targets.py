"""Who sets numbers to aim at (自定目标, A-43)."""

from __future__ import annotations

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.policy import ALLOW, Decision, deny

SETTERS = (Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD)


def can_set(user: User, college: College | None) -> Decision:
    """The office for the whole school, a college's people for their own."""
    if college is None:
        return ALLOW if user.access.has(Role.OFFICE) else deny("全校的自定目标由继续教育学院设定。")
    if college.pk in user.access.colleges(*SETTERS):
        return ALLOW
    return deny("自定目标由本学院的管理员或负责人设定。")
