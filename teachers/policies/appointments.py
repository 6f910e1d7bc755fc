"""Appointing, ending, renewing and correcting (articles 1, 2 and 11)."""

from __future__ import annotations

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.web.policy import ALLOW, Decision, deny

from ..models import Appointment, AppointmentState, ClassTeacher, HandoverState, SchoolClass
from .common import first_denial, is_office, manages, not_own


def can_appoint_acting(user: User, school_class: SchoolClass, teacher: ClassTeacher | None = None) -> Decision:
    """An acting class teacher may be put in directly; a regular one goes through a nomination (A-80)."""
    own = not_own(user, teacher, "聘任") if teacher else ALLOW
    return first_denial(manages(user, school_class.college_id, "代理班主任"), own)


def can_end(user: User, appointment: Appointment) -> Decision:
    return first_denial(
        manages(user, appointment.school_class.college_id, "离任"),
        not_own(user, appointment.teacher, "离任"),
        _open(appointment),
    )


def can_renew(user: User, appointment: Appointment) -> Decision:
    return first_denial(
        manages(user, appointment.school_class.college_id, "续聘"),
        not_own(user, appointment.teacher, "续聘"),
        _open(appointment),
    )


def can_correct(user: User, appointment: Appointment) -> Decision:
    """A wrong entry is voided and entered anew. What is filed is corrected by the office alone."""
    if not appointment.is_effective:
        return deny(f"该聘任{appointment.get_state_display()}，没有可更正的内容。")
    if appointment.state == AppointmentState.DISMISSED:
        return deny("解聘以决定为准，不在这里更正。")
    if _in_open_handover(appointment):
        return deny("该聘任有尚未完成的交接，请先完成或取消交接。")
    if appointment.filed_on:
        who = is_office(user, "已备案聘任的更正")
    else:
        who = manages(user, appointment.school_class.college_id, "聘任更正")
    return first_denial(who, not_own(user, appointment.teacher, "聘任更正"))


def _open(appointment: Appointment) -> Decision:
    if appointment.is_open:
        return ALLOW
    if appointment.is_effective:
        return deny(f"该聘任已于 {appointment.ends_on} 结束（{appointment.get_end_reason_display()}）。")
    return deny(f"该聘任{appointment.get_state_display()}。")


def _in_open_handover(appointment: Appointment) -> bool:
    return (
        appointment.handovers_in.filter(state=HandoverState.OPEN).exists()
        or appointment.handovers_out.filter(state=HandoverState.OPEN).exists()
    )
