"""Searching and reading the log."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from openpyxl import load_workbook

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.audit import labels
from gaobo_banzhuren.audit.differences import Change, changes
from gaobo_banzhuren.audit.models import AuditEntry
from gaobo_banzhuren.audit.services import record, sensitive, verify_chain
from tests.factories import CollegeFactory, audit_entries, auditor, client_for, college_admin, person

pytestmark = pytest.mark.django_db
LIST = "/audit/"


def listed(user: User, **query: str) -> list[str]:
    page = client_for(user).get(LIST, query)
    return [entry.object_text for entry in page.context["object_list"]]


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (Role.AUDITOR, ["全校的事", "别院的事", "本院的事"]),
        (Role.OFFICE, ["全校的事", "别院的事", "本院的事"]),
        (Role.SYSADMIN, ["全校的事", "别院的事", "本院的事"]),
        (Role.COLLEGE_ADMIN, ["本院的事"]),
        (Role.COLLEGE_HEAD, ["本院的事"]),
    ],
)
def test_each_reader_sees_the_entries_in_scope(role: Role, seen: list[str]) -> None:
    own, other = CollegeFactory(), CollegeFactory()
    record(None, "test.x", object_text="本院的事", college=own)
    record(None, "test.x", object_text="别院的事", college=other)
    record(None, "test.x", object_text="全校的事")
    assert listed(person(role, own)) == seen


@pytest.mark.parametrize("role", [Role.CLASS_TEACHER, Role.ASSESSOR, Role.HR])
def test_for_others_the_log_does_not_exist(role: Role) -> None:
    entry = record(None, "test.x")
    client = client_for(person(role, CollegeFactory()))
    assert client.get(LIST).status_code == 404
    assert client.get(reverse("audit:entry", args=[entry.sequence])).status_code == 404


def test_a_foreign_entry_looks_like_a_missing_one() -> None:
    foreign = record(None, "test.x", object_text="别院的事", college=CollegeFactory())
    client = client_for(college_admin())
    answers = [client.get(reverse("audit:entry", args=[number])) for number in (foreign.sequence, 99999)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content


def test_search_by_person_action_text_college_and_dates() -> None:
    college = CollegeFactory()
    admin = college_admin(college, staff_no="0012", name="林若水")
    with time_machine.travel("2024-03-18 23:59:00+08:00", tick=False):
        record(admin, "accounts.create", object_text="甲", college=college)
    with time_machine.travel("2024-03-19 00:01:00+08:00", tick=False):
        record(None, "accounts.update", object_text="乙", reason="改名")
    reader = auditor()
    assert listed(reader, who="若水") == ["甲"]
    assert listed(reader, who="0012") == ["甲"]
    assert listed(reader, action="accounts.update") == ["乙"]
    assert listed(reader, q="改名") == ["乙"]
    assert listed(reader, college=str(college.pk)) == ["甲"]
    assert listed(reader, until="2024-03-18") == ["甲"]
    assert listed(reader, since="2024-03-19") == ["乙"]
    assert listed(reader, since="2024-03-20") == []


def test_an_unknown_filter_value_shows_nothing_rather_than_everything() -> None:
    record(None, "test.x", object_text="甲")
    assert listed(auditor(), action="no.such") == []


def test_the_list_costs_the_same_queries_for_more_rows(django_assert_max_num_queries: Callable[..., Any]) -> None:
    client = client_for(auditor())
    record(None, "test.x")
    with django_assert_max_num_queries(30) as one:
        client.get(LIST)
    for _ in range(20):
        record(None, "test.x")
    with django_assert_max_num_queries(len(one)):
        client.get(LIST)


def test_an_entry_shows_what_changed_in_words() -> None:
    college = CollegeFactory(name="信息工程学院")
    entry = record(
        college_admin(college, name="林若水"), "accounts.rename_college", college, before={"名称": "旧名"},
        after={"名称": "新名"}, reason="合并", college=college,
    )  # fmt: skip
    text = client_for(auditor()).get(reverse("audit:entry", args=[entry.sequence])).content.decode()
    for expected in ("学院改名", "林若水", "旧名", "新名", "改动", "合并", "二级学院"):
        assert expected in text


def test_a_difference_is_laid_side_by_side() -> None:
    before = {"状态": "草稿", "嵌套": {"a": 1}, "同": True}
    after = {"状态": "已提交", "嵌套": {"a": 1, "b": [1, 2]}, "同": True, "空": None, "密": sensitive("四个字呀")}
    found = changes(before, after)
    assert [(one.label, one.before, one.after, one.changed) for one in found] == [
        ("状态", "草稿", "已提交", True),
        ("嵌套 · a", "1", "1", False),
        ("同", "是", "是", False),
        ("嵌套 · b", "—", "1、2", True),
        ("空", "—", "—", False),
        ("密", "—", f"4 字（内容不记入日志，摘要 {sensitive('四个字呀')['sha256'][:12]}）", True),
    ]
    assert [Change("x", "—", "1").kind, Change("x", "1", "—").kind, Change("x", "1", "2").kind] == [
        "新增",
        "清除",
        "改动",
    ]


def test_coded_values_and_money_are_put_into_words() -> None:
    before = {"state": "draft", "total_fen": 0}
    after = {
        "state": "handed_over",
        "total_fen": 382000,
        "warnings": ["jump:100001:在读", "unfiled:1:2"],
        "state_x": "a",
    }
    found = changes(before, after, "allowance.monthsheet")
    assert [(one.before, one.after) for one in found] == [
        ("草稿", "已送人事"),
        ("0.00 元", "3,820.00 元"),
        ("—", "与上月相差较大、聘任未备案"),
        ("—", "a"),
    ]
    assert changes({}, {"side": "incoming"}, "teachers.handover")[0].after == "接收方"
    assert changes({}, {"state": "draft"}, "no.model")[0].after == "draft"


def test_two_apps_cannot_name_one_action_differently() -> None:
    labels.add_actions({"accounts.create": "建立账号"})
    with pytest.raises(ValueError, match=r"accounts\.create"):
        labels.add_actions({"accounts.create": "别的"})
    assert labels.action_label("unknown.action") == "unknown.action"
    assert labels.type_label("accounts.user") == "用户"
    assert labels.type_label("no.model") == "no.model"


def test_the_export_has_the_rows_of_the_list_and_is_itself_recorded() -> None:
    with time_machine.travel(dt.datetime(2024, 3, 18, 4, tzinfo=dt.UTC), tick=False):
        record(None, "accounts.create", object_text="甲", reason="=1+1")
        record(None, "accounts.update", object_text="乙")
    client = client_for(auditor())
    answer = client.post(f"{LIST}?action=accounts.create", {"export": "xlsx"})
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    header = next(index for index, row in enumerate(rows) if row[0] == "序号")
    body = [row for row in rows[header + 1 :] if row[0] is not None]
    assert [(row[8], row[6], row[11]) for row in body] == [("甲", "建立账号", "=1+1")]
    last = audit_entries()[-1]
    assert (last.action, last.after) == ("audit.export", {"条数": 1, "条件": {"action": "accounts.create"}})
    assert verify_chain().intact


def test_a_college_does_not_export_the_log() -> None:
    answer = client_for(college_admin()).post(LIST, {"export": "xlsx"})
    assert answer.status_code == 404
    assert audit_entries("audit.export") == []


def test_maintenance_pages_show_the_log_and_change_nothing() -> None:
    entry = record(None, "test.x", object_text="甲")
    client = client_for(person(Role.SYSADMIN))
    change = reverse("admin:audit_auditentry_change", args=[entry.pk])
    assert client.get(reverse("admin:audit_auditentry_changelist")).status_code == 200
    assert client.get(change).status_code == 200
    assert client.post(change, {"reason": "改了"}).status_code == 403
    assert client.post(reverse("admin:audit_auditentry_delete", args=[entry.pk])).status_code == 403
    assert AuditEntry.objects.get(pk=entry.pk).reason == ""
