"""Who calls staff meetings and notes who came (article 9, 四)."""

from __future__ import annotations

import datetime as dt

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.policy import ALLOW, Decision, deny

from ..models import MeetingAttendance, StaffMeeting
from . import tasks

READERS: tuple[Role, ...] = tasks.READERS
CALLERS: tuple[Role, ...] = tasks.GIVERS


def can_call(user: User, giver: str, college_id: int | None) -> Decision:
    return tasks.can_give(user, giver, college_id)


def noted_colleges(user: User, meeting: StaffMeeting) -> frozenset[int] | None:
    """Colleges whose rows the person notes; None for all. A meeting of the school is noted by each college too."""
    if tasks.keeps(user, meeting.giver, meeting.college_id):
        return None
    return frozenset() if meeting.college_id else user.access.colleges(*tasks.COLLEGE)


def can_note(user: User, meeting: StaffMeeting) -> Decision:
    """The unit that called the meeting, and for those of the school each college for its own teachers."""
    noted = noted_colleges(user, meeting)
    if noted is not None and not meeting.attendances.filter(college_id__in=noted).exists():
        return deny("出席由召集单位登记。")
    return deny("会议已经取消。") if meeting.cancelled_at else ALLOW


def can_note_row(user: User, row: MeetingAttendance) -> Decision:
    """Nobody notes the own attendance."""
    noted = noted_colleges(user, row.meeting)
    if noted is not None and row.college_id not in noted:
        return deny(f"{row.teacher.name}的出席由召集单位或所在学院登记。")
    return deny("不能登记自己的出席，请由另一位有权限的人登记。") if row.teacher.user_id == user.pk else ALLOW


def can_cancel(user: User, meeting: StaffMeeting, today: dt.date) -> Decision:
    """A meeting that did not take place; one whose attendance was noted did."""
    if not tasks.keeps(user, meeting.giver, meeting.college_id):
        return deny("会议由召集单位取消。")
    if meeting.cancelled_at:
        return deny("会议已经取消。")
    return deny("已经登记出席，不能取消。") if meeting.settled_at else ALLOW
