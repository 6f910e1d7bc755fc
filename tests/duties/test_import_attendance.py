"""Attendance sheets: a day each or a matrix, names or numbers, signs and words; recorded roll calls are never rewritten."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from duties.imports.lessons import complete, heading, period_of
from duties.imports.marks import legend_of
from duties.models import AttendanceChange, AttendanceMark, AttendanceSession
from duties.services.attendance import MarkInput, call_roll, correct_session
from duties.services.imports.undoing import blockers, undo
from gaobo_banzhuren.web.errors import UserError
from teachers.models import RosterEntry, Student
from tests.duties.given import room
from tests.duties.import_given import imported, numbers, sheets, told, uploaded, url
from tests.factories import client_for, college_admin, college_head, office
from tests.teachers.given import day
from tests.teachers.rosters import saved

pytestmark = pytest.mark.django_db

MONDAY = "2024-03-18"


def named(where, *names):
    for student, name in zip(where.students, names, strict=False):
        Student.objects.filter(pk=student.pk).update(name=name)
        student.name = name
    return where


def counts(where):
    """due, present, late, early, excused, absent by day and period."""
    return {
        (str(one.day), one.period): (one.due, one.present, one.late, one.early, one.excused, one.absent)
        for one in AttendanceSession.objects.standing().filter(school_class=where.school_class)
    }


def a_day(where, *rows, header=("学号", "姓名", "1-2节", "3-4节")):
    return sheets(**{MONDAY: [(where.school_class.code,), header, *rows]})


@pytest.mark.clause("C5.4a")
def test_a_sheet_a_day_becomes_the_roll_calls_of_its_columns():
    where = room(5)
    three = where.students[2]
    content = sheets(
        **{
            MONDAY: [
                ("考勤表",),
                ("班级代码", "学号", "姓名", "第1-2节", "上午"),
                *(
                    (where.school_class.code, s.student_no, s.name, *marks)
                    for s, marks in zip(
                        where.students,
                        [("√", "√"), ("迟到", "√"), ("病假", "早退"), ("旷课", None), (None, "公假")],
                        strict=True,
                    )
                ),
            ]
        }
    )
    actor = college_admin(where.college)
    batch = uploaded("attendance", content, actor)
    assert (batch.state, numbers(batch)) == ("previewed", (2, 0, 0, 0))
    assert batch.preview["changes"][0][2:] == [
        "新增", where.school_class.code, f"{where.school_class.name} {MONDAY} 1-2节",
        [["应到", "", "5"], ["实到", "", "3"], ["迟到", "", "1"], ["准假", "", "1"], ["缺勤", "", "1"]],
    ]  # fmt: skip
    assert not AttendanceSession.objects.exists()
    imported("attendance", content, actor)
    assert counts(where) == {(MONDAY, "1-2节"): (5, 3, 1, 0, 1, 1), (MONDAY, "上午"): (5, 4, 0, 1, 1, 0)}
    note = AttendanceMark.objects.get(student=three, session__period="1-2节").note
    assert note == "病假"
    assert numbers(imported("attendance", content, actor)) == (0, 0, 2, 0)
    assert AttendanceSession.objects.count() == 2


def test_a_matrix_by_names_with_signs_and_its_own_legend():
    where = named(room(3), "马海涛", "朱婉清", "胡俊杰")
    rows = [
        (f"{where.school_class.name}考勤表（2023-2024学年第二学期）",),
        ("图例：√出勤  △请假  ×旷课  ○迟到",),
        ("姓　名", "2024-03-18 1-2节", "3月19日 第三、四节", "2024/3/20上午", "备注"),
        ("马海涛", "√", "△", "○", "病假"),
        ("朱婉清", "×", "√", "√", None),
        ("胡 俊杰", None, None, None, None),
        ("合计", 2, 2, 3, None),
    ]
    batch = imported("attendance", sheets(Sheet1=rows), office())
    assert numbers(batch) == (3, 0, 0, 0)
    assert counts(where) == {
        ("2024-03-18", "1-2节"): (3, 2, 0, 0, 0, 1),
        ("2024-03-19", "3-4节"): (3, 2, 0, 0, 1, 0),
        ("2024-03-20", "上午"): (3, 3, 1, 0, 0, 0),
    }


def test_days_over_periods_in_merged_cells_and_a_sheet_per_class():
    first, second = room(2), room(2)
    book = Workbook()
    book.remove(book.active)
    for where in (first, second):
        sheet = book.create_sheet(where.school_class.code)
        sheet.append(["姓名", dt.datetime(2024, 3, 18), None, dt.datetime(2024, 3, 19)])
        sheet.append([None, "1-2节", "3-4节", "1-2节"])
        sheet.merge_cells("B1:C1")
        for student in where.students:
            sheet.append([student.name, "√", "×", "√"])
    batch = imported("attendance", saved(book), office())
    assert numbers(batch) == (6, 0, 0, 0)
    for where in (first, second):
        assert counts(where) == {
            ("2024-03-18", "1-2节"): (2, 2, 0, 0, 0, 0),
            ("2024-03-18", "3-4节"): (2, 0, 0, 0, 0, 2),
            ("2024-03-19", "1-2节"): (2, 2, 0, 0, 0, 0),
        }


def test_every_planted_problem_is_named():
    where, other = named(room(5), "同名", "同名", "丙", "丁", "戊"), room(1)
    left = where.students[4]
    RosterEntry.objects.filter(student=left).update(ends_on=day("2024-03-10"))
    future = (timezone.localdate() + dt.timedelta(days=7)).isoformat()
    code = where.school_class.code
    header = ("班级代码", "学号", "姓名", "1-2节", "实训", f"{future} 1-2节")
    content = sheets(
        **{
            MONDAY: [
                header,
                (code, None, "同名", "√"),
                (code, None, "无此人", "√"),
                (code, None, "丙", "病了"),
                (code, where.students[3].student_no, "丙", "√"),
                (code, None, "戊", "√"),
                (code, "99999999", None, "√"),
                (code, None, "丁", "×", "×", "√"),
                (code, None, "丁", "√"),
                (other.school_class.code, None, other.students[0].name, "√"),
                ("没有的班", None, "甲", "√"),
                (code, None, None, "×"),
            ],
            "汇总": [("应到", "实到"), (5, 5)],
        }
    )
    batch = uploaded("attendance", content, college_admin(where.college))
    name = where.school_class.name
    missing = f"{MONDAY} 至 {future} 不在{name}的在读名册上"
    assert told(batch) == [
        (1, "实训", "实训", "这一列是出勤情况，但看不出是哪一节；请写成 1-2节、上午、晚自习等"),
        (1, f"{future} 1-2节", f"{future} 1-2节", f"{future} 还没有到，不能登记"),
        (2, "姓名", "同名", f"{name}有 2 名同名的学生，请填写学号"),
        (3, "姓名", "无此人", missing),
        (4, "1-2节", "病了", "不是出勤情况（出勤、迟到、早退、请假、病假、事假、公假、旷课、√、△、×，空白为出勤）"),
        (5, "姓名", "丙", f"与学号 {where.students[3].student_no} 的姓名「丁」不同"),
        (6, "姓名", "戊", missing),
        (7, "学号", "99999999", missing),
        (9, "姓名", "丁", "与第 8 行重复"),
        (10, "班级代码", other.school_class.code, "不存在，或不在您的学院范围内"),
        (11, "班级代码", "没有的班", "不存在，或不在您的学院范围内"),
        (12, "姓名", "", "没有学号或姓名"),
    ]
    assert not AttendanceSession.objects.exists()
    assert any("工作表「汇总」没有学号或姓名列" in note for note in batch.preview["notes"])


def test_a_recorded_roll_call_is_never_rewritten():
    where = room(3)
    one, two, _ = where.students
    call_roll(where.user, where.school_class, day(MONDAY), "1-2节", {one.pk: MarkInput("late")})
    same = a_day(where, (one.student_no, None, "迟到", "√"), (two.student_no, None, "√", None))
    batch = imported("attendance", same, office())
    assert numbers(batch) == (1, 0, 1, 0)
    batch = uploaded("attendance", a_day(where, (one.student_no, None, "旷课"), (two.student_no, None, "√")), office())
    assert told(batch) == [
        (
            3, "1-2节", "旷课",
            f"这一节已点过名，{one.name}登记为「迟到」，与表中「旷课」不同；请在点名页面更正",
        )
    ]  # fmt: skip
    assert counts(where)[MONDAY, "1-2节"] == (3, 3, 1, 0, 0, 0)


def test_signs_without_a_legend_are_explained():
    where = room(1)
    batch = imported("attendance", a_day(where, (where.students[0].student_no, None, "▲", "✓")), office())
    assert f"工作表「{MONDAY}」没有图例，△ 按迟到读取" in batch.preview["notes"]
    assert counts(where)[MONDAY, "1-2节"] == (1, 1, 1, 0, 0, 0)


def test_an_empty_column_and_unlisted_students_are_said():
    where = named(room(3), "甲一", "乙二", "丙三")
    batch = imported("attendance", a_day(where, (None, "甲一", "√", None), (None, "乙二", "×", None)), office())
    notes = batch.preview["notes"]
    name = where.school_class.name
    assert f"工作表「{MONDAY}」{name}：「3-4节」整列空白，没有登记；全勤的请至少填一个 √" in notes
    assert f"工作表「{MONDAY}」{name}：名册上有 1 人没有列出，按出勤登记（丙三）" in notes
    assert counts(where) == {(MONDAY, "1-2节"): (3, 2, 0, 0, 0, 1)}


def test_the_same_period_in_two_columns_is_a_problem():
    where = room(1)
    batch = uploaded(
        "attendance",
        a_day(where, (where.students[0].student_no, None, "√", "×"), header=("学号", "姓名", "1-2节", "第1～2节")),
        office(),
    )
    (problem,) = told(batch)
    assert "重复，每节只能有一列" in problem[3]


def test_undo_takes_the_roll_calls_away_and_a_correction_stands_in_its_way():
    where = room(2)
    one, two = where.students
    actor = college_head(where.college)
    content = a_day(where, (one.student_no, None, "旷课", "√"), (two.student_no, None, "√", "√"))
    batch = imported("attendance", content, actor)
    undo(batch, actor=actor)
    assert not AttendanceSession.objects.exists()
    assert not AttendanceMark.objects.exists()
    batch = imported("attendance", content, actor)
    session = AttendanceSession.objects.get(period="1-2节")
    correct_session(where.user, session, {one.pk: MarkInput("late")}, reason="来晚了", version=session.version)
    assert AttendanceChange.objects.count() == 1
    found = "；".join(blockers(batch))
    assert "已有 1 条点名更正用到新增的点名" in found
    assert "1 条点名在导入之后又有改动" in found
    with pytest.raises(UserError):
        undo(batch, actor=actor)
    assert AttendanceSession.objects.count() == 2


def test_a_sheet_without_a_class_or_a_day_says_what_is_missing():
    where = room(1)
    student = where.students[0]
    batch = uploaded("attendance", sheets(Sheet1=[("姓名", "1-2节"), (student.name, "√")]), office())
    assert told(batch) == [
        (1, "1-2节", "1-2节", "看不出是哪一天；请用日期命名工作表（如 2024-03-18），或把日期写进列名")
    ]
    batch = uploaded("attendance", sheets(**{MONDAY: [("姓名", "1-2节"), (student.name, "√")]}), office())
    (problem,) = told(batch)
    assert problem[0] is None
    assert "看不出是哪个班" in problem[3]


def test_a_merged_mark_is_not_taken_for_a_blank():
    where = room(2)
    book = load_workbook(io.BytesIO(a_day(where, *((one.student_no, one.name, "√", "√") for one in where.students))))
    book[MONDAY].merge_cells("C3:D3")
    batch = uploaded("attendance", saved(book), office())
    assert [problem[:2] for problem in told(batch)] == [(3, "1-2节"), (3, "3-4节")]


def test_the_marked_workbook_shows_the_bad_cell():
    where = room(1)
    client = client_for(office())
    batch = uploaded("attendance", a_day(where, (where.students[0].student_no, None, "病了", "√")), office())
    book = load_workbook(io.BytesIO(client.get(url("errors", batch)).content))
    assert "不是出勤情况" in book[MONDAY]["C3"].comment.text


def test_questions_do_not_grow_with_rows_and_days():
    where = room(12)
    actor = office()
    students = where.students

    def matrix(count, days):
        header = ["学号", *(f"2024-03-{18 + n} 1-2节" for n in range(days))]
        return sheets(**{where.school_class.code: [header, *([s.student_no] + ["×"] * days for s in students[:count])]})

    uploaded("attendance", matrix(1, 1), actor)
    with CaptureQueriesContext(connection) as few:
        uploaded("attendance", matrix(2, 2), actor)
    with CaptureQueriesContext(connection) as many:
        uploaded("attendance", matrix(12, 9), actor)
    assert len(many) == len(few)


@pytest.mark.parametrize(
    ("text", "day_", "period"),
    [
        ("2024-03-18 1-2节", "2024-03-18", "1-2节"),
        ("2024年3月18日（星期一）第1、2节", "2024-03-18", "1-2节"),
        ("2024.3.18上午", "2024-03-18", "上午"),
        ("20240318 晚自习", "2024-03-18", "晚自习"),
        ("２０２４/3/18　３～４节", "2024-03-18", "3-4节"),
        ("1-2", None, "1-2节"),
        ("第三节", None, "第三节"),
        ("5节", None, "5节"),
        ("备注", None, ""),
        ("2024-02-30 1-2节", None, "2024-02-30 1-2节"),
    ],
)
def test_headings(text, day_, period):
    found = heading(text)
    assert (str(found.day) if found.day else None) == day_
    if day_ or found.period:
        assert found.period == period.replace(" ", "")


def test_a_day_without_a_year_takes_that_of_the_sheet_or_the_last_one():
    today = dt.date(2024, 6, 1)
    assert heading("3月18日 1-2节").short == (3, 18)
    assert complete((3, 18), ["2022-2023学年第二学期"], today) == (dt.date(2023, 3, 18), False)
    assert complete((10, 18), ["2022-2023学年"], today) == (dt.date(2022, 10, 18), False)
    assert complete((3, 18), ["2021年春"], today) == (dt.date(2021, 3, 18), False)
    assert complete((3, 18), [], today) == (dt.date(2024, 3, 18), True)
    assert complete((10, 18), [], today) == (dt.date(2023, 10, 18), True)


def test_legends():
    assert legend_of(["√出勤 △请假 ×旷课"]) == {"√": "出勤", "△": "请假", "×": "旷课"}
    assert legend_of(["出勤：✓；迟到：○"]) == {"√": "出勤", "○": "迟到"}
    assert legend_of(["病假", "√"]) == {}
    assert period_of("一二节") == "1-2节"
