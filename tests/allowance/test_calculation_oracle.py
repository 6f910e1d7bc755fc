"""Random rosters: the calculation by stretches and the plain day-by-day reading agree to the 分."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allowance.calculation import (
    AppointmentFact,
    ClassFact,
    LeaveFact,
    Line,
    Month,
    TeacherFact,
    TeacherMonth,
    calculate,
    calculate_month,
    cut_month,
    split_sheet,
)
from gaobo_banzhuren.regulation.rules import (
    AllowanceRules,
    CoefficientScope,
    GraduatingCoefficient,
    GraduatingPer,
    GraduatingStart,
    LeaveMode,
    PartialMonth,
    TeachingAndGraduating,
    TwoColleges,
)
from tests.allowance.given import RULES, START, rules
from tests.allowance.oracle import Oracle

QUICK = settings(
    max_examples=60, derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
MONTHS = [Month(2023, 10), Month(2023, 11), Month(2024, 2), Month(2025, 2), Month(2024, 7)]
TEACHERS = [TeacherFact(f"T{number}", f"师{number}", f"C{number % 3}") for number in range(5)]
KEYS = [teacher.key for teacher in TEACHERS]
HEADS = st.sampled_from([0, 1, 15, 29, 30, 31, 45, 59, 60, 61, 79, 80, 120])

READINGS: dict[str, dict[str, Any]] = {
    "first version": {},
    "per class": {"coefficient_scope": CoefficientScope.PER_CLASS},
    "best class": {"coefficient_scope": CoefficientScope.BEST_CLASS},
    "day 15": {"partial_month": PartialMonth.DAY15},
    "halves": {"partial_month": PartialMonth.HALF_MONTH, "graduating_start": GraduatingStart.NEXT_DAY},
    "next day, higher only": {
        "graduating_start": GraduatingStart.NEXT_DAY,
        "teaching_and_graduating": TeachingAndGraduating.HIGHER_ONLY,
    },
    "heads summed, per post": {
        "teaching_and_graduating": TeachingAndGraduating.SUM_HEADS,
        "graduating_per": GraduatingPer.POSTS_OF_STANDARD_SIZE,
    },
    "graduating per class by tier": {
        "graduating_per": GraduatingPer.CLASS,
        "graduating_coefficient": GraduatingCoefficient.BY_TIER,
        "leave_mode": LeaveMode.DEDUCT,
    },
    "ceilings, home college": {
        "ceiling_classes": 2,
        "ceiling_amount": Decimal(650),
        "two_colleges": TwoColleges.HOME_COLLEGE,
        "leave_mode": LeaveMode.NONE,
    },
}


@st.composite
def rosters(draw: st.DrawFn, shared: bool = True) -> dict[str, Any]:
    """Facts around a month: openings, closings, ends of teaching, hand-overs, gaps, shared classes and leaves."""
    month = draw(st.sampled_from(MONTHS))
    first = month.first_day

    def near(low: int, high: int) -> date:
        return first + timedelta(days=draw(st.integers(low, high)))

    classes: list[ClassFact] = []
    appointments: list[AppointmentFact] = []
    for number in range(draw(st.integers(1, 5))):
        opens = near(-60, 25)
        teaching_end = near(-50, 35) if draw(st.booleans()) else None
        closes = near(-5, 50) if draw(st.integers(0, 3)) == 0 else None
        heads = draw(HEADS)
        code = f"K{number}"
        classes.append(
            ClassFact(code, code, draw(st.sampled_from(["C0", "C1", "C2"])), opens, teaching_end, closes, heads)
        )
        appointments += draw(_terms(code, opens, heads, shared))
    leaves = [
        LeaveFact(key, begin, begin + timedelta(days=draw(st.sampled_from([1, 12, 29, 30, 45])) - 1), stand_in)
        for key, begin, stand_in in draw(
            st.lists(
                st.tuples(
                    st.sampled_from(KEYS),
                    st.integers(-40, 28).map(lambda days: first + timedelta(days=days)),
                    st.none() | st.sampled_from(KEYS),
                ).filter(lambda leave: leave[0] != leave[2]),
                max_size=3,
            )
        )
    ]
    return {"month": month, "classes": classes, "appointments": appointments, "leaves": leaves}


@st.composite
def _terms(draw: st.DrawFn, code: str, opens: date, heads: int, shared: bool) -> list[AppointmentFact]:
    if shared and heads >= 80 and draw(st.booleans()):
        part = draw(st.integers(1, heads - 1))
        return [
            AppointmentFact(code, key, opens, share=share)
            for key, share in zip(draw(st.permutations(KEYS))[:2], (part, heads - part), strict=True)
        ]
    terms = []
    begin = opens
    for length, gap in draw(st.lists(st.tuples(st.integers(1, 40), st.sampled_from([0, 0, 1, 5])), max_size=4)):
        end = begin + timedelta(days=length - 1)
        terms.append(AppointmentFact(code, draw(st.sampled_from(KEYS)), begin, end, draw(st.booleans())))
        begin = end + timedelta(days=1 + gap)
    if draw(st.booleans()):
        terms.append(AppointmentFact(code, draw(st.sampled_from(KEYS)), begin))
    return terms


def settle(roster: dict[str, Any], version: AllowanceRules) -> tuple[tuple[TeacherMonth, ...], tuple[Line, ...]]:
    month = roster["month"]
    facts = (roster["classes"], roster["appointments"], roster["leaves"])
    cut = cut_month(month, *facts, TEACHERS, version, START)
    return cut.teachers, calculate_month(month, cut.teachers, version).lines


def same_as_by_days(roster: dict[str, Any], version: AllowanceRules) -> None:
    _, lines = settle(roster, version)
    found = {(line.teacher_key, line.kind.value, line.college): line.amount_fen for line in lines if line.amount_fen}
    facts = (roster["month"], roster["classes"], roster["appointments"], roster["leaves"])
    assert found == Oracle(*facts, TEACHERS, version, START).amounts()


@pytest.mark.clause("C10.2.1c", "A-01", "A-05", "A-12", "A-14", "A-19", "A-20")
@pytest.mark.parametrize("name", [name for name in READINGS if name != "halves"])
@QUICK
@given(roster=rosters())
def test_stretches_and_single_days_agree(name: str, roster: dict[str, Any]) -> None:
    same_as_by_days(roster, rules(**READINGS[name]))


@pytest.mark.clause("A-05")
@QUICK
@given(roster=rosters(shared=False))
def test_half_months_agree_with_a_count_of_days(roster: dict[str, Any]) -> None:
    same_as_by_days(roster, rules(**READINGS["halves"]))


@pytest.mark.clause("C10.1d")
@QUICK
@given(roster=rosters())
def test_what_is_stored_gives_the_same_lines_again_and_every_sum_adds_up(roster: dict[str, Any]) -> None:
    teachers, lines = settle(roster, RULES)
    again: list[Line] = []
    for teacher in teachers:
        again += calculate(TeacherMonth.from_dict(teacher.to_dict()), roster["month"], RULES)
    assert tuple(again) == lines == tuple(Line.from_dict(line.to_dict()) for line in lines)
    for line in lines:
        assert sum(share.amount_fen for share in line.shares) == line.total_fen
        assert all(share.amount_fen >= 0 for share in line.shares)
    sheet = split_sheet([line.amount_fen for line in lines], RULES)
    assert sheet.school_fen + sheet.college_fen == sheet.total_fen
    assert 0 <= sheet.school_fen - sheet.college_fen <= 1


@pytest.mark.clause("A-05")
@QUICK
@given(roster=rosters(shared=False))
def test_no_class_day_is_paid_twice(roster: dict[str, Any]) -> None:
    teachers, _ = settle(roster, RULES)
    days = [
        (post.class_code, post.first_day + timedelta(days=offset))
        for teacher in teachers
        for post in teacher.posts
        for offset in range((post.last_day - post.first_day).days + 1)
    ]
    assert len(days) == len(set(days))
