"""What an attachment really is, by its content, and the form in which it is kept."""

import io
import warnings
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from gaobo_banzhuren.documents.models import StoredFile
from gaobo_banzhuren.documents.workbooks_in.guard import open_package
from gaobo_banzhuren.documents.workbooks_in.limits import MIB, Limits
from gaobo_banzhuren.documents.workbooks_in.refused import WorkbookRefused
from gaobo_banzhuren.web.errors import UserError

Kind = StoredFile.ContentType

EXTENSIONS: Final = {Kind.PDF: "pdf", Kind.JPEG: "jpg", Kind.PNG: "png", Kind.DOCX: "docx", Kind.XLSX: "xlsx"}
ALLOWED_TEXT: Final = "只能上传 PDF、JPG、PNG、DOCX、XLSX 文件"
# An ordinary JPEG is unpacked at reduced size; a PNG and a progressive JPEG are held whole: 16 million pixels take
# 64 MB.
MAX_PIXELS: Final = 16_000_000
MAX_REDUCIBLE_PIXELS: Final = 120_000_000
MAX_SIDE: Final = 3000
JPEG_QUALITY: Final = 88
OFFICE_LIMITS: Final = Limits(unpacked_bytes=100 * MIB, entries=2_000, small_part_bytes=60 * MIB)


def checked_content(data: bytes) -> tuple[StoredFile.ContentType, bytes]:
    """Return the kind and the bytes to keep (pictures are drawn anew, without place, camera or hidden content).

    Raises `UserError` for anything that is not on the list or carries programs or outside links.
    """
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return Kind.PNG, _redrawn(data, Kind.PNG)
    if data[:3] == b"\xff\xd8\xff":
        return Kind.JPEG, _redrawn(data, Kind.JPEG)
    if data[:5] == b"%PDF-":
        if b"%%EOF" not in data[-2048:]:
            raise UserError("PDF 文件不完整，请重新导出后再上传")
        return Kind.PDF, data
    if data[:4] == b"PK\x03\x04":
        return _office_kind(data), data
    raise UserError(f"无法识别的文件内容（改扩展名无效）；{ALLOWED_TEXT}")


def _office_kind(data: bytes) -> StoredFile.ContentType:
    for marker, kind in (("word/document.xml", Kind.DOCX), ("xl/workbook.xml", Kind.XLSX)):
        try:
            open_package(data, OFFICE_LIMITS, marker)
        except WorkbookRefused as refused:
            if refused.kind in {"docx", "other_zip", "pptx", "xlsb", "ods"}:
                continue
            raise
        return kind
    raise UserError(f"压缩包或其他格式不能上传；{ALLOWED_TEXT}")


def _redrawn(data: bytes, kind: StoredFile.ContentType) -> bytes:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture: Image.Image = Image.open(io.BytesIO(data), formats=[kind.name])
            width, height = picture.size
            reducible = kind is Kind.JPEG and not picture.info.get("progressive")
            if width * height > (MAX_REDUCIBLE_PIXELS if reducible else MAX_PIXELS):
                raise UserError(f"图片过大（{width}×{height} 像素），请缩小后再上传")
            if kind is Kind.JPEG:
                picture.draft("RGB", (MAX_SIDE, MAX_SIDE))
            picture.load()
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise UserError("图片已损坏或尺寸异常，请重新拍照或导出后再上传") from error
    # Smaller first: every further step makes a copy.
    picture.thumbnail((MAX_SIDE, MAX_SIDE))
    picture = ImageOps.exif_transpose(picture)
    has_alpha = kind is Kind.PNG and (picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info)
    plain = picture.convert("RGBA" if has_alpha else "RGB")
    # A new picture: nothing of the upload but its pixels is written.
    clean = Image.new(plain.mode, plain.size)
    clean.paste(plain)
    kept = io.BytesIO()
    if kind is Kind.JPEG:
        clean.save(kept, "JPEG", quality=JPEG_QUALITY)
    else:
        clean.save(kept, "PNG")
    return kept.getvalue()
