"""Pinyin of names for search and sorting, with the surname readings that a general table gets wrong."""

import re

from pypinyin import Style, lazy_pinyin

SURNAME_READINGS = {
    "单": "shan", "解": "xie", "查": "zha", "仇": "qiu", "曾": "zeng", "翟": "zhai", "朴": "piao", "覃": "qin",
    "区": "ou", "盖": "ge", "尉": "wei", "乐": "yue", "任": "ren", "华": "hua", "缪": "miao", "员": "yun",
    "种": "chong", "秘": "bi", "冼": "xian", "幺": "yao", "折": "she", "黑": "he", "繁": "po", "逄": "pang",
    "尉迟": "yuchi", "万俟": "moqi", "单于": "chanyu", "澹台": "tantai", "长孙": "zhangsun", "宿": "su",
    "召": "shao", "洗": "xian", "祭": "zhai", "哈": "ha", "盛": "sheng", "葛": "ge", "俞": "yu", "纪": "ji",
    "晟": "cheng", "谌": "chen", "都": "du", "车": "che", "牟": "mou", "适": "kuo", "訾": "zi", "过": "guo",
}  # fmt: skip


def pinyin_of(name: str) -> tuple[str, str]:
    """Full pinyin without tones and the initials, e.g. 单雨桐 → ("shanyutong", "syt"). The first part is read as surname."""
    syllables: list[str] = []
    rest = name
    for length in (2, 1):
        reading = SURNAME_READINGS.get(name[:length])
        if reading:
            syllables = (
                [reading] if length == 1 else re.findall(r"[^aeiou]*[aeiou]+(?:ng?(?![aeiou]))?", reading) or [reading]
            )
            rest = name[length:]
            break
    syllables += lazy_pinyin(rest, style=Style.NORMAL, errors=_letters)  # type: ignore[arg-type]
    clean = [re.sub(r"[^a-z0-9]", "", part.lower()) for part in syllables]
    return "".join(clean)[:200], "".join(part[:1] for part in clean)[:50]


def _letters(text: str) -> list[str]:
    """What is not Chinese stays letter by letter; the library takes a list here, only its stub does not say so."""
    return list(text)
