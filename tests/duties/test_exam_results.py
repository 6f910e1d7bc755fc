"""Results entered, corrected and taken back: who, with which reason, and what the log keeps."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from duties.exam_figures import count
from duties.exam_numbers import pass_counts, registrations_of
from duties.models import ExamResult
from duties.services import exam_sessions, exams
from gaobo_banzhuren.web.errors import NotAllowed, StaleError, UserError
from tests.duties.exams import ACCOUNTING, ENGLISH, course, imported, registration, result, session
from tests.duties.given import room
from tests.factories import audit_entries, college_admin, college_head, office
from tests.teachers.given import day

pytestmark = pytest.mark.django_db


def row(student, what, status: str = "合格", score: str | None = "70") -> exams.ResultRow:
    return exams.ResultRow(student.pk, what.pk, status, Decimal(score) if score else None)


@pytest.mark.clause("C5.5d")
def test_the_college_records_results_and_the_class_is_that_of_the_exam_day():
    here, there, april = room(1), room(0), session()
    student = here.students[0]
    entry = student.roster_entries.get()
    entry.ends_on = day("2024-05-31")
    entry.save()
    student.roster_entries.create(school_class=there.school_class, state="在读", starts_on=day("2024-06-01"))
    made = exams.record_result(
        college_admin(here.college), april, student, course(), status="合格", score=Decimal("66.5"), grade="及格"
    )
    assert (made.school_class, made.status, made.score, made.grade) == (
        here.school_class,
        "合格",
        Decimal("66.5"),
        "及格",
    )
    with pytest.raises(UserError, match="已有成绩"):
        exams.record_result(office(), april, student, course(), status="合格")


def test_class_teachers_heads_and_other_colleges_enter_nothing():
    here, april = room(1), session()
    for stranger in (here.user, college_head(here.college), college_admin()):
        with pytest.raises(NotAllowed, match="成绩由班级所在二级学院的管理员"):
            exams.record_results(stranger, april, [row(here.students[0], course())])
    assert not ExamResult.objects.exists()


@pytest.mark.clause("C5.5d")
def test_the_same_list_twice_changes_nothing_and_a_differing_one_keeps_the_old_values_in_the_log():
    here, april, accounting = room(3), session(), course()
    rows = [row(student, accounting) for student in here.students]
    admin = college_admin(here.college)
    first = exams.record_results(admin, april, rows)
    assert (len(first.added), first.changed, first.unchanged) == (3, (), 0)
    again = exams.record_results(admin, april, rows)
    assert (again.added, again.changed, again.unchanged) == ((), (), 3)
    assert len(audit_entries("duties.result_list")) == 1
    third = exams.record_results(
        admin, april, [row(here.students[0], accounting, "不合格", "59.5"), *rows[1:]], reason="考办更正文件"
    )
    assert (len(third.changed), third.unchanged) == (1, 2)
    entry = audit_entries("duties.result_list")[-1]
    key = str(first.added[0])
    assert (entry.before["rows"][key], entry.after["rows"][key]) == (["合格", "70.0", ""], ["不合格", "59.5", ""])
    assert (entry.reason, entry.college_id) == ("考办更正文件", here.college.pk)


@pytest.mark.clause("C5.5d")
def test_a_list_is_whole_or_not_at_all():
    here, there, april, accounting = room(1), room(1), session(), course()
    good = row(here.students[0], accounting)
    there.students[0].roster_entries.update(starts_on=day("2024-05-01"))
    bad = {
        "不在任何班级的名册上": row(there.students[0], accounting),
        "没有成绩状态": row(here.students[0], course(*ENGLISH), "通过"),
        "不能有分数": row(here.students[0], course(*ENGLISH), "缺考", "12"),
        "应在 0 到": row(here.students[0], course(*ENGLISH), "合格", "1000"),
        "出现了两次": good,
    }
    for text, one in bad.items():
        with pytest.raises(UserError, match=text):
            exams.record_results(office(), april, [good, one])
    with pytest.raises(UserError, match="没有成绩可以登记"):
        exams.record_results(office(), april, [])
    assert not ExamResult.objects.exists()


def test_an_exam_that_has_not_begun_has_no_results():
    here = room(1)
    ahead = session("将来", (timezone.localdate() + dt.timedelta(days=1)).isoformat(), results_on=None)
    with pytest.raises(UserError, match="还不能登记成绩"):
        exams.record_results(office(), ahead, [row(here.students[0], course())])


def test_the_first_results_of_a_session_without_a_day_of_release_release_it_today():
    here, april = room(1), session(results_on=None)
    assert imported(april, (here.students[0], course(), "合格")).released_now
    april.refresh_from_db()
    assert april.results_on == timezone.localdate()
    assert audit_entries("duties.result_list")[0].after["results_on"] == timezone.localdate().isoformat()


def test_a_correction_needs_a_reason_and_the_log_has_before_and_after():
    here, april = room(1), session()
    one = result(here, here.students[0], april, course(), "不合格", "58")
    admin = college_admin(here.college)
    values = {"version": 1, "status": "合格", "score": Decimal(61), "grade": ""}
    with pytest.raises(UserError, match="更正的原因"):
        exams.correct_result(admin, one, **values, reason=" ")
    with pytest.raises(NotAllowed):
        exams.correct_result(here.user, one, **values, reason="复核")
    exams.correct_result(admin, one, **values, reason="复核")
    entry = audit_entries("duties.result_correct", one)[0]
    assert (entry.before, entry.after, entry.reason) == (
        {"status": "不合格", "score": "58.0", "grade": ""}, {"status": "合格", "score": "61.0", "grade": ""}, "复核",
    )  # fmt: skip
    with pytest.raises(StaleError):
        exams.correct_result(admin, one, **(values | {"status": "缺考", "score": None}), reason="旧页面")
    with pytest.raises(UserError, match="没有改动"):
        exams.correct_result(admin, one, **(values | {"version": 2}), reason="再来")


@pytest.mark.clause("C5.5d", "A-40")
def test_counts_by_the_database_are_those_of_the_pure_rule():
    here, april = room(6), session()
    accounting, english = course(*ACCOUNTING), course(*ENGLISH)
    for student, status in zip(here.students, ("合格", "不合格", "缺考", "违纪", "免考", "作弊"), strict=True):
        result(here, student, april, accounting, status, "55.5" if status == "不合格" else "")
        registration(here, student, april, accounting, state="registered")
    registration(here, here.students[0], april, english, state="registered")
    registration(here, here.students[1], april, english, state="given_up")
    entered = registrations_of([here.school_class.pk])
    found = pass_counts(ExamResult.objects.all(), entered, "course_id")
    from duties.exam_figures import Paper

    papers = [Paper(r.student_id, r.course_id, r.status, r.score) for r in ExamResult.objects.all()]
    pairs = list(entered.filter(state="registered").values_list("student_id", "course_id"))
    assert found[(accounting.pk,)] == count(papers, [pair for pair in pairs if pair[1] == accounting.pk])
    assert found[(english.pk,)] == count([], [pair for pair in pairs if pair[1] == english.pk])
    assert (found[(accounting.pk,)].registered, found[(english.pk,)].registered) == (5, 1)


def test_a_session_with_results_keeps_its_first_day_and_a_stale_change_is_refused():
    here, april, boss = room(1), session(), office()
    result(here, here.students[0], april, course(), "合格")
    values = {name: getattr(april, name) for name in exam_sessions.SESSION_FIELDS}
    with pytest.raises(UserError, match="不能再改"):
        exam_sessions.save_session(boss, values | {"starts_on": day("2024-04-12")}, session=april, version=1)
    for wrong, text in (
        ({"ends_on": day("2024-04-01")}, "考试结束"), ({"results_on": day("2024-04-01")}, "成绩发布"),
        ({"registration_opens_on": day("2024-03-09"), "registration_closes_on": day("2024-03-08")}, "报名截止"),
        ({"registration_closes_on": day("2024-05-08")}, "报名截止"),
    ):  # fmt: skip
        with pytest.raises(UserError, match=text):
            exam_sessions.save_session(boss, values | wrong, session=april, version=1)
    exam_sessions.save_session(boss, values | {"note": "补充"}, session=april, version=1)
    with pytest.raises(StaleError):
        exam_sessions.save_session(boss, values | {"note": "旧页面"}, session=april, version=1)
    with pytest.raises(NotAllowed):
        exam_sessions.save_session(college_admin(here.college), values, session=april, version=2)


def test_three_and_twelve_results_ask_the_same_number_of_queries():
    here, april, accounting = room(15), session(), course()
    admin = college_admin(here.college)
    assert admin.access.roles
    asked = []
    for some in (here.students[:3], here.students[3:]):
        with CaptureQueriesContext(connection) as queries:
            exams.record_results(admin, april, [row(student, accounting) for student in some])
        asked.append(len(queries))
    for some in (here.students[:3], here.students[3:]):
        with CaptureQueriesContext(connection) as queries:
            exams.record_results(admin, april, [row(student, accounting, "不合格") for student in some])
        asked.append(len(queries))
    assert asked[0] == asked[1]
    assert asked[2] == asked[3]
