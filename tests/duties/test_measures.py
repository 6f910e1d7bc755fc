"""The figures of a class, out of records that its teacher wrote down."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duties.figures import NO_DATA, Count, Figure, Verdict
from duties.measures.classes import class_figures
from duties.services import records
from gaobo_banzhuren.regulation.rates import (
    LeaveCounting,
    LevelPass,
    RenewalMeasure,
    ViolationBase,
    ViolationLevel,
    ViolationNumerator,
)
from teachers.models import Guardian, RosterEntry
from tests.factories import college_head
from tests.teachers.given import day

from . import measuring as given
from .given import Room, room, school_year, term_of, written

pytestmark = pytest.mark.django_db
YEAR = (day("2023-09-01"), day("2024-08-31"))


def figures(where: Room, first=given.FIRST, last=given.LAST, **more):
    return class_figures([where.school_class.pk], first, last, **more)[where.school_class.pk]


def rate(where: Room, key: str, *window, **more) -> Figure:
    found = figures(where, *window, only=(key,), **more)[key]
    assert isinstance(found, Figure)
    return found


def number(where: Room, key: str, *window) -> Count:
    found = figures(where, *window, only=(key,))[key]
    assert isinstance(found, Count)
    return found


def test_an_empty_class_has_no_data_anywhere():
    """Trap 23 and R11."""
    here = room(0)
    for key, one in figures(here).items():
        if isinstance(one, Figure) and key not in ("themes", "themes_one", "themes_two", "papers", "materials"):
            assert (key, one.text, one.met) == (key, NO_DATA, None)


@pytest.mark.clause("C5.4a", "C9.2.2.1", "A-30")
def test_r01_attendance_of_all_roll_calls_of_the_term():
    here = room(0)
    given.called(here.school_class, "2024-03-04", due=600, excused=30, absent=40)
    given.called(here.school_class, "2024-03-05", due=600, absent=5)
    given.called(here.school_class, "2024-01-10", due=600, absent=300)
    found = rate(here, "attendance")
    assert (found.sum_text, found.text, found.met) == ("1125 ÷ 1170", "96.15 %", True)
    assert rate(here, "in_class").text == "93.75 %"


def test_a_taken_back_roll_call_does_not_count():
    from django.utils import timezone

    here = room(0)
    given.called(here.school_class, "2024-03-04", due=10, absent=10, voided_at=timezone.now())
    assert rate(here, "attendance").text == NO_DATA


@pytest.mark.clause("A-30", "A-32")
@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"leave_counting": LeaveCounting.PRESENT}, "96 ÷ 100"),
        ({"leave_counting": LeaveCounting.ABSENT}, "90 ÷ 100"),
        ({"late_is_present": False}, "84 ÷ 94"),
        ({"late_per_truancy": 3}, "89 ÷ 94"),
    ],
)
def test_attendance_under_the_other_readings(monkeypatch, changes, shown):
    """One student came late four times and another two times: by three lates one truancy, per student, once."""
    from duties.models import AttendanceMark

    here = room(2)
    one = given.called(here.school_class, "2024-03-04", due=100, excused=6, absent=4, late=6)
    AttendanceMark.objects.create(session=one, student=here.students[0], mark="late")
    for number_, period in enumerate(("3-4节", "5-6节", "7-8节")):
        more = given.called(here.school_class, "2024-03-04", due=0, period=period)
        AttendanceMark.objects.create(session=more, student=here.students[0], mark="late")
        if number_ < 2:
            AttendanceMark.objects.create(session=more, student=here.students[1], mark="early")
    given.rates(monkeypatch, **changes)
    assert rate(here, "attendance").sum_text == shown


@pytest.mark.clause("C9.2.3.2", "A-34", "A-35")
def test_only_confirmed_decisions_from_a_warning_on_count_and_a_student_counts_once():
    here = room(30)
    head = college_head(here.college)
    first, second, third, fourth = here.students[:4]
    for on in ("2024-03-04", "2024-03-05", "2024-03-06", "2024-03-07"):
        case = written(here, "discipline", on, students=[first])
        records.decide(head, case, "confirmed", "属实")
    light = written(here, "discipline", students=[second], level="notice")
    records.decide(head, light, "confirmed", "属实")
    written(here, "discipline", students=[third])
    lifted = written(here, "discipline", students=[fourth])
    records.decide(head, lifted, "confirmed", "属实")
    records.decide(head, lifted, "cancelled", "申诉成立")
    found = rate(here, "violation", *YEAR)
    assert (found.sum_text, found.text, found.met) == ("1 ÷ 30", "3.33 %", True)


@pytest.mark.clause("A-34", "A-35")
@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"violation_numerator": ViolationNumerator.CASES}, "3 ÷ 31"),
        ({"violation_base": ViolationBase.ENROLLED}, "2 ÷ 30"),
        ({"violation_level": ViolationLevel.NOTE}, "3 ÷ 31"),
        ({"violation_level": ViolationLevel.EXAM_ONLY}, "1 ÷ 31"),
        ({"exam_cases_count": False}, "1 ÷ 31"),
    ],
)
def test_violations_under_the_other_readings(monkeypatch, changes, shown):
    """30 on the roster all year and one who left; one warned twice, one caught cheating, one with a mere note."""
    here = room(31)
    left = here.students[-1]
    RosterEntry.objects.filter(student=left).update(ends_on=day("2023-12-31"))
    RosterEntry.objects.create(student=left, school_class=here.school_class, state="退学", starts_on=day("2024-01-01"))
    head = college_head(here.college)
    cases = [
        written(here, "discipline", "2024-03-04", students=[here.students[0]]),
        written(here, "discipline", "2024-03-05", students=[here.students[0]]),
        written(here, "discipline", "2024-03-06", students=[here.students[1]], level="note"),
        written(here, "exam_violation", "2024-04-13", students=[here.students[2]], category="cheating",
                exam_session=given.exam(), text="夹带"),
    ]  # fmt: skip
    for case in cases:
        records.decide(head, case, "confirmed", "属实")
    given.rates(monkeypatch, **changes)
    assert rate(here, "violation", *YEAR).sum_text == shown


@pytest.mark.clause("C9.2.3.3", "C5.5c")
def test_pending_cheating_is_not_counted():
    here = room(3)
    case = written(
        here, "exam_violation", "2024-04-13", students=here.students[:1], category="cheating",
        exam_session=given.exam(), text="夹带",
    )  # fmt: skip
    assert number(here, "cheating").number == 0
    records.decide(college_head(here.college), case, "confirmed", "属实")
    assert number(here, "cheating").number == 1


@pytest.mark.clause("C9.2.2.2", "A-39")
def test_r07_two_meetings_in_each_term_of_the_class():
    """Trap 18. The second meeting of the second term was not written up, so it does not count."""
    here = room()
    for on in ("2023-09-11", "2023-11-06", "2024-03-11"):
        written(here, "class_meeting", on)
    written(here, "class_meeting", "2024-05-06", text="", archive=False)
    found = number(here, "meetings", *YEAR)
    assert (found.text, found.met, found.target, found.target_label) == ("2 / 1", False, 2, "制度规定")
    written(here, "class_meeting", "2024-06-03")
    assert number(here, "meetings", *YEAR).met is True


@pytest.mark.clause("A-39")
def test_trap_19_a_joint_meeting_counts_once_for_each_class(monkeypatch):
    one = room()
    two = room(teacher=one.teacher)
    written(one, "class_meeting", classes=[one.school_class, two.school_class])
    assert [number(each, "meetings").number for each in (one, two)] == [1, 1]
    given.rates(monkeypatch, joint_meeting_counts_each=False)
    assert [number(each, "meetings").number for each in (one, two)] == [1, 0]


def test_a_month_has_no_target_for_meetings():
    here = room()
    written(here, "class_meeting", "2024-03-11")
    found = number(here, "meetings", day("2024-03-01"), day("2024-03-31"))
    assert (found.text, found.target, found.verdict) == ("1", None, Verdict.NO_TARGET)


@pytest.mark.clause("C5.2", "C3.1.3")
def test_two_talks_with_one_student_cover_one_student():
    here = room(4)
    written(here, "talk", "2024-03-04", students=here.students[:2])
    written(here, "talk", "2024-03-11", students=here.students[:1])
    written(here, "talk", "2024-01-11", students=here.students[2:3])
    assert (rate(here, "talk_coverage").sum_text, number(here, "talks").number) == ("2 ÷ 4", 3)


def test_whoever_left_the_class_is_not_waited_for_and_who_graduated_stays():
    here = room(3)
    for student, state in ((here.students[0], "退学"), (here.students[1], "毕业")):
        RosterEntry.objects.filter(student=student).update(ends_on=day("2024-06-14"))
        RosterEntry.objects.create(
            student=student, school_class=here.school_class, state=state, starts_on=day("2024-06-15")
        )
    assert rate(here, "talk_coverage").denominator == 2


@pytest.mark.clause("C3.1.1", "C3.1.2", "C9.2.1.2")
def test_themes_are_counted_once_and_the_two_items_of_article_3_stay_apart():
    here = room()
    written(here, "activity", themes=("学风", "劳动"))
    written(here, "activity", "2024-03-19", themes=("学风",))
    written(here, "class_meeting", "2024-03-20", themes=("安全稳定",))
    found = figures(here, only=("themes", "themes_one", "themes_two"))
    assert [one.sum_text for one in found.values()] == ["3 ÷ 13", "2 ÷ 11", "1 ÷ 2"]
    assert "心理健康" in found["themes_two"].note


@pytest.mark.clause("C5.5d", "A-40")
def test_pass_rates_by_hand(monkeypatch):
    """Ten entered: 6 passed, 1 failed, 1 cheated, 1 absent, 1 registered without result; one more is exempt."""
    here = room(11)
    statuses = ["合格"] * 6 + ["不合格", "作弊", "缺考", "免考"]
    for student, status in zip(here.students, statuses, strict=False):
        given.registered(here, student)
        given.result(here, student, status)
    given.registered(here, here.students[10])
    level = given.course("CET4", "英语四级", "等级证书")
    given.result(here, here.students[0], "合格", level)
    assert rate(here, "pass_rate").sum_text == "7 ÷ 9"
    assert rate(here, "registered_pass").sum_text == "7 ÷ 11"
    assert rate(here, "level_pass").sum_text == "6 ÷ 8"
    assert rate(here, "registration").sum_text == "11 ÷ 11"
    given.rates(monkeypatch, level_pass=LevelPass.CERTIFICATES, level_pass_high_percent=Decimal(80))
    found = rate(here, "level_pass")
    assert (found.sum_text, found.met, found.target_label) == ("1 ÷ 1", True, "自定的线")


@pytest.mark.clause("C5.5b")
def test_pre_exam_education_is_counted_by_session():
    here = room(1)
    given.result(here, here.students[0], "合格")
    assert rate(here, "pre_exam").sum_text == "0 ÷ 1"
    written(here, "activity", "2024-04-08", category="pre_exam")
    assert rate(here, "pre_exam").sum_text == "0 ÷ 1"
    written(here, "activity", "2024-04-09", category="pre_exam", exam_session=given.exam())
    assert rate(here, "pre_exam").sum_text == "1 ÷ 1"


@pytest.mark.clause("C9.5.5", "A-41", "C4.2a")
def test_r09_renewal_of_fifty(monkeypatch):
    here = room(50)
    for student in here.students[:2]:
        given.fee(here, student, exempt=True, waived_fen=300_000)
    for student in here.students[2:46]:
        given.fee(here, student, paid_on="2024-03-20")
    given.fee(here, here.students[46], deferred_until=day("2024-05-31"))
    for student in here.students[47:]:
        given.fee(here, student)
    found = rate(here, "renewal")
    assert (found.sum_text, found.text, found.met) == ("44 ÷ 48", "91.67 %", None)
    assert rate(here, "collection").text == "91.67 %"
    given.rates(monkeypatch, renewal_deferral_counts=True)
    assert rate(here, "renewal").sum_text == "45 ÷ 48"
    given.rates(monkeypatch, renewal_measure=RenewalMeasure.AMOUNT, renewal_high_percent=Decimal(90))
    found = rate(here, "renewal")
    assert (found.sum_text, found.met) == ("132,000.00 元 ÷ 144,000.00 元", True)


def test_first_intake_late_payment_and_students_of_later_days_stay_out_of_renewal():
    here = room(4)
    given.fee(here, here.students[0], paid_on="2024-03-20", first_period=True)
    given.fee(here, here.students[1], paid_on="2024-04-01")
    RosterEntry.objects.filter(student=here.students[2]).update(starts_on=day("2024-03-02"))
    given.fee(here, here.students[2], paid_on="2024-03-20")
    given.fee(here, here.students[3], paid_on="2024-03-31")
    assert rate(here, "renewal").sum_text == "1 ÷ 2"


@pytest.mark.clause("C4.1")
def test_confirmed_telephones_of_this_school_year():
    from duties.models import PhoneConfirmation

    here = room(3)
    for student, year in ((here.students[0], "2023-2024"), (here.students[1], "2022-2023")):
        parent = Guardian.objects.create(student=student, name="家长")
        PhoneConfirmation.objects.create(
            guardian=parent, student=student, school_year=school_year(year), on=day("2023-09-10"), way="call",
            by=here.user,
        )  # fmt: skip
    assert rate(here, "phones").sum_text == "1 ÷ 3"


@pytest.mark.clause("C9.1.4", "A-74")
def test_plan_and_summary_are_flagged_missing_per_term():
    here = room()
    given.paper(here, "plan")
    given.paper(here, "summary", state="draft")
    given.paper(here, "plan", term_of("2023-10-10"))
    given.paper(here, "summary", term_of("2023-10-10"))
    found = rate(here, "papers", *YEAR)
    assert (found.sum_text, found.note) == ("3 ÷ 4", "缺：第二学期工作总结")


@pytest.mark.clause("C9.5.1", "C5.1b")
def test_only_closed_cases_count_by_the_day_of_closing():
    here = room()
    case = written(here, "case_study", "2024-03-04", students=here.students[:1], effect="好转")
    assert number(here, "cases_closed").number == 0
    records.append(here.user, case, "stage", "每周辅导", on=day("2024-04-01"))
    records.close(here.user, case, "达到目标", on=day("2024-05-20"))
    assert number(here, "cases_closed").number == 1
    assert number(here, "cases_closed", day("2024-03-01"), day("2024-03-31")).number == 0


@pytest.mark.clause("C9.5.4")
def test_missing_kinds_of_papers_are_named():
    here = room()
    for kind in ("activity", "class_meeting", "lesson_visit", "worklog"):
        written(here, kind)
    for kind in ("talk", "parent_contact", "case_study"):
        written(here, kind, students=here.students[:1])
    given.called(here.school_class, "2024-03-04", due=5)
    given.fee(here, here.students[0])
    given.paper(here, "plan")
    found = rate(here, "materials")
    assert (found.sum_text, found.note) == ("10 ÷ 12", "缺：工作总结、考试成绩")


@pytest.mark.clause("C9.2.3.5", "C9.2.2.3")
def test_checks_with_their_log_leaves_not_closed_and_posts():
    from duties.models import ClassPost, StudentLeave

    here = room()
    written(here, "room_check")
    written(here, "room_check", "2024-03-19", log_filled=False)
    for state, back in (("approved", None), ("returned", day("2024-03-06"))):
        StudentLeave.objects.create(
            student=here.students[0], school_class=here.school_class, kind="sick", starts_on=day("2024-03-04"),
            ends_on=day("2024-03-05"), reason="感冒", state=state, returned_on=back, recorded_by=here.user,
        )  # fmt: skip
    ClassPost.objects.create(
        school_class=here.school_class, student=here.students[0], post="班长", duties="主持班务",
        starts_on=day("2023-09-10"), recorded_by=here.user,
    )  # fmt: skip
    assert (number(here, "room_checks").number, number(here, "room_checks").note) == (2, "教室日志已填 1 次")
    assert (number(here, "leaves_open").number, number(here, "leaves_open").note) == (1, "已销假 1 张")
    assert (number(here, "posts").number, number(here, "posts").note) == (1, "其中写明职责的 1 个")


@pytest.mark.clause("C3.1.3", "C5.3c")
def test_days_since_the_last_contact_and_problems_that_are_still_open():
    here = room()
    written(here, "parent_contact", "2024-03-04", students=here.students[:1])
    written(here, "parent_contact", "2024-03-11", students=here.students[1:2])
    assert number(here, "parent_contacts").note.startswith("最近一次 2024-03-11，")
    written(here, "teacher_contact", problem="投影仪坏了")
    settled = written(here, "lesson_visit", problem="座位靠后")
    records.close(here.user, settled, "已调整", on=day("2024-03-20"))
    assert number(here, "problems_open").number == 1


@pytest.mark.clause("C6.2")
def test_pledges_out_of_the_students_at_most_one_each():
    here = room(5)
    written(here, "activity", category="honesty", pledges=3)
    assert rate(here, "pledges").sum_text == "3 ÷ 5"
    written(here, "activity", "2024-04-01", category="honesty", pledges=4)
    assert (rate(here, "pledges").sum_text, rate(here, "pledges").note) == ("5 ÷ 5", "登记了 7 份承诺书")


@pytest.mark.clause("A-43", "C5.3b")
def test_a_wish_of_the_office_is_a_target_of_its_own_and_never_the_rule(monkeypatch):
    here = room()
    written(here, "lesson_visit")
    assert number(here, "lesson_visits").verdict is Verdict.NO_TARGET
    given.rates(monkeypatch, visit_target=2)
    found = number(here, "lesson_visits")
    assert (found.target, found.target_label, found.met) == (2, "自定目标", False)
    assert number(here, "lesson_visits", *YEAR).target is None


def test_the_same_number_of_questions_for_three_and_for_twelve_classes():
    rooms = [room(2) for _ in range(12)]
    for each in rooms:
        written(each, "talk", students=each.students[:1])
        given.called(each.school_class, "2024-03-04", due=2)
    keys = [each.school_class.pk for each in rooms]
    class_figures(keys[:1], *YEAR)
    counts = []
    for some in (keys[:3], keys):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            class_figures(some, *YEAR)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[0] <= 25
