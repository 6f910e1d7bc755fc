"""Programmes and project classes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.accounts.roles import Role


class ProjectType(models.TextChoices):
    UPGRADE = "专接本", "专接本"
    SELF_STUDY = "自考助学", "自考助学"


class Phase(models.TextChoices):
    """Where a class stands on a day; the first month paid as graduating is decided by the rule version (A-11)."""

    BEFORE = "before", "未开班"
    TEACHING = "teaching", "教学中"
    GRADUATING = "graduating", "毕业班（教学结束）"
    CLOSED = "closed", "已结班"


class Programme(models.Model):
    """What a class studies: project type, sponsoring university (主考院校) and major (专业)."""

    project_type = models.CharField("项目类型", max_length=10, choices=ProjectType.choices)
    sponsor = models.CharField("主考院校", max_length=60, blank=True)
    major = models.CharField("专业", max_length=60, blank=True)

    class Meta:
        verbose_name = "专业项目"
        verbose_name_plural = "专业项目"
        ordering = ["project_type", "sponsor", "major"]
        constraints = [
            models.UniqueConstraint(fields=["project_type", "sponsor", "major"], name="programme_once"),
            models.CheckConstraint(condition=Q(project_type__in=ProjectType.values), name="programme_type_known"),
        ]

    def __str__(self) -> str:
        return "·".join(part for part in (self.project_type, self.sponsor, self.major) if part)


class SchoolClassQuerySet(models.QuerySet["SchoolClass"]):
    def visible_to(self, user: User) -> SchoolClassQuerySet:
        """The office sees all classes, college roles the own college's, a class teacher those led today or later.

        After a hand-over the class is closed to the former teacher: the own records and service history stay.
        """
        return self._of_colleges_or_led(user, user.access.colleges())

    def with_students_for(self, user: User) -> SchoolClassQuerySet:
        """Classes whose students the person opens one by one: as `visible_to`, but who only assesses does without."""
        return self._of_colleges_or_led(user, user.access.colleges(Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD))

    def _of_colleges_or_led(self, user: User, colleges: Collection[int]) -> SchoolClassQuerySet:
        if user.access.has(Role.OFFICE):
            return self
        condition = Q(college_id__in=colleges)
        if user.access.has(Role.CLASS_TEACHER):
            from .appointments import Appointment

            led = Appointment.objects.effective().not_over(timezone.localdate()).filter(school_class=OuterRef("pk"))
            condition |= Q(Exists(led.filter(teacher__user=user)))
        return self.filter(condition)

    def open_on(self, day: dt.date) -> SchoolClassQuerySet:
        """Classes that have opened and are not closed on the day."""
        return self.filter(Q(closes_on__isnull=True) | Q(closes_on__gte=day), opens_on__lte=day)

    def open_on_any(self, first: dt.date, last: dt.date) -> SchoolClassQuerySet:
        """Classes open on at least one day of the span."""
        return self.filter(Q(closes_on__isnull=True) | Q(closes_on__gte=first), opens_on__lte=last)


class SchoolClass(models.Model):
    """A project class (专接本 or 自考助学). All dates belong to the span they name."""

    code = models.CharField("班级代码", max_length=30, unique=True)
    name = models.CharField("班级名称", max_length=80)
    name_pinyin = models.CharField(max_length=300, blank=True, editable=False)
    name_initials = models.CharField(max_length=80, blank=True, editable=False)
    college = models.ForeignKey(College, verbose_name="二级学院", on_delete=models.PROTECT, related_name="classes")
    programme = models.ForeignKey(Programme, verbose_name="专业项目", on_delete=models.PROTECT, related_name="classes")
    entry_year = models.PositiveSmallIntegerField("入学年份", null=True, blank=True)
    opens_on = models.DateField("开班日期")
    teaching_ends_on = models.DateField("教学结束日期", null=True, blank=True, help_text="最后一个教学日")
    closes_on = models.DateField("结班日期", null=True, blank=True, help_text="班级的最后一天")
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = SchoolClassQuerySet.as_manager()

    class Meta:
        verbose_name = "班级"
        verbose_name_plural = "班级"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(teaching_ends_on__isnull=True) | Q(teaching_ends_on__gte=F("opens_on")),
                name="class_teaching_end_after_opening",
            ),
            models.CheckConstraint(
                condition=Q(closes_on__isnull=True)
                | Q(closes_on__gte=F("opens_on"))
                & (Q(teaching_ends_on__isnull=True) | Q(closes_on__gte=F("teaching_ends_on"))),
                name="class_close_after_teaching",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def phase_on(self, day: dt.date) -> Phase:
        """The phase by the class's own dates, before any rule about the first paid month."""
        if day < self.opens_on:
            return Phase.BEFORE
        if self.closes_on and day > self.closes_on:
            return Phase.CLOSED
        if self.teaching_ends_on and day > self.teaching_ends_on:
            return Phase.GRADUATING
        return Phase.TEACHING
