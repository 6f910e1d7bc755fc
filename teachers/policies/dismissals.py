"""Dismissal (article 2): the college proposes, the teacher is heard, the school's decision is recorded (A-82)."""

from __future__ import annotations

from django.utils import timezone

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.regulation.appointment_rules import DismissalDecider
from gaobo_banzhuren.regulation.in_force import NoRuleError, rules_on
from gaobo_banzhuren.web.policy import ALLOW, Decision, deny

from ..models import Appointment, ClassTeacher, Dismissal, DismissalState
from .common import first_denial, is_office, manages, not_own


def can_propose(user: User, teacher: ClassTeacher, college: College) -> Decision:
    allowed = first_denial(manages(user, college.pk, "解聘的提出"), not_own(user, teacher, "解聘"))
    if not allowed:
        return allowed
    today = timezone.localdate()
    if (
        not Appointment.objects.effective()
        .not_over(today)
        .filter(teacher=teacher, school_class__college=college)
        .exists()
    ):
        return deny(f"{teacher.name}在{college}没有在岗的聘任，不需要解聘。")
    if Dismissal.objects.filter(teacher=teacher, college=college, state=DismissalState.PROPOSED).exists():
        return deny(f"{teacher.name}已有一件待决定的解聘。")
    return ALLOW


def can_state(user: User, dismissal: Dismissal) -> Decision:
    """The teacher concerned, and nobody in his place, until the decision."""
    if dismissal.teacher.user_id != user.pk:
        return deny("只有本人可以陈述意见。")
    return _open(dismissal)


def can_decide(user: User, dismissal: Dismissal) -> Decision:
    """By default the office records the school's decision; the rule version may leave it to the college's head."""
    if decided_by_college():
        if dismissal.college_id not in user.access.colleges(Role.COLLEGE_HEAD):
            return deny("按现行口径由学院负责人决定。")
        if dismissal.proposed_by_id == user.pk:
            return deny("提出人不能自己决定。")
    elif not (allowed := is_office(user, "学校决定的登记")):
        return allowed
    return first_denial(not_own(user, dismissal.teacher, "解聘"), _open(dismissal))


def can_withdraw(user: User, dismissal: Dismissal) -> Decision:
    return first_denial(manages(user, dismissal.college_id, "解聘的撤回"), _open(dismissal))


def decided_by_college() -> bool:
    try:
        rules = rules_on(timezone.localdate())
    except NoRuleError:
        return False
    return rules.appointment.dismissal_decider == DismissalDecider.COLLEGE


def _open(dismissal: Dismissal) -> Decision:
    if dismissal.state == DismissalState.PROPOSED:
        return ALLOW
    return deny(f"该解聘现为“{dismissal.get_state_display()}”。")
