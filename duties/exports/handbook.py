"""The handbook as a bound book (PDF) and as a workbook, both from the same content."""

from __future__ import annotations

from gaobo_banzhuren.documents.pdf import render_pdf
from gaobo_banzhuren.documents.workbooks_out import Column, Sheet, Table, workbook_bytes

from ..handbook import Handbook, Section

ENTRY_COLUMNS = ("记录", "项目", "内容")


def handbook_pdf(handbook: Handbook) -> bytes:
    """Cover, contents and parts on A4 with running heads and page numbers."""
    return render_pdf("duties/handbook_pdf.html", {"handbook": handbook}, title=handbook.title)


def handbook_workbook(handbook: Handbook) -> bytes:
    """One sheet for the cover and one for every part."""
    cover = [
        ("学校", handbook.school), ("二级学院", handbook.college), ("班级", f"{handbook.class_name}（{handbook.class_code}）"),
        ("班主任", handbook.teachers), ("学期", handbook.term), ("起止", f"{handbook.first} 至 {handbook.last}"),
        ("导出日期", str(handbook.printed_on)),
    ]  # fmt: skip
    sheets = [Sheet("封面", Table([Column("项目", 0), Column("内容", 1)], cover), before=[["班主任工作手册"]])]
    sheets += [_sheet(section) for section in handbook.sections]
    return workbook_bytes(sheets, title=handbook.title)


def _sheet(section: Section) -> Sheet:
    after = [[text] for text in (section.note, section.empty if section.is_empty else "") if text]
    before = [[section.title]]
    if section.rows:
        columns = [Column(label, number) for number, label in enumerate(section.columns)]
        return Sheet(section.title, Table(columns, section.rows), before=before, after=after)
    if section.entries:
        rows = [
            (entry.heading if first else "", label, text)
            for entry in section.entries
            for first, label, text in _lines(entry.facts, entry.texts)
        ]
        columns = [Column(label, number) for number, label in enumerate(ENTRY_COLUMNS)]
        return Sheet(section.title, Table(columns, rows), before=before, after=after)
    facts = list(section.facts) or [(section.title, line) for line in section.text.splitlines() if line.strip()]
    return Sheet(section.title, Table([Column("项目", 0), Column("内容", 1)], facts), before=before, after=after)


def _lines(facts: object, texts: object) -> list[tuple[bool, str, str]]:
    lines = [*facts, *texts] or [("", "")]  # type: ignore[misc]
    return [(number == 0, label, text) for number, (label, text) in enumerate(lines)]
