"""Tasks given to class teachers, meetings they attend, plans and summaries they hand in (articles 3 (二), 5 (7), 9)."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.regulation.models import Term
from teachers.models import ClassTeacher, SchoolClass


class Giver(models.TextChoices):
    """Who asks, as the regulation names them (O4)."""

    SCHOOL = "school", "学校"
    OFFICE = "office", "继续教育学院"
    COLLEGE = "college", "二级学院"


class TaskQuerySet(models.QuerySet["Task"]):
    def visible_to(self, user: User) -> TaskQuerySet:
        """The office sees all, a college its own and those its teachers were given, a class teacher the own."""
        access = user.access
        if access.has(Role.OFFICE):
            return self
        given = TaskAssignment.objects.filter(task=OuterRef("pk"))
        condition = Q(Exists(given.filter(teacher__user=user)))
        if colleges := access.colleges():
            condition |= Q(college_id__in=colleges) | Q(Exists(given.filter(college_id__in=colleges)))
        return self.filter(condition)


class Task(models.Model):
    """One task or request for material, given to one teacher or many at once."""

    class Kind(models.TextChoices):
        TASK = "task", "工作任务"
        MATERIAL = "material", "材料上报"

    kind = models.CharField("类别", max_length=10, choices=Kind.choices, default=Kind.TASK)
    giver = models.CharField("布置单位", max_length=10, choices=Giver.choices)
    college = models.ForeignKey(
        College, verbose_name="二级学院", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        help_text="二级学院布置的任务属于哪个学院；空为全校",
    )  # fmt: skip
    title = models.CharField("任务", max_length=120)
    text = models.TextField("要求", blank=True)
    materials = models.CharField("需要的材料", max_length=200, blank=True)
    due_on = models.DateField("期限")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="布置人", on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField("布置时间", auto_now_add=True)
    cancelled_at = models.DateTimeField("撤销时间", null=True, blank=True)
    cancel_reason = models.CharField("撤销原因", max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = "任务"
        verbose_name_plural = "任务"
        ordering = ["-due_on", "-pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("duties:task", args=[self.pk])


class AssignmentState(models.TextChoices):
    """待接收 → 已接收 → 已上报 → (退回 → 已上报) → 已办结; 已撤销 with the task."""

    GIVEN = "given", "待接收"
    ACCEPTED = "accepted", "已接收"
    REPORTED = "reported", "已上报"
    RETURNED = "returned", "已退回"
    CLOSED = "closed", "已办结"
    CANCELLED = "cancelled", "已撤销"


OPEN_ASSIGNMENTS = (AssignmentState.GIVEN, AssignmentState.ACCEPTED, AssignmentState.RETURNED)


class TaskAssignmentQuerySet(models.QuerySet["TaskAssignment"]):
    def counted(self) -> TaskAssignmentQuerySet:
        return self.exclude(state=AssignmentState.CANCELLED)

    def open(self) -> TaskAssignmentQuerySet:
        """What the class teacher still has to report."""
        return self.filter(state__in=OPEN_ASSIGNMENTS)

    def late(self, today: dt.date) -> TaskAssignmentQuerySet:
        """The same question as `TaskAssignment.late_on`, asked of the table."""
        return self.counted().filter(Q(reported_on__gt=F("due_on")) | Q(reported_on=None, due_on__lt=today))

    def visible_to(self, user: User) -> TaskAssignmentQuerySet:
        access = user.access
        if access.has(Role.OFFICE):
            return self
        condition = Q(teacher__user=user)
        if colleges := access.colleges():
            condition |= Q(college_id__in=colleges)
        return self.filter(condition)


class TaskAssignment(models.Model):
    """The task as one class teacher has it. Late: reported after the due day, or not reported when it has passed.

    `reported_on` is the day of the report that stands; a returned report stands no longer, and the return may set a
    new `due_on` for this teacher.
    """

    task = models.ForeignKey(Task, verbose_name="任务", on_delete=models.PROTECT, related_name="assignments")
    teacher = models.ForeignKey(ClassTeacher, verbose_name="班主任", on_delete=models.PROTECT, related_name="tasks")
    college = models.ForeignKey(College, verbose_name="二级学院", on_delete=models.PROTECT, related_name="+")
    state = models.CharField("状态", max_length=10, choices=AssignmentState.choices, default=AssignmentState.GIVEN)
    due_on = models.DateField("期限")
    accepted_at = models.DateTimeField("接收时间", null=True, blank=True)
    reported_on = models.DateField("上报日期", null=True, blank=True)
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="办结人", on_delete=models.PROTECT, null=True, blank=True,
        related_name="+",
    )  # fmt: skip
    quality = models.CharField("质量评价", max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = TaskAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = "任务分派"
        verbose_name_plural = "任务分派"
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["task", "teacher"], name="task_once_per_teacher"),
            models.CheckConstraint(condition=Q(state__in=AssignmentState.values), name="assignment_state_known"),
        ]
        indexes = [models.Index(fields=["teacher", "due_on"], name="assignment_teacher_due")]

    def __str__(self) -> str:
        return f"{self.task}·{self.teacher}"

    def get_absolute_url(self) -> str:
        return reverse("duties:assignment", args=[self.pk])

    def late_on(self, today: dt.date) -> bool:
        """Done after the due day, or still open after it (C3.2). A cancelled task is never late."""
        return self.state != AssignmentState.CANCELLED and (self.reported_on or today) > self.due_on


class TaskReport(models.Model):
    """One report on a task; a returned one is kept and the next gets the next number."""

    assignment = models.ForeignKey(
        TaskAssignment, verbose_name="任务分派", on_delete=models.PROTECT, related_name="reports"
    )
    number = models.PositiveSmallIntegerField("第几次")
    text = models.TextField("上报内容")
    reported_at = models.DateTimeField("上报时间", auto_now_add=True)
    returned_at = models.DateTimeField("退回时间", null=True, blank=True)
    return_reason = models.CharField("退回原因", max_length=300, blank=True)
    files = models.ManyToManyField("documents.StoredFile", verbose_name="附件", blank=True, related_name="+")

    class Meta:
        verbose_name = "任务上报"
        verbose_name_plural = "任务上报"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["assignment", "number"], name="task_report_number")]

    def __str__(self) -> str:
        return f"{self.assignment}·第 {self.number} 次"


class StaffMeetingQuerySet(models.QuerySet["StaffMeeting"]):
    def visible_to(self, user: User) -> StaffMeetingQuerySet:
        access = user.access
        if access.has(Role.OFFICE):
            return self
        due = MeetingAttendance.objects.filter(meeting=OuterRef("pk"))
        condition = Q(Exists(due.filter(teacher__user=user)))
        if colleges := access.colleges():
            condition |= Q(college_id__in=colleges) | Q(Exists(due.filter(college_id__in=colleges)))
        return self.filter(condition)


class StaffMeeting(models.Model):
    """班主任会议 and other gatherings that class teachers are due at (article 9, 四)."""

    class Kind(models.TextChoices):
        MEETING = "meeting", "班主任会议"
        STUDY = "study", "政治学习"
        TRAINING = "training", "培训"
        OTHER = "other", "其他活动"

    kind = models.CharField("类别", max_length=10, choices=Kind.choices, default=Kind.MEETING)
    giver = models.CharField("召集单位", max_length=10, choices=Giver.choices)
    college = models.ForeignKey(
        College, verbose_name="二级学院", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    title = models.CharField("议题", max_length=120)
    held_on = models.DateField("日期")
    starts_at = models.TimeField("时间", null=True, blank=True)
    place = models.CharField("地点", max_length=60, blank=True)
    text = models.TextField("内容", blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="召集人", on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    settled_at = models.DateTimeField("出席登记时间", null=True, blank=True)
    cancelled_at = models.DateTimeField("取消时间", null=True, blank=True)
    cancel_reason = models.CharField("取消原因", max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = StaffMeetingQuerySet.as_manager()

    class Meta:
        verbose_name = "班主任会议"
        verbose_name_plural = "班主任会议"
        ordering = ["-held_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.title}（{self.held_on}）"

    def get_absolute_url(self) -> str:
        return reverse("duties:meeting", args=[self.pk])


class Presence(models.TextChoices):
    DUE = "due", "未登记"
    PRESENT = "present", "出席"
    LATE = "late", "迟到"
    EXCUSED = "excused", "准假"
    ABSENT = "absent", "缺席"


class MeetingAttendanceQuerySet(models.QuerySet["MeetingAttendance"]):
    def counted(self) -> MeetingAttendanceQuerySet:
        """Rows of meetings that were held and whose attendance was noted."""
        return self.filter(meeting__cancelled_at=None).exclude(presence=Presence.DUE)

    def visible_to(self, user: User) -> MeetingAttendanceQuerySet:
        access = user.access
        if access.has(Role.OFFICE):
            return self
        condition = Q(teacher__user=user)
        if colleges := access.colleges():
            condition |= Q(college_id__in=colleges)
        return self.filter(condition)


class MeetingAttendance(models.Model):
    """One class teacher who was due at a meeting."""

    meeting = models.ForeignKey(StaffMeeting, verbose_name="会议", on_delete=models.PROTECT, related_name="attendances")
    teacher = models.ForeignKey(ClassTeacher, verbose_name="班主任", on_delete=models.PROTECT, related_name="meetings")
    college = models.ForeignKey(College, verbose_name="二级学院", on_delete=models.PROTECT, related_name="+")
    presence = models.CharField("出席情况", max_length=10, choices=Presence.choices, default=Presence.DUE)
    note = models.CharField("说明", max_length=100, blank=True)

    objects = MeetingAttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = "会议出席"
        verbose_name_plural = "会议出席"
        constraints = [
            models.UniqueConstraint(fields=["meeting", "teacher"], name="meeting_once_per_teacher"),
            models.CheckConstraint(condition=Q(presence__in=Presence.values), name="presence_known"),
        ]

    def __str__(self) -> str:
        return f"{self.meeting}·{self.teacher}"


class PaperState(models.TextChoices):
    """草稿 → 已提交 → (退回 → 已提交) → 已审阅."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "已提交"
    RETURNED = "returned", "已退回"
    REVIEWED = "reviewed", "已审阅"


class TermPaperQuerySet(models.QuerySet["TermPaper"]):
    def handed_in(self) -> TermPaperQuerySet:
        return self.filter(state__in=(PaperState.SUBMITTED, PaperState.REVIEWED))

    def visible_to(self, user: User) -> TermPaperQuerySet:
        access = user.access
        if access.has(Role.OFFICE):
            return self.filter(~Q(state=PaperState.DRAFT) | Q(teacher__user=user))
        condition = Q(teacher__user=user)
        if colleges := access.colleges():
            condition |= Q(school_class__college_id__in=colleges) & ~Q(state=PaperState.DRAFT)
        return self.filter(condition)


class TermPaper(models.Model):
    """工作计划 or 工作总结 of one class and term. Returned versions stay readable in the events."""

    class Kind(models.TextChoices):
        PLAN = "plan", "工作计划"
        SUMMARY = "summary", "工作总结"

    kind = models.CharField("类别", max_length=10, choices=Kind.choices)
    teacher = models.ForeignKey(ClassTeacher, verbose_name="班主任", on_delete=models.PROTECT, related_name="papers")
    school_class = models.ForeignKey(SchoolClass, verbose_name="班级", on_delete=models.PROTECT, related_name="papers")
    term = models.ForeignKey(Term, verbose_name="学期", on_delete=models.PROTECT, related_name="papers")
    due_on = models.DateField("期限", null=True, blank=True)
    text = models.TextField("正文", blank=True)
    files = models.ManyToManyField("documents.StoredFile", verbose_name="附件", blank=True, related_name="+")
    state = models.CharField("状态", max_length=10, choices=PaperState.choices, default=PaperState.DRAFT)
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    submitted_on = models.DateField("首次提交日期", null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="审阅人", on_delete=models.PROTECT, null=True, blank=True,
        related_name="+",
    )  # fmt: skip
    reviewed_at = models.DateTimeField("审阅时间", null=True, blank=True)
    review_text = models.TextField("审阅意见", blank=True)
    updated_at = models.DateTimeField("修改时间", auto_now=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = TermPaperQuerySet.as_manager()

    class Meta:
        verbose_name = "计划与总结"
        verbose_name_plural = "计划与总结"
        ordering = ["-term__starts_on", "kind", "school_class"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "teacher", "school_class", "term"], name="paper_once"),
            models.CheckConstraint(condition=Q(state__in=PaperState.values), name="paper_state_known"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(submitted_on__isnull=False), name="paper_submission_has_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}·{self.school_class}·{self.term}"

    def get_absolute_url(self) -> str:
        return reverse("duties:paper", args=[self.pk])

    def late_on(self, today: dt.date) -> bool:
        """Handed in after the day the college set, or still missing after it; never without such a day."""
        return self.due_on is not None and (self.submitted_on or today) > self.due_on


class PaperVersion(models.Model):
    """A text as it was handed in, with what became of it. Never changed afterwards but for the answer."""

    paper = models.ForeignKey(TermPaper, verbose_name="计划与总结", on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField("第几稿")
    text = models.TextField("正文")
    submitted_at = models.DateTimeField("提交时间", auto_now_add=True)
    outcome = models.CharField("处理", max_length=10, choices=PaperState.choices, default=PaperState.SUBMITTED)
    outcome_text = models.TextField("意见", blank=True)
    outcome_at = models.DateTimeField("处理时间", null=True, blank=True)

    class Meta:
        verbose_name = "提交稿"
        verbose_name_plural = "提交稿"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["paper", "number"], name="paper_version_number")]

    def __str__(self) -> str:
        return f"{self.paper}·第 {self.number} 稿"
