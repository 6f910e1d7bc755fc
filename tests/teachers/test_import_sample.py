"""The sample roster: everything in it arrives, and a second import changes nothing."""

import datetime as dt

import pytest
from django.core.management import call_command

from gaobo_banzhuren.accounts.models import College, RoleGrant, User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.audit.models import AuditEntry
from teachers.models import (
    Appointment,
    AppointmentState,
    ClassTeacher,
    Guardian,
    ImportBatch,
    Leave,
    RosterEntry,
    SchoolClass,
    Student,
)
from tests.teachers.rosters import SAMPLE, row_counts

pytestmark = pytest.mark.django_db


def test_sample_arrives_whole_and_again_changes_nothing(capsys):
    call_command("import_roster", str(SAMPLE))
    first = capsys.readouterr().out
    assert first.splitlines()[:6] == [
        "二级学院：新增 4、更新 0、未变 0",
        "班主任：新增 20、更新 0、未变 0",
        "班级：新增 30、更新 0、未变 0",
        "学生：新增 1609、更新 0、未变 0",
        "聘任：新增 42、更新 0、未变 0",
        "班主任请假：新增 2、更新 0、未变 0",
    ]
    counts = (College, ClassTeacher, SchoolClass, Student, Guardian, Appointment, Leave)
    assert [model.objects.count() for model in counts] == [4, 20, 30, 1609, 1609, 42, 2]
    # 1,428 are 在读 throughout, the other 181 have a second span; nobody joined and left on the same day.
    assert RosterEntry.objects.count() == 1609 + 181
    assert AuditEntry.objects.filter(action="teachers.import").count() == 1
    before = row_counts()

    call_command("import_roster", str(SAMPLE))
    assert "合计：新增 0、更新 0、未变 1707" in capsys.readouterr().out
    assert row_counts() == before


def test_people_of_the_sample_get_an_account_that_cannot_sign_in_yet():
    call_command("import_roster", str(SAMPLE), verbosity=0)
    person = User.objects.get(staff_no="020010073")
    assert person.name == "郎英"
    assert person.name_pinyin == "langying"
    assert not person.has_usable_password()
    assert person.home_college.code == "C04"
    grants = RoleGrant.objects.filter(user=person).values_list("role", "starts_on", "ends_on")
    assert list(grants) == [(Role.CLASS_TEACHER, dt.date(2023, 9, 1), None)]
    assert RoleGrant.objects.count() == 20


@pytest.mark.clause("C0.1", "C2.1")
def test_appointments_of_the_sample_have_state_end_and_filing():
    call_command("import_roster", str(SAMPLE), verbosity=0)
    rows = Appointment.objects.filter(school_class__code="23ZJB005").order_by("starts_on")
    assert list(rows.values_list("teacher__user__staff_no", "ends_on", "end_reason", "state", "filed_on")) == [
        ("20010014", dt.date(2024, 4, 19), "解聘", AppointmentState.DISMISSED, dt.date(2023, 9, 7)),
        ("20010029", None, "", AppointmentState.FILED, dt.date(2024, 4, 20)),
    ]
    unfiled = Appointment.objects.unfiled().values_list("school_class__code", "state")
    assert list(unfiled.order_by("school_class__code")) == [
        ("23ZJB008", AppointmentState.APPOINTED),
        ("23ZJB021", AppointmentState.APPOINTED),
    ]
    assert SchoolClass.objects.get(code="24ZK001").programme.project_type == "自考助学"


def test_dry_run_saves_nothing(capsys):
    before = row_counts()
    call_command("import_roster", str(SAMPLE), dry_run=True)
    assert "合计：新增 1707、更新 0、未变 0（试运行，没有保存）" in capsys.readouterr().out
    assert row_counts() == before


def test_the_batch_of_the_command_is_kept_for_undo():
    call_command("import_roster", str(SAMPLE), verbosity=0)
    batch = ImportBatch.objects.get()
    assert batch.state == "committed"
    assert batch.counts["学生"] == {"新增": 1609, "更新": 0, "未变": 0, "错误": 0}


def test_without_a_file_the_command_says_what_to_write(capsys):
    with pytest.raises(SystemExit) as stopped:
        call_command("import_roster")
    assert stopped.value.code == 1
    assert capsys.readouterr().err.startswith("请写明名册工作簿")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("missing.xlsx", None, "没有这个文件"),
        ("empty.xlsx", b"", "空"),
        ("page.xlsx", b"<html><table></table></html>", "xlsx"),
        ("old.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "xlsx"),
        ("half.xlsx", b"PK\x03\x04" + b"\0" * 60, ""),
        ("folder", "folder", "文件夹"),
    ],
)
def test_a_file_that_is_no_workbook_is_one_line_and_exit_1(tmp_path, capsys, name, content, said):
    path = tmp_path / name
    if content == "folder":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)
    before = row_counts()
    with pytest.raises(SystemExit) as stopped:
        call_command("import_roster", str(path))
    assert stopped.value.code == 1
    printed = capsys.readouterr()
    assert said in printed.err
    assert "Traceback" not in printed.err
    assert len(printed.err.splitlines()) == 1
    assert row_counts() == before
