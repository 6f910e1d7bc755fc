"""Students and the one dated timeline that answers who was in which class in which state on any day."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from gaobo_banzhuren.accounts.models import User

from .classes import SchoolClass


class Sex(models.TextChoices):
    MALE = "男", "男"
    FEMALE = "女", "女"


class StudentState(models.TextChoices):
    ENROLLED = "在读", "在读"
    SUSPENDED = "休学", "休学"
    RETAINED = "保留", "保留"
    TRANSFERRED = "转出", "转出"
    WITHDRAWN = "退学", "退学"
    GRADUATED = "毕业", "毕业"


class StudentQuerySet(models.QuerySet["Student"]):
    def visible_to(self, user: User) -> StudentQuerySet:
        """Students who are or were on the roster of a class whose students the person may open."""
        seen = RosterEntry.objects.standing().filter(
            student=OuterRef("pk"), school_class__in=SchoolClass.objects.with_students_for(user)
        )
        return self.filter(Exists(seen))


class Student(models.Model):
    """A student by 学号. Class and state are never columns here: they are spans in RosterEntry."""

    student_no = models.CharField("学号", max_length=30, unique=True)
    name = models.CharField("姓名", max_length=50)
    name_pinyin = models.CharField(max_length=200, blank=True, editable=False, db_index=True)
    name_initials = models.CharField(max_length=50, blank=True, editable=False, db_index=True)
    sex = models.CharField("性别", max_length=2, choices=Sex.choices, blank=True)
    exam_no = models.CharField("准考证号", max_length=30, blank=True)
    phone = models.CharField("手机", max_length=30, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = StudentQuerySet.as_manager()

    class Meta:
        verbose_name = "学生"
        verbose_name_plural = "学生"
        ordering = ["student_no"]

    @property
    def audit_text(self) -> str:
        """By number: the log is read by people who have no business with names."""
        return f"学号 {self.student_no}"

    def __str__(self) -> str:
        return f"{self.name}（{self.student_no}）"


class RosterEntryQuerySet(models.QuerySet["RosterEntry"]):
    def standing(self) -> RosterEntryQuerySet:
        """Entries that hold; a corrected entry stays in the table as voided and counts nowhere."""
        return self.filter(voided_at__isnull=True)

    def on(self, day: dt.date) -> RosterEntryQuerySet:
        """Entries that hold on the day, first and last day included."""
        return self.standing().filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)

    def visible_to(self, user: User) -> RosterEntryQuerySet:
        return self.filter(school_class__in=SchoolClass.objects.visible_to(user))


class RosterEntry(models.Model):
    """One span of one student in one class in one state. A move or a change of state ends one span and starts the next."""

    student = models.ForeignKey(Student, verbose_name="学生", on_delete=models.PROTECT, related_name="roster_entries")
    school_class = models.ForeignKey(
        SchoolClass, verbose_name="班级", on_delete=models.PROTECT, related_name="roster_entries"
    )
    state = models.CharField("状态", max_length=4, choices=StudentState.choices)
    starts_on = models.DateField("开始日期", help_text="该状态的第一天")
    ends_on = models.DateField("结束日期", null=True, blank=True, help_text="该状态的最后一天")
    note = models.CharField("说明", max_length=200, blank=True)
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    voided_at = models.DateTimeField("更正时间", null=True, blank=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="更正人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    void_reason = models.CharField("更正原因", max_length=200, blank=True)

    objects = RosterEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "名册记录"
        verbose_name_plural = "名册记录"
        ordering = ["student", "starts_on"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=StudentState.values), name="roster_state_known"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="roster_days_in_order"
            ),
            models.UniqueConstraint(
                fields=["student", "starts_on"], condition=Q(voided_at__isnull=True), name="roster_one_start_per_day"
            ),
            models.UniqueConstraint(
                fields=["student"],
                condition=Q(voided_at__isnull=True, ends_on__isnull=True),
                name="roster_one_open_entry",
            ),
        ]
        indexes = [models.Index(fields=["school_class", "state", "starts_on"], name="roster_headcount")]

    def __str__(self) -> str:
        return f"{self.student_id}·{self.state}·{self.starts_on}"


class Guardian(models.Model):
    """A parent or other guardian; the phone is shown masked except to those who need it."""

    student = models.ForeignKey(Student, verbose_name="学生", on_delete=models.PROTECT, related_name="guardians")
    name = models.CharField("家长姓名", max_length=50)
    relation = models.CharField("家长关系", max_length=20, blank=True)
    phone = models.CharField("家长电话", max_length=30, blank=True)

    class Meta:
        verbose_name = "家长"
        verbose_name_plural = "家长"
        ordering = ["student", "id"]
        constraints = [models.UniqueConstraint(fields=["student", "name"], name="guardian_once_per_student")]

    @property
    def audit_text(self) -> str:
        return f"家长（学生{self.student.audit_text}）"

    def __str__(self) -> str:
        return f"{self.name}（{self.relation}）" if self.relation else self.name
