"""Courses, exam sessions, registrations and results; weak courses and students; exam affairs (articles 4 to 6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.regulation.models import Term
from teachers.models import ClassTeacher, SchoolClass, Student

from .records import led_class_ids

WITH_CLASSES = (Role.CLASS_TEACHER, Role.COLLEGE_ADMIN, Role.ASSESSOR, Role.COLLEGE_HEAD, Role.OFFICE)


class OfClassQuerySet(models.QuerySet[models.Model]):
    """Rows of one class each: seen by whoever sees the class."""

    def visible_to(self, user: User) -> OfClassQuerySet:
        return self.filter(school_class__in=SchoolClass.objects.visible_to(user))


class CourseKind(models.TextChoices):
    PROVINCE = "统考", "统考"
    SCHOOL = "校考", "校考"
    PRACTICE = "实践", "实践"
    WITH_PRACTICE = "含实践", "含实践"
    PROCESS = "过程性考核", "过程性考核"
    THESIS = "论文", "论文"
    CERTIFICATE = "等级证书", "等级证书"


class CourseQuerySet(models.QuerySet["Course"]):
    def visible_to(self, user: User) -> CourseQuerySet:
        """Courses are no secret: everybody who works with classes sees all of them."""
        return self if user.access.has(*WITH_CLASSES) else self.none()


class Course(models.Model):
    code = models.CharField("课程代码", max_length=20, unique=True)
    name = models.CharField("课程名称", max_length=60)
    kind = models.CharField("课程类型", max_length=10, choices=CourseKind.choices, default=CourseKind.PROVINCE)
    credits = models.DecimalField("学分", max_digits=4, decimal_places=1, null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = CourseQuerySet.as_manager()

    class Meta:
        verbose_name = "课程"
        verbose_name_plural = "课程"
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.name}（{self.code}）"


class Window(models.TextChoices):
    """The registration window of a session on a day."""

    NONE = "none", "未定报名时间"
    BEFORE = "before", "未到报名"
    OPEN = "open", "报名中"
    CLOSED = "closed", "报名已截止"


class ExamSessionQuerySet(models.QuerySet["ExamSession"]):
    def visible_to(self, user: User) -> ExamSessionQuerySet:
        """The office sees all; others the school's sessions and those of the colleges of the classes they see."""
        access = user.access
        if access.has(Role.OFFICE):
            return self
        if not access.has(*WITH_CLASSES):
            return self.none()
        near = SchoolClass.objects.visible_to(user).values("college")
        return self.filter(Q(college__isnull=True) | Q(college__in=near) | Q(college_id__in=access.colleges()))

    def held_for(self, colleges: Iterable[int]) -> ExamSessionQuerySet:
        """The school's sessions and those that one of the colleges holds itself."""
        return self.filter(Q(college__isnull=True) | Q(college_id__in=set(colleges)))

    def released(self, day: dt.date) -> ExamSessionQuerySet:
        """Sessions whose results are out on the day; without a day of release they are as soon as they are recorded."""
        return self.filter(Q(results_on__isnull=True) | Q(results_on__lte=day))


class ExamSession(models.Model):
    """One sitting, e.g. 2024 年 4 月统考. A closed registration window refuses changes; results count from their day."""

    name = models.CharField("考试场次", max_length=60, unique=True)
    kind = models.CharField("类型", max_length=10, choices=CourseKind.choices, default=CourseKind.PROVINCE)
    college = models.ForeignKey(
        College, verbose_name="二级学院", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        help_text="空为全校；学院自己组织的校考填学院",
    )  # fmt: skip
    registration_opens_on = models.DateField("报名开始", null=True, blank=True)
    registration_closes_on = models.DateField("报名截止", null=True, blank=True)
    starts_on = models.DateField("考试开始")
    ends_on = models.DateField("考试结束")
    results_on = models.DateField("成绩发布", null=True, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ExamSessionQuerySet.as_manager()

    class Meta:
        verbose_name = "考试场次"
        verbose_name_plural = "考试场次"
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="exam_session_days_in_order"),
            models.CheckConstraint(
                condition=Q(registration_opens_on__isnull=True)
                | Q(registration_closes_on__isnull=True)
                | Q(registration_closes_on__gte=F("registration_opens_on")),
                name="exam_session_window_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("duties:exam_session", args=[self.pk])

    def window_on(self, day: dt.date) -> Window:
        """Where the registration window stands on the day; both of its days belong to it."""
        if self.registration_opens_on is None and self.registration_closes_on is None:
            return Window.NONE
        if self.registration_opens_on and day < self.registration_opens_on:
            return Window.BEFORE
        if self.registration_closes_on and day > self.registration_closes_on:
            return Window.CLOSED
        return Window.OPEN

    def is_released(self, day: dt.date) -> bool:
        return self.results_on is None or self.results_on <= day


class RegistrationState(models.TextChoices):
    PLANNED = "planned", "应报"
    REGISTERED = "registered", "已报"
    GIVEN_UP = "given_up", "放弃"


class RegistrationQuerySet(models.QuerySet["ExamRegistration"]):
    def visible_to(self, user: User) -> RegistrationQuerySet:
        return self.filter(school_class__in=SchoolClass.objects.visible_to(user))


class ExamRegistration(models.Model):
    """What a student is to register for in a session, and how far it has come."""

    student = models.ForeignKey(Student, verbose_name="学生", on_delete=models.PROTECT, related_name="registrations")
    school_class = models.ForeignKey(SchoolClass, verbose_name="班级", on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey(
        ExamSession, verbose_name="考试场次", on_delete=models.PROTECT, related_name="registrations"
    )
    course = models.ForeignKey(Course, verbose_name="课程", on_delete=models.PROTECT, related_name="registrations")
    state = models.CharField(
        "报名状态", max_length=10, choices=RegistrationState.choices, default=RegistrationState.PLANNED
    )
    paid = models.BooleanField("已缴费", default=False)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="核对人", on_delete=models.PROTECT, null=True, blank=True,
        related_name="+",
    )  # fmt: skip
    checked_at = models.DateTimeField("核对时间", null=True, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = "考试报名"
        verbose_name_plural = "考试报名"
        ordering = ["session", "school_class", "student", "course"]
        constraints = [
            models.UniqueConstraint(fields=["student", "session", "course"], name="registration_once"),
            models.CheckConstraint(condition=Q(state__in=RegistrationState.values), name="registration_state_known"),
        ]
        indexes = [models.Index(fields=["school_class", "session"], name="registration_class_session")]

    @property
    def audit_text(self) -> str:
        return self.student.audit_text

    def __str__(self) -> str:
        return f"{self.student}·{self.course}·{self.session}"


class ResultStatus(models.TextChoices):
    """缺考 and 免考 were not sat; a paper cancelled for 违纪 or 作弊 was sat and not passed (5.4)."""

    PASSED = "合格", "合格"
    FAILED = "不合格", "不合格"
    ABSENT = "缺考", "缺考"
    BREACH = "违纪", "违纪"
    CHEATED = "作弊", "作弊"
    EXEMPT = "免考", "免考"


SAT = (ResultStatus.PASSED, ResultStatus.FAILED, ResultStatus.BREACH, ResultStatus.CHEATED)
"""实考: what counts in the denominator of 及格率."""
CLEARS = (ResultStatus.PASSED, ResultStatus.EXEMPT)
"""What takes a course off the retake list (trap 17)."""


class ExamResultQuerySet(models.QuerySet["ExamResult"]):
    def visible_to(self, user: User) -> ExamResultQuerySet:
        return self.filter(school_class__in=SchoolClass.objects.visible_to(user))

    def released(self, day: dt.date) -> ExamResultQuerySet:
        """Results that are out on the day: those of sessions without a day of release as soon as they are recorded."""
        return self.filter(Q(session__results_on__isnull=True) | Q(session__results_on__lte=day))


class ExamResult(models.Model):
    """One paper of one student. `school_class` is the class on the day of the exam and does not move with the student."""

    student = models.ForeignKey(Student, verbose_name="学生", on_delete=models.PROTECT, related_name="results")
    school_class = models.ForeignKey(SchoolClass, verbose_name="班级", on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey(ExamSession, verbose_name="考试场次", on_delete=models.PROTECT, related_name="results")
    course = models.ForeignKey(Course, verbose_name="课程", on_delete=models.PROTECT, related_name="results")
    status = models.CharField("结果", max_length=4, choices=ResultStatus.choices)
    score = models.DecimalField("成绩", max_digits=5, decimal_places=1, null=True, blank=True)
    grade = models.CharField("等第", max_length=10, blank=True)
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ExamResultQuerySet.as_manager()

    class Meta:
        verbose_name = "考试成绩"
        verbose_name_plural = "考试成绩"
        ordering = ["session", "school_class", "student", "course"]
        constraints = [
            models.UniqueConstraint(fields=["student", "session", "course"], name="result_once"),
            models.CheckConstraint(condition=Q(status__in=ResultStatus.values), name="result_status_known"),
        ]
        indexes = [
            models.Index(fields=["school_class", "session"], name="result_class_session"),
            models.Index(fields=["student", "course"], name="result_student_course"),
        ]

    @property
    def audit_text(self) -> str:
        return self.student.audit_text

    def __str__(self) -> str:
        return f"{self.student}·{self.course}·{self.status}"


class WeakCourse(models.Model):
    """A course in which the class is weak, the help asked of its teacher, and the pass counts before and after (art. 6 (1))."""

    school_class = models.ForeignKey(
        SchoolClass, verbose_name="班级", on_delete=models.PROTECT, related_name="weak_courses"
    )
    course = models.ForeignKey(Course, verbose_name="课程", on_delete=models.PROTECT, related_name="+")
    term = models.ForeignKey(Term, verbose_name="学期", on_delete=models.PROTECT, related_name="+")
    basis = models.CharField("依据", max_length=200)
    teacher_name = models.CharField("任课教师", max_length=30, blank=True)
    help_given = models.TextField("帮助措施", blank=True)
    helped_on = models.DateField("落实日期", null=True, blank=True)
    result = models.TextField("效果", blank=True)
    session_before = models.ForeignKey(
        ExamSession, verbose_name="之前场次", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    session_after = models.ForeignKey(
        ExamSession, verbose_name="之后场次", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    listed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="列出人", on_delete=models.PROTECT, related_name="+"
    )
    listed_at = models.DateTimeField("列出时间", auto_now_add=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = OfClassQuerySet.as_manager()

    class Meta:
        verbose_name = "薄弱课程"
        verbose_name_plural = "薄弱课程"
        ordering = ["-listed_at"]
        constraints = [models.UniqueConstraint(fields=["school_class", "course", "term"], name="weak_course_once")]

    def __str__(self) -> str:
        return f"{self.school_class}·{self.course}"


class WeakStudent(models.Model):
    """A student who is behind this term; the checks are records of kind 后进生检查 about the student (art. 6 (1))."""

    student = models.ForeignKey(Student, verbose_name="学生", on_delete=models.PROTECT, related_name="+")
    school_class = models.ForeignKey(
        SchoolClass, verbose_name="班级", on_delete=models.PROTECT, related_name="weak_students"
    )
    term = models.ForeignKey(Term, verbose_name="学期", on_delete=models.PROTECT, related_name="+")
    courses = models.CharField("课程", max_length=200, blank=True)
    basis = models.CharField("依据", max_length=200)
    listed_on = models.DateField("列入日期")
    listed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="列出人", on_delete=models.PROTECT, related_name="+"
    )
    removed_on = models.DateField("移出日期", null=True, blank=True)
    removed_reason = models.CharField("移出原因", max_length=200, blank=True)

    objects = OfClassQuerySet.as_manager()

    class Meta:
        verbose_name = "后进学生"
        verbose_name_plural = "后进学生"
        ordering = ["-listed_on"]
        constraints = [models.UniqueConstraint(fields=["student", "term"], name="weak_student_once")]

    @property
    def audit_text(self) -> str:
        return self.student.audit_text

    def __str__(self) -> str:
        return f"{self.student}·{self.term}"


class ExamAffairQuerySet(models.QuerySet["ExamAffair"]):
    def visible_to(self, user: User) -> ExamAffairQuerySet:
        """The office sees all, a college its own and the school-wide ones, a class teacher those of the classes led
        now and those one is responsible for."""
        access = user.access
        if access.has(Role.OFFICE):
            return self
        condition = Q(responsible__user=user)
        if access.has(Role.CLASS_TEACHER):
            condition |= Q(school_class_id__in=led_class_ids(user))
        if colleges := access.colleges():
            condition |= Q(college_id__in=colleges) | Q(college__isnull=True)
        return self.filter(condition)


class ExamAffair(models.Model):
    """One item of the term's exam affairs: rooms, timetable, notice, materials, invigilation (art. 5 (6))."""

    term = models.ForeignKey(Term, verbose_name="学期", on_delete=models.PROTECT, related_name="exam_affairs")
    session = models.ForeignKey(
        ExamSession, verbose_name="考试场次", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    college = models.ForeignKey(
        College, verbose_name="二级学院", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        help_text="空为全校",
    )  # fmt: skip
    school_class = models.ForeignKey(
        SchoolClass, verbose_name="班级", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    item = models.CharField("事项", max_length=80)
    responsible = models.ForeignKey(
        ClassTeacher, verbose_name="负责人", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    due_on = models.DateField("期限")
    done_on = models.DateField("完成日期", null=True, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="布置人", on_delete=models.PROTECT, related_name="+"
    )
    cancelled_at = models.DateTimeField("撤销时间", null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ExamAffairQuerySet.as_manager()

    class Meta:
        verbose_name = "考务事项"
        verbose_name_plural = "考务事项"
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return self.item
