"""Exams of every side: a class that failed, its lists, and the affairs of the term, with names that carry the word."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from duties.models import Course, ExamSession
from duties.services import exam_affairs, exam_sessions, exams, registrations, weak
from gaobo_banzhuren.regulation.models import Term
from tests.access.world import SECRET, B, Side, World
from tests.teachers.given import day


def add(world: World) -> None:
    """One session of the school for all sides, one of each college, and what the sides did in the first."""
    office = world.named["office_one"]
    course = exam_sessions.save_course(
        office, {"code": "T0041", "name": "测试会计学", "kind": "统考", "credits": None}
    )  # fmt: skip
    world.add("course", "one", pk=course.pk)
    school = _session(office, "全校测试统考", None)
    world.add("exam session", "school", pk=school.pk)
    for side in world.named["sides"]:
        if side.word == B or side is world.named["sides"][0]:
            own = _session(side.admin, f"{side.college.name}测试校考", side.college)
            world.add("exam session of a college", side.word, pk=own.pk, college=side.college)
        _side(world, side, school, course)


def _session(actor: object, name: str, college: object) -> ExamSession:
    today = timezone.localdate()
    return exam_sessions.save_session(
        actor,  # type: ignore[arg-type]
        {
            "name": name, "kind": "校考" if college else "统考", "college": college,
            "starts_on": day("2024-04-13"), "ends_on": today + dt.timedelta(days=9), "results_on": day("2024-05-20"),
            "registration_opens_on": day("2024-03-01"), "registration_closes_on": today + dt.timedelta(days=5),
        },
    )  # fmt: skip


def _side(world: World, side: Side, session: ExamSession, course: Course) -> None:
    who = {"owner": side.teacher.user, "college": side.college}
    one, other = side.students[:2]
    result = exams.record_result(side.admin, session, one, course, status="不合格", grade="丁")
    exams.record_result(side.admin, session, other, course, status="合格")
    registrations.plan(side.teacher.user, session, side.school_class, [course], [one.pk, other.pk])
    key = side.school_class.pk
    planned = one.registrations.get()
    world.add("exam registration", side.word, pk=session.pk, class_id=key, registration=planned.pk, **who)
    world.add("class with exams", side.word, class_id=key, **who)
    world.add("class in an exam", side.word, pk=session.pk, class_id=key, **who)
    world.add("exam result", side.word, pk=session.pk, class_id=key, result=result.pk, **who)
    term = Term.objects.get(starts_on__lte=day("2024-03-18"), ends_on__gte=day("2024-03-18"))
    entry = weak.list_course(
        side.teacher.user, side.school_class, course, term, basis=f"{side.word}{SECRET}依据", session_before=session
    )
    world.add("weak course", side.word, class_id=key, pk=entry.pk, **who)
    weak.list_students(
        side.teacher.user, side.school_class, [one.pk], term, basis=f"{side.word}{SECRET}落后", on=day("2024-03-18")
    )
    listed = side.school_class.weak_students.get()
    world.add("weak student", side.word, class_id=key, pk=listed.pk, **who)
    (affair,) = exam_affairs.plan(
        side.admin, term,
        [exam_affairs.AffairInput(f"{side.word}考务", term.ends_on, side.college, side.school_class)],
    )  # fmt: skip
    world.add("exam affair", side.word, pk=affair.pk, **who)
