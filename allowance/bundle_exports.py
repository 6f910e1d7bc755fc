"""The workbook that HR takes: per month and college as always, before it the sum per person over colleges (8.3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from allowance.calculation import to_yuan
from allowance.document import document_of
from allowance.exports import college_page, summary_page
from allowance.models import Bundle, MonthSheet, SheetLine
from gaobo_banzhuren.documents.workbooks_out import INTEGER, MONEY, TEXT, Column, Sheet, Table, workbook_bytes
from gaobo_banzhuren.web.errors import UserError

PEOPLE = (
    Column("序号", 0, INTEGER, 6),
    Column("工号", 1, TEXT, 14),
    Column("姓名", 2, TEXT, 12),
    Column("人员类别", 3, TEXT, 10),
    Column("学院", 4, TEXT, 40),
    Column("月份", 5, TEXT, 20),
    Column("行数", 6, INTEGER, 8),
    Column("金额", 7, MONEY, 14),
)


@dataclass(frozen=True, slots=True)
class PersonSum:
    """What one person gets in the bundle, over all its colleges and months."""

    staff_no: str
    name: str
    category: str
    colleges: tuple[str, ...]
    months: tuple[str, ...]
    lines: tuple[SheetLine, ...]

    @property
    def amount_fen(self) -> int:
        return sum(line.amount_fen for line in self.lines)


def people_of(sheets: Iterable[MonthSheet]) -> list[PersonSum]:
    """In the order of 工号. One query."""
    rows = SheetLine.objects.filter(sheet__in=[sheet.pk for sheet in sheets])
    grouped: dict[str, list[SheetLine]] = {}
    for line in rows.select_related("sheet__college").order_by(
        "staff_no", "sheet__month", "sheet__college__code", "sequence"
    ):
        grouped.setdefault(line.staff_no, []).append(line)
    return [
        PersonSum(
            staff_no, lines[-1].name, lines[-1].category,
            tuple(dict.fromkeys(line.sheet.college.name for line in lines)),
            tuple(dict.fromkeys(f"{line.sheet.month:%Y-%m}" for line in lines)), tuple(lines),
        )
        for staff_no, lines in grouped.items()
    ]  # fmt: skip


def bundle_sheets(bundle: Bundle) -> list[MonthSheet]:
    """In the order of month and college code, with everything a document needs."""
    return list(
        bundle.sheets.select_related(
            "college", "computed_by", "submitted_by", "reviewed_by", "bundle__received_by"
        ).order_by("month", "college__code")
    )


def bundle_workbook(bundle: Bundle) -> bytes:
    """汇总, 按人汇总, then a sheet per college and month. UserError for an empty bundle."""
    sheets = bundle_sheets(bundle)
    if not sheets:
        raise UserError("批次里还没有月表，没有可以导出的内容")
    documents = [document_of(sheet) for sheet in sheets]
    pages = [summary_page(documents), _people(people_of(sheets)), *(college_page(document) for document in documents)]
    return workbook_bytes(pages, title=f"班主任津贴批次 {bundle.number}")


def _people(people: Sequence[PersonSum]) -> Sheet:
    rows = [
        (number, row.staff_no, row.name, row.category, "、".join(row.colleges), "、".join(row.months), len(row.lines),
         to_yuan(row.amount_fen))
        for number, row in enumerate(people, start=1)
    ]  # fmt: skip
    total = to_yuan(sum(row.amount_fen for row in people))
    return Sheet(
        "按人汇总", Table(PEOPLE, rows, foot=[("合计", "", "", "", "", "", sum(len(r.lines) for r in people), total)])
    )
