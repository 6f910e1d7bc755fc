"""Filing with the continuing-education office: one or many, question and answer (article 11)."""

import datetime as dt

import pytest
from django.utils import timezone

from gaobo_banzhuren.accounts.roles import Role
from teachers.models import Appointment
from teachers.services import filing
from tests.factories import audit_entries, college_admin, college_head, hr, office, with_role

from .given import SchoolClassFactory, appointed, day
from .refusals import NotAllowed, StaleError, UserError, refused

pytestmark = pytest.mark.django_db

NUMBER, ON = "继教聘〔2023〕7号", day("2023-09-20")


def file(actor, *appointments, **fields):
    return filing.file_appointments(actor, appointments, **({"filing_no": NUMBER, "filed_on": ON} | fields))


@pytest.mark.clause("C11.1")
def test_several_appointments_are_filed_under_one_number():
    rows = [appointed(SchoolClassFactory()) for _ in range(3)]
    ended = appointed(SchoolClassFactory(), last="2023-10-31")

    assert file(office(), *rows, ended) == 4
    assert {row.state for row in rows} == {"filed"}
    assert (ended.state, ended.filed_on) == ("ended", ON)
    assert list(Appointment.objects.unfiled()) == []
    assert [event.text for event in rows[0].filing_events.all()] == [f"{NUMBER}，2023-09-20"]
    assert audit_entries("teachers.file", rows[0])[0].after["filing_no"] == NUMBER


@pytest.mark.clause("C11.1")
def test_one_row_that_cannot_be_filed_stops_all():
    clerk = office()
    good, filed = appointed(SchoolClassFactory()), appointed(SchoolClassFactory(), filed_on=ON, state="filed")
    refused(NotAllowed, lambda: file(clerk, good, filed), str(filed), "已于 2023-09-20 备案")

    gone = appointed(SchoolClassFactory(), state="voided")
    refused(NotAllowed, lambda: file(clerk, good, gone), "已作废")
    good.refresh_from_db()
    stale, other = Appointment.objects.get(pk=good.pk), appointed(SchoolClassFactory())
    file(clerk, good)
    refused(StaleError, lambda: file(clerk, other, stale))


def test_number_and_date_are_asked_for():
    row, clerk = appointed(SchoolClassFactory()), office()
    refused(UserError, lambda: file(clerk), "勾选")
    refused(UserError, lambda: file(clerk, row, filing_no="  "), "备案编号")
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    refused(UserError, lambda: file(clerk, row, filed_on=tomorrow), "今天之后")


def test_only_the_office_files_and_nobody_the_own():
    row = appointed(SchoolClassFactory())
    college = row.school_class.college
    for actor in (college_admin(college), college_head(college), hr(), row.teacher.user):
        refused(NotAllowed, lambda actor=actor: file(actor, row), "继续教育学院")
        refused(NotAllowed, lambda actor=actor: filing.ask_back(actor, row, text="请补材料"), "继续教育学院")
    clerk = with_role(row.teacher.user, Role.OFFICE)
    refused(NotAllowed, lambda: file(clerk, row), "自己")


@pytest.mark.clause("C11.1")
def test_a_question_waits_for_the_colleges_answer():
    row, clerk = appointed(SchoolClassFactory()), office()
    admin = college_admin(row.school_class.college)
    filing.ask_back(clerk, row, text="人员类别是校内还是外聘？")

    refused(NotAllowed, lambda: file(clerk, row), "退问还没有答复")
    refused(NotAllowed, lambda: filing.ask_back(clerk, row, text="再问"), "等学院答复")
    refused(NotAllowed, lambda: filing.answer(college_admin(), row, text="校内"), "二级学院")
    refused(NotAllowed, lambda: filing.answer(clerk, row, text="校内"), "二级学院")
    refused(UserError, lambda: filing.answer(admin, row, text=" "), "写明")

    filing.answer(admin, row, text="校内专任教师")
    refused(NotAllowed, lambda: filing.answer(admin, row, text="再答"), "没有待答复")
    file(clerk, row)
    assert [event.kind for event in row.filing_events.all()] == ["questioned", "answered", "filed"]
    assert [entry.action for entry in audit_entries("teachers.filing", row)] == [
        "teachers.filing_questioned",
        "teachers.filing_answered",
    ]


def test_a_college_admin_does_not_answer_about_the_own_appointment():
    row = appointed(SchoolClassFactory(), filing_question="为何代理？")
    own = with_role(row.teacher.user, Role.COLLEGE_ADMIN, row.school_class.college)
    refused(NotAllowed, lambda: filing.answer(own, row, text="临时"), "自己")


def test_filing_with_an_old_version_is_refused():
    row, clerk = appointed(SchoolClassFactory()), office()
    refused(StaleError, lambda: file(clerk, row, versions={row.pk: row.version + 1}), "他人更改")
