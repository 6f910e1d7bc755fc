"""The demo's tasks, meetings, papers and posts: something of everything, and cheap however many teachers there are."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from duties.demo.tasks import write_tasks
from duties.models import (
    ClassPost,
    MeetingAttendance,
    PlannedTalk,
    SpecialStudent,
    StaffMeeting,
    Task,
    TaskAssignment,
    TermPaper,
)
from tests.duties.given import room
from tests.duties.tasks_given import at_time
from tests.factories import CollegeFactory, college_admin, office
from tests.teachers.given import day

pytestmark = pytest.mark.django_db
TODAY = "2024-05-20"


def fill(count):
    """A college with that many class teachers, and what the demo writes for it: how many questions it asked."""
    college = CollegeFactory()
    rooms = [room(8, college=college) for _ in range(count)]
    admin, giver = college_admin(college), office()
    with at_time(TODAY), CaptureQueriesContext(connection) as asked:
        write_tasks(day(TODAY), giver, {college.code: admin}, [rooms[0].user])
    return rooms, len(asked)


def test_there_is_something_open_something_done_and_something_late():
    rooms, _ = fill(5)
    assert set(Task.objects.values_list("giver", flat=True)) == {"school", "office", "college"}
    rows = TaskAssignment.objects.filter(teacher=rooms[0].teacher)
    assert {"given", "closed"} <= set(rows.values_list("state", flat=True))
    assert not any(row.late_on(day(TODAY)) for row in rows.filter(state="given", due_on__gte=day(TODAY)))
    assert StaffMeeting.objects.filter(settled_at=None).count() == 1
    assert not MeetingAttendance.objects.filter(meeting__settled_at__isnull=False, presence="due").exists()
    assert set(TermPaper.objects.values_list("kind", flat=True)) == {"plan", "summary"}
    assert TermPaper.objects.filter(versions=None).count() == 0
    assert ClassPost.objects.filter(school_class=rooms[0].school_class, ends_on=None).count() == 7
    assert SpecialStudent.objects.filter(kind="mind").exclude(privacy="psychological").count() == 0
    assert PlannedTalk.objects.filter(teacher=rooms[0].teacher).count() == 8


def test_more_teachers_ask_no_more_questions():
    with transaction.atomic():
        _, few = fill(5)
        transaction.set_rollback(True)
    _, many = fill(9)
    # Savepoints of the three reports and lists in groups of 500 apart, the number stays.
    assert many <= few + 6
