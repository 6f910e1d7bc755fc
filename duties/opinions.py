"""What is said about the opinion of an appraisal before anybody reads it. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

SHORTEST = 20
"""Characters below which an opinion is a phrase. A convenience of the page, no rule of the regulation."""
PAUSES = re.compile(r"[，。；！？、,.;!?\n\r]+")
SILENT = re.compile(r"[\s，。；：！？、,.;:!?（）()「」“”\"']+")


def warning_about(text: str) -> str:
    """Why the opinion is too little, empty when it says something: none at all, or one phrase."""
    plain = text.strip()
    if not plain:
        return "还没有写意见"
    if len([part for part in PAUSES.split(plain) if part.strip()]) < 2:
        return "只有一句短语，请写出该生自己的表现"
    if len(SILENT.sub("", plain)) < SHORTEST:
        return "意见太短，请写出该生自己的表现"
    return ""


def digest_of(text: str, names: Iterable[str]) -> str:
    """A digest by which the same words about two students are found, whatever the names, blanks and marks in them."""
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "") if name else text
    plain = SILENT.sub("", text)
    return hashlib.sha256(plain.encode()).hexdigest() if plain else ""
