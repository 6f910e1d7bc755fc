"""Look at an upload's bytes before any library that builds objects from them sees it.

A 514 KiB file can unpack to 1 GiB and a 5 KiB one can take 3 GiB in a careless reader, so sizes, counts and parts are
checked on the raw zip, once, while really unpacking it.
"""

import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from gaobo_banzhuren.documents.workbooks_in.limits import MIB, Limits
from gaobo_banzhuren.documents.workbooks_in.refused import WorkbookRefused

CHUNK: Final = 256 * 1024
OVERLAP: Final = 512
SAVE_AS: Final = "请用 Excel 或 WPS 打开后另存为 xlsx 格式，再上传"

_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^<>]{0,200}?ref\s*=\s*[\"']([A-Z]{1,3}\d{1,7}):([A-Z]{1,3}\d{1,7})[\"']")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_EXTERNAL = re.compile(rb"<(?:\w+:)?Relationship\s[^<>]*TargetMode\s*=\s*[\"']External[\"'][^<>]*>", re.IGNORECASE)
_HYPERLINK_TYPE = re.compile(rb"Type\s*=\s*[\"'][^\"']*/hyperlink[\"']")
_FORBIDDEN_PARTS: Final = (
    (
        re.compile(r"vbaproject|vbadata|/macrosheets/|/dialogsheets/", re.IGNORECASE),
        "macro",
        "文件含有宏（程序代码），不能上传；请另存为不含宏的 xlsx",
    ),
    (
        re.compile(r"/externallinks/|connections\.xml$|/querytables/", re.IGNORECASE),
        "external",
        "文件含有指向其他文件或数据源的链接，不能上传；请在“数据 → 编辑链接”中断开后再传",
    ),
    (
        re.compile(r"/embeddings/|/activex/|/ctrlprops/|oleobject", re.IGNORECASE),
        "embedded",
        "文件含有嵌入的对象，不能上传；请删除后再传",
    ),
    (re.compile(r"customui", re.IGNORECASE), "customui", "文件含有自定义界面，不能上传；请另存为普通的 xlsx"),
)
_MACRO_TYPE = re.compile(rb"macroEnabled|vbaProject", re.IGNORECASE)


@dataclass(slots=True)
class PartFacts:
    """What the raw bytes of one sheet told."""

    merges: list[tuple[str, str]] = field(default_factory=list)
    has_formula: bool = False


@dataclass(slots=True)
class Package:
    """A checked office package, ready to be opened."""

    data: bytes
    names: list[str]
    parts: dict[str, PartFacts]


def read_upload(file: BinaryIO | bytes, max_bytes: int) -> bytes:
    """Return the content, reading no more than `max_bytes`; refuse a larger or an empty file."""
    if isinstance(file, bytes):
        data = file[: max_bytes + 1]
    else:
        if hasattr(file, "seek"):
            file.seek(0)
        data = file.read(max_bytes + 1)
    if not data:
        raise WorkbookRefused("empty", "文件是空的（0 字节），请重新选择文件")
    if len(data) > max_bytes:
        raise WorkbookRefused("too_big", f"文件超过 {max_bytes / MIB:g} MiB，请拆成几个文件分别上传")
    return data


def refuse_by_magic(data: bytes) -> None:
    """Name what the file really is when it is no zip: people rename files, school systems send HTML as .xls."""
    if data[:4] == b"PK\x03\x04":
        return
    if data[:4] == b"PK\x05\x06":
        raise WorkbookRefused("empty_zip", "压缩包里没有内容，不是 xlsx 工作簿，请重新选择文件")
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        if b"E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e" in data:
            raise WorkbookRefused("encrypted", "文件设有打开密码，请先去掉密码，再另存为 xlsx 上传")
        raise WorkbookRefused("xls", f"这是旧的 xls 格式（改扩展名无效），{SAVE_AS}")
    if data[:5] == b"%PDF-":
        raise WorkbookRefused("pdf", "这是 PDF 文件，不是表格；请上传 xlsx 工作簿")
    if data[:6] == b"Rar!\x1a\x07" or data[:6] == b"7z\xbc\xaf\x27\x1c":
        raise WorkbookRefused("archive", "这是压缩包，请解压后上传其中的 xlsx 文件")
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta", b"<body", b"mime-version")):
        raise WorkbookRefused("html", f"这是网页（HTML）内容，只是扩展名像表格，{SAVE_AS}")
    if head.startswith(b"<?xml"):
        raise WorkbookRefused("xml", f"这是 XML 表格，不是 xlsx，{SAVE_AS}")
    raise WorkbookRefused(*_text_refusal(data))


def _text_refusal(data: bytes) -> tuple[str, str]:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "text_utf16", f"这是 UTF-16 编码的文本（CSV）文件，{SAVE_AS}"
    sample = data[:65536]
    if b"\x00" not in sample:
        for encoding, shown in (("utf-8", "UTF-8"), ("gb18030", "GBK")):
            try:
                # A character cut in two at the sample's end must not change the verdict.
                sample.decode(encoding) if len(sample) == len(data) else sample[:-4].decode(encoding, "strict")
            except UnicodeDecodeError as error:
                if len(sample) != len(data) and error.start > len(sample) - 12:
                    return "text", f"这是 {shown} 编码的文本（CSV）文件，{SAVE_AS}"
                continue
            return "text", f"这是 {shown} 编码的文本（CSV）文件，{SAVE_AS}"
    return "unknown", "不是 xlsx 工作簿，请用 Excel 或 WPS 另存为 xlsx 格式后再上传"


def open_package(data: bytes, limits: Limits, marker: str = "xl/workbook.xml") -> Package:
    """Check a zip's entries, really unpack each one within the limits, and refuse dangerous parts.

    `marker` is the part that makes it the wanted kind (xl/workbook.xml, word/document.xml).
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            _check_directory(infos, limits, len(data))
            names = [info.filename for info in infos]
            if marker not in names:
                _refuse_other_kind(names)
            parts = _unpack(archive, infos, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, UnicodeError) as error:
        raise WorkbookRefused("broken_zip", "文件不完整或已损坏，请重新保存后再上传") from error
    return Package(data, names, parts)


def _refuse_other_kind(names: list[str]) -> None:
    if any(name.startswith("word/") for name in names):
        raise WorkbookRefused("docx", "这是 Word 文档，不是表格；请上传 xlsx 工作簿")
    if any(name.startswith("ppt/") for name in names):
        raise WorkbookRefused("pptx", "这是演示文稿，不是表格；请上传 xlsx 工作簿")
    if "xl/workbook.bin" in names:
        raise WorkbookRefused("xlsb", f"这是 xlsb 二进制格式，{SAVE_AS}")
    if "content.xml" in names:
        raise WorkbookRefused("ods", f"这是 ods 格式，{SAVE_AS}")
    raise WorkbookRefused("other_zip", "这是压缩包，不是 xlsx 工作簿，请重新选择文件")


def _check_directory(infos: list[zipfile.ZipInfo], limits: Limits, packed: int) -> None:
    if len(infos) > limits.entries:
        raise WorkbookRefused("entries", f"文件里的部件超过 {limits.entries} 个，不是正常的工作簿")
    names = [info.filename for info in infos]
    if len({name.lower() for name in names}) != len(names):
        raise WorkbookRefused("duplicate_entry", "文件结构异常（部件重名），请另存为 xlsx 后再上传")
    if sum(info.file_size for info in infos) > limits.unpacked_bytes:
        raise WorkbookRefused("unpacked", f"文件解开后超过 {limits.unpacked_bytes // MIB} MiB，请拆成几个文件分别上传")
    for info in infos:
        if info.flag_bits & 0x1:
            raise WorkbookRefused("encrypted", "文件设有密码，请先去掉密码再上传")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise WorkbookRefused("compression", f"文件使用了不支持的压缩方式，{SAVE_AS}")
        name = info.orig_filename.replace("\\", "/")
        if name.startswith("/") or ".." in name.split("/") or "\x00" in name or re.match(r"[A-Za-z]:", name):
            raise WorkbookRefused("path", "文件结构异常（部件路径越界），已拒绝")
        for pattern, kind, message in _FORBIDDEN_PARTS:
            if pattern.search("/" + name):
                raise WorkbookRefused(kind, message)
        if info.file_size > limits.ratio_from_bytes and info.file_size > limits.ratio * max(info.compress_size, 1):
            raise WorkbookRefused("ratio", "文件压缩比异常，可能是压缩炸弹，已拒绝")


def _unpack(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo], limits: Limits) -> dict[str, PartFacts]:
    left = limits.unpacked_bytes
    parts: dict[str, PartFacts] = {}
    for info in infos:
        if info.is_dir():
            continue
        counter = _Counter(info.filename, limits)
        read = 0
        ceiling = limits.ratio_from_bytes + limits.ratio * max(info.compress_size, 1)
        with archive.open(info) as stream:
            while chunk := stream.read(CHUNK):
                read += len(chunk)
                left -= len(chunk)
                if left < 0 or read > ceiling:
                    raise WorkbookRefused("unpacked", "文件解开后的实际大小超过上限，可能是压缩炸弹，已拒绝")
                counter.feed(chunk, read)
        if counter.is_sheet:
            parts[info.filename] = counter.facts
    return parts


class _Counter:
    """Counts, in the raw bytes of one part, what would cost a reader time or memory."""

    def __init__(self, name: str, limits: Limits) -> None:
        lower = name.lower()
        self.facts = PartFacts()
        self.is_sheet = lower.startswith("xl/") and "sheets/" in lower and lower.endswith(".xml")
        self._is_xml = lower.endswith((".xml", ".rels", ".vml"))
        self._is_rels = lower.endswith(".rels")
        self._is_book = lower == "xl/workbook.xml"
        self._is_types = lower == "[content_types].xml"
        self._limits = limits
        self._tail = b""
        self._first = True
        self._merges: dict[tuple[str, str], None] = {}
        self._counts: dict[bytes, int] = {}
        if self.is_sheet:
            # The prefixed spellings (<x:row) fall to the caps while streaming.
            self._caps = {
                b"<row": (limits.row_elements, f"行数过多（含空行超过 {limits.row_elements} 行），请删除空行后再上传"),
                b"<c ": (limits.cells, f"单元格超过 {limits.cells} 个，请拆成几个文件"),
                b"mergeCell ": (limits.merges, f"合并单元格超过 {limits.merges} 处，请取消合并"),
                b"<cfRule": (limits.rules, "条件格式过多，请清除后再上传"),
                b"<hyperlink": (limits.rules, "超链接过多，请清除后再上传"),
                b"<dataValidation ": (limits.rules, "数据验证过多，请清除后再上传"),
            }
            self._max_bytes = limits.unpacked_bytes
        elif lower.endswith("sharedstrings.xml"):
            self._caps = {b"<si>": (limits.shared_strings, "不同的文字过多，请拆成几个文件")}
            self._max_bytes = limits.unpacked_bytes
        else:
            self._caps = {}
            self._max_bytes = limits.small_part_bytes if self._is_xml else limits.unpacked_bytes

    def feed(self, chunk: bytes, read: int) -> None:
        if not self._is_xml:
            return
        if read > self._max_bytes:
            raise WorkbookRefused("part_too_big", f"文件结构异常（格式或样式部分过大），{SAVE_AS}")
        if self._first:
            self._first = False
            if chunk[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in chunk[:4]:
                raise WorkbookRefused("xml_encoding", f"文件内部编码异常，{SAVE_AS}")
        window = self._tail + chunk
        self._tail = chunk[-OVERLAP:]
        if b"<!DOCTYPE" in window or b"<!ENTITY" in window:
            raise WorkbookRefused("entities", "文件内部含有实体定义，可能是攻击文件，已拒绝")
        if self._is_book and b"purl.oclc.org/ooxml" in window:
            raise WorkbookRefused("strict", "这是“Strict Open XML”格式，请另存为普通的“Excel 工作簿（xlsx）”再上传")
        self._count(chunk)
        if self.is_sheet:
            self._look_at_sheet(window)
        elif self._is_rels or self._is_types:
            self._look_at_links(window)

    def _count(self, chunk: bytes) -> None:
        for token, (cap, message) in self._caps.items():
            total = self._counts.get(token, 0) + chunk.count(token)
            self._counts[token] = total
            if total > cap:
                raise WorkbookRefused("too_many", message)

    def _look_at_sheet(self, window: bytes) -> None:
        if not self.facts.has_formula and _FORMULA.search(window):
            self.facts.has_formula = True
        if b"mergeCell" in window:
            for match in _MERGE.finditer(window):
                self._merges[match[1].decode(), match[2].decode()] = None
            self.facts.merges = list(self._merges)

    def _look_at_links(self, window: bytes) -> None:
        if self._is_types and _MACRO_TYPE.search(window):
            raise WorkbookRefused("macro", "文件含有宏（程序代码），不能上传；请另存为不含宏的 xlsx")
        if self._is_rels:
            for match in _EXTERNAL.finditer(window):
                if not _HYPERLINK_TYPE.search(match[0]):
                    raise WorkbookRefused("external", "文件含有指向外部的链接，不能上传；请删除后再传")
