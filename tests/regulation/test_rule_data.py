"""The reviewed data file holds the regulation's numbers, is valid as a whole and is read and written without loss."""

import dataclasses
import json
from decimal import Decimal
from fractions import Fraction

import pytest

from gaobo_banzhuren.regulation import data_files
from gaobo_banzhuren.regulation.assessment_rules import AssessmentRules
from gaobo_banzhuren.regulation.bundle import differences, digest_of, read_parts, write_parts
from gaobo_banzhuren.regulation.data_files import first_parts
from gaobo_banzhuren.regulation.parts import PartError

YUAN = Decimal


@pytest.fixture
def data():
    return json.loads(json.dumps(data_files.read(data_files.FIRST_VERSION)["parts"]))


@pytest.fixture
def assessment() -> AssessmentRules:
    return first_parts().assessment


def changed(parts, **assessment):
    return dataclasses.replace(parts, assessment=dataclasses.replace(parts.assessment, **assessment))


@pytest.mark.clause("C12.1")
def test_the_first_version_is_valid_as_a_whole():
    assert first_parts().problems() == []


def test_reading_and_writing_lose_nothing(data):
    assert write_parts(read_parts(data)) == data
    assert read_parts(json.loads(json.dumps(write_parts(first_parts())))) == first_parts()


@pytest.mark.clause("C10.2.1a", "C10.2.1b", "C10.2.1c", "C10.2.1d", "C10.1d")
def test_the_numbers_of_article_10():
    rules = first_parts().allowance
    assert (rules.base_rate, rules.graduating_rate) == (YUAN(600), YUAN(220))
    assert rules.standard_class_size == 60
    assert rules.school_share_percent == 50
    assert [(tier.minimum, tier.maximum, tier.coefficient) for tier in rules.tiers] == [
        (0, 29, YUAN("0.6")),
        (30, 59, YUAN("0.8")),
        (60, 79, YUAN(1)),
        (80, None, YUAN("1.2")),
    ]


@pytest.mark.clause("C10.2.2b", "C10.2.2c", "A-54", "A-61", "A-66", "A-58")
def test_the_numbers_of_the_yearly_assessment(assessment):
    assert (assessment.quota_percent, assessment.award_amount) == (15, YUAN(1500))
    assert (assessment.excellent_line, assessment.pass_line) == (90, 60)
    assert (assessment.bonus_cap, {item.max_points for item in assessment.bonus}) == (10, {YUAN(2)})
    assert (assessment.min_service_days, assessment.excellent_gap_days) == (120, 30)
    assert assessment.quota_rounding == "half_up"


@pytest.mark.clause("C9.1", "C9.2", "C9.4", "C9.5", "T14")
def test_sixteen_scored_items_five_bonus_items_and_the_weights(assessment):
    assert [part.weight for part in assessment.parts] == [15, 70, 15]
    assert [group.weight for group in assessment.groups] == [15, 20, 30, 20, 15]
    assert [len(group.items) for group in assessment.groups] == [4, 2, 3, 5, 2]
    assert len(assessment.items) == 16
    assert len(assessment.bonus) == 5
    assert sum(item.max_points for item in assessment.items) == 100


@pytest.mark.clause("A-51")
def test_items_of_a_group_weigh_the_same(assessment):
    assert [{item.max_points for item in group.items} for group in assessment.groups] == [
        {YUAN("3.75")},
        {YUAN(10)},
        {YUAN(10)},
        {YUAN(4)},
        {YUAN("7.5")},
    ]


@pytest.mark.clause("T13", "O5")
def test_heading_four_follows_two_as_in_the_regulation(assessment):
    assert [part.heading[:2] for part in assessment.parts] == ["一、", "二、", "四、"]
    assert assessment.bonus_heading.startswith("五、")
    assert [group.heading[:3] for group in assessment.groups] == ["", "（一）", "（二）", "（三）", ""]


@pytest.mark.clause("T14")
@pytest.mark.parametrize(("weight", "named"), [("14", "99"), ("16", "101"), ("0", "85")])
def test_weights_of_any_other_sum_are_named(assessment, weight, named):
    part = dataclasses.replace(assessment.parts[2], weight=YUAN(weight))
    problems = dataclasses.replace(assessment, parts=(*assessment.parts[:2], part)).problems()
    assert f"考核各部分权重之和应为 100，现为 {named}" in problems


def test_a_group_whose_items_do_not_add_up_is_named(assessment):
    part = assessment.parts[0]
    item = dataclasses.replace(part.groups[0].items[0], max_points=YUAN("3.70"))
    group = dataclasses.replace(part.groups[0], items=(item, *part.groups[0].items[1:]))
    broken = dataclasses.replace(assessment, parts=(dataclasses.replace(part, groups=(group,)), *assessment.parts[1:]))
    assert broken.problems() == ["C9.1 （不再分组）：各项满分之和应为 15，现为 14.95（A-51）"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"pass_line": YUAN(90)}, "分数线应满足"),
        ({"self_percent": YUAN(10)}, "评分占比之和应为 100，现为 110"),
        ({"quota_percent": YUAN(115)}, "优秀比例：应在 0 与 100 之间"),
        ({"bonus_cap": YUAN(-1)}, "加分合计上限：不能为负"),
        ({"min_assessors": 0}, "最少考核人数"),
        ({"min_service_days": -1}, "不能为负（A-66）"),
    ],
)
def test_impossible_assessment_settings_are_named(change, words):
    assert any(words in problem for problem in changed(first_parts(), **change).problems())


@pytest.mark.clause("A-31", "A-33", "R02", "R03", "R04")
def test_targets_are_met_by_the_exact_fraction_not_by_the_rounded_one():
    rates = first_parts().rates
    assert not rates.attendance_met(Fraction(2849, 2999))
    assert rates.attendance_met(Fraction(1900, 2000))
    assert rates.violation_met(Fraction(2, 40))
    assert not rates.violation_met(Fraction(3, 59))
    strict = dataclasses.replace(rates, attendance_target_inclusive=False, violation_target_inclusive=False)
    assert not strict.attendance_met(Fraction(1900, 2000))
    assert not strict.violation_met(Fraction(2, 40))


@pytest.mark.parametrize(
    ("place", "value", "named"),
    [
        (("allowance", "base_rate"), 600, "allowance.base_rate"),
        (("rates", "truancy_count"), "3", "rates.truancy_count"),
        (("assessment", "quota_scope"), "county", "assessment.quota_scope"),
        (("assessment", "excellent_line"), "NaN", "assessment.excellent_line"),
        (("rates", "late_is_present"), 1, "rates.late_is_present"),
    ],
)
def test_a_wrong_value_is_named_by_its_path(data, place, value, named):
    data[place[0]][place[1]] = value
    with pytest.raises(PartError) as caught:
        read_parts(data)
    assert [problem.split("：")[0] for problem in caught.value.problems] == [named]


def test_missing_and_unknown_settings_are_all_named(data):
    del data["rates"]["truancy_days"]
    data["rates"]["surprise"] = 1
    del data["appointment"]
    with pytest.raises(PartError) as caught:
        read_parts(data)
    assert sorted(caught.value.problems) == [
        "appointment：缺少",
        "rates.surprise：不认识的设置",
        "rates.truancy_days：缺少",
    ]


@pytest.mark.clause("C0.3")
def test_differences_name_setting_silent_point_old_and_new():
    new = dataclasses.replace(
        first_parts(), allowance=dataclasses.replace(first_parts().allowance, base_rate=YUAN(650))
    )
    [difference] = differences(first_parts(), new)
    assert (difference.path, difference.label, difference.old, difference.new) == (
        "allowance.base_rate",
        "在读班主任月标准",
        "600 元",
        "650 元",
    )
    assert differences(first_parts(), first_parts()) == []


def test_every_setting_is_described_in_words_and_points_to_a_known_reading():
    codes = {reading["code"] for reading in data_files.read("readings.json")}
    for leaf in first_parts().leaves():
        assert leaf.label != leaf.path.split(".")[-1], leaf.path
        assert leaf.silent == "" or leaf.silent in codes, leaf.path


def test_every_point_of_class_y_has_a_setting_in_the_version():
    """Column 「Set」 of the list of silent points: Y is a setting of the rule version, C of the year, S of the system."""
    homes = {"Y": tuple(first_parts().__dataclass_fields__), "C": ("year",), "S": ("system",)}
    for reading in data_files.read("readings.json"):
        paths = data_files.setting_paths().get(reading["code"], [])
        if reading["setting_class"] == "N":
            assert paths == [], reading["code"]
        else:
            assert paths, reading["code"]
            assert {path.split(".")[0] for path in paths} <= set(homes[reading["setting_class"]]), reading["code"]


def test_digest_does_not_depend_on_the_order_of_keys(data):
    assert digest_of(data) == digest_of(dict(reversed(data.items())))
    data["allowance"]["base_rate"] = "601"
    assert digest_of(data) != digest_of(write_parts(first_parts()))
