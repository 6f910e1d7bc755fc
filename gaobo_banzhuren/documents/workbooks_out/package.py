"""The file as a whole: equal content gives equal bytes."""

import datetime
import io
import re
import zipfile
from typing import Final

from openpyxl import Workbook

from gaobo_banzhuren.documents.workbooks_out.values import safe_text

MAKER: Final = "班主任工作管理"
# A workbook's own time stamps say nothing that its content does not say, but would make two equal exports differ.
FIXED_TIME: Final = datetime.datetime(2000, 1, 1)  # noqa: DTZ001  openpyxl takes naive times only
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


def finish(book: Workbook, title: str) -> bytes:
    """Save with fixed dates inside the file and in its zip."""
    book.properties.title = safe_text(title)
    book.properties.creator = MAKER
    book.properties.lastModifiedBy = None
    book.properties.created = FIXED_TIME
    raw = io.BytesIO()
    book.save(raw)
    stamp = FIXED_TIME.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    result = io.BytesIO()
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            content = source.read(info)
            if info.filename == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>" + stamp + rb"\2", content)
            fixed = zipfile.ZipInfo(info.filename, FIXED_TIME.timetuple()[:6])
            fixed.compress_type = zipfile.ZIP_DEFLATED
            fixed.external_attr = 0o600 << 16
            fixed.create_system = 3
            target.writestr(fixed, content)
    return result.getvalue()
