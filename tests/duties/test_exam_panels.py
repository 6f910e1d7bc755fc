"""What of exams the class teacher finds on the start page."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from duties.panels.exams import exam_panel
from duties.services import exam_affairs
from tests.duties.exams import course, registration, result, session
from tests.duties.given import room, written
from tests.duties.test_weak import present_term
from tests.factories import client_for, college_head

pytestmark = pytest.mark.django_db


def days(number: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=number)


def sitting(closes: int, name: str = "本期统考") -> object:
    return session(
        name, starts_on=days(30), ends_on=days(31), results_on=None, registration_opens_on=days(-9),
        registration_closes_on=days(closes),
    )  # fmt: skip


@pytest.mark.clause("C5.5a", "C4.3", "C5.6")
def test_the_start_page_tells_what_closes_whom_to_talk_with_and_what_is_due():
    here, term = room(2), present_term()
    assert exam_panel(here.user) is None
    near = sitting(3)
    registration(here, here.students[0], near, course())
    registration(here, here.students[1], near, course(), state="registered")
    registration(here, here.students[0], sitting(20, "下期统考"), course())
    registration(here, here.students[0], sitting(-1, "上期统考"), course())
    result(here, here.students[0], session(), course(), "不合格")
    exam_affairs.plan(
        college_head(here.college), term,
        [exam_affairs.AffairInput("考试通知", term.starts_on, here.college, here.school_class)],
    )  # fmt: skip
    panel = exam_panel(here.user)
    assert panel is not None
    assert [(item.label, item.number) for item in panel.items] == [
        ("本期统考还没报的科次", 1), ("补考、重考还没谈话的科次", 1), ("考务", 1),
    ]  # fmt: skip
    assert panel.items[0].url == reverse("duties:registrations", args=[near.pk, here.school_class.pk])  # type: ignore[attr-defined]
    assert "补考、重考还没谈话的科次" in client_for(here.user).get("/").content.decode()
    written(here, "talk", days(0), students=here.students[:1], category="retake")
    panel = exam_panel(here.user)
    assert panel is not None
    assert [item.label for item in panel.items] == ["本期统考还没报的科次", "考务"]
    assert exam_panel(room(1).user) is None


def test_three_and_twelve_classes_ask_the_same_number_of_queries():
    april, near = session(), sitting(3)
    first = room(1)
    asked = []
    for number in (2, 9):
        rooms = [first, *(room(1, teacher=first.teacher) for _ in range(number))]
        for here in rooms:
            for student in here.students:
                registration(here, student, near, course()) if not student.registrations.exists() else None
                result(here, student, april, course(), "缺考") if not student.results.exists() else None
        first.user.__dict__.pop("_led_class_ids", None)
        assert first.user.access.roles
        with CaptureQueriesContext(connection) as queries:
            assert exam_panel(first.user) is not None
        asked.append(len(queries))
    assert asked[0] == asked[1]
