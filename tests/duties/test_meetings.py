"""Staff meetings: who is due, who came; leave is not absence, lateness is kept apart, nobody notes the own row."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from duties.models import Giver, MeetingAttendance, Presence, StaffMeeting
from duties.services import meetings
from duties.services.meetings import MeetingInput, Noted
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.errors import NotAllowed, StaleError, UserError
from tests.duties.given import room
from tests.duties.tasks_given import at_time
from tests.factories import audit_entries, client_for, college_admin, college_head, office, with_role
from tests.teachers.given import day

pytestmark = pytest.mark.django_db


def called(actor, *rooms, on="2024-03-20", giver=Giver.OFFICE, college=None, title="期中例会"):
    data = MeetingInput(giver=giver, title=title, held_on=day(on), college=college)
    return meetings.call(actor, data, [where.teacher for where in rooms])


def note(actor, meeting, marks, **more):
    rows = {row.teacher_id: row.pk for row in meeting.attendances.all()}
    found = {rows[where.teacher.pk]: Noted(presence) for where, presence in marks.items()} if marks else {}
    return meetings.note_attendance(actor, meeting, found, **{"version": meeting.version} | more)


class Marks(dict):
    """Rooms are no keys (they are mutable), so the marks are pairs."""

    def __init__(self, *pairs):
        super().__init__()
        self.pairs = pairs

    def __bool__(self):
        return bool(self.pairs)

    def items(self):
        return self.pairs


@pytest.mark.clause("C9.4.1")
def test_everybody_named_is_due_and_the_sheet_says_who_came():
    giver, rooms = office(), [room() for _ in range(4)]
    meeting = called(giver, *rooms)
    assert [row.presence for row in meeting.attendances.all()] == [Presence.DUE] * 4
    states = [Presence.PRESENT, Presence.LATE, Presence.EXCUSED, Presence.ABSENT]
    with at_time("2024-03-20"):
        assert note(giver, meeting, Marks(*zip(rooms, states, strict=True))) == 4
    assert [row.presence for row in meeting.attendances.order_by("pk")] == states
    assert meeting.settled_at is not None
    assert audit_entries("duties.meeting_note", meeting)[0].after[rooms[3].teacher.staff_no] == "absent"


@pytest.mark.clause("C9.4.1")
def test_leave_may_be_granted_before_the_day_and_nothing_else():
    here = room()
    admin = college_admin(here.college)
    meeting = called(admin, here, giver=Giver.COLLEGE, college=here.college)
    with at_time("2024-03-18"):
        with pytest.raises(UserError, match="只能登记准假"):
            note(admin, meeting, Marks((here, Presence.PRESENT)))
        note(admin, meeting, Marks((here, Presence.EXCUSED)))
    assert (meeting.attendances.get().presence, meeting.settled_at) == (Presence.EXCUSED, None)


def test_what_is_left_open_stays_open_until_it_is_noted():
    giver, here, there = office(), room(), room()
    meeting = called(giver, here, there)
    with at_time("2024-03-20"):
        note(giver, meeting, Marks((here, Presence.PRESENT)))
        assert meeting.settled_at is None
        note(giver, meeting, Marks((there, Presence.LATE)))
    assert meeting.settled_at is not None
    assert MeetingAttendance.objects.counted().count() == 2


def test_a_settled_sheet_is_corrected_with_a_reason():
    giver, here = office(), room()
    meeting = called(giver, here)
    with at_time("2024-03-21"):
        note(giver, meeting, Marks((here, Presence.ABSENT)))
        with pytest.raises(UserError, match="写明原因"):
            note(giver, meeting, Marks((here, Presence.EXCUSED)))
        note(giver, meeting, Marks((here, Presence.EXCUSED)), reason="补了假条")
    entry = audit_entries("duties.meeting_note", meeting)[-1]
    assert (entry.reason, list(entry.before.values()), list(entry.after.values())) == (
        "补了假条", ["absent"], ["excused"],
    )  # fmt: skip


def test_who_may_note_a_meeting_of_a_college_and_one_of_the_school():
    here, there = room(), room()
    people = {
        "office": office(), "admin": college_admin(here.college), "head": college_head(here.college),
        "foreign": college_head(there.college), "teacher": here.user,
    }  # fmt: skip
    with at_time("2024-03-20"):
        for name, person in people.items():
            own = called(people["admin"], here, giver=Giver.COLLEGE, college=here.college)
            if name in ("admin", "head"):
                note(person, own, Marks((here, Presence.PRESENT)))
            else:
                with pytest.raises(NotAllowed):
                    note(person, own, Marks((here, Presence.PRESENT)))
        whole = called(people["office"], here, there)
        note(people["head"], whole, Marks((here, Presence.PRESENT)))
        with pytest.raises(NotAllowed):
            note(people["head"], whole, Marks((there, Presence.PRESENT)))
        with pytest.raises(NotAllowed):
            note(people["teacher"], whole, Marks((here, Presence.LATE)))


def test_nobody_notes_the_own_attendance():
    here = room()
    both = with_role(here.user, Role.OFFICE)
    meeting = called(both, here)
    with at_time("2024-03-20"), pytest.raises(NotAllowed, match="自己的出席"):
        note(both, meeting, Marks((here, Presence.PRESENT)))


def test_two_people_at_the_same_sheet_do_not_overwrite_each_other():
    giver, here = office(), room()
    meeting = called(giver, here)
    with at_time("2024-03-20"):
        seen = meeting.version
        note(giver, meeting, Marks((here, Presence.PRESENT)))
        with pytest.raises(StaleError):
            note(office(), meeting, Marks((here, Presence.ABSENT)), version=seen, reason="看错")
    assert meeting.attendances.get().presence == Presence.PRESENT


def test_a_cancelled_meeting_counts_for_nobody_and_a_held_one_stays():
    giver, here = office(), room()
    meeting = called(giver, here)
    with pytest.raises(NotAllowed):
        meetings.cancel(college_admin(here.college), meeting, "台风")
    with at_time("2024-03-18"):
        note(giver, meeting, Marks((here, Presence.EXCUSED)))
    meetings.cancel(giver, meeting, "台风")
    assert not MeetingAttendance.objects.counted().exists()
    with at_time("2024-03-20"), pytest.raises(NotAllowed, match="已经取消"):
        note(giver, meeting, Marks((here, Presence.PRESENT)))
    held = called(giver, here)
    with at_time("2024-03-20"):
        note(giver, held, Marks((here, Presence.PRESENT)))
    with pytest.raises(NotAllowed, match="已经登记出席"):
        meetings.cancel(giver, held, "台风")


def test_a_college_calls_only_its_own_people():
    here, there = room(), room()
    admin = college_admin(here.college)
    with pytest.raises(UserError, match="不带"):
        called(admin, there, giver=Giver.COLLEGE, college=here.college)
    with pytest.raises(NotAllowed):
        called(admin, here)


@pytest.mark.clause("C9.4.1")
def test_a_meeting_is_called_and_noted_in_the_browser_and_the_teacher_sees_the_own_mark():
    giver, here, there = office(), room(), room()
    client = client_for(giver)
    client.post(
        reverse("duties:meeting_new"),
        {"giver": "school", "kind": "study", "title": "学习文件", "held_on": "2024-03-20", "whom": "all"},
    )
    meeting = StaffMeeting.objects.get()
    first, second = meeting.attendances.order_by("pk")
    page = client.get(reverse("duties:meeting_sheet", args=[meeting.pk])).content.decode()
    assert "全部出席" in page
    answer = client.post(
        reverse("duties:meeting_sheet", args=[meeting.pk]),
        {"version": meeting.version, f"p{first.pk}": "present", f"p{second.pk}": "excused", f"n{second.pk}": "公差"},
    )
    assert answer.status_code == 302
    assert "1 ÷ 1" in client.get(meeting.get_absolute_url()).content.decode()
    mine = client_for(there.user).get(reverse("duties:meetings")).content.decode()
    assert "准假" in mine
    assert "公差" in mine
    one = client_for(there.user).get(meeting.get_absolute_url()).content.decode()
    assert here.teacher.staff_no not in one
    assert client_for(room().user).get(meeting.get_absolute_url()).status_code == 404


def test_few_and_many_meetings_ask_the_same_number_of_questions(django_assert_num_queries):
    giver, here, there = office(), room(), room()
    for user in (giver, here.user):
        client = client_for(user)
        for _ in range(3):
            called(giver, here, there)
        client.get(reverse("duties:meetings"))
        with CaptureQueriesContext(connection) as few:
            client.get(reverse("duties:meetings"))
        for _ in range(9):
            called(giver, here, there)
        with django_assert_num_queries(len(few)):
            client.get(reverse("duties:meetings"))
