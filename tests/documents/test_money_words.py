"""Totals to be signed are stated in Chinese capitals; every line is worked out by hand."""

from decimal import Decimal

import pytest

from gaobo_banzhuren.documents.money_words import money_in_words


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "零元整"), ("0.00", "零元整"), ("-0.00", "零元整"), ("0.004", "零元整"),
        ("0.01", "壹分"), ("0.05", "伍分"), ("0.10", "壹角整"), ("0.50", "伍角整"), ("0.55", "伍角伍分"),
        ("1", "壹元整"), ("1.01", "壹元零壹分"), ("1.10", "壹元壹角整"), ("1.11", "壹元壹角壹分"),
        ("10", "壹拾元整"), ("15", "壹拾伍元整"), ("20.05", "贰拾元零伍分"), ("100", "壹佰元整"), ("105", "壹佰零伍元整"),
        ("110", "壹佰壹拾元整"), ("220", "贰佰贰拾元整"), ("480", "肆佰捌拾元整"), ("720.00", "柒佰贰拾元整"),
        ("1000", "壹仟元整"), ("1001", "壹仟零壹元整"), ("1010", "壹仟零壹拾元整"), ("1409.50", "壹仟肆佰零玖元伍角整"),
        ("1680.32", "壹仟陆佰捌拾元叁角贰分"), ("2800", "贰仟捌佰元整"), ("6007.14", "陆仟零柒元壹角肆分"),
        ("10000", "壹万元整"), ("10001", "壹万零壹元整"), ("10500", "壹万零伍佰元整"), ("15000", "壹万伍仟元整"),
        ("100500", "壹拾万零伍佰元整"), ("107000.53", "壹拾万柒仟元伍角叁分"), ("325000.04", "叁拾贰万伍仟元零肆分"),
        ("1000000", "壹佰万元整"), ("16409.02", "壹万陆仟肆佰零玖元零贰分"), ("10000000", "壹仟万元整"),
        ("100000000", "壹亿元整"), ("100000001", "壹亿零壹元整"), ("100010000", "壹亿零壹万元整"),
        ("1234567890.12", "壹拾贰亿叁仟肆佰伍拾陆万柒仟捌佰玖拾元壹角贰分"), ("1000000000000", "壹万亿元整"),
        ("1000100000000", "壹万零壹亿元整"),
        ("-0.50", "负伍角整"), ("-2800", "负贰仟捌佰元整"), ("2.675", "贰元陆角捌分"), ("2.665", "贰元陆角柒分"),
    ],
)  # fmt: skip
def test_amounts_in_capitals(amount, words):
    assert money_in_words(Decimal(amount)) == words


def test_whole_yuan_may_be_given_as_an_integer():
    assert money_in_words(2800) == "贰仟捌佰元整"


@pytest.mark.parametrize("amount", [Decimal("NaN"), Decimal("Infinity"), Decimal(10) ** 16])
def test_what_is_no_payable_amount_is_refused(amount):
    with pytest.raises(ValueError, match="amount"):
        money_in_words(amount)
