"""Find characters that would come out as boxes on paper, when a name is entered and not on the certificate."""

from functools import cache

from django.core.exceptions import ValidationError

from gaobo_banzhuren.documents.fonts_in_use import REGULAR

# Characters that need no glyph: they are laid out or dropped.
_WITHOUT_GLYPH = frozenset("\n\r\t")


@cache
def _covered() -> frozenset[int]:
    """Code points of the print font; empty when the font file is missing (a system check says so)."""
    if not REGULAR.exists():
        return frozenset()
    from fontTools.ttLib import TTFont

    with TTFont(REGULAR, lazy=True) as font:
        return frozenset(font.getBestCmap())


def unprintable_characters(text: str) -> list[str]:
    """List the characters of a text that the print font lacks, each once, in order."""
    covered = _covered()
    if not covered:
        return []
    return [char for char in dict.fromkeys(text) if ord(char) not in covered and char not in _WITHOUT_GLYPH]


def validate_printable(value: str) -> None:
    """Refuse text with characters that cannot be printed; for form and model fields of names."""
    missing = unprintable_characters(value)
    if missing:
        listed = "、".join(f"「{char}」（U+{ord(char):04X}）" for char in missing[:5])
        raise ValidationError(
            f"此字无法打印：{listed}。请换用字库中有的写法，或联系管理员补充字体。", code="unprintable"
        )
