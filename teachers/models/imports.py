"""Import batches: what was uploaded, what was previewed, what was written, and how to take it back."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.accounts.roles import Role

ROSTER: Final = "roster"
"""The kind of a batch of this floor; others belong to the floors above."""


class ImportState(models.TextChoices):
    PREVIEWED = "previewed", "待确认"
    REFUSED = "refused", "有错误"
    COMMITTED = "committed", "已导入"
    UNDONE = "undone", "已撤销"
    DISCARDED = "discarded", "已放弃"


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def visible_to(self, user: User) -> ImportBatchQuerySet:
        """The office sees all batches, a college admin those made for the own college, its head all but rosters."""
        access = user.access
        if access.has(Role.OFFICE):
            return self
        kept, headed = access.colleges(Role.COLLEGE_ADMIN), access.colleges(Role.COLLEGE_HEAD)
        return self.filter(Q(college_id__in=kept) | (Q(college_id__in=headed) & ~Q(kind=ROSTER)))

    def roster(self) -> ImportBatchQuerySet:
        return self.filter(kind=ROSTER)


class ImportBatch(models.Model):
    """One uploaded workbook from preview to commit and, while nothing depends on it, undo."""

    kind = models.CharField("类别", max_length=20, default=ROSTER)
    college = models.ForeignKey(
        College, verbose_name="学院", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        help_text="学院管理员只能导入本学院；空为全校",
    )  # fmt: skip
    file_name = models.CharField("文件名", max_length=200)
    content = models.BinaryField("文件内容", editable=False)
    sha256 = models.CharField("文件摘要", max_length=64)
    mapping = models.JSONField("列对应", default=dict)
    preview = models.JSONField("预览", default=dict)
    preview_digest = models.CharField("预览摘要", max_length=64, blank=True)
    counts = models.JSONField("数量", default=dict)
    problems = models.JSONField("问题", default=list)
    changes = models.JSONField("变更明细", default=list)
    state = models.CharField("状态", max_length=10, choices=ImportState.choices, default=ImportState.PREVIEWED)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="上传人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField("上传时间", auto_now_add=True)
    committed_at = models.DateTimeField("导入时间", null=True, blank=True)
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = "导入批次"
        verbose_name_plural = "导入批次"
        ordering = ["-created_at"]
        constraints = [models.CheckConstraint(condition=Q(state__in=ImportState.values), name="import_state_known")]

    def __str__(self) -> str:
        return f"{self.file_name}（{self.get_state_display()}）"


class ColumnMemory(models.Model):
    """A header that somebody assigned to a field by hand; offered again the next time."""

    kind = models.CharField("类别", max_length=20)
    sheet = models.CharField("工作表", max_length=20)
    header = models.CharField("列名", max_length=80)
    field = models.CharField("字段", max_length=30)
    remembered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="指定人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    remembered_at = models.DateTimeField("时间", auto_now=True)

    class Meta:
        verbose_name = "列对应记忆"
        verbose_name_plural = "列对应记忆"
        ordering = ["kind", "sheet", "header"]
        constraints = [models.UniqueConstraint(fields=["kind", "sheet", "header"], name="column_memory_once")]

    def __str__(self) -> str:
        return f"{self.sheet}·{self.header} → {self.field}"
