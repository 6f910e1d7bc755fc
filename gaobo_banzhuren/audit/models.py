"""One append-only table and the head of its chain."""

from __future__ import annotations

from django.db import models

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def visible_to(self, user: User) -> AuditEntryQuerySet:
        """Auditors, office and system administrators read all, college administrators and heads their own college's."""
        access = user.access
        if access.has(Role.AUDITOR, Role.OFFICE, Role.SYSADMIN):
            return self
        return self.filter(college_id__in=access.colleges(Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD))


class AuditEntry(models.Model):
    """One recorded act. Names are kept as plain text: the entry outlives the person and the object."""

    sequence = models.PositiveBigIntegerField("序号", unique=True)
    at = models.DateTimeField("时间", db_index=True)
    actor_id = models.BigIntegerField("操作人编号", null=True, db_index=True)
    actor_staff_no = models.CharField("工号", max_length=20, blank=True)
    actor_name = models.CharField("操作人", max_length=50, blank=True)
    role = models.CharField("身份", max_length=20, blank=True)
    college_id = models.BigIntegerField("学院编号", null=True, db_index=True)
    address = models.CharField("来源地址", max_length=45, blank=True)
    request_id = models.CharField("请求编号", max_length=32, blank=True)
    action = models.CharField("动作", max_length=60, db_index=True)
    object_type = models.CharField("对象类别", max_length=60, blank=True)
    object_id = models.CharField("对象编号", max_length=60, blank=True)
    object_text = models.CharField("对象", max_length=200, blank=True)
    before = models.JSONField("变更前", null=True)
    after = models.JSONField("变更后", null=True)
    reason = models.TextField("理由", blank=True)
    previous_mac = models.CharField("前一条校验", max_length=64)
    mac = models.CharField("校验", max_length=64)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "审计记录"
        verbose_name_plural = "审计记录"
        ordering = ["-sequence"]
        indexes = [
            models.Index(fields=["object_type", "object_id"], name="audit_object"),
            models.Index(fields=["college_id", "-sequence"], name="audit_last_of_college"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.action} {self.object_text}"


class ChainHead(models.Model):
    """The last sequence number and code; its only row is locked while an entry is appended."""

    sequence = models.PositiveBigIntegerField("最后序号", default=0)
    mac = models.CharField("最后校验", max_length=64, blank=True)

    class Meta:
        verbose_name = "审计链头"
        verbose_name_plural = "审计链头"

    def __str__(self) -> str:
        return str(self.sequence)
