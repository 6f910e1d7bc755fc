"""The list of work records as a workbook: the same rows, and of each no more than its list shows."""

from __future__ import annotations

from collections.abc import Iterable

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.documents.workbooks_out import DATE, TEXT, Column, Sheet, Table, workbook_bytes

from ..models import WorkRecord
from ..policies.reading import reader
from ..showing import in_list

COLUMNS = (
    Column("日期", 0, DATE), Column("类别", 1, TEXT), Column("班级", 2, TEXT), Column("学生", 3, TEXT),
    Column("事项", 4, TEXT), Column("内容", 5, TEXT), Column("教育主题", 6, TEXT), Column("自定标签", 7, TEXT),
    Column("班主任", 8, TEXT), Column("记录人", 9, TEXT), Column("状态", 10, TEXT), Column("进展", 11, TEXT),
    Column("保密", 12, TEXT),
)  # fmt: skip


def records_workbook(user: User, rows: Iterable[WorkRecord], *, note: str = "") -> bytes:
    """xlsx of the rows as `user` may see them in a list (A-87). The rows come with everything fetched; `note` stands below them."""
    who = reader(user)

    def lines() -> Iterable[tuple[object, ...]]:
        for record in rows:
            shown = in_list(record, who.reading(record))
            yield (
                record.happened_on, shown.kind, shown.classes, shown.students, shown.subject, shown.text, shown.themes,
                shown.tags, record.teacher.name if record.teacher else "", record.author.name,
                record.get_state_display(), record.get_progress_display() if record.progress else "", shown.privacy,
            )  # fmt: skip

    return workbook_bytes(
        [Sheet("工作记录", table=Table(COLUMNS, lines()), after=[[note]] if note else [])], title="工作记录"
    )
