"""缴费: what is due, paid, waived and deferred, a row for each student and period (article 4 (2))."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any, Final

from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.documents import cells
from gaobo_banzhuren.documents.workbooks_in import HeaderColumn
from gaobo_banzhuren.web.templatetags.gaobo import yuan
from teachers.imports.columns import SheetKind, at_most
from teachers.imports.reading import ReadSheet, Row

from ...models import FeeDue, FeePayment, FeePeriod
from ...services.fee_rows import LARGEST_FEN, DueRow, classes_of, problems_of, record_dues
from ..cells import fen, yes_no
from ..declaring import ImportKind, Line, Reading, Scope, Shown, Wanted
from ..lookups import ByName, first_of, student_of, students
from ..reading import read_tables

SHEET: Final = SheetKind(
    "缴费",
    (
        HeaderColumn("student_no", "学号", at_most(30, cells.code), required=True),
        HeaderColumn("name", "姓名", at_most(50, cells.name), aliases=("学生姓名",)),
        HeaderColumn("period", "缴费期", at_most(40, cells.text), required=True, aliases=("缴费学年", "收费期")),
        HeaderColumn("due", "应缴", fen, required=True, aliases=("应缴金额", "应缴(元)", "应缴费用", "应收")),
        HeaderColumn("paid", "已缴", fen, aliases=("已缴金额", "已缴(元)", "实缴", "已收")),
        HeaderColumn("waived", "减免", fen, aliases=("减免金额", "减免(元)")),
        HeaderColumn("paid_on", "缴清日期", cells.date, aliases=("缴费日期",)),
        HeaderColumn("exempt", "免缴", yes_no),
        HeaderColumn("first_period", "新生首期", yes_no),
        HeaderColumn("deferred_until", "缓缴至", cells.date, aliases=("缓缴日期",)),
    ),
    "student_no",
    {
        "student_no": "按文本填写，前导零保留",
        "name": "可空；填写时须与学号相符",
        "period": "与系统中的缴费期名称相同",
        "due": "元，最多两位小数",
        "paid": "累计已缴，元；空白不改动",
        "waived": "累计减免，元；空白不改动",
        "paid_on": "最后一笔的缴费日期；空白为导入当天",
    },
    {"exempt": ("是", "否"), "first_period": ("是", "否")},
)


def plan(reading: Reading, scope: Scope) -> Wanted:
    """Rows by period, in a number of queries that depends on the periods only."""
    rows = reading.rows()
    known = students((row["student_no"] for _, row in rows), scope)
    periods = ByName(FeePeriod.objects.all())
    seen: dict[Any, str] = {}
    found: dict[FeePeriod, list[tuple[ReadSheet, Row, DueRow, Line]]] = defaultdict(list)
    for sheet, row in rows:
        student = student_of(reading, sheet, row, known, scope)
        period = periods.get(row["period"]) if row["period"] else None
        if row["period"] and period is None:
            reading.report(sheet, row, "period", "不存在，请先设置缴费期或改成系统中的名称")
        if (
            student is None
            or period is None
            or not first_of(reading, sheet, row, "student_no", (student.pk, period.pk), seen)
        ):
            continue
        if row.bad or not _day_fits(reading, sheet, row):
            continue
        line = Line(sheet.table.sheet, row.number, (student.pk, period.pk), student.number, student.name)
        found[period].append((sheet, row, _due(student.pk, row), line))
    good = {period: _without_problems(reading, scope, period, group) for period, group in found.items()}

    def write(actor: User) -> None:
        for period, group in good.items():
            record_dues(actor, period, [due for due, _ in group])

    asked = {due.student for group in good.values() for due, _ in group}
    dues = FeeDue.objects.filter(period__in=list(good), student__in=asked)
    payments = FeePayment.objects.filter(due__period__in=list(good), due__student__in=asked)
    return Wanted(write, (dues, payments), [line for group in good.values() for _, line in group])


def _day_fits(reading: Reading, sheet: ReadSheet, row: Row) -> bool:
    if row["paid_on"] and not row["paid"]:
        reading.report(sheet, row, "paid_on", "没有已缴金额，不能有缴清日期")
        return False
    if row["paid_on"] and row["paid_on"] > timezone.localdate():
        reading.report(sheet, row, "paid_on", "晚于今天")
        return False
    return True


def _due(student: int, row: Row) -> DueRow:
    return DueRow(
        student, row["due"], paid_fen=row["paid"], waived_fen=row["waived"], exempt=row["exempt"],
        first_period=row["first_period"], deferred_until=row["deferred_until"], paid_on=row["paid_on"],
    )  # fmt: skip


def _without_problems(
    reading: Reading, scope: Scope, period: FeePeriod, group: list[tuple[ReadSheet, Row, DueRow, Line]]
) -> list[tuple[DueRow, Line]]:
    dues = [due for _, _, due, _ in group]
    problems = problems_of(period, dues)
    places = classes_of(period, dues)
    good = []
    for at, (sheet, row, due, line) in enumerate(group):
        place = places.get(due.student)
        if place is not None and not scope.covers(place[1]):
            reading.report(sheet, row, "student_no", scope.unknown)
        elif at in problems:
            column, value = _blamed(row, due, place is not None)
            reading.report(sheet, row, column, f"不能登记：{problems[at]}", value)
        else:
            good.append((due, line))
    return good


def _blamed(row: Row, due: DueRow, placed: bool) -> tuple[str, str | None]:
    """The column to look at first, and its value as a person reads it."""
    if not placed:
        return "student_no", None
    if row["paid"] and due.due_fen <= LARGEST_FEN:
        return "paid", yuan(row["paid"])
    return "due", yuan(due.due_fen)


def _yes(value: object) -> str:
    return "是"


def _day(value: object) -> str:
    return value.isoformat() if isinstance(value, dt.date) else str(value)


FEES: Final = ImportKind(
    key="fees",
    label="缴费",
    text="每名学生每个缴费期一行：应缴、已缴、减免、免缴、缓缴。已缴是累计数，比系统中多出的部分登记为一笔缴费。",
    icon="cash-coin",
    roles=(Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD, Role.OFFICE),
    sheets=(SHEET,),
    key_columns=("student_id", "period_id"),
    shown=(
        Shown("due_fen", "应缴", yuan),
        Shown("paid_fen", "已缴", lambda value: yuan(value) if value else ""),
        Shown("waived_fen", "减免", lambda value: yuan(value) if value else ""),
        Shown("paid_on", "缴清日期", _day),
        Shown("exempt", "免缴", _yes),
        Shown("first_period", "新生首期", _yes),
        Shown("deferred_until", "缓缴至", _day),
    ),
    plan=plan,
    read=read_tables,
    hints=(
        "缴费期须先在系统里设置好；名称与系统中的相同。",
        "金额以元为单位，最多两位小数。已缴、减免留空不改动系统中的数。",
        "学生按缴费期开始那天的名册归班；不在名册上的学生不能应缴。",
    ),
)
