"""School years, payable months, terms and working days as the office keeps them."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaobo_banzhuren.regulation.day_list import DayListError, parse_days
from gaobo_banzhuren.regulation.models import CalendarDay, SchoolYear
from gaobo_banzhuren.regulation.school_calendar import (
    NoSchoolYearError,
    PayableState,
    add_working_days,
    is_working_day,
    payable,
    school_year_of,
    term_of,
)
from gaobo_banzhuren.regulation.services import calendar
from gaobo_banzhuren.regulation.services.calendar import TermDates
from gaobo_banzhuren.regulation.working_days import nth_working_day_after
from gaobo_banzhuren.web.errors import NotAllowed, StaleError, UserError
from tests.factories import audit_entries, college_admin, office, sysadmin

DAY = dt.date


@pytest.fixture
def boss():
    return office()


@pytest.fixture
def year():
    return SchoolYear.objects.get(name="2023-2024")


def enter(boss, text):
    return calendar.add_days(parse_days(text), actor=boss)


@pytest.mark.django_db
class TestSchoolYear:
    @pytest.mark.clause("A-50")
    @pytest.mark.parametrize(
        ("day", "name"),
        [
            (DAY(2023, 9, 1), "2023-2024"),
            (DAY(2023, 8, 31), "2022-2023"),
            (DAY(2024, 2, 29), "2023-2024"),
            (DAY(2024, 8, 31), "2023-2024"),
        ],
    )
    def test_a_school_year_runs_from_september_to_august(self, day, name):
        assert school_year_of(day).name == name
        assert term_of(day).school_year.name == name

    def test_a_year_that_is_not_set_up_is_named(self):
        with pytest.raises(NoSchoolYearError, match="2040-01-01"):
            school_year_of(DAY(2040, 1, 1))
        with pytest.raises(NoSchoolYearError):
            payable(DAY(2040, 1, 1))

    @pytest.mark.clause("A-21", "A-68", "A-69", "A-81", "A-88")
    def test_a_new_year_takes_over_the_decisions_of_the_former_one(self, boss):
        last = SchoolYear.objects.get(name="2027-2028")
        new = dataclasses.replace(last.settings(), publicity_working_days=7)
        calendar.save_year_settings(last, new, edition=last.edition, actor=boss)
        made = calendar.create_school_year(2028, actor=boss)
        assert made.settings().publicity_working_days == 7
        assert (made.payable_months.filter(payable=True).count(), made.payable_confirmed) == (12, False)
        with pytest.raises(UserError, match="已经建立"):
            calendar.create_school_year(2028, actor=boss)

    def test_the_defaults_of_a_school_year(self, year):
        settings = year.settings()
        assert (settings.publicity_working_days, settings.objection_answer_working_days) == (5, 5)
        assert (settings.sheet_rhythm, settings.cycle_basis) == ("monthly", "school_year")
        assert settings.graduate_award_percent is None

    def test_impossible_decisions_are_refused(self, boss, year):
        new = dataclasses.replace(year.settings(), publicity_working_days=0)
        with pytest.raises(UserError, match="A-68"):
            calendar.save_year_settings(year, new, edition=year.edition, actor=boss)

    def test_a_stale_save_is_refused(self, boss, year):
        stale = year.edition
        calendar.save_year_settings(year, year.settings(), edition=stale, actor=boss)
        with pytest.raises(StaleError):
            calendar.save_year_settings(year, year.settings(), edition=stale, actor=boss)


@pytest.mark.django_db
class TestPayableMonths:
    @pytest.mark.clause("A-04", "L34")
    def test_all_twelve_months_are_payable_but_unconfirmed_at_first(self, year):
        assert year.payable_months.filter(payable=True).count() == 12
        assert payable(DAY(2024, 8, 20)) == PayableState(True, False, "2023-2024")

    @pytest.mark.clause("A-04", "L30", "L34")
    def test_unticked_months_are_not_payable(self, boss, year):
        months = {row.month for row in year.payable_months.all() if row.month.month not in (2, 8)}
        assert calendar.set_payable_months(year, months, edition=year.edition, actor=boss)
        assert not payable(DAY(2024, 8, 1)).payable
        assert payable(DAY(2024, 7, 31)).payable
        assert not calendar.set_payable_months(year, months, edition=year.edition, actor=boss)

    @pytest.mark.clause("A-04")
    def test_confirming_holds_for_the_year_and_is_lost_by_a_change(self, boss, year):
        calendar.confirm_payable_months(year, edition=year.edition, actor=boss)
        assert payable(DAY(2023, 10, 1)).confirmed
        assert not payable(DAY(2024, 10, 1)).confirmed
        months = {row.month for row in year.payable_months.all() if row.month.month != 8}
        calendar.set_payable_months(year, months, edition=year.edition, actor=boss)
        assert not payable(DAY(2023, 10, 1)).confirmed
        assert [entry.action for entry in audit_entries("regulation.")] == [
            "regulation.confirm_payable_months",
            "regulation.payable_months",
        ]

    def test_confirming_twice_or_a_list_that_changed_meanwhile_is_refused(self, boss, year):
        stale = year.edition
        calendar.set_payable_months(year, {DAY(2023, 10, 1)}, edition=stale, actor=boss)
        with pytest.raises(StaleError):
            calendar.confirm_payable_months(year, edition=stale, actor=boss)
        calendar.confirm_payable_months(year, edition=year.edition, actor=boss)
        with pytest.raises(UserError, match="已经确认"):
            calendar.confirm_payable_months(year, edition=year.edition, actor=boss)

    @pytest.mark.parametrize("make", [college_admin, sysadmin])
    def test_only_the_office_decides_the_payable_months(self, year, make):
        stranger = make()
        with pytest.raises(NotAllowed):
            calendar.confirm_payable_months(year, edition=year.edition, actor=stranger)
        with pytest.raises(NotAllowed):
            calendar.set_payable_months(year, set(), edition=year.edition, actor=stranger)
        assert year.payable_months.filter(payable=True).count() == 12


@pytest.mark.django_db
class TestTerms:
    def test_terms_are_replaced_by_the_real_dates(self, boss, year):
        terms = [
            TermDates("第一学期", DAY(2023, 9, 4), DAY(2024, 1, 14)),
            TermDates("第二学期", DAY(2024, 2, 26), DAY(2024, 7, 5)),
        ]
        calendar.save_terms(year, terms, edition=year.edition, actor=boss)
        assert term_of(DAY(2024, 1, 14)).name == "第一学期"
        assert term_of(DAY(2024, 1, 15)) is None

    @pytest.mark.parametrize(
        ("terms", "words"),
        [
            ([], "至少"),
            ([TermDates("甲", DAY(2023, 8, 31), DAY(2024, 1, 1))], "之内"),
            ([TermDates("甲", DAY(2024, 1, 2), DAY(2024, 1, 1))], "开始早于结束"),
            (
                [
                    TermDates("甲", DAY(2023, 9, 1), DAY(2024, 2, 1)),
                    TermDates("乙", DAY(2024, 2, 1), DAY(2024, 7, 1)),
                ],
                "乙：与甲重叠",
            ),
        ],
    )
    def test_terms_that_do_not_fit_are_refused(self, boss, year, terms, words):
        with pytest.raises(UserError, match=words):
            calendar.save_terms(year, terms, edition=year.edition, actor=boss)
        assert year.terms.count() == 2


@pytest.mark.django_db
class TestWorkingDays:
    def test_weekdays_work_and_weekends_do_not(self):
        assert is_working_day(DAY(2024, 4, 26))
        assert not is_working_day(DAY(2024, 4, 27))

    @pytest.mark.clause("T16", "5.12", "C8.4b")
    def test_a_notice_over_a_holiday_with_a_make_up_saturday(self, boss):
        """Published Thu 25 April 2024. Fri 26 is 1; Sun 28 (make-up) 2; Mon 29 3; Tue 30 4; 1–5 May off; Mon 6 is 5."""
        enter(boss, "2024-05-01至2024-05-05 放假 劳动节\n2024-04-28 调休上班 劳动节")
        assert add_working_days(DAY(2024, 4, 25), 5) == DAY(2024, 5, 6)
        assert is_working_day(DAY(2024, 4, 28))
        assert not is_working_day(DAY(2024, 5, 1))

    def test_without_entries_only_weekdays_count(self):
        assert add_working_days(DAY(2024, 4, 25), 5) == DAY(2024, 5, 2)

    def test_a_day_can_be_removed_again(self, boss):
        enter(boss, "2024-05-01 劳动节")
        calendar.remove_day(CalendarDay.objects.get(), actor=boss)
        assert is_working_day(DAY(2024, 5, 1))
        assert [entry.action for entry in audit_entries("regulation.")] == [
            "regulation.calendar_days",
            "regulation.remove_calendar_day",
        ]

    def test_entering_the_same_list_twice_adds_nothing(self, boss):
        assert enter(boss, "2024-05-01至2024-05-03 放假 劳动节") == 3
        assert enter(boss, "2024-05-01至2024-05-03 放假 劳动节") == 0
        assert CalendarDay.objects.count() == 3

    def test_all_or_nothing_when_one_day_does_not_fit(self, boss):
        enter(boss, "2024-05-11 调休上班")
        with pytest.raises(UserError, match="2024-05-11 已登记为调休上班") as caught:
            enter(boss, "2024-06-10 端午节\n2024-05-11 放假\n2024-05-14 上班")
        assert "2024-05-14 不是周六或周日" in caught.value.message
        assert CalendarDay.objects.count() == 1

    def test_the_calendar_is_kept_by_office_and_system_administrator_only(self):
        assert enter(sysadmin(), "2024-05-01 劳动节") == 1
        with pytest.raises(NotAllowed):
            enter(college_admin(), "2024-05-02 劳动节")


@pytest.mark.clause("5.12")
@given(
    start=st.dates(DAY(2023, 9, 1), DAY(2024, 8, 31)),
    count=st.integers(1, 30),
    off=st.sets(st.dates(DAY(2023, 9, 1), DAY(2024, 12, 31)), max_size=40),
    made_up=st.sets(st.dates(DAY(2023, 9, 1), DAY(2024, 12, 31)), max_size=10),
)
def test_the_end_of_a_notice_agrees_with_counting_day_by_day(start, count, off, made_up):
    last = nth_working_day_after(start, count, off, made_up)
    between = [start + dt.timedelta(days=n) for n in range(1, (last - start).days + 1)]
    worked = [day for day in between if day in made_up or (day.isoweekday() <= 5 and day not in off)]
    assert len(worked) == count
    assert worked[-1] == last


class TestPastedList:
    @pytest.mark.parametrize(
        ("line", "days", "kind", "name"),
        [
            ("2024-05-01 放假 劳动节", 1, "holiday", "劳动节"),
            ("2024年5月1日至2024年5月5日 劳动节", 5, "holiday", "劳动节"),
            ("２０２４／５／１～２０２４／５／３　劳动节", 3, "holiday", "劳动节"),
            ("2024.4.28 调休上班", 1, "make_up", "调休上班"),
            ("2024-12-30至2025-01-01 放假 元旦", 3, "holiday", "元旦"),
        ],
    )
    def test_a_line_is_read(self, line, days, kind, name):
        found = parse_days(line)
        assert (len(found), {day.kind for day in found}, {day.name for day in found}) == (days, {kind}, {name})

    def test_every_wrong_line_is_named(self):
        with pytest.raises(DayListError) as caught:
            parse_days("五一放假\n2024-02-30 放假\n\n2024-05-05至2024-05-01 放假\n2024-06-01 放假\n2024-06-01 上班")
        assert [problem[:5] for problem in caught.value.problems] == ["第 1 行", "第 2 行", "第 4 行", "第 6 行"]
