"""Who gives tasks, who takes and reports them, who returns and closes them (articles 3 (二), 5 (7), 9)."""

from __future__ import annotations

from typing import Final

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.policy import ALLOW, Decision, deny

from ..models import AssignmentState, Giver, Task, TaskAssignment

COLLEGE: tuple[Role, ...] = (Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD)
GIVERS: tuple[Role, ...] = (*COLLEGE, Role.OFFICE)
READERS: tuple[Role, ...] = (Role.CLASS_TEACHER, Role.COLLEGE_ADMIN, Role.ASSESSOR, Role.COLLEGE_HEAD, Role.OFFICE)
OFFICE_LEVELS = (Giver.SCHOOL, Giver.OFFICE)

State = AssignmentState
MOVES: Final = {
    "accept": (State.GIVEN,),
    "report": (State.GIVEN, State.ACCEPTED, State.RETURNED),
    "return": (State.REPORTED,),
    "close": (State.REPORTED,),
    "cancel": (State.GIVEN, State.ACCEPTED, State.REPORTED, State.RETURNED),
}
"""From which states each step leads on; what is closed or cancelled stays as it is."""


def levels(user: User) -> list[Giver]:
    """As whom the person may give: the office for the school or for itself (O4), a college for itself."""
    found = list(OFFICE_LEVELS) if user.access.has(Role.OFFICE) else []
    return found + ([Giver.COLLEGE] if user.access.colleges(*COLLEGE) else [])


def can_give(user: User, giver: str, college_id: int | None) -> Decision:
    """The level and the college of the giver belong together."""
    if giver in OFFICE_LEVELS:
        if not user.access.has(Role.OFFICE):
            return deny("学校和继续教育学院的任务、会议由继续教育学院布置。")
        return deny("学校和继续教育学院布置的任务不属于某个二级学院。") if college_id else ALLOW
    if college_id is None:
        return deny("请选择布置任务的二级学院。")
    return ALLOW if college_id in user.access.colleges(*COLLEGE) else deny("只能以本学院的名义布置。")


def keeps(user: User, giver: str, college_id: int | None) -> bool:
    """Whether the person acts for the unit that gave a task or called a meeting."""
    return bool(can_give(user, giver, college_id))


def can_cancel(user: User, task: Task) -> Decision:
    if not keeps(user, task.giver, task.college_id):
        return deny("任务由布置单位撤销。")
    return deny("该任务已经撤销。") if task.cancelled_at else ALLOW


def can_accept(user: User, assignment: TaskAssignment) -> Decision:
    """The class teacher says that the task has arrived."""
    if not (own := _own(user, assignment)):
        return own
    return (
        ALLOW if assignment.state in MOVES["accept"] else deny(f"任务{assignment.get_state_display()}，不需要再接收。")
    )


def can_report(user: User, assignment: TaskAssignment) -> Decision:
    """The class teacher reports; a report may come at once, it accepts the task on the way."""
    if not (own := _own(user, assignment)):
        return own
    if assignment.state == State.REPORTED:
        return deny("已经上报，正在等布置单位办结；需要修改请联系布置单位退回。")
    return ALLOW if assignment.state in MOVES["report"] else deny(f"任务{assignment.get_state_display()}，不能再上报。")


def can_return(user: User, assignment: TaskAssignment) -> Decision:
    return _may_judge(user, assignment, "return", "退回")


def can_close(user: User, assignment: TaskAssignment) -> Decision:
    """Closing belongs to who gave the task, never to who did it."""
    return _may_judge(user, assignment, "close", "办结")


def _own(user: User, assignment: TaskAssignment) -> Decision:
    return ALLOW if assignment.teacher.user_id == user.pk else deny("任务由接收任务的班主任本人办理。")


def _may_judge(user: User, assignment: TaskAssignment, move: str, verb: str) -> Decision:
    task = assignment.task
    if not keeps(user, task.giver, task.college_id):
        return deny(f"任务由布置单位（{task.get_giver_display()}）{verb}。")
    if assignment.teacher.user_id == user.pk:
        return deny(f"不能{verb}自己的任务，请由另一位有权限的人办理。")
    if assignment.state in MOVES[move]:
        return ALLOW
    waiting = assignment.state in MOVES["report"]
    return deny(f"还没有上报，不能{verb}。" if waiting else f"任务{assignment.get_state_display()}，不能{verb}。")
