"""A teacher, the college and 人事 read the same words for an amount, and learn why it differs from last month's."""

from decimal import Decimal

import pytest

from allowance.calculation import Line
from allowance.explanation import compare, crossed_tier, explain
from tests.allowance.given import RULES, a_class, leads, lines, on_leave, rules

VERSION = "2023-10-01 版"


@pytest.mark.clause("C10.1a", "C10.2.1c")
def test_a_hand_over_is_explained_from_heads_to_funding() -> None:
    found = lines("2023-10", [a_class(headcount=45)], [leads(last="2023-10-13"), leads("B", first="2023-10-14")])
    told = explain(found[0], RULES, VERSION, {"C1": "软件学院"})
    assert told.title == "2023 年 10 月 A老师 在读 201.29 元"
    assert [(row.label, row.text) for row in told.rows] == [
        ("依据", "第十条二.1，制度版本 2023-10-01 版"),
        ("班级", "K1班（软件学院，45 人）"),
        ("在岗", "10 月 1 日至 10 月 13 日，13 天，计入 45 人"),
        ("月标准", "45 人，30–59 人，系数 0.8：600.00×0.8＝480.00 元"),
        ("计算", "480.00×13/31＝201.29 元（四舍五入到分，全行取整一次）"),
        ("经费", "学校 100.65 元，二级学院 100.64 元（按学院月表合计分摊，本行仅供参考）"),
    ]
    assert "依据：第十条二.1" in told.text


@pytest.mark.clause("A-14", "A-19")
def test_a_line_of_two_colleges_shows_both_parts() -> None:
    classes = [a_class("K1", 60, "C1"), a_class("K2", 20, "C2")]
    leave = [on_leave("A", "2023-10-10", "2023-11-15", "B")]
    found = lines("2023-11", classes, [leads("A", "K1"), leads("B", "K2")], leave)
    told = explain(found[1], RULES, VERSION).text
    assert "班级：K1班（C1，60 人，代班）；K2班（C2，20 人）" in told
    assert "第 1 段：11 月 1 日至 11 月 15 日，15 天，计入 60＋20＝80 人" in told
    assert "学院分摊：540.00 元在各学院间分摊：C1 324.00 元（人数日 900/1500），C2 216.00 元（取余数）" in told


@pytest.mark.clause("A-08", "A-13")
def test_no_students_and_a_ceiling_are_said_in_words() -> None:
    (empty,) = lines("2023-11", [a_class(headcount=0)], [leads()])
    assert "月标准：没有学生，不计发" in explain(empty, RULES, VERSION).text
    capped = rules(ceiling_amount=Decimal(500))
    (line,) = lines("2023-11", [a_class()], [leads()], version=capped)
    assert "封顶：每人每月上限生效，600.00 元计为 500.00 元" in explain(line, capped, VERSION).text


@pytest.mark.clause("C10.2.1d")
def test_the_graduating_rate_names_its_own_basis() -> None:
    (line,) = lines("2023-11", [a_class(teaching_end="2023-10-20")], [leads()])
    told = explain(line, RULES, VERSION)
    assert told.rows[0].text.startswith("第十条二.1（教学结束后）")
    assert "月标准：毕业班定额，220.00 元" in told.text


def of(month: str, *facts: object) -> tuple[Line, ...]:
    return lines(month, *facts)  # type: ignore[arg-type]


def test_a_lost_tier_is_told_with_the_heads_that_caused_it() -> None:
    before, now = of("2023-11", [a_class(headcount=60)], [leads()]), of("2023-12", [a_class(headcount=55)], [leads()])
    told = compare(before[0], now[0])
    assert told.difference_fen == -12000
    assert told.text == (
        "比上月少 120.00 元：K1班 人数 60 → 55；在读合计 60 人（60–79 人）→ 55 人（30–59 人），系数 1 → 0.8。"
    )
    assert crossed_tier(before[0], now[0])
    assert not crossed_tier(None, now[0])


def test_a_new_class_and_fewer_days_are_told() -> None:
    before = of("2023-11", [a_class()], [leads()])
    now = of(
        "2023-12",
        [a_class(), a_class("K2", 20)],
        [leads(last="2023-12-10"), leads("A", "K2", "2023-12-01", "2023-12-10")],
    )
    told = compare(before, now)
    assert "K2班 新计入在读" in told.reasons
    assert "在读在岗 30/30 天 → 10/31 天" in told.reasons
    assert "K2班 不再计入在读" in compare(now, before).reasons


def test_the_turn_to_the_graduating_rate_is_told_as_such() -> None:
    ending = a_class(teaching_end="2023-11-15")
    told = compare(of("2023-11", [ending], [leads()]), of("2023-12", [ending], [leads()]))
    assert told.text == "比上月少 380.00 元：K1班 教学结束，转为毕业班。"


def test_nothing_changed_is_said_plainly_and_a_first_month_compares_with_nothing() -> None:
    before, now = of("2023-11", [a_class()], [leads()]), of("2023-12", [a_class()], [leads()])
    assert compare(before, now).text == "与上月相同。"
    assert compare(None, now).text == "比上月多 600.00 元：K1班 新计入在读。"
    assert compare(before, None).text == "比上月少 600.00 元：K1班 不再计入在读。"


def test_another_rate_of_a_new_rule_version_is_told() -> None:
    before = of("2023-11", [a_class()], [leads()])
    now = lines("2023-12", [a_class()], [leads()], version=rules(base_rate=Decimal(700)))
    assert compare(before, now).reasons == ("在读月标准 600.00 → 700.00",)
