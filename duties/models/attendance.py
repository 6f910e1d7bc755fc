"""Roll calls by session with their exceptions, and leave slips (article 5 (4))."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from gaobo_banzhuren.accounts.models import User
from teachers.models import SchoolClass, Student


class Mark(models.TextChoices):
    """How a student attended. Whoever has no mark in a recorded session was present."""

    PRESENT = "present", "出勤"
    LATE = "late", "迟到"
    EARLY = "early", "早退"
    LEAVE = "leave", "请假"
    OFFICIAL = "official", "公假"
    ABSENT = "absent", "旷课"


class SessionQuerySet(models.QuerySet["AttendanceSession"]):
    def standing(self) -> SessionQuerySet:
        return self.filter(voided_at__isnull=True)

    def visible_to(self, user: User) -> SessionQuerySet:
        """Sessions of visible classes, and those one called oneself."""
        return self.filter(Q(school_class__in=SchoolClass.objects.visible_to(user)) | Q(taken_by=user))


class AttendanceSession(models.Model):
    """One roll call of one class. The counts are fixed when it is saved, from the roster of that day.

    `present` counts 出勤 + 迟到 + 早退; `excused` approved 请假 and 公假; `due` = present + excused + absent, where
    leave without approval is absent (5.1).
    """

    school_class = models.ForeignKey(
        SchoolClass, verbose_name="班级", on_delete=models.PROTECT, related_name="attendance_sessions"
    )
    day = models.DateField("日期")
    period = models.CharField("节次", max_length=20, help_text="如 1-2节、上午、晚自习")
    course_name = models.CharField("课程", max_length=60, blank=True)
    course_teacher = models.CharField("任课教师", max_length=30, blank=True)
    due = models.PositiveSmallIntegerField("应到")
    present = models.PositiveSmallIntegerField("实到")
    late = models.PositiveSmallIntegerField("迟到", default=0)
    early = models.PositiveSmallIntegerField("早退", default=0)
    excused = models.PositiveSmallIntegerField("准假", default=0)
    absent = models.PositiveSmallIntegerField("缺勤", default=0)
    remark = models.CharField("备注", max_length=200, blank=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="点名人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    taken_at = models.DateTimeField("登记时间", auto_now_add=True)
    client_id = models.CharField("设备草稿号", max_length=64, blank=True, editable=False)
    voided_at = models.DateTimeField("作废时间", null=True, blank=True)
    void_reason = models.CharField("作废原因", max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = "点名"
        verbose_name_plural = "点名"
        ordering = ["-day", "period", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["school_class", "day", "period"], condition=Q(voided_at__isnull=True), name="session_once"
            ),
            models.UniqueConstraint(
                fields=["taken_by", "client_id"], condition=~Q(client_id=""), name="session_sent_once"
            ),
            models.CheckConstraint(
                condition=Q(due=F("present") + F("excused") + F("absent")), name="session_counts_add_up"
            ),
            models.CheckConstraint(condition=Q(present__gte=F("late") + F("early")), name="session_late_are_present"),
        ]
        indexes = [models.Index(fields=["school_class", "day"], name="session_class_day")]

    def __str__(self) -> str:
        return f"{self.school_class} {self.day} {self.period}"

    def get_absolute_url(self) -> str:
        return reverse("duties:session", args=[self.pk])


class AttendanceMark(models.Model):
    """An exception of one student in one roll call. `approved` tells approved leave from leave that was not granted."""

    session = models.ForeignKey(AttendanceSession, verbose_name="点名", on_delete=models.CASCADE, related_name="marks")
    student = models.ForeignKey(Student, verbose_name="学生", on_delete=models.PROTECT, related_name="+")
    mark = models.CharField("出勤情况", max_length=10, choices=Mark.choices)
    approved = models.BooleanField("已准假", default=False)
    leave = models.ForeignKey(
        "StudentLeave", verbose_name="请假单", on_delete=models.PROTECT, null=True, blank=True, related_name="marks"
    )
    note = models.CharField("说明", max_length=100, blank=True)

    class Meta:
        verbose_name = "点名例外"
        verbose_name_plural = "点名例外"
        constraints = [
            models.UniqueConstraint(fields=["session", "student"], name="mark_once"),
            models.CheckConstraint(
                condition=Q(mark__in=["late", "early", "leave", "official", "absent"]), name="mark_is_an_exception"
            ),
            models.CheckConstraint(
                condition=Q(approved=False) | Q(mark__in=["leave", "official"]), name="mark_only_leave_is_approved"
            ),
        ]
        indexes = [models.Index(fields=["student", "mark"], name="mark_by_student")]

    def __str__(self) -> str:
        return f"{self.student}·{self.get_mark_display()}"


class AttendanceChange(models.Model):
    """A correction of a roll call, or its end: by whom, why, and the marks and counts before and after. Never changed."""

    session = models.ForeignKey(
        AttendanceSession, verbose_name="点名", on_delete=models.PROTECT, related_name="changes"
    )
    before = models.JSONField("更正前", default=dict)
    after = models.JSONField("更正后", default=dict)
    reason = models.CharField("理由", max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="更正人", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = "点名更正"
        verbose_name_plural = "点名更正"
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.session}·{self.at:%Y-%m-%d %H:%M}"


class LeaveReason(models.TextChoices):
    SICK = "sick", "病假"
    PERSONAL = "personal", "事假"
    OFFICIAL = "official", "公假"


class LeaveState(models.TextChoices):
    """待批 → 已准 → 已销假, or 未准; a slip written by mistake is 作废."""

    ASKED = "asked", "待批"
    APPROVED = "approved", "已准假"
    REFUSED = "refused", "未准假"
    RETURNED = "returned", "已销假"
    VOIDED = "voided", "已作废"


class StudentLeaveQuerySet(models.QuerySet["StudentLeave"]):
    def granted(self) -> StudentLeaveQuerySet:
        return self.filter(state__in=(LeaveState.APPROVED, LeaveState.RETURNED))

    def visible_to(self, user: User) -> StudentLeaveQuerySet:
        return self.filter(school_class__in=SchoolClass.objects.visible_to(user))


class StudentLeave(models.Model):
    """请假单: it fills the roll calls of its days; 销假 closes it. First and last day included."""

    student = models.ForeignKey(Student, verbose_name="学生", on_delete=models.PROTECT, related_name="leaves")
    school_class = models.ForeignKey(
        SchoolClass, verbose_name="班级", on_delete=models.PROTECT, related_name="student_leaves"
    )
    kind = models.CharField("假别", max_length=10, choices=LeaveReason.choices)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    periods = models.CharField("节次", max_length=60, blank=True, help_text="空为全天")
    reason = models.CharField("事由", max_length=200)
    proof = models.ForeignKey(
        "documents.StoredFile", verbose_name="证明", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField("状态", max_length=10, choices=LeaveState.choices, default=LeaveState.APPROVED)
    approver_name = models.CharField("批准人", max_length=30, blank=True)
    returned_on = models.DateField("销假日期", null=True, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = StudentLeaveQuerySet.as_manager()

    class Meta:
        verbose_name = "学生请假"
        verbose_name_plural = "学生请假"
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="student_leave_days_in_order"),
            models.CheckConstraint(
                condition=~Q(state="returned") | Q(returned_on__isnull=False), name="student_leave_return_has_day"
            ),
        ]
        indexes = [models.Index(fields=["school_class", "starts_on"], name="student_leave_class_day")]

    @property
    def audit_text(self) -> str:
        return self.student.audit_text

    def __str__(self) -> str:
        return f"{self.student}·{self.get_kind_display()}（{self.starts_on} 至 {self.ends_on}）"

    def get_absolute_url(self) -> str:
        return reverse("duties:leave", args=[self.pk])
