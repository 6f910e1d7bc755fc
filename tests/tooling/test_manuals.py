"""The manuals speak of what is there: every button and place they name stands in the product, every picture exists."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MANUALS = sorted((ROOT / "docs" / "manuals").glob("*.md"))
PICTURES = ROOT / "docs" / "pictures"
SAYS_MORE = {
    # Parts of the page and people, not buttons.
    "提示", "移交的一方", "接任的一方", "换人", "不再带班、没有接任", "录错的聘任", "补发", "扣回", "差异",
    "只点没来的人", "写错了", "谁能看", "一次记录，多处算数", "缺旷", "看记录", "请假",
}  # fmt: skip
NUMBERS = re.compile(r"[\d.,]+|…|条|JT-")
CHINESE = re.compile(r"[一-鿿]{2,}")


@cache
def product() -> str:
    """All words that the product can show."""
    places = ["templates", "gaobo_banzhuren", "teachers", "duties", "allowance"]
    files = [path for place in places for ending in ("*.html", "*.py") for path in (ROOT / place).rglob(ending)]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def named(manual: Path) -> set[str]:
    return set(re.findall(r"\*\*([^*]+)\*\*", manual.read_text(encoding="utf-8"))) - SAYS_MORE


@pytest.mark.parametrize("manual", MANUALS, ids=lambda path: path.stem)
def test_every_place_that_a_manual_names_is_in_the_product(manual: Path) -> None:
    words = {word for name in named(manual) for word in CHINESE.findall(NUMBERS.sub(" ", name))}
    assert words
    assert [word for word in sorted(words) if word not in product()] == []


def test_the_five_manuals_are_there() -> None:
    assert {path.stem for path in MANUALS} == {"class-teacher", "college", "office", "hr", "sysadmin"}


@pytest.mark.parametrize("page", [*MANUALS, ROOT / "README.md"], ids=lambda path: path.stem)
def test_every_picture_exists_and_is_small(page: Path) -> None:
    for target in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
        picture = (page.parent / target).resolve()
        assert picture.parent == PICTURES, target
        assert picture.stat().st_size <= 200_000, target
