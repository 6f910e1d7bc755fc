"""The exported roster goes straight back in and changes nothing."""

import io

import openpyxl
import pytest
from django.core.management import call_command

from gaobo_banzhuren.accounts.models import College
from teachers.exports.roster import roster_rows, roster_workbook, template_workbook
from teachers.imports.examining import scope_of
from tests.factories import college_admin, office
from tests.teachers.rosters import SAMPLE, base, imported, lines, run, totals

pytestmark = pytest.mark.django_db


def exported(user):
    return roster_workbook(user, scope_of(user)[0])


def test_export_of_the_sample_can_be_imported_again_unchanged():
    call_command("import_roster", str(SAMPLE), verbosity=0)
    assert totals(run(exported(office()))) == (0, 0, 1707)


def test_export_holds_the_latest_row_of_a_student_with_a_history():
    imported(base())
    # 23002: 休学 since 2024-03-01, back on 2024-09-01; 23004 moves to K1 on 2024-02-19; 23003 joined and left at once.
    imported(
        {
            "学生": [
                ["23002", "徐思齐", "女", None, "K1", "2023-09-01", "在读", "2024-09-01"],
                ["23004", "马海涛", "男", None, "K1", "2024-02-19", "在读"],
            ]
        }
    )
    user = office()
    rows = {
        row[0]: [str(value) if value else "" for value in row[4:8]]
        for row in roster_rows(user, scope_of(user)[0])["学生"]
    }
    assert rows["23002"] == ["K1", "2023-09-01", "在读", "2024-09-01"]
    assert rows["23003"] == ["K1", "2023-10-08", "退学", "2023-10-08"]
    assert rows["23004"] == ["K1", "2024-02-19", "在读", ""]
    result = run(exported(user))
    assert lines(result) == []
    assert totals(result) == (0, 0, 18)


def test_a_college_exports_its_own_and_can_import_that():
    imported(base())
    admin = college_admin(College.objects.get(code="A01"))
    rows = roster_rows(admin, scope_of(admin)[0])
    assert [row[0] for row in rows["二级学院"]] == ["A01"]
    assert [row[0] for row in rows["班主任"]] == ["0301", "0302"]
    assert [row[0] for row in rows["学生"]] == ["23001", "23002", "23003", "23004", "23005"]
    assert [row[0] for row in rows["聘任"]] == ["K1", "K1"]
    result = run(exported(admin), actor=admin)
    assert lines(result) == []
    assert totals(result)[:2] == (0, 0)


def test_a_college_exports_a_leave_with_the_stand_in_of_another_college_and_can_import_it():
    imported(base())
    admin = college_admin(College.objects.get(code="A02"))
    result = run(exported(admin), actor=admin)
    assert lines(result) == []
    assert totals(result) == (0, 0, 6)


def test_template_has_every_sheet_with_required_columns_marked_and_can_be_imported_empty():
    book = openpyxl.load_workbook(io.BytesIO(template_workbook()))
    assert book.sheetnames == ["二级学院", "班主任", "班级", "学生", "聘任", "班主任请假", "填写说明"]
    assert [cell.value for cell in book["学生"][1]] == [
        "学号*",
        "姓名*",
        "性别",
        "准考证号",
        "班级代码*",
        "入班日期*",
        "状态*",
        "状态日期",
        "手机",
        "家长姓名",
        "家长关系",
        "家长电话",
    ]
    assert [str(choice.formula1) for choice in book["学生"].data_validations.dataValidation] == [
        '"男,女"',
        '"在读,休学,保留,转出,退学,毕业"',
    ]
    result = run(template_workbook())
    assert lines(result) == []
    assert totals(result) == (0, 0, 0)
