"""The worked examples of article 10, by hand, each also under the other readings of the silent points."""

from decimal import Decimal

import pytest

from allowance.calculation import (
    HeadcountStep,
    Line,
    Month,
    Phase,
    TeacherMonth,
    calculate_month,
    split,
    split_sheet,
    to_fen,
    to_yuan,
)
from gaobo_banzhuren.regulation.rules import (
    Basis,
    CoefficientScope,
    Denominator,
    GraduatingCoefficient,
    PartialMonth,
    SplitLevel,
    TeachingAndGraduating,
    ZeroStudents,
)
from tests.allowance.given import RULES, a_class, cut, day, leads, lines, on_leave, paid, rules

PER_CLASS = rules(coefficient_scope=CoefficientScope.PER_CLASS)
DAY15 = rules(partial_month=PartialMonth.DAY15)
HALVES = rules(partial_month=PartialMonth.HALF_MONTH)


def yuan(text: str) -> Decimal:
    return Decimal(text)


def shares(amount: str) -> tuple[Decimal, Decimal]:
    school, college = split(to_fen(Decimal(amount)), RULES)
    return to_yuan(school), to_yuan(college)


@pytest.mark.clause("C10.2.1b", "C10.2.1c")
@pytest.mark.parametrize(
    ("heads", "amount", "half"),
    [
        pytest.param(29, "360.00", "180.00", id="L01"),
        pytest.param(30, "480.00", "240.00", id="L02"),
        pytest.param(59, "480.00", "240.00", id="L03"),
        pytest.param(60, "600.00", "300.00", id="L04"),
        pytest.param(79, "600.00", "300.00", id="L05"),
        pytest.param(80, "720.00", "360.00", id="L06"),
        pytest.param(1, "360.00", "180.00", id="L07"),
        pytest.param(300, "720.00", "360.00", id="L08"),
    ],
)
def test_one_class_for_a_whole_month_pays_its_tier(heads: int, amount: str, half: str) -> None:
    assert paid("2023-11", [a_class(headcount=heads)], [leads()]) == {"A": yuan(amount)}
    assert shares(amount) == (yuan(half), yuan(half))


@pytest.mark.clause("A-08")
def test_a_class_without_students_pays_nothing_and_is_reported() -> None:
    """L09."""
    empty = a_class(headcount=0)
    (line,) = lines("2023-11", [empty], [leads()])
    assert (line.amount_fen, line.formula) == (0, "0.00×30/30")
    assert [finding.kind for finding in cut("2023-11", [empty], [leads()]).findings] == ["zero_students"]

    literally = rules(zero_students=ZeroStudents.LOWEST_TIER)
    assert paid("2023-11", [empty], [leads()], version=literally) == {"A": yuan("360.00")}


@pytest.mark.clause("A-01")
@pytest.mark.parametrize(
    ("heads", "total", "per_class", "best"),
    [
        pytest.param((28, 31), "480.00", "840.00", "480.00", id="L10"),
        pytest.param((29, 31), "600.00", "840.00", "480.00", id="L11"),
        pytest.param((29, 50), "600.00", "840.00", "480.00", id="79"),
        pytest.param((29, 51), "720.00", "840.00", "480.00", id="80"),
    ],
)
def test_two_classes_share_one_coefficient(heads: tuple[int, int], total: str, per_class: str, best: str) -> None:
    classes = [a_class("K1", heads[0]), a_class("K2", heads[1])]
    both = [leads("A", "K1"), leads("A", "K2")]
    assert paid("2023-11", classes, both) == {"A": yuan(total)}
    assert paid("2023-11", classes, both, version=PER_CLASS) == {"A": yuan(per_class)}
    best_class = rules(coefficient_scope=CoefficientScope.BEST_CLASS)
    assert paid("2023-11", classes, both, version=best_class) == {"A": yuan(best)}


@pytest.mark.clause("C10.2.1d", "A-09")
@pytest.mark.parametrize(
    ("heads", "with_coefficient"), [pytest.param(45, "176.00", id="L13"), pytest.param(12, "132.00", id="L14")]
)
def test_a_graduating_class_pays_flat(heads: int, with_coefficient: str) -> None:
    classes = [a_class(headcount=heads, teaching_end="2023-10-31")]
    assert paid("2023-11", classes, [leads()]) == {"A": yuan("220.00")}
    assert shares("220.00") == (yuan("110.00"), yuan("110.00"))
    by_tier = rules(graduating_coefficient=GraduatingCoefficient.BY_TIER)
    assert paid("2023-11", classes, [leads()], version=by_tier) == {"A": yuan(with_coefficient)}


@pytest.mark.clause("A-12")
def test_teaching_and_graduating_lines_are_added() -> None:
    """L16."""
    classes = [a_class("K1", 62), a_class("K2", 40, teaching_end="2023-10-15")]
    both = [leads("A", "K1"), leads("A", "K2")]
    found = lines("2023-11", classes, both)
    assert [(line.kind, line.amount_fen) for line in found] == [(Phase.TEACHING, 60000), (Phase.GRADUATING, 22000)]
    assert shares("820.00") == (yuan("410.00"), yuan("410.00"))
    higher = rules(teaching_and_graduating=TeachingAndGraduating.HIGHER_ONLY)
    assert paid("2023-11", classes, both, version=higher) == {"A": yuan("600.00")}
    summed = rules(teaching_and_graduating=TeachingAndGraduating.SUM_HEADS)
    assert paid("2023-11", classes, both, version=summed) == {"A": yuan("720.00")}


@pytest.mark.clause("C2.1", "A-05")
def test_a_hand_over_is_paid_by_days() -> None:
    """L17."""
    hand_over = [leads("A", last="2023-11-10"), leads("B", first="2023-11-11")]
    assert paid("2023-11", [a_class()], hand_over) == {"A": yuan("200.00"), "B": yuan("400.00")}
    assert shares("600.00") == (yuan("300.00"), yuan("300.00"))
    assert paid("2023-11", [a_class()], hand_over, version=DAY15) == {"B": yuan("600.00")}
    assert paid("2023-11", [a_class()], hand_over, version=HALVES) == {"A": yuan("300.00"), "B": yuan("300.00")}


@pytest.mark.clause("A-05")
def test_in_equal_halves_the_incoming_teacher_gets_the_half() -> None:
    """Second half of October 2023 has 16 days, 8 for each: it goes to B."""
    hand_over = [leads("A", last="2023-10-23"), leads("B", first="2023-10-24")]
    assert paid("2023-10", [a_class()], hand_over, version=HALVES) == {"A": yuan("300.00"), "B": yuan("300.00")}


@pytest.mark.clause("A-06", "A-07", "A-17")
def test_a_hand_over_in_a_month_of_31_days_is_rounded_once_per_line() -> None:
    """L18."""
    hand_over = [leads("A", last="2023-10-13"), leads("B", first="2023-10-14")]
    found = lines("2023-10", [a_class(headcount=45)], hand_over)
    assert [line.amount_fen for line in found] == [20129, 27871]
    assert [line.formula for line in found] == ["480.00×13/31", "480.00×18/31"]
    sheet = split_sheet([20129, 27871], RULES)
    assert (sheet.school_fen, sheet.college_fen) == (24000, 24000)
    by_line = split_sheet([20129, 27871], rules(split_level=SplitLevel.LINE))
    assert by_line.lines == ((10065, 10064), (13936, 13935))
    assert (by_line.school_fen, by_line.college_fen) == (24001, 23999)


@pytest.mark.clause("A-03", "A-05")
def test_a_class_opening_in_the_month_counts_from_its_first_day() -> None:
    """L20."""
    classes = [a_class(headcount=61, opens="2024-03-18")]
    assert paid("2024-03", classes, [leads()]) == {"A": yuan("270.97")}
    assert shares("270.97") == (yuan("135.49"), yuan("135.48"))
    assert paid("2024-03", classes, [leads()], version=DAY15) == {}


@pytest.mark.clause("C2.2", "A-15")
def test_a_dismissed_teacher_is_paid_to_the_last_day_in_post() -> None:
    """L21."""
    classes = [a_class(headcount=80)]
    change = [leads("A", last="2024-04-19", dismissed=True), leads("B", first="2024-04-20")]
    assert paid("2024-04", classes, change) == {"A": yuan("456.00"), "B": yuan("264.00")}
    assert shares("720.00") == (yuan("360.00"), yuan("360.00"))


@pytest.mark.clause("A-14")
def test_a_short_leave_changes_nothing() -> None:
    """L23."""
    leave = [on_leave("A", "2023-11-06", "2023-11-17", "B")]
    assert paid("2023-11", [a_class(headcount=33)], [leads()], leave) == {"A": yuan("480.00")}


@pytest.mark.clause("A-03")
def test_students_who_leave_during_the_month_count_to_its_end() -> None:
    """L26: the basis is that of the 1st; only the daily basis moves within the month."""
    assert paid("2023-11", [a_class(headcount=60)], [leads()]) == {"A": yuan("600.00")}
    assert paid("2023-12", [a_class(headcount=55)], [leads()]) == {"A": yuan("480.00")}
    steps = (HeadcountStep(day("2023-11-01"), 60), HeadcountStep(day("2023-11-10"), 55))
    daily = rules(basis=Basis.DAILY)
    (line,) = lines("2023-11", [a_class(headcount=60, daily=steps)], [leads()], version=daily)
    assert (line.amount_fen, line.formula) == (51600, "600.00×9/30＋480.00×21/30")
    assert (line.headcount_text, line.coefficient_text) == ("60；55", "1；0.8")


@pytest.mark.clause("C12.1", "A-26")
def test_no_day_before_the_rules_start_is_paid() -> None:
    """L27."""
    assert lines("2023-09", [a_class()], [leads()]) == ()
    assert cut("2023-09", [a_class()], []).findings == ()
    assert paid("2023-10", [a_class()], [leads()]) == {"A": yuan("600.00")}


@pytest.mark.clause("A-06")
def test_a_hand_over_in_a_leap_february() -> None:
    """L28."""
    hand_over = [leads("A", last="2024-02-15"), leads("B", first="2024-02-16")]
    classes = [a_class(headcount=30)]
    assert paid("2024-02", classes, hand_over) == {"A": yuan("248.28"), "B": yuan("231.72")}
    thirty = rules(denominator=Denominator.FIXED_30)
    assert paid("2024-02", classes, hand_over, version=thirty) == {"A": yuan("240.00"), "B": yuan("224.00")}


@pytest.mark.clause("A-07")
def test_three_teachers_in_one_month_leave_a_missing_fen() -> None:
    """L31."""
    three = [
        leads("A", last="2023-10-07"),
        leads("B", first="2023-10-08", last="2023-10-18"),
        leads("C", first="2023-10-19"),
    ]
    found = paid("2023-10", [a_class()], three)
    assert found == {"A": yuan("135.48"), "B": yuan("212.90"), "C": yuan("251.61")}
    assert sum(found.values()) == yuan("599.99")
    assert shares("599.99") == (yuan("300.00"), yuan("299.99"))


@pytest.mark.clause("A-20")
@pytest.mark.parametrize(("heads", "amounts"), [((65, 65), ("600.00", "600.00")), ((55, 75), ("480.00", "600.00"))])
def test_a_large_class_shared_by_two_teachers(heads: tuple[int, int], amounts: tuple[str, str]) -> None:
    """L32."""
    both = [leads("A", share=heads[0]), leads("B", share=heads[1])]
    result = cut("2023-11", [a_class(headcount=130)], both)
    assert result.findings == ()
    found = {line.teacher_key: to_yuan(line.amount_fen) for line in calculate_month_lines(result.teachers)}
    assert found == {"A": yuan(amounts[0]), "B": yuan(amounts[1])}


def calculate_month_lines(teachers: tuple[TeacherMonth, ...]) -> tuple[Line, ...]:
    return calculate_month(Month.parse("2023-11"), teachers, RULES).lines


@pytest.mark.clause("A-04")
@pytest.mark.parametrize(
    ("months", "total", "half"), [(12, "7200.00", "3600.00"), (10, "6000.00", "3000.00")], ids=["L34-12", "L34-10"]
)
def test_a_year_of_a_class_of_sixty(months: int, total: str, half: str) -> None:
    year = [f"2023-{month}" for month in (10, 11, 12)] + [f"2024-{month:02d}" for month in range(1, 10)]
    amounts = [paid(month, [a_class()], [leads()])["A"] for month in year[:months]]
    assert sum(amounts) == yuan(total)
    assert shares(total) == (yuan(half), yuan(half))
