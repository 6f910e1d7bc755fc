"""From a calculated line or an approved adjustment to the row that the sheet keeps."""

from __future__ import annotations

from typing import Any

from allowance.calculation import Line, Month, Phase, format_yuan, to_yuan
from allowance.models import Adjustment, LineKind, MonthSheet, SheetLine

from .gathering import TeacherRow

KIND_OF_PHASE = {Phase.TEACHING: LineKind.TEACHING, Phase.GRADUATING: LineKind.GRADUATING}


def line_row(sheet: MonthSheet, line: Line, teacher: TeacherRow, inputs: dict[str, Any]) -> SheetLine:
    """The sheet's row of a calculated line; `inputs` is the person's frozen month."""
    return SheetLine(
        sheet=sheet,
        sequence=0,
        teacher_id=teacher.pk,
        staff_no=teacher.staff_no,
        name=teacher.name,
        category=teacher.category,
        kind=KIND_OF_PHASE[line.kind],
        classes="、".join(item.name for item in line.classes),
        headcount=line.headcount_text,
        coefficient=line.coefficient_text,
        monthly_rate=line.monthly_rate_text,
        days=line.days_text,
        month_days=line.month.days,
        formula=line.formula,
        amount_fen=line.amount_fen,
        remark=_remark(line),
        inputs=inputs,
        result=line.to_dict(),
    )


def _remark(line: Line) -> str:
    notes = sorted({item.via.label for item in line.classes if item.via.value != "main"})
    if len(line.shares) > 1:
        notes.append(f"跨学院任职，全额 {format_yuan(to_yuan(line.total_fen))} 元按人数日分摊")
    return "；".join(notes)


def adjustment_row(sheet: MonthSheet, item: Adjustment) -> SheetLine:
    """The sheet's row of an approved 补发 or 扣回; negative amounts take back."""
    month = Month.of(sheet.month)
    return SheetLine(
        sheet=sheet,
        sequence=0,
        teacher_id=item.teacher_id,
        staff_no=item.teacher.staff_no,
        name=item.teacher.name,
        category=item.teacher.category,
        kind=LineKind.BACK_PAY if item.amount_fen > 0 else LineKind.CLAW_BACK,
        month_days=month.days,
        formula=f"{item.origin_month:%Y-%m} {item.origin_kind}："
        f"应发 {format_yuan(to_yuan(item.recomputed_fen))}－已发 {format_yuan(to_yuan(item.settled_fen))}",
        amount_fen=item.amount_fen,
        remark=f"原月份 {item.origin_month:%Y-%m}；{item.reason}"[:500],
        inputs={"origin_month": f"{item.origin_month:%Y-%m}", "origin_kind": item.origin_kind,
                "settled_fen": item.settled_fen, "recomputed_fen": item.recomputed_fen},
        adjustment_id=item.pk,
    )  # fmt: skip
