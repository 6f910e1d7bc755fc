"""Exam results from a workbook: passed or not, with scores; the retake list follows; corrections stand in the way of undo."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from duties.models import ExamResult
from duties.retakes import open_retakes
from duties.services import exams as services
from duties.services.imports.undoing import undo
from gaobo_banzhuren.audit.models import AuditEntry
from gaobo_banzhuren.web.errors import NotAllowed, UserError
from tests.duties import exams
from tests.duties.given import room
from tests.duties.import_given import book, imported, numbers, told, uploaded
from tests.factories import college_admin, college_head, office
from tests.teachers.given import SchoolClassFactory

pytestmark = pytest.mark.django_db

HEADER = ("学号", "姓名", "考试场次", "课程代码", "结果", "成绩", "等第")
NAME = "2024 年 4 月统考"


def row(student, status=None, score=None, grade=None, code="00041", name=NAME):
    return (student.student_no, student.name, name, code, status, score, grade)


def facts():
    return {
        one.student_id: (one.status, one.score, one.grade) for one in ExamResult.objects.order_by("student", "course")
    }


@pytest.mark.clause("C5.5d")
def test_results_come_in_and_the_retake_list_follows():
    where = room(7)
    exams.session(NAME)
    exams.course(*exams.ACCOUNTING)
    one, two, three, four, five, six, seven = where.students
    content = book(
        HEADER,
        row(one, "合格", 85),
        row(two, None, 59.5),
        row(three, None, "60"),
        row(four, None, "缺考"),
        row(five, "违纪", 0),
        row(six, "免考"),
        row(seven, "不及格", None, "D"),
    )
    actor = college_admin(where.college)
    batch = uploaded("results", content, actor)
    assert (batch.state, numbers(batch)) == ("previewed", (7, 0, 0, 0))
    assert "2 行没有填写结果，按成绩判断：60 分及以上为合格" in batch.preview["notes"]
    imported("results", content, actor)
    assert facts() == {
        one.pk: ("合格", Decimal("85.0"), ""),
        two.pk: ("不合格", Decimal("59.5"), ""),
        three.pk: ("合格", Decimal("60.0"), ""),
        four.pk: ("缺考", None, ""),
        five.pk: ("违纪", Decimal("0.0"), ""),
        six.pk: ("免考", None, ""),
        seven.pk: ("不合格", None, "D"),
    }
    owing = {line.student.pk for line in open_retakes([where.school_class.pk])}
    assert owing == {two.pk, four.pk, five.pk, seven.pk}
    assert numbers(imported("results", content, actor)) == (0, 0, 7, 0)


def test_a_corrected_list_updates_and_keeps_the_old_values_in_the_log():
    where = room(2)
    sitting, course = exams.session(NAME), exams.course(*exams.ACCOUNTING)
    one, two = where.students
    exams.result(where, one, sitting, course, "不合格", "58")
    exams.result(where, two, sitting, course, "合格", "70")
    batch = imported("results", book(HEADER, row(one, "合格", 60), row(two, "合格")), office())
    assert numbers(batch) == (0, 1, 1, 0)
    assert batch.preview["changes"][0][5] == [["结果", "不合格", "合格"], ["成绩", "58.0", "60.0"]]
    assert facts()[two.pk] == ("合格", Decimal("70.0"), "")
    assert AuditEntry.objects.filter(action="duties.result_list").count() == 1


def test_every_planted_problem_is_named():
    where, other = room(6), room(1)
    exams.session(NAME)
    exams.session("以后的考试", (timezone.localdate() + dt.timedelta(days=30)).isoformat(), results_on=None)
    exams.session("别院的校考", kind="校考", college=other.college)
    exams.course(*exams.ACCOUNTING)
    one, two, three, four, five, six = where.students
    content = book(
        HEADER,
        row(one),
        row(two, "缺考", 50),
        row(three, "合格", "缺考"),
        row(one, "通过", 60, code="00099"),
        row(one, None, 120, name="以后的考试"),
        row(one, "合格", name="别院的校考"),
        row(other.students[0], "合格"),
        row(four, "合格", 59.25),
        row(five, "合格", -3),
        row(six, "合格", 70, "一二三四五六七八九十一"),
        (one.student_no, "别人", NAME, "00041", "合格", None, None),
    )
    batch = uploaded("results", content, college_admin(where.college))
    later = timezone.localdate() + dt.timedelta(days=30)
    assert told(batch) == [
        (2, "结果", "", "结果和成绩至少填一项"),
        (3, "成绩", "50.0", "「缺考」没有参加考试，不能有分数"),
        (4, "成绩", "缺考", "与结果「合格」矛盾"),
        (5, "结果", "通过", "不在可选范围（合格、不合格、缺考、违纪、作弊、免考、及格、不及格）"),
        (5, "课程代码", "00099", "不存在，请先建立课程"),
        (6, "考试场次", "以后的考试", f"{later} 才考试，还不能登记成绩"),
        (7, "考试场次", "别院的校考", "不存在，请先建立场次或改成系统中的名称"),
        (8, "学号", other.students[0].student_no, "不存在，或不在您的学院范围内"),
        (9, "成绩", "59.25", "分数最多一位小数"),
        (10, "成绩", "-3", "分数应在 0 到 999.9 之间"),
        (11, "等第", "一二三四五六七八九十一", "超过 10 个字"),
        (12, "姓名", "别人", f"与学号 {one.student_no} 的姓名「{one.name}」不同"),
    ]
    assert not ExamResult.objects.exists()


def test_undo_restores_and_a_correction_stands_in_its_way():
    where = room(2)
    sitting = exams.session(NAME, results_on=None)
    course = exams.course(*exams.ACCOUNTING)
    one, two = where.students
    exams.result(where, one, sitting, course, "不合格", "50")
    actor = office()
    content = book(HEADER, row(one, "合格", 61), row(two, "合格", 88))
    batch = imported("results", content, actor)
    sitting.refresh_from_db()
    assert sitting.results_on == timezone.localdate()
    undo(batch, actor=actor)
    sitting.refresh_from_db()
    assert sitting.results_on is None
    assert facts() == {one.pk: ("不合格", Decimal("50.0"), "")}

    batch = imported("results", content, actor)
    result = ExamResult.objects.get(student=two)
    services.correct_result(
        actor, result, version=result.version, status="合格", score=Decimal(89), grade="", reason="登分有误"
    )
    with pytest.raises(UserError, match="1 条考试成绩在导入之后又有改动"):
        undo(batch, actor=actor)
    assert ExamResult.objects.count() == 2


def test_a_head_of_college_imports_no_results():
    where = room(1)
    exams.session(NAME)
    with pytest.raises(NotAllowed):
        uploaded("results", book(HEADER, row(where.students[0], "合格")), college_head(where.college))


def test_the_class_is_that_of_the_day_of_the_exam():
    where = room(1)
    exams.session(NAME)
    exams.course(*exams.ACCOUNTING)
    student = where.students[0]
    later = SchoolClassFactory(college=where.college)
    entry = student.roster_entries.get()
    entry.ends_on = dt.date(2024, 5, 31)
    entry.save()
    type(entry).objects.create(student=student, school_class=later, starts_on=dt.date(2024, 6, 1), state="在读")
    imported("results", book(HEADER, row(student, "合格")), office())
    assert ExamResult.objects.get().school_class == where.school_class


def test_queries_do_not_grow_with_the_rows():
    where = room(12)
    exams.session(NAME)
    exams.course(*exams.ACCOUNTING)
    actor = office()
    uploaded("results", book(HEADER, row(where.students[0], "合格")), actor)
    with CaptureQueriesContext(connection) as few:
        uploaded("results", book(HEADER, *(row(one, "合格", 70) for one in where.students[:3])), actor)
    with CaptureQueriesContext(connection) as many:
        uploaded("results", book(HEADER, *(row(one, "合格", 70) for one in where.students)), actor)
    assert len(many) == len(few)
