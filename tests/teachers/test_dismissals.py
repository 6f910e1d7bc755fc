"""Dismissal: the college proposes, the teacher is heard, the office records the school's decision (article 2)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from gaobo_banzhuren.audit.models import AuditEntry
from gaobo_banzhuren.documents import files
from gaobo_banzhuren.regulation.appointment_rules import AppointmentRules, DismissalDecider
from teachers.models import Appointment, Dismissal, DismissalGround, DismissalState
from teachers.policies import dismissals as policies
from teachers.services import dismissals as services
from tests.factories import CollegeFactory, audit_entries, college_admin, college_head, hr, office

from .given import SchoolClassFactory, appointed, day, teacher_for, teacher_of
from .refusals import NotAllowed, StaleError, UserError, refused
from .test_nominations import PDF

pytestmark = pytest.mark.django_db

FACTS = "连续六周没有到班，学生请假无人处理。"


@pytest.fixture
def appointment():
    return appointed(SchoolClassFactory(), first="2024-04-01")


@pytest.fixture
def admin(appointment):
    return college_admin(appointment.school_class.college)


def proposed(actor, appointment, on="2024-04-20", **fields):
    values = {"ground": DismissalGround.NOT_DOING, "facts": FACTS, "effective_on": day(on)}
    return services.propose(
        actor, teacher=appointment.teacher, college=appointment.school_class.college, **(values | fields)
    )


def decided(actor, dismissal, on="2024-04-20", **fields):
    return services.decide(
        actor, dismissal, **({"decision_no": "高博人〔2024〕12号", "effective_on": day(on)} | fields)
    )


@pytest.mark.clause("C2.2", "A-15")
def test_the_effective_date_is_the_first_day_not_in_post(admin, appointment):
    """L21: dismissed from the 20th leaves 19 paid days of April."""
    second = appointed(SchoolClassFactory(), appointment.teacher, "2024-03-01")
    over = appointed(SchoolClassFactory(), appointment.teacher, "2023-09-01", "2023-12-31")
    clerk = office()
    dismissal = decided(clerk, proposed(admin, appointment), decision="校长办公会决定")

    for row in (appointment, second):
        row.refresh_from_db()
        assert (row.state, row.ends_on, row.end_reason) == ("dismissed", day("2024-04-19"), "解聘")
    assert (day("2024-04-19") - appointment.starts_on).days + 1 == 19
    assert not Appointment.objects.on(day("2024-04-20")).exists()
    over.refresh_from_db()
    assert over.state == "ended"
    assert set(dismissal.appointments.all()) == {appointment, second}
    assert (dismissal.state, dismissal.decided_by, dismissal.decision_no) == ("decided", clerk, "高博人〔2024〕12号")
    assert len(audit_entries("teachers.dismissed")) == 2


@pytest.mark.clause("C2.2")
def test_a_post_that_would_start_later_falls_away(admin, appointment):
    future = appointed(SchoolClassFactory(), appointment.teacher, "2024-05-01")
    decided(office(), proposed(admin, appointment))

    future.refresh_from_db()
    assert (future.state, future.ends_on) == ("voided", None)


@pytest.mark.clause("C2.2")
def test_the_teacher_is_heard_until_the_decision(admin, appointment):
    dismissal = proposed(admin, appointment)
    teacher = appointment.teacher.user
    refused(UserError, lambda: services.state_view(teacher, dismissal, text=" "))
    services.state_view(teacher, dismissal, text="期间因病住院，已交病历。")
    services.state_view(teacher, dismissal, text="期间因病住院，病历和请假条已交学院。")
    for other in (admin, office(), teacher_of().user):
        refused(NotAllowed, lambda other=other: services.state_view(other, dismissal, text="代写"), "本人")

    assert Dismissal.objects.visible_to(teacher).get().statement == "期间因病住院，病历和请假条已交学院。"
    decided(office(), dismissal)
    refused(NotAllowed, lambda: services.state_view(teacher, dismissal, text="再说"), "已决定解聘")


def test_facts_and_statement_are_not_readable_in_the_log(admin, appointment):
    dismissal = proposed(admin, appointment)
    services.state_view(appointment.teacher.user, dismissal, text="期间因病住院")

    log = str([(entry.before, entry.after, entry.reason) for entry in AuditEntry.objects.all()])
    assert "没有到班" not in log
    assert "住院" not in log
    assert "sha256" in log


@pytest.mark.clause("C2.2")
def test_evidence_opens_for_those_concerned_and_nobody_else(admin, appointment):
    dismissal = proposed(admin, appointment, evidence=[SimpleUploadedFile("考勤.pdf", PDF)])
    stored = dismissal.evidence.get()

    for reader in (admin, college_head(dismissal.college), office(), appointment.teacher.user):
        assert files.may_open(reader, stored)
    for stranger in (college_admin(), hr(), teacher_of(dismissal.college).user):
        assert not files.may_open(stranger, stored)
        assert not Dismissal.objects.visible_to(stranger).exists()


def test_who_may_propose(admin, appointment):
    for actor in (college_admin(), college_head(), office(), hr(), appointment.teacher.user):
        refused(NotAllowed, lambda actor=actor: proposed(actor, appointment))
    own = appointed(SchoolClassFactory(college=admin.home_college), teacher_for(admin, admin.home_college))
    refused(NotAllowed, lambda: proposed(admin, own), "自己")
    refused(UserError, lambda: proposed(admin, appointment, facts="  "), "事实")
    proposed(admin, appointment)
    refused(NotAllowed, lambda: proposed(admin, appointment), "待决定")
    idle = teacher_of(admin.home_college)
    refused(
        NotAllowed,
        lambda: services.propose(
            admin, teacher=idle, college=admin.home_college, ground=DismissalGround.NEGLECT, facts="x", effective_on=day("2024-05-01")
        ),
        "没有在岗",
    )  # fmt: skip


@pytest.mark.clause("A-82")
def test_by_default_the_office_records_the_schools_decision(admin, appointment):
    dismissal = proposed(admin, appointment)
    for actor in (admin, college_head(dismissal.college), hr(), appointment.teacher.user):
        refused(NotAllowed, lambda actor=actor: decided(actor, dismissal), "继续教育学院")
        refused(NotAllowed, lambda actor=actor: services.reject(actor, dismissal, decision="不"), "继续教育学院")
    refused(UserError, lambda: decided(office(), dismissal, decision_no=" "), "文号")


@pytest.mark.clause("A-82")
def test_the_rule_version_may_leave_it_to_the_colleges_head(admin, appointment, monkeypatch):
    rules = type("R", (), {"appointment": AppointmentRules(DismissalDecider.COLLEGE, None)})
    monkeypatch.setattr(policies, "rules_on", lambda day: rules)
    dismissal = proposed(admin, appointment)
    refused(NotAllowed, lambda: decided(office(), dismissal), "学院负责人")
    refused(NotAllowed, lambda: decided(college_head(CollegeFactory()), dismissal), "学院负责人")
    assert decided(college_head(dismissal.college), dismissal).state == DismissalState.DECIDED


@pytest.mark.clause("C2.2")
def test_rejected_or_withdrawn_nothing_ends(admin, appointment):
    dismissal = proposed(admin, appointment)
    refused(UserError, lambda: services.reject(office(), dismissal, decision=""), "理由")
    services.reject(office(), dismissal, decision="以批评教育为主")
    appointment.refresh_from_db()
    assert (dismissal.state, appointment.state) == ("rejected", "appointed")

    again = proposed(admin, appointment)
    refused(NotAllowed, lambda: services.withdraw(college_admin(), again, reason="x"))
    refused(UserError, lambda: services.withdraw(admin, again, reason=" "), "原因")
    services.withdraw(admin, again, reason="已改进")
    for step in (
        lambda: decided(office(), again),
        lambda: services.reject(office(), again, decision="不"),
        lambda: services.withdraw(admin, again, reason="再撤"),
    ):
        refused(NotAllowed, step, "学院已撤回")


def test_two_decisions_are_one(admin, appointment):
    dismissal = proposed(admin, appointment)
    seen = Dismissal.objects.get(pk=dismissal.pk)
    services.reject(office(), dismissal, decision="不予解聘")
    refused(StaleError, lambda: decided(office(), seen), "他人办理")


def test_a_date_without_anybody_in_post_is_refused(admin, appointment):
    dismissal = proposed(admin, appointment)
    Appointment.objects.filter(pk=appointment.pk).update(
        ends_on=day("2024-04-10"), end_reason="工作需要", state="ended"
    )
    refused(UserError, lambda: decided(office(), dismissal), "核对生效日期")
    assert connection.in_atomic_block
