"""School years, terms, payable months, public holidays and make-up work days."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from ..parts import from_json
from ..year_settings import CycleBasis, OfficeTerm, SheetRhythm, YearSettings
from .rows import OpenQuerySet


class SchoolYear(models.Model):
    """学年, 1 September to 31 August, with what the office decides for it (settings of class C)."""

    name = models.CharField("学年", max_length=9, unique=True, help_text="如 2023-2024")
    starts_on = models.DateField("开始", unique=True)
    ends_on = models.DateField("结束", unique=True)
    sheet_rhythm = models.CharField("津贴表的周期", max_length=20, choices=[(c.value, c.label) for c in SheetRhythm])
    cycle_basis = models.CharField("考核周期", max_length=20, choices=[(c.value, c.label) for c in CycleBasis])
    publicity_working_days = models.PositiveSmallIntegerField("公示工作日数")
    publicity_shows_scores = models.BooleanField("公示名单显示分数")
    objection_answer_working_days = models.PositiveSmallIntegerField("异议答复期限（工作日）")
    term_of_office = models.CharField("聘期", max_length=20, choices=[(c.value, c.label) for c in OfficeTerm])
    graduate_award_percent = models.DecimalField(
        "优秀毕业生比例（%）", max_digits=5, decimal_places=2, null=True, blank=True
    )
    payable_confirmed_at = models.DateTimeField("计发月份确认时间", null=True)
    payable_confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="计发月份确认人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    edition = models.PositiveIntegerField("修订号", default=1)

    objects = OpenQuerySet.as_manager()

    class Meta:
        verbose_name = "学年"
        verbose_name_plural = "学年"
        ordering = ["-starts_on"]
        constraints = [models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="school_year_order")]

    def __str__(self) -> str:
        return f"{self.name} 学年"

    @property
    def payable_confirmed(self) -> bool:
        return self.payable_confirmed_at is not None

    def contains(self, day: dt.date) -> bool:
        return self.starts_on <= day <= self.ends_on

    def settings(self) -> YearSettings:
        """The year's decisions as a frozen dataclass."""
        share = self.graduate_award_percent
        return from_json(
            YearSettings,
            {
                "sheet_rhythm": self.sheet_rhythm,
                "cycle_basis": self.cycle_basis,
                "publicity_working_days": self.publicity_working_days,
                "publicity_shows_scores": self.publicity_shows_scores,
                "objection_answer_working_days": self.objection_answer_working_days,
                "term_of_office": self.term_of_office,
                "graduate_award_percent": None if share is None else str(share),
            },
        )


class Term(models.Model):
    """学期: a part of a school year; the terms of a year do not overlap."""

    school_year = models.ForeignKey(SchoolYear, verbose_name="学年", on_delete=models.PROTECT, related_name="terms")
    number = models.PositiveSmallIntegerField("序号")
    name = models.CharField("名称", max_length=20)
    starts_on = models.DateField("开始")
    ends_on = models.DateField("结束")

    objects = OpenQuerySet.as_manager()

    class Meta:
        verbose_name = "学期"
        verbose_name_plural = "学期"
        ordering = ["starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["school_year", "number"], name="term_number_in_year"),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="term_order"),
        ]

    def __str__(self) -> str:
        return f"{self.school_year.name} {self.name}"


class PayableMonth(models.Model):
    """Whether allowance is paid for one month of a school year (A-04)."""

    school_year = models.ForeignKey(
        SchoolYear, verbose_name="学年", on_delete=models.PROTECT, related_name="payable_months"
    )
    month = models.DateField("月份", unique=True, help_text="该月 1 日")
    payable = models.BooleanField("计发")

    objects = OpenQuerySet.as_manager()

    class Meta:
        verbose_name = "计发月份"
        verbose_name_plural = "计发月份"
        ordering = ["month"]
        constraints = [models.CheckConstraint(condition=Q(month__day=1), name="payable_month_is_a_first")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class CalendarDay(models.Model):
    """A day that is not what its weekday says: a public holiday, or a weekend day that is worked."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", "放假"
        MAKE_UP = "make_up", "调休上班"

    day = models.DateField("日期", unique=True)
    kind = models.CharField("类别", max_length=10, choices=Kind.choices)
    name = models.CharField("名称", max_length=40)

    objects = OpenQuerySet.as_manager()

    class Meta:
        verbose_name = "校历日"
        verbose_name_plural = "校历日"
        ordering = ["day"]
        constraints = [models.CheckConstraint(condition=Q(kind__in=["holiday", "make_up"]), name="calendar_day_kind")]

    def __str__(self) -> str:
        return f"{self.day.isoformat()} {self.name}"
