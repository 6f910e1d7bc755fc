"""Hardship: reported after at least one follow-up, answered by the college or the office, every time kept."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from duties.models import FeePeriod, Progress, RecordNote, WorkRecord
from duties.services import records
from gaobo_banzhuren.web.errors import NotAllowed, UserError
from teachers.models import Student
from tests.duties.fees_given import period
from tests.duties.given import Room, room, written
from tests.factories import assessor, client_for, college_admin, college_head, office

pytestmark = pytest.mark.django_db
TEXT = "父亲重病，家中无收入。"


@pytest.fixture
def here() -> Room:
    return room(3)


@pytest.fixture
def term() -> FeePeriod:
    return period()


def followed(where: Room, term: FeePeriod, student: Student, on: str = "2024-03-10") -> WorkRecord:
    return written(where, "arrears_followup", on, students=[student], fee_period=term, way="phone", text="催缴")


def reported(where: Room, term: FeePeriod, student: Student, on: str = "2024-03-18", **kwargs: object) -> WorkRecord:
    return written(where, "hardship", on, students=[student], fee_period=term, text=TEXT, **kwargs)  # type: ignore[arg-type]


@pytest.mark.clause("C4.2c")
def test_a_report_before_any_follow_up_is_refused(here, term):
    with pytest.raises(UserError, match="至少一次跟进"):
        reported(here, term, here.students[0])
    followed(here, term, here.students[1])
    with pytest.raises(UserError, match="至少一次跟进"):
        reported(here, term, here.students[0])
    followed(here, term, here.students[0], "2024-03-20")
    with pytest.raises(UserError, match="至少一次跟进"):
        reported(here, term, here.students[0], "2024-03-18")
    assert not WorkRecord.objects.filter(kind="hardship").exists()


@pytest.mark.clause("C4.2c")
@pytest.mark.parametrize("kind", ["talk", "parent_contact"])
def test_a_talk_or_parent_contact_about_arrears_is_a_follow_up(here, term, kind):
    written(here, kind, "2024-03-10", students=here.students[:1], category="arrears")
    assert reported(here, term, here.students[0]).progress == Progress.PENDING


def test_a_draft_may_be_written_first_and_one_report_waits_at_a_time(here, term):
    draft = reported(here, term, here.students[0], archive=False)
    assert draft.is_draft
    followed(here, term, here.students[0])
    first = reported(here, term, here.students[0])
    with pytest.raises(UserError, match="还没有答复"):
        reported(here, term, here.students[0])
    records.answer_report(college_head(here.college), first, "同意缓缴", closes=True)
    assert reported(here, term, here.students[0]).progress == Progress.PENDING


@pytest.mark.clause("C4.2c")
def test_the_college_gives_its_opinion_and_the_office_answers_with_every_time_kept(here, term):
    followed(here, term, here.students[0])
    report = reported(here, term, here.students[0])
    with pytest.raises(NotAllowed):
        records.answer_report(here.user, report, "同意", closes=True)
    records.answer_report(college_head(here.college), report, "情况属实，请学院批准。", closes=False)
    assert report.progress == Progress.PENDING
    records.answer_report(office(), report, "同意缓缴至六月。", closes=True)
    report.refresh_from_db()
    assert (report.progress, report.result) == (Progress.CLOSED, "同意缓缴至六月。")
    assert report.archived_at
    assert report.decided_on
    assert [note.at is not None for note in report.notes.filter(kind=RecordNote.Kind.DECISION)] == [True, True]


@pytest.mark.clause("C4.2c")
def test_the_list_shows_who_waits_to_those_who_answer_and_to_who_reported(here, term):
    followed(here, term, here.students[0])
    reported(here, term, here.students[0])
    url = reverse("duties:hardships")
    for user in (here.user, college_admin(here.college), office()):
        page = client_for(user).get(url).content.decode()
        assert here.students[0].name in page
        assert "待答复" in page
        assert TEXT not in page
    for user in (room().user, college_admin()):
        assert here.students[0].name not in client_for(user).get(url).content.decode()
    assert client_for(assessor(here.college)).get(url).status_code == 404
    assert client_for(here.user).get(f"{url}?state=closed").context["count"] == 0


def test_the_list_asks_the_same_number_of_questions_for_three_and_twelve(term):
    here = room(12)
    head = client_for(college_head(here.college))
    counts = []
    for students in (here.students[:3], here.students[3:]):
        for student in students:
            followed(here, term, student)
            reported(here, term, student)
        head.get(reverse("duties:hardships"))
        with CaptureQueriesContext(connection) as seen:
            assert head.get(reverse("duties:hardships")).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]
