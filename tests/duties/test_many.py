"""Many records at once: the same rules as one by one, all or none."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duties.models import WorkRecord
from duties.services.many import archive_many
from duties.services.records import RecordInput
from gaobo_banzhuren.web.errors import NotAllowed, UserError
from tests.duties.given import MONDAY, room
from tests.teachers.given import day

pytestmark = pytest.mark.django_db


def logs(here, *days):
    return [RecordInput("worklog", on, [here.school_class], values={"text": "走访宿舍。"}) for on in days]


def test_records_are_archived_with_class_students_and_tags():
    here = room()
    talk = RecordInput(
        "talk", MONDAY, [here.school_class], [here.students[0].pk], tags=["夜谈"],
        values={"category": "mind", "way": "face", "text": "情绪平稳。"},
    )  # fmt: skip
    archive_many(here.user, [*logs(here, MONDAY), talk])
    written = WorkRecord.objects.get(kind="talk")
    assert (written.state, written.privacy, written.teacher) == ("archived", "psychological", here.teacher)
    assert [link.student for link in written.student_links.all()] == here.students[:1]
    assert [tag.value for tag in written.tags.all()] == ["夜谈"]


def test_one_bad_entry_keeps_all_out():
    here = room()
    with pytest.raises(NotAllowed, match="第 2 条"):
        archive_many(here.user, logs(here, MONDAY, day("2023-08-01")))
    with pytest.raises(UserError, match="第 1 条：请填写「内容」"):
        archive_many(here.user, [RecordInput("worklog", MONDAY, [here.school_class])])
    assert not WorkRecord.objects.exists()


def test_ten_cost_as_many_questions_as_two(django_assert_num_queries):
    here = room()
    archive_many(here.user, logs(here, MONDAY))
    with CaptureQueriesContext(connection) as few:
        archive_many(here.user, logs(here, MONDAY, MONDAY))
    with django_assert_num_queries(len(few)):
        archive_many(here.user, logs(here, *[MONDAY] * 10))
