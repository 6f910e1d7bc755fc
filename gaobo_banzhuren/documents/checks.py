"""Start-up checks: what a machine lacks for workbooks and PDFs, said before the first certificate fails."""

import ctypes.util
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.core.checks import Warning as CheckWarning

from gaobo_banzhuren.documents import fonts_in_use
from gaobo_banzhuren.documents.pdf import PANGO_PACKAGES

LIBRARIES = ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset")


@register()
def check_documents(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn of missing fonts and libraries; fail without the guard against hostile XML."""
    return [*_fonts(), *_libraries(), *_xml_guard()]


def _fonts() -> list[CheckMessage]:
    needed = (fonts_in_use.FONTCONFIG_FILE, fonts_in_use.REGULAR, fonts_in_use.BOLD)
    missing = [path.name for path in needed if not path.exists()]
    if not missing:
        return []
    return [
        CheckWarning(
            f"缺少字体文件 {'、'.join(missing)}，PDF 中的中文会变成方框",
            hint=f"放入 {fonts_in_use.FONT_DIR}",
            id="documents.W001",
        )
    ]


def _libraries() -> list[CheckMessage]:
    missing = [name for name in LIBRARIES if ctypes.util.find_library(name) is None]
    if not missing:
        return []
    what = "PDF 生成缓慢" if missing == ["harfbuzz-subset"] else "不能生成 PDF"
    return [
        CheckWarning(
            f"缺少系统组件 {'、'.join(missing)}，{what}", hint=f"apt install {PANGO_PACKAGES}", id="documents.W002"
        )
    ]


def _xml_guard() -> list[CheckMessage]:
    from openpyxl.xml import DEFUSEDXML

    if DEFUSEDXML:
        return []
    return [Error("没有安装 defusedxml，读取上传的工作簿不安全", hint="pip install defusedxml", id="documents.E001")]
