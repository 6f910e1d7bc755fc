"""The allowance rules as data: the first version is the regulation's, stored versions come back equal, gaps are named."""

from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

import pytest

from gaobo_banzhuren.regulation.rules import AllowanceRules, Basis, Tier, validate
from tests.allowance.given import RULES, rules


def tiers(*bands: tuple[int, int | None, str]) -> tuple[Tier, ...]:
    return tuple(Tier(low, high, Decimal(coefficient)) for low, high, coefficient in bands)


@pytest.mark.clause("C10.2.1a", "C10.2.1b", "C10.2.1c", "C10.2.1d")
def test_the_first_version_holds_the_numbers_of_article_ten() -> None:
    assert validate(RULES) == []
    assert (RULES.base_rate, RULES.graduating_rate, RULES.standard_class_size) == (600, 220, 60)
    assert RULES.tiers == tiers((0, 29, "0.6"), (30, 59, "0.8"), (60, 79, "1"), (80, None, "1.2"))
    assert [tier.text for tier in RULES.tiers] == ["不满 30 人", "30–59 人", "60–79 人", "80 人及以上"]


@pytest.mark.clause("C0.3")
def test_a_stored_version_comes_back_equal() -> None:
    version = rules(ceiling_amount=Decimal("1000.50"), ceiling_classes=3, basis=Basis.AVERAGE)
    assert AllowanceRules.from_dict(version.to_dict()) == version
    assert version.to_dict()["ceiling_amount"] == "1000.50"


@pytest.mark.clause("C0.3")
def test_unknown_and_missing_settings_are_named_with_their_path() -> None:
    data = RULES.to_dict()
    del data["base_rate"]
    data["tiers"][1]["bonus"] = "1"
    with pytest.raises(ValueError, match=r"base_rate：缺少") as refused:
        AllowanceRules.from_dict(data)
    assert "allowance.tiers.1.bonus" in str(refused.value)


@pytest.mark.clause("C10.2.1c")
@pytest.mark.parametrize(
    ("bands", "problem"),
    [
        ((), "至少要有一个人数档"),
        (((2, None, "1"),), "第一档应从 0 人或 1 人开始"),
        (((0, 29, "0.6"), (31, None, "1")), "缺少 30–30 人"),
        (((0, 30, "0.6"), (30, None, "1")), "重叠"),
        (((30, 59, "0.8"), (0, 29, "0.6")), "重叠或未按人数由少到多"),
        (((0, 29, "0.6"), (30, 59, "1")), "最后一档不应有上限"),
        (((0, None, "0.6"), (30, None, "1")), "只有最后一档可以没有上限"),
        (((0, 29, "-0.6"), (30, None, "1")), "系数不能小于 0"),
        (((5, 1, "1"), (6, None, "1")), "上限小于下限"),
    ],
)
def test_tiers_with_gaps_or_overlaps_cannot_be_put_into_force(bands: Any, problem: str) -> None:
    assert any(problem in text for text in validate(replace(RULES, tiers=tiers(*bands))))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"base_rate": Decimal(-1)}, "在读班主任月标准不能小于 0"),
        ({"graduating_rate": Decimal(-1)}, "毕业班主任月标准不能小于 0"),
        ({"school_share_percent": Decimal(101)}, "应在 0 到 100 之间"),
        ({"counted_states": ()}, "至少要有一种学生状态"),
        ({"long_leave_days": 0}, "长假天数应至少为 1"),
        ({"standard_class_size": 0}, "标准编制人数应至少为 1"),
        ({"ceiling_classes": 0}, "班数上限应至少为 1"),
        ({"ceiling_amount": Decimal(-1)}, "金额上限不能小于 0"),
    ],
)
def test_numbers_out_of_range_cannot_be_put_into_force(changes: dict[str, Any], problem: str) -> None:
    assert any(problem in text for text in validate(rules(**changes)))


def test_every_silent_point_of_the_allowance_is_a_labelled_setting() -> None:
    """The readings with a setting of the rule version, A-21 to A-28 being kept elsewhere or fixed."""
    settings = [*fields(AllowanceRules), *fields(type(RULES.rounding))]
    assert all(item.metadata["label"] for item in settings)
    readings = {item.metadata["silent"] for item in settings}
    wanted = {f"A-{number:02d}" for number in (1, 2, 3, *range(5, 21), 29, 84)}
    assert wanted <= readings
