"""The college's check of the work: class teacher by duty, one teacher, reminders."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from duties.models import Reminder
from duties.services import reminders
from gaobo_banzhuren.web.errors import NotAllowed, StaleError, UserError
from tests.duties.given import room, term_of, written
from tests.factories import CollegeFactory, audit_entries, client_for, college_admin, office

pytestmark = pytest.mark.django_db

SPRING = "2024-03-18"


def receiver(here):
    return reminders.Receiver(here.teacher, here.school_class)


def address(name="duties:review", **query):
    term = term_of(SPRING)
    return f"{reverse(name)}?term={term.pk}" + "".join(f"&{key}={value}" for key, value in query.items())


def test_the_matrix_has_a_line_for_every_teacher_of_the_college_and_no_other():
    college = CollegeFactory()
    here, there = room(college=college), room()
    text = client_for(college_admin(college)).get(address()).content.decode()
    assert here.teacher.name in text
    assert there.teacher.name not in text


def test_who_is_most_overdue_stands_first():
    college = CollegeFactory()
    behind, busy = room(college=college), room(college=college)
    for on in ("2024-03-04", "2024-05-06"):
        written(busy, "class_meeting", on)
    page = client_for(college_admin(college)).get(address())
    names = [line.teacher.name for line in page.context["page"].object_list]
    assert names == [behind.teacher.name, busy.teacher.name]


def test_the_office_narrows_the_matrix_to_a_college():
    here, there = room(), room()
    client = client_for(office())
    assert there.teacher.name in client.get(address()).content.decode()
    narrowed = client.get(address(college=here.college.pk)).content.decode()
    assert there.teacher.name not in narrowed.split("<table")[1]


def test_one_teacher_shows_each_class_with_its_duties_and_the_pooled_figures():
    here = room()
    written(here, "class_meeting")
    page = client_for(college_admin(here.college)).get(
        f"{reverse('duties:review_teacher', args=[here.teacher.pk])}?term={term_of(SPRING).pk}"
    )
    text = page.content.decode()
    assert here.school_class.name in text
    assert "班会" in text


def test_a_reminder_reaches_the_start_page_until_it_is_put_away():
    here = room()
    (made,) = reminders.send(college_admin(here.college), [receiver(here)], "请补上四月的班会记录")
    client = client_for(here.user)
    assert "请补上四月的班会记录" in client.get("/").content.decode()
    client.post(reverse("duties:reminder_done", args=[made.pk]))
    assert "请补上四月的班会记录" not in client.get("/").content.decode()
    assert [entry.action for entry in audit_entries()][-2:] == ["duties.remind", "duties.reminder_done"]
    with pytest.raises(StaleError):
        reminders.put_away(here.user, made)


def test_the_same_words_are_not_sent_twice_while_the_first_are_open():
    here = room()
    admin = college_admin(here.college)
    reminders.send(admin, [receiver(here)], "请补上班会")
    assert reminders.send(admin, [receiver(here)], " 请补上班会 ") == []
    assert Reminder.objects.count() == 1


def test_nobody_reminds_teachers_of_another_college():
    here = room()
    with pytest.raises(NotAllowed):
        reminders.send(college_admin(), [receiver(here)], "请补上班会")
    with pytest.raises(NotAllowed):
        reminders.send(here.user, [receiver(here)], "请补上班会")


def test_a_reminder_needs_words_and_receivers():
    here = room()
    admin = college_admin(here.college)
    for receivers, text in (([], "有"), ([receiver(here)], "  "), ([receiver(here)], "长" * 301)):
        with pytest.raises(UserError):
            reminders.send(admin, receivers, text)


def test_many_are_reminded_at_once_from_the_form():
    college = CollegeFactory()
    one, two = room(college=college), room(college=college)
    client = client_for(college_admin(college))
    client.post(address("duties:remind"), {"teachers": [one.teacher.pk, two.teacher.pk], "text": "请交工作计划"})
    assert Reminder.objects.filter(text="请交工作计划").count() == 2


def test_the_form_refuses_teachers_of_another_college():
    here, there = room(), room()
    client = client_for(college_admin(here.college))
    answer = client.post(address("duties:remind"), {"teachers": [there.teacher.pk], "text": "请交工作计划"})
    assert answer.status_code == 200
    assert not Reminder.objects.exists()


def test_the_matrix_asks_as_many_questions_for_twelve_teachers_as_for_three():
    college = CollegeFactory()
    admin = college_admin(college)

    def questions() -> int:
        client = client_for(admin)
        client.get(address())
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address()).status_code == 200
        return len(captured)

    for _ in range(3):
        written(room(college=college), "class_meeting")
    few = questions()
    for _ in range(9):
        written(room(college=college), "class_meeting")
    assert questions() == few
