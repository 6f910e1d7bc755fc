"""The work handbook: one class and term as a book, from the records and nothing else."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from duties.handbook import handbook_of, span_of
from duties.handbook.numbers import percent
from duties.models import AttendanceSession, PaperState, TermPaper
from gaobo_banzhuren.accounts.models import User
from tests.duties.given import Room, room, term_of, written
from tests.factories import audit_entries, client_for, college_admin, college_head, office
from tests.teachers.given import appointed, day

pytestmark = pytest.mark.django_db

SPRING = "2024-03-18"


def parts(user: User, here: Room) -> dict[str, object]:
    handbook = handbook_of(user, here.school_class, term_of(SPRING))
    return {section.key: section for section in handbook.sections}


def all_text(user: User, here: Room) -> str:
    return repr(handbook_of(user, here.school_class, term_of(SPRING)))


@pytest.mark.clause("C5.1a")
def test_parts_stand_in_the_order_of_the_form_list():
    here = room()
    order = list(parts(here.user, here))
    assert order == [
        "roster", "facts", "plan", "activities", "meetings", "talks", "visits", "contacts", "thoughts", "cases",
        "retakes", "honours", "discipline", "attendance", "exams", "fees", "log", "summary",
    ]  # fmt: skip


def test_a_record_is_printed_with_what_its_kind_declares():
    here = room()
    written(here, "class_meeting", due=5, present=4, decisions="每周五汇总", host="班长", themes=("学风",))
    (entry,) = parts(here.user, here)["meetings"].entries
    assert entry.heading == "1.　2024-03-18　学期安排"
    assert ("应到", "5") in entry.facts
    assert ("教育主题", "学风") in entry.facts
    assert ("议定事项", "每周五汇总") in entry.texts


def test_a_record_of_the_holidays_belongs_to_the_term_before():
    here = room()
    first, last = span_of(term_of("2023-11-01"))
    assert first <= day("2024-01-31") <= last
    written(here, "worklog", "2024-01-31", text="假期家访。")
    handbook = handbook_of(here.user, here.school_class, term_of("2023-11-01"))
    assert "假期家访" in repr(handbook)


@pytest.mark.clause("A-87")
def test_psychological_talks_are_a_number_whoever_prints():
    here = room()
    written(here, "talk", students=here.students[:1], category="mind", text="银杉夜话")
    for user in (here.user, college_head(here.college), office()):
        assert "银杉夜话" not in all_text(user, here)
        assert parts(user, here)["talks"].note == "另有 1 条保密记录，内容不入手册。"


@pytest.mark.clause("A-87")
def test_the_office_prints_the_fact_of_a_talk_without_its_words():
    here = room()
    written(here, "talk", students=here.students[:1], text="银杉夜话")
    assert "银杉夜话" in all_text(here.user, here)
    for user in (office(), college_admin(here.college)):
        text = all_text(user, here)
        assert "银杉夜话" not in text
        assert "2024-03-18" in text


def test_a_case_with_a_hidden_name_is_printed_without_it():
    here = room()
    written(here, "case_study", students=here.students[:1], mask_name=True)
    (entry,) = parts(here.user, here)["cases"].entries
    assert ("学生", "（隐名）") in entry.facts


def test_plan_and_summary_are_the_papers_of_the_term():
    here = room()
    TermPaper.objects.create(
        kind="plan", teacher=here.teacher, school_class=here.school_class, term=term_of(SPRING), text="抓三件事",
        state=PaperState.SUBMITTED, submitted_on=day(SPRING),
    )  # fmt: skip
    found = parts(here.user, here)
    assert found["plan"].text == "抓三件事"
    assert found["summary"].is_empty


def test_attendance_is_summed_by_month_with_both_rates():
    here = room()
    for on, absent, excused in (("2024-03-18", 1, 1), ("2024-03-19", 0, 0), ("2024-04-02", 2, 0)):
        AttendanceSession.objects.create(
            school_class=here.school_class, day=day(on), period="1-2节", due=5, present=5 - absent - excused,
            absent=absent, excused=excused,
        )  # fmt: skip
    rows = parts(here.user, here)["attendance"].rows
    # March: 8 of 10, one on leave: 8/9 and 8/10. April: 3 of 5. Term: 11/14 and 11/15.
    assert [row[0] for row in rows] == ["2024-03", "2024-04", "合计"]
    assert [row[-2:] for row in rows] == [["88.89 %", "80.00 %"], ["60.00 %", "60.00 %"], ["78.57 %", "73.33 %"]]


def test_nothing_counted_is_no_data():
    assert percent(0, 0) == "无数据"
    assert percent(2849, 2999) == "95.00 %"


def test_a_former_teacher_prints_own_records_and_no_roster():
    here = room()
    written(here, "worklog", text="前任记录")
    here.school_class.appointments.update(ends_on=day("2024-04-30"), end_reason="工作需要", state="ended")
    after = appointed(here.school_class, first="2024-05-01").teacher
    written(here, "worklog", "2024-05-06", by=after.user, text="后任记录")
    found = parts(here.user, here)
    assert "roster" not in found
    text = all_text(here.user, here)
    assert "前任记录" in text
    assert "后任记录" not in text


def test_the_files_hold_the_records_and_the_log_says_who_took_them():
    here = room()
    written(here, "class_meeting")
    client = client_for(here.user)
    address = f"{reverse('duties:handbook', args=[here.school_class.pk])}?term={term_of(SPRING).pk}"
    answer = client.post(address, {"file": "xlsx"})
    book = load_workbook(BytesIO(answer.content))
    assert "班会" in book.sheetnames
    assert any("学期安排" in str(cell.value) for row in book["班会"].iter_rows() for cell in row)
    printed = client.post(address, {"file": "pdf"})
    assert printed.content.startswith(b"%PDF")
    assert [entry.action for entry in audit_entries()][-2:] == ["duties.handbook_export"] * 2


def test_a_foreign_class_has_no_handbook():
    here, there = room(), room()
    assert client_for(here.user).get(reverse("duties:handbook", args=[there.school_class.pk])).status_code == 404


def test_many_records_ask_as_many_questions_as_few():
    here = room()

    def questions() -> int:
        with CaptureQueriesContext(connection) as captured:
            handbook_of(User.objects.get(pk=here.user.pk), here.school_class, term_of(SPRING))
        return len(captured)

    for _ in range(2):
        written(here, "talk", students=here.students[:2])
    few = questions()
    for _ in range(10):
        written(here, "talk", students=here.students[:2])
    assert questions() == few
