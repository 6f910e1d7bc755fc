"""What happens to a record after it was written: follow-ups, corrections, decisions, comments, from the pages."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from duties.models import Progress, RecordNote, RecordState, WorkRecord
from duties.services import records
from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.web.errors import NotAllowed, StaleError, UserError
from tests.access.world import PDF
from tests.duties.given import room, written
from tests.duties.test_record_clauses import exam_session
from tests.factories import audit_entries, client_for, college_admin, college_head, office

pytestmark = pytest.mark.django_db


def step(user: User, record: WorkRecord, name: str, **data: object) -> str:
    """What the person reads after sending the step's form."""
    address = reverse(f"duties:record_{name}", args=[record.public_id])
    answer = client_for(user).post(address, data, follow=True).content.decode()
    record.refresh_from_db()
    return answer


@pytest.mark.clause("C5.2")
def test_a_follow_up_is_appended_and_moves_the_return_visit():
    here = room()
    talk = written(here, "talk", students=here.students[:1], follow_up_on=dt.date(2024, 4, 1))
    page = step(here.user, talk, "note", kind="follow_up", on="2024-04-02", text="情绪好转", follow_up_on="2024-05-06")
    assert "情绪好转" in page
    assert talk.follow_up_on == dt.date(2024, 5, 6)
    step(here.user, talk, "note", kind="follow_up", on="2024-05-06", text="不再需要")
    assert talk.follow_up_on is None
    assert talk.text == "谈了近期的学习。"


def test_a_follow_up_before_the_talk_or_tomorrow_is_refused():
    here = room()
    talk = written(here, "talk", students=here.students[:1])
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    assert "不能早于记录的日期" in step(here.user, talk, "note", kind="follow_up", on="2024-03-01", text="早")
    assert "不能晚于今天" in step(here.user, talk, "note", kind="follow_up", on=tomorrow.isoformat(), text="晚")
    assert not talk.notes.exists()


@pytest.mark.clause("C5.1b", "C9.5.1")
def test_a_case_goes_from_background_to_measures_to_its_closing():
    here = room()
    case = written(here, "case_study", students=here.students[:1])
    assert case.progress == Progress.OPEN
    assert "还没有过程措施" in step(here.user, case, "close", text="目标达到", on="2024-06-01")
    step(here.user, case, "note", kind="stage", on="2024-04-01", text="每周一次辅导")
    assert "请用「更正」补上效果" in step(here.user, case, "close", text="目标达到", on="2024-06-01")
    page = client_for(here.user).get(reverse("duties:record_correct", args=[case.public_id])).content.decode()
    assert "效果" in page
    values = {
        "happened_on": "2024-03-18",
        "category": "study",
        "title": "学习动力",
        "text": "背景。",
        "problem_text": "问题。",
    }
    step(here.user, case, "correct", **values, effect="成绩回升", reason="结案补充")
    assert case.notes.get(kind="correction").after == {"effect": "成绩回升"}
    assert "已办结。" in step(here.user, case, "close", text="目标达到", on="2024-06-01")
    assert (case.progress, case.decided_on, case.result) == (Progress.CLOSED, dt.date(2024, 6, 1), "目标达到")


@pytest.mark.clause("C5.3a", "C5.3c", "C3.1.3")
def test_a_problem_between_teaching_and_learning_stays_open_until_it_has_a_result():
    here = room()
    plain = written(here, "teacher_contact")
    problem = written(here, "teacher_contact", problem="作业太多", raised_to="教研室")
    assert (plain.progress, problem.progress) == ("", Progress.OPEN)
    client = client_for(here.user)
    listed = client.get(f"{reverse('duties:records')}?progress=open").context["object_list"]
    assert list(listed) == [problem]
    assert "请改正 1 处" in step(here.user, problem, "close", text="", on="2024-04-01")
    with pytest.raises(UserError, match="要写明结果"):
        records.close(here.user, problem, " ")
    step(here.user, problem, "close", text="任课教师减了一半", on="2024-04-01")
    assert problem.progress == Progress.CLOSED
    assert client.get(reverse("duties:record_close", args=[plain.public_id])).context["decision"].allowed is False


@pytest.mark.clause("C5.3b")
def test_a_lesson_visit_counts_present_within_due_and_opens_the_problem_it_named():
    here = room()
    client = client_for(here.user)
    data = {
        "happened_on": "2024-03-18", "period": "3-4节", "course_name": "会计学原理", "course_teacher": "顾老师",
        "due": 5, "present": 6, "discipline": "good", "state": "fair", "problem": "后排看手机",
    }  # fmt: skip
    address = reverse("duties:record_new", args=["lesson_visit"])
    assert "实到 6 人多于应到 5 人" in client.post(address, data).content.decode()
    client.post(address, data | {"present": 4})
    visit = WorkRecord.objects.get()
    assert (visit.present, visit.due, visit.progress) == (4, 5, Progress.OPEN)
    assert visit.details["discipline"] == "good"


@pytest.mark.clause("C5.5c", "C9.2.3.3")
def test_a_violation_in_an_exam_waits_until_somebody_else_confirms_it_and_may_be_cancelled():
    here = room()
    case = written(
        here, "exam_violation", students=here.students[:1], category="cheating", exam_session=exam_session(),
        text="夹带", education="当面教育",
    )  # fmt: skip
    assert case.progress == Progress.PENDING
    step(college_head(), case, "decide", verdict="confirmed")  # of another college
    assert case.progress == Progress.PENDING
    step(office(), case, "decide", verdict="confirmed", text="考办文件")
    assert case.progress == Progress.CONFIRMED
    admin = college_admin(here.college)
    assert "撤销要写明理由" in step(admin, case, "decide", verdict="cancelled", text="")
    step(admin, case, "decide", verdict="cancelled", text="申诉成立")
    assert (case.progress, case.result) == (Progress.CANCELLED, "申诉成立")
    assert [e.action for e in audit_entries("duties.record_c", case)] == [
        "duties.record_confirmed",
        "duties.record_cancelled",
    ]


def test_nobody_confirms_the_own_record():
    here = room()
    admin = college_admin(here.college)
    case = written(here, "discipline", students=here.students[:1], by=admin)
    assert case.teacher == here.teacher
    assert "不能认定自己的记录" in step(admin, case, "decide", verdict="confirmed")
    step(college_head(here.college), case, "decide", verdict="confirmed")
    assert case.progress == Progress.CONFIRMED


def test_a_decision_that_came_second_is_told_and_changes_nothing():
    here = room()
    case = written(here, "discipline", students=here.students[:1])
    stale = WorkRecord.objects.get(pk=case.pk)
    records.decide(college_head(here.college), case, Progress.CONFIRMED, "属实")
    with pytest.raises(StaleError):
        records.decide(college_admin(here.college), stale, Progress.CONFIRMED, "属实")


@pytest.mark.clause("C3.1.4")
def test_an_honour_is_confirmed_by_the_college():
    here = room()
    honour = written(here, "honour", students=here.students[:1])
    assert honour.progress == Progress.PENDING
    step(college_head(here.college), honour, "decide", verdict="confirmed")
    assert honour.progress == Progress.CONFIRMED


def test_a_correction_shows_old_and_new_side_by_side_and_names_the_reason():
    here = room()
    meeting = written(here, "class_meeting", due=5, present=4, host="班长")
    values = {
        "happened_on": "2024-03-19",
        "title": "学期安排",
        "text": "说明本学期安排，记录如下。",
        "due": 5,
        "present": 5,
    }
    page = step(here.user, meeting, "correct", **values, reason="漏数一名迟到的学生")
    note = meeting.notes.get()
    assert note.before == {"happened_on": "2024-03-18", "present": 4, "host": "班长"}
    assert note.after == {"happened_on": "2024-03-19", "present": 5, "host": ""}
    assert (meeting.present, meeting.details, meeting.happened_on) == (5, {}, dt.date(2024, 3, 19))
    for words in ("<del>4</del>", "<del>班长</del>", "漏数一名迟到的学生", "<del>2024-03-18</del>"):
        assert words in page


def test_a_correction_without_a_change_or_with_an_impossible_number_is_refused():
    here = room()
    meeting = written(here, "class_meeting", due=5, present=4)
    values = {"happened_on": "2024-03-18", "title": "学期安排", "text": "说明本学期安排，记录如下。", "due": 5}
    assert "没有改动" in step(here.user, meeting, "correct", **values, present=4, reason="再看一遍")
    assert "实到不能多于应到" in step(here.user, meeting, "correct", **values, present=9, reason="数错")
    assert not meeting.notes.exists()
    assert meeting.present == 4


def test_a_required_field_cannot_be_corrected_away():
    here = room()
    meeting = written(here, "class_meeting")
    page = step(here.user, meeting, "correct", happened_on="2024-03-18", title="", text="纪要", reason="改")
    assert "请填写「主题」" in page
    assert meeting.title == "学期安排"


def test_a_mistake_is_voided_with_a_reason_and_stays_readable():
    here = room()
    talk = written(here, "talk", students=here.students[:1])
    assert talk in WorkRecord.objects.archived()
    page = step(here.user, talk, "void", reason="记错了学生")
    assert "已作废：记错了学生" in page
    assert talk.state == RecordState.VOIDED
    assert not WorkRecord.objects.archived().exists()
    client = client_for(here.user)
    assert client.get(reverse("duties:records")).context["count"] == 0
    assert client.get(f"{reverse('duties:records')}?state=voided").context["count"] == 1


def test_a_confirmed_record_is_not_voided_by_its_author():
    here = room()
    case = written(here, "discipline", students=here.students[:1])
    records.decide(college_head(here.college), case, Progress.CONFIRMED, "属实")
    with pytest.raises(NotAllowed, match="不能作废"):
        records.void(here.user, case, "不想要")
    assert "不能作废" in step(here.user, case, "void", reason="不想要")


def test_a_comment_stands_on_the_start_page_until_it_is_answered_or_marked_as_read():
    here = room()
    head = college_head(here.college)
    talk = written(here, "worklog")
    step(head, talk, "comment", text="写得很好，请补充时间")
    client = client_for(here.user)
    assert "学院的批注没有看" in client.get("/").content.decode()
    assert list(client.get(f"{reverse('duties:records')}?unread=1").context["object_list"]) == [talk]
    page = client.get(talk.get_absolute_url()).content.decode()
    assert "有新的批注" in page
    assert "学院的批注没有看" in client.get("/").content.decode()  # looking alone changes nothing
    step(here.user, talk, "answer", text="已补充")
    assert "学院的批注没有看" not in client.get("/").content.decode()
    assert [note.kind for note in talk.notes.all()] == [RecordNote.Kind.COMMENT, RecordNote.Kind.ANSWER]
    step(head, talk, "comment", text="好")
    step(here.user, talk, "answer", text="")
    assert talk.notes.count() == 3
    assert "学院的批注没有看" not in client.get("/").content.decode()


def test_only_college_and_office_comment_and_never_on_their_own():
    here = room()
    other = room(college=here.college)
    log = written(here, "worklog")
    for user in (here.user, other.user):
        assert client_for(user).get(reverse("duties:record_comment", args=[log.public_id])).status_code == 404
    with pytest.raises(NotAllowed):
        records.comment(here.user, log, "自夸")
    with pytest.raises(NotAllowed):
        records.comment(college_head(), log, "别的学院")


def test_steps_on_anothers_record_do_not_exist():
    here = room()
    head = college_head(here.college)
    log = written(here, "worklog")
    for name in ("note", "correct", "void", "close", "files", "edit", "discard"):
        assert client_for(head).get(reverse(f"duties:record_{name}", args=[log.public_id])).status_code == 404, name


def test_proof_may_be_added_later_but_not_without_end():
    here = room()
    log = written(here, "worklog")
    files = [SimpleUploadedFile(f"{number}.pdf", PDF) for number in range(5)]
    assert "已添加 5 个附件" in step(here.user, log, "files", files=files)
    assert "最多 9 个附件" in step(
        here.user, log, "files", files=[SimpleUploadedFile(f"{n}.pdf", PDF) for n in range(5)]
    )
    assert log.files.count() == 5
    assert len(audit_entries("duties.record_files", log)) == 1


def test_a_draft_is_thrown_away_by_its_author_and_leaves_only_a_note_in_the_log():
    here = room()
    draft = written(here, "worklog", archive=False, text="写错了")
    step_url = reverse("duties:record_discard", args=[draft.public_id])
    client_for(here.user).post(step_url)
    assert not WorkRecord.objects.exists()
    (entry,) = audit_entries("duties.record_discard")
    assert "写错了" not in str(entry.before)


def test_drafts_stand_first_in_the_list_and_on_the_start_page():
    here = room()
    written(here, "worklog", "2024-05-06")
    draft = written(here, "worklog", "2024-03-01", archive=False)
    client = client_for(here.user)
    assert client.get(reverse("duties:records")).context["object_list"][0] == draft
    page = client.get("/").content.decode()
    assert "没写完的草稿" in page


def test_nobody_else_sees_a_draft():
    here = room()
    written(here, "worklog", archive=False)
    for user in (college_head(here.college), college_admin(here.college), office()):
        assert client_for(user).get(reverse("duties:records")).context["count"] == 0


LIST_QUERIES, PAGE_QUERIES = 14, 15


@pytest.mark.parametrize("count", [3, 12])
def test_list_and_page_ask_the_same_number_of_queries_for_any_number_of_rows(count, django_assert_num_queries):
    here = room(count)
    for number in range(count):
        last = written(here, "talk", students=here.students[: number + 1])
    client = client_for(here.user)
    for address, expected in ((reverse("duties:records"), LIST_QUERIES), (last.get_absolute_url(), PAGE_QUERIES)):
        client.get(address)
        with django_assert_num_queries(expected):
            client.get(address)


def test_a_link_from_a_figure_says_what_the_list_is_narrowed_to():
    here = room()
    written(here, "talk", students=here.students[:1])
    client = client_for(here.user)
    query = {"student": here.students[0].pk, "since": "2024-02-01", "until": "2024-06-30", "category": "study"}
    page = client.get(reverse("duties:records"), query).content.decode()
    assert f"学生：{here.students[0].name}，从：2024-02-01，到：2024-06-30，类型：学业" in page
