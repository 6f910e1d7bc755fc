"""What colleges and the office wish for beyond the regulation (自定目标), and reminders inside the product."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.regulation.models import SchoolYear
from teachers.models import ClassTeacher, SchoolClass


class TargetQuerySet(models.QuerySet["Target"]):
    def visible_to(self, user: User) -> TargetQuerySet:
        """Targets of the whole school are everybody's; those of a college its own people's."""
        access = user.access
        if access.has(Role.OFFICE):
            return self
        colleges = set(access.colleges()) | ({user.home_college_id} if user.home_college_id else set())
        return self.filter(Q(college__isnull=True) | Q(college_id__in=colleges))


class Target(models.Model):
    """自定目标: how many of something a college or the office wishes per class and term. Never shown as required (O13)."""

    school_year = models.ForeignKey(SchoolYear, verbose_name="学年", on_delete=models.PROTECT, related_name="+")
    college = models.ForeignKey(
        College, verbose_name="二级学院", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        help_text="空为继续教育学院对全校的目标",
    )  # fmt: skip
    item = models.CharField("清单项目", max_length=30)
    number = models.PositiveSmallIntegerField("每班每学期次数")
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="设定人", on_delete=models.PROTECT, related_name="+"
    )
    set_at = models.DateTimeField("设定时间", auto_now=True)

    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = "自定目标"
        verbose_name_plural = "自定目标"
        ordering = ["school_year", "item"]
        constraints = [
            models.UniqueConstraint(fields=["school_year", "college", "item"], name="target_once"),
            models.UniqueConstraint(
                fields=["school_year", "item"], condition=Q(college__isnull=True), name="target_once_for_school"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item}·{self.number}"


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def open(self) -> ReminderQuerySet:
        return self.filter(done_at__isnull=True)

    def visible_to(self, user: User) -> ReminderQuerySet:
        access = user.access
        if access.has(Role.OFFICE):
            return self
        condition = Q(teacher__user=user) | Q(sent_by=user)
        if colleges := access.colleges(Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD):
            condition |= Q(college_id__in=colleges)
        return self.filter(condition)


class Reminder(models.Model):
    """A word from the college or office to a class teacher about something still owed."""

    teacher = models.ForeignKey(ClassTeacher, verbose_name="班主任", on_delete=models.PROTECT, related_name="reminders")
    college = models.ForeignKey(College, verbose_name="二级学院", on_delete=models.PROTECT, related_name="+")
    school_class = models.ForeignKey(
        SchoolClass, verbose_name="班级", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    item = models.CharField("清单项目", max_length=30, blank=True)
    text = models.CharField("提醒", max_length=300)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="提醒人", on_delete=models.PROTECT, related_name="+"
    )
    sent_at = models.DateTimeField("提醒时间", auto_now_add=True)
    seen_at = models.DateTimeField("已读时间", null=True, blank=True)
    done_at = models.DateTimeField("收起时间", null=True, blank=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = "提醒"
        verbose_name_plural = "提醒"
        ordering = ["-sent_at", "-pk"]

    def __str__(self) -> str:
        return self.text
