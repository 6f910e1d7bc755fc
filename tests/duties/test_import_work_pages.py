"""The import pages of chapters 2 and 3: the way in, the preview, who sees what."""

from __future__ import annotations

import io
import json

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from duties.imports.kinds import KINDS
from duties.models import FeeDue
from gaobo_banzhuren.accounts.roles import Role
from teachers.models import ImportBatch
from tests.duties.fees_given import period
from tests.duties.given import room
from tests.duties.import_given import book, post_file, uploaded, url
from tests.duties.test_import_fees import HEADER, rows_of
from tests.factories import CollegeFactory, client_for, college_admin, college_head, office, person

pytestmark = pytest.mark.django_db


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture
def where():
    period()
    return room(3)


def fees_of(where, *facts):
    return book(HEADER, *rows_of(where, *(facts or [(6800, 1000)])))


def test_from_the_choice_of_a_kind_to_the_import_and_back(where):
    client = client_for(college_head(where.college))
    page = text(client.get(reverse("duties:imports")))
    assert "导入缴费" in page
    assert "还没有导入过" in page
    answer = post_file(client, "fees", fees_of(where))
    batch = ImportBatch.objects.get()
    assert answer.url == url("batch", batch)
    page = text(client.get(answer.url))
    assert "导入：新增 1 条，更新 0 条" in page
    assert "6,800.00 元" in page
    answer = client.post(url("commit", batch), {"digest": batch.preview_digest}, follow=True)
    assert "已导入" in text(answer)
    assert FeeDue.objects.count() == 1
    assert "删除这次新增的 1 条" in text(client.get(url("undo", batch)))
    client.post(url("undo", batch))
    assert not FeeDue.objects.exists()
    assert "已撤销" in text(client.get(reverse("duties:imports")))


def test_problems_are_listed_and_come_back_marked_in_the_file(where):
    client = client_for(office())
    post_file(client, "fees", fees_of(where, (6800, 7000), ("很多",)))
    batch = ImportBatch.objects.get()
    page = text(client.get(url("batch", batch)))
    assert "共 2 处问题" in page
    assert "不是金额" in page
    assert url("commit", batch) not in page
    marked = openpyxl.load_workbook(io.BytesIO(client.get(url("errors", batch)).content))
    assert [row[1].value for row in marked["导入问题"].iter_rows(min_row=2)] == [2, 3]
    assert marked["Sheet1"]["D3"].comment.text == "不是金额，应为元，最多两位小数"
    client.post(url("commit", batch), {"digest": batch.preview_digest})
    assert not FeeDue.objects.exists()
    client.post(url("discard", batch))
    batch.refresh_from_db()
    assert (batch.state, bytes(batch.content), batch.problems) == ("discarded", b"", [])


def test_steps_are_told_line_by_line_to_a_script(where):
    client = client_for(office())
    file = SimpleUploadedFile("缴费.xlsx", fees_of(where))
    address = reverse("duties:import_upload", args=["fees"])
    answer = client.post(address, {"file": file}, headers={"X-Requested-With": "fetch"})
    steps = [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]
    assert [step.get("stage") for step in steps] == ["读取", "核对", "比较", None]
    assert steps[-1]["url"] == url("batch", ImportBatch.objects.get())


def test_a_file_that_is_no_workbook_is_said_at_the_form(where):
    client = client_for(office())
    assert "xlsx" in text(post_file(client, "fees", b"<html></html>"))
    assert not ImportBatch.objects.exists()


def test_the_template_goes_straight_in_when_it_is_filled(where):
    client = client_for(office())
    book_ = openpyxl.load_workbook(io.BytesIO(client.get(reverse("duties:import_template", args=["fees"])).content))
    sheet = book_["缴费"]
    sheet.append([where.students[0].student_no, None, "2023-2024 学年", 6800])
    target = io.BytesIO()
    book_.save(target)
    batch = uploaded("fees", target.getvalue(), office())
    assert (batch.state, batch.counts["缴费"]["新增"]) == ("previewed", 1)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_every_kind_has_its_page_and_a_template_that_reads_as_empty(kind):
    client = client_for(office())
    page = text(client.get(reverse("duties:import_upload", args=[kind.key])))
    for sheet, column in kind.columns:
        assert column.header in page, sheet.name
    content = client.get(reverse("duties:import_template", args=[kind.key])).content
    batch = uploaded(kind.key, content, office())
    assert not batch.problems
    assert batch.preview["changes"] == []


def test_a_college_sees_its_own_batches_and_the_roster_page_none_of_them(where):
    other = room(1)
    batch = uploaded("fees", fees_of(where), college_admin(where.college))
    for client in (client_for(college_admin(other.college)), client_for(college_head(other.college))):
        assert "数据.xlsx" not in text(client.get(reverse("duties:imports")))
        for name in ("batch", "undo", "errors"):
            assert client.get(url(name, batch)).status_code == 404
        for name in ("batch", "commit", "discard", "undo"):
            assert client.post(url(name, batch), {"digest": batch.preview_digest}).status_code == 404
    own = client_for(college_admin(where.college))
    assert own.get(url("batch", batch)).status_code == 200
    assert "数据.xlsx" not in text(own.get(reverse("teachers:import")))
    for name in ("import_batch", "import_undo"):
        assert own.get(reverse(f"teachers:{name}", args=[batch.pk])).status_code == 404


@pytest.mark.parametrize(
    "role", [Role.HR, Role.SYSADMIN, Role.AUDITOR, Role.CLASS_TEACHER, Role.ASSESSOR], ids=lambda role: role.value
)
def test_other_roles_find_no_import(role):
    client = client_for(person(role, CollegeFactory()))
    for address in (reverse("duties:imports"), reverse("duties:import_upload", args=["fees"])):
        assert client.get(address).status_code == 404


def test_an_unknown_kind_is_a_missing_page():
    assert client_for(office()).get(reverse("duties:import_upload", args=["roster"])).status_code == 404


def test_the_list_takes_the_same_queries_for_one_and_for_many(where, django_assert_num_queries):
    actor = office()
    client = client_for(actor)
    uploaded("fees", fees_of(where), actor)
    client.get(reverse("duties:imports"))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("duties:imports"))
    for _ in range(3):
        uploaded("fees", fees_of(where), actor)
    with django_assert_num_queries(len(one)):
        client.get(reverse("duties:imports"))
