"""Who writes plans and summaries, and who reads and reviews them (C9.1.4)."""

from __future__ import annotations

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.regulation.models import Term
from gaobo_banzhuren.web.policy import ALLOW, Decision, deny
from teachers.models import Appointment, SchoolClass

from ..models import PaperState, TermPaper

REVIEWERS: tuple[Role, ...] = (Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD)
READERS: tuple[Role, ...] = (Role.CLASS_TEACHER, Role.COLLEGE_ADMIN, Role.ASSESSOR, Role.COLLEGE_HEAD, Role.OFFICE)
OPEN = (PaperState.DRAFT, PaperState.RETURNED)
State = PaperState

MOVES = {
    "write": OPEN,
    "submit": OPEN,
    "withdraw": (State.SUBMITTED,),
    "return": (State.SUBMITTED,),
    "review": (State.SUBMITTED,),
}
"""From which states each step leads on; what was reviewed stays as it is."""


def can_begin(user: User, school_class: SchoolClass, term: Term) -> Decision:
    """Whoever was in post at the class on a day of the term, also after a hand-over."""
    posts = Appointment.objects.touching(term.starts_on, term.ends_on)
    if posts.filter(school_class=school_class, teacher__user=user).exists():
        return ALLOW
    return deny(f"{term} 您不是{school_class.name}的在岗班主任，不能写这个学期的计划或总结。")


def can_set_due(user: User, college_id: int) -> Decision:
    if college_id in user.access.colleges(*REVIEWERS):
        return ALLOW
    return deny("期限由班级所在二级学院设定。")


def can_write(user: User, paper: TermPaper) -> Decision:
    return _author(user, paper, "write", "已提交，要修改请先撤回。", "已审阅，不能再修改。")


def can_submit(user: User, paper: TermPaper) -> Decision:
    return _author(user, paper, "submit", "已经提交。", "已审阅，不能再提交。")


def can_withdraw(user: User, paper: TermPaper) -> Decision:
    """Until it was reviewed."""
    return _author(user, paper, "withdraw", "还没有提交。", "已审阅，不能撤回。")


def can_return(user: User, paper: TermPaper) -> Decision:
    return _reviewer(user, paper, "退回")


def can_review(user: User, paper: TermPaper) -> Decision:
    return _reviewer(user, paper, "审阅")


def _author(user: User, paper: TermPaper, move: str, otherwise: str, reviewed: str) -> Decision:
    if paper.teacher.user_id != user.pk:
        return deny("计划和总结由班主任本人办理。")
    if paper.state in MOVES[move]:
        return ALLOW
    return deny(reviewed if paper.state == State.REVIEWED else otherwise)


def _reviewer(user: User, paper: TermPaper, verb: str) -> Decision:
    if paper.school_class.college_id not in user.access.colleges(*REVIEWERS):
        return deny(f"由班级所在二级学院{verb}。")
    if paper.teacher.user_id == user.pk:
        return deny(f"不能{verb}自己的计划或总结，请由另一位有权限的人办理。")
    return ALLOW if paper.state == State.SUBMITTED else deny(f"{paper.get_state_display()}，不能{verb}。")
