"""Special students: marked with kind and level, lifted again; confidential kinds are hidden from those without right."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from duties.models import Privacy, SpecialStudent
from duties.services import specials
from gaobo_banzhuren.web.errors import NotAllowed, StaleError, UserError
from tests.duties.given import room
from tests.factories import assessor, audit_entries, client_for, college_admin, college_head, hr, office
from tests.teachers.given import appointed, day

pytestmark = pytest.mark.django_db
Kind = SpecialStudent.Kind


def marked(here, kind=Kind.STUDY, number=0, actor=None, **values):
    fields = {"level": "watch", "since": day("2024-03-18"), "note": "两门不合格"} | values
    return specials.mark(actor or here.user, here.school_class, here.students[number], kind=kind, **fields)


def seen_by(person, here):
    answer = client_for(person).get(reverse("duties:specials", args=[here.school_class.pk]))
    return answer.content.decode() if answer.status_code == 200 else answer.status_code


@pytest.mark.clause("C5.1b")
def test_a_student_is_marked_changed_and_lifted():
    here = room()
    one = marked(here)
    assert (one.kind, one.level, one.privacy) == ("study", "watch", Privacy.NORMAL)
    specials.change(here.user, one, level="focus", note="三门不合格", version=one.version)
    assert one.level == "focus"
    with pytest.raises(UserError, match="解除日期应在"):
        specials.lift(here.user, one, day("2024-03-01"), version=one.version)
    specials.lift(here.user, one, day("2024-05-31"), version=one.version)
    with pytest.raises(NotAllowed, match="已经解除"):
        specials.change(here.user, one, level="watch", note="", version=one.version)
    assert [entry.action for entry in audit_entries("duties.special", one)] == [
        "duties.special_mark", "duties.special_change", "duties.special_lift",
    ]  # fmt: skip


@pytest.mark.clause("C5.1b", "A-87")
@pytest.mark.parametrize("kind", [Kind.MIND, Kind.MONEY, Kind.FAMILY, Kind.HEALTH])
def test_confidential_kinds_are_hidden_from_those_without_right(kind):
    here = room()
    one = marked(here, kind, note="只有少数人能读")
    assert one.privacy == (Privacy.PSYCHOLOGICAL if kind == Kind.MIND else Privacy.SENSITIVE)
    name = here.students[0].name
    head = college_head(here.college)
    assert "只有少数人能读" in seen_by(here.user, here)
    assert name in seen_by(head, here)
    assert "只有少数人能读" not in seen_by(head, here)
    for person in (college_admin(here.college), office()):
        assert name not in seen_by(person, here)
        assert client_for(person).get(reverse("duties:special_read", args=[one.pk])).status_code == 404
    for person in (assessor(here.college), hr(), room(college=here.college).user, college_head()):
        assert seen_by(person, here) == 404
    entry = audit_entries("duties.special_mark", one)[0]
    assert "kind" not in entry.after
    assert "只有" not in str(entry.after)


@pytest.mark.clause("A-87")
def test_the_head_reads_the_words_apart_and_the_log_says_so():
    here = room()
    one = marked(here, Kind.MIND, note="近来睡不好")
    client, url = client_for(college_head(here.college)), reverse("duties:special_read", args=[one.pk])
    assert "近来睡不好" not in client.get(url).content.decode()
    assert not audit_entries("duties.special_read")
    assert "近来睡不好" in client.post(url).content.decode()
    assert len(audit_entries("duties.special_read", one)) == 1
    client_for(here.user).post(url)
    assert len(audit_entries("duties.special_read", one)) == 1


@pytest.mark.clause("C5.1b", "A-87")
def test_the_next_class_teacher_sees_what_the_class_needs_and_not_what_was_confided():
    here, later = room(), room()
    marked(here, Kind.STUDY, 0)
    marked(here, Kind.MIND, 1)
    here.school_class.appointments.update(ends_on=day("2024-03-31"), state="ended", end_reason="工作需要")
    appointed(here.school_class, later.teacher, "2024-04-01")
    text = seen_by(later.user, here)
    assert here.students[0].name in text
    assert here.students[1].name not in text


def test_who_marks_changes_and_lifts():
    here = room()
    head = college_head(here.college)
    marked(here, number=1, actor=head)
    for person in (college_admin(here.college), office(), assessor(here.college), room(college=here.college).user):
        with pytest.raises(NotAllowed):
            marked(here, number=2, actor=person)
    mind = marked(here, Kind.MIND, 3)
    with pytest.raises(NotAllowed, match="A-87"):
        specials.change(head, mind, level="focus", note="", version=mind.version)
    specials.lift(head, mind, day("2024-05-31"), version=mind.version)
    plain = marked(here, Kind.DISCIPLINE, 4)
    with pytest.raises(NotAllowed):
        specials.lift(college_admin(here.college), plain, day("2024-05-31"), version=plain.version)


def test_the_same_kind_is_marked_once_and_only_for_the_class():
    here = room()
    marked(here)
    with pytest.raises(UserError, match="未解除的同类标记"):
        marked(here)
    marked(here, Kind.DISCIPLINE)
    there = room()
    with pytest.raises(UserError, match="不在本班名册"):
        specials.mark(
            here.user, here.school_class, there.students[0], kind="study", level="watch", since=day("2024-03-18")
        )


def test_an_old_page_does_not_win():
    here = room()
    one = marked(here)
    seen = one.version
    specials.change(here.user, one, level="focus", note="", version=seen)
    with pytest.raises(StaleError):
        specials.change(here.user, one, level="ordinary", note="", version=seen)


@pytest.mark.clause("C5.1b")
def test_marked_in_the_browser_with_a_talk_one_tap_away():
    here = room()
    client = client_for(here.user)
    client.post(
        reverse("duties:special_new", args=[here.school_class.pk]),
        {
            "student": here.students[0].pk,
            "kind": "study",
            "level": "focus",
            "since": "2024-03-18",
            "confidential": "on",
        },
    )
    one = SpecialStudent.objects.get()
    assert one.privacy == Privacy.SENSITIVE
    text = seen_by(here.user, here)
    assert f"student={here.students[0].pk}" in text
    assert reverse("duties:record_new", args=["talk"]) in text
    client.post(reverse("duties:special_lift", args=[one.pk]), {"version": one.version, "until": "2024-06-01"})
    assert "已解除（1）" in seen_by(here.user, here)


def test_few_and_many_marks_ask_the_same_number_of_questions(django_assert_num_queries):
    here = room(12)
    client, url = client_for(here.user), reverse("duties:specials", args=[here.school_class.pk])
    for number in range(3):
        marked(here, number=number)
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for number in range(3, 12):
        marked(here, number=number)
    with django_assert_num_queries(len(few)):
        client.get(url)
