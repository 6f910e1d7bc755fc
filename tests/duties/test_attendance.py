"""Calling the roll: exceptions only, counts fixed, once per period, corrected with a trace (第五条（四）)."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from duties.attendance_counts import Counts, attendance_fraction, listed_on, slip_covers, tally, truancy_days
from duties.models import AttendanceMark, AttendanceSession, LeaveState, Mark, StudentLeave
from duties.services import attendance as services
from duties.services.attendance import AlreadyCalled, MarkInput, SessionInput
from gaobo_banzhuren.web.errors import NotAllowed, StaleError, UserError
from teachers.models import RosterEntry
from tests.duties.given import MONDAY, Room, room
from tests.factories import audit_entries, client_for, college_admin, office
from tests.teachers.given import day, enrolled, teacher_of

pytestmark = pytest.mark.django_db

ABSENT = MarkInput(Mark.ABSENT)


def called(where: Room, marks: dict | None = None, on=MONDAY, period="1-2节", **more) -> AttendanceSession:
    return services.call_roll(where.user, where.school_class, on, period, marks or {}, **more)


def slip(where: Room, student, first="2024-03-18", last="2024-03-20", **more) -> StudentLeave:
    values = {"kind": "sick", "reason": "发热", "recorded_by": where.user} | more
    return StudentLeave.objects.create(
        student=student, school_class=where.school_class, starts_on=day(first), ends_on=day(last), **values
    )


@pytest.mark.clause("C5.4a", "A-30", "A-32")
def test_only_exceptions_are_kept_and_the_counts_add_up():
    where = room(6)
    one, two, three, four, *_ = where.students
    session = called(
        where,
        {
            one.pk: ABSENT, two.pk: MarkInput(Mark.LATE), three.pk: MarkInput(Mark.LEAVE, approved=True),
            four.pk: MarkInput(Mark.LEAVE, approved=False),
        },
    )  # fmt: skip
    # 6 due: 1 excused, 旷课 and the leave that was not granted are absence, the late one was there.
    assert services.counts_of(session) == Counts(due=6, present=3, late=1, early=0, excused=1, absent=2)
    assert session.marks.count() == 4
    assert audit_entries("duties.attendance_call", session)[0].after["absent"] == 2


def test_a_student_who_left_the_roster_is_not_due_and_a_newcomer_is():
    where = room(3)
    RosterEntry.objects.filter(student=where.students[0]).update(ends_on=day("2024-03-17"))
    enrolled(where.school_class, 1, first="2024-03-18")
    enrolled(where.school_class, 1, state="休学")
    assert called(where).due == 3


@pytest.mark.clause("C5.4a")
def test_marks_of_students_who_are_not_on_the_roster_that_day_are_refused_by_name():
    where, other = room(3), room(1)
    gone = where.students[0]
    RosterEntry.objects.filter(student=gone).update(ends_on=day("2024-03-17"))
    with pytest.raises(UserError, match=rf"{gone.name} 2024-03-18 不在.*在读名册上"):
        called(where, {gone.pk: ABSENT})
    with pytest.raises(UserError) as refused:
        called(where, {other.students[0].pk: ABSENT})
    assert "有 1 名学生" in refused.value.message
    assert other.students[0].name not in refused.value.message
    assert not AttendanceSession.objects.exists()


def test_a_granted_slip_fills_the_mark_and_a_word_of_the_teacher_goes_before_it():
    where = room(4)
    sick, official, came, waiting = where.students
    first = slip(where, sick)
    slip(where, official, kind="official")
    slip(where, came)
    slip(where, waiting, state=LeaveState.ASKED)
    session = called(where, {came.pk: MarkInput(Mark.PRESENT)})
    marks = {mark.student_id: mark for mark in session.marks.all()}
    assert set(marks) == {sick.pk, official.pk}
    assert (marks[sick.pk].mark, marks[sick.pk].approved, marks[sick.pk].leave) == ("leave", True, first)
    assert marks[official.pk].mark == "official"
    assert (session.due, session.present, session.excused, session.absent) == (4, 2, 2, 0)


def test_a_slip_for_single_periods_excuses_in_those_only():
    where = room(2)
    slip(where, where.students[0], periods="3-4节")
    assert called(where).excused == 0
    assert called(where, period="3-4节").excused == 1


def test_a_slip_that_was_taken_back_meanwhile_is_not_recorded_as_presence():
    where = room(2)
    paper = slip(where, where.students[0])
    StudentLeave.objects.filter(pk=paper.pk).update(state=LeaveState.VOIDED)
    with pytest.raises(UserError, match="请假单刚有变动"):
        called(where, slips=[where.students[0].pk])


def test_the_same_draft_sent_twice_is_one_roll_call():
    where = room(2)
    first = called(where, client_id="draft-1")
    assert called(where, {where.students[0].pk: ABSENT}, client_id="draft-1") == first
    assert AttendanceSession.objects.count() == 1
    assert len(audit_entries("duties.attendance_call")) == 1


def test_a_second_roll_call_of_the_period_says_who_was_first():
    where = room(2)
    first = called(where)
    with pytest.raises(AlreadyCalled, match=r"2024-03-18 1-2节 已由.*点过名（应到 2，实到 2）") as refused:
        called(where, client_id="another")
    assert refused.value.session == first


def test_two_people_calling_at_the_same_moment_leave_one_roll_call(monkeypatch):
    """The look-up finds nothing, then the other one is quicker: the database keeps the second out."""
    where = room(2)
    real, looked = services._refuse_repeats, []

    def late(school_class, sessions):
        if not looked:
            looked.append(1)
            services.AttendanceSession.objects.create(
                school_class=school_class, day=MONDAY, period="1-2节", due=2, present=2, taken_by=where.user
            )
            return
        real(school_class, sessions)

    monkeypatch.setattr(services, "_refuse_repeats", late)
    with pytest.raises(AlreadyCalled):
        called(where, {where.students[0].pk: ABSENT})
    assert not AttendanceMark.objects.exists()


def test_the_table_itself_takes_one_standing_roll_call_a_period():
    where = room(1)
    called(where)
    with pytest.raises(IntegrityError), transaction.atomic():
        AttendanceSession.objects.create(
            school_class=where.school_class, day=MONDAY, period="1-2节", due=1, present=1, taken_by=where.user
        )


@pytest.mark.parametrize(("on", "text"), [("2099-01-01", "不能提前点名"), ("2023-08-31", "不在.*开班期间")])
def test_days_that_cannot_have_a_roll_call(on, text):
    where = room(1)
    with pytest.raises(UserError, match=text):
        services.call_roll(college_admin(where.college), where.school_class, day(on), "1-2节", {})


def test_who_may_call():
    where = room(1)
    stranger = teacher_of(where.college).user
    with pytest.raises(NotAllowed, match=r"您不是.*在岗班主任"):
        services.call_roll(stranger, where.school_class, MONDAY, "1-2节", {})
    with pytest.raises(NotAllowed):
        services.call_roll(college_admin(), where.school_class, MONDAY, "1-2节", {})
    services.call_roll(college_admin(where.college), where.school_class, MONDAY, "1-2节", {})


def test_many_roll_calls_at_once_are_all_or_none():
    where = room(5)
    days = [day("2024-03-18"), day("2024-03-19"), day("2024-03-20")]
    wanted = [SessionInput(each, "1-2节", {where.students[0].pk: ABSENT}) for each in days]
    made = services.call_many(where.user, where.school_class, wanted)
    assert [session.day for session in made] == days
    assert [session.absent for session in made] == [1, 1, 1]
    entry = audit_entries("duties.attendance_call_many")[0]
    assert entry.after["sessions"] == 3
    assert entry.after["due"] == 15
    more = [SessionInput(day("2024-03-21"), "1-2节", {}), SessionInput(day("2024-03-20"), "1-2节", {})]
    with pytest.raises(AlreadyCalled):
        services.call_many(where.user, where.school_class, more)
    assert AttendanceSession.objects.count() == 3


def test_many_roll_calls_ask_the_same_number_of_queries():
    small, large = room(20), room(60)
    counts = []
    for where, sessions in ((small, 3), (large, 12)):
        wanted = [
            SessionInput(day(f"2024-03-{4 + index:02d}"), "1-2节", {where.students[index].pk: ABSENT})
            for index in range(sessions)
        ]
        with CaptureQueriesContext(connection) as found:
            services.call_many(where.user, where.school_class, wanted)
        counts.append(len(found))
    assert counts[0] == counts[1]


@pytest.mark.clause("C5.4a")
def test_a_correction_keeps_what_was_said_before_and_why():
    where = room(3)
    one, two, _ = where.students
    session = called(where, {one.pk: ABSENT})
    change = services.correct_session(
        where.user, session, {two.pk: MarkInput(Mark.LATE)}, reason="认错人", version=session.version
    )
    session.refresh_from_db()
    assert (session.present, session.late, session.absent, session.version) == (3, 1, 0, 2)
    assert change.before["marks"] == {str(one.pk): "旷课"}
    assert change.after["marks"] == {str(two.pk): "迟到"}
    entry = audit_entries("duties.attendance_correct", session)[0]
    assert entry.reason == "认错人"
    assert entry.before["counts"]["absent"] == 1
    page = client_for(where.user).get(session.get_absolute_url()).content.decode()
    assert f"{one.name}：旷课 → 出勤" in page
    assert f"{two.name}：出勤 → 迟到" in page
    assert "认错人" in page


def test_a_correction_of_an_old_version_changes_nothing():
    where = room(2)
    session = called(where)
    services.correct_session(where.user, session, {where.students[0].pk: ABSENT}, reason="补记", version=1)
    with pytest.raises(StaleError):
        services.correct_session(where.user, session, {}, reason="再改", version=1)
    assert session.changes.count() == 1


@pytest.mark.parametrize(("marks", "reason", "text"), [({}, "x", "没有改动"), (None, " ", "理由")])
def test_corrections_without_a_change_or_a_reason_are_refused(marks, reason, text):
    where = room(2)
    session = called(where)
    given = {where.students[0].pk: ABSENT} if marks is None else marks
    with pytest.raises(UserError, match=text):
        services.correct_session(where.user, session, given, reason=reason, version=1)
    session.refresh_from_db()
    assert (session.version, session.absent) == (1, 0)


def test_a_voided_roll_call_counts_nowhere_and_frees_its_period():
    where = room(2)
    session = called(where, {where.students[0].pk: ABSENT})
    services.void_session(where.user, session, reason="点错班", version=1)
    again = called(where)
    assert again != session
    assert AttendanceSession.objects.standing().get() == again
    with pytest.raises(NotAllowed, match="已作废"):
        services.correct_session(where.user, session, {}, reason="改", version=2)


def test_pure_counting():
    assert tally(60, []) == Counts(60, 60)
    marks = [("absent", False)] * 3 + [("leave", True), ("leave", False), ("official", True), ("early", False)]
    assert tally(60, marks) == Counts(due=60, present=54, late=0, early=1, excused=2, absent=4)
    with pytest.raises(ValueError, match="exceptions"):
        tally(1, [("late", False), ("absent", False)])
    with pytest.raises(ValueError, match="no exception"):
        tally(2, [("present", False)])


@pytest.mark.clause("A-30", "A-32", "C9.2.2.1")
def test_the_three_readings_of_leave_and_the_two_of_lateness():
    # R01: 应到 1200, 准假 30, 旷课 45, so 实到 1125.
    counts = Counts(due=1200, present=1125, late=20, early=5, excused=30, absent=45)
    assert attendance_fraction(counts) == (1125, 1170)
    assert attendance_fraction(counts, leave="present") == (1155, 1200)
    assert attendance_fraction(counts, leave="absent") == (1125, 1200)
    assert attendance_fraction(counts, late_is_present=False) == (1100, 1170)


def test_days_of_a_slip():
    monday, wednesday = day("2024-03-18"), day("2024-03-20")
    assert slip_covers(monday, wednesday, None, "", wednesday, "1-2节")
    assert not slip_covers(monday, wednesday, None, "", day("2024-03-21"), "1-2节")
    assert not slip_covers(monday, wednesday, day("2024-03-19"), "", day("2024-03-19"), "1-2节")
    assert slip_covers(monday, wednesday, day("2024-03-21"), "", wednesday, "1-2节")
    assert not slip_covers(monday, wednesday, None, "3-4节、5-6节", monday, "1-2节")


@pytest.mark.parametrize(
    ("named", "period", "excused"),
    [
        ("1-2节", "1-2节", True), ("1-2", "第1-2节", True), ("3-4节、1-2节", "1-2节", True), ("上午", "3-4节", True),
        ("上午", "5-6节", False), ("上午", "上午", True), ("1-2节", "上午", False), ("晚上", "晚自习", True),
        ("11-12节", "1-2节", False),
    ],
)  # fmt: skip
def test_periods_are_recognised_however_they_are_written(named, period, excused):
    monday = day("2024-03-18")
    assert slip_covers(monday, monday, None, named, monday, period) is excused


@pytest.mark.clause("A-32", "A-42")
def test_lateness_becomes_truancy_only_where_the_rule_says_so():
    days = [day(f"2024-03-{number:02d}") for number in (1, 4, 5, 6)]
    assert truancy_days(days[:1], days[1:]) == days[:1]
    assert truancy_days(days[:1], days[1:], 3) == [days[0], days[3]]
    assert listed_on(days[:2], 3) is None
    assert listed_on(days, 3) == days[2]


def test_the_office_enters_lists_but_has_no_page_to_call():
    where = room(1)
    who = office()
    services.call_roll(who, where.school_class, MONDAY, "1-2节", {})
    assert client_for(who).get(reverse("duties:roll_call", args=[where.school_class.pk])).status_code == 404


def test_the_same_draft_arriving_twice_at_the_same_moment_is_one_roll_call(monkeypatch):
    """Both look before either has written: the second is given what the first one wrote."""
    where = room(2)
    first = called(where, client_id="draft-1")
    real, looked = services._sent_before, []

    def blind(actor, client_ids):
        looked.append(1)
        return {} if len(looked) == 1 else real(actor, client_ids)

    monkeypatch.setattr(services, "_sent_before", blind)
    monkeypatch.setattr(services, "_refuse_repeats", lambda school_class, sessions: None)
    assert called(where, client_id="draft-1") == first
    assert AttendanceSession.objects.count() == 1
