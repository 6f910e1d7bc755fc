"""Who keeps the papers of a graduating class, who proposes 优秀毕业生 and who decides (article 6 (3))."""

from __future__ import annotations

from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.web.policy import ALLOW, Decision, deny
from teachers.models import SchoolClass

from ..graduates import is_graduating
from ..models import GraduateAward
from .fees import COLLEGE, leads

State = GraduateAward.State
MOVES: dict[str, tuple[str, ...]] = {
    State.SUBMITTED: (State.PROPOSED,),
    State.APPROVED: (State.SUBMITTED,),
    State.REFUSED: (State.SUBMITTED,),
    State.WITHDRAWN: (State.PROPOSED, State.SUBMITTED),
}
"""The states from which a candidate comes into each state; 班级推荐 is the first, nothing leads out of the others."""


def can_keep(user: User, school_class: SchoolClass) -> Decision:
    """Appraisals and leaving lists: the present class teacher and the college."""
    if not is_graduating(school_class, timezone.localdate()):
        return deny("只有毕业班（教学结束的那个学期起，结班前）才办理毕业事项。")
    if leads(user, school_class) or _of_college(user, school_class):
        return ALLOW
    return deny("毕业事项由现任班主任和所在二级学院办理。")


def can_propose(user: User, school_class: SchoolClass) -> Decision:
    """Proposing 优秀毕业生 is the class's: its teacher writes it down."""
    if not is_graduating(school_class, timezone.localdate()):
        return deny("只有毕业班的学生能推荐为优秀毕业生。")
    return ALLOW if leads(user, school_class) else deny("优秀毕业生由现任班主任推荐。")


def can_change(user: User, award: GraduateAward) -> Decision:
    """As long as it has not gone up."""
    if award.state != State.PROPOSED:
        return deny(f"推荐{award.get_state_display()}，不能再改。")
    return can_propose(user, award.school_class)


def can_withdraw(user: User, award: GraduateAward) -> Decision:
    """Until the college has decided."""
    if award.state not in MOVES[State.WITHDRAWN]:
        return deny(f"推荐{award.get_state_display()}，不能撤回。")
    return can_propose(user, award.school_class)


def can_decide(user: User, award: GraduateAward) -> Decision:
    """The college, never whoever proposed or leads the class."""
    if award.state not in MOVES[State.APPROVED]:
        return deny("只能审批已报学院的推荐。")
    if not _of_college(user, award.school_class):
        return deny("由班级所在二级学院审批。")
    if award.proposed_by_id == user.pk or leads(user, award.school_class):
        return deny("不能审批自己班级的推荐，请由另一位有权限的人办理。")
    return ALLOW


def _of_college(user: User, school_class: SchoolClass) -> bool:
    return school_class.college_id in user.access.colleges(*COLLEGE)
