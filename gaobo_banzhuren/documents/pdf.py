"""PDFs from the project's own templates, with the project's own fonts, never touching files or the network.

All rendering of a process shares one font configuration behind one lock: a new one for each document leaks memory, an
unlocked shared one corrupts text.
"""

import logging
import os
import re
import threading
from typing import Any, Final

from django.template.loader import render_to_string

from gaobo_banzhuren.documents.fonts_in_use import FONTCONFIG_FILE
from gaobo_banzhuren.web.errors import UserError

log = logging.getLogger(__name__)

# Laying out takes about 4 s for 100,000 characters of table, and more than linear time for one unbroken text.
MAX_HTML: Final = 1_000_000
MAX_RUN: Final = 50_000
PANGO_PACKAGES: Final = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"

_TAG = re.compile(r"<[^>]*>")
_lock = threading.Lock()
_engine: "_Engine | None" = None


class PdfUnavailable(UserError):
    """This machine cannot make PDFs: a system library is missing."""

    status = 503


class _Engine:
    """WeasyPrint, imported once, with the shared fonts and a fetcher that reads nothing from outside."""

    def __init__(self) -> None:
        # Fontconfig reads this once, at the first use in the process.
        os.environ["FONTCONFIG_FILE"] = str(FONTCONFIG_FILE)
        try:
            from weasyprint import HTML
            from weasyprint.text.fonts import FontConfiguration
            from weasyprint.urls import URLFetcher
        except OSError as error:
            log.error("WeasyPrint cannot load its libraries: %s", error)
            raise PdfUnavailable(
                f"服务器缺少生成 PDF 所需的系统组件，请管理员安装：apt install {PANGO_PACKAGES}"
            ) from error
        # WeasyPrint warns about every blocked address and odd style; that is expected here.
        logging.getLogger("weasyprint").setLevel(logging.ERROR)
        logging.getLogger("fontTools").setLevel(logging.ERROR)
        self._html = HTML
        self._fonts = FontConfiguration()
        self._fetcher = URLFetcher(allowed_protocols=["data"], allow_redirects=False)

    def render(self, markup: str) -> bytes:
        document = self._html(string=markup, base_url="about:blank", url_fetcher=self._fetcher)
        result: bytes = document.write_pdf(font_config=self._fonts)
        return result


def render_pdf(template_name: str, context: dict[str, Any], *, title: str) -> bytes:
    """Render a template that extends `documents/pdf_base.html`; the same input gives the same bytes.

    Raises `PdfUnavailable` without Pango and `UserError` for a document beyond a million characters.
    """
    markup = render_to_string(template_name, {**context, "pdf_title": title})
    return html_to_pdf(markup)


def html_to_pdf(markup: str) -> bytes:
    """Turn ready HTML into a PDF; everything but `data:` addresses is left out of it."""
    global _engine  # noqa: PLW0603  one per process, made at first use
    if len(markup) > MAX_HTML or any(len(run) > MAX_RUN for run in _TAG.split(markup)):
        raise UserError("要打印的内容过长，请缩小范围后分次打印")
    with _lock:
        if _engine is None:
            _engine = _Engine()
        return _engine.render(markup)
