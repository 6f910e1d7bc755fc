"""The log's entries and the chain that shows every change to them."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from gaobo_banzhuren.accounts.models import College
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.audit.context import Origin, set_origin
from gaobo_banzhuren.audit.models import AuditEntry, ChainHead
from gaobo_banzhuren.audit.services import SIGNED_FIELDS, record, sensitive, verify_chain
from tests.factories import CollegeFactory, UserFactory, audit_entries, college_admin


@pytest.fixture
def five(db: None) -> list[AuditEntry]:
    """A chain of five entries of every shape."""
    college = CollegeFactory(name="信息工程学院")
    admin = college_admin(college, staff_no="0012", name="林若水")
    set_origin(Origin("10.0.0.7", "abcd"))
    record(None, "test.one")
    record(admin, "test.two", college, before={"人数": 3}, after={"人数": 4}, reason="补录", role=Role.OFFICE)
    record(admin, "test.three", college, after={"列表": [1, "二"], "空": None}, college=college)
    record(admin, "test.four", object_text="三个班")
    record(None, "test.five", after={"日期": dt.date(2024, 3, 18)})
    set_origin(Origin())
    return audit_entries("test.")


def test_an_entry_tells_who_what_where_and_why(five: list[AuditEntry]) -> None:
    entry = five[1]
    assert (entry.sequence, entry.actor_staff_no, entry.actor_name, entry.role) == (2, "0012", "林若水", "office")
    assert (entry.address, entry.request_id, entry.reason) == ("10.0.0.7", "abcd", "补录")
    assert (entry.object_type, entry.object_text) == ("accounts.college", "信息工程学院")
    assert (entry.before, entry.after) == ({"人数": 3}, {"人数": 4})
    assert five[0].actor_name == "系统"


def test_an_untouched_chain_verifies(five: list[AuditEntry]) -> None:
    result = verify_chain()
    assert (result.intact, result.entries, result.last_mac) == (True, 5, five[-1].mac)


def test_an_empty_log_verifies(db: None) -> None:
    assert verify_chain().intact


CHANGED: dict[str, Any] = {
    "at": F("at") + dt.timedelta(microseconds=1), "actor_id": 999, "actor_staff_no": "0013", "actor_name": "别人",
    "role": "hr", "college_id": 999, "address": "10.0.0.8", "request_id": "efgh", "action": "test.other",
    "object_type": "accounts.user", "object_id": "999", "object_text": "别的", "before": {"人数": 2}, "after": None,
    "reason": "改了", "previous_mac": "0" * 64, "mac": "f" * 64, "sequence": 50,
}  # fmt: skip


@pytest.mark.parametrize("field", [*SIGNED_FIELDS, "mac"])
def test_a_change_of_any_field_is_found_at_its_entry(without_guards: None, five: list[AuditEntry], field: str) -> None:
    AuditEntry.objects.filter(sequence=2).update(**{field: CHANGED[field]})
    result = verify_chain()
    assert not result.intact
    assert result.bad_sequence == 2


@pytest.mark.parametrize("sequence", [1, 2, 3, 4])
def test_a_removed_entry_is_found(without_guards: None, five: list[AuditEntry], sequence: int) -> None:
    AuditEntry.objects.filter(sequence=sequence).delete()
    assert verify_chain().bad_sequence == sequence


def test_a_cut_tail_is_found_by_the_head(without_guards: None, five: list[AuditEntry]) -> None:
    AuditEntry.objects.filter(sequence=5).delete()
    assert verify_chain().bad_sequence == 5


def test_a_removed_head_is_found(five: list[AuditEntry]) -> None:
    ChainHead.objects.all().delete()
    assert not verify_chain().intact


def test_a_cut_tail_with_a_rewritten_head_is_found_by_a_noted_code(
    without_guards: None, five: list[AuditEntry]
) -> None:
    AuditEntry.objects.filter(sequence=5).delete()
    ChainHead.objects.update(sequence=4, mac=five[3].mac)
    assert verify_chain().intact
    assert verify_chain({5: five[4].mac[:16]}).bad_sequence == 5


def test_a_chain_rewritten_with_the_key_is_found_by_a_noted_code(without_guards: None, five: list[AuditEntry]) -> None:
    noted = {3: five[2].mac}
    AuditEntry.objects.all().delete()
    ChainHead.objects.update(sequence=0, mac="")
    for number in range(5):
        record(None, f"test.{number}")
    assert verify_chain().intact
    assert verify_chain(noted).bad_sequence == 3


def test_an_inserted_entry_is_found(five: list[AuditEntry]) -> None:
    AuditEntry.objects.create(
        sequence=6, at=timezone.now(), action="test.forged", previous_mac=five[4].mac, mac=five[4].mac
    )
    assert verify_chain().bad_sequence == 6


def test_two_swapped_entries_are_found(without_guards: None, five: list[AuditEntry]) -> None:
    AuditEntry.objects.filter(sequence=2).update(sequence=1000)
    AuditEntry.objects.filter(sequence=3).update(sequence=2)
    AuditEntry.objects.filter(sequence=1000).update(sequence=3)
    assert verify_chain().bad_sequence == 2


def test_a_wrong_key_verifies_nothing(five: list[AuditEntry], settings) -> None:
    settings.AUDIT_KEY = "another key"
    assert verify_chain().bad_sequence == 1


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused() -> None:
    with pytest.raises(TransactionManagementError):
        record(None, "test.alone")
    assert audit_entries() == []


@pytest.mark.django_db
def test_a_failed_change_leaves_neither_change_nor_entry() -> None:
    @transaction.atomic
    def create_twice() -> None:
        record(None, "test.create", CollegeFactory(code="X1"))
        College.objects.create(code="X1", name="重复代码")

    with pytest.raises(IntegrityError):
        create_twice()
    assert (College.objects.count(), audit_entries()) == (0, [])
    record(None, "test.after")
    assert verify_chain().intact


@pytest.mark.django_db
def test_private_text_is_kept_as_length_and_digest() -> None:
    kept = sensitive("家长电话联系不上")
    assert kept["length"] == 8
    assert len(kept["sha256"]) == 64
    assert "家长" not in str(kept)


@pytest.mark.django_db
def test_values_of_all_kinds_are_kept_and_verify() -> None:
    college = CollegeFactory()
    after = {
        "金额": Decimal("600.00"),
        "日": dt.date(2024, 2, 29),
        "集合": {1},
        "学院": college,
        "组": (1, 2),
        "真": True,
    }
    entry = record(None, "test.kinds", after=after)
    entry.refresh_from_db()
    assert entry.after == {
        "金额": "600.00", "日": "2024-02-29", "集合": [1], "学院": str(college.pk), "组": [1, 2], "真": True,
    }  # fmt: skip
    assert verify_chain().intact


@pytest.mark.django_db
def test_what_a_database_cannot_store_is_left_out() -> None:
    record(None, "test.odd", after={"a\x00": "b\x00\ud800c", "反斜": "\\u0000"}, reason="x\x00y", object_text="\x00z")
    entry = audit_entries("test.odd")[0]
    assert (entry.after, entry.reason, entry.object_text) == ({"a": "bc", "反斜": "\\u0000"}, "xy", "z")
    assert verify_chain().intact


@pytest.mark.django_db
def test_the_entry_outlives_its_object_and_person() -> None:
    user = UserFactory(name="陈雨桐")
    record(user, "test.gone", CollegeFactory(name="旧学院"))
    College.objects.all().delete()
    user.delete()
    entry = audit_entries("test.gone")[0]
    assert (entry.actor_name, entry.object_text) == ("陈雨桐", "旧学院")


@pytest.mark.django_db
def test_writing_an_entry_costs_three_statements(django_assert_num_queries: Callable[..., Any]) -> None:
    user = UserFactory()
    record(user, "test.first", user)
    with django_assert_num_queries(3):
        record(user, "test.second", user)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_sixteen_writers_at_once_leave_one_unbroken_chain() -> None:
    ChainHead.objects.get_or_create(pk=1)

    def write() -> None:
        try:
            for number in range(10):
                with transaction.atomic():
                    record(None, "test.parallel", object_text=str(number))
        finally:
            connection.close()

    writers = [threading.Thread(target=write) for _ in range(16)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert (verify_chain().intact, verify_chain().entries) == (True, 160)


def test_verify_audit_prints_number_and_tail(five: list[AuditEntry], capsys) -> None:
    call_command("verify_audit")
    assert capsys.readouterr().out.strip() == f"审计记录完好：共 5 条。链尾 5:{five[4].mac}"


def test_verify_audit_names_the_first_bad_entry_and_exits_with_1(
    without_guards: None, five: list[AuditEntry], capsys
) -> None:
    AuditEntry.objects.filter(sequence=4).update(reason="改了")
    AuditEntry.objects.filter(sequence=3).update(reason="改了")
    with pytest.raises(SystemExit) as ended:
        call_command("verify_audit")
    assert ended.value.code == 1
    assert "第 3 条，内容与校验不符" in capsys.readouterr().err


def test_verify_audit_misses_the_guards(without_guards: None, five: list[AuditEntry], capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("verify_audit")
    assert ended.value.code == 1
    assert "触发器" in capsys.readouterr().err
