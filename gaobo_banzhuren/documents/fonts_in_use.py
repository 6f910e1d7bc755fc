"""Where the project's own fonts lie; PDFs and the printable check use the same files."""

from pathlib import Path
from typing import Final

FONT_DIR: Final = Path(__file__).resolve().parent / "fonts"
FONTCONFIG_FILE: Final = FONT_DIR / "fonts.conf"
REGULAR: Final = FONT_DIR / "NotoSansSC-Regular.ttf"
BOLD: Final = FONT_DIR / "NotoSansSC-Bold.ttf"
FAMILY: Final = "Noto Sans SC"
