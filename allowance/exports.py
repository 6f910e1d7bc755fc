"""The allowance workbook (班主任津贴发放表) as the college and HR expect it: 汇总 first, then a sheet per college."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation

from allowance.models import MonthSheet
from gaobo_banzhuren.documents.workbooks_out import INTEGER, MONEY, NUMBER, TEXT, Column, Sheet, Table, workbook_bytes
from gaobo_banzhuren.web.errors import UserError

from .document import SIGNATURES, TITLE, Row, SheetDocument, document_of

COLUMNS = (
    Column("序号", 0, INTEGER, 9),
    Column("姓名", 1, TEXT, 10),
    Column("工号", 2, TEXT, 10),
    Column("人员类别", 3, TEXT, 9),
    Column("类别", 4, TEXT, 8),
    Column("班级", 5, TEXT, 28),
    Column("基准人数", 6, NUMBER, 9),
    Column("系数", 7, NUMBER, 7),
    Column("月标准", 8, MONEY, 10),
    Column("在岗天数", 9, NUMBER, 9),
    Column("当月天数", 10, INTEGER, 9),
    Column("计算说明", 11, TEXT, 22),
    Column("金额", 12, MONEY, 12),
    Column("备注", 13, TEXT, 20),
)
AMOUNT_AT = 12
LINE_LENGTH = 79
"""Chinese characters across the table."""
INDENT = "　　"

SUMMARY = (
    Column("学院代码", 0, TEXT, 12),
    Column("学院名称", 1, TEXT, 28),
    Column("人数", 2, INTEGER, 8),
    Column("金额", 3, MONEY, 14),
    Column("学校承担", 4, MONEY, 14),
    Column("学院承担", 5, MONEY, 14),
    Column("状态", 6, TEXT, 10),
)


def allowance_workbook(sheets: Iterable[MonthSheet]) -> bytes:
    """The workbook of the given sheets, in the order of college code; UserError when there is none."""
    documents = [document_of(sheet) for sheet in sheets]
    if not documents:
        raise UserError("没有可以导出的月表，请先结算")
    documents.sort(key=lambda document: (document.college_code, document.month))
    pages = [summary_page(documents), *(college_page(document) for document in documents)]
    return workbook_bytes(pages, title=TITLE)


def summary_page(documents: Sequence[SheetDocument]) -> Sheet:
    rows = [(d.college_code, d.college, d.people, d.total, d.school_share, d.college_share, d.state) for d in documents]
    total = (
        "合计",
        "",
        sum(document.people for document in documents),
        sum((document.total for document in documents), Decimal(0)),
        sum((document.school_share for document in documents), Decimal(0)),
        sum((document.college_share for document in documents), Decimal(0)),
    )
    return Sheet("汇总", Table(SUMMARY, rows, foot=[total]))


def college_page(document: SheetDocument) -> Sheet:
    return Sheet(
        document.college,
        Table(COLUMNS, [_cells(row) for row in document.rows], foot=_foot(document)),
        before=[
            [f"{document.school}{TITLE}"],
            ["　".join(document.head[:3])],
            ["　".join(document.head[3:])],
        ],
        after=_after(document),
    )


def _cells(row: Row) -> tuple[object, ...]:
    return (
        row.sequence, row.name, row.staff_no, row.category, row.kind, row.classes, _number(row.headcount),
        _number(row.coefficient), _number(row.monthly_rate), _number(row.days), row.month_days, row.formula, row.amount,
        row.remark,
    )  # fmt: skip


def _number(text: str) -> object:
    """A single value is a number cell; several stretches, or none, stay text."""
    try:
        number = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return text
    return int(number) if number == number.to_integral_value() else number


def _foot(document: SheetDocument) -> list[list[object]]:
    totals = (("合计", document.total), ("学校承担", document.school_share), ("学院承担", document.college_share))
    rows: list[list[object]] = []
    for label, amount in totals:
        row: list[object] = [label] + [None] * (len(COLUMNS) - 1)
        row[AMOUNT_AT] = amount
        rows.append(row)
    return rows


def _folded(text: str) -> list[str]:
    """A long text in lines that are no wider than the table, or the printed page would shrink to fit it."""
    first, rest = text[:LINE_LENGTH], text[LINE_LENGTH:]
    step = LINE_LENGTH - len(INDENT)
    return [first, *(INDENT + rest[at : at + step] for at in range(0, len(rest), step))]


def _after(document: SheetDocument) -> list[list[object]]:
    lines: list[list[object]] = [["合计大写", document.total_in_words]]
    if document.warnings:
        lines.append(["提示与确认理由："])
        lines += [[part] for number, text in enumerate(document.warnings, 1) for part in _folded(f"{number}. {text}")]
    if document.signed:
        lines.append(["系统记录：" + "；".join(f"{label} {text}" for label, text in document.signed)])
    lines.append([f"金额均为税前；校验 {document.digest}"])
    lines.append([])
    signatures: list[object] = [None] * len(COLUMNS)
    for place, label in zip((0, 4, 8, 11), SIGNATURES, strict=True):
        signatures[place] = f"{label}："
    lines.append(signatures)
    return lines
