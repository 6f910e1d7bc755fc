"""Uploads that are no workbook, or a hostile one, are refused by name before they cost anything (threats D1–D6)."""

import io
import struct
import time
import tracemalloc
import zipfile

import openpyxl.xml
import pytest

from gaobo_banzhuren.documents import cells
from gaobo_banzhuren.documents.problems import Problems
from gaobo_banzhuren.documents.workbooks_in import HeaderColumn, Limits, WorkbookRefused, guard, open_workbook

from .files import (
    CONTENT_TYPES,
    HEADER_ROW,
    MAIN,
    PACKAGE,
    REL,
    WORKBOOK,
    raw_workbook,
    sheet_xml,
    simple,
    text_cell,
    zipped,
)

# The minimal packages of these tests have no styles.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")

COLUMNS = [
    HeaderColumn("code", "班级代码", cells.code, required=True),
    HeaderColumn("count", "人数", cells.integer(1, 500)),
]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read(data: bytes, limits: Limits | None = None) -> list[tuple[int, dict]]:
    problems = Problems()
    with open_workbook(io.BytesIO(data), limits) as book:
        table = book.table("班级", COLUMNS, problems)
        assert table is not None, [str(problem) for problem in problems]
        found = list(table.records(problems))
    problems.refuse()
    return found


def refusal(data: bytes, limits: Limits | None = None) -> WorkbookRefused:
    with pytest.raises(WorkbookRefused) as caught:
        read(data, limits)
    return caught.value


def test_the_minimal_package_of_these_tests_is_readable():
    row = f'<row r="2">{text_cell("A2", "24ZK001")}<c r="B2"><v>60</v></c></row>'
    assert read(raw_workbook(sheet_xml(HEADER_ROW + row))) == [(2, {"code": "24ZK001", "count": 60})]


@pytest.mark.parametrize(
    ("data", "kind", "says"),
    [
        (b"", "empty", "0 字节"),
        (OLE + b"\0" * 600, "xls", "旧的 xls"),
        (OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "encrypted", "密码"),
        (b"<html><body><table></table></body></html>", "html", "网页"),
        (b"\xef\xbb\xbf\r\n <!DOCTYPE html><html>", "html", "网页"),
        (b'<?xml version="1.0"?><Workbook/>', "xml", "XML 表格"),
        (b"%PDF-1.7\n", "pdf", "PDF"),
        ("学号,姓名\n1,张三\n".encode("gb18030"), "text", "GBK"),
        ("学号,姓名\n1,张三\n".encode("utf-8-sig"), "text", "UTF-8"),
        ("学号;姓名\n".encode() * 9000, "text", "UTF-8"),
        ("学号,姓名\n".encode("gb18030") * 9001, "text", "GBK"),
        ("学号,姓名\n".encode("utf-16"), "text_utf16", "UTF-16"),
        (b"Rar!\x1a\x07\x00", "archive", "压缩包"),
        (b"\x00\x01\x02\x03" * 50, "unknown", "不是 xlsx"),
        (zipped({"a.txt": "x"}), "other_zip", "压缩包"),
        (zipped({"word/document.xml": "x"}), "docx", "Word"),
        (zipped({"xl/workbook.bin": "x"}), "xlsb", "xlsb"),
        (zipped({"content.xml": "x"}), "ods", "ods"),
        (zipped({}), "empty_zip", "没有内容"),
    ],
)
def test_a_file_that_only_looks_like_a_workbook_is_named_for_what_it_is(data, kind, says):
    error = refusal(data)
    assert error.kind == kind
    assert says in error.message


def test_a_truncated_or_damaged_workbook_is_refused():
    whole = simple("班级", [["班级代码"], ["24ZK001"]])
    assert refusal(whole[: len(whole) // 2]).kind == "broken_zip"
    assert refusal(raw_workbook("<worksheet><sheetData>")).kind == "broken"
    assert refusal(raw_workbook(parts={"xl/workbook.xml": "<a/>"})).kind in {"broken", "no_sheet"}


def test_the_strict_variant_is_named_instead_of_reading_as_empty():
    strict = WORKBOOK.replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")
    assert refusal(raw_workbook(parts={"xl/workbook.xml": strict})).kind == "strict"


def test_the_file_size_is_capped_without_reading_on():
    class Endless:
        read_bytes = 0

        def read(self, size: int) -> bytes:
            self.read_bytes += size
            return b"x" * size

    upload = Endless()
    with pytest.raises(WorkbookRefused, match="5 MiB"):
        open_workbook(upload)
    assert upload.read_bytes == 5 * 1024 * 1024 + 1


def bomb(megabytes: int) -> bytes:
    return raw_workbook(parts={"xl/sharedStrings.xml": b" " * (megabytes * 1024 * 1024)})


def test_a_zip_bomb_is_refused_quickly_and_in_little_memory():
    data = bomb(120)
    tracemalloc.start()
    started = time.process_time()
    error = refusal(data)
    seconds = time.process_time() - started
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert error.kind in {"unpacked", "ratio"}
    assert seconds < 1
    assert peak < 50 * 1024 * 1024


def test_an_unusual_ratio_is_refused_even_below_the_size_limit():
    assert refusal(bomb(20)).kind == "ratio"


def test_a_bomb_with_a_false_declared_size_is_stopped_by_the_bytes_really_read():
    data = bytearray(bomb(20))
    true_size = struct.pack("<I", 20 * 1024 * 1024)
    for _ in range(data.count(true_size)):
        at = data.index(true_size)
        data[at : at + 4] = struct.pack("<I", 1000)
    assert refusal(bytes(data)).kind in {"unpacked", "broken_zip"}


def test_the_declared_sizes_are_added_up_before_anything_is_unpacked():
    plain = zipped(
        {"xl/workbook.xml": WORKBOOK, **{f"xl/media/{n}": bytes(400_000) for n in range(3)}}, zipfile.ZIP_STORED
    )
    error = refusal(plain, Limits(unpacked_bytes=1024 * 1024))
    assert error.kind == "unpacked"
    assert "解开后超过 1 MiB" in error.message


def test_the_bytes_really_read_are_added_up_whatever_was_declared():
    class Liar:
        def open(self, info):
            return io.BytesIO(bytes(3 * 1024 * 1024))

    with pytest.raises(WorkbookRefused, match="实际大小"):
        guard._unpack(Liar(), [zipfile.ZipInfo("xl/media/a")], Limits(unpacked_bytes=1024 * 1024))
    with pytest.raises(WorkbookRefused, match="实际大小"):
        guard._unpack(Liar(), [zipfile.ZipInfo("xl/media/a")], Limits(ratio_from_bytes=1024 * 1024))


def test_too_many_entries_double_names_and_odd_paths_are_refused():
    assert refusal(raw_workbook(parts={f"xl/media/{n}.txt": "x" for n in range(200)})).kind == "entries"
    assert refusal(raw_workbook(parts={"XL/Workbook.xml": "x"})).kind == "duplicate_entry"
    for name in ("../evil.xml", "xl/../../evil.xml", "/etc/passwd", "..\\evil.xml", "C:\\evil.xml"):
        assert refusal(raw_workbook(parts={name: "x"})).kind == "path", name


def test_encrypted_and_oddly_compressed_entries_are_refused():
    data = zipped({"xl/workbook.xml": WORKBOOK}, zipfile.ZIP_LZMA)
    assert refusal(data).kind == "compression"
    flagged = bytearray(raw_workbook())
    central = flagged.index(b"PK\x01\x02")
    flagged[central + 8] |= 1
    assert refusal(bytes(flagged)).kind == "encrypted"


def test_openpyxl_parses_with_the_guard_against_hostile_xml():
    assert openpyxl.xml.DEFUSEDXML is True


def test_entities_are_refused_and_a_local_file_is_not_read(tmp_path):
    canary = tmp_path / "canary.txt"
    canary.write_text("CANARY")
    laughs = "".join(f'<!ENTITY l{n} "&l{n - 1};&l{n - 1};&l{n - 1};&l{n - 1};">' for n in range(1, 20))
    attacks = [
        f'<!DOCTYPE w [<!ENTITY l0 "ha">{laughs}]>',
        f'<!DOCTYPE w [<!ENTITY x SYSTEM "file://{canary}">]>',
        '<!DOCTYPE w SYSTEM "http://127.0.0.1:9/x.dtd">',
    ]
    for attack in attacks:
        sheet = '<?xml version="1.0"?>' + attack + sheet_xml(HEADER_ROW)
        assert refusal(raw_workbook(sheet)).kind == "entities"
        assert refusal(raw_workbook(parts={"xl/workbook.xml": attack + WORKBOOK})).kind == "entities"


def test_another_inner_encoding_cannot_hide_entities():
    sheet = ('<?xml version="1.0" encoding="utf-16"?>' + sheet_xml(HEADER_ROW)).encode("utf-16")
    assert refusal(raw_workbook(sheet)).kind == "xml_encoding"


def test_a_million_rows_are_refused_in_time():
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(2, 300_000))
    sheet = sheet_xml("ROWS").encode().replace(b"ROWS", HEADER_ROW.encode() + rows)
    started = time.process_time()
    error = refusal(raw_workbook(sheet))
    assert error.kind == "too_many"
    assert "行数过多" in error.message
    assert time.process_time() - started < 5


def test_rows_are_counted_while_streaming_so_a_prefix_does_not_help():
    rows = "".join(f'<x:row r="{n}"><x:c r="A{n}"><x:v>1</x:v></x:c></x:row>' for n in range(2, 60))
    header = HEADER_ROW.replace("<", "<x:").replace("<x:/", "</x:")
    sheet = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{header}{rows}</x:sheetData></x:worksheet>'
    assert len(read(raw_workbook(sheet))) == 58
    assert refusal(raw_workbook(sheet), Limits(rows=40)).kind == "rows"


def test_a_single_cell_in_the_last_corner_costs_nothing():
    sheet = sheet_xml(HEADER_ROW + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    started = time.process_time()
    assert read(raw_workbook(sheet)) == []
    assert time.process_time() - started < 1


def test_a_false_dimension_neither_cuts_nor_inflates_the_sheet():
    rows = HEADER_ROW + "".join(f'<row r="{n}">{text_cell(f"A{n}", f"C{n}")}</row>' for n in range(2, 6))
    for dimension in ("A1", "A1:XFD1048576"):
        sheet = sheet_xml(rows, before=f'<dimension ref="{dimension}"/>')
        assert [number for number, _ in read(raw_workbook(sheet))] == [2, 3, 4, 5]


def test_columns_cells_merges_and_rules_have_caps():
    wide = '<row r="2">' + text_cell("BM2", "x") + "</row>"
    assert refusal(raw_workbook(sheet_xml(HEADER_ROW + wide))).kind == "columns"
    merges = "<mergeCells>" + '<mergeCell ref="A1:B1"/>' * 6000 + "</mergeCells>"
    assert refusal(raw_workbook(sheet_xml(HEADER_ROW, merges)), Limits(ratio=1000)).kind == "too_many"
    cell_row = '<row r="2">' + '<c r="A2"/>' * 50 + "</row>"
    assert refusal(raw_workbook(sheet_xml(HEADER_ROW + cell_row)), Limits(cells=40)).kind == "too_many"


def test_a_huge_style_part_is_refused():
    styles = f'<styleSheet xmlns="{MAIN}">' + "<xf/>" * 1_000_000 + "</styleSheet>"
    data = raw_workbook(parts={"xl/styles.xml": styles})
    assert refusal(data, Limits(ratio=2000)).kind == "part_too_big"


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        ("xl/vbaProject.bin", "macro"), ("xl/macrosheets/sheet1.xml", "macro"),
        ("xl/externalLinks/externalLink1.xml", "external"), ("xl/connections.xml", "external"),
        ("xl/embeddings/oleObject1.bin", "embedded"), ("xl/activeX/activeX1.xml", "embedded"),
        ("customUI/customUI14.xml", "customui"),
    ],
)  # fmt: skip
def test_workbooks_that_can_do_things_are_refused(part, kind):
    assert refusal(raw_workbook(parts={part: "x"})).kind == kind


def test_macros_and_outside_links_are_found_by_declaration_too():
    types = CONTENT_TYPES.replace("spreadsheetml.sheet.main", "ms-excel.sheet.macroEnabled.main")
    assert refusal(raw_workbook(parts={"[Content_Types].xml": types})).kind == "macro"
    rels = (
        f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r" Type="{REL}/KIND" '
        'Target="http://127.0.0.1:9/" TargetMode="External"/></Relationships>'
    )
    name = "xl/worksheets/_rels/sheet1.xml.rels"
    assert refusal(raw_workbook(parts={name: rels.replace("KIND", "image")})).kind == "external"
    assert read(raw_workbook(parts={name: rels.replace("KIND", "hyperlink")})) == []


def test_the_limits_are_published_in_words():
    words = "".join(Limits().explained())
    for figure in ("5 MiB", "100 MiB", "60,000 行", "64 列", "5,000 个字"):
        assert figure in words
