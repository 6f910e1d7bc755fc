"""The import in the browser: upload, preview, columns, commit, undo; what each role sees of it."""

from __future__ import annotations

import datetime as dt
import io
import json

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.models import College
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.audit.models import AuditEntry
from teachers.models import ColumnMemory, ImportBatch, Student
from tests.factories import UserFactory, client_for, college_admin, office, with_role
from tests.teachers.rosters import base, headers, imported, saved, workbook

pytestmark = pytest.mark.django_db


def upload(client, content, *, name="名册.xlsx", **headers_):
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("teachers:import"), {"file": file}, headers=headers_)


def uploaded(client, content) -> ImportBatch:
    answer = upload(client, content)
    assert answer.status_code == 302, answer.content.decode()
    return ImportBatch.objects.get(pk=answer.url.rstrip("/").rsplit("/", 1)[1])


def url(name, batch):
    return reverse(f"teachers:{name}", args=[batch.pk])


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_upload_shows_a_preview_and_saves_nothing_until_it_is_confirmed():
    client = client_for(office())
    batch = uploaded(client, workbook(base()))
    assert batch.state == "previewed"
    assert not Student.objects.exists()
    page = text(client.get(url("import_batch", batch)))
    assert "导入：新增 18 条，更新 0 条" in page
    assert "为 3 位班主任建立账号" in page

    answer = client.post(url("import_commit", batch), {"digest": batch.preview_digest}, follow=True)
    assert "新增 18 条，更新 0 条，0 条不变" in text(answer)
    assert "3 位新的班主任还没有登录码" in text(answer)
    assert Student.objects.count() == 6
    batch.refresh_from_db()
    assert (batch.state, bytes(batch.content)) == ("committed", b"")
    assert AuditEntry.objects.filter(action="teachers.import").count() == 1


def test_steps_are_told_line_by_line_to_a_script():
    client = client_for(office())
    answer = upload(client, workbook(base()), **{"X-Requested-With": "fetch"})
    steps = [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]
    stages = list(dict.fromkeys(step["stage"] for step in steps if "stage" in step))
    assert stages == ["读取", "核对", "比较"]
    percents = [step["percent"] for step in steps]
    assert percents == sorted(percents)
    assert steps[-1]["url"] == url("import_batch", ImportBatch.objects.get())


def test_a_file_that_is_no_workbook_is_said_at_the_form():
    client = client_for(office())
    assert "xlsx" in text(upload(client, b"<html></html>"))
    assert not ImportBatch.objects.exists()
    answer = upload(client, b"<html></html>", **{"X-Requested-With": "fetch"})
    (line,) = b"".join(answer.streaming_content).splitlines()[-1:]
    assert "error" in json.loads(line)


def test_problems_come_first_and_the_workbook_comes_back_marked():
    sheets = base()
    sheets["学生"][1][4] = "K9"
    sheets["聘任"][0][4] = None
    client = client_for(office())
    batch = uploaded(client, workbook(sheets))
    assert batch.state == "refused"
    page = text(client.get(url("import_batch", batch)))
    assert "共 2 处问题" in page
    assert "import_commit" not in page
    assert url("import_commit", batch) not in page
    marked = openpyxl.load_workbook(io.BytesIO(client.get(url("import_errors", batch)).content))
    assert [row[0].value for row in marked["导入问题"].iter_rows(min_row=2)] == ["学生", "聘任"]
    assert marked["学生"]["E3"].comment.text == "不存在"
    answer = client.post(url("import_commit", batch), {"digest": batch.preview_digest})
    assert answer.status_code == 302
    assert not Student.objects.exists()


def test_a_wrongly_guessed_column_is_corrected_and_remembered():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "学生"
    sheet.append([{"学号": "编号", "姓名": "名字"}.get(header, header) for header in headers("学生")])
    sheet.append(["23009", "冯静怡", "女", None, "K1", "2023-09-01", "在读"])
    imported({name: rows for name, rows in base().items() if name != "学生"})
    client = client_for(office())
    batch = uploaded(client, saved(book))
    assert [problem[5] for problem in batch.problems] == ["缺少必填的列「学号」「姓名」（表头在第 1 行）"]
    form = client.get(url("import_batch", batch)).context["columns_form"]
    data = {name: field.initial for name, field in form.fields.items()} | {"0-A": "student_no", "0-B": "name"}
    client.post(url("import_columns", batch), data)
    batch.refresh_from_db()
    assert (batch.state, batch.counts["学生"]["新增"]) == ("previewed", 1)
    assert sorted(ColumnMemory.objects.values_list("sheet", "header", "field")) == [
        ("学生", "名字", "name"),
        ("学生", "编号", "student_no"),
    ]
    assert uploaded(client, saved(book)).state == "previewed"


def test_a_sheet_under_another_name_is_assigned_and_remembered():
    imported({name: rows for name, rows in base().items() if name != "学生"})
    book = openpyxl.load_workbook(io.BytesIO(workbook({"学生": base()["学生"]})))
    book["学生"].title = "23级名单"
    client = client_for(office())
    batch = uploaded(client, saved(book))
    assert batch.problems[0][5].startswith("没有找到名册的工作表")
    client.post(url("import_columns", batch), {"sheet-0": "学生"})
    batch.refresh_from_db()
    assert (batch.state, batch.counts["学生"]["新增"]) == ("previewed", 6)
    assert uploaded(client, saved(book)).counts["学生"]["新增"] == 6
    client.post(url("import_commit", batch), {"digest": batch.preview_digest})
    assert Student.objects.count() == 6


def test_two_columns_cannot_be_the_same_field():
    client = client_for(office())
    batch = uploaded(client, workbook(base()))
    form = client.get(url("import_batch", batch)).context["columns_form"]
    data = {name: field.initial for name, field in form.fields.items()} | {"0-B": "code"}
    answer = client.post(url("import_columns", batch), data, follow=True)
    assert "「学院代码」已选给 A 列" in text(answer)


def test_changed_data_between_preview_and_commit_gives_a_new_preview():
    imported(base())
    changed = base()
    changed["学生"][0][1] = "周文渊"
    client = client_for(office())
    batch = uploaded(client, workbook(changed))
    Student.objects.filter(student_no="23001").update(name="周文杰")
    answer = client.post(url("import_commit", batch), {"digest": batch.preview_digest}, follow=True)
    assert "预览之后数据已被他人改动" in text(answer)
    assert Student.objects.get(student_no="23001").name == "周文杰"
    old = batch.preview_digest
    batch.refresh_from_db()
    assert batch.state == "previewed"
    assert batch.preview_digest != old
    assert batch.preview["changes"][0][5] == [["姓名", "周文杰", "周文渊"]]
    client.post(url("import_commit", batch), {"digest": batch.preview_digest})
    assert Student.objects.get(student_no="23001").name == "周文渊"


def test_a_second_click_on_commit_writes_once():
    client = client_for(office())
    batch = uploaded(client, workbook(base()))
    for _ in range(2):
        client.post(url("import_commit", batch), {"digest": batch.preview_digest})
    assert Student.objects.count() == 6
    assert AuditEntry.objects.filter(action="teachers.import").count() == 1


def test_undo_asks_first_and_restores_the_earlier_data():
    imported(base())
    changed = base()
    changed["学生"][0][1] = "周文渊"
    changed["学生"].append(["23010", "邓若水", "女", None, "K1", "2023-09-01", "在读"])
    client = client_for(office())
    batch = uploaded(client, workbook(changed))
    client.post(url("import_commit", batch), {"digest": batch.preview_digest})
    assert Student.objects.count() == 7
    page = client.get(url("import_undo", batch))
    assert "删除这次新增的 1 条数据" in text(page)
    client.post(url("import_undo", batch))
    assert Student.objects.count() == 6
    assert Student.objects.get(student_no="23001").name == "周文博"
    batch.refresh_from_db()
    assert batch.state == "undone"


def test_a_name_is_looked_for_without_being_in_the_address():
    client = client_for(office())
    batch = uploaded(client, workbook(base()))
    page = client.post(url("import_batch", batch), {"q": "徐思齐"})
    assert [row[4] for row in page.context["page"]] == ["徐思齐"]
    page = client.get(url("import_batch", batch), {"sheet": "班级", "kind": "新增"})
    assert [row[3] for row in page.context["page"]] == ["K1", "K2", "K3"]


def test_a_discarded_upload_keeps_no_personal_data():
    client = client_for(office())
    batch = uploaded(client, workbook(base()))
    client.post(url("import_discard", batch))
    batch.refresh_from_db()
    assert (batch.state, bytes(batch.content), batch.preview, batch.problems) == ("discarded", b"", {}, [])


def test_an_upload_that_nobody_confirms_is_laid_aside_after_two_weeks():
    client = client_for(office())
    old, young = (uploaded(client, workbook(base())) for _ in range(2))
    ImportBatch.objects.filter(pk=old.pk).update(created_at=timezone.now() - dt.timedelta(days=15))
    uploaded(client, workbook(base()))
    old.refresh_from_db()
    young.refresh_from_db()
    assert (old.state, bytes(old.content), old.preview) == ("discarded", b"", {})
    assert young.state == "previewed"


def test_a_college_sees_its_own_batches_only():
    imported(base())
    first, second = (college_admin(College.objects.get(code=code)) for code in ("A01", "A02"))
    batch = uploaded(client_for(first), workbook({"学生": base()["学生"][:5]}))
    assert batch.college.code == "A01"
    other = client_for(second)
    assert "名册.xlsx" not in text(other.get(reverse("teachers:import")))
    for name in ("import_batch", "import_errors", "import_undo"):
        assert other.get(url(name, batch)).status_code == 404
    for name in ("import_batch", "import_columns", "import_commit", "import_undo", "import_discard"):
        assert other.post(url(name, batch), {"digest": batch.preview_digest}).status_code == 404


@pytest.mark.parametrize("role", [Role.HR, Role.SYSADMIN, Role.AUDITOR, Role.CLASS_TEACHER])
def test_other_roles_find_no_import(role):
    client = client_for(with_role(UserFactory(), role))
    assert client.get(reverse("teachers:import")).status_code == 404
    assert client.get(reverse("teachers:roster_export")).status_code == 404
    assert client.get(reverse("teachers:import_template")).status_code == 404


def test_template_and_export_are_downloads_and_the_export_is_logged():
    imported(base())
    client = client_for(office())
    assert client.get(reverse("teachers:import_template"))["Content-Disposition"].startswith("attachment")
    answer = client.post(reverse("teachers:roster_export"))
    assert answer["Content-Disposition"].startswith("attachment")
    assert AuditEntry.objects.filter(action="teachers.roster_export").count() == 1


def test_the_list_of_batches_takes_the_same_queries_for_one_and_for_many(django_assert_num_queries):
    client = client_for(office())
    uploaded(client, workbook(base()))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("teachers:import"))
    count = len(one)
    for _ in range(3):
        uploaded(client, workbook(base()))
    with django_assert_num_queries(count):
        client.get(reverse("teachers:import"))
