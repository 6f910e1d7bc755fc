"""Registrations from a workbook: within the window only, written once, checked anew, taken back until results are there."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from duties.models import ExamRegistration
from duties.services import registrations
from duties.services.imports.undoing import undo
from gaobo_banzhuren.web.errors import UserError
from teachers.models import RosterEntry
from tests.duties import exams
from tests.duties.given import room
from tests.duties.import_given import book, imported, numbers, told, uploaded
from tests.factories import college_admin, college_head, office

pytestmark = pytest.mark.django_db

HEADER = ("学号", "姓名", "考试场次", "课程代码", "报名状态", "已缴费")
NAME = "2030 年 4 月统考"


def open_session(name: str = NAME, **fields):
    today = timezone.localdate()
    days = {
        "registration_opens_on": today - dt.timedelta(days=3),
        "registration_closes_on": today + dt.timedelta(days=3),
    }
    return exams.session(name, "2030-04-13", **(days | fields))


def row(student, code="00041", state="已报", paid=None, name=NAME):
    return (student.student_no, None, name, code, state, paid)


@pytest.mark.clause("C5.5a")
def test_registrations_come_in_as_the_preview_says():
    where = room(3)
    sitting = open_session()
    exams.course(*exams.ACCOUNTING)
    exams.course(*exams.LAW)
    one, two, three = where.students
    content = book(
        HEADER, row(one, paid="是"), row(one, "00043", "应报"), row(two, state="放弃"), row(three, paid="否")
    )
    actor = college_head(where.college)
    batch = uploaded("registrations", content, actor)
    assert (batch.state, numbers(batch)) == ("previewed", (4, 0, 0, 0))
    assert batch.preview["changes"][0][2:] == [
        "新增", one.student_no, f"{one.name}·基础会计学", [["报名状态", "", "已报"], ["已缴费", "", "是"]],
    ]  # fmt: skip
    imported("registrations", content, actor)
    found = {
        (r.student_id, r.course.code): (r.state, r.paid) for r in ExamRegistration.objects.select_related("course")
    }
    assert found == {
        (one.pk, "00041"): ("registered", True),
        (one.pk, "00043"): ("planned", False),
        (two.pk, "00041"): ("given_up", False),
        (three.pk, "00041"): ("registered", False),
    }
    assert numbers(imported("registrations", content, actor)) == (0, 0, 4, 0)
    assert set(ExamRegistration.objects.values_list("session", flat=True)) == {sitting.pk}


def test_a_changed_row_loses_its_check_and_undo_gives_it_back():
    where = room(2)
    sitting = open_session()
    course = exams.course(*exams.ACCOUNTING)
    actor = office()
    for student in where.students:
        exams.registration(where, student, sitting, course, state="registered", paid=True)
    registrations.check(actor, sitting, where.school_class, ExamRegistration.objects.values_list("pk", flat=True))
    before = list(ExamRegistration.objects.order_by("pk").values("state", "paid", "checked_by", "checked_at"))
    batch = imported("registrations", book(HEADER, *(row(s, state="放弃") for s in where.students[:1])), actor)
    assert numbers(batch) == (0, 1, 0, 0)
    changed = ExamRegistration.objects.get(student=where.students[0])
    assert (changed.state, changed.paid, changed.checked_at) == ("given_up", True, None)
    undo(batch, actor=actor)
    after = list(ExamRegistration.objects.order_by("pk").values("state", "paid", "checked_by", "checked_at"))
    assert after == before


def test_every_planted_problem_is_named():
    where, other = room(3), room(1)
    open_session()
    open_session("已截止的考试", registration_closes_on=timezone.localdate() - dt.timedelta(days=1))
    exams.course(*exams.ACCOUNTING)
    one, two, three = where.students
    RosterEntry.objects.filter(student=three).update(state="退学")
    content = book(
        HEADER,
        row(one, code=41),
        row(one, code="99999"),
        row(one, name="没有的考试"),
        row(one, state="报了"),
        row(one, name="已截止的考试"),
        row(other.students[0]),
        row(three),
        row(two, state="放弃", paid="是"),
        row(two),
        ("", "无", NAME, "00041", "已报", None),
    )
    batch = uploaded("registrations", content, college_admin(where.college))
    found = told(batch)
    closed = found.pop(4)
    assert (closed[0], closed[1]) == (6, "考试场次")
    assert "截止，不能再改" in closed[3]
    assert found == [
        (2, "课程代码", "41", "不存在；是不是「00041」？请把单元格设为文本，保留前导零"),
        (3, "课程代码", "99999", "不存在，请先建立课程"),
        (4, "考试场次", "没有的考试", "不存在，请先建立场次或改成系统中的名称"),
        (5, "报名状态", "报了", "不在可选范围（应报、已报、放弃）"),
        (7, "学号", other.students[0].student_no, "不存在，或不在您的学院范围内"),
        (8, "学号", three.student_no, "今天的学籍状态是「退学」，不能报名"),
        (9, "已缴费", "是", "放弃报考的不能登记缴费"),
        (10, "课程代码", "00041", "与第 9 行重复"),
        (11, "学号", "", "不能为空"),
    ]
    assert not ExamRegistration.objects.exists()


def test_after_the_window_an_unchanged_list_is_no_problem():
    where = room(1)
    sitting = open_session(registration_closes_on=timezone.localdate() - dt.timedelta(days=1))
    exams.registration(where, where.students[0], sitting, exams.course(*exams.ACCOUNTING), state="registered")
    batch = uploaded("registrations", book(HEADER, row(where.students[0])), office())
    assert (batch.state, numbers(batch)) == ("previewed", (0, 0, 1, 0))


def test_registrations_with_results_cannot_be_taken_back():
    where = room(2)
    sitting = open_session()
    course = exams.course(*exams.ACCOUNTING)
    actor = office()
    batch = imported("registrations", book(HEADER, *(row(one) for one in where.students)), actor)
    exams.result(where, where.students[0], sitting, course, "合格")
    with pytest.raises(UserError, match="已有 1 条考试成绩属于这批报名"):
        undo(batch, actor=actor)
    assert ExamRegistration.objects.count() == 2


def test_queries_do_not_grow_with_the_rows():
    where = room(12)
    open_session()
    exams.course(*exams.ACCOUNTING)
    actor = office()
    uploaded("registrations", book(HEADER, row(where.students[0])), actor)
    with CaptureQueriesContext(connection) as few:
        uploaded("registrations", book(HEADER, *map(row, where.students[:3])), actor)
    with CaptureQueriesContext(connection) as many:
        uploaded("registrations", book(HEADER, *map(row, where.students)), actor)
    assert len(many) == len(few)
