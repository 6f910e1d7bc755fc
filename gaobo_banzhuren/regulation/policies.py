"""Who may change the regulation's settings (第十三条) and what a version must be for it."""

from __future__ import annotations

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.policy import ALLOW, Decision, deny

from .models import RuleVersion


def can_decide(user: User) -> Decision:
    """Rules, readings, interpretations and school years are decided by 继续教育学院 alone."""
    return (
        ALLOW
        if user.access.has(Role.OFFICE)
        else deny("制度由继续教育学院解释（第十三条），只有继续教育学院可以修改。")
    )


def can_edit_calendar(user: User) -> Decision:
    """Holidays and make-up days may also be entered by a system administrator."""
    if user.access.has(Role.OFFICE, Role.SYSADMIN):
        return ALLOW
    return deny("校历由继续教育学院或系统管理员维护。")


def can_edit_version(user: User, version: RuleVersion) -> Decision:
    """Only drafts are edited; a version in force is replaced by a new one."""
    if not version.is_draft:
        return deny(f"「{version}」已是{version.get_status_display()}，内容不能再改；请据此起草新版本。")
    return can_decide(user)


def can_activate(user: User, version: RuleVersion, latest_preview_key: str) -> Decision:
    """A draft takes effect only after somebody has seen what exactly this content would have given."""
    if not version.is_draft:
        return deny(f"「{version}」不是草稿。")
    if latest_preview_key != version.content_key:
        return deny("请先按当前内容试算一次：启用前要看到它对以往月份的影响。")
    return can_decide(user)


def can_void(user: User, version: RuleVersion, *, used: int, others: int) -> Decision:
    """A version that a settled month or an assessment used stays, and so does the last one in force."""
    if version.status == RuleVersion.Status.VOID:
        return deny(f"「{version}」已经作废。")
    if version.is_active and others == 0:
        return deny("这是唯一生效的制度版本，不能作废。")
    if version.is_active and used:
        return deny(f"已有 {used} 处结算或考核使用「{version}」，不能作废；请另起草新版本。")
    return can_decide(user)
