"""What a second, changed workbook does: spans are ended, appended or corrected, and history is never overwritten."""

from __future__ import annotations

import datetime as dt

import pytest

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.accounts.roles import Role
from teachers.imports.timeline import Said, desired, fresh, latest_row
from teachers.models import (
    Appointment,
    AppointmentState,
    ClassTeacher,
    Guardian,
    Leave,
    RosterEntry,
    SchoolClass,
    Student,
)  # fmt: skip
from tests.factories import college_admin, office, with_role
from tests.teachers.rosters import base, imported, lines, row_counts, run, totals, workbook

pytestmark = pytest.mark.django_db


def day(text):
    return dt.date.fromisoformat(text) if text else None


def spans(number, *, voided=False):
    rows = RosterEntry.objects.filter(student__student_no=number, voided_at__isnull=not voided).order_by(
        "starts_on", "pk"
    )
    return [
        (code, state, str(first), str(last or ""))
        for code, state, first, last in rows.values_list("school_class__code", "state", "starts_on", "ends_on")
    ]


def student(number, name, code, joined, state, since=None):
    return {"学生": [[number, name, None, None, code, joined, state, since]]}


@pytest.fixture
def roster(db):
    imported(base())


def test_first_import_gives_the_spans_of_a_row(roster):
    assert spans("23001") == [("K1", "在读", "2023-09-01", "")]
    assert spans("23002") == [("K1", "在读", "2023-09-01", "2024-02-29"), ("K1", "休学", "2024-03-01", "")]


@pytest.mark.clause("A-02")
def test_joined_and_left_on_the_same_day_counts_on_no_day(roster):
    assert spans("23003") == [("K1", "退学", "2023-10-08", "")]
    counted = RosterEntry.objects.on(day("2023-10-08")).filter(state="在读", school_class__code="K1")
    assert counted.count() == 2


def test_a_later_state_ends_the_one_before(roster):
    result = imported(student("23001", "周文博", "K1", "2023-09-01", "退学", "2024-04-01"))
    assert totals(result) == (0, 1, 0)
    assert spans("23001") == [("K1", "在读", "2023-09-01", "2024-03-31"), ("K1", "退学", "2024-04-01", "")]
    assert spans("23001", voided=True) == []


def test_return_after_suspension(roster):
    imported(student("23002", "徐思齐", "K1", "2023-09-01", "在读", "2024-09-01"))
    assert spans("23002") == [
        ("K1", "在读", "2023-09-01", "2024-02-29"),
        ("K1", "休学", "2024-03-01", "2024-08-31"),
        ("K1", "在读", "2024-09-01", ""),
    ]
    # The row as it now stands, and the row as it stands without its day, change nothing.
    assert totals(imported(student("23002", "徐思齐", "K1", "2023-09-01", "在读", "2024-09-01"))) == (0, 0, 1)
    assert totals(imported(student("23002", "徐思齐", "K1", "2023-09-01", "在读"))) == (0, 0, 1)


def test_a_move_ends_the_old_class_the_day_before(roster):
    imported(student("23004", "马海涛", "K1", "2024-03-18", "在读"))
    assert spans("23004") == [("K2", "在读", "2023-09-01", "2024-03-17"), ("K1", "在读", "2024-03-18", "")]


def test_a_move_told_by_two_rows_of_one_file(roster):
    rows = {
        "学生": [
            ["23004", "马海涛", None, None, "K2", "2023-09-01", "转出", "2024-03-18"],
            ["23004", "马海涛", None, None, "K1", "2024-03-18", "在读"],
        ]
    }
    imported(rows)
    assert spans("23004") == [("K2", "在读", "2023-09-01", "2024-03-17"), ("K1", "在读", "2024-03-18", "")]
    assert totals(imported(rows))[:2] == (0, 0)


def test_a_wrong_date_of_the_latest_span_is_voided_and_made_anew(roster):
    imported(student("23002", "徐思齐", "K1", "2023-09-01", "休学", "2024-03-11"))
    assert spans("23002") == [("K1", "在读", "2023-09-01", "2024-03-10"), ("K1", "休学", "2024-03-11", "")]
    assert spans("23002", voided=True) == [
        ("K1", "在读", "2023-09-01", "2024-02-29"),
        ("K1", "休学", "2024-03-01", ""),
    ]


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (("K1", "2023-09-01", "在读", None), "状态", "2024-03-01 起为「休学」；若已复学，请填写状态日期"),
        (("K1", "2023-09-01", "休学", "2023-09-15"), None, None),
        (("K3", "2023-08-01", "在读", None), "入班日期", "早于该生在班级「K1」的记录"),
        (("K1", "2024-05-01", "休学", "2024-06-01"), "入班日期", "晚于已有的记录"),
    ],
)
def test_what_contradicts_the_recorded_history_is_refused(roster, row, column, reason):
    before = spans("23002")
    said = lines(run(workbook(student("23002", "徐思齐", *row))))
    if column is None:
        assert said == []
        return
    assert len(said) == 1
    assert f"第 2 行「{column}」" in said[0]
    assert reason in said[0]
    assert spans("23002") == before


def test_an_out_of_date_row_does_not_take_back_a_later_state(roster):
    imported(student("23002", "徐思齐", "K1", "2023-09-01", "在读", "2024-09-01"))
    said = lines(run(workbook(student("23002", "徐思齐", "K1", "2023-09-01", "休学", "2024-03-01"))))
    assert "该状态之后，该生 2024-09-01 起为「在读」" in said[0]


def test_every_legal_row_reads_back_as_itself():
    """Whatever a row says of a new student, its export is that row, and reading it again leaves the spans alone."""
    for state, since in (("在读", None), ("休学", "2024-03-01"), ("退学", "2023-09-01"), ("毕业", "2024-07-01")):
        said = Said("K1", day("2023-09-01"), state, day(since))
        spells = [spell._replace(pk=number) for number, spell in enumerate(fresh(said), 1)]
        assert latest_row(spells) == said
        assert desired(spells, said) == spells


def test_a_blank_cell_erases_nothing(roster):
    imported({"学生": [["23001", "周文博", None, None, "K1", "2023-09-01", "在读"]]})
    found = Student.objects.get(student_no="23001")
    assert (found.exam_no, found.phone) == ("0320001", "13800000011")
    assert Guardian.objects.get(student=found).phone == "13800000021"


def test_changed_names_phones_and_parents_are_updates_shown_before_and_after(roster):
    row = [
        "23001",
        "周文渊",
        "男",
        "0320001",
        "K1",
        "2023-09-01",
        "在读",
        None,
        "13800000099",
        "周建国",
        "父亲",
        "13800000022",
    ]
    result = imported({"学生": [row], "班主任": [["0301", "陈雨晴", "女", "A02", None, "退休"]]})
    assert {change.key: change.details for change in result.plan.changes} == {
        "0301": [("姓名", "陈雨桐", "陈雨晴"), ("人员类别", "校内", "退休"), ("学院代码", "A01", "A02")],
        "23001": [
            ("姓名", "周文博", "周文渊"),
            ("手机", "13800000011", "13800000099"),
            ("家长电话", "13800000021", "13800000022"),
        ],
    }
    person = User.objects.get(staff_no="0301")
    assert (person.name, person.name_pinyin, person.home_college.code) == ("陈雨晴", "chenyuqing", "A02")
    assert ClassTeacher.objects.get(user=person).version == 2
    assert Student.objects.get(student_no="23001").name_initials == "zwy"


def test_class_dates_and_programme_change(roster):
    row = ["K1", "软件23专接本1班", "A01", "专接本", "苏南测试大学", "软件工程", 2023, "2023-09-01", "2024-06-30", None]
    imported({"班级": [row]})
    found = SchoolClass.objects.get(code="K1")
    assert (found.teaching_ends_on, found.programme.sponsor, found.version) == (day("2024-06-30"), "苏南测试大学", 2)


def post(code, number, start, end=None, reason=None, filed=None):
    return {"聘任": [[code, number, start, end, reason, filed]]}


def posts(code):
    rows = Appointment.objects.filter(school_class__code=code).order_by("starts_on", "pk")
    return [
        (number, str(start), str(end or ""), state)
        for number, start, end, state in rows.values_list("teacher__user__staff_no", "starts_on", "ends_on", "state")
    ]


@pytest.mark.clause("C2.1")
def test_an_open_appointment_is_ended_and_filed(roster):
    imported(post("K1", "0302", "2024-02-01", filed="2024-02-05"))
    imported(post("K1", "0302", "2024-02-01", "2024-06-30", "解聘"))
    assert posts("K1")[1] == ("0302", "2024-02-01", "2024-06-30", AppointmentState.DISMISSED)
    assert Appointment.objects.get(starts_on=day("2024-02-01")).filed_on == day("2024-02-05")


def test_an_ended_appointment_is_not_reopened_by_an_old_file(roster):
    said = lines(run(workbook(post("K1", "0301", "2023-09-01"))))
    assert said == [
        "工作表「聘任」第 2 行「结束日期」：值「」与记录不符：该聘任已于 2024-01-31 结束（工作需要），请填写结束日期和原因"
    ]


def test_another_end_of_an_ended_appointment_keeps_the_wrong_one_visible(roster):
    imported(post("K1", "0301", "2023-09-01", "2024-01-20", "工作需要"))
    assert posts("K1")[:2] == [
        ("0301", "2023-09-01", "2024-01-31", AppointmentState.VOIDED),
        ("0301", "2023-09-01", "2024-01-20", AppointmentState.ENDED),
    ]
    assert Appointment.objects.filter(state=AppointmentState.ENDED).get().filed_on == day("2023-09-04")


@pytest.mark.clause("C2.2")
def test_an_appointment_must_not_overlap_a_recorded_one(roster):
    said = lines(run(workbook(post("K3", "0301", "2024-03-01"))))
    assert said == [
        "工作表「聘任」第 2 行「开始日期」：值「2024-03-01」与系统中工号「0303」的聘任（2023-09-01～）重叠，同一班级同一天只能有一位班主任"
    ]
    rows = post("K3", "0303", "2023-09-01", "2024-02-29", "期满")["聘任"] + post("K3", "0301", "2024-03-01")["聘任"]
    imported({"聘任": rows})
    assert [row[:3] for row in posts("K3")] == [("0303", "2023-09-01", "2024-02-29"), ("0301", "2024-03-01", "")]


def test_a_changed_leave_is_cancelled_and_recorded_anew(roster):
    imported({"班主任请假": [["0303", "2024-03-01", "2024-04-30", "0302"]]})
    assert [str(leave.ends_on) for leave in Leave.objects.standing()] == ["2024-04-30"]
    assert Leave.objects.filter(cancelled_at__isnull=False).count() == 1


def test_a_college_admin_may_import_only_the_own_college(roster):
    admin = college_admin(College.objects.get(code="A01"))
    foreign = "不在您的学院范围内"
    sheets = {
        "二级学院": [["A01", "信息学院"], ["A02", "管理学院"]],
        "班主任": [["0303", "吴晓燕", None, "A01"], ["0304", "王静怡", None, "A02"]],
        "班级": [["K3", "会计23专接本3班", "A01", "专接本", None, None, None, "2023-09-01"]],
        "学生": [
            ["23006", "胡俊杰", None, None, "K1", "2024-02-01", "在读"],
            ["23020", "何思齐", None, None, "K3", "2023-09-01", "在读"],
        ],
        "聘任": [["K3", "0301", "2023-09-01"], ["K2", "0303", "2023-09-01"]],
    }
    before = row_counts()
    said = lines(run(workbook(sheets), actor=admin))
    places = [line.split("：值")[0] for line in said]
    assert places == [
        "工作表「二级学院」第 3 行「学院代码」",
        "工作表「班主任」第 2 行「工号」",
        "工作表「班主任」第 3 行「学院代码」",
        "工作表「班级」第 2 行「班级代码」",
        "工作表「学生」第 2 行「学号」",
        "工作表「学生」第 3 行「班级代码」",
        "工作表「聘任」第 2 行「班级代码」",
        "工作表「聘任」第 3 行「工号」",
    ]
    assert all(foreign in line for line in said)
    assert row_counts() == before
    own = {"学生": [["23021", "韩书瑶", "女", None, "K1", "2023-09-01", "在读"]]}
    assert totals(run(workbook(own), actor=admin)) == (1, 0, 0)


@pytest.mark.clause("C11.1")
def test_filing_is_not_taken_over_from_a_college(roster):
    admin = college_admin(College.objects.get(code="A01"))
    result = run(workbook(post("K2", "0301", "2024-05-01", filed="2024-05-02")), actor=admin)
    assert lines(result) == []
    assert "备案由继续教育学院登记，工作表「聘任」中 1 条备案日期没有采用" in result.notes
    made = Appointment.objects.get(school_class__code="K2")
    assert (made.filed_on, made.state) == (None, AppointmentState.APPOINTED)
    assert totals(run(workbook(post("K2", "0301", "2024-05-01", filed="2024-05-02")), actor=admin)) == (0, 0, 1)


def test_nobody_imports_the_own_appointment_or_leave(roster):
    teacher = ClassTeacher.objects.get(user__staff_no="0301")
    admin = with_role(teacher.user, Role.COLLEGE_ADMIN, teacher.college)
    own = {"聘任": [["K2", "0301", "2024-05-01"]], "班主任请假": [["0301", "2024-05-01", "2024-05-03", "0302"]]}
    said = lines(run(workbook(own), actor=admin))
    assert [line.split("：值")[0] for line in said] == [
        "工作表「聘任」第 2 行「工号」",
        "工作表「班主任请假」第 2 行「工号」",
    ]
    assert all("本人" in line for line in said)
    # What is recorded already may stand in the file.
    same = {"聘任": base()["聘任"][:2]}
    assert totals(run(workbook(same), actor=admin)) == (0, 0, 2)


def test_an_account_with_a_higher_role_is_not_renamed_by_an_import(roster):
    person = User.objects.get(staff_no="0302")
    with_role(person, Role.AUDITOR)
    user = office()
    said = lines(run(workbook({"班主任": [["0302", "林致远", None, "A01"]]}), actor=user))
    assert "不能管理的角色" in said[0]
    assert totals(run(workbook({"班主任": [["0302", "林志远", None, "A01", "13800000077"]]}), actor=user)) == (0, 1, 0)
    assert User.objects.get(pk=person.pk).name == "林志远"


def test_a_filed_appointment_is_corrected_by_the_office_only(roster):
    rows = workbook(post("K1", "0301", "2023-09-01", "2024-01-20", "工作需要"))
    said = lines(run(rows, actor=college_admin(College.objects.get(code="A01"))))
    assert said[0].endswith("已备案的聘任由继续教育学院更正")
    assert totals(run(rows, actor=office())) == (0, 1, 0)
