"""Taking a batch back: exactly the earlier data, or the reasons against it."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.apps import apps
from django.core import serializers

from gaobo_banzhuren.accounts.models import College, OneTimeCode, User
from gaobo_banzhuren.accounts.services import issue_code
from gaobo_banzhuren.audit.models import AuditEntry
from gaobo_banzhuren.web.errors import StaleError, UserError
from teachers.models import ImportBatch, RosterEntry, SchoolClass, Student
from teachers.services.imports import undoing
from teachers.services.imports.undoing import blockers, created_rows, register_dependency, undo
from tests.factories import office
from tests.teachers.rosters import SAMPLE, base, imported, run

pytestmark = pytest.mark.django_db

KEEPERS = {"teachers.ImportBatch", "audit.AuditEntry", "audit.ChainHead", "teachers.ColumnMemory", "sessions.Session"}
MOVING = {"version"}


def everything() -> dict[str, list[dict[str, object]]]:
    """All rows of all tables but the log and the batches; version numbers only ever rise and are left out."""
    found = {}
    for model in apps.get_models():
        if model._meta.label in KEEPERS:
            continue
        rows = json.loads(serializers.serialize("json", model._base_manager.order_by("pk")))
        found[model._meta.label] = [
            {name: value for name, value in row["fields"].items() if name not in MOVING} | {"pk": row["pk"]}
            for row in rows
        ]
    return found


def last() -> ImportBatch:
    return ImportBatch.objects.order_by("-pk").first()


def changed():
    """A second workbook that touches every kind of thing: new rows, ends, corrections, moves, renames."""
    sheets = base()
    sheets["二级学院"][0][1] = "信息工程学院"
    sheets["二级学院"].append(["A03", "艺术学院"])
    sheets["班主任"][0][1] = "陈雨晴"
    sheets["班主任"][1][3] = "A03"
    sheets["班级"][0][8] = "2024-06-30"
    sheets["班级"][2][2] = "A03"
    sheets["学生"][0][6:8] = ["退学", "2024-04-01"]
    sheets["学生"][1][7] = "2024-03-11"
    sheets["学生"][3][4:6] = ["K1", "2024-03-18"]
    sheets["学生"].append(["23010", "邓若水", "女", None, "K1", "2023-09-01", "在读"])
    sheets["聘任"][0][3] = "2024-01-20"
    sheets["聘任"][1][5] = "2024-02-05"
    sheets["班主任请假"][0][2] = "2024-04-30"
    return sheets


def test_undo_of_the_first_import_leaves_an_empty_database():
    before = everything()
    run(SAMPLE.read_bytes())
    undo(last(), actor=None)
    assert everything() == before
    assert AuditEntry.objects.filter(action="teachers.import_undo").count() == 1


def test_undo_of_a_change_restores_every_field():
    imported(base())
    before = everything()
    imported(changed())
    assert everything() != before
    assert blockers(last()) == []
    undo(last(), actor=None)
    assert everything() == before


def test_undo_and_import_again_gives_the_same_as_importing_once():
    imported(base())
    imported(changed())
    undo(last(), actor=None)
    result = imported(changed())
    assert result.plan.counts["学生"] == {"新增": 1, "更新": 3, "未变": 3, "错误": 0}


def test_only_the_last_batch_can_be_taken_back():
    imported(base())
    first = last()
    imported(changed())
    assert blockers(first)[0].startswith("之后又导入了「名册.xlsx」")
    with pytest.raises(UserError, match="请先撤销那一批"):
        undo(first, actor=None)
    undo(last(), actor=None)
    undo(first, actor=None)
    assert not Student.objects.exists()


def test_a_batch_is_taken_back_once():
    imported(base())
    undo(last(), actor=None)
    with pytest.raises(StaleError):
        undo(last(), actor=None)


def test_later_changes_and_uses_stand_in_the_way_and_are_named():
    imported(base())
    batch = last()
    student = Student.objects.get(student_no="23001")
    entry = RosterEntry.objects.get(student=student)
    RosterEntry.objects.filter(pk=entry.pk).update(ends_on=dt.date(2024, 3, 31))
    RosterEntry.objects.create(
        student=student, school_class=entry.school_class, state="休学", starts_on=dt.date(2024, 4, 1)
    )
    issue_code(office(), User.objects.get(staff_no="0301"))
    SchoolClass.objects.filter(code="K1").update(name="改名班", version=2)
    said = "；".join(blockers(batch))
    assert "已有 1 条名册记录用到新增的学生" in said
    assert "已有 1 条一次性登录码用到新增的用户" in said
    assert "1 条新增的班级之后又有改动（改名班）" in said
    before = everything()
    with pytest.raises(UserError, match="不能撤销"):
        undo(batch, actor=None)
    assert everything() == before
    assert OneTimeCode.objects.count() == 1


def test_a_row_changed_after_an_update_stands_in_the_way():
    imported(base())
    imported(changed())
    College.objects.filter(code="A01").update(name="信息与电子学院")
    assert blockers(last()) == ["1 条二级学院在导入之后又有改动（信息与电子学院）"]


def test_a_higher_floor_can_hold_a_batch(monkeypatch):
    monkeypatch.setattr(undoing, "_dependencies", [])
    imported(base())
    batch = last()
    register_dependency(lambda one: [f"月表用到了 {len(created_rows(one, 'teachers.Appointment'))} 条聘任"])
    with pytest.raises(UserError, match="月表用到了 3 条聘任"):
        undo(batch, actor=None)
    assert Student.objects.count() == 6
