"""Downloads: a safe name, and headers under which a file can run nothing."""

import re
import unicodedata
from typing import Final, TypeVar
from urllib.parse import quote

from django.http import HttpResponse
from django.http.response import HttpResponseBase

ResponseT = TypeVar("ResponseT", bound=HttpResponseBase)

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF: Final = "application/pdf"
ZIP: Final = "application/zip"
_BAD_IN_FILE_NAME = re.compile(r'[\\/:*?"<>|\s]+')


def safe_file_name(name: str, fallback: str = "文件") -> str:
    """A name for a download: no path, no control or direction characters, no leading dot, at most 150 bytes."""
    name = re.sub(r"[\r\n\t]", " ", name)
    name = "".join(char for char in name if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Cn"})
    name = _BAD_IN_FILE_NAME.sub(" ", name)
    name = re.sub(r"\.{2,}", ".", name).strip(" .") or fallback
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 8:
        stem, extension = name, ""
    while len(stem.encode()) > 150:
        stem = stem[:-1]
    return f"{stem.rstrip()}.{extension}" if extension else stem


def attachment_response(data: bytes, filename: str, content_type: str = XLSX) -> HttpResponse:
    """Answer with a download that no browser shows inline, sniffs or keeps."""
    response = HttpResponse(data, content_type=content_type)
    response["Content-Length"] = str(len(data))
    return as_attachment(response, filename)


def as_attachment(response: ResponseT, filename: str) -> ResponseT:
    """Set the headers of every served file: saved under its name (RFC 5987), can run nothing, kept by nobody."""
    name = safe_file_name(filename)
    extension = name.rpartition(".")[2] if "." in name else ""
    plain = f"download.{extension}" if extension.isascii() and extension.isalnum() else "download"
    response["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "no-store, private"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
