"""Fee periods, dues and payments: who keeps them, and that what is owed is right to the 分 and never negative."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from duties import arrears
from duties.fee_figures import Share
from duties.models import FeeDue, FeePayment
from duties.services import fee_rows
from duties.services import fees as services
from duties.services.fee_rows import DueRow
from gaobo_banzhuren.web.errors import NotAllowed, StaleError, UserError
from teachers.models import StudentState
from teachers.services import students as student_services
from tests.duties.fees_given import FULL, due, period
from tests.duties.given import Room, room
from tests.factories import audit_entries, college_admin, office
from tests.teachers.given import day, enrolled

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Room:
    return room(5)


@pytest.fixture
def admin(here):
    return college_admin(here.college)


@pytest.mark.clause("C4.2a")
def test_owed_is_due_less_paid_less_waived(here, admin):
    one = due(admin, period(), here.students[0])
    services.record_payment(admin, one, 300_000, day("2023-09-10"))
    services.waive(admin, one, 80_000, "校内资助")
    one.refresh_from_db()
    assert (one.owed_fen, one.paid_on) == (300_000, None)
    services.record_payment(admin, one, 300_000, day("2023-10-20"))
    one.refresh_from_db()
    assert (one.owed_fen, one.paid_on) == (0, day("2023-10-20"))
    assert [entry.action for entry in audit_entries("duties.fee", one)] == [
        "duties.fee_payment", "duties.fee_waive", "duties.fee_payment",
    ]  # fmt: skip


@pytest.mark.clause("C4.2a")
def test_what_is_owed_is_never_negative(here, admin):
    one = due(admin, period(), here.students[0])
    with pytest.raises(UserError, match=r"尚欠 6,800\.00 元，不能登记 6,800\.01 元"):
        services.record_payment(admin, one, FULL + 1, day("2023-09-10"))
    services.record_payment(admin, one, FULL - 100, day("2023-09-10"))
    with pytest.raises(UserError, match=r"减免最多 1\.00 元"):
        services.waive(admin, one, 101, "太多")
    with pytest.raises(IntegrityError), transaction.atomic():
        FeeDue.objects.filter(pk=one.pk).update(waived_fen=101)
    with pytest.raises(UserError, match="超过应缴"):
        fee_rows.record_dues(admin, one.period, [DueRow(here.students[0].pk, FULL - 101)])


def test_a_mistaken_payment_is_taken_back_with_its_reason(here, admin):
    one = due(admin, period(), here.students[0])
    services.record_payment(admin, one, FULL, day("2023-09-10"))
    with pytest.raises(UserError, match="写明原因"):
        services.record_payment(admin, one, -FULL, day("2023-09-11"))
    services.record_payment(admin, one, -FULL, day("2023-09-11"), note="登错学生")
    one.refresh_from_db()
    assert (one.paid_fen, one.paid_on, one.payments.count()) == (0, None, 2)
    with pytest.raises(UserError, match="不能冲回"):
        services.record_payment(admin, one, -1, day("2023-09-11"), note="再冲")


def test_exemption_waives_everything_and_may_be_taken_back(here, admin):
    one = due(admin, period(), here.students[0])
    services.exempt(admin, one, "孤儿，校长办公会")
    assert (one.owed_fen, one.exempt) == (0, True)
    services.exempt(admin, one, "登记有误", on=False)
    assert (one.owed_fen, one.exempt) == (FULL, False)
    with pytest.raises(UserError, match="理由"):
        services.exempt(admin, one, " ")


def test_a_deferral_reaches_beyond_the_deadline_and_only_for_who_owes(here, admin):
    one = due(admin, period(), here.students[0])
    with pytest.raises(UserError, match="晚于缴费截止"):
        services.defer(admin, one, day("2023-10-31"), "贷款在途")
    services.defer(admin, one, day("2023-12-31"), "贷款在途")
    services.record_payment(admin, one, FULL, day("2023-12-30"))
    with pytest.raises(UserError, match="没有欠费"):
        services.defer(admin, one, day("2024-01-31"), "再缓")
    figures = arrears.class_fees([here.school_class.pk], one.period)[here.school_class.pk]
    assert figures.renewal == Share(1, 1)


def test_who_keeps_dues(here):
    where = period()
    for actor in (here.user, college_admin(), here.user):
        with pytest.raises(NotAllowed):
            due(actor, where, here.students[0])
    one = due(office(), where, here.students[0])
    for actor in (here.user, college_admin()):
        with pytest.raises(NotAllowed):
            services.record_payment(actor, one, 1, day("2023-09-10"))
        with pytest.raises(NotAllowed):
            services.waive(actor, one, 1, "x")
    with pytest.raises(NotAllowed):
        services.create_period(here.user, name="x", starts_on=day("2024-09-01"), deadline=day("2024-10-01"))


def test_two_people_at_once_are_told(here, admin):
    one = due(admin, period(), here.students[0])
    same = FeeDue.objects.select_related("student", "school_class", "period").get(pk=one.pk)
    services.record_payment(admin, one, 100, day("2023-09-10"))
    with pytest.raises(StaleError):
        services.record_payment(admin, same, FULL, day("2023-09-10"))
    assert FeePayment.objects.count() == 1


@pytest.mark.clause("C4.2c")
def test_the_class_teacher_notes_the_reason_of_the_own_class_only(here, admin):
    one = due(admin, period(), here.students[0])
    services.note_reason(here.user, one, "loan", "", version=one.version)
    assert one.get_reason_display() == "助学贷款未到"
    with pytest.raises(NotAllowed):
        services.note_reason(room().user, one, "forgotten", "", version=one.version)
    with pytest.raises(UserError, match="写明原因"):
        services.note_reason(here.user, one, "other", " ", version=one.version)


@pytest.mark.clause("C4.2a")
def test_a_list_is_recorded_whole_or_not_at_all_and_twice_changes_nothing(here, admin):
    where = period()
    rows = [DueRow(student.pk, FULL, paid_fen=FULL, paid_on=day("2023-09-15")) for student in here.students]
    assert fee_rows.record_dues(admin, where, rows) == fee_rows.Recorded(5, 0, 0)
    assert fee_rows.record_dues(admin, where, rows) == fee_rows.Recorded(0, 0, 5)
    assert FeePayment.objects.count() == 5
    bad = [DueRow(here.students[0].pk, FULL + 200), DueRow(here.students[1].pk, 100)]
    with pytest.raises(UserError, match="超过应缴"):
        fee_rows.record_dues(admin, where, bad)
    assert not FeeDue.objects.exclude(due_fen=FULL).exists()


def test_who_was_gone_before_the_period_cannot_be_due(here, admin):
    gone = enrolled(here.school_class, 1, "2023-08-01", StudentState.WITHDRAWN)[0]
    assert "不应缴" in fee_rows.problems_of(period(), [DueRow(gone.pk, FULL)])[0]


@pytest.mark.clause("C4.2a", "A-41")
def test_who_leaves_after_the_period_began_stays_due_and_unpaid(here, admin):
    where = period()
    payer, leaver = here.students[:2]
    due(admin, where, payer, paid_fen=FULL, paid_on=day("2023-09-15"))
    due(admin, where, leaver)
    student_services.change_state(admin, leaver, state=StudentState.WITHDRAWN, from_day=day("2023-10-08"), note="")
    found = arrears.class_fees([here.school_class.pk], where)[here.school_class.pk]
    assert (found.renewal, found.owed_fen) == (Share(1, 2), FULL)
    late = period("2024 春", "2024-02-01", "2024-03-31")
    assert 0 in fee_rows.problems_of(late, [DueRow(leaver.pk, FULL)])


def test_a_longer_list_asks_the_same_number_of_questions(here, admin):
    where = period()
    more = enrolled(here.school_class, 12)
    assert admin.access.colleges()
    counts = []
    for students in (here.students[:3], more):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            fee_rows.record_dues(admin, where, [DueRow(one.pk, FULL, paid_fen=100) for one in students])
        counts.append(len(seen))
    assert counts[0] == counts[1]


@pytest.mark.clause("C4.2a", "A-41")
def test_the_class_figures_follow_roster_deadline_and_first_period(here, admin):
    where = period()
    in_time, late, deferred, exempt, first = here.students
    due(admin, where, in_time, paid_fen=FULL, paid_on=day("2023-10-31"))
    due(admin, where, late, paid_fen=FULL, paid_on=day("2023-11-01"))
    due(admin, where, deferred, deferred_until=day("2023-12-31"))
    due(admin, where, exempt, exempt=True)
    due(admin, where, first, first_period=True, paid_fen=FULL, paid_on=day("2023-09-02"))
    later = enrolled(here.school_class, 1, "2023-09-20")[0]
    due(admin, where, later)
    found = arrears.class_fees([here.school_class.pk], where)[here.school_class.pk]
    assert found.renewal == Share(1, 3)  # who joined after the first day owes, but is not in the rate
    assert found.first == Share(1, 1)
    assert found.collection == Share(3 * FULL, 5 * FULL)
    assert (found.debtors, found.owed_fen, found.exempt, found.deferred) == (2, 2 * FULL, 1, 1)
