"""Courses and exam sessions: kept by the office; a college's administrators keep what the college holds itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.audit.services import record as audit
from gaobo_banzhuren.web.errors import StaleError, UserError

from ..models import Course, ExamSession
from ..policies import exams as policies

COURSE_FIELDS = ("code", "name", "kind", "credits")
SESSION_FIELDS = (
    "name", "kind", "college", "registration_opens_on", "registration_closes_on", "starts_on", "ends_on", "results_on",
    "note",
)  # fmt: skip


@transaction.atomic
def save_course(
    actor: User, fields: Mapping[str, Any], *, course: Course | None = None, version: int | None = None
) -> Course:
    """Add a course or change one. Raises UserError for a code in use, StaleError when somebody changed it meanwhile."""
    policies.can_keep_courses(actor).require()
    values = {name: fields[name] for name in COURSE_FIELDS}
    taken = Course.objects.filter(code=values["code"]).exclude(pk=course.pk if course else 0).first()
    if taken:
        raise UserError(f"课程代码 {taken.code} 已是「{taken.name}」，请核对。")
    if course is None:
        made = _created(Course, values, f"课程代码 {values['code']} 刚被他人登记，请刷新后核对。")
        audit(actor, "duties.course_add", made, after=values)
        return made
    before = {name: getattr(course, name) for name in COURSE_FIELDS}
    if not Course.objects.filter(pk=course.pk, version=version or 0).update(version=F("version") + 1, **values):
        raise StaleError(f"课程 {course.code} 刚被他人修改，没有保存。请刷新后核对。")
    course.refresh_from_db()
    audit(actor, "duties.course_change", course, before=before, after=values)
    return course


@transaction.atomic
def save_session(
    actor: User, fields: Mapping[str, Any], *, session: ExamSession | None = None, version: int | None = None
) -> ExamSession:
    """Add a session or change one; moving the days of its registration window reopens or closes it.

    Raises UserError naming what does not fit, NotAllowed when it is not the person's to keep, StaleError when somebody
    changed it meanwhile.
    """
    values = {name: fields.get(name) for name in SESSION_FIELDS} | {"note": fields.get("note") or ""}
    college = values["college"]
    if session is not None:
        policies.can_keep_session(actor, session.college_id, session.kind).require()
    policies.can_keep_session(actor, college.pk if college else None, values["kind"]).require()
    _check_session(values, session)
    whose = college.pk if college else None
    if session is None:
        made = _created(ExamSession, values, f"考试场次「{values['name']}」刚被他人建立，请刷新后核对。")
        audit(actor, "duties.exam_session_add", made, after=_facts(made), college=whose)
        return made
    before = _facts(session)
    if not ExamSession.objects.filter(pk=session.pk, version=version or 0).update(version=F("version") + 1, **values):
        raise StaleError(f"「{session}」刚被他人修改，没有保存。请刷新后核对。")
    session.refresh_from_db()
    audit(actor, "duties.exam_session_change", session, before=before, after=_facts(session), college=whose)
    return session


def _check_session(values: Mapping[str, Any], session: ExamSession | None) -> None:
    opens, closes = values["registration_opens_on"], values["registration_closes_on"]
    first, last, results = values["starts_on"], values["ends_on"], values["results_on"]
    taken = ExamSession.objects.filter(name=values["name"]).exclude(pk=session.pk if session else 0)
    if taken.exists():
        raise UserError(f"已有名为「{values['name']}」的考试场次；学院自己的考试请在名称里写明学院。")
    if opens and closes and closes < opens:
        raise UserError(f"报名截止 {closes} 早于报名开始 {opens}，请改正。")
    if last < first:
        raise UserError(f"考试结束 {last} 早于考试开始 {first}，请改正。")
    if closes and closes > last:
        raise UserError(f"报名截止 {closes} 晚于考试结束 {last}，请改正。")
    if results and results < first:
        raise UserError(f"成绩发布 {results} 早于考试开始 {first}，请改正。")
    if session is not None and session.starts_on != first and session.results.exists():
        raise UserError("这场考试已有成绩，考试开始日期决定学生当时所在的班级，不能再改。")


def _created(model: Any, values: Mapping[str, Any], taken: str) -> Any:
    try:
        with transaction.atomic():
            return model.objects.create(**values)
    except IntegrityError as problem:
        raise StaleError(taken) from problem


def _facts(session: ExamSession) -> dict[str, Any]:
    return {name: getattr(session, name) for name in SESSION_FIELDS if name != "college"} | {
        "college_id": session.college_id
    }
