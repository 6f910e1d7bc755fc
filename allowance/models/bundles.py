"""Bundles of reviewed sheets for the HR department."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role


class BundleState(models.TextChoices):
    OPEN = "open", "整理中"
    HANDED_OVER = "handed_over", "已送人事"
    RECEIVED = "received", "已接收"


class BundleQuerySet(models.QuerySet["Bundle"]):
    def visible_to(self, user: User) -> BundleQuerySet:
        """The office sees all bundles, HR those handed over."""
        access = user.access
        if access.has(Role.OFFICE):
            return self
        if access.has(Role.HR):
            return self.exclude(state=BundleState.OPEN)
        return self.none()


class Bundle(models.Model):
    """Reviewed sheets that go to HR together. A sheet points to its one bundle, so it cannot be in two."""

    number = models.CharField("批次号", max_length=20, unique=True)
    state = models.CharField("状态", max_length=12, choices=BundleState.choices, default=BundleState.OPEN)
    note = models.CharField("说明", max_length=200, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="整理人", on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    handed_over_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="送交人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    handed_over_at = models.DateTimeField("送交时间", null=True, blank=True)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="接收人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    received_at = models.DateTimeField("接收时间", null=True, blank=True)
    receipt_note = models.CharField("接收说明", max_length=200, blank=True)

    objects = BundleQuerySet.as_manager()

    class Meta:
        verbose_name = "送人事批次"
        verbose_name_plural = "送人事批次"
        ordering = ["-created_at"]
        constraints = [models.CheckConstraint(condition=Q(state__in=BundleState.values), name="bundle_state_known")]

    def __str__(self) -> str:
        return self.number
