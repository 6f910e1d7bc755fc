"""Who calls the roll, corrects it and decides on leave slips (article 5 (4))."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.policy import ALLOW, Decision, deny
from teachers.models import Appointment, SchoolClass

from ..models import AttendanceSession, LeaveState, StudentLeave
from ..models.records import led_class_ids

KEEPERS = (Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD)
LEAVE_READERS = (Role.CLASS_TEACHER, *KEEPERS, Role.OFFICE)
"""Who reads slips, within the scope of the classes: not who only assesses."""


def keeps(user: User, school_class: SchoolClass) -> bool:
    """Whether the person acts for the college of the class."""
    return school_class.college_id in user.access.colleges(*KEEPERS)


def can_call(user: User, school_class: SchoolClass, days: Iterable[dt.date]) -> Decision:
    """The class teacher in post on each of the days; college and office enter lists for the class. One query."""
    if keeps(user, school_class) or user.access.has(Role.OFFICE):
        return ALLOW
    wanted = sorted(set(days))
    if not wanted:
        return ALLOW
    spans = list(
        Appointment.objects.touching(wanted[0], wanted[-1])
        .filter(school_class=school_class, teacher__user=user)
        .values_list("starts_on", "ends_on", "planned_end_on")
    )
    for day in wanted:
        if not any(first <= day <= min(last or day, planned or day) for first, last, planned in spans):
            return deny(f"{day:%Y-%m-%d} 您不是{school_class.name}的在岗班主任，不能登记这一天的出勤。")
    return ALLOW


def can_correct(user: User, session: AttendanceSession) -> Decision:
    """Whoever called the roll, the present class teacher, and the college; the reason stays with the roll call."""
    if session.voided_at is not None:
        return deny("这次点名已作废。")
    if session.taken_by_id == user.pk or session.school_class_id in led_class_ids(user):
        return ALLOW
    return ALLOW if keeps(user, session.school_class) else deny("点名由点名人、本班班主任或二级学院更正。")


def can_write_leave(user: User, school_class: SchoolClass) -> Decision:
    """The class teacher of the class or its college; the same people decide on slips."""
    if school_class.pk in led_class_ids(user) or keeps(user, school_class):
        return ALLOW
    return deny(f"{school_class.name}的请假由本班班主任或二级学院办理。")


def can_decide_leave(user: User, leave: StudentLeave) -> Decision:
    """A slip that waits is granted or refused once."""
    found = can_write_leave(user, leave.school_class)
    if found and leave.state != LeaveState.ASKED:
        return deny(f"请假单{leave.get_state_display()}，不需要再批。")
    return found


def can_return_leave(user: User, leave: StudentLeave) -> Decision:
    found = can_write_leave(user, leave.school_class)
    if found and leave.state != LeaveState.APPROVED:
        return deny(f"请假单{leave.get_state_display()}，不能销假。")
    return found


def can_void_leave(user: User, leave: StudentLeave) -> Decision:
    """A slip written by mistake; one that was closed by its return stays as it is."""
    found = can_write_leave(user, leave.school_class)
    if found and leave.state not in (LeaveState.ASKED, LeaveState.APPROVED):
        return deny(f"请假单{leave.get_state_display()}，不能作废。")
    return found
