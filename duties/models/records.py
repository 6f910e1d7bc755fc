"""The spine: one row for every dated piece of work of a class teacher, whatever its kind."""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.regulation.models import Term
from teachers.models import ClassTeacher, SchoolClass, Student


class RecordState(models.TextChoices):
    """草稿 → 归档; a mistaken record is 作废 with a reason and stays readable."""

    DRAFT = "draft", "草稿"
    ARCHIVED = "archived", "已归档"
    VOIDED = "voided", "已作废"


class Progress(models.TextChoices):
    """Where a matter stands that goes on after it was written down; empty for kinds that are done when written."""

    OPEN = "open", "进行中"
    CLOSED = "closed", "已办结"
    PENDING = "pending", "待认定"
    CONFIRMED = "confirmed", "已认定"
    CANCELLED = "cancelled", "已撤销"


class Privacy(models.TextChoices):
    """How confidential a record is, on top of what its kind says (A-87)."""

    NORMAL = "normal", "一般"
    SENSITIVE = "sensitive", "敏感（经济、家庭等）"
    PSYCHOLOGICAL = "psychological", "心理类"
    PRIVATE = "private", "仅本人"


class Risk(models.TextChoices):
    """Risk level of a student as the class teacher sees it (8.1)."""

    NONE = "", "未评"
    ORDINARY = "ordinary", "一般"
    WATCH = "watch", "关注"
    FOCUS = "focus", "重点"


class WorkRecordQuerySet(models.QuerySet["WorkRecord"]):
    def archived(self) -> WorkRecordQuerySet:
        """Records that count: written down and not taken back."""
        return self.filter(state=RecordState.ARCHIVED)

    def of(self, *kinds: str) -> WorkRecordQuerySet:
        return self.filter(kind__in=kinds)

    def between(self, first: dt.date, last: dt.date) -> WorkRecordQuerySet:
        return self.filter(happened_on__range=(first, last))

    def about_class(self, school_class: SchoolClass | int) -> WorkRecordQuerySet:
        key = school_class if isinstance(school_class, int) else school_class.pk
        return self.filter(Exists(RecordClass.objects.filter(record=OuterRef("pk"), school_class=key)))

    def about_student(self, student: Student | int) -> WorkRecordQuerySet:
        key = student if isinstance(student, int) else student.pk
        return self.filter(Exists(RecordStudent.objects.filter(record=OuterRef("pk"), student=key)))

    def with_unread_comments(self) -> WorkRecordQuerySet:
        """Records with a comment that the author has not seen yet."""
        comments = RecordNote.objects.filter(record=OuterRef("pk"), kind="comment", seen_at__isnull=True)
        return self.filter(Exists(comments))

    def visible_to(self, user: User) -> WorkRecordQuerySet:
        """Rows the person may know of; who may read their texts is decided by `policies.reading`.

        One's own always; archived ones of the own college for its roles, of all colleges for the office; a class
        teacher also sees what others wrote down about the classes led now, except notes kept for oneself and what is
        confidential.
        """
        access = user.access
        condition = Q(author=user)
        if access.has(Role.OFFICE):
            condition |= ~Q(state=RecordState.DRAFT) & ~Q(privacy=Privacy.PRIVATE)
        elif colleges := access.colleges():
            condition |= Q(college_id__in=colleges) & ~Q(state=RecordState.DRAFT) & ~Q(privacy=Privacy.PRIVATE)
        if access.has(Role.CLASS_TEACHER):
            led = SchoolClass.objects.filter(pk__in=led_class_ids(user))
            mine = RecordClass.objects.filter(record=OuterRef("pk"), school_class__in=led)
            condition |= Q(Exists(mine)) & Q(state=RecordState.ARCHIVED, privacy=Privacy.NORMAL)
        return self.filter(condition)


def led_class_ids(user: User) -> list[int]:
    """Keys of the classes the person leads today or will lead. One query per person and request."""
    known = getattr(user, "_led_class_ids", None)
    if known is None:
        from teachers.models import Appointment

        today = timezone.localdate()
        rows = Appointment.objects.effective().not_over(today).filter(teacher__user=user)
        known = list(rows.values_list("school_class_id", flat=True).distinct())
        user._led_class_ids = known  # type: ignore[attr-defined]
    return list(known)


class WorkRecord(models.Model):
    """One piece of work: what, when, about whom, by whom.

    Columns hold what is counted, sorted or searched across kinds; the other fields of a kind are in `details`, checked
    against the kind's declaration whenever a record is saved. Archived texts never change: corrections, follow-ups and
    comments are appended as notes.
    """

    public_id = models.UUIDField("编号", unique=True, default=uuid.uuid4, editable=False)
    client_id = models.CharField("设备草稿号", max_length=64, blank=True, editable=False)
    kind = models.CharField("类别", max_length=30)
    state = models.CharField("状态", max_length=10, choices=RecordState.choices, default=RecordState.DRAFT)
    progress = models.CharField("进展", max_length=10, choices=Progress.choices, blank=True)
    privacy = models.CharField("保密", max_length=15, choices=Privacy.choices, default=Privacy.NORMAL)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="记录人", on_delete=models.PROTECT, related_name="work_records"
    )
    teacher = models.ForeignKey(
        ClassTeacher, verbose_name="班主任", on_delete=models.PROTECT, null=True, blank=True, related_name="work_records",
        help_text="这项工作算在谁名下；由学院登记的记录为当日在岗的班主任",
    )  # fmt: skip
    college = models.ForeignKey(College, verbose_name="二级学院", on_delete=models.PROTECT, related_name="+")
    term = models.ForeignKey(
        Term, verbose_name="学期", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    happened_on = models.DateField("日期")
    starts_at = models.TimeField("时间", null=True, blank=True)
    minutes = models.PositiveSmallIntegerField("时长（分钟）", null=True, blank=True)
    place = models.CharField("地点", max_length=60, blank=True)
    title = models.CharField("主题", max_length=120, blank=True)
    way = models.CharField("方式", max_length=20, blank=True)
    category = models.CharField("类型", max_length=20, blank=True)
    level = models.CharField("等级", max_length=20, blank=True)
    text = models.TextField("内容", blank=True)
    details = models.JSONField("其他项目", default=dict, blank=True)
    due = models.PositiveSmallIntegerField("应到", null=True, blank=True)
    present = models.PositiveSmallIntegerField("实到", null=True, blank=True)
    follow_up_on = models.DateField("回访日期", null=True, blank=True)
    exam_session = models.ForeignKey(
        "duties.ExamSession", verbose_name="考试场次", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    course = models.ForeignKey(
        "duties.Course", verbose_name="课程", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    fee_period = models.ForeignKey(
        "duties.FeePeriod", verbose_name="缴费期", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    follows = models.ForeignKey(
        "self", verbose_name="承接的记录", on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by"
    )
    result = models.TextField("结果", blank=True, help_text="办结、认定或撤销时写下")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="认定人", on_delete=models.PROTECT, null=True, blank=True,
        related_name="+",
    )  # fmt: skip
    decided_on = models.DateField("认定日期", null=True, blank=True)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    updated_at = models.DateTimeField("修改时间", auto_now=True)
    archived_at = models.DateTimeField("归档时间", null=True, blank=True)
    void_reason = models.CharField("作废原因", max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    students = models.ManyToManyField(
        Student, verbose_name="学生", through="RecordStudent", related_name="work_records"
    )
    classes = models.ManyToManyField(
        SchoolClass, verbose_name="班级", through="RecordClass", related_name="work_records"
    )

    objects = WorkRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "工作记录"
        verbose_name_plural = "工作记录"
        ordering = ["-happened_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RecordState.values), name="record_state_known"),
            models.CheckConstraint(condition=Q(privacy__in=Privacy.values), name="record_privacy_known"),
            models.CheckConstraint(condition=Q(progress__in=["", *Progress.values]), name="record_progress_known"),
            models.CheckConstraint(
                condition=Q(present__isnull=True) | Q(due__isnull=True) | Q(present__lte=F("due")),
                name="record_present_within_due",
            ),
            models.CheckConstraint(
                condition=~Q(progress__in=("closed", "confirmed", "cancelled")) | Q(decided_on__isnull=False),
                name="record_decision_has_day",
            ),
            # The same draft sent twice from a telephone is one record.
            models.UniqueConstraint(
                fields=["author", "client_id"], condition=~Q(client_id=""), name="record_sent_once"
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "happened_on"], name="record_kind_day"),
            models.Index(fields=["author", "-happened_on"], name="record_author_day"),
            models.Index(fields=["college", "kind", "happened_on"], name="record_college_kind"),
        ]

    def __str__(self) -> str:
        from ..kinds import name_of

        return f"{name_of(self.kind)}（{self.happened_on}）"

    def get_absolute_url(self) -> str:
        return reverse("duties:record", args=[self.public_id])

    @property
    def is_draft(self) -> bool:
        return self.state == RecordState.DRAFT


class RecordClass(models.Model):
    """A class that the record is about; a joint class meeting names several."""

    record = models.ForeignKey(WorkRecord, verbose_name="记录", on_delete=models.CASCADE, related_name="class_links")
    school_class = models.ForeignKey(SchoolClass, verbose_name="班级", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "记录的班级"
        verbose_name_plural = "记录的班级"
        constraints = [models.UniqueConstraint(fields=["record", "school_class"], name="record_class_once")]
        indexes = [models.Index(fields=["school_class", "record"], name="record_by_class")]

    def __str__(self) -> str:
        return str(self.school_class)


class RecordStudent(models.Model):
    """A student that the record is about, with the class on that day; `part` says as what (absent, candidate …)."""

    class Part(models.TextChoices):
        ABOUT = "about", "对象"
        ABSENT = "absent", "缺席"

    record = models.ForeignKey(WorkRecord, verbose_name="记录", on_delete=models.CASCADE, related_name="student_links")
    student = models.ForeignKey(Student, verbose_name="学生", on_delete=models.PROTECT, related_name="+")
    school_class = models.ForeignKey(SchoolClass, verbose_name="班级", on_delete=models.PROTECT, related_name="+")
    part = models.CharField("身份", max_length=10, choices=Part.choices, default=Part.ABOUT)

    class Meta:
        verbose_name = "记录的学生"
        verbose_name_plural = "记录的学生"
        constraints = [models.UniqueConstraint(fields=["record", "student", "part"], name="record_student_once")]
        indexes = [models.Index(fields=["student", "record"], name="record_by_student")]

    def __str__(self) -> str:
        return str(self.student)


class RecordTag(models.Model):
    """An education theme of article 3 (`theme`) or a word of the teacher's own (`own`)."""

    class Group(models.TextChoices):
        THEME = "theme", "教育主题"
        OWN = "own", "自定标签"

    record = models.ForeignKey(WorkRecord, verbose_name="记录", on_delete=models.CASCADE, related_name="tags")
    group = models.CharField("类别", max_length=10, choices=Group.choices)
    value = models.CharField("标签", max_length=20)

    class Meta:
        verbose_name = "记录标签"
        verbose_name_plural = "记录标签"
        constraints = [models.UniqueConstraint(fields=["record", "group", "value"], name="record_tag_once")]
        indexes = [models.Index(fields=["group", "value"], name="record_by_tag")]

    def __str__(self) -> str:
        return self.value


class RecordNote(models.Model):
    """What was appended to an archived record: follow-ups, corrections, comments and answers. Never changed."""

    class Kind(models.TextChoices):
        FOLLOW_UP = "follow_up", "回访跟进"
        STAGE = "stage", "过程措施"
        CORRECTION = "correction", "更正"
        COMMENT = "comment", "批注"
        ANSWER = "answer", "回复"
        DECISION = "decision", "意见"

    record = models.ForeignKey(WorkRecord, verbose_name="记录", on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField("类别", max_length=10, choices=Kind.choices)
    on = models.DateField("日期", default=timezone.localdate)
    text = models.TextField("内容")
    before = models.JSONField("更正前", default=dict, blank=True)
    after = models.JSONField("更正后", default=dict, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="填写人", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间", auto_now_add=True)
    seen_at = models.DateTimeField("已读时间", null=True, blank=True, help_text="批注由记录人看过的时间")

    class Meta:
        verbose_name = "记录附言"
        verbose_name_plural = "记录附言"
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["follow_up", "stage", "correction", "comment", "answer", "decision"]),
                name="record_note_kind_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}·{self.on}"


class RecordFile(models.Model):
    """A photo or paper kept with a record."""

    record = models.ForeignKey(WorkRecord, verbose_name="记录", on_delete=models.CASCADE, related_name="files")
    file = models.ForeignKey("documents.StoredFile", verbose_name="文件", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField("添加时间", auto_now_add=True)

    class Meta:
        verbose_name = "记录附件"
        verbose_name_plural = "记录附件"
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.file)
