"""Who may write, change, comment on and decide about a work record."""

from __future__ import annotations

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.policy import ALLOW, Decision, deny

from ..kinds import Kind, kind_of
from ..models import Progress, RecordState, WorkRecord

OVERSEERS = (Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD, Role.OFFICE)


def can_write(user: User, kind: Kind) -> Decision:
    """Whether the person writes records of the kind at all; the classes are checked against the day in the service."""
    if user.access.has(*kind.writers):
        return ALLOW
    names = "、".join(role.label for role in kind.writers)
    return deny(f"「{kind.name}」由{names}登记。")


def can_edit(user: User, record: WorkRecord) -> Decision:
    """Own drafts are changed freely; what is archived is corrected by an appended note."""
    if record.author_id != user.pk:
        return deny("只有记录人能修改自己的草稿。")
    if record.state != RecordState.DRAFT:
        return deny("记录已归档，不能直接修改；请用「更正」，原文和更正都会保留。")
    return ALLOW


def can_append(user: User, record: WorkRecord) -> Decision:
    """Follow-ups, stages and corrections are the author's."""
    if record.author_id != user.pk:
        return deny("只有记录人能补充或更正。")
    if record.state != RecordState.ARCHIVED:
        return deny("草稿请直接修改。" if record.state == RecordState.DRAFT else "记录已作废。")
    return ALLOW


def can_void(user: User, record: WorkRecord) -> Decision:
    """The author takes a mistake back as long as nobody decided on it."""
    found = can_append(user, record)
    if found and record.progress in (Progress.CONFIRMED, Progress.CLOSED):
        return deny("已认定或办结的记录不能作废，请用「更正」。")
    return found


def can_comment(user: User, record: WorkRecord) -> Decision:
    """The college and the office write back to the class teacher about an archived record."""
    if record.state != RecordState.ARCHIVED:
        return deny("只能对已归档的记录写批注。")
    if user.access.has(Role.OFFICE) or record.college_id in user.access.colleges(Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD):
        return ALLOW if record.author_id != user.pk else deny("这是您自己的记录。")
    return deny("批注由二级学院或继续教育学院写。")


def can_close(user: User, record: WorkRecord) -> Decision:
    """The author closes an own matter with its result."""
    kind = kind_of(record.kind)
    if kind.progress not in ("matter", "problem"):
        return deny(f"「{kind.name}」没有办结这一步。")
    found = can_append(user, record)
    if not found:
        return found
    return ALLOW if record.progress == Progress.OPEN else deny("已经办结，或没有需要办结的事项。")


def can_decide(user: User, record: WorkRecord) -> Decision:
    """Confirmation, cancellation and answers belong to the college or office, never to whoever wrote the record."""
    kind = kind_of(record.kind)
    if kind.progress not in ("decision", "report"):
        return deny(f"「{kind.name}」不需要认定。")
    if record.state != RecordState.ARCHIVED:
        return deny("只能认定已归档的记录。")
    roles = tuple(role for role in kind.deciders if role is not Role.OFFICE)
    in_college = bool(roles) and record.college_id in user.access.colleges(*roles)
    in_office = Role.OFFICE in kind.deciders and user.access.has(Role.OFFICE)
    if not in_college and not in_office:
        names = "、".join(role.label for role in kind.deciders)
        return deny(f"由{names}认定。")
    if record.author_id == user.pk or (record.teacher is not None and record.teacher.user_id == user.pk):
        return deny("不能认定自己的记录，请由另一位有权限的人办理。")
    return ALLOW
