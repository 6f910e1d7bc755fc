"""Fees from a workbook: what is due, paid and waived, previewed, written once, taken back."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duties.imports import batches
from duties.models import FeeDue, FeePayment
from duties.services import fees
from duties.services.imports.undoing import blockers, undo
from gaobo_banzhuren.audit.models import AuditEntry
from gaobo_banzhuren.web.errors import StaleError, UserError
from teachers.models import RosterEntry, StudentState
from tests.duties.fees_given import due, period
from tests.duties.given import room
from tests.duties.import_given import book, imported, numbers, told, uploaded
from tests.factories import college_admin, office
from tests.teachers.given import day

pytestmark = pytest.mark.django_db

HEADER = ("学号", "姓名", "缴费期", "应缴", "已缴", "减免", "缴清日期", "免缴", "新生首期", "缓缴至")
YEAR = "2023-2024 学年"


def rows_of(where, *facts):
    """A row a student: what follows the period."""
    return [(one.student_no, one.name, YEAR, *fact) for one, fact in zip(where.students, facts, strict=False)]


@pytest.mark.clause("C4.2a")
def test_the_list_of_dues_is_written_as_the_preview_says():
    where, first = room(4), period()
    content = book(
        HEADER,
        *rows_of(
            where,
            (6800, 6800, None, "2023-9-12", None, "否"),
            ("6,800.00", "2000.5", 800, None, None, "是"),
            (6800, None, None, None, "是"),
            (6800, 0, 0, None, None, None, dt.date(2024, 1, 31)),
        ),
    )
    batch = uploaded("fees", content, college_admin(where.college))
    assert (batch.state, numbers(batch)) == ("previewed", (4, 0, 0, 0))
    assert not FeeDue.objects.exists()
    assert batch.preview["changes"][1][2:] == [
        "新增", where.students[1].student_no, where.students[1].name,
        [["应缴", "", "6,800.00 元"], ["已缴", "", "2,000.50 元"], ["减免", "", "800.00 元"], ["新生首期", "", "是"]],
    ]  # fmt: skip

    imported("fees", content, college_admin(where.college))
    found = {one.student_id: one for one in FeeDue.objects.all()}
    one, two, three, four = (found[student.pk] for student in where.students)
    assert (one.due_fen, one.paid_fen, one.owed_fen, one.paid_on) == (680_000, 680_000, 0, dt.date(2023, 9, 12))
    assert (two.paid_fen, two.waived_fen, two.owed_fen, two.first_period) == (200_050, 80_000, 399_950, True)
    assert (three.exempt, three.owed_fen) == (True, 0)
    assert (four.owed_fen, four.deferred_until) == (680_000, dt.date(2024, 1, 31))
    assert sorted(FeePayment.objects.values_list("amount_fen", flat=True)) == [200_050, 680_000]
    assert {one.period for one in found.values()} == {first}
    assert AuditEntry.objects.filter(action="duties.import").count() == 1


def test_importing_twice_changes_nothing():
    where = room(3)
    period()
    content = book(HEADER, *rows_of(where, (6800, 6800), (6800, 1000), (6800,)))
    imported("fees", content, office())
    before = list(FeeDue.objects.order_by("pk").values())
    batch = imported("fees", content, office())
    assert numbers(batch) == (0, 0, 3, 0)
    assert list(FeeDue.objects.order_by("pk").values()) == before
    assert FeePayment.objects.count() == 2


def test_later_lists_update_what_differs_and_say_so():
    where, first = room(2), period()
    for student in where.students:
        due(office(), first, student, paid_fen=100_000)
    batch = uploaded("fees", book(HEADER, *rows_of(where, (6800, 3000), (6800, 1000))), office())
    assert numbers(batch) == (0, 1, 1, 0)
    assert batch.preview["changes"][0][5] == [["已缴", "1,000.00 元", "3,000.00 元"]]


def test_every_planted_problem_is_named_and_nothing_is_saved():
    where, other = room(8), room(1)
    period()
    rows = rows_of(
        where, (6800, 7000), (6800.005,), ("六千八",), (6800, -5), (6800, None, None, None, "可能"),
        (6800, None, None, "2023-09-12"), (6800, 100, None, "2023-13-01"),
    )  # fmt: skip
    rows.append(("99999999", None, YEAR, 6800))
    rows.append((other.students[0].student_no, None, YEAR, 6800))
    rows.append((where.students[7].student_no, "另一个人", YEAR, 6800))
    rows.append((where.students[7].student_no, None, "2031 学年", 6800))
    rows.append((None, "无名", YEAR, 6800))
    rows.append((where.students[7].student_no, None, YEAR, 6800))
    rows.append((where.students[7].student_no, None, YEAR, 6800))
    batch = uploaded("fees", book(HEADER, *rows), college_admin(where.college))
    assert batch.state == "refused"
    first = where.students[0].name
    assert told(batch) == [
        (
            2,
            "已缴",
            "7,000.00 元",
            f"不能登记：{first}：已缴 7,000.00 元 加减免 0.00 元，超过应缴 6,800.00 元；欠费不会是负数",
        ),
        (3, "应缴", "6800.005", "多于两位小数，金额精确到分"),
        (4, "应缴", "六千八", "不是金额，应为元，最多两位小数"),
        (5, "已缴", "-5", "不能是负数"),
        (6, "免缴", "可能", "不在可选范围（是、否、√、×）"),
        (7, "缴清日期", "2023-09-12", "没有已缴金额，不能有缴清日期"),
        (8, "缴清日期", "2023-13-01", "是不存在的日期"),
        (9, "学号", "99999999", "不存在，或不在您的学院范围内"),
        (10, "学号", other.students[0].student_no, "不存在，或不在您的学院范围内"),
        (11, "姓名", "另一个人", f"与学号 {where.students[7].student_no} 的姓名「{where.students[7].name}」不同"),
        (12, "缴费期", "2031 学年", "不存在，请先设置缴费期或改成系统中的名称"),
        (13, "学号", "", "不能为空"),
        (15, "学号", where.students[7].student_no, "与第 14 行重复"),
    ]
    assert numbers(batch)[3] == 13
    assert not FeeDue.objects.exists()


def test_a_commit_is_bound_to_the_preview_that_was_seen():
    where, first = room(2), period()
    actor = office()
    batch = uploaded("fees", book(HEADER, *rows_of(where, (6800, 6800), (6800,))), actor)
    seen = batch.preview_digest
    due(actor, first, where.students[1], 500_000)
    with pytest.raises(StaleError):
        batches.commit(batch, seen, actor=actor)
    batch.refresh_from_db()
    assert (batch.state, numbers(batch)) == ("previewed", (1, 1, 0, 0))
    assert batch.preview_digest != seen
    assert FeeDue.objects.count() == 1
    batches.commit(batch, batch.preview_digest, actor=actor)
    with pytest.raises(StaleError):
        batches.commit(batch, batch.preview_digest, actor=actor)
    assert FeeDue.objects.count() == 2


def test_undo_brings_the_earlier_data_back_exactly():
    where, first = room(3), period()
    actor = college_admin(where.college)
    due(actor, first, where.students[0], paid_fen=100_000)
    before = list(FeeDue.objects.values()), list(FeePayment.objects.values())
    batch = imported("fees", book(HEADER, *rows_of(where, (7000, 7000), (6800, 100), (6800,))), actor)
    assert (FeeDue.objects.count(), FeePayment.objects.count()) == (3, 3)
    assert blockers(batch) == []
    undo(batch, actor=actor)
    after = list(FeeDue.objects.values()), list(FeePayment.objects.values())
    for rows in (*before, *after):
        for row in rows:
            row.pop("version", None)
    assert after == before
    assert AuditEntry.objects.filter(action="duties.import_undo").count() == 1
    with pytest.raises(StaleError):
        undo(batch, actor=actor)


def test_undo_is_refused_with_the_reasons_when_somebody_paid_since():
    where, first = room(2), period()
    actor = office()
    batch = imported("fees", book(HEADER, *rows_of(where, (6800, 1000), (6800,))), actor)
    fees.record_payment(actor, FeeDue.objects.get(student=where.students[0]), 50_000, dt.date(2023, 10, 1))
    with pytest.raises(UserError) as refused:
        undo(batch, actor=actor)
    assert "1 条应缴费用在导入之后又有改动" in refused.value.message
    assert "已有 1 条缴费用到新增的应缴费用" in refused.value.message
    assert FeeDue.objects.count() == 2
    assert first.dues.get(student=where.students[0]).paid_fen == 150_000


def test_messy_workbooks_are_read():
    where = room(2)
    period()
    one, two = where.students
    content = book(
        (" 姓 名 ", "学　号*", "收费期", "应缴（元）", "备注说明", "已缴金额", "缴费日期"),
        (one.name, one.student_no, "２０２３-２０２４学年", "￥6,800元", "甲", 6800.0, "2023年9月12日"),
        (),
        (two.name, f" {two.student_no} ", "2023-2024 学年", "６８００", None, None, None),
        above=(("某学院学费缴费情况表",), (), ("制表：张三",)),
        title="学费",
    )
    batch = imported("fees", content, office())
    assert numbers(batch) == (2, 0, 0, 0)
    assert FeeDue.objects.get(student=one).paid_on == dt.date(2023, 9, 12)
    assert any("备注说明" in note for note in batch.preview["notes"])


def test_a_name_that_fits_two_periods_is_not_guessed():
    where = room(1)
    period("2023-2024 学年")
    period("2023－2024学年", "2023-10-01")
    number = where.students[0].student_no
    header = ("学号", "缴费期", "应缴")
    batch = uploaded("fees", book(header, (number, "2023-2024  学年", 6800)), office())
    assert batch.state == "previewed"
    batch = uploaded("fees", book(header, (number, "2023-2024学 年", 6800)), office())
    assert [problem[1] for problem in told(batch)] == ["缴费期"]


def test_a_student_who_moved_away_before_the_period_is_not_the_colleges():
    where, other = room(1), room(1)
    period()
    student = where.students[0]
    RosterEntry.objects.filter(student=student).update(starts_on=day("2023-03-01"), ends_on=day("2023-08-30"))
    RosterEntry.objects.create(
        student=student, school_class=other.school_class, starts_on=day("2023-08-31"), state=StudentState.ENROLLED
    )
    batch = uploaded("fees", book(HEADER, *rows_of(where, (6800,))), college_admin(where.college))
    assert told(batch) == [(2, "学号", student.student_no, "不存在，或不在您的学院范围内")]


def test_queries_do_not_grow_with_the_rows():
    where = room(12)
    period()
    actor = office()
    facts = [(6800, 1000)] * 12
    uploaded("fees", book(HEADER, *rows_of(where, *facts[:1])), actor)
    with CaptureQueriesContext(connection) as few:
        uploaded("fees", book(HEADER, *rows_of(where, *facts[:3])), actor)
    with CaptureQueriesContext(connection) as many:
        uploaded("fees", book(HEADER, *rows_of(where, *facts)), actor)
    assert len(many) == len(few)
