"""Who leads which class from when to when, and its filing with the continuing-education office (articles 2 and 11)."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role

from ..calculation import earliest
from .classes import SchoolClass
from .people import ClassTeacher


class PostKind(models.TextChoices):
    MAIN = "main", "班主任"
    ACTING = "acting", "代理班主任"


class AppointmentState(models.TextChoices):
    """拟聘 → 已聘 → 已备案 → 已离任/已解聘; 已作废 is a correction that keeps the wrong entry visible."""

    PROPOSED = "proposed", "拟聘"
    APPOINTED = "appointed", "已聘"
    FILED = "filed", "已备案"
    ENDED = "ended", "已离任"
    DISMISSED = "dismissed", "已解聘"
    VOIDED = "voided", "已作废"


class EndReason(models.TextChoices):
    EXPIRED = "期满", "期满"
    WORK = "工作需要", "工作需要"
    SPECIAL = "特殊事由", "特殊事由"
    DISMISSED = "解聘", "解聘"


EFFECTIVE_STATES = (
    AppointmentState.APPOINTED,
    AppointmentState.FILED,
    AppointmentState.ENDED,
    AppointmentState.DISMISSED,
)
"""States in which the days of the appointment count as days in post."""


OPEN_STATES = (AppointmentState.APPOINTED, AppointmentState.FILED)


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def effective(self) -> AppointmentQuerySet:
        return self.filter(state__in=EFFECTIVE_STATES)

    def on(self, day: dt.date) -> AppointmentQuerySet:
        """Appointments in post on the day, first and last day included; days after the term do not count (art. 2)."""
        return self.effective().not_over(day).in_term(day).filter(starts_on__lte=day)

    def not_over(self, day: dt.date) -> AppointmentQuerySet:
        """Not ended before the day. A teacher whose term has run out unrenewed keeps the class pages until the end."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))

    def in_term(self, day: dt.date) -> AppointmentQuerySet:
        """Without a recorded term, or with one that reaches the day."""
        return self.filter(Q(planned_end_on__isnull=True) | Q(planned_end_on__gte=day))

    def touching(self, first: dt.date, last: dt.date) -> AppointmentQuerySet:
        """Effective appointments with at least one day in post in the span."""
        return self.effective().not_over(first).in_term(first).filter(starts_on__lte=last)

    def open(self) -> AppointmentQuerySet:
        """Appointed or filed and without an end."""
        return self.filter(state__in=OPEN_STATES, ends_on__isnull=True)

    def unfiled(self) -> AppointmentQuerySet:
        return self.effective().filter(filed_on__isnull=True)

    def expiring(self, by: dt.date) -> AppointmentQuerySet:
        """Open appointments whose planned end has passed or comes by the day."""
        return self.open().filter(planned_end_on__lte=by)

    def visible_to(self, user: User) -> AppointmentQuerySet:
        """The office sees all, college roles those of the own college's classes, a teacher the own."""
        access = user.access
        if access.has(Role.OFFICE):
            return self
        return self.filter(Q(school_class__college_id__in=access.colleges()) | Q(teacher__user=user))


class Appointment(models.Model):
    """One span of one teacher at one class. The start and the end day count; two main teachers never share a day
    unless the heads are shared between them (A-20)."""

    school_class = models.ForeignKey(
        SchoolClass, verbose_name="班级", on_delete=models.PROTECT, related_name="appointments"
    )
    teacher = models.ForeignKey(
        ClassTeacher, verbose_name="班主任", on_delete=models.PROTECT, related_name="appointments"
    )
    kind = models.CharField("聘任类别", max_length=10, choices=PostKind.choices, default=PostKind.MAIN)
    starts_on = models.DateField("开始日期", help_text="在岗的第一天")
    ends_on = models.DateField("结束日期", null=True, blank=True, help_text="在岗的最后一天")
    planned_end_on = models.DateField(
        "聘期至", null=True, blank=True, help_text="聘期的最后一天；空为未约定。期满未续聘，其后的日子不计在岗"
    )
    end_reason = models.CharField("结束原因", max_length=4, choices=EndReason.choices, blank=True)
    share = models.PositiveSmallIntegerField(
        "分担人数", null=True, blank=True, help_text="一班由两位班主任分担时，本人负责的学生人数"
    )
    state = models.CharField(
        "状态", max_length=10, choices=AppointmentState.choices, default=AppointmentState.APPOINTED
    )
    filed_on = models.DateField("备案日期", null=True, blank=True)
    filing_no = models.CharField("备案编号", max_length=40, blank=True)
    filing_question = models.TextField(
        "备案退问", blank=True, help_text="尚未答复的退问；答复后清空，往来保留在备案记录"
    )
    nomination = models.OneToOneField(
        "teachers.Nomination",
        verbose_name="提名",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="appointment",
    )
    note = models.CharField("说明", max_length=200, blank=True)
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = "聘任"
        verbose_name_plural = "聘任"
        ordering = ["school_class", "starts_on"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=AppointmentState.values), name="appointment_state_known"),
            models.CheckConstraint(condition=Q(kind__in=PostKind.values), name="appointment_kind_known"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="appointment_days_in_order"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | ~Q(end_reason=""), name="appointment_end_has_reason"
            ),
            models.UniqueConstraint(
                fields=["school_class"],
                condition=Q(state__in=EFFECTIVE_STATES, ends_on__isnull=True, share__isnull=True),
                name="appointment_one_open_per_class",
            ),
            models.UniqueConstraint(
                fields=["school_class", "teacher", "starts_on"],
                condition=Q(state__in=EFFECTIVE_STATES),
                name="appointment_once",
            ),
        ]
        indexes = [models.Index(fields=["starts_on", "ends_on"], name="appointment_days")]

    def __str__(self) -> str:
        return f"{self.school_class}·{self.teacher.name}（{self.starts_on}起）"

    def get_absolute_url(self) -> str:
        return reverse("teachers:appointment", args=[self.pk])

    @property
    def last_day(self) -> dt.date | None:
        """The last day in post: the recorded end or, when it comes first, the end of the term."""
        return earliest(self.ends_on, self.planned_end_on)

    @property
    def is_effective(self) -> bool:
        return self.state in EFFECTIVE_STATES

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES and self.ends_on is None

    def term_over_on(self, day: dt.date) -> bool:
        """Whether the term has run out by the day without renewal or end."""
        return self.is_open and self.planned_end_on is not None and self.planned_end_on < day


class FilingEvent(models.Model):
    """The correspondence of a filing: handed in, questioned, answered, filed. Never changed afterwards."""

    class Kind(models.TextChoices):
        SUBMITTED = "submitted", "报备"
        QUESTIONED = "questioned", "退问"
        ANSWERED = "answered", "答复"
        FILED = "filed", "备案"

    appointment = models.ForeignKey(
        Appointment, verbose_name="聘任", on_delete=models.PROTECT, related_name="filing_events"
    )
    kind = models.CharField("事项", max_length=10, choices=Kind.choices)
    text = models.TextField("内容", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="经办人", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = "备案记录"
        verbose_name_plural = "备案记录"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}·{self.at:%Y-%m-%d}"
