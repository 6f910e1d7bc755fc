"""PDFs show every name, read nothing from the machine or the network, and are the same bytes each time (C8, C9, E7–E9)."""

import base64
import datetime as dt
import http.server
import io
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.template import engines
from pypdf import PdfReader

from gaobo_banzhuren.documents import pdf, printable
from gaobo_banzhuren.documents.pdf import PdfUnavailable, html_to_pdf, render_pdf
from gaobo_banzhuren.documents.printable import unprintable_characters, validate_printable
from gaobo_banzhuren.web.errors import UserError

# What the fonts' own tables or the style of an attack make the libraries say is no concern of these tests.
pytestmark = pytest.mark.filterwarnings("ignore")

PAGE = """{% extends "documents/pdf_base.html" %}{% block page_class %}{{ page }}{% endblock %}
{% block content %}<h1>{{ heading }}</h1>{% for name in names %}<p>{{ name }}</p>{% endfor %}{% endblock %}"""


@pytest.fixture
def page_template(tmp_path, settings):
    (tmp_path / "page.html").write_text(PAGE)
    (tmp_path / "broken").mkdir()
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}]
    engines._templates = None
    engines.__dict__.pop("templates", None)
    return "page.html"


def text_of(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


NAMES = ["张䶮", "𬭚", "阿卜杜拉·买买提", "长" * 50, "<script>alert(1)</script>", "单于解查仇曾翟朴覃区盖", "㼆喆堃赟"]


def test_rare_names_are_printed_as_text_with_the_projects_font(page_template):
    data = render_pdf(page_template, {"heading": "荣誉证书", "names": NAMES, "page": "portrait"}, title="荣誉证书")
    found = text_of(data).replace("\n", "")
    for name in ["荣誉证书", *NAMES]:
        assert name.replace(" ", "") in found.replace(" ", ""), name
    assert "第 1 页 共 1 页" in text_of(data)
    reader = PdfReader(io.BytesIO(data))
    assert reader.metadata["/Title"] == "荣誉证书"
    fonts = {font.get_object()["/BaseFont"] for font in reader.pages[0]["/Resources"]["/Font"].values()}
    assert fonts
    assert all("Noto-Sans-SC" in font or "NotoSansSC" in font for font in fonts), fonts


def test_the_same_input_gives_the_same_bytes(page_template):
    context = {"heading": "测试", "names": NAMES, "page": "landscape"}
    with time_machine.travel(dt.datetime(2024, 1, 1, tzinfo=dt.UTC), tick=False):
        first = render_pdf(page_template, context, title="一")
    assert render_pdf(page_template, context, title="一") == first
    assert render_pdf(page_template, context, title="二") != first


def test_a_page_can_lie_down(page_template):
    data = render_pdf(page_template, {"heading": "x", "names": [], "page": "landscape"}, title="x")
    box = PdfReader(io.BytesIO(data)).pages[0].mediabox
    assert box.width > box.height


class Recorder(http.server.BaseHTTPRequestHandler):
    hits: list[str] = []

    def do_GET(self):
        self.hits.append(self.path)
        self.send_response(302)
        self.send_header("Location", "http://127.0.0.1:9/")
        self.end_headers()

    def log_message(self, *args):
        pass


def test_a_document_reads_no_local_file_and_asks_no_server(tmp_path):
    canary = tmp_path / "canary.txt"
    canary.write_text("KANARIENVOGEL")
    style = tmp_path / "canary.css"
    style.write_text("body::after { content: 'KANARIENVOGEL' }")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        for base in (f"file://{tmp_path}/", f"http://127.0.0.1:{server.server_port}/"):
            text, css = f"{base}canary.txt", f"{base}canary.css"
            markup = (
                f'<html><head><base href="{base}"><link rel="stylesheet" href="{css}">'
                f'<link rel="attachment" href="{text}"><style>@import url("{css}");'
                f'@font-face {{ font-family: x; src: url("{base}x.ttf") }} p {{ font-family: x;'
                f' background: url("{text}"); list-style-image: url("{text}") }}</style></head><body><p>正文</p>'
                f'<img src="{text}"><a rel="attachment" href="{text}">a</a><object data="{text}"></object>'
                f'<embed src="{text}"><svg><use href="{text}#x"/><image href="{text}"/></svg>'
                f'<iframe src="{text}"></iframe><img src="canary.txt"></body></html>'
            )
            data = html_to_pdf(markup)
            reader = PdfReader(io.BytesIO(data))
            assert "正文" in text_of(data)
            assert not reader.attachments
            streams = b"".join(
                obj.get_data() for number in range(1, len(reader.xref[0]) + 1)
                if hasattr(obj := reader.get_object(number), "get_data")
            )  # fmt: skip
            assert b"KANARIENVOGEL" not in data + streams
            assert "KANARIENVOGEL" not in text_of(data)
    finally:
        server.shutdown()
        server.server_close()
    assert Recorder.hits == []


def test_a_picture_inside_the_document_is_shown():
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (2, 2), "red").save(buffer, "PNG")
    source = base64.b64encode(buffer.getvalue()).decode()
    data = html_to_pdf(f'<img src="data:image/png;base64,{source}">')
    assert len(PdfReader(io.BytesIO(data)).pages[0].images) == 1


def test_many_threads_share_the_fonts_without_corrupting_a_document():
    def one(number: int) -> bool:
        return f"第{number}张证书" in text_of(html_to_pdf(f"<p>第{number}张证书</p>"))

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(one, range(12)))


def test_only_one_document_is_rendered_at_a_time(monkeypatch):
    class Engine:
        def render(self, markup: str) -> bytes:
            return b"locked" if pdf._lock.locked() else b"open"

    monkeypatch.setattr(pdf, "_engine", Engine())
    assert html_to_pdf("x") == b"locked"


@pytest.mark.parametrize("markup", ["<p>x</p>" * 125_001, "<p>" + "长" * 50_001 + "</p>"])
def test_an_overlong_document_or_text_is_refused_before_it_is_laid_out(markup):
    with pytest.raises(UserError, match="分次打印"):
        html_to_pdf(markup)


def test_without_pango_the_message_names_the_packages(monkeypatch):
    class NoPango:
        def find_spec(self, name, path=None, target=None):
            if name.split(".")[0] == "weasyprint":
                raise OSError("cannot load library 'libpango-1.0-0'")

    for name in [name for name in sys.modules if name.split(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [NoPango(), *sys.meta_path])
    monkeypatch.setattr(pdf, "_engine", None)
    with pytest.raises(PdfUnavailable, match="apt install libpango"):
        html_to_pdf("x")


def test_importing_the_module_does_not_load_weasyprint():
    code = "import sys, gaobo_banzhuren.documents.pdf as p; sys.exit('weasyprint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_characters_outside_the_font_are_found_when_a_name_is_entered():
    assert unprintable_characters("张䶮𬭚·买买提 John（一）㼆") == []
    assert unprintable_characters("张\U0002ebe0三\U0002ebe0\U0001f600") == ["\U0002ebe0", "\U0001f600"]
    validate_printable("张三")
    with pytest.raises(ValidationError, match="此字无法打印：「😀」（U\\+1F600）"):
        validate_printable("张😀")


def test_a_missing_font_file_does_not_refuse_every_name(monkeypatch, tmp_path):
    monkeypatch.setattr(printable, "REGULAR", tmp_path / "none.ttf")
    printable._covered.cache_clear()
    try:
        validate_printable("张三\n😀")
    finally:
        printable._covered.cache_clear()
