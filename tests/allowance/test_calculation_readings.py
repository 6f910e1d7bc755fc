"""Silent points and traps of article 10 that the worked examples leave open, each by hand."""

from decimal import Decimal
from fractions import Fraction

import pytest

from allowance.calculation import (
    HeadcountStep,
    Month,
    Phase,
    TeacherMonth,
    Via,
    average_headcount,
    basis_day,
    calculate,
    calculate_month,
    phase_on,
    round_units,
    share_out,
    split,
    split_sheet,
    to_fen,
    to_yuan,
)
from allowance.calculation.facts import Finding
from gaobo_banzhuren.regulation.rules import (
    Basis,
    Denominator,
    Dismissal,
    GraduatingPer,
    GraduatingStart,
    LeaveMode,
    OddFenTo,
    PartialMonth,
    RoundingLevel,
    RoundingMode,
    RoundingUnit,
    SharedClass,
    TwoColleges,
    Unfiled,
)
from tests.allowance.given import RULES, a_class, cut, day, leads, lines, on_leave, paid, rules


def yuan(**amounts: str) -> dict[str, Decimal]:
    return {key: Decimal(amount) for key, amount in amounts.items()}


def found(*args: object, **more: object) -> list[tuple[str, str, int, int]]:
    findings = cut("2023-11", *args, **more).findings  # type: ignore[arg-type]
    return [(item.kind.value, item.teacher_key, item.first_day.day, item.last_day.day) for item in findings]


# ---------------------------------------------------------------- days


@pytest.mark.clause("A-06")
def test_a_single_day_in_post_in_a_leap_february_is_one_of_29() -> None:
    hand_over = [leads("A", last="2024-02-01"), leads("B", first="2024-02-02")]
    assert paid("2024-02", [a_class()], hand_over) == yuan(A="20.69", B="579.31")


@pytest.mark.clause("A-06")
def test_a_fixed_denominator_leaves_whole_months_whole() -> None:
    for denominator in (Denominator.FIXED_30, Denominator.FIXED_21_75):
        version = rules(denominator=denominator)
        assert paid("2024-02", [a_class()], [leads()], version=version) == yuan(A="600.00")
        assert paid("2023-10", [a_class()], [leads()], version=version) == yuan(A="600.00")
    thirty = rules(denominator=Denominator.FIXED_30)
    assert paid("2023-10", [a_class()], [leads(first="2023-10-02")], version=thirty) == yuan(A="600.00")
    # November 2023 has 8 working days to the 10th and 14 from the 11th on.
    work_days = rules(denominator=Denominator.FIXED_21_75)
    hand_over = [leads("A", last="2023-11-10"), leads("B", first="2023-11-11")]
    assert paid("2023-11", [a_class()], hand_over, version=work_days) == yuan(A="220.69", B="386.21")


@pytest.mark.clause("A-27")
def test_a_gap_between_two_teachers_is_unpaid_and_reported() -> None:
    hand_over = [leads("A", last="2023-11-10"), leads("B", first="2023-11-16")]
    assert paid("2023-11", [a_class()], hand_over) == yuan(A="200.00", B="300.00")
    assert found([a_class()], hand_over) == [("gap", "", 11, 15)]
    assert found([a_class(opens="2023-11-05", closes="2023-11-20")], []) == [("gap", "", 5, 20)]


@pytest.mark.clause("C2.1")
def test_two_teachers_without_shares_are_never_paid_for_the_same_day() -> None:
    both = [leads("A", last="2023-11-15"), leads("B", first="2023-11-11")]
    assert paid("2023-11", [a_class()], both) == yuan(A="200.00", B="400.00")
    assert found([a_class()], both) == [("overlap", "A", 11, 15)]


@pytest.mark.clause("A-05")
def test_a_half_goes_to_the_only_teacher_in_it_even_when_the_class_opens_late() -> None:
    halves = rules(partial_month=PartialMonth.HALF_MONTH)
    assert paid("2024-03", [a_class(opens="2024-03-18")], [leads()], version=halves) == yuan(A="300.00")
    (line,) = lines("2024-03", [a_class(opens="2024-03-18")], [leads()], version=halves)
    assert line.formula == "600.00×1/2"


@pytest.mark.clause("A-05", "A-20")
def test_half_months_are_judged_seat_by_seat_in_a_shared_class() -> None:
    halves = rules(partial_month=PartialMonth.HALF_MONTH)
    seats = [
        leads("A", share=65),
        leads("B", last="2023-11-20", share=65),
        leads("C", first="2023-11-21", share=65),
    ]
    assert paid("2023-11", [a_class(headcount=130)], seats, version=halves) == yuan(A="600.00", B="300.00", C="300.00")


@pytest.mark.clause("A-20")
def test_a_shared_half_goes_to_the_incoming_teacher_of_the_same_seat() -> None:
    halves = rules(partial_month=PartialMonth.HALF_MONTH)
    # B and C overlap on the 21st, so they sit on two seats, each with its own half.
    seats = [
        leads("A", share=40),
        leads("B", last="2023-11-21", share=45),
        leads("C", first="2023-11-21", share=45),
    ]
    assert paid("2023-11", [a_class(headcount=130)], seats, version=halves) == yuan(A="480.00", B="480.00", C="240.00")


def test_a_change_of_graduating_classes_does_not_cut_the_teaching_line() -> None:
    classes = [a_class("K1", 60), a_class("K2", 30, opens="2023-11-11", teaching_end="2023-10-31")]
    both = [leads("A", "K1"), leads("A", "K2")]
    teaching, graduating = lines("2023-11", classes, both)
    assert (teaching.formula, teaching.days_text) == ("600.00×30/30", "30")
    assert (graduating.formula, graduating.days_text) == ("220.00×20/30", "20")


# ---------------------------------------------------------------- leave


@pytest.mark.clause("A-14")
@pytest.mark.parametrize(
    ("last", "amounts"), [("2023-11-29", {"A": "600.00"}), ("2023-11-30", {"B": "600.00"})], ids=["29 days", "30 days"]
)
def test_a_leave_of_thirty_days_moves_the_post_and_one_of_29_does_not(last: str, amounts: dict[str, str]) -> None:
    assert paid("2023-11", [a_class()], [leads()], [on_leave("A", "2023-11-01", last, "B")]) == yuan(**amounts)


@pytest.mark.clause("A-14")
def test_a_long_leave_counts_whole_even_where_a_month_holds_only_a_part() -> None:
    leave = [on_leave("A", "2023-10-20", "2023-11-18", "B")]
    assert paid("2023-10", [a_class()], [leads()], leave) == yuan(A="367.74", B="232.26")
    assert paid("2023-11", [a_class()], [leads()], leave) == yuan(A="240.00", B="360.00")


@pytest.mark.clause("A-14", "A-19")
def test_a_stand_in_from_another_college_adds_the_heads_and_both_colleges_pay() -> None:
    classes = [a_class("K1", 60, "C1"), a_class("K2", 20, "C2")]
    posts = [leads("A", "K1"), leads("B", "K2")]
    leave = [on_leave("A", "2023-10-10", "2023-11-15", "B")]
    own = [line for line in lines("2023-11", classes, posts, leave) if line.teacher_key == "B"]
    assert [(line.college, to_yuan(line.amount_fen)) for line in own] == [
        ("C1", Decimal("324.00")),
        ("C2", Decimal("216.00")),
    ]
    assert own[0].formula == "（720.00×15/30＋360.00×15/30）×人数日 900/1500"
    assert own[1].formula == "（720.00×15/30＋360.00×15/30）－324.00"
    assert [item.via for item in own[0].classes] == ["stand_in", "main"]
    home = rules(two_colleges=TwoColleges.HOME_COLLEGE)
    by_home = lines("2023-11", classes, posts, leave, home, home={"B": "C9"})
    assert [(line.college, line.amount_fen) for line in by_home if line.teacher_key == "B"] == [("C9", 54000)]


@pytest.mark.clause("A-14")
def test_without_a_present_stand_in_the_days_are_unpaid_and_reported() -> None:
    leave = [on_leave("A", "2023-10-20", "2023-11-18")]
    assert paid("2023-11", [a_class()], [leads()], leave) == yuan(A="240.00")
    assert found([a_class()], [leads()], leave) == [("stand_in_missing", "A", 1, 18)]

    both = [on_leave("A", "2023-10-20", "2023-11-18", "B"), on_leave("B", "2023-11-11", "2023-12-31", "C")]
    assert paid("2023-11", [a_class()], [leads()], both) == yuan(A="240.00", B="200.00")
    assert found([a_class()], [leads()], both) == [("stand_in_on_leave", "A", 11, 18)]


@pytest.mark.clause("A-14")
def test_leave_may_be_deducted_by_day_or_not_count_at_all() -> None:
    short = [on_leave("A", "2023-11-06", "2023-11-17", "B")]
    assert paid("2023-11", [a_class()], [leads()], short, rules(leave_mode=LeaveMode.DEDUCT)) == yuan(A="360.00")
    long = [on_leave("A", "2023-11-01", "2023-12-31", "B")]
    assert paid("2023-11", [a_class()], [leads()], long, rules(leave_mode=LeaveMode.NONE)) == yuan(A="600.00")


# ---------------------------------------------------------------- phases and graduating classes


@pytest.mark.clause("A-11", "C10.2.1d")
def test_the_month_after_the_end_of_teaching_is_the_first_graduating_one() -> None:
    ends_last_day = a_class(teaching_end="2023-11-30")
    assert paid("2023-11", [ends_last_day], [leads()]) == yuan(A="600.00")
    assert paid("2023-12", [ends_last_day], [leads()]) == yuan(A="220.00")
    ends_in_the_middle = a_class(teaching_end="2023-11-15")
    assert paid("2023-11", [ends_in_the_middle], [leads()]) == yuan(A="600.00")
    next_day = rules(graduating_start=GraduatingStart.NEXT_DAY)
    assert paid("2023-11", [ends_in_the_middle], [leads()], version=next_day) == yuan(A="410.00")
    assert phase_on(ends_last_day, day("2023-11-30"), RULES) is Phase.TEACHING
    assert phase_on(ends_last_day, day("2023-12-01"), RULES) is Phase.GRADUATING


@pytest.mark.clause("A-11")
def test_the_closing_day_is_the_last_paid_day() -> None:
    closing = a_class(teaching_end="2023-10-20", closes="2023-11-20")
    assert paid("2023-11", [closing], [leads()]) == yuan(A="146.67")
    assert paid("2023-12", [closing], [leads()]) == {}
    assert phase_on(closing, day("2023-11-20"), RULES) is Phase.GRADUATING
    assert phase_on(closing, day("2023-11-21"), RULES) is None
    assert phase_on(closing, day("2023-08-31"), RULES) is None


@pytest.mark.clause("A-10")
@pytest.mark.parametrize(
    ("per", "amount"),
    [
        (GraduatingPer.TEACHER, "220.00"),
        (GraduatingPer.CLASS, "440.00"),
        (GraduatingPer.POSTS_OF_STANDARD_SIZE, "660.00"),
    ],
)
def test_the_graduating_rate_per_teacher_class_or_post(per: GraduatingPer, amount: str) -> None:
    classes = [a_class("K1", 70, teaching_end="2023-09-30"), a_class("K2", 60, teaching_end="2023-09-30")]
    both = [leads("A", "K1"), leads("A", "K2")]
    assert paid("2023-11", classes, both, version=rules(graduating_per=per)) == yuan(A=amount)


@pytest.mark.clause("A-10", "A-84")
def test_many_students_are_hinted_at_from_the_set_number_on() -> None:
    def hints(*heads: int, ended: str | None = None) -> list[tuple[str, int | None]]:
        classes = [a_class(f"K{number}", count, teaching_end=ended) for number, count in enumerate(heads)]
        teachers = cut("2023-11", classes, [leads("A", item.code) for item in classes]).teachers
        return [
            (item.kind.value, item.headcount) for item in calculate_month(Month(2023, 11), teachers, RULES).findings
        ]

    assert hints(40, 39) == []
    assert hints(40, 40) == [("many_students", 80)]
    assert hints(60, 59, ended="2023-09-30") == []
    assert hints(60, 60, ended="2023-09-30") == [("two_posts", 120)]


# ---------------------------------------------------------------- other readings


@pytest.mark.clause("A-13")
def test_ceilings_on_classes_and_on_the_amount() -> None:
    classes = [a_class("K1", 30), a_class("K2", 50), a_class("K3", 60, teaching_end="2023-09-30")]
    posts = [leads("A", item.code) for item in classes]
    assert paid("2023-11", classes, posts) == yuan(A="940.00")
    assert paid("2023-11", classes, posts, version=rules(ceiling_classes=1)) == yuan(A="480.00")
    capped = lines("2023-11", classes, posts, version=rules(ceiling_amount=Decimal(800)))
    assert [(line.amount_fen, line.uncapped_fen) for line in capped] == [(72000, 72000), (8000, 22000)]
    assert capped[1].formula == "（220.00×30/30），封顶 80.00"


@pytest.mark.clause("A-15")
def test_a_dismissed_teacher_may_be_paid_for_the_whole_month() -> None:
    change = [leads("A", last="2024-04-19", dismissed=True), leads("B", first="2024-04-20")]
    whole = rules(dismissal=Dismissal.WHOLE_MONTH)
    assert paid("2024-04", [a_class(headcount=80)], change, version=whole) == yuan(A="720.00", B="264.00")
    ordinary = [leads("A", last="2024-04-19"), leads("B", first="2024-04-20")]
    assert paid("2024-04", [a_class(headcount=80)], ordinary, version=whole) == yuan(A="456.00", B="264.00")


@pytest.mark.clause("A-29", "C11.1")
def test_an_unfiled_appointment_is_paid_with_a_warning_or_held_back() -> None:
    unfiled = [leads(filed=False)]
    assert paid("2023-11", [a_class()], unfiled) == yuan(A="600.00")
    assert found([a_class()], unfiled) == [("unfiled", "A", 1, 30)]
    block = rules(unfiled=Unfiled.BLOCK)
    assert paid("2023-11", [a_class()], unfiled, version=block) == {}
    assert found([a_class()], unfiled, version=block) == [("unfiled_blocked", "A", 1, 30)]


@pytest.mark.clause("A-20")
def test_shares_must_add_up_and_may_be_forbidden() -> None:
    short = [leads("A", share=65), leads("B", share=60)]
    (finding,) = cut("2023-11", [a_class(headcount=130)], short).findings
    assert (finding.kind, finding.headcount) == ("shares_differ", -5)
    forbid = rules(shared_class=SharedClass.FORBID)
    both = [leads("A", share=65), leads("B", first="2023-11-16", share=65)]
    assert paid("2023-11", [a_class(headcount=130)], both, version=forbid) == yuan(A="360.00", B="360.00")
    assert {kind for kind, *_ in found([a_class(headcount=130)], both, version=forbid)} == {
        "share_forbidden",
        "overlap",
    }


@pytest.mark.clause("A-20", "A-08")
def test_a_share_of_an_empty_class_counts_nobody() -> None:
    shared = [leads("A", share=65), leads("B", share=65)]
    assert paid("2023-11", [a_class(headcount=0)], shared) == yuan(A="0.00", B="0.00")


@pytest.mark.clause("A-20")
def test_shares_that_stop_fitting_during_the_month_are_reported_for_those_days() -> None:
    leaving = [leads("A", share=65), leads("B", last="2023-11-20", share=65)]
    assert found([a_class(headcount=130)], leaving) == [("shares_differ", "", 21, 30)]
    mixed = [leads("A", share=65), leads("B", first="2023-11-11")]
    assert paid("2023-11", [a_class(headcount=130)], mixed) == yuan(A="200.00", B="480.00")


@pytest.mark.clause("A-19")
def test_a_college_without_students_takes_no_part() -> None:
    classes = [a_class("K1", 60, "C1"), a_class("K2", 0, "C2")]
    (line,) = lines("2023-11", classes, [leads("A", "K1"), leads("A", "K2")])
    assert (line.college, line.formula) == ("C1", "600.00×30/30")


def test_an_acting_teacher_is_shown_as_such_before_and_after_a_leave() -> None:
    acting = [leads("A", via=Via.ACTING)]
    leave = [on_leave("A", "2023-10-20", "2023-11-18", "B")]
    own, other = lines("2023-11", [a_class()], acting, leave)
    assert [(line.teacher_key, line.classes[0].via.label) for line in (own, other)] == [("A", "代理"), ("B", "代班")]


@pytest.mark.clause("A-19")
def test_the_last_of_three_colleges_takes_the_remainder() -> None:
    classes = [a_class("K1", 10, "C1"), a_class("K2", 10, "C2"), a_class("K3", 11, "C3")]
    posts = [leads("A", item.code) for item in classes]
    own = lines("2023-11", classes, posts)
    assert [to_yuan(line.amount_fen) for line in own] == [Decimal("154.84"), Decimal("154.84"), Decimal("170.32")]
    assert own[2].formula == "（480.00×30/30）－154.84－154.84"
    assert share_out(1, {"C1": 1, "C2": 1}) == {"C1": 1, "C2": 0}


@pytest.mark.clause("A-07")
def test_rounding_by_unit_and_by_stretch() -> None:
    hand_over = [leads("A", last="2023-10-13"), leads("B", first="2023-10-14")]
    jiao = rules(rounding={"unit": RoundingUnit.JIAO})
    assert paid("2023-10", [a_class(headcount=45)], hand_over, version=jiao) == yuan(A="201.30", B="278.70")
    whole = rules(rounding={"unit": RoundingUnit.YUAN})
    assert paid("2023-10", [a_class(headcount=45)], hand_over, version=whole) == yuan(A="201.00", B="279.00")
    classes = [a_class("K1", 60), a_class("K2", 1)]
    posts = [leads("A", "K1"), leads("A", "K2", "2023-10-08", "2023-10-18")]
    assert paid("2023-10", classes, posts) == yuan(A="600.00")
    by_stretch = rules(rounding={"level": RoundingLevel.STRETCH})
    assert paid("2023-10", classes, posts, version=by_stretch) == yuan(A="599.99")


@pytest.mark.clause("A-07")
@pytest.mark.parametrize(
    ("value", "up", "even"),
    [("1/2", 1, 0), ("3/2", 2, 2), ("5/2", 3, 2), ("-1/2", -1, 0), ("-5/2", -3, -2), ("7/3", 2, 2), ("-8/3", -3, -3)],
)
def test_halves_go_away_from_zero_or_to_the_even_neighbour(value: str, up: int, even: int) -> None:
    assert round_units(Fraction(value)) == up
    assert round_units(Fraction(value), RoundingMode.HALF_EVEN) == even


@pytest.mark.clause("A-17", "C10.1d")
def test_the_odd_fen_and_other_percentages() -> None:
    assert split(101, RULES) == (51, 50)
    assert split(-101, RULES) == (-51, -50)
    assert split(101, rules(odd_fen_to=OddFenTo.COLLEGE)) == (50, 51)
    assert split(1000, rules(school_share_percent=Decimal("33.3"))) == (333, 667)
    assert split_sheet([], RULES) == split_sheet([0], RULES).__class__(0, 0, 0, ())


@pytest.mark.clause("A-03")
def test_the_day_whose_students_are_the_basis() -> None:
    month = Month(2023, 11)
    early, late = day("2023-09-01"), day("2023-11-18")
    assert basis_day(month, early, None, RULES) == day("2023-11-01")
    assert basis_day(month, late, None, RULES) == late
    month_end = rules(basis=Basis.MONTH_END)
    assert basis_day(month, early, None, month_end) == day("2023-11-30")
    assert basis_day(month, early, day("2023-11-20"), month_end) == day("2023-11-20")
    term_start = rules(basis=Basis.TERM_START)
    assert basis_day(month, early, None, term_start, day("2023-09-04")) == day("2023-09-04")
    assert basis_day(month, late, None, term_start, day("2023-09-04")) == late
    steps = [HeadcountStep(day("2023-09-01"), 60), HeadcountStep(day("2023-11-16"), 51)]
    assert average_headcount(steps, month.first_day, month.last_day) == 56


# ---------------------------------------------------------------- data


def test_amounts_in_yuan_and_months_are_read_strictly() -> None:
    assert (to_fen(Decimal("201.29")), to_yuan(20129)) == (20129, Decimal("201.29"))
    with pytest.raises(ValueError, match="不是整分"):
        to_fen(Decimal("0.001"))
    assert [str(Month.parse("2023-1")), str(Month(2023, 12).following)] == ["2023-01", "2024-01"]
    with pytest.raises(ValueError, match="2023-11"):
        Month.parse("2023-13")


def test_broken_facts_are_refused_in_chinese() -> None:
    (teacher,) = cut("2023-11", [a_class()], [leads()]).teachers
    with pytest.raises(ValueError, match="不在 2023-12 内"):
        calculate(teacher, Month(2023, 12), RULES)
    data = teacher.to_dict()
    data["posts"][0]["headcount"] = "60"
    with pytest.raises(ValueError, match=r"teacher_month\.posts\[0\]\.headcount：应为整数"):
        TeacherMonth.from_dict(data)
    with pytest.raises(ValueError, match=r"teacher_month\.name：缺少"):
        TeacherMonth.from_dict({key: value for key, value in teacher.to_dict().items() if key != "name"})
    with pytest.raises(ValueError, match=r"teacher_month\.salary：不认识"):
        TeacherMonth.from_dict({**teacher.to_dict(), "salary": 1})


def test_a_finding_says_in_words_what_and_when() -> None:
    (finding,) = cut("2023-11", [a_class()], [leads(first="2023-11-11")]).findings
    assert finding.text == "K1班，11 月 1 日至 11 月 10 日：空缺，当日无人计发（60 人）。"
    assert finding.colleges == ("C1",)
    assert Finding.from_dict(finding.to_dict()) == finding
    assert finding.key == "gap:K1::2023-11-01:2023-11-10:60"
