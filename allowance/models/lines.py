"""The lines of a sheet: each stores every input it was computed from."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from teachers.models import ClassTeacher

from .sheets import MonthSheet


class LineKind(models.TextChoices):
    TEACHING = "在读", "在读"
    GRADUATING = "毕业班", "毕业班"
    BACK_PAY = "补发", "补发"
    CLAW_BACK = "扣回", "扣回"


class SheetLineQuerySet(models.QuerySet["SheetLine"]):
    def visible_to(self, user: User) -> SheetLineQuerySet:
        """Whoever sees the sheet sees its lines; a teacher the own lines of sheets that left the draft state."""
        own = Q(teacher__user=user) & ~Q(sheet__state="draft")
        if user.access.has(Role.OFFICE):
            return self
        return self.filter(own | Q(sheet__in=MonthSheet.objects.visible_to(user)))


class SheetLine(models.Model):
    """One row of the sheet. The foreign keys are pointers; names and numbers are kept as they were."""

    sheet = models.ForeignKey(MonthSheet, verbose_name="月表", on_delete=models.CASCADE, related_name="lines")
    sequence = models.PositiveIntegerField("序号")
    teacher = models.ForeignKey(
        ClassTeacher, verbose_name="班主任", on_delete=models.PROTECT, related_name="allowance_lines"
    )
    staff_no = models.CharField("工号", max_length=20)
    name = models.CharField("姓名", max_length=50)
    category = models.CharField("人员类别", max_length=4)
    kind = models.CharField("类别", max_length=4, choices=LineKind.choices)
    classes = models.CharField("班级", max_length=500, blank=True)
    headcount = models.CharField("基准人数", max_length=200, blank=True)
    coefficient = models.CharField("系数", max_length=200, blank=True)
    monthly_rate = models.CharField("月标准", max_length=200, blank=True)
    days = models.CharField("在岗天数", max_length=200, blank=True)
    month_days = models.PositiveSmallIntegerField("当月天数")
    formula = models.CharField("计算说明", max_length=1000, blank=True)
    amount_fen = models.BigIntegerField("金额（分）")
    remark = models.CharField("备注", max_length=500, blank=True)
    inputs = models.JSONField("输入", default=dict, help_text="算出本行的全部输入")
    result = models.JSONField("结果", default=dict, help_text="各段的人数、系数、天数与金额，原样保存")
    adjustment = models.OneToOneField(
        "allowance.Adjustment",
        verbose_name="补发或扣回",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="line",
    )

    objects = SheetLineQuerySet.as_manager()

    class Meta:
        verbose_name = "津贴明细"
        verbose_name_plural = "津贴明细"
        ordering = ["sheet", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "sequence"], name="line_sequence_once"),
            models.UniqueConstraint(
                fields=["sheet", "teacher", "kind"], condition=Q(adjustment__isnull=True), name="line_once_per_kind"
            ),
            models.CheckConstraint(condition=Q(kind__in=LineKind.values), name="line_kind_known"),
            models.CheckConstraint(
                condition=(Q(kind=LineKind.CLAW_BACK) & Q(amount_fen__lte=0))
                | (~Q(kind=LineKind.CLAW_BACK) & Q(amount_fen__gte=0)),
                name="line_sign_by_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=(LineKind.TEACHING, LineKind.GRADUATING), adjustment__isnull=True)
                | Q(kind__in=(LineKind.BACK_PAY, LineKind.CLAW_BACK), adjustment__isnull=False),
                name="line_adjustment_by_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}·{self.kind}"
