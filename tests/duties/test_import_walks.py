"""A college imports its lists in the browser, and the class teacher finds them on the pages of the class."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from duties.models import AttendanceSession, ExamSession
from teachers.models import ImportBatch
from tests.duties import exams
from tests.duties.fees_given import period
from tests.duties.given import room
from tests.duties.import_given import book, post_file, sheets, url
from tests.factories import client_for, college_admin

pytestmark = pytest.mark.django_db


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def brought_in(where, kind, content) -> ImportBatch:
    """Uploaded, looked at and committed by the college's administrator."""
    client = client_for(college_admin(where.college))
    answer = post_file(client, kind, content)
    assert answer.status_code == 302, text(answer)
    batch = ImportBatch.objects.latest("pk")
    page = text(client.get(answer.url))
    assert "确认后：" in page, batch.problems
    answer = client.post(url("commit", batch), {"digest": batch.preview_digest}, follow=True)
    assert "已导入" in text(answer)
    return batch


@pytest.mark.clause("C4.2a")
def test_the_class_teacher_finds_the_debtors_of_the_imported_list():
    where, first = room(2), period()
    one, two = where.students
    rows = [(one.student_no, first.name, 6800, 6800), (two.student_no, first.name, 6800, 2000)]
    brought_in(where, "fees", book(("学号", "缴费期", "应缴", "已缴"), *rows))
    page = text(client_for(where.user).get(reverse("duties:arrears", args=[first.pk, where.school_class.pk])))
    assert "4,800.00" in page
    assert two.name in page


@pytest.mark.clause("C5.5a")
def test_the_class_teacher_finds_the_imported_registrations():
    where = room(2)
    today = timezone.localdate()
    sitting = exams.session(
        "2030 年 4 月统考", "2030-04-13", registration_opens_on=today, registration_closes_on=today + dt.timedelta(9)
    )
    exams.course(*exams.ACCOUNTING)
    one, two = where.students
    rows = [
        (one.student_no, sitting.name, "00041", "已报", "是"),
        (two.student_no, sitting.name, "00041", "应报", "否"),
    ]
    brought_in(where, "registrations", book(("学号", "考试场次", "课程代码", "报名状态", "已缴费"), *rows))
    address = reverse("duties:registrations", args=[sitting.pk, where.school_class.pk])
    page = text(client_for(where.user).get(address))
    assert one.name in page
    assert two.name in page


@pytest.mark.clause("C5.5d")
def test_the_class_teacher_finds_who_has_to_sit_again():
    where = room(2)
    sitting = exams.session()
    exams.course(*exams.ACCOUNTING)
    one, two = where.students
    rows = [(one.student_no, sitting.name, "00041", 61), (two.student_no, sitting.name, "00041", 59)]
    brought_in(where, "results", book(("学号", "考试场次", "课程代码", "成绩"), *rows))
    page = text(client_for(where.user).get(reverse("duties:retakes", args=[where.school_class.pk])))
    assert two.name in page
    assert one.name not in page
    assert ExamSession.objects.get().results.count() == 2


@pytest.mark.clause("C5.4a")
def test_the_class_teacher_finds_the_imported_roll_call():
    where = room(3)
    rows = [(student.student_no, mark) for student, mark in zip(where.students, ("√", "旷课", "病假"), strict=True)]
    content = sheets(**{"2024-03-18": [(where.school_class.name,), ("学号", "1-2节"), *rows]})
    brought_in(where, "attendance", content)
    session = AttendanceSession.objects.get()
    page = text(client_for(where.user).get(reverse("duties:session", args=[session.pk])))
    assert where.students[1].name in page
    assert (session.due, session.present, session.excused, session.absent) == (3, 1, 1, 1)


def test_what_no_longer_fits_at_the_commit_is_a_new_preview_with_its_problem():
    where, first = room(1), period()
    student = where.students[0]
    client = client_for(college_admin(where.college))
    answer = post_file(client, "fees", book(("学号", "缴费期", "应缴"), (student.student_no, first.name, 6800)))
    batch = ImportBatch.objects.get()
    type(first).objects.update(name="改了名的缴费期")
    answer = client.post(url("commit", batch), {"digest": batch.preview_digest}, follow=True)
    assert "预览之后数据已被他人改动" in text(answer)
    assert "共 1 处问题" in text(answer)
    batch.refresh_from_db()
    assert batch.state == "refused"
