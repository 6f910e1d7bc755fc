"""Plans and summaries: written, handed in, withdrawn, returned, reviewed; every version kept; what is missing shown."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from duties.drafting import draft_summary
from duties.models import PaperState, PaperVersion, TermPaper
from duties.policies.papers import MOVES
from duties.services import papers
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.documents.files import may_open
from gaobo_banzhuren.web.errors import NotAllowed, StaleError, UserError
from tests.duties.given import MONDAY, room, term_of, written
from tests.duties.tasks_given import at_time
from tests.factories import assessor, audit_entries, client_for, college_admin, college_head, office, with_role
from tests.teachers.given import appointed, day

pytestmark = pytest.mark.django_db
State = PaperState
Kind = TermPaper.Kind
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


def begun(here, kind=Kind.PLAN, text="抓三件事。", on="2024-03-18"):
    paper = papers.begin(here.user, kind, here.school_class, term_of(on))
    return papers.write(here.user, paper, text) if text else paper


def at_state(here, state, reviewer=None):
    """The plan, come as far as the state through the services; an earlier one makes room."""
    PaperVersion.objects.filter(paper__teacher=here.teacher).delete()
    TermPaper.objects.filter(teacher=here.teacher).delete()
    reviewer = reviewer or college_admin(here.college)
    paper = begun(here)
    if state != State.DRAFT:
        papers.submit(here.user, paper)
    if state == State.RETURNED:
        papers.send_back(reviewer, paper, "请写目标")
    if state == State.REVIEWED:
        papers.review(reviewer, paper, "好")
    return paper


@pytest.mark.clause("C9.1.4")
def test_a_plan_goes_its_way_and_each_version_stays_with_what_became_of_it():
    here = room()
    head = college_head(here.college)
    paper = begun(here)
    papers.submit(here.user, paper)
    papers.withdraw(here.user, paper)
    assert (paper.state, paper.submitted_on) == (State.DRAFT, None)
    papers.write(here.user, paper, "抓四件事。")
    papers.submit(here.user, paper)
    papers.send_back(head, paper, "请写时间")
    papers.write(here.user, paper, "抓四件事，各有时间。")
    papers.submit(here.user, paper)
    papers.review(head, paper, "很具体")
    paper.refresh_from_db()
    assert (paper.state, paper.reviewed_by, paper.review_text) == (State.REVIEWED, head, "很具体")
    assert [(one.number, one.text, one.outcome, one.outcome_text) for one in paper.versions.all()] == [
        (1, "抓三件事。", "draft", "本人撤回"),
        (2, "抓四件事。", "returned", "请写时间"),
        (3, "抓四件事，各有时间。", "reviewed", "很具体"),
    ]
    assert "抓" not in str([entry.after for entry in audit_entries("duties.paper_", paper)])


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("move", ["write", "submit", "withdraw", "return", "review"])
def test_each_step_belongs_to_one_side_and_starts_from_its_states_only(move, state):
    here = room()
    people = {
        "teacher": here.user, "admin": college_admin(here.college), "head": college_head(here.college),
        "assessor": assessor(here.college), "office": office(), "foreign head": college_head(room().college),
    }  # fmt: skip
    allowed = {"admin", "head"} if move in ("return", "review") else {"teacher"}
    step = {
        "write": lambda who, paper: papers.write(who, paper, "新文"),
        "submit": papers.submit,
        "withdraw": papers.withdraw,
        "return": lambda who, paper: papers.send_back(who, paper, "改"),
        "review": lambda who, paper: papers.review(who, paper, "阅"),
    }[move]
    for name, person in people.items():
        paper = at_state(here, state, people["head"])
        if name in allowed and state in MOVES[move]:
            step(person, paper)
        else:
            with pytest.raises(NotAllowed):
                step(person, paper)
            paper.refresh_from_db()
            assert paper.state == state


def test_nobody_reviews_the_own_paper():
    here = room()
    both = with_role(here.user, Role.COLLEGE_HEAD, here.college)
    paper = begun(here)
    papers.submit(both, paper)
    with pytest.raises(NotAllowed, match="自己的计划"):
        papers.review(both, paper, "好")


def test_only_who_was_in_post_in_the_term_writes_also_after_a_hand_over():
    here, later = room(), room()
    here.school_class.appointments.update(ends_on=day("2024-03-31"), state="ended", end_reason="工作需要")
    appointed(here.school_class, later.teacher, "2024-04-01")
    assert begun(here).teacher == here.teacher
    here_term, autumn = term_of("2024-03-18"), term_of("2023-10-09")
    assert papers.begin(later.user, Kind.PLAN, here.school_class, here_term).teacher == later.teacher
    with pytest.raises(NotAllowed, match="不是"):
        papers.begin(later.user, Kind.PLAN, here.school_class, autumn)
    with pytest.raises(NotAllowed):
        papers.begin(room().user, Kind.PLAN, here.school_class, here_term)


def test_beginning_twice_gives_the_same_paper_and_an_old_page_does_not_win():
    here = room()
    paper = begun(here)
    assert begun(here, text="") == paper
    papers.write(here.user, paper, "新的")
    with pytest.raises(StaleError):
        papers.write(here.user, paper, "旧页面上的", version=1)
    paper.refresh_from_db()
    assert paper.text == "新的"


def test_an_empty_paper_is_not_handed_in_and_a_file_is_enough():
    here = room()
    paper = begun(here, text="")
    with pytest.raises(UserError, match="还没有正文"):
        papers.submit(here.user, paper)
    papers.attach(here.user, paper, [SimpleUploadedFile("计划.pdf", PDF)])
    papers.submit(here.user, paper)
    stored = paper.files.get()
    assert may_open(college_head(here.college), stored)
    assert not may_open(room(college=here.college).user, stored)


def test_a_draft_is_the_writers_alone():
    here = room()
    paper = begun(here)
    admin = college_admin(here.college)
    assert client_for(admin).get(paper.get_absolute_url()).status_code == 404
    papers.submit(here.user, paper)
    assert client_for(admin).get(paper.get_absolute_url()).status_code == 200
    assert client_for(college_admin()).get(paper.get_absolute_url()).status_code == 404


@pytest.mark.clause("C9.1.4", "A-74")
def test_what_is_missing_is_shown_per_class_and_term():
    here = room()
    other = room(college=here.college)
    foreign = room()
    with at_time("2024-03-18"):
        papers.submit(here.user, begun(here))
        client = client_for(college_admin(here.college))
        everything = client.get(reverse("duties:papers")).content.decode()
        assert here.school_class.name in everything
        assert foreign.school_class.name not in everything
        no_plan = client.get(reverse("duties:papers"), {"show": "no_plan"}).content.decode()
        assert other.school_class.name in no_plan
        assert here.school_class.name not in no_plan
        no_summary = client.get(reverse("duties:papers"), {"show": "no_summary"}).content.decode()
        assert here.school_class.name in no_summary
        waiting = client.get(reverse("duties:papers"), {"show": "waiting"}).content.decode()
        assert here.school_class.name in waiting
        assert other.school_class.name not in waiting
        autumn = client.get(reverse("duties:papers"), {"term": term_of("2023-10-09").pk}).content.decode()
        assert "已提交" not in autumn.split("<tbody>")[1]


def test_a_class_teacher_writes_hands_in_and_reads_the_answer_in_the_browser():
    here = room()
    with at_time("2024-03-18"):
        client, term = client_for(here.user), term_of("2024-03-18")
        mine = client.get(reverse("duties:papers")).content.decode()
        assert mine.count("未写") == 4
        fields = {"kind": "plan", "school_class": here.school_class.pk, "term": term.pk}
        client.post(reverse("duties:paper_new"), fields | {"text": "一稿", "do": "draft"})
        paper = TermPaper.objects.get()
        assert paper.state == State.DRAFT
        edit = reverse("duties:paper_edit", args=[paper.pk])
        client.post(edit, {"text": "二稿", "version": paper.version, "do": "submit"})
        head = client_for(college_head(here.college))
        head.post(reverse("duties:paper_return", args=[paper.pk]), {"reason": "请写时间"})
        assert "请写时间" in client.get(edit).content.decode()
        paper.refresh_from_db()
        client.post(edit, {"text": "三稿", "version": paper.version, "do": "submit"})
        head.post(reverse("duties:paper_review", args=[paper.pk]), {"text": "很好"})
        assert "很好" in client.get(paper.get_absolute_url()).content.decode()


def _a_term_of_work(here):
    written(here, "class_meeting", "2024-03-04", title="学期安排", themes=("学风",))
    written(here, "class_meeting", "2024-03-11", title="宿舍安全")
    written(here, "activity", "2024-03-12", title="参观工厂", themes=("劳动",))
    written(here, "talk", MONDAY, students=here.students[:2])
    written(here, "talk", MONDAY, students=here.students[:1], category="mind", title="睡眠", text="近来睡不好。")
    written(here, "lesson_visit", MONDAY)
    written(here, "worklog", MONDAY, privacy="private", text="只给自己看的。")


@pytest.mark.clause("C9.1.4")
def test_the_draft_of_a_summary_counts_what_was_done_and_names_nobody():
    here = room()
    _a_term_of_work(here)
    with at_time("2024-03-29"):
        text = draft_summary(here.user, here.school_class, term_of("2024-03-18"))
    assert "班会 2 次：3 月 4 日「学期安排」，3 月 11 日「宿舍安全」" in text
    assert "教育活动 1 次：3 月 12 日「参观工厂」" in text
    assert "涉及教育主题 2 个：学风、劳动" in text or "涉及教育主题 2 个：劳动、学风" in text
    assert "谈心谈话 2 次" in text
    assert "2 ÷ 5" in text
    assert "听课 1 次" in text
    assert "在读 5 人" in text
    for student in here.students:
        assert student.name not in text.replace(here.school_class.name, "")
    assert "睡" not in text
    assert "只给自己看" not in text


def test_a_class_without_records_gets_an_honest_frame():
    here = room()
    with at_time("2024-03-29"):
        text = draft_summary(here.user, here.school_class, term_of("2024-03-18"))
    assert "0 次" not in text
    assert "无数据" not in text
    assert "请补充" in text


def test_the_draft_stands_under_what_is_written_and_only_in_a_summary():
    here = room()
    _a_term_of_work(here)
    summary = begun(here, Kind.SUMMARY, "我自己写的开头。")
    papers.compose(here.user, summary)
    assert summary.text.startswith("我自己写的开头。\n\n【以下由系统")
    with pytest.raises(UserError, match="只有工作总结"):
        papers.compose(here.user, begun(here))
    papers.submit(here.user, summary)
    with pytest.raises(NotAllowed):
        papers.compose(here.user, summary)


def test_a_colleagues_private_notes_are_not_counted_in_the_draft():
    here = room()
    written(here, "worklog", MONDAY, privacy="private")
    with at_time("2024-03-29"):
        assert "日常工作日志" not in draft_summary(room().user, here.school_class, term_of("2024-03-18"))


@pytest.mark.clause("C9.1.4")
def test_a_college_sets_the_day_and_late_is_counted_from_it():
    here, foreign = room(), room()
    admin, term = college_admin(here.college), term_of("2024-03-18")
    handed = begun(here)
    with at_time("2024-03-18"):
        papers.submit(here.user, handed)
        assert papers.set_due(admin, here.college, Kind.SUMMARY, term, day("2024-03-20")) == 1
        assert papers.set_due(admin, here.college, Kind.PLAN, term, day("2024-03-17")) == 0
        for person in (here.user, office(), college_admin(foreign.college)):
            with pytest.raises(NotAllowed):
                papers.set_due(person, here.college, Kind.PLAN, term, day("2024-03-20"))
        with pytest.raises(UserError, match="早于学期"):
            papers.set_due(admin, here.college, Kind.PLAN, term, day("2023-09-01"))
    summary = TermPaper.objects.get(kind=Kind.SUMMARY)
    assert (summary.teacher, summary.state, handed.due_on) == (here.teacher, State.DRAFT, None)
    assert [summary.late_on(day(text)) for text in ("2024-03-20", "2024-03-21")] == [False, True]
    papers.write(here.user, summary, "总结")
    with at_time("2024-03-20"):
        papers.submit(here.user, summary)
    assert not summary.late_on(day("2024-04-01"))
    assert not TermPaper.objects.filter(school_class=foreign.school_class).exists()


def test_the_day_is_set_and_seen_in_the_browser():
    here = room()
    with at_time("2024-03-18"):
        term = term_of("2024-03-18")
        client = client_for(college_admin(here.college))
        data = {"kind": "summary", "term": term.pk, "college": here.college.pk, "due_on": "2024-03-20"}
        assert client.post(reverse("duties:paper_due"), data).status_code == 302
        assert "期限 2024-03-20" in client_for(here.user).get(reverse("duties:papers")).content.decode()
    with at_time("2024-03-21"):
        assert "逾期" in client_for(here.user).get(reverse("duties:papers")).content.decode()


def test_few_and_many_classes_ask_the_same_number_of_questions(django_assert_num_queries):
    here = room()
    for _ in range(2):
        room(college=here.college)
    with at_time("2024-03-18"):
        client = client_for(college_admin(here.college))
        papers.submit(here.user, begun(here))
        client.get(reverse("duties:papers"))
        with CaptureQueriesContext(connection) as few:
            client.get(reverse("duties:papers"))
        for _ in range(9):
            more = room(college=here.college)
            papers.submit(more.user, begun(more))
        with django_assert_num_queries(len(few)):
            client.get(reverse("duties:papers"))
