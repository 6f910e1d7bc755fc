"""Class committee: who holds which post with which duties, from when to when (C9.2.2.3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.audit.services import record as audit
from gaobo_banzhuren.web.errors import StaleError, UserError
from teachers.models import RosterEntry, SchoolClass, StudentState

from ..models import ClassPost
from ..policies import students as policies

USUAL_POSTS = (
    ("班长", "主持班级日常事务，联系班主任，协调班委"),
    ("团支部书记", "组织团日活动和推优"),
    ("学习委员", "收交作业，联系任课教师，提醒报名和考试"),
    ("纪律委员", "考勤和课堂纪律"),
    ("生活委员", "班费、宿舍和卫生"),
    ("心理委员", "关心同学情绪，及时报告"),
    ("文体委员", "文艺和体育活动"),
)
"""Offered when a committee is entered; duties and names are changed freely."""


@dataclass(frozen=True, slots=True)
class PostInput:
    student_id: int
    post: str
    duties: str = ""


@transaction.atomic
def appoint(actor: User, school_class: SchoolClass, inputs: Sequence[PostInput], starts_on: dt.date) -> list[ClassPost]:
    """Enter one post or the whole committee, all or none. Raises UserError for students who are not 在读 in the class."""
    policies.can_keep_posts(actor, school_class).require()
    if not inputs:
        raise UserError("请至少为一个职务选择学生。")
    if starts_on > timezone.localdate():
        raise UserError("开始日期不能晚于今天。")
    wanted = {one.student_id for one in inputs}
    enrolled = RosterEntry.objects.on(starts_on).filter(
        school_class=school_class, student__in=wanted, state=StudentState.ENROLLED
    )
    if missing := wanted - set(enrolled.values_list("student_id", flat=True)):
        raise UserError(f"有 {len(missing)} 名学生 {starts_on:%Y-%m-%d} 不是本班在读学生，请重新选择。")
    made = []
    for one in inputs:
        if not one.post.strip():
            raise UserError("请填写职务名称。")
        try:
            with transaction.atomic():
                row = ClassPost.objects.create(
                    school_class=school_class, student_id=one.student_id, post=one.post.strip(),
                    duties=one.duties.strip(), starts_on=starts_on, recorded_by=actor,
                )  # fmt: skip
        except IntegrityError as problem:
            raise UserError(f"这名学生已经担任{one.post.strip()}，没有重复登记。") from problem
        _log(actor, "duties.post_appoint", row)
        made.append(row)
    return made


@transaction.atomic
def change_duties(actor: User, post: ClassPost, duties: str, *, version: int) -> ClassPost:
    policies.can_change_post(actor, post).require()
    before = {"duties": post.duties}
    _update(post, version, duties=duties.strip())
    _log(actor, "duties.post_change", post, before=before)
    return post


@transaction.atomic
def end(actor: User, post: ClassPost, ends_on: dt.date, *, version: int) -> ClassPost:
    """The last day in the post; the row stays as history."""
    policies.can_change_post(actor, post).require()
    if not post.starts_on <= ends_on <= timezone.localdate():
        raise UserError(f"卸任日期应在 {post.starts_on:%Y-%m-%d} 和今天之间。")
    _update(post, version, ends_on=ends_on)
    _log(actor, "duties.post_end", post)
    return post


def _update(post: ClassPost, version: int, **values: Any) -> None:
    rows = ClassPost.objects.filter(pk=post.pk, version=version, ends_on=None)
    if not rows.update(version=F("version") + 1, **values):
        raise StaleError("这一任刚被他人修改，您的改动没有保存。请刷新后核对。")
    post.refresh_from_db()


def _log(actor: User, action: str, post: ClassPost, before: dict[str, Any] | None = None) -> None:
    after = {"post": post.post, "student": post.student_id, "from": post.starts_on, "to": post.ends_on}
    audit(
        actor, action, post, before=before, after=after | {"duties": post.duties}, college=post.school_class.college_id
    )
