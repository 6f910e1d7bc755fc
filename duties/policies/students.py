"""Who keeps the class committee, the list of special students and the talk plan of a class."""

from __future__ import annotations

from typing import Final

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.policy import ALLOW, Decision, deny
from teachers.models import SchoolClass

from ..models import ClassPost, Privacy, SpecialStudent
from ..models.records import led_class_ids

COLLEGE: tuple[Role, ...] = (Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD)
READERS: tuple[Role, ...] = (Role.CLASS_TEACHER, *COLLEGE, Role.OFFICE)
POST_READERS: tuple[Role, ...] = (Role.CLASS_TEACHER, Role.COLLEGE_ADMIN, Role.ASSESSOR, Role.COLLEGE_HEAD, Role.OFFICE)

Kind = SpecialStudent.Kind
LEAST_PRIVACY: Final = {
    Kind.MIND: Privacy.PSYCHOLOGICAL,
    Kind.MONEY: Privacy.SENSITIVE,
    Kind.FAMILY: Privacy.SENSITIVE,
    Kind.HEALTH: Privacy.SENSITIVE,
}
"""Kinds that are confidential whatever the form said (A-87)."""


def leads(user: User, school_class: SchoolClass) -> bool:
    return user.access.has(Role.CLASS_TEACHER) and school_class.pk in led_class_ids(user)


def can_keep_posts(user: User, school_class: SchoolClass) -> Decision:
    """The class teacher in post and the college; the office reads."""
    if leads(user, school_class) or school_class.college_id in user.access.colleges(*COLLEGE):
        return ALLOW
    return deny(f"{school_class.name}的班委由本班班主任或二级学院登记。")


def can_change_post(user: User, post: ClassPost) -> Decision:
    if post.ends_on is not None:
        return deny("这一任已经结束，保留为历史。")
    return can_keep_posts(user, post.school_class)


def can_mark(user: User, school_class: SchoolClass) -> Decision:
    """Who looks after the students of the class marks them."""
    if leads(user, school_class) or school_class.college_id in user.access.colleges(Role.COLLEGE_HEAD):
        return ALLOW
    return deny(f"{school_class.name}的特殊学生由本班班主任标记。")


def can_change_mark(user: User, special: SpecialStudent) -> Decision:
    """Whoever marked the student; what is not confidential is carried on by the present class teacher."""
    if special.until is not None:
        return deny("已经解除，保留为历史；需要时请重新标记。")
    if special.marked_by_id == user.pk:
        return ALLOW
    if special.privacy == Privacy.NORMAL:
        return can_mark(user, special.school_class)
    return deny("保密的标记由标记人办理；学院负责人可以查阅（A-87）。")


def can_lift(user: User, special: SpecialStudent) -> Decision:
    """As changing it; the head also ends a confidential mark whose author has gone."""
    if special.until is None and special.school_class.college_id in user.access.colleges(Role.COLLEGE_HEAD):
        return ALLOW
    return can_change_mark(user, special)


def reads_note(user: User, special: SpecialStudent) -> bool:
    """Whether the note stands on the page; a head opens a confidential one apart, and it is noted in the log."""
    return special.privacy == Privacy.NORMAL or special.marked_by_id == user.pk


def can_plan(user: User, school_class: SchoolClass) -> Decision:
    """The talk plan is the class teacher's own (C5.2)."""
    return ALLOW if leads(user, school_class) else deny("谈话计划由本班班主任自己制定。")
