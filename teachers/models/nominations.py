"""Nomination with the five conditions of article 1; the college decides, the appointment follows (A-80)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role

from .appointments import PostKind
from .classes import SchoolClass
from .people import ClassTeacher

CONDITIONS: dict[str, tuple[str, str]] = {
    "C1.1": ("事业心与师德", "热爱教育和班级工作，有责任心，守法守纪，讲师德"),
    "C1.2": ("以身作则", "作风端正，言行可作学生表率"),
    "C1.3": ("学习与素养", "肯学习、会总结，具备教育心理和人文社科素养，人格健全"),
    "C1.4": ("思想工作能力", "善做学生思想工作，尊重、平等、公正，有原则，处事果断"),
    "C1.5": ("贯彻与合作", "能结合班级实际落实上级要求，有大局意识和合作精神"),
}
"""The five conditions of article 1 in its order, in short words of our own: title and hint."""

CONDITION_CLAUSES = tuple(CONDITIONS)


class NominationState(models.TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待学院决定"
    APPROVED = "approved", "已同意"
    REJECTED = "rejected", "未同意"
    WITHDRAWN = "withdrawn", "已撤回"


class NominationQuerySet(models.QuerySet["Nomination"]):
    def visible_to(self, user: User) -> NominationQuerySet:
        access = user.access
        if access.has(Role.OFFICE):
            return self
        return self.filter(school_class__college_id__in=access.colleges(Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD))


class Nomination(models.Model):
    """A teacher proposed for a class from a day on."""

    school_class = models.ForeignKey(
        SchoolClass, verbose_name="班级", on_delete=models.PROTECT, related_name="nominations"
    )
    teacher = models.ForeignKey(
        ClassTeacher, verbose_name="班主任", on_delete=models.PROTECT, related_name="nominations"
    )
    kind = models.CharField("聘任类别", max_length=10, choices=PostKind.choices, default=PostKind.MAIN)
    starts_on = models.DateField("拟聘开始日期")
    planned_end_on = models.DateField("聘期至", null=True, blank=True)
    share = models.PositiveSmallIntegerField("分担人数", null=True, blank=True)
    note = models.TextField("说明", blank=True)
    state = models.CharField("状态", max_length=10, choices=NominationState.choices, default=NominationState.DRAFT)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="提名人", on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField("提名时间", auto_now_add=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="提交人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="决定人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    decision_note = models.TextField("决定意见", blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = NominationQuerySet.as_manager()

    class Meta:
        verbose_name = "班主任提名"
        verbose_name_plural = "班主任提名"
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=NominationState.values), name="nomination_state_known")
        ]

    def __str__(self) -> str:
        return f"{self.school_class}·{self.teacher.name}"

    def get_absolute_url(self) -> str:
        return reverse("teachers:nomination", args=[self.pk])


class NominationCondition(models.Model):
    """One of the five conditions: confirmed or not, with a remark and, where it helps, a proof."""

    nomination = models.ForeignKey(Nomination, verbose_name="提名", on_delete=models.CASCADE, related_name="conditions")
    clause = models.CharField("条款", max_length=6, choices=[(code, code) for code in CONDITION_CLAUSES])
    confirmed = models.BooleanField("符合", default=False)
    remark = models.CharField("说明", max_length=300, blank=True)
    attachment = models.ForeignKey(
        "documents.StoredFile", verbose_name="附件", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "选聘条件"
        verbose_name_plural = "选聘条件"
        ordering = ["nomination", "clause"]
        constraints = [models.UniqueConstraint(fields=["nomination", "clause"], name="nomination_condition_once")]

    def __str__(self) -> str:
        return f"{self.clause}·{'符合' if self.confirmed else '未确认'}"

    @property
    def title(self) -> str:
        return CONDITIONS[self.clause][0]

    @property
    def hint(self) -> str:
        return CONDITIONS[self.clause][1]

    @property
    def article(self) -> str:
        """Where the regulation says it."""
        return f"第一条（{'一二三四五'[CONDITION_CLAUSES.index(self.clause)]}）"
