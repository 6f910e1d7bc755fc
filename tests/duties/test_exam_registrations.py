"""Registering for exams: within the window, by who works on the class, and told when somebody else was quicker."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from duties.models import ExamRegistration, ExamSession, RegistrationState, Window
from duties.services import exam_sessions
from duties.services import registrations as services
from gaobo_banzhuren.web.errors import NotAllowed, StaleError, UserError
from tests.duties.exams import ACCOUNTING, ENGLISH, course, registration, session
from tests.duties.given import Room, room
from tests.factories import audit_entries, college_admin, college_head, hr, office
from tests.teachers.given import appointed, teacher_of

pytestmark = pytest.mark.django_db
State = RegistrationState


def days(number: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=number)


def sitting(opens: int = -5, closes: int = 5, **fields: object) -> ExamSession:
    values: dict[str, object] = {
        "starts_on": days(30), "ends_on": days(31), "results_on": None, "registration_opens_on": days(opens),
        "registration_closes_on": days(closes),
    }  # fmt: skip
    return session("本期统考", **(values | fields))


def change(row: ExamRegistration, state: str, *, paid: bool = False, version: int = 1) -> services.RegistrationChange:
    return services.RegistrationChange(row.pk, version, state, paid)


def listed(here: Room, where: ExamSession, count: int = 2) -> list[ExamRegistration]:
    what = course()
    return [registration(here, student, where, what) for student in here.students[:count]]


@pytest.mark.clause("C5.5a")
def test_both_days_of_the_window_belong_to_it():
    where = sitting(0, 2)
    assert [where.window_on(days(n)) for n in (-1, 0, 2, 3)] == [
        Window.BEFORE, Window.OPEN, Window.OPEN, Window.CLOSED,
    ]  # fmt: skip
    where.registration_opens_on = where.registration_closes_on = None
    assert where.window_on(days(0)) is Window.NONE


@pytest.mark.clause("C5.5a")
@pytest.mark.parametrize("who", ["teacher", "admin", "head", "office"])
def test_a_closed_window_refuses_everybody_until_the_office_moves_its_day(who):
    here = room(2)
    where = sitting(-20, -1)
    row = listed(here, where)[0]
    people = {
        "teacher": here.user, "admin": college_admin(here.college), "head": college_head(here.college),
        "office": office(),
    }  # fmt: skip
    actor = people[who]
    with pytest.raises(NotAllowed, match=r"的报名已于 .* 截止，不能再改.*联系继续教育学院"):
        services.set_many(actor, where, here.school_class, [change(row, State.REGISTERED)])
    with pytest.raises(NotAllowed, match="截止"):
        services.plan(actor, where, here.school_class, [course(*ENGLISH)], [here.students[1].pk])
    with pytest.raises(NotAllowed, match="截止"):
        services.record_registrations(
            actor, where, [services.RegistrationRow(here.students[0].pk, row.course_id)]
        )  # fmt: skip
    with pytest.raises(NotAllowed, match="截止"):
        services.remove(actor, row, version=1)
    values = {name: getattr(where, name) for name in exam_sessions.SESSION_FIELDS}
    values["registration_closes_on"] = days(0)
    where = exam_sessions.save_session(office(), values, session=where, version=1)
    assert services.set_many(actor, where, here.school_class, [change(row, State.REGISTERED)]) == 1
    entry = audit_entries("duties.exam_session_change")[0]
    assert (entry.before["registration_closes_on"], entry.after["registration_closes_on"]) == (
        days(-1).isoformat(), days(0).isoformat(),
    )  # fmt: skip


@pytest.mark.clause("C5.5a")
def test_before_the_window_opens_the_list_may_be_made_and_nobody_is_registered():
    here, where = room(2), sitting(3, 9)
    assert services.plan(here.user, where, here.school_class, [course()], [here.students[0].pk]) == 1
    with pytest.raises(NotAllowed, match="才开始报名"):
        services.set_many(
            here.user, where, here.school_class, [change(ExamRegistration.objects.get(), State.REGISTERED)]
        )  # fmt: skip


def test_only_who_works_on_the_class_changes_its_registrations():
    here, there, where = room(1), room(1), sitting()
    row = listed(here, where, 1)[0]
    for stranger in (there.user, college_admin(there.college), hr()):
        with pytest.raises(NotAllowed):
            services.set_many(stranger, where, here.school_class, [change(row, State.REGISTERED)])
        with pytest.raises(NotAllowed):
            services.check(stranger, where, here.school_class, [row.pk])
    coming = teacher_of(here.college)
    here.school_class.appointments.update(ends_on=days(10), end_reason="工作需要", state="ended")
    appointed(here.school_class, coming, days(11).isoformat())
    with pytest.raises(NotAllowed, match=r"不是.*的在岗班主任"):
        services.set_many(coming.user, where, here.school_class, [change(row, State.REGISTERED)])


def test_the_exam_of_another_college_takes_no_registrations():
    here, there = room(1), room(1)
    where = sitting(college=there.college, kind="校考")
    with pytest.raises(NotAllowed, match="另一学院自己组织的考试"):
        services.plan(office(), where, here.school_class, [course()], [here.students[0].pk])


def test_a_row_changed_elsewhere_meanwhile_stops_the_whole_grid():
    here, where = room(2), sitting()
    first, second = listed(here, where)
    services.set_many(here.user, where, here.school_class, [change(second, State.GIVEN_UP)])
    with pytest.raises(StaleError):
        services.set_many(
            here.user, where, here.school_class, [change(first, State.REGISTERED), change(second, State.REGISTERED)]
        )
    assert sorted(ExamRegistration.objects.values_list("state", "version")) == [("given_up", 2), ("planned", 1)]


def test_a_change_takes_the_check_away_and_checking_stays_open_after_the_window():
    here, where = room(2), sitting()
    first, second = listed(here, where)
    services.set_many(here.user, where, here.school_class, [change(first, State.REGISTERED, paid=True)])
    assert services.check(here.user, where, here.school_class, [first.pk, second.pk]) == 1
    first.refresh_from_db()
    assert (first.checked_by, first.version) == (here.user, 3)
    services.set_many(here.user, where, here.school_class, [change(first, State.GIVEN_UP, paid=True, version=3)])
    first.refresh_from_db()
    assert first.checked_at is None
    services.set_many(here.user, where, here.school_class, [change(second, State.REGISTERED)])
    ExamSession.objects.update(registration_closes_on=days(-1))
    where.refresh_from_db()
    assert services.check(here.user, where, here.school_class, [second.pk]) == 1
    assert services.check(here.user, where, here.school_class, [second.pk]) == 0


def test_nonsense_is_refused():
    here, there, where = room(1), room(1), sitting()
    row, foreign = listed(here, where, 1)[0], listed(there, where, 1)[0]
    for bad, text in (
        (change(foreign, State.REGISTERED), "不属于这个班"), (change(row, "paid"), "没有报名状态"),
        (change(row, State.GIVEN_UP, paid=True), "放弃报考的不能登记缴费"),
    ):  # fmt: skip
        with pytest.raises(UserError, match=text):
            services.set_many(here.user, where, here.school_class, [bad])
    with pytest.raises(UserError, match=r"不在.*的名册上"):
        services.plan(here.user, where, here.school_class, [course()], [there.students[0].pk])
    with pytest.raises(UserError, match="请选择学生和课程"):
        services.plan(here.user, where, here.school_class, [], [here.students[0].pk])


def test_a_planned_row_is_removed_and_a_registered_one_is_given_up_instead():
    here, where = room(2), sitting()
    first, second = listed(here, where)
    services.remove(here.user, first, version=1)
    services.set_many(here.user, where, here.school_class, [change(second, State.REGISTERED)])
    second.refresh_from_db()
    with pytest.raises(UserError, match="请改为「放弃」"):
        services.remove(here.user, second, version=second.version)
    assert ExamRegistration.objects.count() == 1
    assert len(audit_entries("duties.registration_remove")) == 1


@pytest.mark.clause("C5.5a")
def test_a_list_is_written_down_once_and_the_same_list_changes_nothing():
    here, where, accounting, english = room(2), sitting(), course(*ACCOUNTING), course(*ENGLISH)
    registration(here, here.students[0], where, accounting)
    rows = [
        services.RegistrationRow(student.pk, what.pk, State.REGISTERED, paid=what == english)
        for student in here.students
        for what in (accounting, english)
    ]
    admin = college_admin(here.college)
    assert services.record_registrations(admin, where, rows) == services.Written(3, 1, 0)
    assert services.record_registrations(admin, where, rows) == services.Written(0, 0, 4)
    assert set(ExamRegistration.objects.values_list("state", flat=True)) == {"registered"}
    assert ExamRegistration.objects.filter(paid=True).count() == 2
    with pytest.raises(UserError, match="出现了两次"):
        services.record_registrations(admin, where, [rows[0], rows[0]])
    law = services.RegistrationRow(here.students[0].pk, course("00043", "经济法概论").pk, State.GIVEN_UP, paid=True)
    with pytest.raises(UserError, match="放弃报考的不能登记缴费"):
        services.record_registrations(admin, where, [law])


def test_the_grid_costs_the_same_queries_for_three_and_twelve_students():
    here, where = room(12), sitting()
    rows = listed(here, where, 12)
    assert here.user.access.roles
    asked = []
    for some in (rows[:3], rows[3:]):
        with CaptureQueriesContext(connection) as queries:
            services.set_many(
                here.user, where, here.school_class, [change(row, State.REGISTERED, paid=True) for row in some]
            )
        asked.append(len(queries))
    assert asked[0] == asked[1]
