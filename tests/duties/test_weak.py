"""Weak courses and students who are behind (article 6 (1))."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from duties import weak
from duties.models import WeakCourse, WeakStudent
from duties.retakes import Share
from duties.services import weak as services
from gaobo_banzhuren.web.errors import NotAllowed, StaleError, UserError
from tests.duties.exams import ACCOUNTING, ENGLISH, LAW, MATHS, course, results, session
from tests.duties.given import present_term, room, term_of, written
from tests.factories import audit_entries, client_for, college_head
from tests.teachers.given import day

pytestmark = pytest.mark.django_db

SPRING = "2024-03-18"


@pytest.mark.clause("C6.1c")
def test_the_suggestion_is_the_lowest_two_below_sixty_percent_of_the_latest_session():
    """By hand in April: accounting 1/4, English 2/4, law 2/5 (one absent), maths 3/5 = 60 %, which is not below."""
    here, april, earlier = room(5), session(), session("2023 年 10 月", "2023-10-28")
    accounting, english, law, maths = (course(*one) for one in (ACCOUNTING, ENGLISH, LAW, MATHS))
    results(here, april, accounting, "合格", "不合格", "不合格", "违纪", "免考")
    results(here, april, english, "合格", "合格", "不合格", "不合格", "缺考")
    results(here, april, law, "合格", "合格", "不合格", "不合格", "不合格")
    results(here, april, maths, "合格", "合格", "合格", "不合格", "不合格")
    results(here, earlier, maths, "不合格", "不合格", "不合格", "不合格", "不合格")
    rows = weak.weak_courses_by_rule([here.school_class.pk], on=day("2024-06-01"))
    assert [(row.course, row.before.rate) for row in rows] == [(accounting, Fraction(1, 4)), (law, Fraction(2, 5))]
    assert rows[0].basis == "2024 年 4 月统考及格率 25.00 %（1/4）"
    before = weak.weak_courses_by_rule([here.school_class.pk], on=day("2024-05-19"))
    assert [(row.course, row.before.session) for row in before] == [(maths, earlier)]


@pytest.mark.clause("C6.1c")
def test_help_and_the_pass_rate_before_and_after_by_hand():
    """Before 1/4; in October one exempt and 3 of 4 passed: from 25.00 % to 75.00 %, +50.00 points."""
    here, april, accounting = room(5), session(), course()
    results(here, april, accounting, "合格", "不合格", "不合格", "不合格", "缺考")
    term = term_of(SPRING)
    entry = services.list_course(
        here.user, here.school_class, accounting, term, basis="及格率 25 %", session_before=april, teacher_name="顾老师"
    )
    with pytest.raises(UserError, match=r"已在.*薄弱课程里"):
        services.list_course(here.user, here.school_class, accounting, term, basis="又一次")
    with pytest.raises(UserError, match="落实帮助的日期"):
        services.record_help(
            here.user, entry, version=1, teacher_name="顾老师", help_given="每周答疑", helped_on=None, result=""
        )
    services.record_help(
        here.user,
        entry,
        version=1,
        teacher_name="顾老师",
        help_given="每周答疑",
        helped_on=day("2024-06-03"),
        result="",
    )
    with pytest.raises(StaleError):
        services.record_help(here.user, entry, version=1, teacher_name="", help_given="", helped_on=None, result="")
    (row,) = weak.listed_courses([here.school_class.pk], term)
    assert (row.before and row.before.text, row.after, row.change) == ("25.00 %", None, "")
    results(here, session("2024 年 10 月", "2024-10-26"), accounting, "免考", "合格", "合格", "合格", "不合格")
    (row,) = weak.listed_courses([here.school_class.pk], term)
    assert row.after
    assert (row.after.text, row.after.sat, row.change) == ("75.00 %", 4, "+50.00")
    assert weak.helped([row]) == (1, 1)
    assert "每周答疑" not in str(audit_entries("duties.weak_course_help")[0].after)
    with pytest.raises(UserError, match="不能移除"):
        services.unlist_course(here.user, entry, version=2)


def test_a_course_listed_by_mistake_is_taken_off_and_strangers_do_nothing():
    here, there = room(1), room(1)
    entry = services.list_course(here.user, here.school_class, course(), term_of(SPRING), basis="平时测验")
    for call in (
        lambda: services.unlist_course(there.user, entry, version=1),
        lambda: services.list_course(there.user, here.school_class, course(*LAW), term_of(SPRING), basis="测验"),
        lambda: services.list_students(
            there.user, here.school_class, [here.students[0].pk], term_of(SPRING), basis="测验", on=day(SPRING)
        ),
    ):
        with pytest.raises(NotAllowed):
            call()
    services.unlist_course(here.user, entry, version=1)
    assert not WeakCourse.objects.exists()
    with pytest.raises(UserError, match="依据"):
        services.list_course(here.user, here.school_class, course(), term_of(SPRING), basis=" ")


@pytest.mark.clause("C6.1b")
def test_checked_of_listed_by_hand():
    """Four listed on 18 March. A is checked twice, B before the listing, C by a draft, D after being taken off: 1/4."""
    here = room(5)
    term, keys = term_of(SPRING), [student.pk for student in here.students[:4]]
    added = services.list_students(here.user, here.school_class, keys, term, basis="测验不及格", on=day(SPRING))
    assert added == 4
    assert services.list_students(here.user, here.school_class, keys, term, basis="又一次", on=day(SPRING)) == 0
    a, b, c, d, other = here.students
    written(here, "weak_check", "2024-03-25", students=[a, other])
    written(here, "weak_check", "2024-04-08", students=[a])
    written(here, "weak_check", "2024-03-11", students=[b])
    written(here, "weak_check", "2024-03-25", students=[c], archive=False)
    services.remove_student(here.user, WeakStudent.objects.get(student=d), reason="已赶上", on=day("2024-04-01"))
    written(here, "weak_check", "2024-04-08", students=[d])
    rows = weak.listed_students([here.school_class.pk], term)
    assert [(row.entry.student, len(row.checks)) for row in rows] == [(a, 2), (b, 0), (c, 0), (d, 0)]
    assert Share(*weak.checked(rows)).text == "25.00 %"
    with pytest.raises(StaleError, match="已从名单移出"):
        services.remove_student(here.user, WeakStudent.objects.get(student=d), reason="再次", on=day("2024-04-02"))
    assert services.list_students(here.user, here.school_class, [d.pk], term, basis="又落后", on=day("2024-05-06")) == 1
    assert WeakStudent.objects.get(student=d).removed_on is None


def test_students_are_listed_within_the_term_and_out_of_the_own_class():
    here, there, term = room(1), room(1), term_of(SPRING)
    for keys, on, text in (
        ([there.students[0].pk], SPRING, "不在.*的名册上"), ([here.students[0].pk], "2024-09-09", "列入日期应在"),
        ([], SPRING, "请选择学生"),
    ):  # fmt: skip
        with pytest.raises(UserError, match=text):
            services.list_students(here.user, here.school_class, keys, term, basis="测验", on=day(on))


@pytest.mark.clause("C6.1b", "C6.1c")
def test_a_class_teacher_lists_checks_and_asks_for_help_on_the_page():
    here, term = room(3), present_term()
    sat = session(
        "上次统考",
        (term.starts_on + dt.timedelta(days=1)).isoformat(),
        results_on=term.starts_on + dt.timedelta(days=2),
    )
    for what in (course(*ACCOUNTING), course(*ENGLISH)):
        results(here, sat, what, "不合格", "合格", "不合格")
    client, address = client_for(here.user), reverse("duties:weak", args=[here.school_class.pk])
    text = client.get(address).content.decode()
    assert "建议（自定）" in text
    assert "制度没有规定数字" in text
    new = reverse("duties:weak_course_create", args=[here.school_class.pk])
    offered = client.get(f"{new}?course={course().pk}").context["form"].initial
    assert (offered["course"], offered["session"]) == (course().pk, sat.pk)
    assert client.post(new, offered | {"teacher_name": "顾老师"}).status_code == 302
    entry = WeakCourse.objects.get()
    help_page = reverse("duties:weak_course", args=[here.school_class.pk, entry.pk])
    assert client.get(help_page).status_code == 200
    data = {"version": 1, "helped_on": timezone.localdate(), "help_given": "每周三答疑", "teacher_name": "顾老师"}
    assert client.post(help_page, data).status_code == 302
    pick = reverse("duties:weak_student_create", args=[here.school_class.pk])
    initial = client.get(f"{pick}?trouble=1").context["form"].initial
    assert initial["students"] == {here.students[0].pk, here.students[2].pk}
    client.post(pick, {"students": list(initial["students"]), "basis": initial["basis"], "on": timezone.localdate()})
    assert WeakStudent.objects.count() == 2
    written(here, "weak_check", timezone.localdate(), students=here.students[:1])
    text = client.get(address).content.decode()
    assert "每周三答疑" in text
    assert "50.00 %" in text
    check = reverse("duties:record_new", args=["weak_check"])
    assert f"{check}?class={here.school_class.pk}&amp;student={here.students[2].pk}" in text
    head = client_for(college_head(here.college)).get(address).content.decode()
    assert "记检查" not in head
    remove = reverse("duties:weak_student_remove", args=[here.school_class.pk, WeakStudent.objects.first().pk])
    assert client.post(remove, {"reason": "已赶上"}).status_code == 302
    off = reverse("duties:weak_course_remove", args=[here.school_class.pk, entry.pk])
    assert "不能移除" in client.post(off).content.decode()


def test_entries_of_another_class_are_missing():
    here, there = room(1), room(1)
    entry = services.list_course(there.user, there.school_class, course(), term_of(SPRING), basis="测验")
    client = client_for(here.user)
    for name in ("weak_course", "weak_course_remove"):
        for key in (here.school_class.pk, there.school_class.pk):
            assert client.get(reverse(f"duties:{name}", args=[key, entry.pk])).status_code == 404


def test_three_and_twelve_classes_ask_the_same_number_of_queries():
    april, accounting, english, term = session(), course(*ACCOUNTING), course(*ENGLISH), term_of(SPRING)
    rooms = [room(3) for _ in range(12)]
    for here in rooms:
        for what in (accounting, english):
            results(here, april, what, "不合格", "不合格", "合格")
        services.list_course(here.user, here.school_class, accounting, term, basis="测验", session_before=april)
        services.list_students(
            here.user, here.school_class, [here.students[0].pk], term, basis="测验", on=day(SPRING)
        )  # fmt: skip
        written(here, "weak_check", "2024-03-25", students=here.students[:1])
    keys = [here.school_class.pk for here in rooms]
    for call, most in (
        (lambda some: weak.weak_courses_by_rule(some, on=day("2024-06-01")), 3),
        (lambda some: weak.listed_courses(some, term), 3),
        (lambda some: weak.listed_students(some, term), 2),
    ):
        asked = []
        for some in (keys[:3], keys):
            with CaptureQueriesContext(connection) as queries:
                assert len(call(some)) >= len(some)
            asked.append(len(queries))
        assert asked[0] == asked[1] <= most
