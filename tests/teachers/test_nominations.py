"""Proposing a class teacher: five conditions, two people, one decision (article 1)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gaobo_banzhuren.documents import files
from teachers.models import CONDITION_CLAUSES, Appointment, Nomination, NominationState, StaffCategory
from teachers.services import nominations as services
from teachers.services.nominations import ConditionInput
from tests.factories import audit_entries, college_admin, college_head, hr, office

from .given import SchoolClassFactory, appointed, day, teacher_for, teacher_of
from .refusals import NotAllowed, StaleError, UserError, refused

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


@pytest.fixture
def school_class():
    return SchoolClassFactory()


@pytest.fixture
def admin(school_class):
    return college_admin(school_class.college)


@pytest.fixture
def head(school_class):
    return college_head(school_class.college)


def drafted(actor, school_class, teacher=None, first="2023-10-09", **fields):
    return services.create_nomination(
        actor,
        school_class=school_class,
        teacher=teacher or teacher_of(school_class.college),
        starts_on=day(first),
        **fields,
    )


def confirmed(actor, nomination, *clauses):
    return services.save_conditions(
        actor, nomination, {clause: ConditionInput(True) for clause in clauses or CONDITION_CLAUSES}
    )


def submitted(actor, school_class, teacher=None, **fields):
    return services.submit(actor, confirmed(actor, drafted(actor, school_class, teacher, **fields)))


@pytest.mark.clause("C1.1", "C1.2", "C1.3", "C1.4", "C1.5")
def test_a_draft_has_five_rows_and_none_is_confirmed(admin, school_class):
    nomination = drafted(admin, school_class)

    rows = list(nomination.conditions.values_list("clause", "confirmed"))
    assert rows == [("C1.1", False), ("C1.2", False), ("C1.3", False), ("C1.4", False), ("C1.5", False)]
    assert len({row.title for row in nomination.conditions.all()}) == 5
    assert [row.article for row in nomination.conditions.all()][::4] == ["第一条（一）", "第一条（五）"]
    assert not Appointment.objects.exists()


@pytest.mark.clause("C1.1", "C1.2", "C1.3", "C1.4", "C1.5")
@pytest.mark.parametrize("missing", CONDITION_CLAUSES)
def test_with_one_condition_unconfirmed_it_cannot_be_submitted(admin, school_class, missing):
    nomination = drafted(admin, school_class)
    confirmed(admin, nomination, *(clause for clause in CONDITION_CLAUSES if clause != missing))

    title = nomination.conditions.get(clause=missing).title
    refused(NotAllowed, lambda: services.submit(admin, nomination), title)
    confirmed(admin, nomination, missing)
    assert services.submit(admin, nomination).state == NominationState.SUBMITTED


@pytest.mark.clause("C1.3")
def test_an_attachment_stays_with_the_nomination_and_opens_for_its_readers_only(admin, head, school_class):
    nomination = drafted(admin, school_class)
    upload = SimpleUploadedFile("进修证书.pdf", PDF, content_type="application/pdf")
    services.save_conditions(admin, nomination, {"C1.3": ConditionInput(True, "心理健康进修", upload)})
    services.save_conditions(admin, nomination, {"C1.3": ConditionInput(True, "心理健康进修 60 学时")})

    row = nomination.conditions.get(clause="C1.3")
    assert (row.attachment.shown_name, row.remark) == ("进修证书.pdf", "心理健康进修 60 学时")
    may = {user: files.may_open(user, row.attachment) for user in (admin, head, office())}
    assert set(may.values()) == {True}
    for stranger in (college_admin(), hr(), nomination.teacher.user):
        assert not files.may_open(stranger, row.attachment)


@pytest.mark.clause("A-80", "C11.1")
def test_approval_appoints_and_hands_in_for_filing(admin, head, school_class):
    nomination = submitted(admin, school_class, note="原班主任调离")
    appointment = services.approve(head, nomination, note="同意")

    nomination.refresh_from_db()
    assert (nomination.state, nomination.decided_by, nomination.decision_note) == ("approved", head, "同意")
    assert (appointment.state, appointment.nomination, appointment.starts_on) == (
        "appointed",
        nomination,
        day("2023-10-09"),
    )
    assert [event.kind for event in appointment.filing_events.all()] == ["submitted"]
    actions = [entry.action for entry in audit_entries("teachers.")]
    assert actions == [
        "teachers.nominate",
        "teachers.nomination_conditions",
        "teachers.nomination_submit",
        "teachers.appoint",
        "teachers.nomination_approve",
    ]


@pytest.mark.clause("A-80")
def test_the_proposer_does_not_decide_and_nobody_decides_over_oneself(admin, school_class):
    nomination = submitted(admin, school_class)
    refused(NotAllowed, lambda: services.approve(admin, nomination), "提名人")
    refused(NotAllowed, lambda: services.reject(admin, nomination, note="不"), "提名人")

    second = college_admin(school_class.college)
    mine = submitted(second, SchoolClassFactory(college=school_class.college), teacher_for(admin, school_class.college))
    refused(NotAllowed, lambda: services.approve(admin, mine), "自己")
    assert services.approve(second, nomination)


def test_whoever_submits_does_not_decide_either(admin, head, school_class):
    nomination = confirmed(admin, drafted(admin, school_class))
    services.submit(head, nomination)
    refused(NotAllowed, lambda: services.approve(head, nomination), "提名人")


def test_nobody_proposes_oneself(admin, school_class):
    own = teacher_for(admin, school_class.college)
    refused(NotAllowed, lambda: drafted(admin, school_class, own), "自己")


@pytest.mark.clause("A-85")
def test_an_external_teacher_of_another_college_may_be_proposed(admin, head, school_class):
    external = teacher_of()
    type(external).objects.filter(pk=external.pk).update(category=StaffCategory.EXTERNAL)
    assert services.approve(head, submitted(admin, school_class, external)).teacher == external


def test_other_colleges_and_roles_do_nothing(admin, head, school_class):
    teacher, draft, waiting = (
        teacher_of(school_class.college),
        confirmed(admin, drafted(admin, school_class)),
        submitted(admin, SchoolClassFactory(college=school_class.college)),
    )
    for actor in (college_admin(), college_head(), office(), hr(), teacher.user):
        for step in (
            lambda actor=actor: drafted(actor, school_class, teacher),
            lambda actor=actor: confirmed(actor, draft),
            lambda actor=actor: services.submit(actor, draft),
            lambda actor=actor: services.approve(actor, waiting),
            lambda actor=actor: services.reject(actor, waiting, note="不"),
            lambda actor=actor: services.withdraw(actor, waiting),
        ):
            refused(NotAllowed, step)
    for stranger in (college_admin(), hr(), teacher.user):
        assert not Nomination.objects.visible_to(stranger).exists()


def test_a_rejection_says_why_and_appoints_nobody(admin, head, school_class):
    nomination = submitted(admin, school_class)
    refused(UserError, lambda: services.reject(head, nomination, note=" "), "理由")
    services.reject(head, nomination, note="另有安排")

    assert (nomination.state, nomination.decision_note) == ("rejected", "另有安排")
    assert not Appointment.objects.exists()
    refused(NotAllowed, lambda: services.approve(head, nomination), "未同意")
    refused(NotAllowed, lambda: services.withdraw(admin, nomination), "未同意")


@pytest.mark.parametrize("state", NominationState.values)
def test_each_step_only_from_its_state(admin, head, school_class, state):
    nomination = confirmed(admin, drafted(admin, school_class))
    Nomination.objects.filter(pk=nomination.pk).update(state=state)
    allowed = {
        "draft": {"conditions", "submit", "withdraw"},
        "submitted": {"approve", "reject", "withdraw"},
    }.get(state, set())

    steps = {
        "conditions": lambda it: confirmed(admin, it),
        "submit": lambda it: services.submit(admin, it),
        "approve": lambda it: services.approve(head, it),
        "reject": lambda it: services.reject(head, it, note="不"),
        "withdraw": lambda it: services.withdraw(admin, it),
    }
    for name in set(steps) - allowed:
        refused(NotAllowed, lambda name=name: steps[name](Nomination.objects.get(pk=nomination.pk)))


def test_an_old_page_and_a_second_click_change_nothing(admin, head, school_class):
    nomination = submitted(admin, school_class)
    seen = Nomination.objects.get(pk=nomination.pk)
    refused(StaleError, lambda: services.approve(head, nomination, version=nomination.version - 1))
    services.approve(head, nomination)
    refused(StaleError, lambda: services.withdraw(admin, seen))
    assert Appointment.objects.count() == 1


@pytest.mark.clause("C2.1")
def test_taken_days_are_named_at_submission_and_again_at_the_decision(admin, head, school_class):
    nomination = submitted(admin, school_class)
    sitting = appointed(school_class, first="2023-09-01", last="2023-10-09")
    refused(UserError, lambda: services.approve(head, nomination), sitting.teacher.name, "2023-10-09")

    draft = confirmed(admin, drafted(admin, school_class))
    refused(UserError, lambda: services.submit(admin, draft), sitting.teacher.name)


@pytest.mark.clause("A-20")
def test_a_second_teacher_with_heads_of_the_own_is_possible(admin, head, school_class):
    appointed(school_class, share=65)
    assert services.approve(head, submitted(admin, school_class, share=65)).share == 65
