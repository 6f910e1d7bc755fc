"""Building blocks of the policies."""

from __future__ import annotations

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.policy import ALLOW, Decision, deny

from ..models import ClassTeacher

MANAGERS: tuple[Role, ...] = (Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD)
"""Roles that act for a college in chapter 1 (XY in the reading of the regulation)."""


def first_denial(*decisions: Decision) -> Decision:
    """The first refusal in the order given, else ALLOW."""
    return next((decision for decision in decisions if not decision), ALLOW)


def manages(user: User, college_id: int, thing: str) -> Decision:
    """College administrators and heads act for their own college."""
    if college_id in user.access.colleges(*MANAGERS):
        return ALLOW
    return deny(f"{thing}由班级所在二级学院的管理员或负责人办理。")


def is_office(user: User, thing: str) -> Decision:
    return ALLOW if user.access.has(Role.OFFICE) else deny(f"{thing}由继续教育学院办理。")


def not_own(user: User, teacher: ClassTeacher, thing: str) -> Decision:
    """Nobody decides over the own post, whatever roles the person holds."""
    if teacher.user_id == user.pk:
        return deny(f"不能办理自己的{thing}，请由另一位有权限的人办理。")
    return ALLOW
