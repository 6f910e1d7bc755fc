"""补发 and 扣回: what a handed-over month should have been, paid in a later one (A-22)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.accounts.roles import Role
from teachers.models import ClassTeacher

from .sheets import MonthSheet


class AdjustmentState(models.TextChoices):
    DETECTED = "detected", "系统发现"
    PROPOSED = "proposed", "待审批"
    APPROVED = "approved", "已批准"
    REJECTED = "rejected", "未批准"
    INCLUDED = "included", "已列入月表"


class AdjustmentQuerySet(models.QuerySet["Adjustment"]):
    def visible_to(self, user: User) -> AdjustmentQuerySet:
        access = user.access
        if access.has(Role.OFFICE):
            return self
        return self.filter(
            Q(college_id__in=access.colleges(Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD)) | Q(teacher__user=user)
        )


class Adjustment(models.Model):
    """A difference of one teacher, kind and origin month. Positive is 补发, negative 扣回; never zero.

    Found by the system (系统发现) or entered; adopted with a reason by the college, approved by the office, paid in the
    next open sheet.
    """

    college = models.ForeignKey(College, verbose_name="二级学院", on_delete=models.PROTECT, related_name="adjustments")
    teacher = models.ForeignKey(
        ClassTeacher, verbose_name="班主任", on_delete=models.PROTECT, related_name="adjustments"
    )
    origin_month = models.DateField("原月份")
    origin_kind = models.CharField("原类别", max_length=4)
    settled_fen = models.BigIntegerField("已发金额（分）", help_text="含此前各次补发、扣回")
    recomputed_fen = models.BigIntegerField("应发金额（分）")
    amount_fen = models.BigIntegerField("差额（分）")
    computed = models.BooleanField("系统算出", default=True)
    explanation = models.JSONField("差额说明", default=dict)
    reason = models.TextField("原因", blank=True)
    state = models.CharField("状态", max_length=10, choices=AdjustmentState.choices, default=AdjustmentState.PROPOSED)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="提出人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    proposed_at = models.DateTimeField("提出时间", auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="审批人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)
    decision_note = models.TextField("审批意见", blank=True)
    sheet = models.ForeignKey(
        MonthSheet, verbose_name="列入月表", on_delete=models.PROTECT, null=True, blank=True, related_name="adjustments"
    )

    objects = AdjustmentQuerySet.as_manager()

    class Meta:
        verbose_name = "补发与扣回"
        verbose_name_plural = "补发与扣回"
        ordering = ["-proposed_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(amount_fen=0), name="adjustment_not_zero"),
            models.CheckConstraint(condition=Q(origin_month__day=1), name="adjustment_month_is_first_day"),
            models.UniqueConstraint(
                fields=["college", "teacher", "origin_month", "origin_kind"],
                condition=Q(state__in=(AdjustmentState.DETECTED, AdjustmentState.PROPOSED)),
                name="adjustment_one_open_proposal",
            ),
            models.CheckConstraint(
                condition=Q(state=AdjustmentState.DETECTED) | ~Q(reason=""), name="adjustment_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.teacher.name}·{self.origin_month:%Y-%m}"
