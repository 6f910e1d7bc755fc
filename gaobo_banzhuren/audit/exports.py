"""The log as a workbook for the auditor, with exactly the rows of the list."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.documents.workbooks_out import (
    DATETIME,
    INTEGER,
    Column,
    Sheet,
    Table,
    attachment_response,
    workbook_bytes,
)
from gaobo_banzhuren.web.errors import UserError

from . import labels
from .models import AuditEntry
from .services import record

MOST_ROWS = 50_000
COLUMNS = (
    Column("序号", 0, INTEGER),
    Column("时间", 1, DATETIME),
    Column("工号", 2),
    Column("操作人", 3),
    Column("身份", 4),
    Column("学院", 5),
    Column("动作", 6),
    Column("对象类别", 7),
    Column("对象", 8),
    Column("变更前", 9),
    Column("变更后", 10),
    Column("理由", 11),
    Column("来源地址", 12),
    Column("请求编号", 13),
    Column("校验", 14),
)


def export_rows(entries: QuerySet[AuditEntry]) -> Iterator[tuple[object, ...]]:
    colleges: dict[int | None, str] = dict(College.objects.values_list("pk", "name"))
    for entry in entries.iterator(chunk_size=2000):
        yield (
            entry.sequence,
            entry.at,
            entry.actor_staff_no,
            entry.actor_name,
            labels.role_label(entry.role),
            colleges.get(entry.college_id, ""),
            labels.action_label(entry.action),
            labels.type_label(entry.object_type),
            entry.object_text,
            _json(entry.before),
            _json(entry.after),
            entry.reason,
            entry.address,
            entry.request_id,
            entry.mac,
        )


def export_entries(actor: User, entries: QuerySet[AuditEntry], conditions: Mapping[str, str]) -> HttpResponse:
    """The workbook; taking it out is itself written down. Raises UserError when it would be too long."""
    count = entries.count()
    if count > MOST_ROWS:
        raise UserError(f"符合条件的记录有 {count} 条，一次最多导出 {MOST_ROWS} 条。请用日期缩小范围后再导出。")
    made = timezone.localtime()
    title = f"审计记录 {made:%Y-%m-%d %H:%M} 导出人 {actor}"
    content = workbook_bytes(
        [Sheet("审计记录", Table(COLUMNS, export_rows(entries)), before=[[title]])], title="审计记录"
    )
    with transaction.atomic():
        record(actor, "audit.export", after={"条数": count, "条件": dict(conditions)})
    return attachment_response(content, f"审计记录_{made:%Y%m%d}.xlsx")


def _json(values: object) -> str:
    return "" if values is None else json.dumps(values, ensure_ascii=False)
