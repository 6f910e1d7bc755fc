"""Two people call the same lesson at the same moment, or one telephone sends twice."""

from __future__ import annotations

import pytest

from duties.models import AttendanceMark, AttendanceSession, Mark
from duties.services import attendance as services
from duties.services.attendance import AlreadyCalled, MarkInput
from tests.duties.given import MONDAY, room
from tests.factories import audit_entries, college_admin
from tests.teachers.test_appointment_races import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.mark.clause("C5.4a")
def test_of_several_people_calling_one_lesson_one_is_first_and_the_others_are_told():
    where = room(5)
    people = [where.user, *(college_admin(where.college) for _ in range(3))]
    marks = {where.students[0].pk: MarkInput(Mark.ABSENT)}

    def call(who):
        return lambda: services.call_roll(who, where.school_class, MONDAY, "1-2节", marks, client_id=f"of-{who.pk}")

    results = at_once(*(call(who) for who in people))
    session = AttendanceSession.objects.get()
    assert [result for result in results if isinstance(result, AttendanceSession)] == [session]
    refused = [result for result in results if isinstance(result, AlreadyCalled)]
    assert [problem.session for problem in refused] == [session] * 3
    assert AttendanceMark.objects.count() == 1
    assert len(audit_entries("duties.attendance_call")) == 1


def test_one_telephone_sending_several_times_at_once_is_one_roll_call():
    where = room(5)
    results = at_once(
        *(lambda: services.call_roll(where.user, where.school_class, MONDAY, "1-2节", {}, client_id="draft-1"),) * 4
    )
    assert results == [AttendanceSession.objects.get()] * 4
