"""Basis headcounts: frozen with the sheet, and confirmed beforehand by the class teacher (A-28)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from gaobo_banzhuren.accounts.models import User
from teachers.models import ClassTeacher, SchoolClass

from .sheets import MonthSheet


class HeadcountSnapshot(models.Model):
    """The basis headcount of one class in one sheet, with the names behind it."""

    sheet = models.ForeignKey(MonthSheet, verbose_name="月表", on_delete=models.CASCADE, related_name="headcounts")
    school_class = models.ForeignKey(SchoolClass, verbose_name="班级", on_delete=models.PROTECT, related_name="+")
    class_code = models.CharField("班级代码", max_length=30)
    class_name = models.CharField("班级名称", max_length=80)
    phase = models.CharField("阶段", max_length=12)
    basis_on = models.DateField("基准日")
    headcount = models.PositiveIntegerField("基准人数")
    roster = models.TextField("名单", blank=True, help_text="基准日在读学生，每行学号与姓名")

    class Meta:
        verbose_name = "基准人数"
        verbose_name_plural = "基准人数"
        ordering = ["sheet", "class_code"]
        constraints = [models.UniqueConstraint(fields=["sheet", "school_class"], name="headcount_once_per_sheet")]

    def __str__(self) -> str:
        return f"{self.class_name}·{self.headcount}人"


class HeadcountConfirmationQuerySet(models.QuerySet["HeadcountConfirmation"]):
    def visible_to(self, user: User) -> HeadcountConfirmationQuerySet:
        return self.filter(Q(teacher__user=user) | Q(school_class__in=SchoolClass.objects.visible_to(user)))


class HeadcountConfirmation(models.Model):
    """What the class teacher said about the basis headcount of the class for the month: right, or objected with a text."""

    school_class = models.ForeignKey(SchoolClass, verbose_name="班级", on_delete=models.PROTECT, related_name="+")
    month = models.DateField("月份")
    teacher = models.ForeignKey(ClassTeacher, verbose_name="班主任", on_delete=models.PROTECT, related_name="+")
    headcount = models.PositiveIntegerField("基准人数")
    agreed = models.BooleanField("认可")
    objection = models.TextField("异议", blank=True)
    answered_at = models.DateTimeField("时间", auto_now=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="处理人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    resolution = models.TextField("处理说明", blank=True)

    objects = HeadcountConfirmationQuerySet.as_manager()

    class Meta:
        verbose_name = "人数确认"
        verbose_name_plural = "人数确认"
        ordering = ["-month", "school_class"]
        constraints = [
            models.UniqueConstraint(fields=["school_class", "month", "teacher"], name="headcount_confirmation_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="headcount_month_is_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.school_class}·{self.month:%Y-%m}"
