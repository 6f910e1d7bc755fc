"""Hand-over and dismissal (article 2)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role

from .appointments import Appointment, EndReason
from .classes import SchoolClass
from .people import ClassTeacher

ADJUSTMENT_REASONS = (EndReason.WORK, EndReason.SPECIAL)
"""The two grounds article 2 gives for a change of teacher; a change is no dismissal and leaves no mark (C2.2)."""


class HandoverState(models.TextChoices):
    OPEN = "open", "待双方确认"
    DONE = "done", "已完成"
    CANCELLED = "cancelled", "已取消"


class HandoverQuerySet(models.QuerySet["Handover"]):
    def visible_to(self, user: User) -> HandoverQuerySet:
        """The office sees all, a college its own, the two teachers theirs."""
        access = user.access
        if access.has(Role.OFFICE):
            return self
        return self.filter(
            Q(school_class__college_id__in=access.colleges(Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD))
            | Q(outgoing__teacher__user=user)
            | Q(incoming__teacher__user=user)
        )


class Handover(models.Model):
    """The change of teacher of a class on a day: the outgoing appointment ends the day before the incoming starts."""

    school_class = models.ForeignKey(
        SchoolClass, verbose_name="班级", on_delete=models.PROTECT, related_name="handovers"
    )
    outgoing = models.ForeignKey(
        Appointment, verbose_name="移交方", on_delete=models.PROTECT, related_name="handovers_out"
    )
    incoming = models.ForeignKey(
        Appointment, verbose_name="接收方", on_delete=models.PROTECT, related_name="handovers_in"
    )
    takes_over_on = models.DateField("接任日期")
    reason = models.CharField(
        "原因", max_length=4, choices=[(reason.value, reason.label) for reason in ADJUSTMENT_REASONS]
    )
    note = models.TextField("说明", blank=True)
    state = models.CharField("状态", max_length=10, choices=HandoverState.choices, default=HandoverState.OPEN)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="提出人", on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField("提出时间", auto_now_add=True)
    outgoing_confirmed_at = models.DateTimeField("移交方确认时间", null=True, blank=True)
    incoming_confirmed_at = models.DateTimeField("接收方确认时间", null=True, blank=True)
    cancelled_at = models.DateTimeField("取消时间", null=True, blank=True)
    cancel_reason = models.CharField("取消原因", max_length=200, blank=True)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        verbose_name = "班级交接"
        verbose_name_plural = "班级交接"
        ordering = ["-takes_over_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(outgoing=F("incoming")), name="handover_between_two"),
            models.CheckConstraint(condition=Q(reason__in=ADJUSTMENT_REASONS), name="handover_reason_known"),
            models.CheckConstraint(condition=Q(state__in=HandoverState.values), name="handover_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.school_class}·{self.takes_over_on}交接"

    def get_absolute_url(self) -> str:
        return reverse("teachers:handover", args=[self.pk])


class HandoverItem(models.Model):
    """One entry of the hand-over checklist."""

    class Kind(models.TextChoices):
        ROSTER = "roster", "学生名单"
        FEES = "fees", "欠费名单"
        TALKS = "talks", "谈话与重点关注学生"
        TASKS = "tasks", "未结任务"

    handover = models.ForeignKey(Handover, verbose_name="交接", on_delete=models.CASCADE, related_name="items")
    kind = models.CharField("事项", max_length=10, choices=Kind.choices)
    content = models.TextField("内容", blank=True)
    done = models.BooleanField("已移交", default=False)

    class Meta:
        verbose_name = "交接事项"
        verbose_name_plural = "交接事项"
        ordering = ["handover", "id"]
        constraints = [models.UniqueConstraint(fields=["handover", "kind"], name="handover_item_once")]

    def __str__(self) -> str:
        return self.get_kind_display()


class DismissalGround(models.TextChoices):
    NOT_DOING = "不履行职责", "不履行职责"
    NEGLECT = "玩忽职守", "玩忽职守"
    BAD_EFFECT = "其他不良影响", "其他不良影响"


class DismissalState(models.TextChoices):
    PROPOSED = "proposed", "学院已提出"
    DECIDED = "decided", "已决定解聘"
    REJECTED = "rejected", "不予解聘"
    WITHDRAWN = "withdrawn", "学院已撤回"


class DismissalQuerySet(models.QuerySet["Dismissal"]):
    def visible_to(self, user: User) -> DismissalQuerySet:
        access = user.access
        if access.has(Role.OFFICE):
            return self
        return self.filter(
            Q(college_id__in=access.colleges(Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD)) | Q(teacher__user=user)
        )


class Dismissal(models.Model):
    """A dismissal from proposal to decision. `effective_on` is the first day not in post."""

    teacher = models.ForeignKey(
        ClassTeacher, verbose_name="班主任", on_delete=models.PROTECT, related_name="dismissals"
    )
    college = models.ForeignKey(
        "accounts.College", verbose_name="提出学院", on_delete=models.PROTECT, related_name="dismissals"
    )
    appointments = models.ManyToManyField(Appointment, verbose_name="涉及聘任", related_name="dismissals")
    ground = models.CharField("事由", max_length=10, choices=DismissalGround.choices)
    facts = models.TextField("事实")
    evidence = models.ManyToManyField("documents.StoredFile", verbose_name="证据", blank=True, related_name="+")
    effective_on = models.DateField("生效日期", help_text="不再在岗的第一天")
    state = models.CharField("状态", max_length=10, choices=DismissalState.choices, default=DismissalState.PROPOSED)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="提出人", on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField("提出时间", auto_now_add=True)
    statement = models.TextField("本人陈述", blank=True)
    statement_at = models.DateTimeField("陈述时间", null=True, blank=True)
    decision = models.TextField("决定内容", blank=True)
    decision_no = models.CharField("决定文号", max_length=60, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="登记决定人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)

    objects = DismissalQuerySet.as_manager()

    class Meta:
        verbose_name = "解聘"
        verbose_name_plural = "解聘"
        ordering = ["-proposed_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DismissalState.values), name="dismissal_state_known"),
            models.UniqueConstraint(
                fields=["teacher", "college"], condition=Q(state=DismissalState.PROPOSED), name="dismissal_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.teacher.name}·{self.get_ground_display()}"

    def get_absolute_url(self) -> str:
        return reverse("teachers:dismissal", args=[self.pk])
