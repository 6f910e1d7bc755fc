"""Silent points of the regulation with the reading in force, and the office's interpretations (第十三条)."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from .rows import OpenQuerySet
from .versions import RuleVersion


class Reading(models.Model):
    """口径: a point on which the regulation is silent, its options and the default chosen. Loaded from the data file."""

    class SettingClass(models.TextChoices):
        VERSION = "Y", "随制度版本"
        YEAR = "C", "随学年"
        SYSTEM = "S", "系统设置"
        NONE = "N", "不设参数"

    code = models.CharField("编号", max_length=10, primary_key=True)
    position = models.PositiveSmallIntegerField("次序")
    topic = models.CharField("类别", max_length=20)
    question = models.CharField("未写明之处", max_length=200)
    options = models.CharField("可选读法", max_length=300, blank=True)
    default_text = models.CharField("默认口径", max_length=500)
    reason = models.CharField("默认的理由", max_length=500, blank=True)
    setting_class = models.CharField("参数位置", max_length=1, choices=SettingClass.choices)
    paths = models.JSONField("参数", default=list, blank=True)
    clauses = models.JSONField("有关条款", default=list, blank=True)

    objects = OpenQuerySet.as_manager()

    class Meta:
        verbose_name = "口径"
        verbose_name_plural = "口径"
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.code} {self.question}"


class Interpretation(models.Model):
    """解释: an answer of 继续教育学院 to a question about the regulation (第十三条). Never edited; a new one supersedes."""

    year = models.PositiveSmallIntegerField("年份")
    number = models.PositiveSmallIntegerField("序号")
    clause = models.CharField("条款", max_length=20)
    question = models.TextField("问题")
    answer = models.TextField("答复")
    given_on = models.DateField("答复日期")
    reading = models.ForeignKey(
        Reading,
        verbose_name="涉及口径",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="interpretations",
    )
    setting_changed = models.CharField("改变的参数", max_length=100, blank=True)
    supersedes = models.ForeignKey(
        "self", verbose_name="取代", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="答复人", on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = OpenQuerySet.as_manager()

    class Meta:
        verbose_name = "解释"
        verbose_name_plural = "解释"
        ordering = ["-year", "-number"]
        constraints = [models.UniqueConstraint(fields=["year", "number"], name="interpretation_number")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"解释〔{self.year}〕{self.number}号"


class ReadingDecision(models.Model):
    """That the office has looked at a reading under one rule version: confirmed it, or says why it was changed."""

    version = models.ForeignKey(
        RuleVersion, verbose_name="制度版本", on_delete=models.PROTECT, related_name="decisions"
    )
    reading = models.ForeignKey(Reading, verbose_name="口径", on_delete=models.PROTECT, related_name="decisions")
    note = models.TextField("说明", blank=True)
    interpretation = models.ForeignKey(
        Interpretation, verbose_name="解释", on_delete=models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="确认人", on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField("确认时间")

    objects = OpenQuerySet.as_manager()

    class Meta:
        verbose_name = "口径确认"
        verbose_name_plural = "口径确认"
        ordering = ["reading"]
        constraints = [models.UniqueConstraint(fields=["version", "reading"], name="reading_decided_once_per_version")]

    def __str__(self) -> str:
        return f"{self.reading_id} · {self.version}"
