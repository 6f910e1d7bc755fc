"""Dated versions of the regulation's numbers, what a draft would have changed, and system-wide settings."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role

from ..bundle import PART_LABELS, Parts, read_parts


class RuleVersionQuerySet(models.QuerySet["RuleVersion"]):
    def visible_to(self, user: User) -> RuleVersionQuerySet:
        """Office, auditors and system administrators see drafts and voided versions too; everyone else active ones."""
        if user.access.has(Role.OFFICE, Role.AUDITOR, Role.SYSADMIN):
            return self
        return self.active()

    def active(self) -> RuleVersionQuerySet:
        return self.filter(status=RuleVersion.Status.ACTIVE)

    def drafts(self) -> RuleVersionQuerySet:
        return self.filter(status=RuleVersion.Status.DRAFT)


class RuleVersion(models.Model):
    """制度版本: every number and reading of the regulation from one day on.

    `parts` is JSON of `bundle.Parts`; `digest` names its exact content. Once active the content never changes: the
    services refuse, and a trigger in the database refuses what goes around them.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "草稿"
        ACTIVE = "active", "生效"
        VOID = "void", "作废"

    title = models.CharField("名称", max_length=100)
    document_no = models.CharField("文号", max_length=60, blank=True)
    parent_document = models.CharField("主文件", max_length=200, blank=True)
    effective_from = models.DateField("施行日期", help_text="只能是某月 1 日（津贴按月计算，A-25）")
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.DRAFT)
    parts = models.JSONField("内容")
    digest = models.CharField("内容校验", max_length=64)
    edition = models.PositiveIntegerField("修订号", default=1)
    based_on = models.ForeignKey(
        "self", verbose_name="起草所据版本", on_delete=models.PROTECT, null=True, blank=True, related_name="drafts"
    )
    note = models.TextField("说明", blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="起草人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField("起草时间", auto_now_add=True)
    activated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="启用人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    activated_at = models.DateTimeField("启用时间", null=True)
    activation_reason = models.TextField("启用理由", blank=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="作废人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    voided_at = models.DateTimeField("作废时间", null=True)
    void_reason = models.TextField("作废理由", blank=True)

    objects = RuleVersionQuerySet.as_manager()

    class Meta:
        verbose_name = "制度版本"
        verbose_name_plural = "制度版本"
        ordering = ["-effective_from", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["effective_from"], condition=Q(status="active"), name="rule_version_one_active_per_day"
            ),
            models.CheckConstraint(condition=Q(effective_from__day=1), name="rule_version_starts_on_the_first"),
            models.CheckConstraint(condition=Q(status__in=["draft", "active", "void"]), name="rule_version_status"),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.effective_from.isoformat()} 起）"

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT

    @property
    def is_active(self) -> bool:
        return self.status == self.Status.ACTIVE

    @property
    def content_key(self) -> str:
        """Names content and first day together: a preview holds for exactly this."""
        return f"{self.effective_from.isoformat()}:{self.digest}"

    def typed_parts(self) -> Parts:
        """The content as frozen dataclasses; `PartError` if it cannot be read."""
        return read_parts(self.parts)

    @staticmethod
    def part_labels() -> dict[str, str]:
        return dict(PART_LABELS)


class VersionPreview(models.Model):
    """What a draft would have given for past months, kept as shown to the person who then activates it."""

    version = models.ForeignKey(RuleVersion, verbose_name="制度版本", on_delete=models.CASCADE, related_name="previews")
    content_key = models.CharField("试算的内容", max_length=90)
    since = models.DateField("试算起始月")
    rows = models.JSONField("结果")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="试算人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    made_at = models.DateTimeField("试算时间", auto_now_add=True)

    class Meta:
        verbose_name = "试算"
        verbose_name_plural = "试算"
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.version} 试算 {self.made_at:%Y-%m-%d %H:%M}"


class SystemSetting(models.Model):
    """A system-wide setting that differs from its default; keys are the fields of `system.SystemSettings`."""

    key = models.CharField("设置", max_length=60, unique=True)
    value = models.JSONField("值")
    note = models.TextField("说明", blank=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="修改人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    updated_at = models.DateTimeField("修改时间", auto_now=True)

    class Meta:
        verbose_name = "系统设置"
        verbose_name_plural = "系统设置"
        ordering = ["key"]

    def __str__(self) -> str:
        return self.key
