"""Appointing, ending, renewing and correcting: who may, on which days, and what is left when it is refused."""

import pytest

from gaobo_banzhuren.regulation.models import SchoolYear
from teachers.models import Appointment, AppointmentState, ClassTeacher, Dismissal, EndReason, FilingEvent
from teachers.services import appointments as services
from tests.factories import CollegeFactory, audit_entries, college_admin, college_head, hr, office, sysadmin

from .given import SchoolClassFactory, appointed, day, teacher_for, teacher_of
from .refusals import NotAllowed, StaleError, UserError, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def school_class():
    return SchoolClassFactory(name="会计2301班", code="K2301")


@pytest.fixture
def admin(school_class):
    return college_admin(school_class.college)


def acting(actor, school_class, teacher, first="2023-10-09", **fields):
    return services.appoint_acting(actor, school_class=school_class, teacher=teacher, starts_on=day(first), **fields)


@pytest.mark.clause("A-81")
def test_a_term_without_a_date_is_the_school_year(admin, school_class):
    appointment = acting(admin, school_class, teacher_of(school_class.college))

    assert appointment.planned_end_on == day("2024-08-31")
    assert (appointment.state, appointment.kind) == ("appointed", "acting")
    assert [event.kind for event in appointment.filing_events.all()] == [FilingEvent.Kind.SUBMITTED]
    entry = audit_entries("teachers.appoint_acting", appointment)[0]
    assert (entry.actor_id, entry.college_id, entry.after["starts_on"]) == (
        admin.pk,
        school_class.college_id,
        "2023-10-09",
    )


@pytest.mark.clause("A-81")
def test_a_term_may_last_until_the_class_closes_and_never_longer(admin):
    closing = SchoolClassFactory(college=college_of(admin), closes_on=day("2024-06-30"))
    assert acting(admin, closing, teacher_of(closing.college)).planned_end_on == day("2024-06-30")

    SchoolYear.objects.update(term_of_office="cohort")
    cohort = SchoolClassFactory(college=closing.college, closes_on=day("2026-06-30"))
    assert acting(admin, cohort, teacher_of(closing.college)).planned_end_on == day("2026-06-30")


def college_of(user):
    return user.home_college


@pytest.mark.clause("C2.1")
@pytest.mark.parametrize("first", ["2023-09-20", "2023-10-31"])
def test_taken_days_are_refused_by_name_and_date(admin, school_class, first):
    appointed(school_class, teacher_of(school_class.college, name="林若水", staff_no="88001"), last="2023-10-31")

    other = teacher_of(school_class.college)
    text = refused(UserError, lambda: acting(admin, school_class, other, first))
    assert "会计2301班（K2301）在 2023-09-01 至 2023-10-31 已由林若水（88001）任班主任" in text
    assert f"{first} 起" in text


def test_an_appointment_starts_while_the_class_exists(admin, school_class):
    teacher = teacher_of(school_class.college)
    refused(UserError, lambda: acting(admin, school_class, teacher, "2023-08-31"), "开班")
    closed = SchoolClassFactory(college=school_class.college, closes_on=day("2023-10-01"))
    refused(UserError, lambda: acting(admin, closed, teacher, "2023-10-02"), "结班")


def test_only_the_own_college_appoints(school_class):
    teacher = teacher_of(school_class.college)
    strangers = [college_admin(), college_head(), office(), hr(), sysadmin(), teacher.user]
    for actor in strangers:
        refused(NotAllowed, lambda actor=actor: acting(actor, school_class, teacher), "二级学院")
    assert acting(college_head(school_class.college), school_class, teacher)


@pytest.mark.clause("A-80")
def test_nobody_appoints_ends_renews_or_corrects_oneself(admin, school_class):
    own = teacher_for(admin, school_class.college)
    refused(NotAllowed, lambda: acting(admin, school_class, own), "自己")

    held = appointed(school_class, own, planned_end_on=day("2024-08-31"))
    refused(NotAllowed, lambda: end(admin, held), "自己")
    refused(NotAllowed, lambda: services.renew(admin, held, planned_end_on=day("2025-08-31")), "自己")
    refused(NotAllowed, lambda: services.void_appointment(admin, held, reason="录错"), "自己")


@pytest.mark.clause("A-84")
def test_the_number_of_classes_is_not_limited_by_default(admin, school_class):
    teacher = teacher_of(school_class.college)
    for _ in range(4):
        appointed(SchoolClassFactory(college=school_class.college), teacher)

    assert acting(admin, school_class, teacher)


def end(actor, appointment, last="2023-12-31", reason=EndReason.WORK, **fields):
    return services.end_appointment(actor, appointment, last_day=day(last), reason=reason, **fields)


@pytest.mark.clause("C2.1")
def test_the_last_day_named_is_the_last_day_in_post(admin, school_class):
    appointment = appointed(school_class, filed_on=day("2023-09-10"), state="filed")
    end(admin, appointment, note="调往教务处")

    appointment.refresh_from_db()
    assert (appointment.state, appointment.ends_on, appointment.end_reason) == ("ended", day("2023-12-31"), "工作需要")
    assert Appointment.objects.on(day("2023-12-31")).get() == appointment
    assert not Appointment.objects.on(day("2024-01-01")).exists()
    entry = audit_entries("teachers.end", appointment)[0]
    assert (entry.before["state"], entry.after["state"], entry.reason) == ("filed", "ended", "调往教务处")


@pytest.mark.clause("C2.2")
def test_an_ordinary_end_is_no_dismissal_and_dismissal_is_not_ended_here(admin, school_class):
    appointment = appointed(school_class)
    refused(NotAllowed, lambda: end(admin, appointment, reason=EndReason.DISMISSED), "解聘")
    end(admin, appointment)
    assert not Dismissal.objects.exists()


def test_an_end_outside_the_term_is_refused(admin, school_class):
    appointment = appointed(school_class, planned_end_on=day("2024-08-31"))
    refused(UserError, lambda: end(admin, appointment, "2023-08-31"), "早于开始日期")
    refused(UserError, lambda: end(admin, appointment, "2024-09-01"), "先续聘")
    assert end(admin, appointment, "2024-08-31")


def test_what_has_ended_is_not_ended_again_and_an_old_page_does_not_win(admin, school_class):
    appointment = appointed(school_class)
    seen = Appointment.objects.get(pk=appointment.pk)
    refused(StaleError, lambda: end(admin, appointment, version=appointment.version + 1))
    end(admin, appointment)
    refused(NotAllowed, lambda: end(admin, Appointment.objects.get(pk=appointment.pk)), "2023-12-31")
    refused(StaleError, lambda: end(admin, seen, "2023-11-30"))


def test_another_college_ends_nothing(school_class):
    appointment = appointed(school_class)
    for actor in (college_admin(), office(), appointment.teacher.user):
        refused(NotAllowed, lambda actor=actor: end(actor, Appointment.objects.get(pk=appointment.pk)))


@pytest.mark.clause("C2.3")
def test_past_its_term_an_appointment_is_listed_and_out_of_post_until_it_is_renewed(admin, school_class):
    appointment = appointed(school_class, planned_end_on=day("2024-08-31"))
    first = day("2024-09-01")
    assert appointment.term_over_on(first)
    assert not appointment.term_over_on(day("2024-08-31"))
    assert Appointment.objects.on(day("2024-08-31")).exists()
    assert not Appointment.objects.on(first).exists()
    assert list(Appointment.objects.expiring(first)) == [appointment]

    services.renew(admin, appointment, planned_end_on=day("2025-08-31"), note="学院继续聘任")
    assert Appointment.objects.on(first).get() == appointment
    assert not Appointment.objects.expiring(first).exists()
    assert "续聘至 2025-08-31" in appointment.filing_events.get().text
    assert audit_entries("teachers.renew", appointment)[0].before["planned_end_on"] == "2024-08-31"


@pytest.mark.clause("C2.3")
def test_a_renewal_reaches_further_and_not_beyond_the_class(admin):
    school_class = SchoolClassFactory(college=college_of(admin), closes_on=day("2025-06-30"))
    appointment = appointed(school_class, planned_end_on=day("2024-08-31"))

    def renew(until, **fields):
        return services.renew(admin, appointment, planned_end_on=day(until), **fields)

    refused(UserError, lambda: renew("2024-08-31"), "应晚于")
    refused(UserError, lambda: renew("2025-07-01"), "结班")
    refused(StaleError, lambda: renew("2025-01-31", version=99))
    assert services.renew_many(admin, [appointment], planned_end_on=day("2025-08-31")) == 1
    assert appointment.planned_end_on == day("2025-06-30")
    end(admin, appointment)
    refused(NotAllowed, lambda: renew("2025-06-30"))


def test_renewing_many_is_all_or_nothing(admin, school_class):
    mine = appointed(school_class, planned_end_on=day("2024-08-31"))
    foreign = appointed(SchoolClassFactory(), planned_end_on=day("2024-08-31"))

    refused(NotAllowed, lambda: services.renew_many(admin, [mine, foreign], planned_end_on=day("2025-08-31")))


def test_a_correction_keeps_the_wrong_row_and_makes_a_new_one(admin, school_class):
    wrong = appointed(school_class, first="2023-10-01")
    right = services.correct_appointment(admin, wrong, reason="开始日期录错", starts_on=day("2023-09-11"))

    wrong.refresh_from_db()
    assert (wrong.state, wrong.starts_on) == (AppointmentState.VOIDED, day("2023-10-01"))
    assert (right.teacher, right.starts_on, right.state) == (wrong.teacher, day("2023-09-11"), "appointed")
    assert audit_entries("teachers.void", wrong)[0].reason == "开始日期录错"
    assert "开始日期录错" in right.note
    assert Appointment.objects.on(day("2023-10-05")).get() == right


@pytest.mark.clause("C2.3")
def test_a_corrected_import_gets_no_term_that_nobody_entered(admin, school_class):
    imported = appointed(school_class, first="2023-10-01")
    right = services.correct_appointment(admin, imported, reason="开始日期录错", starts_on=day("2023-09-11"))

    assert right.planned_end_on is None
    assert Appointment.objects.on(day("2025-03-01")).get() == right


def test_a_correction_that_cannot_be_leaves_the_old_row(admin, school_class):
    appointed(school_class, last="2023-09-30")
    wrong = appointed(school_class, first="2023-10-01")

    def correct(**fields):
        return services.correct_appointment(
            admin, wrong, **({"reason": "录错", "starts_on": day("2023-10-08")} | fields)
        )

    refused(UserError, lambda: correct(starts_on=day("2023-09-15")), "重叠")
    refused(UserError, lambda: correct(reason=" "), "原因")
    refused(UserError, lambda: correct(ends_on=day("2023-11-30")), "结束原因")
    refused(NotAllowed, lambda: correct(ends_on=day("2023-11-30"), end_reason=EndReason.DISMISSED), "解聘")
    refused(StaleError, lambda: correct(version=77))
    wrong.refresh_from_db()
    assert correct(ends_on=day("2023-11-30"), end_reason=EndReason.EXPIRED).state == "ended"


def test_what_is_filed_is_corrected_by_the_office(admin, school_class):
    filed = appointed(school_class, state="filed", filed_on=day("2023-09-10"))
    refused(NotAllowed, lambda: services.void_appointment(admin, filed, reason="录错"), "继续教育学院")
    services.void_appointment(office(), filed, reason="备案时发现班级录错")
    assert filed.state == "voided"
    refused(NotAllowed, lambda: services.void_appointment(office(), filed, reason="再来一次"))


def test_the_teacher_keeps_the_record_when_the_account_is_shared_by_roles(admin, school_class):
    """The own appointment is visible to its teacher in every state."""
    appointment = appointed(school_class, last="2023-09-30")
    assert list(Appointment.objects.visible_to(appointment.teacher.user)) == [appointment]
    assert list(Appointment.objects.visible_to(teacher_of(CollegeFactory()).user)) == []
    assert ClassTeacher.objects.visible_to(admin).filter(pk=appointment.teacher_id).exists()


@pytest.mark.parametrize("state", AppointmentState.values)
@pytest.mark.parametrize("target", AppointmentState.values)
def test_moves_outside_the_map_do_not_happen(school_class, state, target):
    dates = {"ends_on": day("2023-12-31"), "end_reason": "期满"} if state in ("ended", "dismissed") else {}
    appointment = appointed(school_class, state=state, **dates)
    published = {
        "proposed": {"appointed"},
        "appointed": {"filed", "ended", "dismissed", "voided"},
        "filed": {"ended", "dismissed", "voided"},
        "ended": {"appointed", "filed", "dismissed", "voided"},
        "dismissed": set(),
        "voided": set(),
    }
    if target in published[state] | {state}:
        services.change(appointment, state=target)
        assert Appointment.objects.get(pk=appointment.pk).state == target
    else:
        with pytest.raises(ValueError, match="→"):
            services.change(appointment, state=target)
        assert Appointment.objects.get(pk=appointment.pk).state == state
