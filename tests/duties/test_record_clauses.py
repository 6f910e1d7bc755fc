"""Articles 3, 5 and 6 walked as the class teacher would: what is written down stands in the list and on the page."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from duties import kinds
from duties.kinds import THEMES, THEMES_ONE, THEMES_TWO
from duties.models import ExamSession, RecordTag, WorkRecord
from tests.duties.given import Room, room, written
from tests.factories import client_for, college_admin

pytestmark = pytest.mark.django_db
DAY = "2024-03-18"


def exam_session() -> ExamSession:
    return ExamSession.objects.create(
        name="2024年4月统考", starts_on=dt.date(2024, 4, 13), ends_on=dt.date(2024, 4, 14)
    )


def sent(here: Room, kind: str, **data: object) -> WorkRecord:
    """Written on its page by the class's teacher; the record as it stands."""
    client = client_for(here.user)
    answer = client.post(reverse("duties:record_new", args=[kind]), {"happened_on": DAY, **data})
    assert answer.status_code == 302, answer.content.decode()
    return WorkRecord.objects.order_by("-pk")[0]


def listed(client: Client, **query: object) -> list[WorkRecord]:
    return list(client.get(reverse("duties:records"), query).context["object_list"])


@pytest.mark.clause("C3.1.1")
def test_thirteen_themes_can_be_chosen_and_found_again():
    here = room()
    assert len(THEMES_ONE) == 11
    assert len(set(THEMES)) == 13
    activity = sent(here, "activity", category="theme", title="爱国主义观影", text="观影和讨论", themes=list(THEMES))
    assert {tag.value for tag in activity.tags.all()} == set(THEMES)
    client = client_for(here.user)
    for theme in THEMES:
        assert listed(client, theme=theme) == [activity]
    page = client.get(activity.get_absolute_url()).content.decode()
    assert all(theme in page for theme in THEMES)


@pytest.mark.clause("C3.1.1")
def test_a_theme_that_the_regulation_does_not_name_is_refused():
    here = room()
    client = client_for(here.user)
    data = {"happened_on": DAY, "category": "theme", "title": "x", "text": "y", "themes": ["摄影"]}
    assert client.post(reverse("duties:record_new", args=["activity"]), data).status_code == 200
    assert not WorkRecord.objects.exists()


@pytest.mark.clause("C3.1.2")
def test_an_activity_about_safety_only_counts_for_the_second_item_and_not_for_the_first():
    here = room()
    activity = sent(here, "activity", category="theme", title="消防演练", text="演练", themes=["安全稳定"])
    tags = set(RecordTag.objects.filter(record=activity, group="theme").values_list("value", flat=True))
    assert tags <= set(THEMES_TWO)
    assert not tags & set(THEMES_ONE)
    assert "单独统计" in client_for(here.user).get(reverse("duties:record_new", args=["activity"])).content.decode()


@pytest.mark.clause("C3.1.3")
def test_talks_parents_teachers_and_the_analysis_of_thinking_are_written_down_and_listed():
    here = room()
    who = [here.students[0].pk]
    talk = sent(here, "talk", students=who, category="thought", way="face", text="谈思想")
    parent = sent(here, "parent_contact", students=who, category="routine", way="phone", text="通话")
    teacher = sent(here, "teacher_contact", course_teacher="顾老师", way="phone", text="了解情况")
    report = sent(here, "thought_report", title="2024年3月", text="总体平稳", hot="就业", hard="经济", measures="谈话")
    client = client_for(here.user)
    assert set(listed(client)) == {talk, parent, teacher, report}
    assert set(listed(client, student=who[0])) == {talk, parent}
    assert listed(client, kind="thought_report") == [report]
    page = client.get(report.get_absolute_url()).content.decode()
    for label in ("热点问题", "难点问题", "措施"):
        assert label in page


@pytest.mark.clause("C3.1.4")
def test_four_stages_of_excellent_students_and_the_honour_on_the_page_of_the_student():
    here = room()
    student = here.students[0]
    for stage, _ in kinds.kind_of("honour").field("category").choices:
        sent(here, "honour", students=[student.pk], category=stage, title="三好学生", level="school")
    assert WorkRecord.objects.filter(kind="honour").count() == 4
    page = client_for(here.user).get(reverse("teachers:student", args=[student.pk])).content.decode()
    for word in ("培养", "选拔", "评比", "表彰"):
        assert f"三好学生 · {word} · 学校" in page


@pytest.mark.clause("C3.1.4")
def test_individual_work_with_one_student_is_a_talk_about_thinking():
    here = room()
    talk = sent(here, "talk", students=[here.students[0].pk], category="thought", way="face", text="个别思想工作")
    assert listed(client_for(here.user), category="thought") == [talk]


@pytest.mark.clause("C5.1a")
def test_the_work_log_is_kept_by_day_and_private_entries_are_not_read_by_others():
    here = room()
    open_log = sent(here, "worklog", text="走访宿舍")
    private = sent(here, "worklog", text="自己记着", privacy="private")
    assert set(listed(client_for(here.user), kind="worklog")) == {open_log, private}
    assert listed(client_for(college_admin(here.college))) == [open_log]


@pytest.mark.clause("C5.1b")
def test_a_case_study_is_about_one_student_and_sensitive_from_the_start():
    here = room()
    client = client_for(here.user)
    data = {"happened_on": DAY, "category": "money", "title": "助学", "text": "背景", "problem_text": "问题"}
    both = data | {"students": [one.pk for one in here.students[:2]]}
    assert "一次登记一名学生" in client.post(reverse("duties:record_new", args=["case_study"]), both).content.decode()
    case = sent(here, "case_study", students=[here.students[0].pk], **data)
    assert (case.privacy, case.progress) == ("sensitive", "open")


@pytest.mark.clause("C5.2")
def test_a_talk_keeps_the_study_basis_goal_agreed_steps_and_return_day():
    here = room()
    talk = sent(
        here, "talk", students=[here.students[0].pk], category="study", way="face", text="谈学习",
        study_basis="英语弱", goal="通过四门", measures="每天一小时", follow_up_on="2024-04-15", level="watch",
    )  # fmt: skip
    page = client_for(here.user).get(talk.get_absolute_url()).content.decode()
    for word in ("英语弱", "通过四门", "每天一小时", "2024-04-15", "关注"):
        assert word in page


@pytest.mark.clause("C5.3a")
def test_the_contact_with_a_course_teacher_names_teacher_course_and_way():
    here = room()
    contact = sent(
        here, "teacher_contact", course_teacher="顾老师", course_name="会计学原理", way="online", text="交流"
    )
    assert (contact.details["course_teacher"], contact.way) == ("顾老师", "online")
    assert "顾老师 · 会计学原理" in client_for(here.user).get(reverse("duties:records")).content.decode()


@pytest.mark.clause("C5.3b")
def test_a_visit_shows_a_number_and_no_required_one():
    here = room()
    sent(here, "lesson_visit", course_name="会计学原理", course_teacher="顾老师", period="3-4节", due=5, present=5)
    page = client_for(here.user).get(reverse("duties:records"), {"kind": "lesson_visit"}).content.decode()
    assert "共 <strong>1</strong> 条" in page


@pytest.mark.clause("C5.3c")
def test_a_problem_named_in_a_visit_stays_on_the_list_of_open_problems():
    here = room()
    visit = sent(
        here, "lesson_visit", course_name="会计学原理", course_teacher="顾老师", problem="听不清", suggestion="换教室"
    )
    assert listed(client_for(here.user), progress="open") == [visit]
    assert "进行中的个案和问题" in client_for(here.user).get("/").content.decode()


@pytest.mark.clause("C5.5b")
def test_pre_exam_education_belongs_to_a_session():
    here, session = room(), exam_session()
    activity = sent(
        here,
        "activity",
        category="pre_exam",
        title="考前教育",
        text="讲纪律",
        exam_session=session.pk,
        due=5,
        present=5,
    )
    assert listed(client_for(here.user), session=session.pk, category="pre_exam") == [activity]
    assert session.name in client_for(here.user).get(activity.get_absolute_url()).content.decode()


@pytest.mark.clause("C5.5c")
def test_a_violation_keeps_session_category_decision_and_the_help_given():
    here, session = room(), exam_session()
    case = sent(
        here, "exam_violation", students=[here.students[0].pk], category="breach", exam_session=session.pk,
        text="携带手机", education="陪同说明情况", decided_where="考办",
    )  # fmt: skip
    assert (case.category, case.progress) == ("breach", "pending")
    page = client_for(college_admin(here.college)).get(case.get_absolute_url()).content.decode()
    for word in ("考试违纪", session.name, "陪同说明情况", "考办", "认定或撤销"):
        assert word in page


@pytest.mark.clause("C6.1a")
def test_mobilisation_before_the_exams_is_an_activity_of_its_own_kind():
    here = room()
    activity = sent(here, "activity", category="revision", title="复习动员", text="动员")
    assert listed(client_for(here.user), category="revision") == [activity]


@pytest.mark.clause("C6.2")
def test_exam_style_and_honesty_are_kept_apart_with_the_number_of_pledges():
    here = room()
    style = sent(here, "activity", category="exam_style", title="考风", text="教育")
    honesty = sent(here, "activity", category="honesty", title="诚信", text="签承诺书", pledges=5)
    client = client_for(here.user)
    assert (listed(client, category="exam_style"), listed(client, category="honesty")) == ([style], [honesty])
    assert honesty.details["pledges"] == 5
    assert "签诚信承诺书（份）" in client.get(honesty.get_absolute_url()).content.decode()


def test_the_list_leads_from_class_term_and_days_to_the_rows_behind_a_figure():
    here = room()
    other = room(teacher=here.teacher)
    first = written(here, "talk", "2024-03-18", students=here.students[:1])
    second = written(other, "talk", "2023-10-10", students=other.students[:1])
    client = client_for(here.user)
    assert listed(client, school_class=here.school_class.pk) == [first]
    assert listed(client, term=second.term_id) == [second]
    assert listed(client, since="2024-01-01", until="2024-12-31") == [first]
    assert listed(client, teacher=here.teacher.pk) == [first, second]
    assert listed(client, kind="nothing") == []
