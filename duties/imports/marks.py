"""How attendance sheets write a mark: words, the usual signs, and the legend of the sheet itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from gaobo_banzhuren.documents import cells

from ..models import Mark
from ..services.roll import MarkInput

WORDS: Final[Mapping[str, MarkInput]] = {
    "出勤": MarkInput(Mark.PRESENT.value),
    "迟到": MarkInput(Mark.LATE.value),
    "早退": MarkInput(Mark.EARLY.value),
    "请假": MarkInput(Mark.LEAVE.value, approved=True),
    "病假": MarkInput(Mark.LEAVE.value, approved=True, note="病假"),
    "事假": MarkInput(Mark.LEAVE.value, approved=True, note="事假"),
    "公假": MarkInput(Mark.OFFICIAL.value, approved=True),
    "旷课": MarkInput(Mark.ABSENT.value),
}
"""A leave in a list was granted; one that was not granted is written 旷课."""
SIGNS: Final[Mapping[str, str]] = {"√": "出勤", "△": "迟到", "×": "旷课"}
"""What a sign means where the sheet has no legend of its own."""
SAME_SIGN: Final = {"✓": "√", "✔": "√", "☑": "√", "▲": "△", "✗": "×", "✕": "×", "✖": "×", "╳": "×", "〇": "○", "◯": "○"}
OTHER_SIGNS: Final = "○●◇◆□■▽▼☆★※+#⊙"
"""Signs that a legend may give a meaning."""
_TOKEN = re.compile("[" + re.escape("".join(SIGNS) + "".join(SAME_SIGN) + OTHER_SIGNS) + "]|" + "|".join(WORDS))
ALLOWED: Final = "、".join((*WORDS, *SIGNS))


def legend_of(texts: Iterable[str]) -> dict[str, str]:
    """Signs explained in the sheet: √出勤 △请假 ×旷课, or 出勤：√ 请假：△."""
    found: dict[str, str] = {}
    for text in texts:
        tokens = _TOKEN.findall(text)
        if len(tokens) < 2 or len(tokens) % 2:
            continue
        sign_first = tokens[0] not in WORDS
        for one, two in zip(tokens[::2], tokens[1::2], strict=True):
            sign, word = (one, two) if sign_first else (two, one)
            if sign in WORDS or word not in WORDS:
                break
            found[SAME_SIGN.get(sign, sign)] = word
    return found


def mark(value: object, legend: Mapping[str, str]) -> MarkInput | None:
    """The mark of a cell, None for a blank one. Raises CellProblem for what is neither word nor sign."""
    if cells.is_blank(value):
        return None
    word = cells.text(value).replace(" ", "")
    word = SAME_SIGN.get(word, word)
    meaning = WORDS.get(legend.get(word) or SIGNS.get(word) or word)
    if meaning is None:
        raise cells.CellProblem(f"不是出勤情况（{ALLOWED}，空白为出勤）")
    return meaning


def is_mark(value: object) -> bool:
    """Whether a cell looks like a mark, for columns whose heading says nothing."""
    if not isinstance(value, str):
        return False
    word = cells.clean(value).replace(" ", "")
    return SAME_SIGN.get(word, word) in SIGNS or word in WORDS
