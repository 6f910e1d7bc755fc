"""Pass figures against counts made by hand (5.4)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from duties import exam_figures as figures
from duties.models import CLEARS, SAT, ResultStatus


def papers(*statuses: str, course: int = 1) -> list[figures.Paper]:
    return [figures.Paper(number, course, status) for number, status in enumerate(statuses)]


@pytest.mark.clause("C5.5d", "A-40")
def test_absent_and_exempt_are_not_sat_and_cancelled_papers_are_sat_and_not_passed():
    """By hand: 4 passed, 2 failed, 1 cheated, 1 breach sat = 8; 1 absent, 2 exempt. 及格率 4/8, 报考 9, 报考通过率 4/9."""
    found = figures.count(papers(*["合格"] * 4, "不合格", "不合格", "作弊", "违纪", "缺考", "免考", "免考"))
    assert (found.sat, found.passed, found.failed, found.absent, found.exempt) == (8, 4, 2, 1, 2)
    assert found.pass_rate == Fraction(1, 2)
    assert found.registered_pass_rate == Fraction(4, 9)
    assert (found.pass_text, found.registered_text) == ("50.00 %", "44.44 %")


def test_nothing_sat_is_no_data_and_neither_nought_nor_a_hundred():
    found = figures.count(papers("缺考", "免考"))
    assert found.pass_rate is None
    assert (found.pass_text, found.registered_text) == ("无数据", "0.00 %")
    assert figures.count([]).registered_text == "无数据"


def test_a_registered_student_without_a_result_counts_as_registered_only():
    """By hand: two results (one passed), one more registered, one of the registered twice named: 报考 3, 通过 1/3."""
    found = figures.count(papers("合格", "不合格"), registered=[(1, 1), (7, 1)])
    assert (found.registered, found.registered_pass_rate) == (3, Fraction(1, 3))


def test_an_exempted_paper_is_no_registration_even_if_it_was_registered():
    assert figures.count(papers("免考", "合格"), registered=[(0, 1), (1, 1)]).registered == 1


def test_the_mean_takes_scores_of_papers_that_were_sat_and_rounds_half_up():
    """By hand: (60 + 70.5 + 42) ÷ 3 = 57.5; with 57.5 and 57.4 the mean 57.45 is shown as 57.5."""
    scored = [
        figures.Paper(1, 1, "合格", Decimal(60)), figures.Paper(2, 1, "合格", Decimal("70.5")),
        figures.Paper(3, 1, "不合格", Decimal(42)), figures.Paper(4, 1, "合格"), figures.Paper(5, 1, "缺考"),
    ]  # fmt: skip
    found = figures.count(scored)
    assert (found.mean, found.mean_text) == (Fraction(115, 2), "57.5")
    halves = figures.count([figures.Paper(n, 1, "不合格", Decimal(s)) for n, s in enumerate(("57.5", "57.4"))])
    assert halves.mean_text == "57.5"


@pytest.mark.clause("A-37")
def test_counts_of_two_classes_are_pooled_not_averaged():
    """By hand: 9 of 10 and 1 of 2 give 10/12, not (0.9 + 0.5) ÷ 2."""
    one = figures.count(papers(*["合格"] * 9, "不合格"))
    two = figures.count(papers("合格", "不合格"))
    assert figures.pooled([one, two]).pass_rate == Fraction(5, 6)


def test_groups_keep_their_own_counts():
    found = figures.count_by([(paper.course, paper) for paper in papers("合格") + papers("不合格", "缺考", course=2)])
    assert {course: (one.sat, one.passed) for course, one in found.items()} == {1: (1, 1), 2: (1, 0)}


def test_an_unknown_status_is_refused():
    with pytest.raises(ValueError, match="no such status"):
        figures.count(papers("通过"))


def test_the_words_are_those_of_the_database():
    assert frozenset(ResultStatus.values) == figures.STATUSES
    assert frozenset(SAT) == figures.SAT
    assert frozenset(CLEARS) == figures.CLEARS
    assert figures.STATUSES == figures.OWED | figures.CLEARS


def test_a_course_named_inside_a_longer_name_is_not_meant():
    names = ["会计学", "基础会计学", "英语（二）"]
    assert figures.named_courses("基础会计学、英语（二）", names) == {"基础会计学", "英语（二）"}
    assert figures.named_courses("会计学，基础会计学", names) == {"会计学", "基础会计学"}
    assert figures.named_courses("全部不及格课程", names) == frozenset()
