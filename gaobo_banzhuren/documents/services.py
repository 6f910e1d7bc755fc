"""Keep an upload."""

import hashlib
from typing import BinaryIO, Protocol

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.module_loading import import_string

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.audit.services import record
from gaobo_banzhuren.documents.models import StoredFile
from gaobo_banzhuren.documents.sniffing import EXTENSIONS, checked_content
from gaobo_banzhuren.documents.workbooks_in.guard import MIB
from gaobo_banzhuren.documents.workbooks_out import safe_file_name
from gaobo_banzhuren.web.errors import UserError

RESERVED_NAMES = frozenset({"con", "prn", "aux", "nul", *(f"{p}{n}" for p in ("com", "lpt") for n in range(1, 10))})


class Upload(Protocol):
    """Anything with a name and bytes: Django's uploaded files, an opened file."""

    name: str | None

    def read(self, size: int = -1, /) -> bytes: ...


def store(upload: Upload | BinaryIO, *, owner: User, purpose: str) -> StoredFile:
    """Keep a file for `purpose` (see `files.register_scope`) and return its row.

    Accepts pdf, jpg, png, docx and xlsx by content up to MAX_ATTACHMENT_BYTES. Raises `UserError` with the reason.
    The bytes are on disk before the row is: when the caller's transaction fails, an unreferenced file may remain,
    never a row without its file.
    """
    data = _read(upload)
    kind, content = checked_content(data)
    _scan(content)
    stored = StoredFile(
        shown_name=shown_name(upload.name or "", EXTENSIONS[kind]),
        content_type=kind,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        owner=owner,
        purpose=purpose,
    )
    stored.content.save("", ContentFile(content, name="upload"), save=False)
    try:
        with transaction.atomic():
            stored.save(force_insert=True)
            record(
                owner,
                "documents.store",
                stored,
                after={"purpose": purpose, "type": kind.name, "size": stored.size, "sha256": stored.sha256},
            )
    except BaseException:
        stored.content.delete(save=False)
        raise
    return stored


def _read(upload: Upload | BinaryIO) -> bytes:
    limit = settings.MAX_ATTACHMENT_BYTES
    if hasattr(upload, "seek"):
        upload.seek(0)
    data = upload.read(limit + 1)
    if not data:
        raise UserError("文件是空的（0 字节），请重新选择文件")
    if len(data) > limit:
        raise UserError(f"文件超过 {limit / MIB:g} MiB，请压缩或拆分后再上传")
    return data


def _scan(content: bytes) -> None:
    """Ask the college's virus scanner, when one is set up.

    ATTACHMENT_SCANNER is the dotted path of a function that takes the bytes and returns what it found, or nothing.
    """
    path = getattr(settings, "ATTACHMENT_SCANNER", "")
    finding = import_string(path)(content) if path else None
    if finding:
        raise UserError(f"杀毒软件拒绝了这个文件（{finding}）")


def shown_name(name: str, extension: str) -> str:
    """The name that people see: the person's own without path and tricks, with the extension of the real content."""
    base = safe_file_name(name.replace("\\", "/").rsplit("/", 1)[-1], "附件")
    stem, dot, last = base.rpartition(".")
    if dot and last.isascii() and last.isalnum() and len(last) <= 5:
        base = stem
    base = base.strip(" .") or "附件"
    if base.casefold() in RESERVED_NAMES:
        base = f"_{base}"
    return f"{base[:150]}.{extension}"
