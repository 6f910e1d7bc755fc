"""The checks before submission: each finding appears when it should, says what it is about, and not otherwise."""

from __future__ import annotations

import pytest
import time_machine

from allowance.calculation import Month
from allowance.models import HeadcountConfirmation, HeadcountSnapshot, MonthSheet, SheetWarning, WarningCode
from allowance.services.headcounts import answer_headcount, questions_for, resolve_objection
from allowance.services.settlement import settle_month
from gaobo_banzhuren.regulation.models import PayableMonth
from gaobo_banzhuren.web.errors import NotAllowed, StaleError, UserError
from teachers.models import Appointment, RosterEntry, SchoolClass
from tests.factories import CollegeFactory
from tests.teachers.given import SchoolClassFactory, appointed, day, enrolled, on_leave, teacher_of

from .worlds import DECEMBER, NOVEMBER, confirm_payable_months

pytestmark = pytest.mark.django_db


def settle(world, month: Month = NOVEMBER) -> MonthSheet:
    settle_month(month, actor=world.admin, college=world.college)
    return MonthSheet.objects.get(college=world.college, month=month.first_day)


def texts(sheet: MonthSheet, code: WarningCode) -> list[str]:
    return list(SheetWarning.objects.filter(sheet=sheet, code=code).values_list("text", flat=True))


@pytest.fixture
def quiet(world):
    """A month about which there is nothing to say."""
    confirm_payable_months(NOVEMBER)
    HeadcountConfirmation.objects.create(
        school_class=world.school_class, month=NOVEMBER.first_day, teacher=world.teacher, headcount=62, agreed=True
    )
    RosterEntry.objects.update(recorded_at=f"{NOVEMBER.first_day}T08:00:00+08:00")
    return world


def test_an_ordinary_month_has_no_findings(quiet):
    assert list(settle(quiet).warnings.values_list("code", flat=True)) == []


@pytest.mark.clause("A-27")
def test_days_with_nobody_in_post_are_named(quiet):
    Appointment.objects.update(ends_on=day("2023-11-20"), end_reason="工作需要", state="ended")
    found = texts(settle(quiet), WarningCode.VACANT)
    assert len(found) == 1
    assert quiet.school_class.name in found[0]
    assert "11 月 21 日至 11 月 30 日" in found[0]


@pytest.mark.clause("A-10")
def test_a_graduating_class_of_120_usually_has_two_posts(quiet):
    SchoolClass.objects.update(teaching_ends_on=day("2023-10-20"))
    enrolled(quiet.school_class, 58)
    assert "120 人" in texts(settle(quiet), WarningCode.TWO_POSTS)[0]


@pytest.mark.clause("A-84")
def test_eighty_students_for_one_person_are_pointed_out(quiet):
    enrolled(quiet.school_class, 18)
    assert "80 人" in texts(settle(quiet), WarningCode.TWO_POSTS)[0]


@pytest.mark.clause("A-29", "C11.1")
def test_an_unfiled_appointment_is_paid_with_a_warning(quiet):
    """Trap 22."""
    Appointment.objects.update(filed_on=None, state="appointed")
    sheet = settle(quiet)
    assert "聘任尚未备案" in texts(sheet, WarningCode.UNFILED)[0]
    assert sheet.total_fen == 60000


@pytest.mark.parametrize(
    ("students", "words"),
    [(59, "差 1 人即进入上一档"), (60, "刚好达到本档下限"), (29, "差 1 人即进入上一档"), (79, "差 1 人即进入上一档")],
)
def test_a_tier_missed_or_reached_by_one_is_named(quiet, students, words):
    RosterEntry.objects.all().delete()
    enrolled(quiet.school_class, students)
    assert words in texts(settle(quiet), WarningCode.BAND_EDGE)[0]


def test_a_tier_crossed_since_last_month_is_named_with_both_headcounts(quiet):
    settle(quiet, Month.parse("2023-10"))
    for row in RosterEntry.objects.filter(ends_on=None)[:7]:
        RosterEntry.objects.filter(pk=row.pk).update(ends_on=day("2023-10-31"))
    found = texts(settle(quiet), WarningCode.BAND_EDGE)
    assert "系数由上月的 1 变为 0.8（62 人 → 55 人）" in found[0]


def test_a_jump_against_last_month_is_named_and_a_small_change_is_not(quiet):
    settle(quiet, Month.parse("2023-10"))
    assert texts(settle(quiet), WarningCode.JUMP) == []
    Appointment.objects.update(ends_on=day("2023-11-10"), end_reason="工作需要", state="ended")
    assert "上月 600.00 元，本月 200.00 元" in texts(settle(quiet), WarningCode.JUMP)[0]


def test_pay_that_ends_altogether_is_a_jump_too(quiet):
    settle(quiet, Month.parse("2023-10"))
    Appointment.objects.update(ends_on=day("2023-10-31"), end_reason="工作需要", state="ended")
    assert "上月 600.00 元，本月 0.00 元" in texts(settle(quiet), WarningCode.JUMP)[0]


def test_graduates_in_a_class_that_still_teaches_are_pointed_out(quiet):
    enrolled(quiet.school_class, 2, state="毕业")
    assert "已有 2 名学生毕业，仍按教学中计发" in texts(settle(quiet), WarningCode.CLOSED_TEACHING)[0]


@pytest.mark.clause("A-04")
def test_unconfirmed_payable_months_are_on_every_sheet(world):
    assert "尚未确认" in texts(settle(world), WarningCode.MONTHS_UNCONFIRMED)[0]


@pytest.mark.clause("A-04", "L30")
def test_a_month_that_is_not_payable_has_no_lines(quiet):
    PayableMonth.objects.filter(month=NOVEMBER.first_day).update(payable=False)
    sheet = settle(quiet)
    assert (sheet.lines.count(), sheet.total_fen) == (0, 0)
    assert "不在发放月份内" in texts(sheet, WarningCode.MONTHS_UNCONFIRMED)[0]


@pytest.mark.clause("C12.1", "A-26", "L27")
def test_a_month_before_the_regulation_is_refused(world):
    with pytest.raises(UserError, match="无适用制度"):
        settle(world, Month.parse("2023-09"))
    assert not MonthSheet.objects.exists()


def test_a_month_that_has_not_begun_is_refused(world):
    with time_machine.travel("2023-11-30 10:00:00+08:00"), pytest.raises(UserError, match="还没有开始"):
        settle(world, DECEMBER)


@pytest.mark.clause("A-14")
def test_a_long_leave_without_stand_in_is_unpaid_and_flagged(quiet):
    on_leave(quiet.teacher, "2023-11-01", "2023-11-30")
    sheet = settle(quiet)
    assert "长假无代班人" in texts(sheet, WarningCode.NO_STAND_IN)[0]
    assert sheet.total_fen == 0


@pytest.mark.clause("A-14", "L23")
def test_a_leave_of_29_days_changes_nothing(quiet):
    """Trap 24."""
    on_leave(quiet.teacher, "2023-11-01", "2023-11-29")
    sheet = settle(quiet)
    assert texts(sheet, WarningCode.NO_STAND_IN) == []
    assert sheet.total_fen == 60000


@pytest.mark.clause("A-14")
def test_the_stand_in_is_paid_for_a_long_leave(quiet):
    helper = teacher_of(quiet.college)
    on_leave(quiet.teacher, "2023-10-15", "2023-11-20", helper)
    lines = {line.staff_no: line.amount_fen for line in settle(quiet).lines.all()}
    # 600 × 10/30 and 600 × 20/30
    assert lines == {quiet.teacher.staff_no: 20000, helper.staff_no: 40000}


@pytest.mark.clause("A-08", "L09")
def test_a_class_without_students_pays_nothing_and_says_so(quiet):
    RosterEntry.objects.all().delete()
    sheet = settle(quiet)
    assert "基准人数为 0" in texts(sheet, WarningCode.ZERO_STUDENTS)[0]
    assert sheet.lines.count() == 0


def test_a_roster_untouched_for_more_than_a_month_is_named(quiet):
    RosterEntry.objects.update(recorded_at="2023-09-20T08:00:00+08:00")
    assert "名册最后更新于 2023-09-20" in texts(settle(quiet), WarningCode.ROSTER_OLD)[0]


@pytest.mark.clause("A-19")
def test_a_teacher_in_two_colleges_is_named_in_both_sheets(quiet):
    other = SchoolClassFactory(college=CollegeFactory())
    enrolled(other, 38)
    appointed(other, quiet.teacher, filed_on=day("2023-09-05"), state="filed")
    settle_month(NOVEMBER, actor=None)
    sheets = MonthSheet.objects.filter(month=NOVEMBER.first_day).order_by("college__code")
    assert [len(texts(sheet, WarningCode.TWO_COLLEGES)) for sheet in sheets] == [1, 1]
    # 100 students: 720.00, of which 62/100 and 38/100
    assert sorted(sheet.total_fen for sheet in sheets) == [27360, 44640]


@pytest.mark.clause("A-20", "L32")
def test_shares_that_do_not_add_up_are_named(quiet):
    Appointment.objects.update(share=30)
    appointed(quiet.school_class, teacher_of(quiet.college), share=31, filed_on=day("2023-09-05"), state="filed")
    assert "人数之和与班级人数不符" in texts(settle(quiet), WarningCode.SHARES)[0]


@pytest.mark.clause("C2.3")
def test_a_term_that_ran_out_is_named(quiet):
    Appointment.objects.update(planned_end_on=day("2023-11-15"))
    sheet = settle(quiet)
    assert "聘期至 2023-11-15，之后未续聘" in texts(sheet, WarningCode.TERM_OVER)[0]
    assert sheet.total_fen == 30000


class TestHeadcountConfirmation:
    """A-28: the class teacher sees the headcount and agrees or objects within three days."""

    @pytest.fixture
    def snapshot(self, world):
        confirm_payable_months(NOVEMBER)
        settle(world)
        return HeadcountSnapshot.objects.get()

    def test_unconfirmed_headcounts_are_named_with_their_number(self, world, snapshot):
        found = texts(snapshot.sheet, WarningCode.HEADCOUNT_UNCONFIRMED)
        assert found == [f"1 个班共 62 人的基准人数尚未经班主任确认：{world.school_class.name} 62 人。"]

    @pytest.mark.clause("A-28")
    def test_an_agreement_takes_the_finding_away(self, world, snapshot):
        answer_headcount(snapshot, actor=world.teacher.user, agreed=True, seen=62)
        assert texts(settle(world), WarningCode.HEADCOUNT_UNCONFIRMED) == []

    @pytest.mark.clause("A-28")
    def test_an_objection_stays_until_the_college_has_answered_it(self, world, snapshot):
        answer = answer_headcount(
            snapshot, actor=world.teacher.user, agreed=False, seen=62, objection="两人已退学，名册未改"
        )
        assert "基准人数 62 人有异议" in texts(settle(world), WarningCode.HEADCOUNT_UNCONFIRMED)[0]
        resolve_objection(answer, actor=world.admin, resolution="已核对，退学审批未完成，本月仍计")
        assert texts(settle(world), WarningCode.HEADCOUNT_UNCONFIRMED) == []

    def test_an_agreement_to_another_number_does_not_count(self, world, snapshot):
        answer_headcount(snapshot, actor=world.teacher.user, agreed=True, seen=62)
        enrolled(world.school_class, 1)
        assert "63 人" in texts(settle(world), WarningCode.HEADCOUNT_UNCONFIRMED)[0]

    def test_an_objection_needs_words(self, world, snapshot):
        with pytest.raises(UserError, match="请写明"):
            answer_headcount(snapshot, actor=world.teacher.user, agreed=False, seen=62)

    def test_only_who_led_the_class_in_the_month_answers(self, world, snapshot):
        with pytest.raises(NotAllowed):
            answer_headcount(snapshot, actor=teacher_of(world.college).user, agreed=True, seen=62)

    def test_a_number_that_changed_since_it_was_shown_is_not_confirmed(self, world, snapshot):
        with pytest.raises(StaleError):
            answer_headcount(snapshot, actor=world.teacher.user, agreed=True, seen=61)
        assert not HeadcountConfirmation.objects.exists()

    @pytest.mark.clause("A-28")
    def test_silence_for_three_days_counts_as_agreement(self, world, snapshot):
        with time_machine.travel("2026-11-01 09:00:00+08:00"):
            MonthSheet.objects.update(first_computed_at="2026-10-29T08:59:00+08:00")
            snapshot.sheet.refresh_from_db()
            with pytest.raises(NotAllowed, match="视为无异议"):
                answer_headcount(snapshot, actor=world.teacher.user, agreed=True, seen=62)
            assert texts(settle(world), WarningCode.HEADCOUNT_UNCONFIRMED) == []

    def test_the_teacher_is_asked_about_the_own_classes_only(self, world, snapshot):
        assert [question.snapshot.pk for question in questions_for(world.teacher.user)] == [snapshot.pk]
        assert questions_for(teacher_of(world.college).user) == []
