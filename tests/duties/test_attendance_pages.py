"""The pages of the roll call: what the class teacher taps, what the college reads, and how many queries it takes."""

from __future__ import annotations

import datetime as dt
import io
import uuid

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from duties.attendance_counts import Counts
from duties.figures import Verdict
from duties.measures import attendance as measures
from duties.models import AttendanceSession, Mark
from duties.panels.attendance import attendance_panel
from duties.services import attendance as services
from duties.services.attendance import MarkInput, SessionInput
from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.regulation.models import CalendarDay
from tests.duties.given import Room, room, term_of, written
from tests.duties.test_leaves import asked
from tests.factories import assessor, audit_entries, client_for, college_admin, college_head, office
from tests.teachers.given import SchoolClassFactory, appointed, day, enrolled

pytestmark = pytest.mark.django_db

ABSENT = MarkInput(Mark.ABSENT)
HOME = "/duties/attendance/"


def queries(user: User, url: str) -> int:
    browser = client_for(user)
    browser.get(url)
    with CaptureQueriesContext(connection) as found:
        assert browser.get(url).status_code == 200
    return len(found)


def page_of(where: Room, name: str) -> str:
    return reverse(f"duties:{name}", args=[where.school_class.pk])


def sent(where: Room, marks: dict[int, str] | None = None, on: str = "2024-03-18", **more: str) -> dict[str, str]:
    """A form as the browser sends it: a choice for every student."""
    chosen = {f"mark_{student.pk}": "present" for student in where.students}
    chosen |= {f"mark_{key}": value for key, value in (marks or {}).items()}
    return {"day": on, "period": "1-2节", "client_id": str(uuid.uuid4()), "shown_slips": "", **chosen, **more}


def calls(where: Room, days: list[dt.date], missing: int = 1, period: str = "1-2节") -> None:
    """The first `missing` students are absent on each of the days."""
    marks = {student.pk: ABSENT for student in where.students[:missing]}
    services.call_many(where.user, where.school_class, [SessionInput(each, period, marks) for each in days])


@pytest.mark.clause("C5.4a")
def test_a_class_teacher_calls_the_roll_without_scripts():
    where = room(4)
    browser = client_for(where.user)
    page = browser.get(page_of(where, "roll_call"), {"day": "2024-03-18"})
    assert [line.name for line in page.context["people"]] == [student.name for student in where.students]
    one, two, three, _ = where.students
    answer = browser.post(
        page_of(where, "roll_call"),
        sent(where, {one.pk: "absent", two.pk: "unapproved", three.pk: "official"}),
        follow=True,
    )
    text = answer.content.decode()
    assert "应到 4，实到 1，缺 3" in text
    assert "未准假" in text
    session = AttendanceSession.objects.get()
    assert (session.excused, session.absent) == (1, 2)


def test_the_same_form_sent_again_leads_to_the_first_roll_call():
    where = room(2)
    browser = client_for(where.user)
    form = sent(where)
    browser.post(page_of(where, "roll_call"), form)
    answer = browser.post(page_of(where, "roll_call"), form, follow=True)
    assert "已经保存过" in answer.content.decode()
    assert AttendanceSession.objects.count() == 1


def test_a_second_person_is_told_who_was_first_and_loses_nothing():
    where = room(3)
    client_for(where.user).post(page_of(where, "roll_call"), sent(where))
    session = AttendanceSession.objects.get()
    admin = client_for(college_admin(where.college))
    late = where.students[2]
    answer = admin.post(page_of(where, "roll_call"), sent(where, {late.pk: "late"}, remark="抽查"))
    text = answer.content.decode()
    assert answer.status_code == 409
    assert f"已由{where.user.name}点过名" in text
    assert session.get_absolute_url() in text
    assert "抽查" in text
    assert next(line for line in answer.context["people"] if line.pk == late.pk).chosen == "late"


def test_a_script_is_answered_with_json():
    where = room(2)
    browser = client_for(where.user, headers={"Accept": "application/json"})
    form = sent(where)
    first = browser.post(page_of(where, "roll_call"), form)
    session = AttendanceSession.objects.get()
    assert (first.status_code, first.json()) == (201, {"url": session.get_absolute_url(), "again": False})
    assert browser.post(page_of(where, "roll_call"), form).json()["again"] is True
    refused = browser.post(page_of(where, "roll_call"), form | {"client_id": "other"})
    (problem,) = refused.json()["errors"]
    assert (refused.status_code, problem["url"]) == (409, session.get_absolute_url())
    assert "没有重复登记" in problem["text"]


def test_last_weeks_lesson_is_proposed_and_the_next_one_offered():
    where = room(2)
    services.call_roll(
        where.user,
        where.school_class,
        day("2024-03-11"),
        "3-4节",
        {},
        course_name="会计学原理",
        course_teacher="顾老师",
    )
    services.call_roll(where.user, where.school_class, day("2024-03-11"), "晚自习", {}, course_name="英语")
    browser = client_for(where.user)
    page = browser.get(page_of(where, "roll_call"), {"day": "2024-03-18"})
    assert page.context["period"] in ("3-4节", "晚自习")
    page = browser.get(page_of(where, "roll_call"), {"day": "2024-03-18", "period": "3-4节"})
    assert (page.context["course_name"], page.context["course_teacher"]) == ("会计学原理", "顾老师")
    assert "晚自习" in [period for period, _ in page.context["periods"]]
    browser.post(page_of(where, "roll_call"), sent(where, period="3-4节"))
    page = browser.get(page_of(where, "roll_call"), {"day": "2024-03-18"})
    assert (page.context["period"], page.context["course_name"]) == ("晚自习", "英语")


def test_students_on_leave_are_marked_before_anybody_taps():
    where = room(3)
    leave = asked(where, where.students[0])
    browser = client_for(where.user)
    page = browser.get(page_of(where, "roll_call"), {"day": "2024-03-18"})
    line = page.context["people"][0]
    assert (line.chosen, line.slip) == ("slip", "病假 03-18 至 03-20")
    shown = str(where.students[0].pk)
    browser.post(page_of(where, "roll_call"), sent(where, {where.students[0].pk: "slip"}, shown_slips=shown))
    assert AttendanceSession.objects.get().marks.get().leave == leave
    # The student came nevertheless, although the slip had been shown.
    browser.post(page_of(where, "roll_call"), sent(where, shown_slips=shown, period="3-4节"))
    assert not AttendanceSession.objects.get(period="3-4节").marks.exists()


def test_two_slips_of_one_day_are_shown_in_the_period_that_each_excuses():
    where = room(2)
    one = where.students[0]
    asked(where, one, last="2024-03-18", periods="1-2节")
    asked(where, one, last="2024-03-18", periods="下午", kind="personal")
    browser = client_for(where.user)
    shown = {}
    for period in ("1-2节", "3-4节", "5-6节"):
        page = browser.get(page_of(where, "roll_call"), {"day": "2024-03-18", "period": period})
        line = page.context["people"][0]
        shown[period] = (line.chosen, line.slip[:2])
        assert line.slip_periods.split("、") == ["1-2节", "5-6节", "7-8节", "下午"]
    assert shown["1-2节"] == ("slip", "病假")
    assert shown["3-4节"][0] == "present"
    assert shown["5-6节"] == ("slip", "事假")


def test_a_saved_roll_call_is_corrected_and_voided_on_its_pages():
    where = room(3)
    browser = client_for(where.user)
    one = where.students[0]
    browser.post(page_of(where, "roll_call"), sent(where, {one.pk: "absent"}))
    session = AttendanceSession.objects.get()
    url = reverse("duties:session_correct", args=[session.pk])
    assert browser.get(url).context["people"][0].chosen == "absent"
    form = sent(where, {one.pk: "late"}, version="1")
    assert "请写明更正的理由" in browser.post(url, form).content.decode()
    browser.post(url, form | {"reason": "迟到十分钟"})
    session.refresh_from_db()
    assert (session.absent, session.late) == (0, 1)
    assert browser.post(url, form | {"reason": "再改", "version": "1"}).status_code == 409
    browser.post(reverse("duties:session_void", args=[session.pk]), {"reason": "点错班", "version": "2"})
    page = browser.get(session.get_absolute_url()).content.decode()
    assert "已作废" in page
    assert "点错班" in page


@pytest.mark.parametrize("name", ["roll_call", "class_attendance", "absentees"])
def test_pages_of_a_foreign_class_are_missing(name):
    where, other = room(1), room(1)
    assert client_for(other.user).get(page_of(where, name)).status_code == 404
    assert client_for(college_admin()).get(page_of(where, name)).status_code == 404
    assert client_for(where.user).get(page_of(where, name)).status_code == 200


def test_a_former_teacher_keeps_the_own_roll_calls_and_loses_the_class():
    where = room(2)
    session = services.call_roll(where.user, where.school_class, day("2024-03-18"), "1-2节", {})
    where.school_class.appointments.update(ends_on=day("2024-03-31"), end_reason="工作需要", state="ended")
    browser = client_for(where.user)
    assert browser.get(session.get_absolute_url()).status_code == 200
    assert browser.get(page_of(where, "roll_call")).status_code == 404
    assert browser.get(page_of(where, "class_attendance")).status_code == 404


@pytest.mark.clause("C9.2.2.1", "A-30", "A-31")
def test_the_rate_of_a_class_is_shown_with_its_sum_and_judged_before_rounding():
    where = room(1)
    key = where.school_class.pk
    browser = client_for(where.user)
    empty = browser.get(page_of(where, "class_attendance"), {"term": term_key("2024-03-18")})
    assert empty.context["figure"].text == "无数据"
    assert empty.context["figure"].met is None
    # R01 and R02 as the totals of roll calls.
    AttendanceSession.objects.create(
        school_class_id=key, day=day("2024-03-18"), period="1-2节", due=1200, present=1125, excused=30, absent=45
    )
    page = browser.get(page_of(where, "class_attendance"), {"term": term_key("2024-03-18")})
    figure = page.context["figure"]
    assert (figure.text, figure.verdict) == ("96.15 %", Verdict.MET)
    assert page.context["presence"].text == "93.75 %"
    AttendanceSession.objects.update(due=2999, present=2849, excused=0, absent=150)
    figure = browser.get(page_of(where, "class_attendance"), {"term": term_key("2024-03-18")}).context["figure"]
    assert (figure.text, figure.verdict) == ("95.00 %", Verdict.MISSED)
    assert (
        browser.get(page_of(where, "class_attendance"), {"month": "2024-04", "term": term_key("2024-03-18")})
        .context["figure"]
        .text
        == "无数据"
    )


def term_key(text: str) -> str:
    return str(term_of(text).pk)


@pytest.mark.clause("C5.4a")
def test_the_ranking_names_who_was_missed_most_but_not_to_who_only_assesses():
    where = room(5)
    calls(where, [day("2024-03-18"), day("2024-03-19")], missing=2)
    calls(where, [day("2024-03-20")], missing=1)
    url, query = page_of(where, "class_attendance"), {"term": term_key("2024-03-18")}
    ranking = client_for(college_head(where.college)).get(url, query).context["ranking"]
    assert [(one.name, one.absent) for one in ranking] == [(where.students[0].name, 3), (where.students[1].name, 2)]
    page = client_for(assessor(where.college)).get(url, query)
    assert page.context["figure"].text == "66.67 %"
    assert where.students[0].name not in page.content.decode()


@pytest.mark.clause("C5.4b", "A-42")
def test_three_truancies_in_thirty_days_list_a_student_until_somebody_takes_care():
    where = room(3)
    today = timezone.localdate()
    one = where.students[0]
    ago = lambda days: today - dt.timedelta(days=days)  # noqa: E731
    calls(where, [ago(29), ago(9)])
    calls(where, [ago(30)], missing=2)
    # The 30th day before today lies outside a window of 30 days: two truancies are not enough.
    assert measures.truants([where.school_class.pk], today) == []
    calls(where, [ago(5)])
    listed = measures.truants([where.school_class.pk], today)
    assert [(each.student_id, len(each.days), each.since, each.handled) for each in listed] == [
        (one.pk, 3, ago(5), None)
    ]
    written(where, "talk", ago(6), students=[one])
    assert measures.truants([where.school_class.pk], today)[0].handled is None
    written(where, "parent_contact", ago(5), students=[one])
    assert measures.truants([where.school_class.pk], today)[0].handled.kind == "parent_contact"
    page = client_for(where.user).get(page_of(where, "absentees")).content.decode()
    assert "已处理 <strong>1</strong> / 列入 <strong>1</strong>" in page
    assert where.students[1].name not in page


@pytest.mark.clause("C5.4b")
def test_the_list_offers_a_talk_and_a_call_about_the_student():
    where = room(1)
    today = timezone.localdate()
    calls(where, [today - dt.timedelta(days=number) for number in (1, 2, 3)])
    page = client_for(where.user).get(page_of(where, "absentees")).content.decode()
    for kind in ("talk", "parent_contact"):
        url = reverse("duties:record_new", args=[kind])
        assert f"{url}?class={where.school_class.pk}&amp;student={where.students[0].pk}" in page
    assert (
        reverse("duties:record_new", args=["talk"])
        not in client_for(office()).get(page_of(where, "absentees")).content.decode()
    )


def test_leave_that_was_not_granted_is_truancy_and_a_student_who_left_is_not_listed():
    where = room(2)
    today = timezone.localdate()
    one = where.students[0]
    marks = {one.pk: MarkInput(Mark.LEAVE, approved=False)}
    days = [today - dt.timedelta(days=number) for number in (1, 2, 3)]
    services.call_many(where.user, where.school_class, [SessionInput(each, "1-2节", marks) for each in days])
    assert [each.student_id for each in measures.truants([where.school_class.pk], today)] == [one.pk]
    one.roster_entries.update(ends_on=today - dt.timedelta(days=1))
    assert measures.truants([where.school_class.pk], today) == []


def test_the_sheet_of_a_term_has_students_down_and_roll_calls_across():
    where = room(3)
    enrolled(where.school_class, 1, first="2024-04-01")
    one, two, _ = where.students
    services.call_roll(where.user, where.school_class, day("2024-03-18"), "1-2节", {one.pk: ABSENT}, course_name="会计")
    services.call_roll(where.user, where.school_class, day("2024-04-01"), "1-2节", {two.pk: MarkInput(Mark.LATE)})
    url = page_of(where, "class_attendance") + f"?term={term_key('2024-03-18')}"
    answer = client_for(where.user).post(url, {"export": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    rows = [[cell.value for cell in row] for row in book["考勤表"].iter_rows(min_row=3)]
    assert rows[0][:5] == ["序号", "学号", "姓名", "03-18 1-2节", "04-01 1-2节"]
    assert [row[3:5] for row in rows[1:5]] == [["旷", "√"], ["√", "迟"], ["√", "√"], [None, "√"]]
    assert rows[1][5:] == [1, 0, 0, 0, 0]
    assert [row[2:5] for row in rows[5:9]] == [["应到", 3, 4], ["实到", 2, 4], ["准假", 0, 0], ["缺勤", 1, 0]]
    assert "85.71 %（6 ÷ 7" in rows[10][0]
    assert len(audit_entries("duties.attendance_export")) == 1
    month = client_for(where.user).post(url + "&month=2024-04", {"export": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(month.content))["考勤表"]
    assert [cell.value for cell in sheet[3]][3:5] == ["04-01 1-2节", "旷课"]


def test_pages_ask_the_same_number_of_queries_for_twenty_and_sixty_students():
    today = timezone.localdate()
    numbers: dict[str, list[int]] = {}
    for count in (20, 60):
        where = room(count)
        calls(where, [today - dt.timedelta(days=number) for number in range(1, count // 5)], missing=count // 5)
        session = AttendanceSession.objects.filter(school_class=where.school_class).order_by("pk")[0]
        urls = {name: page_of(where, name) for name in ("roll_call", "class_attendance", "absentees")}
        urls["session"] = session.get_absolute_url()
        urls["correct"] = reverse("duties:session_correct", args=[session.pk])
        for name, url in urls.items():
            numbers.setdefault(name, []).append(queries(where.user, url))
    assert {name: found[0] for name, found in numbers.items()} == {name: found[1] for name, found in numbers.items()}


def test_today_asks_the_same_number_of_queries_for_three_and_twelve_classes():
    numbers = []
    for count in (3, 12):
        where = room(2)
        for _ in range(count - 1):
            other = SchoolClassFactory(college=where.college)
            appointed(other, where.teacher)
            enrolled(other, 2)
            services.call_roll(where.user, other, timezone.localdate(), "1-2节", {})
        numbers.append(queries(where.user, HOME))
    assert numbers[0] == numbers[1]


def test_lists_of_truants_ask_the_same_number_of_queries_for_three_and_twelve_classes():
    today = timezone.localdate()
    numbers = []
    for count in (3, 12):
        rooms = [room(2) for _ in range(count)]
        for where in rooms:
            calls(where, [today - dt.timedelta(days=number) for number in (1, 2, 3)])
        keys = [where.school_class.pk for where in rooms]
        with CaptureQueriesContext(connection) as found:
            assert len(measures.truants(keys, today)) == count
        numbers.append(len(found))
    assert numbers[0] == numbers[1] <= 5


def test_today_shows_which_classes_have_been_called():
    where = room(2)
    other = SchoolClassFactory(college=where.college, name="未点名班")
    appointed(other, where.teacher)
    services.call_roll(where.user, where.school_class, timezone.localdate(), "1-2节", {where.students[0].pk: ABSENT})
    text = client_for(where.user).get(HOME).content.decode()
    assert "1-2节 1/2" in text
    assert "今天未点名" in text


def test_totals_of_classes_without_roll_calls_are_left_out():
    where, other = room(2), room(1)
    calls(where, [day("2024-03-18"), day("2024-03-19")])
    found = measures.totals([where.school_class.pk, other.school_class.pk], day("2024-03-01"), day("2024-03-31"))
    assert found == {where.school_class.pk: measures.ClassTotal(2, Counts(due=4, present=2, absent=2))}


def test_the_start_page_names_lessons_not_called_and_slips_that_wait():
    where = room(4)
    today = timezone.localdate()
    last_week = today - dt.timedelta(days=7)
    calls(where, [last_week])
    calls(where, [last_week], period="3-4节")
    asked(where, first=str(last_week), last=str(last_week))
    asked(where, where.students[1], first=str(today), last=str(today), approved=False)

    def lines() -> dict[str, int]:
        panel = attendance_panel(User.objects.get(pk=where.user.pk))
        return {item.label[:4]: item.number for item in panel.items} if panel else {}

    assert lines() == {"今天还没": 2, "请假待批": 1, "逾期未销": 1}
    calls(where, [today])
    assert lines()["今天还没"] == 1
    CalendarDay.objects.create(day=today, kind="holiday", name="校庆")
    assert lines() == {"请假待批": 1, "逾期未销": 1}
    assert attendance_panel(room(1).user) is None


def test_a_voided_roll_call_stays_readable_from_its_class():
    where = room(2)
    calls(where, [day("2024-03-18")])
    session = AttendanceSession.objects.get()
    services.void_session(where.user, session, reason="点错班", version=1)
    page = client_for(where.user).get(page_of(where, "class_attendance"), {"term": term_key("2024-03-18")})
    assert session.get_absolute_url() in page.content.decode()
    assert page.context["figure"].text == "无数据"
