"""The change of the class teacher during the term (article 2, C2.1)."""

import pytest

from teachers.models import Appointment, EndReason, Handover, HandoverState, SchoolClass
from teachers.services import filing
from teachers.services import handovers as services
from tests.factories import audit_entries, college_admin, college_head, hr, office

from .given import SchoolClassFactory, appointed, day, enrolled, teacher_for, teacher_of
from .refusals import NotAllowed, StaleError, UserError, refused

pytestmark = pytest.mark.django_db

ALL_DONE = {
    "roster": ("40 人", True),
    "fees": ("欠费 2 人", True),
    "talks": ("重点关注 1 人", True),
    "tasks": ("", True),
}


@pytest.fixture
def outgoing():
    return appointed(SchoolClassFactory(), state="filed", filed_on=day("2023-09-10"))


@pytest.fixture
def admin(outgoing):
    return college_admin(outgoing.school_class.college)


@pytest.fixture
def successor(outgoing):
    return teacher_of(outgoing.school_class.college)


def started(actor, outgoing, teacher, on="2023-11-11", reason=EndReason.WORK, **fields):
    return services.start_handover(actor, outgoing, teacher=teacher, takes_over_on=day(on), reason=reason, **fields)


def confirmed_by_both(handover):
    services.fill_checklist(handover.outgoing.teacher.user, handover, ALL_DONE)
    services.confirm(handover.outgoing.teacher.user, handover)
    return services.confirm(handover.incoming.teacher.user, handover)


@pytest.mark.clause("C2.1")
def test_the_old_teacher_ends_the_day_before_the_new_one_starts(admin, outgoing, successor):
    enrolled(outgoing.school_class, 3)
    enrolled(outgoing.school_class, 2, state="休学")
    handover = started(admin, outgoing, successor, note="原班主任外出进修")

    outgoing.refresh_from_db()
    assert (outgoing.state, outgoing.ends_on, outgoing.end_reason) == ("ended", day("2023-11-10"), "工作需要")
    incoming = handover.incoming
    assert (incoming.state, incoming.starts_on, incoming.teacher) == ("appointed", day("2023-11-11"), successor)
    assert list(Appointment.objects.unfiled()) == [incoming]
    for text, person in (("2023-11-10", outgoing.teacher), ("2023-11-11", successor)):
        assert Appointment.objects.on(day(text)).get().teacher == person
    assert [(item.kind, item.content) for item in handover.items.all()] == [
        ("roster", "2023-11-11 名册在读 3 人"),
        ("fees", ""),
        ("talks", ""),
        ("tasks", ""),
    ]
    actions = [entry.action for entry in audit_entries("teachers.handover")]
    assert actions == ["teachers.handover_out", "teachers.handover_in", "teachers.handover"]


@pytest.mark.clause("C2.1")
def test_a_gap_is_possible_only_when_it_is_named(admin, outgoing, successor):
    handover = started(admin, outgoing, successor, "2023-12-01", last_day=day("2023-11-10"))

    assert handover.outgoing.ends_on == day("2023-11-10")
    assert not Appointment.objects.on(day("2023-11-20")).exists()


@pytest.mark.clause("C2.1")
def test_overlap_and_other_impossible_days_are_refused(admin, outgoing, successor):
    refused(UserError, lambda: started(admin, outgoing, successor, last_day=day("2023-11-11")), "不能同一天在岗")
    refused(UserError, lambda: started(admin, outgoing, successor, "2023-09-01"), "早于开始日期")
    later = appointed(SchoolClassFactory(college=outgoing.school_class.college), last="2023-12-31")
    appointed(later.school_class, successor, "2024-01-01")
    refused(NotAllowed, lambda: started(admin, later, successor), "已经结束")


@pytest.mark.clause("C2.3")
def test_an_appointment_past_its_term_is_renewed_before_it_is_handed_over_later(admin, successor, outgoing):
    Appointment.objects.filter(pk=outgoing.pk).update(planned_end_on=day("2023-10-31"))
    outgoing.refresh_from_db()
    refused(UserError, lambda: started(admin, outgoing, successor), "先续聘")
    assert started(admin, outgoing, successor, last_day=day("2023-10-31"))


@pytest.mark.clause("C2.2")
def test_dismissal_is_no_reason_for_a_hand_over(admin, outgoing, successor):
    for reason in (EndReason.DISMISSED, EndReason.EXPIRED, "随便"):
        refused(UserError, lambda reason=reason: started(admin, outgoing, successor, reason=reason), "工作需要")
    assert not started(admin, outgoing, successor).outgoing.teacher.dismissals.exists()


def test_only_the_own_college_and_nobody_with_oneself(outgoing, admin, successor):
    college = outgoing.school_class.college
    for actor in (college_admin(), college_head(), office(), hr(), outgoing.teacher.user):
        refused(NotAllowed, lambda actor=actor: started(actor, outgoing, successor), "二级学院")
    refused(NotAllowed, lambda: started(admin, outgoing, outgoing.teacher), "另一位")
    own = teacher_for(admin, college)
    refused(NotAllowed, lambda: started(admin, outgoing, own), "自己")


def test_an_old_page_or_a_second_hand_over_changes_nothing(admin, outgoing, successor):
    seen = Appointment.objects.get(pk=outgoing.pk)
    refused(StaleError, lambda: started(admin, outgoing, successor, version=outgoing.version + 5))
    started(admin, outgoing, successor)
    refused(UserError, lambda: started(admin, seen, successor, "2023-11-20"), "重叠")
    assert Handover.objects.count() == 1


@pytest.mark.clause("C2.1")
def test_both_confirm_and_the_old_teacher_first(admin, outgoing, successor):
    handover = started(admin, outgoing, successor)
    old, new = outgoing.teacher.user, successor.user
    refused(NotAllowed, lambda: services.confirm(new, handover), "移交方先确认")
    refused(NotAllowed, lambda: services.confirm(old, handover), "学生名单", "未结任务")
    refused(NotAllowed, lambda: services.confirm(admin, handover), "只有移交和接收")
    refused(NotAllowed, lambda: services.fill_checklist(new, handover, ALL_DONE))
    refused(NotAllowed, lambda: services.fill_checklist(college_admin(), handover, ALL_DONE))

    services.fill_checklist(old, handover, ALL_DONE)
    services.confirm(old, handover)
    assert handover.state == HandoverState.OPEN
    refused(NotAllowed, lambda: services.fill_checklist(old, handover, ALL_DONE), "不再改动")
    refused(NotAllowed, lambda: services.confirm(old, handover), "已经确认")
    services.confirm(new, handover)
    assert handover.state == HandoverState.DONE
    refused(NotAllowed, lambda: services.confirm(new, handover), "已完成")
    assert [entry.after["side"] for entry in audit_entries("teachers.handover_confirm")] == ["outgoing", "incoming"]


def test_a_confirmation_from_an_old_page_is_not_counted_twice(admin, outgoing, successor):
    handover = started(admin, outgoing, successor)
    services.fill_checklist(admin, handover, ALL_DONE)
    seen = Handover.objects.get(pk=handover.pk)
    services.confirm(outgoing.teacher.user, handover)
    refused(StaleError, lambda: services.confirm(outgoing.teacher.user, seen))
    refused(StaleError, lambda: services.fill_checklist(outgoing.teacher.user, seen, ALL_DONE))
    refused(StaleError, lambda: services.cancel(admin, seen, reason="撤"))


@pytest.mark.clause("C2.1")
def test_cancelling_puts_everything_back(admin, outgoing, successor):
    handover = started(admin, outgoing, successor)
    refused(UserError, lambda: services.cancel(admin, handover, reason=" "), "原因")
    refused(NotAllowed, lambda: services.cancel(college_admin(), handover, reason="撤"), "二级学院")
    services.cancel(admin, handover, reason="计划改变")

    outgoing.refresh_from_db()
    assert (outgoing.state, outgoing.ends_on, outgoing.end_reason) == ("filed", None, "")
    assert Appointment.objects.get(pk=handover.incoming_id).state == "voided"
    assert (handover.state, handover.cancel_reason) == ("cancelled", "计划改变")
    assert Appointment.objects.on(day("2023-12-01")).get() == outgoing
    refused(NotAllowed, lambda: services.cancel(admin, handover, reason="再撤"), "已取消")


def test_nothing_is_cancelled_once_somebody_relied_on_it(admin, outgoing, successor):
    handover = started(admin, outgoing, successor)
    services.fill_checklist(admin, handover, ALL_DONE)
    services.confirm(outgoing.teacher.user, handover)
    refused(NotAllowed, lambda: services.cancel(admin, handover, reason="撤"), "已有一方确认")

    other = appointed(SchoolClassFactory(college=outgoing.school_class.college))
    second = started(admin, other, successor)
    filing.file_appointments(office(), [second.incoming], filing_no="8号", filed_on=day("2023-11-12"))
    refused(NotAllowed, lambda: services.cancel(admin, second, reason="撤"), "已经备案")


@pytest.mark.clause("C2.1")
def test_after_the_hand_over_the_class_belongs_to_the_new_teacher(admin, outgoing, successor):
    handover = confirmed_by_both(started(admin, outgoing, successor))

    assert not SchoolClass.objects.visible_to(outgoing.teacher.user).exists()
    assert SchoolClass.objects.visible_to(successor.user).get() == outgoing.school_class
    assert Appointment.objects.visible_to(outgoing.teacher.user).get() == outgoing
    for user in (outgoing.teacher.user, successor.user, admin, office()):
        assert Handover.objects.visible_to(user).get() == handover
    for stranger in (college_admin(), hr(), teacher_of().user):
        assert not Handover.objects.visible_to(stranger).exists()
