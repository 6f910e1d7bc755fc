"""A pasted list of names or numbers: what it finds, and what it says about the rest."""

from __future__ import annotations

import pytest

from duties.naming import Named, match_names

CLASS = [
    Named(1, "安可心", "2300001", 7), Named(2, "张三", "2300002", 7), Named(3, "王五", "2300003", 7),
    Named(4, "王五", "23A0004", 7), Named(5, "买买提·阿里", "2300005", 7),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("安可心\n张三", [1, 2]),
        ("张 三，安可心", [2, 1]),
        ("安可心 张三", [1, 2]),
        ("2300003；23a0004", [3, 4]),
        ("1\t安可心", [1]),
        ("买买提·阿里", [5]),
        ("安可心、安可心", [1]),
        ("", []),
    ],
)
def test_names_and_numbers_are_found_in_their_order_each_once(text, found):
    assert match_names(text, CLASS).found == found


def test_what_is_unknown_or_shared_by_two_is_said_in_full():
    matched = match_names("王五，李四，安可心，李四", CLASS)
    assert (matched.found, matched.unknown, matched.ambiguous) == ([1], ["李四"], ["王五"])
    assert matched.complaint == "没有找到 1 个：李四；有重名，请改写学号：王五"
    assert match_names("安可心", CLASS).complaint == ""
