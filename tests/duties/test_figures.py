"""Figures by hand: the worked rate checks, and that nothing is rounded before it is compared."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duties.figures import NO_DATA, Count, Figure, Part, Verdict, mean_of, percent, worst_of

AT_LEAST = Fraction(95, 100)
AT_MOST = Fraction(5, 100)


def attendance(present: int, due: int, **more: bool) -> Figure:
    return Figure("attendance", "到课率", present, due, AT_LEAST, **more)


def violation(students: int, roster: int, **more: bool) -> Figure:
    return Figure("violation", "违纪率", students, roster, AT_MOST, at_most=True, **more)


@pytest.mark.clause("C9.2.2.1", "A-30")
def test_r01_approved_leave_is_taken_out_of_those_due():
    figure = attendance(1125, 1200 - 30)
    assert (figure.text, figure.met, figure.sum_text) == ("96.15 %", True, "1125 ÷ 1170")
    assert attendance(1125, 1200).text == "93.75 %"
    assert attendance(1125, 1200).met is False


@pytest.mark.clause("C9.2.2.1")
def test_r02_what_rounds_to_the_target_has_not_reached_it():
    figure = attendance(2849, 2999)
    assert (figure.text, figure.met, figure.verdict) == ("95.00 %", False, Verdict.MISSED)


@pytest.mark.clause("A-31")
def test_r03_exactly_the_target_passes_unless_the_reading_excludes_it():
    assert attendance(1900, 2000).text == "95.00 %"
    assert attendance(1900, 2000).met is True
    assert attendance(1900, 2000, inclusive=False).met is False


@pytest.mark.clause("C9.2.3.2", "A-33")
def test_r04_exactly_the_upper_limit_is_within_it():
    assert (violation(2, 40).text, violation(2, 40).met) == ("5.00 %", True)
    assert violation(2, 40, inclusive=False).met is False
    assert violation(3, 40).met is False


@pytest.mark.clause("A-34")
def test_r06_a_student_with_four_violations_is_one_student():
    assert (violation(1, 30).text, violation(1, 30).met) == ("3.33 %", True)
    assert (violation(4, 30).text, violation(4, 30).met) == ("13.33 %", False)


@pytest.mark.clause("C9.2.2.2", "A-39")
def test_r07_each_term_needs_its_own_meetings():
    parts = (Part("第一学期", 2), Part("第二学期", 1))
    meetings = Count("meetings", "班会", 3, target=2, target_label="制度规定", parts=parts)
    assert (meetings.text, meetings.met) == ("2 / 1", False)
    assert meetings.sum_text == "第一学期 2 次，第二学期 1 次"


def test_a_term_that_still_runs_is_not_missed_yet():
    parts = (Part("第一学期", 2), Part("第二学期", 1, running=True))
    meetings = Count("meetings", "班会", 3, target=2, parts=parts)
    assert (meetings.met, meetings.verdict) == (None, Verdict.RUNNING)


@pytest.mark.clause("A-41")
def test_r09_paid_in_time_out_of_those_due():
    figure = Figure("renewal", "续费率", 44, 50 - 2)
    assert (figure.text, figure.met, figure.verdict) == ("91.67 %", None, Verdict.NO_TARGET)


def test_r11_nothing_recorded_is_no_data_and_neither_met_nor_missed():
    """Trap 23."""
    for figure in (attendance(0, 0), violation(0, 0)):
        assert (figure.text, figure.rate, figure.met, figure.verdict) == (NO_DATA, None, None, Verdict.NO_DATA)


def test_a_number_below_zero_is_refused():
    with pytest.raises(ValueError, match="到课率"):
        attendance(-1, 5)


@pytest.mark.clause("A-37")
def test_pooled_counts_differ_from_the_mean_of_rates_and_from_the_worst_class():
    """Trap 6: 9 of 10 and 90 of 90 pooled are 99 of 100; the mean is 95; the worst 90."""
    rows = [attendance(9, 10), attendance(90, 90)]
    assert attendance(99, 100).text == "99.00 %"
    mean, worst = mean_of(rows), worst_of(rows)
    assert mean is not None
    assert (mean.text, mean.sum_text, mean.met) == ("95.00 %", "（90.00 % + 100.00 %）÷ 2 个班", True)
    assert worst is not None
    assert worst.text == "90.00 %"
    highest = worst_of([violation(1, 100), violation(4, 100)])
    assert highest is not None
    assert highest.text == "4.00 %"


def test_classes_without_data_do_not_enter_mean_and_worst():
    rows = [attendance(0, 0), attendance(9, 10)]
    mean, worst = mean_of(rows), worst_of(rows)
    assert mean is not None
    assert worst is not None
    assert (mean.text, worst.text) == ("90.00 %", "90.00 %")
    nothing = mean_of([attendance(0, 0)])
    assert nothing is not None
    assert nothing.text == NO_DATA
    assert mean_of([]) is None
    assert worst_of([]) is None


@given(st.integers(0, 100_000), st.integers(1, 100_000), st.integers(1, 99), st.booleans(), st.booleans())
def test_the_verdict_is_that_of_whole_numbers(above: int, below: int, hundredths: int, inclusive: bool, at_most: bool):
    figure = Figure("x", "率", above, below, Fraction(hundredths, 100), inclusive, at_most)
    left, right = above * 100, hundredths * below
    if left == right:
        assert figure.met is inclusive
    else:
        assert figure.met is ((left < right) if at_most else (left > right))


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_the_shown_percent_is_rounded_half_up(above: int, below: int):
    shown = Fraction(percent(Fraction(above, below)).removesuffix(" %")) / 100
    distance = Fraction(above, below) - shown
    assert -Fraction(1, 20_000) <= distance < Fraction(1, 20_000)


def test_half_a_hundredth_goes_up():
    assert percent(Fraction(12345, 1_000_000)) == "1.23 %"
    assert percent(Fraction(12350, 1_000_000)) == "1.24 %"
    assert percent(Fraction(1)) == "100.00 %"
