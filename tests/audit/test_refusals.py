"""Refused accesses of people who are signed in: noted, told alike, and never more than a few."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
import time_machine
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gaobo_banzhuren.audit import refusals
from gaobo_banzhuren.audit.models import AuditEntry, ChainHead
from gaobo_banzhuren.audit.services import record, verify_chain
from tests.factories import CollegeFactory, audit_entries, auditor, client_for, college_admin, hr, office, sysadmin

pytestmark = pytest.mark.django_db
ACTION = "audit.refused"


@pytest.fixture
def foreign() -> AuditEntry:
    return record(None, "test.x", object_text="别院的事", college=CollegeFactory())


def test_asking_for_a_foreign_thing_is_noted(foreign: AuditEntry) -> None:
    user = college_admin()
    answer = client_for(user).get(f"/audit/{foreign.sequence}/?q=13800001111", REMOTE_ADDR="192.0.2.7")
    assert answer.status_code == 404
    (entry,) = audit_entries(ACTION)
    assert (entry.actor_id, entry.actor_staff_no, entry.address) == (user.pk, user.staff_no, "192.0.2.7")
    assert entry.after == {
        "页面": "audit:entry", "编号": f"sequence={foreign.sequence}", "方式": "GET", "答复": 404,
    }  # fmt: skip
    assert entry.college_id == user.home_college_id
    assert "别院" not in entry.object_text
    assert "138" not in str(entry.__dict__)
    assert verify_chain().intact


def test_foreign_and_missing_are_told_alike(foreign: AuditEntry) -> None:
    client = client_for(college_admin())
    for number in (foreign.sequence, 987654):
        client.get(f"/audit/{number}/")
    foreign_one, missing = (
        entry.object_text.replace(str(number), "")
        for entry, number in zip(audit_entries(ACTION), (foreign.sequence, 987654), strict=True)
    )
    assert foreign_one == missing


def test_a_refusal_by_status_403_is_noted() -> None:
    """The maintenance pages say 403 to those who may come in but not add."""
    user = office()
    assert client_for(user).get("/admin/accounts/user/1/delete/").status_code == 403
    (entry,) = audit_entries(ACTION)
    assert (entry.after["答复"], entry.after["编号"]) == (403, "object_id=1")


@pytest.mark.parametrize("path", ["/no/such/page/", "/accounts/colleges/", "/admin/nothing/here/"])
def test_addresses_of_no_particular_thing_are_not_noted(path: str) -> None:
    assert client_for(hr()).get(path).status_code == 404
    assert audit_entries(ACTION) == []


def test_who_is_not_signed_in_leaves_no_note(foreign: AuditEntry) -> None:
    assert Client().get(f"/audit/{foreign.sequence}/").status_code == 302
    assert audit_entries(ACTION) == []


def test_nobody_floods_the_chain(foreign: AuditEntry) -> None:
    client, other = client_for(college_admin()), client_for(college_admin())
    start = dt.datetime(2024, 3, 18, 8, 0, tzinfo=dt.UTC)
    with time_machine.travel(start, tick=False):
        client.get("/audit/1/")
    with time_machine.travel(start + dt.timedelta(minutes=30), tick=False):
        answers = {client.get(f"/audit/{number}/").status_code for number in range(1000, 1030)}
        assert (answers, len(audit_entries(ACTION))) == ({404}, 20)
        assert "此后" in audit_entries(ACTION)[-1].after
        assert not any("此后" in entry.after for entry in audit_entries(ACTION)[:-1])
        other.get("/audit/1/")
        assert len(audit_entries(ACTION)) == 21, "one person's hour is not another's"
    with time_machine.travel(start + dt.timedelta(minutes=61), tick=False):
        client.get("/audit/1/")
        client.get("/audit/1/")
        assert len(audit_entries(ACTION)) == 22, "what was noted an hour ago makes room, and no more"


def test_a_full_hour_costs_one_question(foreign: AuditEntry) -> None:
    user = college_admin()
    client = client_for(user)
    for number in range(25):
        client.get(f"/audit/{number + 1000}/")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert refusals.record_refusal(user, "audit:entry", "sequence=1", "GET", 404) is False
    assert len(asked) == 1


def test_an_answer_that_refuses_nothing_asks_nothing(foreign: AuditEntry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "_note", lambda *args: pytest.fail("noted"))
    assert client_for(auditor()).get(f"/audit/{foreign.sequence}/").status_code == 200


def test_a_log_that_cannot_be_written_changes_no_answer(foreign: AuditEntry, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(refusals, "record", broken)
    client = client_for(college_admin())
    strange, missing = client.get(f"/audit/{foreign.sequence}/"), client.get("/audit/987654/")
    assert (strange.status_code, strange.content) == (404, missing.content)
    assert audit_entries(ACTION) == []


def test_the_auditor_reads_it_in_chinese(foreign: AuditEntry) -> None:
    client_for(sysadmin()).get("/teachers/students/5/")
    (entry,) = audit_entries(ACTION)
    page = client_for(auditor()).get(f"/audit/{entry.sequence}/").content.decode()
    assert "被拒访问" in page
    assert "teachers:student pk=5" in page


def test_a_college_reads_the_refusals_of_its_own_people_only() -> None:
    own, other = college_admin(), college_admin()
    for user in (own, other):
        client_for(user).get("/audit/987654/")
    page = client_for(own).get("/audit/")
    assert [entry.actor_id for entry in page.context["object_list"] if entry.action == ACTION] == [own.pk]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_refusals_at_the_same_moment_stay_within_the_limit() -> None:
    user = college_admin()
    ChainHead.objects.get_or_create(pk=1)

    def ask() -> None:
        try:
            for number in range(10):
                refusals.record_refusal(user, "audit:entry", f"sequence={number}", "GET", 404)
        finally:
            connection.close()

    askers = [threading.Thread(target=ask) for _ in range(8)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert len(audit_entries(ACTION)) == refusals.PER_HOUR
    assert verify_chain().intact
