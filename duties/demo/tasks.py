"""Tasks, meetings, plans, committees and marks of the demo college.

What is over is written as history, a table at a time, because a task cannot be given with a day that has passed; what is
still open goes through the services like anybody's.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from django.utils import timezone

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.regulation.models import Term
from teachers.models import ClassTeacher, SchoolClass

from ..models import (
    AssignmentState,
    ClassPost,
    Giver,
    MeetingAttendance,
    PaperState,
    PaperVersion,
    PlannedTalk,
    Presence,
    Privacy,
    SpecialStudent,
    StaffMeeting,
    Task,
    TaskAssignment,
    TaskReport,
    TermPaper,
)
from ..policies.students import LEAST_PRIVACY
from ..services import meetings, talk_plans, tasks
from ..services.posts import USUAL_POSTS
from . import task_texts as texts
from .college import TERMS_BACK, led_classes
from .records import Led, working_days

PER_INSERT = 500
DAY = dt.timedelta(days=1)
AFTERNOON = dt.time(15, 30)


@dataclass(frozen=True, slots=True)
class Unit:
    """Who asks: the office for everybody, a college for its own."""

    giver: str
    user: User
    college: College | None


def write_tasks(today: dt.date, office: User, colleges: Mapping[str, User], show: Iterable[User] = ()) -> None:
    """Fill the rooms of tasks, papers and class posts. `colleges` gives for each college code who acts for it; the
    people of `show` sign in to the demo and have something open of everything."""
    chance = Random(today.year + 1)  # noqa: S311  invented work, no secrets
    terms = list(Term.objects.filter(starts_on__lte=today).order_by("-starts_on")[:TERMS_BACK])
    if not terms:
        return
    led = led_classes(terms[-1].starts_on, today)
    teachers = {
        one.user_id: one for one in ClassTeacher.objects.filter(user__in={each.user for each in led}).with_names()
    }
    units = [Unit(Giver.COLLEGE, colleges[one.code], one) for one in College.objects.filter(code__in=colleges)]
    offices = [Unit(Giver.SCHOOL, office, None), Unit(Giver.OFFICE, office, None)]
    for term in terms:
        _past_tasks(term, today, [*offices, *units], led, teachers, chance)
        _past_meetings(term, today, [offices[1], *units], led, teachers, chance)
    _papers(terms, today, led, teachers, {unit.college.pk: unit.user for unit in units if unit.college})
    _people(led, today, {user.pk for user in show})
    _open_things(today, offices[0], units, [teachers[user.pk] for user in show if user.pk in teachers])


def _due(led: Sequence[Led], teachers: Mapping[int, ClassTeacher], unit: Unit, day: dt.date) -> dict[int, int]:
    """Teachers in post on the day for whom the unit may ask, each with the college of the class led."""
    return {
        teachers[one.user.pk].pk: one.school_class.college_id
        for one in led
        if one.first <= day <= one.last and (unit.college is None or one.school_class.college_id == unit.college.pk)
    }


def _at(day: dt.date, clock: dt.time = AFTERNOON) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, clock))


def _past_tasks(
    term: Term, today: dt.date, units: Sequence[Unit], led: Sequence[Led], teachers: Mapping[int, ClassTeacher],
    chance: Random,
) -> None:  # fmt: skip
    days = working_days(term.starts_on, min(term.ends_on, today) - DAY * 14)
    made: list[tuple[Task, dict[int, int]]] = []
    for unit in units:
        for title, kind, text, materials in texts.PAST_TASKS[unit.giver] if len(days) > 20 else ():
            due_on = days[chance.randrange(10, len(days))]
            found = _due(led, teachers, unit, due_on)
            if found:
                values = {"title": title, "kind": kind, "text": text, "materials": materials, "due_on": due_on}
                task = Task(giver=unit.giver, college=unit.college, created_by=unit.user, **values)
                made.append((task, found))
    Task.objects.bulk_create([task for task, _ in made])
    for task, _ in made:
        task.created_at = _at(task.due_on - DAY * 10)
    Task.objects.bulk_update([task for task, _ in made], ["created_at"])
    _assign(made, today, chance)


def _assign(made: Sequence[tuple[Task, dict[int, int]]], today: dt.date, chance: Random) -> None:
    """Most report in time, some late, a few not at all."""
    rows = []
    for task, found in made:
        for teacher, college in found.items():
            luck = chance.random()
            reported = None if luck < 0.02 else task.due_on + DAY * (1 + int(luck * 40) if luck < 0.1 else -1)
            if reported is not None and reported > today:
                reported = None
            done: dict[str, Any] = {"state": AssignmentState.GIVEN}
            if reported is not None:
                done = {
                    "state": AssignmentState.CLOSED, "reported_on": reported, "accepted_at": task.created_at + DAY,
                    "closed_at": _at(min(reported + DAY * 2, today)), "closed_by": task.created_by,
                    "quality": chance.choice(texts.QUALITY),
                }  # fmt: skip
            rows.append(TaskAssignment(task=task, teacher_id=teacher, college_id=college, due_on=task.due_on, **done))
    TaskAssignment.objects.bulk_create(rows, batch_size=PER_INSERT)
    reports = [
        TaskReport(assignment=row, number=1, text=chance.choice(texts.REPORTS)) for row in rows if row.reported_on
    ]
    TaskReport.objects.bulk_create(reports, batch_size=PER_INSERT)
    for report in reports:
        assert report.assignment.reported_on is not None
        report.reported_at = _at(report.assignment.reported_on)
    TaskReport.objects.bulk_update(reports, ["reported_at"], batch_size=PER_INSERT)


def _past_meetings(
    term: Term, today: dt.date, units: Sequence[Unit], led: Sequence[Led], teachers: Mapping[int, ClassTeacher],
    chance: Random,
) -> None:  # fmt: skip
    days = working_days(term.starts_on, min(term.ends_on, today - DAY))
    if len(days) < 20:
        return
    rows: list[MeetingAttendance] = []
    for unit in units:
        for number, (title, kind, text) in enumerate(texts.MEETINGS):
            held_on = days[(number + 1) * len(days) // (len(texts.MEETINGS) + 1)]
            found = _due(led, teachers, unit, held_on)
            if not found:
                continue
            meeting = StaffMeeting.objects.create(
                kind=kind, giver=unit.giver, college=unit.college, title=title, held_on=held_on, text=text,
                starts_at=AFTERNOON, place="行政楼 305", created_by=unit.user, settled_at=_at(held_on),
            )  # fmt: skip
            for teacher, college in found.items():
                presence, note = _attended(chance)
                rows.append(
                    MeetingAttendance(
                        meeting=meeting, teacher_id=teacher, college_id=college, presence=presence, note=note
                    )
                )
    MeetingAttendance.objects.bulk_create(rows, batch_size=PER_INSERT)


def _attended(chance: Random) -> tuple[str, str]:
    luck = chance.random()
    if luck < 0.03:
        return Presence.ABSENT, ""
    if luck < 0.08:
        return Presence.EXCUSED, chance.choice(texts.EXCUSES)
    return (Presence.LATE, "") if luck < 0.13 else (Presence.PRESENT, "")


def _papers(
    terms: Sequence[Term], today: dt.date, led: Sequence[Led], teachers: Mapping[int, ClassTeacher],
    reviewers: Mapping[int, User],
) -> None:  # fmt: skip
    """A plan and a summary for each term that is over, of the present one the plan; a few are missing."""
    rows = []
    for term in terms:
        kinds = TermPaper.Kind if term.ends_on < today else (TermPaper.Kind.PLAN,)
        # Who led the class for a part of the term only leaves the papers to who led it longest.
        for number, one in enumerate(_longest(led, term)):
            for kind in kinds:
                if (number + term.pk + len(kind)) % 13 == 0:
                    continue
                rows.append(_paper(one, kind, term, today, teachers[one.user.pk], reviewers))
    TermPaper.objects.bulk_create(rows, batch_size=PER_INSERT)
    versions = [
        PaperVersion(paper=row, number=1, text=row.text, outcome=row.state, outcome_text=row.review_text)
        for row in rows
    ]
    PaperVersion.objects.bulk_create(versions, batch_size=PER_INSERT)
    for version in versions:
        assert version.paper.submitted_at is not None
        version.submitted_at = version.paper.submitted_at
        version.outcome_at = version.paper.reviewed_at
    PaperVersion.objects.bulk_update(versions, ["submitted_at", "outcome_at"], batch_size=PER_INSERT)


def _longest(led: Sequence[Led], term: Term) -> list[Led]:
    """Per class who led it for most days of the term."""
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for at, one in enumerate(led):
        days = (min(one.last, term.ends_on) - max(one.first, term.starts_on)).days
        if days > 20:
            found[one.school_class.pk].append((days, at))
    return [led[max(each)[1]] for each in found.values()]


def _paper(
    one: Led, kind: str, term: Term, today: dt.date, teacher: ClassTeacher, reviewers: Mapping[int, User]
) -> TermPaper:
    begin = max(one.first, term.starts_on)
    wanted = begin + DAY * 15 if kind == TermPaper.Kind.PLAN else min(term.ends_on, one.last) - DAY * 5
    day = max(begin, min(wanted, today))
    reviewer = reviewers.get(one.school_class.college_id)
    old = day + DAY * 7 <= today and reviewer is not None and reviewer.pk != one.user.pk
    reviewed: dict[str, Any] = {"state": PaperState.SUBMITTED}
    if old:
        reviewed = {
            "state": PaperState.REVIEWED, "reviewed_by": reviewer, "reviewed_at": _at(day + DAY * 7),
            "review_text": texts.REVIEWS[one.school_class.pk % len(texts.REVIEWS)],
        }  # fmt: skip
    bodies = texts.PLANS if kind == TermPaper.Kind.PLAN else texts.SUMMARIES
    return TermPaper(
        kind=kind, teacher=teacher, school_class=one.school_class, term=term,
        text=bodies[one.school_class.pk % len(bodies)], submitted_at=_at(day), submitted_on=day, **reviewed,
    )  # fmt: skip


def _people(led: Sequence[Led], today: dt.date, shown: Collection[int]) -> None:
    """A committee for each class led now, one or two marked students; the people shown have some of each kind."""
    posts, marks = [], []
    seen: set[int] = set()
    for number, one in enumerate(each for each in led if each.last >= today):
        if one.school_class.pk in seen or len(one.students) < 8:
            continue
        seen.add(one.school_class.pk)
        count = len(USUAL_POSTS) if one.user.pk in shown else len(USUAL_POSTS) - number % 3
        posts += [
            ClassPost(
                school_class=one.school_class, student_id=one.students[at], post=post, duties=duties,
                starts_on=one.first, recorded_by=one.user,
            )
            for at, (post, duties) in enumerate(USUAL_POSTS[:count])
        ]  # fmt: skip
        marks += _marks(one, number, rich=one.user.pk in shown)
    ClassPost.objects.bulk_create(posts, batch_size=PER_INSERT)
    SpecialStudent.objects.bulk_create(marks, batch_size=PER_INSERT)


def _marks(one: Led, number: int, *, rich: bool) -> list[SpecialStudent]:
    chosen = texts.MARKS if rich else (texts.MARKS[number % len(texts.MARKS)],)
    return [
        SpecialStudent(
            student_id=one.students[-1 - at], school_class=one.school_class, kind=kind, level=level, note=note,
            privacy=LEAST_PRIVACY.get(SpecialStudent.Kind(kind), Privacy.NORMAL), since=one.first + DAY * 20,
            marked_by=one.user,
        )
        for at, (kind, level, note) in enumerate(chosen)
        if one.first + DAY * 20 <= one.last
    ]  # fmt: skip


def _open_things(today: dt.date, school: Unit, units: Sequence[Unit], shown: Sequence[ClassTeacher]) -> None:
    """What waits for somebody today, through the services."""
    everybody = list(tasks.in_post())
    if not everybody:
        return
    title, text, materials = texts.SCHOOL_TASK
    given = tasks.give(
        school.user,
        tasks.TaskInput(
            giver=school.giver, title=title, text=text, materials=materials, due_on=today + DAY * 6,
            kind=Task.Kind.MATERIAL,
        ),
        everybody,
    )  # fmt: skip
    for row in given.assignments.select_related("task", "teacher__user")[:3]:
        if row.teacher not in shown:
            tasks.report(row.teacher.user, row, texts.REPORTS[0])
    for unit in units:
        assert unit.college is not None
        own = list(tasks.in_post([unit.college.pk]))
        if not own:
            continue
        title, text = texts.COLLEGE_TASK
        tasks.give(
            unit.user,
            tasks.TaskInput(
                giver=unit.giver, college=unit.college, title=title, text=text, due_on=today + DAY * 2
            ),
            own,
        )  # fmt: skip
        meetings.call(
            unit.user,
            meetings.MeetingInput(
                giver=unit.giver, college=unit.college, title=texts.NEXT_MEETING, held_on=today + DAY * 4,
                starts_at=AFTERNOON, place="行政楼 305",
            ),
            own,
        )  # fmt: skip
    _plans(today, shown)


def _plans(today: dt.date, shown: Sequence[ClassTeacher]) -> None:
    term = Term.objects.filter(starts_on__lte=today, ends_on__gte=today).first()
    if term is None:
        return
    for teacher in shown:
        classes = SchoolClass.objects.filter(appointments__in=teacher.appointments.on(today))
        for school_class in list(classes)[:1]:
            people = talk_plans.rows_of(teacher.user, school_class, term)
            keys = [row.student.pk for row in people if not PlannedTalk.objects.filter(student=row.student.pk)][:12]
            if keys:
                talk_plans.plan(teacher.user, school_class, term, keys, purpose="每学期至少谈一次")
