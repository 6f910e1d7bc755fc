"""The sheet of one college for one month and its way to the HR department."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.accounts.roles import Role


class SheetState(models.TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "已提交"
    REVIEWED = "reviewed", "已审核"
    HANDED_OVER = "handed_over", "已送人事"
    RECEIVED = "received", "已接收"


FROZEN_STATES = (SheetState.SUBMITTED, SheetState.REVIEWED, SheetState.HANDED_OVER, SheetState.RECEIVED)
"""In these the lines never change; a returned sheet is a draft again with its reason on record."""


class MonthSheetQuerySet(models.QuerySet["MonthSheet"]):
    def visible_to(self, user: User) -> MonthSheetQuerySet:
        """The office sees all; a college its own; HR what has been handed over."""
        access = user.access
        if access.has(Role.OFFICE):
            return self
        condition = Q(college_id__in=access.colleges(Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD))
        if access.has(Role.HR):
            condition |= Q(state__in=(SheetState.HANDED_OVER, SheetState.RECEIVED))
        return self.filter(condition)

    def frozen(self) -> MonthSheetQuerySet:
        return self.filter(state__in=FROZEN_STATES)


class MonthSheet(models.Model):
    """津贴发放表. Amounts are whole 分. `rules` and the lines' inputs make every total recomputable for ever."""

    college = models.ForeignKey(College, verbose_name="二级学院", on_delete=models.PROTECT, related_name="month_sheets")
    month = models.DateField("月份", help_text="该月第一天")
    state = models.CharField("状态", max_length=12, choices=SheetState.choices, default=SheetState.DRAFT)
    version = models.PositiveIntegerField("版次", default=1)
    rule_version = models.ForeignKey(
        "regulation.RuleVersion", verbose_name="制度版本", on_delete=models.PROTECT, related_name="+"
    )
    rule_label = models.CharField("制度", max_length=120)
    rules = models.JSONField("制度参数", default=dict, help_text="结算时的津贴规则，原样保存")
    months_confirmed = models.BooleanField("发放月份已确认", default=False)
    total_fen = models.BigIntegerField("金额（分）", default=0)
    school_fen = models.BigIntegerField("学校承担（分）", default=0)
    college_fen = models.BigIntegerField("学院承担（分）", default=0)
    people = models.PositiveIntegerField("人数", default=0)
    inputs_digest = models.CharField("输入摘要", max_length=64, blank=True, help_text="全部行的输入与金额的摘要")
    facts_sequence = models.PositiveBigIntegerField(
        "结算时的审计序号", default=0, help_text="此后的名册与聘任变更不在本表内"
    )
    checked_sequence = models.PositiveBigIntegerField("已核对到的审计序号", default=0)
    first_computed_at = models.DateTimeField("首次结算时间", null=True, blank=True)
    computed_at = models.DateTimeField("结算时间", null=True, blank=True)
    computed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="制表人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="提交人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    reviewed_at = models.DateTimeField("审核时间", null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="审核人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    bundle = models.ForeignKey(
        "allowance.Bundle", verbose_name="批次", on_delete=models.PROTECT, null=True, blank=True, related_name="sheets"
    )

    objects = MonthSheetQuerySet.as_manager()

    class Meta:
        verbose_name = "津贴月表"
        verbose_name_plural = "津贴月表"
        ordering = ["-month", "college"]
        constraints = [
            models.UniqueConstraint(fields=["college", "month"], name="sheet_one_per_college_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="sheet_month_is_first_day"),
            models.CheckConstraint(condition=Q(state__in=SheetState.values), name="sheet_state_known"),
            models.CheckConstraint(
                condition=Q(total_fen=F("school_fen") + F("college_fen")), name="sheet_shares_add_up"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(SheetState.HANDED_OVER, SheetState.RECEIVED)) | Q(bundle__isnull=False),
                name="sheet_handed_over_in_bundle",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.college}·{self.month:%Y-%m}"


class SheetEvent(models.Model):
    """One step of a sheet: who, when, from where to where, why."""

    sheet = models.ForeignKey(MonthSheet, verbose_name="月表", on_delete=models.PROTECT, related_name="events")
    action = models.CharField("事项", max_length=20)
    old_state = models.CharField("原状态", max_length=12, choices=SheetState.choices, blank=True)
    new_state = models.CharField("新状态", max_length=12, choices=SheetState.choices)
    version = models.PositiveIntegerField("版次")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="经办人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    by_name = models.CharField("经办人姓名", max_length=50, blank=True)
    at = models.DateTimeField("时间", auto_now_add=True)
    reason = models.TextField("理由", blank=True)

    class Meta:
        verbose_name = "月表经过"
        verbose_name_plural = "月表经过"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.action}·{self.at:%Y-%m-%d %H:%M}"


class SheetVersion(models.Model):
    """A version as it was submitted, kept whole when the sheet is returned or reopened; never changed."""

    sheet = models.ForeignKey(MonthSheet, verbose_name="月表", on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField("版次")
    payload = models.JSONField("内容", help_text="该版次的表头、各行与提示")
    kept_at = models.DateTimeField("保存时间", auto_now_add=True)
    reason = models.TextField("改版原因", blank=True)

    class Meta:
        verbose_name = "月表版次"
        verbose_name_plural = "月表版次"
        ordering = ["sheet", "version"]
        constraints = [models.UniqueConstraint(fields=["sheet", "version"], name="sheet_version_once")]

    def __str__(self) -> str:
        return f"{self.sheet}·第{self.version}版"
