"""One sheet as people see it, on screen, in the workbook and on paper: the same rows, texts and totals everywhere."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.utils import timezone

from allowance.calculation import to_yuan
from allowance.models import MonthSheet, SheetLine, SheetWarning
from gaobo_banzhuren.documents.money_words import money_in_words

SIGNATURES = ("制表", "学院负责人", "继续教育学院审核", "人事部门接收")
TITLE = "班主任津贴发放表"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the sheet; where it has several stretches their values are joined by `；`."""

    sequence: int
    name: str
    staff_no: str
    category: str
    kind: str
    classes: str
    headcount: str
    coefficient: str
    monthly_rate: str
    days: str
    month_days: int
    formula: str
    amount: Decimal
    remark: str
    line_id: int | None = None


@dataclass(frozen=True, slots=True)
class SheetDocument:
    """Head, rows and foot of one college's month; amounts in yuan."""

    school: str
    college_code: str
    college: str
    month: str
    rule_label: str
    made_by: str
    made_at: str
    state: str
    version: int
    rows: tuple[Row, ...]
    people: int
    total: Decimal
    school_share: Decimal
    college_share: Decimal
    warnings: tuple[str, ...]
    digest: str
    signed: tuple[tuple[str, str], ...]

    @property
    def total_in_words(self) -> str:
        return money_in_words(self.total)

    @property
    def head(self) -> tuple[str, ...]:
        return (
            f"学院：{self.college}",
            f"月份：{self.month}",
            f"制度版本：{self.rule_label}",
            f"制表人：{self.made_by}",
            f"制表时间：{self.made_at}",
            f"状态：{self.state}",
            f"版次：第 {self.version} 版",
        )


def row_of(line: SheetLine) -> Row:
    """The row of a stored line."""
    return Row(
        line.sequence,
        line.name,
        line.staff_no,
        line.category,
        line.kind,
        line.classes,
        line.headcount,
        line.coefficient,
        line.monthly_rate,
        line.days,
        line.month_days,
        line.formula,
        to_yuan(line.amount_fen),
        line.remark,
        line.pk,
    )


def document_of(sheet: MonthSheet) -> SheetDocument:
    """Everything the sheet shows, from its stored lines. Three queries."""
    lines = sheet.lines.order_by("sequence")
    warnings = sheet.warnings.select_related("confirmed_by")
    return SheetDocument(
        school=settings.SCHOOL_NAME,
        college_code=sheet.college.code,
        college=sheet.college.name,
        month=f"{sheet.month:%Y-%m}",
        rule_label=sheet.rule_label,
        made_by=sheet.computed_by.name if sheet.computed_by else "系统",
        made_at=_moment(sheet.computed_at),
        state=sheet.get_state_display(),
        version=sheet.version,
        rows=tuple(row_of(line) for line in lines),
        people=sheet.people,
        total=to_yuan(sheet.total_fen),
        school_share=to_yuan(sheet.school_fen),
        college_share=to_yuan(sheet.college_fen),
        warnings=tuple(warning_text(warning) for warning in warnings),
        digest=sheet.inputs_digest[:16],
        signed=_signed(sheet),
    )


def warning_text(warning: SheetWarning) -> str:
    """The finding with the reason that travels with the sheet."""
    if warning.confirmed_by is None:
        return f"{warning.get_code_display()}：{warning.text}（未确认）"
    return f"{warning.get_code_display()}：{warning.text}（{warning.confirmed_by.name}确认：{warning.reason}）"


def _signed(sheet: MonthSheet) -> tuple[tuple[str, str], ...]:
    """Who did which step in the system; the paper still has room for a hand-written name."""
    bundle = sheet.bundle
    steps = (
        ("制表", sheet.computed_by, sheet.computed_at),
        ("学院提交", sheet.submitted_by, sheet.submitted_at),
        ("继续教育学院审核", sheet.reviewed_by, sheet.reviewed_at),
        ("人事部门接收", bundle.received_by if bundle else None, bundle.received_at if bundle else None),
    )
    return tuple((label, f"{who.name} {_moment(at)}") for label, who, at in steps if who)


def _moment(at: dt.datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""
