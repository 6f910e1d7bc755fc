"""The change of the teacher of a class (article 2)."""

from __future__ import annotations

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.web.policy import ALLOW, Decision, deny

from ..models import Appointment, ClassTeacher, Handover, HandoverState
from .common import first_denial, manages, not_own


def can_start(user: User, outgoing: Appointment, teacher: ClassTeacher | None = None) -> Decision:
    """For an open appointment; nobody hands over to or from oneself in the college's name."""
    standing = ALLOW if outgoing.is_open else deny("该聘任已经结束，请直接提名新的班主任。")
    own = not_own(user, teacher, "接任") if teacher else ALLOW
    same = deny("接任的应是另一位班主任。") if teacher and teacher.pk == outgoing.teacher_id else ALLOW
    return first_denial(
        manages(user, outgoing.school_class.college_id, "班级交接"),
        not_own(user, outgoing.teacher, "交接"),
        standing,
        own,
        same,
    )


def can_fill(user: User, handover: Handover) -> Decision:
    """The checklist is filled by the outgoing teacher, or by the college where he cannot."""
    if handover.state != HandoverState.OPEN:
        return deny(f"交接{handover.get_state_display()}。")
    if handover.outgoing_confirmed_at:
        return deny("移交方已经确认，清单不再改动。")
    if handover.outgoing.teacher.user_id == user.pk:
        return ALLOW
    return manages(user, handover.school_class.college_id, "交接清单")


def can_confirm(user: User, handover: Handover) -> Decision:
    """The outgoing teacher first, when every item is handed over; then the incoming one."""
    if handover.state != HandoverState.OPEN:
        return deny(f"交接{handover.get_state_display()}。")
    if handover.outgoing.teacher.user_id == user.pk:
        return _outgoing(handover)
    if handover.incoming.teacher.user_id == user.pk:
        if handover.incoming_confirmed_at:
            return deny("您已经确认接收。")
        return ALLOW if handover.outgoing_confirmed_at else deny("等移交方先确认移交，之后您再确认接收。")
    return deny("只有移交和接收的两位班主任可以确认。")


def can_cancel(user: User, handover: Handover) -> Decision:
    """Only while nobody has relied on it: nobody confirmed and the new appointment is not filed."""
    if not (allowed := manages(user, handover.school_class.college_id, "取消交接")):
        return allowed
    if handover.state != HandoverState.OPEN:
        return deny(f"交接{handover.get_state_display()}。")
    if handover.outgoing_confirmed_at or handover.incoming_confirmed_at:
        return deny("已有一方确认，不能再取消；需要时请办理新的交接。")
    if handover.incoming.filed_on:
        return deny("接任的聘任已经备案，不能再取消；需要时请办理新的交接。")
    return ALLOW


def _outgoing(handover: Handover) -> Decision:
    if handover.outgoing_confirmed_at:
        return deny("您已经确认移交。")
    left = [item.get_kind_display() for item in handover.items.all() if not item.done]
    return deny("还有没有移交的事项：" + "、".join(left) + "。") if left else ALLOW
