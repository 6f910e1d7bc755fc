"""The project's own fonts print the characters that people's names and the college's papers use."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from tools.fonts import gb2312

FONTS = Path(__file__).resolve().parents[2] / "gaobo_banzhuren" / "documents" / "fonts"


def characters(name: str) -> set[int]:
    with TTFont(FONTS / name, lazy=True) as font:
        return set(font.getBestCmap())


def test_regular_has_rare_characters_of_names() -> None:
    have = characters("NotoSansSC-Regular.ttf")
    assert [ch for ch in "䶮𬭸喆堃㛃囧龑犇燚燊翀昇玥祎" if ord(ch) not in have] == []


@pytest.mark.parametrize("name", ["NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf"])
def test_both_weights_have_all_of_gb2312_and_the_signs_of_our_papers(name: str) -> None:
    have = characters(name)
    assert len(gb2312()) == 7445
    assert [chr(point) for point in gb2312() if 0x4E00 <= point <= 0x9FFF and point not in have] == []
    assert [ch for ch in "，。；：？！、（）《》「」“”‘’—…·×÷＋－＝％￥¥①②③④⑤✓→□■" if ord(ch) not in have] == []


@pytest.mark.skipif(not shutil.which("fc-list"), reason="fc-list is not installed")
def test_the_fontconfig_file_offers_exactly_the_fonts_beside_it(tmp_path) -> None:
    environment = {**os.environ, "FONTCONFIG_FILE": str(FONTS / "fonts.conf"), "XDG_CACHE_HOME": str(tmp_path)}
    command = ["fc-list", "--format", "%{file}|%{family}|%{style}\n"]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert sorted(done.stdout.split("\n"))[1:] == [
        f"{FONTS}/NotoSansSC-Bold.ttf|Noto Sans SC|Bold",
        f"{FONTS}/NotoSansSC-Regular.ttf|Noto Sans SC|Regular",
    ]
    for family in ("sans-serif", "serif", "PingFang SC", "SimSun"):
        match = subprocess.run(
            ["fc-match", family, "family"], env=environment, capture_output=True, text=True, check=True
        )
        assert match.stdout.strip() == "Noto Sans SC"
