"""Who keeps exam sessions, courses, registrations and results, weak lists and the term's exam affairs."""

from __future__ import annotations

import datetime as dt

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.policy import ALLOW, Decision, deny
from teachers.models import Appointment, SchoolClass
from teachers.policies.common import first_denial

from ..models import CourseKind, ExamAffair, ExamSession, Window

COLLEGE = (Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD)
SCHOOL_KINDS = (CourseKind.SCHOOL, CourseKind.PRACTICE, CourseKind.PROCESS, CourseKind.THESIS)
"""What a college may hold itself; the others are set by the authorities and kept by the office."""


def can_keep_courses(user: User) -> Decision:
    if user.access.has(Role.OFFICE, Role.COLLEGE_ADMIN):
        return ALLOW
    return deny("课程由继续教育学院或二级学院管理员维护。")


def can_add_session(user: User) -> Decision:
    if user.access.has(Role.OFFICE, Role.COLLEGE_ADMIN):
        return ALLOW
    return deny("考试场次由继续教育学院维护；学院自己组织的校考由学院管理员建立。")


def can_keep_session(user: User, college_id: int | None, kind: str) -> Decision:
    """The office keeps every session; a college's administrators those that the college holds itself."""
    if user.access.has(Role.OFFICE):
        return ALLOW
    if college_id is None:
        return deny("全校的考试场次由继续教育学院维护。")
    if college_id not in user.access.colleges(Role.COLLEGE_ADMIN):
        return deny("学院自己组织的考试由该学院的管理员或继续教育学院维护。")
    if kind not in SCHOOL_KINDS:
        names = "、".join(one.label for one in SCHOOL_KINDS)
        return deny(f"学院只能建立自己组织的考试（{names}）；统考等由继续教育学院建立。")
    return ALLOW


def leads(user: User, school_class: SchoolClass, day: dt.date) -> bool:
    if not user.access.has(Role.CLASS_TEACHER):
        return False
    return Appointment.objects.on(day).filter(school_class=school_class, teacher__user=user).exists()


def can_work_on_class(user: User, school_class: SchoolClass, day: dt.date) -> Decision:
    """Registrations, weak lists and plans of a class: its present class teacher, its college, the office."""
    if user.access.has(Role.OFFICE) or school_class.college_id in user.access.colleges(*COLLEGE):
        return ALLOW
    if leads(user, school_class, day):
        return ALLOW
    return deny(f"{day:%Y-%m-%d} 您不是{school_class.name}的在岗班主任，不能登记。")


def fits(school_class: SchoolClass, session: ExamSession) -> Decision:
    """A college's own exam is for its own classes."""
    if session.college_id in (None, school_class.college_id):
        return ALLOW
    return deny(f"「{session}」是另一学院自己组织的考试，与{school_class.name}无关。")


def can_plan_registrations(user: User, school_class: SchoolClass, session: ExamSession, day: dt.date) -> Decision:
    """What is to be registered may be listed until the window closes, also before it opens."""
    found = first_denial(can_work_on_class(user, school_class, day), fits(school_class, session))
    if found and session.window_on(day) is Window.CLOSED:
        return _closed(session)
    return found


def can_register(user: User, school_class: SchoolClass, session: ExamSession, day: dt.date) -> Decision:
    """Registering, giving up and fees change within the window only (C5.5a); the office reopens it by moving its days."""
    found = first_denial(can_work_on_class(user, school_class, day), fits(school_class, session))
    if not found:
        return found
    match session.window_on(day):
        case Window.CLOSED:
            return _closed(session)
        case Window.BEFORE:
            return deny(f"「{session}」{session.registration_opens_on:%Y-%m-%d} 才开始报名，现在只能列出应报名单。")
        case _:
            return ALLOW


def _closed(session: ExamSession) -> Decision:
    keeper = session.college.name if session.college else "继续教育学院"
    return deny(
        f"「{session}」的报名已于 {session.registration_closes_on:%Y-%m-%d} 截止，不能再改。"
        f"确需更改的，请联系{keeper}调整报名截止日期。"
    )


def can_record_results(user: User, college_id: int) -> Decision:
    """Results are entered and corrected by the college's administrators and the office; class teachers read them."""
    if user.access.has(Role.OFFICE) or college_id in user.access.colleges(Role.COLLEGE_ADMIN):
        return ALLOW
    return deny("成绩由班级所在二级学院的管理员或继续教育学院登记。")


def can_plan_affairs(user: User) -> Decision:
    if user.access.has(Role.OFFICE, *COLLEGE):
        return ALLOW
    return deny("考务由二级学院或继续教育学院布置。")


def can_keep_affair(user: User, college_id: int | None) -> Decision:
    """A college plans for itself, the office for everybody."""
    if user.access.has(Role.OFFICE):
        return ALLOW
    if college_id is not None and college_id in user.access.colleges(*COLLEGE):
        return ALLOW
    return deny("全校的考务事项由继续教育学院维护，学院的由该学院维护。")


def can_tick_affair(user: User, affair: ExamAffair, day: dt.date) -> Decision:
    """Whoever is responsible, the present teacher of its class, or who planned it for the college or school."""
    if affair.cancelled_at:
        return deny("这一事项已撤销。")
    if can_keep_affair(user, affair.college_id):
        return ALLOW
    if affair.responsible is not None and affair.responsible.user_id == user.pk and user.access.has(Role.CLASS_TEACHER):
        return ALLOW
    if affair.school_class is not None and leads(user, affair.school_class, day):
        return ALLOW
    return deny("由事项的负责人或布置单位登记完成。")
