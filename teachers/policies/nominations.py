"""Proposing and deciding a class teacher (article 1, A-80): the college proposes, somebody else of it decides."""

from __future__ import annotations

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.web.policy import ALLOW, Decision, deny

from ..models import ClassTeacher, Nomination, NominationState, SchoolClass
from .common import first_denial, manages, not_own


def can_nominate(user: User, school_class: SchoolClass, teacher: ClassTeacher | None = None) -> Decision:
    own = not_own(user, teacher, "提名") if teacher else ALLOW
    return first_denial(manages(user, school_class.college_id, "提名"), own)


def can_edit(user: User, nomination: Nomination) -> Decision:
    """A draft may be worked on by everyone who may nominate in the college."""
    return first_denial(
        can_nominate(user, nomination.school_class, nomination.teacher),
        _in_state(nomination, NominationState.DRAFT),
    )


def can_submit(user: User, nomination: Nomination) -> Decision:
    """All five conditions of article 1 are confirmed, each by itself (C1.1–C1.5)."""
    allowed = can_edit(user, nomination)
    if not allowed:
        return allowed
    open_clauses = [row for row in nomination.conditions.all() if not row.confirmed]
    if open_clauses:
        return deny("还有条件没有确认：" + "、".join(row.title for row in open_clauses) + "。五项都符合才能提交。")
    return ALLOW


def can_decide(user: User, nomination: Nomination) -> Decision:
    """Separation of duties: neither the proposer nor the person proposed."""
    if not (allowed := manages(user, nomination.school_class.college_id, "提名的决定")):
        return allowed
    if user.pk in (nomination.created_by_id, nomination.submitted_by_id):
        return deny("提名人不能自己决定，请由学院负责人或另一位管理员决定。")
    return first_denial(not_own(user, nomination.teacher, "聘任"), _in_state(nomination, NominationState.SUBMITTED))


def can_withdraw(user: User, nomination: Nomination) -> Decision:
    return first_denial(
        manages(user, nomination.school_class.college_id, "提名的撤回"),
        _in_state(nomination, NominationState.DRAFT, NominationState.SUBMITTED),
    )


def _in_state(nomination: Nomination, *states: NominationState) -> Decision:
    if nomination.state in states:
        return ALLOW
    return deny(f"该提名现为“{nomination.get_state_display()}”，不能再办理这一步。")
