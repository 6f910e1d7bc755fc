"""Attachments are recognised by content, kept under random names and opened by scope only (threats E1–E6, E11)."""

import io
import re
import uuid
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.urls import reverse
from PIL import Image

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.audit.models import AuditEntry
from gaobo_banzhuren.documents import files, services, sniffing
from gaobo_banzhuren.documents.models import StoredFile
from gaobo_banzhuren.documents.services import shown_name, store
from gaobo_banzhuren.web.errors import UserError

from .files import CONTENT_TYPES, PACKAGE, REL, raw_workbook, simple, zipped

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
BACKEND = "gaobo_banzhuren.accounts.backends.StaffNumberBackend"


@pytest.fixture
def owner() -> User:
    return User.objects.create_user("20010007", "方思")


@pytest.fixture
def purpose(monkeypatch) -> str:
    monkeypatch.setattr(files, "_scopes", {})
    return "tests.owner"


@pytest.fixture
def owners_only(purpose):
    files.register_scope(purpose, lambda user, stored: stored.owner_id == user.pk)
    return purpose


def upload(data: bytes, name: str = "a.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="text/html")


def picture(kind: str = "JPEG", size=(40, 20), mode="RGB", **more) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size, "red" if mode == "RGB" else None).save(buffer, kind, **more)
    return buffer.getvalue()


def docx(**parts: str) -> bytes:
    return zipped({"[Content_Types].xml": CONTENT_TYPES, "word/document.xml": "<w/>"} | parts)


def kept(stored: StoredFile) -> bytes:
    with stored.content.open("rb") as file:
        return file.read()


@pytest.mark.parametrize(
    ("data", "name", "kind", "shown"),
    [
        (PDF, "证明.exe", StoredFile.ContentType.PDF, "证明.pdf"),
        (picture(), "照片.PNG", StoredFile.ContentType.JPEG, "照片.jpg"),
        (picture("PNG"), "照片", StoredFile.ContentType.PNG, "照片.png"),
        (docx(), "总结.docx", StoredFile.ContentType.DOCX, "总结.docx"),
        (simple("表", [["x"]]), "名单.xls", StoredFile.ContentType.XLSX, "名单.xlsx"),
    ],
)
def test_the_five_kinds_are_kept_by_their_content(owner, data, name, kind, shown):
    stored = store(upload(data, name), owner=owner, purpose="x")
    stored.refresh_from_db()
    assert stored.content_type == kind
    assert stored.shown_name == shown
    assert stored.size == len(kept(stored))
    assert AuditEntry.objects.filter(action="documents.store").count() == 1


MACRO_TYPES = CONTENT_TYPES.replace("spreadsheetml.sheet.main", "ms-word.document.macroEnabled.main")
TEMPLATE_RELS = (
    f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r" Type="{REL}/attachedTemplate" '
    'Target="http://127.0.0.1:9/t.dotm" TargetMode="External"/></Relationships>'
)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", b"<html><script>1</script></html>",
        b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>", b"MIME-Version: 1.0\nContent-Type: text/html",
        picture("GIF"), picture("BMP"), picture("WEBP"), picture("TIFF"), b"MZ\x90\x00", b"#!/bin/sh\n", b"%PDF-1.7 cut",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, zipped({"a.txt": "x"}), zipped({"ppt/presentation.xml": "x"}),
        b"\x89PNG\r\n\x1a\n<script>alert(1)</script>", b"\xff\xd8\xff<script>", picture()[:200], b"GIF89a/*<svg/onload=1>*/",
        docx(**{"word/vbaProject.bin": "x"}), docx(**{"word/embeddings/oleObject1.bin": "x"}),
        docx(**{"[Content_Types].xml": MACRO_TYPES}), docx(**{"word/_rels/settings.xml.rels": TEMPLATE_RELS}),
        raw_workbook(parts={"xl/vbaProject.bin": "x"}), raw_workbook(parts={"xl/externalLinks/externalLink1.xml": "x"}),
        docx(**{"word/document.xml": "<!DOCTYPE w [<!ENTITY x 'y'>]><w/>"}),
    ],
)  # fmt: skip
def test_everything_else_is_refused_with_a_reason_and_leaves_nothing(owner, settings, data):
    with pytest.raises(UserError) as caught:
        store(upload(data), owner=owner, purpose="x")
    assert re.search("[\u4e00-\u9fff]", caught.value.message)
    assert not StoredFile.objects.exists()
    assert not settings.MEDIA_ROOT.exists() or not [p for p in settings.MEDIA_ROOT.rglob("*") if p.is_file()]


def test_pictures_are_drawn_anew_without_place_and_hidden_content(owner):
    exif = Image.Exif()
    exif[0x010E] = "GPS 31.3 120.7 secret"
    exif[0x0112] = 6
    data = picture("JPEG", exif=exif.tobytes(), comment=b"secret") + b"<script>alert(1)</script>"
    stored = store(upload(data, "a.jpg"), owner=owner, purpose="x")
    result = kept(stored)
    assert b"secret" not in result
    assert b"script" not in result
    with Image.open(io.BytesIO(result)) as shown:
        assert not shown.getexif()
        assert shown.size == (20, 40), "turned upright before the turning mark is dropped"
    png = picture("PNG", mode="RGBA") + b"PK\x03\x04<script>"
    assert b"script" not in kept(store(upload(png, "a.png"), owner=owner, purpose="x"))


def test_a_huge_picture_is_refused_before_it_is_unpacked(owner, monkeypatch):
    header = picture("PNG", size=(1, 1))
    at = header.index(b"IHDR") + 4
    huge = header[:at] + (50_000).to_bytes(4, "big") * 2 + header[at + 8 :]
    crc = __import__("zlib").crc32(huge[at - 4 : at + 13]).to_bytes(4, "big")
    huge = huge[: at + 13] + crc + huge[at + 17 :]
    with pytest.raises(UserError, match="图片"):
        store(upload(huge, "a.png"), owner=owner, purpose="x")
    monkeypatch.setattr(sniffing, "MAX_PIXELS", 100)
    store(upload(picture(), "a.jpg"), owner=owner, purpose="x")
    with pytest.raises(UserError, match="40×20"):
        store(upload(picture(progressive=True), "a.jpg"), owner=owner, purpose="x")
    monkeypatch.setattr(sniffing, "MAX_REDUCIBLE_PIXELS", 100)
    with pytest.raises(UserError, match="40×20"):
        store(upload(picture(), "a.jpg"), owner=owner, purpose="x")


def test_a_large_photo_is_made_smaller(owner, monkeypatch):
    monkeypatch.setattr(sniffing, "MAX_SIDE", 16)
    with Image.open(io.BytesIO(kept(store(upload(picture(), "a.jpg"), owner=owner, purpose="x")))) as shown:
        assert max(shown.size) == 16


def test_the_size_is_capped(owner, settings):
    settings.MAX_ATTACHMENT_BYTES = 1024 * 1024
    with pytest.raises(UserError, match="1 MiB"):
        store(upload(PDF + b"x" * 1024 * 1024), owner=owner, purpose="x")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd.pdf"), ("..\\..\\boot.ini", "boot.pdf"), ("a\x00b.pdf", "ab.pdf"), ("CON", "_CON.pdf"),
        ("con.pdf", "_con.pdf"), ("lpt1.txt", "_lpt1.pdf"), ("院" * 300, None), ("\u202efdp.exe", "fdp.pdf"),
        (".htaccess", "htaccess.pdf"), ("", "附件.pdf"), ("a\r\nSet-Cookie: x", "a Set-Cookie x.pdf"), (" 证 明 .pdf", "证 明.pdf"),
        ("a:b*c?.pdf", "a b c.pdf"), ("<img src=x>.pdf", "img src=x.pdf"), ("谈话.2024.3.12", "谈话.2024.3.pdf"),
        ("/", "附件.pdf"), ("...", "附件.pdf"), ("张三·总结.docx", "张三·总结.pdf"), ("\ud800.pdf", "pdf.pdf"), ("a/b/c.pdf", "c.pdf"),
    ],
)  # fmt: skip
def test_odd_names_are_shown_safely(name, shown):
    result = shown_name(name, "pdf")
    assert shown is None or result == shown
    assert len(result) <= 155
    assert "/" not in result
    assert "\\" not in result


def test_the_stored_name_is_random_and_private(owner, settings):
    first = store(upload(PDF, "同名.pdf"), owner=owner, purpose="x")
    second = store(upload(PDF, "同名.pdf"), owner=owner, purpose="x")
    assert first.content.name != second.content.name
    assert re.fullmatch(r"[0-9a-f]{2}/[0-9a-f]{40}", first.content.name)
    assert len(first.public_id) >= 22
    path = settings.MEDIA_ROOT / first.content.name
    assert path.stat().st_mode & 0o077 == 0


def test_a_failing_row_leaves_no_file(owner, settings, monkeypatch):
    def fail(*args, **kwargs):
        raise IntegrityError

    monkeypatch.setattr(services, "record", fail)
    with pytest.raises(IntegrityError):
        store(upload(PDF), owner=owner, purpose="x")
    assert not StoredFile.objects.exists()
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def found_by_scanner(content: bytes) -> str:
    return "EICAR" if b"EICAR" in content else ""


def test_a_virus_scanner_can_be_asked(owner, settings):
    settings.ATTACHMENT_SCANNER = f"{__name__}.found_by_scanner"
    store(upload(PDF), owner=owner, purpose="x")
    with pytest.raises(UserError, match="杀毒软件"):
        store(upload(PDF.replace(b"<<>>", b"<</EICAR 1>>")), owner=owner, purpose="x")


def test_whoever_may_see_the_object_gets_the_file_as_an_attachment(client, owner, owners_only):
    stored = store(upload(PDF, "谈话 证明.pdf"), owner=owner, purpose=owners_only)
    client.force_login(owner, backend=BACKEND)
    response = client.get(stored.get_absolute_url())
    assert response.status_code == 200
    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment; filename=\"download.pdf\"; filename*=UTF-8''")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in response["Cache-Control"]
    assert AuditEntry.objects.filter(action="documents.open", actor_id=owner.pk).count() == 1
    asked = client.head(stored.get_absolute_url())
    assert asked.status_code == 200
    assert AuditEntry.objects.filter(action="documents.open").count() == 1
    asked.close()


def test_everyone_else_is_told_that_there_is_no_such_file(client, owner, owners_only):
    stored = store(upload(PDF), owner=owner, purpose=owners_only)
    stranger = User.objects.create_user("20010008", "陈刚")
    client.force_login(stranger, backend=BACKEND)
    foreign = client.get(stored.get_absolute_url())
    missing = client.get(reverse("documents:file", args=[uuid.uuid4().hex]))
    assert foreign.status_code == missing.status_code == 404
    assert not AuditEntry.objects.filter(action="documents.open").exists()
    client.logout()
    anonymous = client.get(stored.get_absolute_url())
    assert anonymous.status_code in {302, 404}
    assert client.post(stored.get_absolute_url()).status_code in {302, 403, 404, 405}


def test_a_purpose_without_a_scope_opens_for_nobody_and_a_lost_right_closes(client, owner, purpose):
    stored = store(upload(PDF), owner=owner, purpose=purpose)
    client.force_login(owner, backend=BACKEND)
    assert client.get(stored.get_absolute_url()).status_code == 404
    allowed = {owner.pk}
    files.register_scope(purpose, lambda user, _stored: user.pk in allowed)
    response = client.get(stored.get_absolute_url())
    assert (response.status_code, b"".join(response.streaming_content)) == (200, PDF)
    allowed.clear()
    assert client.get(stored.get_absolute_url()).status_code == 404


def test_two_apps_cannot_decide_over_one_purpose(purpose):
    def first(user, stored):
        return True

    files.register_scope(purpose, first)
    files.register_scope(purpose, first)
    with pytest.raises(ValueError, match="already"):
        files.register_scope(purpose, lambda user, stored: True)


def test_a_file_missing_on_disk_is_a_404_not_a_crash(client, owner, owners_only):
    stored = store(upload(PDF), owner=owner, purpose=owners_only)
    stored.content.storage.delete(stored.content.name)
    client.force_login(owner, backend=BACKEND)
    assert client.get(stored.get_absolute_url()).status_code == 404


def test_lists_show_own_uploads_only(owner):
    stored = store(upload(PDF), owner=owner, purpose="x")
    stranger = User.objects.create_user("20010008", "陈刚")
    assert list(StoredFile.objects.visible_to(owner)) == [stored]
    assert list(StoredFile.objects.visible_to(stranger)) == []


def test_a_workbook_kept_as_attachment_is_byte_for_byte_the_upload(owner):
    data = simple("表", [["x"]])
    assert kept(store(upload(data, "a.xlsx"), owner=owner, purpose="x")) == data
    assert zipfile.is_zipfile(io.BytesIO(data))
