"""Filing with the continuing-education office (article 11)."""

from __future__ import annotations

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.web.policy import ALLOW, Decision, deny

from ..models import Appointment
from .common import first_denial, is_office, manages, not_own


def can_file(user: User, appointment: Appointment) -> Decision:
    question = deny("退问还没有答复，答复后再备案。") if appointment.filing_question else ALLOW
    return first_denial(
        is_office(user, "备案"), not_own(user, appointment.teacher, "备案"), _unfiled(appointment), question
    )


def can_question(user: User, appointment: Appointment) -> Decision:
    asked = deny("已有一条退问在等学院答复。") if appointment.filing_question else ALLOW
    return first_denial(is_office(user, "退问"), _unfiled(appointment), asked)


def can_answer(user: User, appointment: Appointment) -> Decision:
    asked = ALLOW if appointment.filing_question else deny("没有待答复的退问。")
    return first_denial(
        manages(user, appointment.school_class.college_id, "退问的答复"),
        not_own(user, appointment.teacher, "备案答复"),
        _unfiled(appointment),
        asked,
    )


def _unfiled(appointment: Appointment) -> Decision:
    if not appointment.is_effective:
        return deny(f"该聘任{appointment.get_state_display()}，不需要备案。")
    if appointment.filed_on:
        return deny(f"该聘任已于 {appointment.filed_on} 备案。")
    return ALLOW
