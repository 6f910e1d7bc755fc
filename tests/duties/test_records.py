"""Writing work records down: who, for which class and day, once, and what may be changed afterwards."""

from __future__ import annotations

import pytest

from duties.models import Privacy, Progress, RecordNote, RecordState, WorkRecord
from duties.services import records
from gaobo_banzhuren.web.errors import NotAllowed, UserError
from tests.duties.given import MONDAY, room, written
from tests.factories import audit_entries, college_head

pytestmark = pytest.mark.django_db


@pytest.mark.clause("C5.2")
def test_a_talk_with_two_students_is_archived_and_logged_without_its_text():
    here = room()
    talk = written(here, "talk", students=here.students[:2])
    assert (talk.state, talk.teacher, talk.college) == (RecordState.ARCHIVED, here.teacher, here.college)
    assert talk.student_links.count() == 2
    entry = audit_entries()[-1]
    assert entry.action == "duties.record_archive"
    assert "谈了近期的学习" not in str(entry.after)


def test_the_same_draft_from_the_phone_sent_twice_is_one_record():
    here = room()
    data = records.RecordInput("worklog", MONDAY, [here.school_class], values={"text": "走访"})
    first = records.save(here.user, data, archive=True, client_id="phone-1")
    again = records.save(here.user, data, archive=True, client_id="phone-1")
    assert first == again
    assert WorkRecord.objects.count() == 1


def test_nobody_writes_for_a_class_that_somebody_else_leads():
    here, there = room(), room()
    with pytest.raises(NotAllowed, match="不是"):
        written(here, "worklog", by=there.user)


def test_a_student_of_another_class_is_refused():
    here, there = room(), room()
    with pytest.raises(UserError, match="不在所选班级的名册上"):
        written(here, "talk", students=there.students[:1])


def test_an_archived_text_is_corrected_by_a_note_that_keeps_the_old_one():
    here = room()
    meeting = written(here, "class_meeting", due=5, present=4)
    records.correct(here.user, meeting, {"present": 5}, "一名迟到的学生漏数")
    note = meeting.notes.get()
    assert (note.kind, note.before, note.after) == (RecordNote.Kind.CORRECTION, {"present": 4}, {"present": 5})
    assert meeting.present == 5


@pytest.mark.clause("C5.1b")
def test_a_case_without_measures_cannot_be_closed():
    here = room()
    case = written(here, "case_study", students=here.students[:1], effect="好转", reflection="及时介入")
    assert case.progress == Progress.OPEN
    with pytest.raises(UserError, match="还没有过程措施"):
        records.close(here.user, case, "目标达到")
    records.append(here.user, case, RecordNote.Kind.STAGE, "每周一次辅导")
    records.close(here.user, case, "目标达到")
    assert case.progress == Progress.CLOSED


@pytest.mark.clause("A-87")
def test_a_psychological_talk_is_confidential_whatever_the_form_said():
    here = room()
    talk = written(here, "talk", students=here.students[:1], category="mind", privacy="normal")
    assert talk.privacy == Privacy.PSYCHOLOGICAL


@pytest.mark.clause("C5.5c")
def test_only_the_college_confirms_a_discipline_case_and_may_cancel_it_later():
    here = room()
    head = college_head(here.college)
    case = written(here, "discipline", students=here.students[:1])
    assert case.progress == Progress.PENDING
    with pytest.raises(NotAllowed):
        records.decide(here.user, case, Progress.CONFIRMED, "属实")
    records.decide(head, case, Progress.CONFIRMED, "属实")
    records.decide(head, case, Progress.CANCELLED, "申诉成立")
    assert case.progress == Progress.CANCELLED
