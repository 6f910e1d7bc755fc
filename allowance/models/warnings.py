"""What must be looked at before a sheet is submitted; each is confirmed with a reason that travels with the sheet."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from .sheets import MonthSheet


class WarningCode(models.TextChoices):
    VACANT = "vacant", "班级空缺"
    TWO_POSTS = "two_posts", "人数较多，通常配两名班主任"
    UNFILED = "unfiled", "聘任未备案"
    BAND_EDGE = "band_edge", "人数档次变化或差一人"
    JUMP = "jump", "与上月相差较大"
    NO_CLASS = "no_class", "无班级却有津贴"
    CLOSED_TEACHING = "closed_teaching", "毕业班仍按教学中"
    MONTHS_UNCONFIRMED = "months_unconfirmed", "发放月份未确认"
    NO_STAND_IN = "no_stand_in", "长假无代班"
    HEADCOUNT_UNCONFIRMED = "headcount_unconfirmed", "人数未经班主任确认"
    ROSTER_OLD = "roster_old", "名册超过一个月未更新"
    TWO_COLLEGES = "two_colleges", "在两个学院任职"
    ZERO_STUDENTS = "zero_students", "班级无在读学生"
    TERM_OVER = "term_over", "聘期已满未续聘"
    SHARES = "shares", "一班两人分带"
    ADJUSTMENT_PROPOSED = "adjustment_proposed", "历史变更待补发或扣回"


class SheetWarning(models.Model):
    """One finding about one subject. `subject` keeps it recognisable when the draft is recomputed."""

    sheet = models.ForeignKey(MonthSheet, verbose_name="月表", on_delete=models.CASCADE, related_name="warnings")
    code = models.CharField("提示", max_length=24, choices=WarningCode.choices)
    subject = models.CharField("对象", max_length=80)
    text = models.CharField("说明", max_length=400)
    facts = models.JSONField("依据", default=dict)
    reason = models.TextField("确认理由", blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="确认人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)

    class Meta:
        verbose_name = "月表提示"
        verbose_name_plural = "月表提示"
        ordering = ["sheet", "code", "subject"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "code", "subject"], name="warning_once"),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | ~Q(reason=""), name="warning_confirmed_with_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_code_display()}·{self.subject}"
