"""请销假: a slip is granted, fills roll calls, corrects those saved before it, and is closed by the return."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from duties.models import LeaveState, Mark, StudentLeave
from duties.services import attendance as rolls
from duties.services import student_leaves as services
from duties.services.attendance import MarkInput
from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.web.errors import NotAllowed, StaleError, UserError
from tests.access.world import PDF
from tests.duties.given import Room, room
from tests.factories import assessor, audit_entries, client_for, college_admin, office
from tests.teachers.given import appointed, day, enrolled, teacher_of

pytestmark = pytest.mark.django_db


def asked(where: Room, student=None, first="2024-03-18", last="2024-03-20", **more) -> StudentLeave:
    values = {"kind": "sick", "reason": "发热就诊", "starts_on": day(first), "ends_on": day(last)} | more
    return services.record_leave(where.user, where.school_class, student or where.students[0], **values)


def status(who: User, url: str) -> int:
    """What the person is answered; a file is read to its end, which closes it."""
    answer = client_for(who).get(url)
    if answer.streaming:
        b"".join(answer.streaming_content)
    return answer.status_code


def called(where: Room, marks=None, on="2024-03-18", period="1-2节"):
    return rolls.call_roll(where.user, where.school_class, day(on), period, marks or {})


@pytest.mark.clause("C9.2.3.5", "C5.4a")
def test_a_class_teacher_writes_a_slip_calls_the_roll_and_closes_the_slip():
    where = room(3)
    browser = client_for(where.user)
    student = where.students[1]
    sent = {
        "student": f"{where.school_class.pk}:{student.pk}", "kind": "sick", "starts_on": "2024-03-18",
        "ends_on": "2024-03-20", "reason": "发热就诊", "approved": "1",
        "proof": SimpleUploadedFile("病历.pdf", PDF),
    }  # fmt: skip
    answer = browser.post(reverse("duties:leave_new"), sent, follow=True)
    leave = StudentLeave.objects.get()
    assert leave.state == LeaveState.APPROVED
    assert leave.approver_name == where.user.name
    assert "逾期未销假" in answer.content.decode()
    assert status(where.user, leave.proof.get_absolute_url()) == 200
    session = called(where)
    assert (session.excused, session.absent) == (1, 0)
    url = reverse("duties:leave_return", args=[leave.pk])
    browser.post(url, {"returned_on": "2024-03-21", "note": "", "version": leave.version})
    leave.refresh_from_db()
    assert (leave.state, leave.returned_on) == (LeaveState.RETURNED, day("2024-03-21"))
    actions = [entry.action for entry in audit_entries("duties.leave", leave)]
    assert actions == ["duties.leave_ask", "duties.leave_returned"]


def test_a_slip_that_waits_is_granted_or_refused_once_and_excuses_only_when_granted():
    where = room(2)
    leave = asked(where, approved=False)
    assert leave.approver_name == ""
    assert called(where).excused == 0
    services.approve_leave(college_admin(where.college), leave, version=leave.version, approver_name="学院办公室")
    assert (leave.state, leave.approver_name) == (LeaveState.APPROVED, "学院办公室")
    assert called(where, period="3-4节").excused == 1
    with pytest.raises(NotAllowed, match="不需要再批"):
        services.refuse_leave(where.user, leave, reason="晚了", version=leave.version)
    other = asked(where, where.students[1], approved=False)
    with pytest.raises(UserError, match="不准假的理由"):
        services.refuse_leave(where.user, other, reason=" ", version=other.version)
    services.refuse_leave(where.user, other, reason="没有证明", version=other.version)
    assert other.note == "没有证明"


def test_two_people_deciding_on_a_slip_do_not_overwrite_each_other():
    where = room(1)
    leave = asked(where, approved=False)
    mine, theirs = StudentLeave.objects.get(), StudentLeave.objects.get()
    services.approve_leave(where.user, mine, version=leave.version)
    with pytest.raises(StaleError):
        services.refuse_leave(where.user, theirs, reason="没有证明", version=leave.version)
    leave.refresh_from_db()
    assert leave.state == LeaveState.APPROVED


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"first": "2024-03-21", "last": "2024-03-20"}, "早于开始日期"),
        ({"reason": " "}, "请假事由"),
        ({"first": "2023-08-01", "last": "2023-08-02"}, "不在.*在读名册上"),
    ],
)
def test_slips_that_cannot_be(more, text):
    where = room(1)
    with pytest.raises(UserError, match=text):
        asked(where, **more)
    assert not StudentLeave.objects.exists()


def test_slips_of_one_student_do_not_overlap_unless_they_name_different_periods():
    where = room(1)
    asked(where, periods="1-2节")
    with pytest.raises(UserError, match=r"2024-03-18 至 2024-03-20 已有病假（已准假）"):
        asked(where, first="2024-03-20", last="2024-03-25")
    asked(where, periods="3-4节")
    asked(where, first="2024-03-21", last="2024-03-21")


def test_after_an_early_return_the_rest_of_the_days_is_free_again():
    where = room(1)
    leave = asked(where, last="2024-03-22")
    services.return_leave(where.user, leave, returned_on=day("2024-03-20"), version=1)
    assert called(where, on="2024-03-19").excused == 1
    assert called(where, on="2024-03-20").excused == 0
    asked(where, first="2024-03-20", last="2024-03-22")


@pytest.mark.parametrize(("on", "text"), [("2024-03-17", "不能早于"), ("2099-01-01", "不能晚于今天")])
def test_days_on_which_nobody_returns(on, text):
    where = room(1)
    with pytest.raises(UserError, match=text):
        services.return_leave(where.user, asked(where), returned_on=day(on), version=1)


@pytest.mark.clause("C5.4a", "A-30")
def test_a_slip_dated_over_saved_roll_calls_corrects_them_and_leaves_a_trace():
    where = room(4)
    one, late, *_ = where.students
    first = called(where, {one.pk: MarkInput(Mark.ABSENT), late.pk: MarkInput(Mark.LATE)})
    present = called(where, period="3-4节")
    spoken = called(where, {one.pk: MarkInput(Mark.LEAVE, approved=True)}, period="5-6节")
    leave = asked(where, one)
    found = services.sessions_to_update(leave)
    # Whoever was there stays present.
    assert [(session.pk, word) for session, word in found] == [(first.pk, "旷课"), (spoken.pk, "请假")]
    browser = client_for(where.user)
    page = browser.get(leave.get_absolute_url()).content.decode()
    assert "有 2 次点名早于这张请假单" in page
    browser.post(reverse("duties:leave_apply", args=[leave.pk]), {"sessions": [first.pk, spoken.pk]})
    first.refresh_from_db()
    assert (first.due, first.present, first.excused, first.absent, first.late) == (4, 3, 1, 0, 1)
    assert first.marks.get(student=one).leave == leave
    change = first.changes.get()
    assert (change.before["marks"][str(one.pk)], change.after["marks"][str(one.pk)]) == ("旷课", "请假")
    assert change.reason.startswith("补请假单：病假")
    assert f"{one.name}：补上请假单" in browser.get(spoken.get_absolute_url()).content.decode()
    assert not present.changes.exists()
    assert services.sessions_to_update(leave) == []
    assert audit_entries("duties.leave_apply", leave)[0].after["sessions"] == [first.pk, spoken.pk]


def test_a_roll_call_that_changed_meanwhile_is_not_corrected_by_the_slip():
    where = room(2)
    one = where.students[0]
    session = called(where, {one.pk: MarkInput(Mark.ABSENT)})
    leave = asked(where, one)
    rolls.correct_session(where.user, session, {}, reason="在场", version=1)
    with pytest.raises(StaleError):
        services.apply_leave(where.user, leave, {session.pk})


def test_a_voided_slip_leaves_absence_behind_where_it_had_excused():
    where = room(2)
    leave = asked(where)
    session = called(where)
    assert services.void_leave(where.user, leave, reason="冒用", version=1) == 1
    session.refresh_from_db()
    assert (session.present, session.excused, session.absent) == (1, 0, 1)
    assert session.changes.get().after["marks"] == {str(where.students[0].pk): "未准假"}
    with pytest.raises(NotAllowed):
        services.void_leave(where.user, leave, reason="再来", version=2)


def test_who_decides_on_slips():
    where = room(1)
    stranger = room(1, college=where.college).user
    leave = asked(where, approved=False)
    for who in (stranger, college_admin(), office()):
        with pytest.raises(NotAllowed, match="由本班班主任或二级学院办理"):
            services.approve_leave(who, leave, version=1)


def test_slips_and_their_proofs_are_missing_for_others():
    where = room(1)
    leave = asked(where, proof=SimpleUploadedFile("病历.pdf", PDF))
    url, paper = leave.get_absolute_url(), leave.proof.get_absolute_url()
    for who in (college_admin(where.college), office(), where.user):
        assert status(who, url) == 200
        assert status(who, paper) == 200
    for who in (room(1, college=where.college).user, college_admin(), assessor(where.college)):
        assert status(who, url) == 404
        assert status(who, paper) == 404
    assert status(office(), reverse("duties:leave_return", args=[leave.pk])) == 404


@pytest.mark.clause("C9.2.3.5")
def test_the_list_begins_with_what_waits_and_what_is_overdue():
    where = room(4)
    done = asked(where, where.students[0], first="2024-03-01", last="2024-03-02")
    services.return_leave(where.user, done, returned_on=day("2024-03-03"), version=1)
    asked(where, where.students[1], first="2024-03-04", last="2024-03-05")
    asked(where, where.students[2], first="2024-02-19", last="2024-02-19", approved=False)
    browser = client_for(where.user)
    rows = list(browser.get(reverse("duties:leaves")).context["object_list"])
    assert [row.student for row in rows] == [where.students[2], where.students[1], where.students[0]]
    assert [row.overdue for row in rows] == [False, True, False]
    late = browser.get(reverse("duties:leaves"), {"state": "overdue"}).context["object_list"]
    assert [row.student for row in late] == [where.students[1]]


def test_the_list_asks_the_same_number_of_queries_for_three_and_twelve_slips():
    numbers = []
    for count in (3, 12):
        where = room(count)
        for student in where.students:
            asked(where, student)
        browser = client_for(where.user)
        browser.get(reverse("duties:leaves"))
        with CaptureQueriesContext(connection) as found:
            browser.get(reverse("duties:leaves"))
        numbers.append(len(found))
    assert numbers[0] == numbers[1]


def test_after_a_hand_over_the_slip_belongs_to_the_class_and_its_new_teacher():
    where = room(1)
    leave = asked(where)
    where.school_class.appointments.update(ends_on=day("2024-03-31"), end_reason="工作需要", state="ended")
    successor = teacher_of(where.college)
    appointed(where.school_class, successor, "2024-04-01")
    assert client_for(where.user).get(leave.get_absolute_url()).status_code == 404
    services.return_leave(successor.user, leave, returned_on=day("2024-03-21"), version=1)


def test_the_form_offers_the_students_of_the_class_asked_for_and_keeps_what_was_typed():
    where, other = room(2), room(1)
    browser = client_for(where.user)
    chosen = where.students[1]
    page = browser.get(
        reverse("duties:leave_new"), {"class": where.school_class.pk, "student": chosen.pk, "day": "2024-03-18"}
    )
    assert page.context["form"].initial["student"] == f"{where.school_class.pk}:{chosen.pk}"
    assert other.students[0].name not in page.content.decode()
    assert browser.get(reverse("duties:leave_new"), {"class": other.school_class.pk}).status_code == 404
    sent = {
        "student": f"{where.school_class.pk}:{chosen.pk}", "kind": "sick", "starts_on": "2024-03-20",
        "ends_on": "2024-03-18", "reason": "家中有事要回去两天",
    }  # fmt: skip
    answer = browser.post(reverse("duties:leave_new"), sent).content.decode()
    assert "结束日期早于开始日期" in answer
    assert "家中有事要回去两天" in answer
    assert not StudentLeave.objects.exists()


def test_the_college_chooses_a_class_first():
    where = room(1)
    admin = client_for(college_admin(where.college))
    assert where.school_class.name in admin.get(reverse("duties:leave_new")).content.decode()
    page = admin.get(reverse("duties:leave_new"), {"class": where.school_class.pk}).content.decode()
    assert where.students[0].name in page


def test_a_student_of_another_class_cannot_be_given_leave():
    where = room(1)
    stranger = enrolled(room(0).school_class, 1)[0]
    with pytest.raises(UserError, match="名册"):
        asked(where, stranger)
