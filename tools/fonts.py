"""Builds the font files that PDFs and browser tests use, from the npm package `@expo-google-fonts/noto-sans-sc`.

Regular keeps every character of the source, because people's names use rare ones; Bold is for headings only and is cut
to GB 2312 with punctuation, digits and Latin letters. Usage: `tools/fonts.py FOLDER_OF_THE_UNPACKED_PACKAGE`.
"""

import shutil
import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

FONTS = Path(__file__).resolve().parent.parent / "gaobo_banzhuren" / "documents" / "fonts"
BLOCKS = (
    (0x0020, 0x024F),  # Latin with accents, as used by pinyin
    (0x2000, 0x206F),  # general punctuation
    (0x20A0, 0x20CF),  # currency signs
    (0x2100, 0x218F),  # letter-like signs and Roman numerals
    (0x2190, 0x21FF),  # arrows
    (0x2200, 0x22FF),  # mathematical signs
    (0x2460, 0x24FF),  # enclosed numbers
    (0x25A0, 0x27BF),  # shapes, ticks and crosses
    (0x3000, 0x303F),  # Chinese punctuation
    (0xFF00, 0xFFEF),  # full-width forms
)


def gb2312() -> set[int]:
    """Code points of the GB 2312 set."""
    found = set()
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                found.add(ord(bytes((high, low)).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    return found


def cut(source: Path, target: Path, keep: set[int]) -> None:
    """Writes `source` reduced to the characters in `keep`."""
    options = Options()
    options.layout_features = ["*"]
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = ["*"]
    font = TTFont(source)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=keep)
    subsetter.subset(font)
    font["head"].modified = font["head"].created  # the same input gives the same bytes
    font.recalcTimestamp = False
    font.save(target)


def main(package: Path) -> None:
    shutil.copyfile(package / "400Regular" / "NotoSansSC_400Regular.ttf", FONTS / "NotoSansSC-Regular.ttf")
    shutil.copyfile(package / "LICENSE_FONT", FONTS / "OFL.txt")
    keep = gb2312() | {point for first, last in BLOCKS for point in range(first, last + 1)}
    cut(package / "700Bold" / "NotoSansSC_700Bold.ttf", FONTS / "NotoSansSC-Bold.ttf", keep)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
