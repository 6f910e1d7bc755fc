"""Class teachers, their leave and their documents."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.accounts.roles import Role

from .students import Sex


class StaffCategory(models.TextChoices):
    INTERNAL = "校内", "校内"
    EXTERNAL = "外聘", "外聘"
    RETIRED = "退休", "退休"


class ClassTeacherQuerySet(models.QuerySet["ClassTeacher"]):
    def visible_to(self, user: User) -> ClassTeacherQuerySet:
        """The office sees all; a college those of the own college and those who lead its classes; a teacher oneself."""
        access = user.access
        if access.has(Role.OFFICE):
            return self
        from .appointments import Appointment

        colleges = access.colleges()
        condition = Q(user=user)
        if colleges:
            leads_here = Appointment.objects.filter(teacher=models.OuterRef("pk"), school_class__college__in=colleges)
            condition |= Q(college__in=colleges) | Q(models.Exists(leads_here))
        return self.filter(condition)

    def with_names(self) -> ClassTeacherQuerySet:
        return self.select_related("user", "college")


class ClassTeacher(models.Model):
    """A person who can be appointed as class teacher. Name and 工号 belong to the account."""

    user = models.OneToOneField(User, verbose_name="账号", on_delete=models.PROTECT, related_name="class_teacher")
    college = models.ForeignKey(
        College, verbose_name="所属学院", on_delete=models.PROTECT, related_name="class_teachers"
    )
    sex = models.CharField("性别", max_length=2, choices=Sex.choices, blank=True)
    phone = models.CharField("手机", max_length=30, blank=True)
    category = models.CharField("人员类别", max_length=4, choices=StaffCategory.choices, default=StaffCategory.INTERNAL)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ClassTeacherQuerySet.as_manager()

    class Meta:
        verbose_name = "班主任"
        verbose_name_plural = "班主任"
        ordering = ["user__staff_no"]
        constraints = [
            models.CheckConstraint(condition=Q(category__in=StaffCategory.values), name="teacher_category_known")
        ]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def name(self) -> str:
        return self.user.name

    @property
    def staff_no(self) -> str:
        return self.user.staff_no


class LeaveKind(models.TextChoices):
    SICK = "病假", "病假"
    PERSONAL = "事假", "事假"
    MATERNITY = "产假", "产假"
    DUTY = "公派", "公派"
    OTHER = "其他", "其他"


class LeaveQuerySet(models.QuerySet["Leave"]):
    def standing(self) -> LeaveQuerySet:
        return self.filter(cancelled_at__isnull=True)

    def visible_to(self, user: User) -> LeaveQuerySet:
        return self.filter(teacher__in=ClassTeacher.objects.visible_to(user))


class Leave(models.Model):
    """A leave of a class teacher, first and last day included; from the length set in the rules the stand-in is paid (A-14)."""

    teacher = models.ForeignKey(ClassTeacher, verbose_name="班主任", on_delete=models.PROTECT, related_name="leaves")
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    stand_in = models.ForeignKey(
        ClassTeacher,
        verbose_name="代班班主任",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="stand_ins",
    )
    kind = models.CharField("请假类别", max_length=4, choices=LeaveKind.choices, default=LeaveKind.OTHER)
    reason = models.CharField("事由", max_length=200, blank=True)
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    cancelled_at = models.DateTimeField("撤销时间", null=True, blank=True)
    cancel_reason = models.CharField("撤销原因", max_length=200, blank=True)

    objects = LeaveQuerySet.as_manager()

    class Meta:
        verbose_name = "班主任请假"
        verbose_name_plural = "班主任请假"
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="leave_days_in_order"),
            models.CheckConstraint(
                condition=Q(stand_in__isnull=True) | ~Q(stand_in=F("teacher")), name="leave_stand_in_is_another"
            ),
            models.UniqueConstraint(
                fields=["teacher", "starts_on"], condition=Q(cancelled_at__isnull=True), name="leave_one_start_per_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.teacher_id}·{self.starts_on}–{self.ends_on}"


class TeacherDocument(models.Model):
    """A paper kept with a class teacher: contract, training record, certificate."""

    teacher = models.ForeignKey(ClassTeacher, verbose_name="班主任", on_delete=models.PROTECT, related_name="documents")
    title = models.CharField("名称", max_length=80)
    file = models.ForeignKey("documents.StoredFile", verbose_name="文件", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField("添加时间", auto_now_add=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="添加人", on_delete=models.PROTECT, related_name="+"
    )
    removed_at = models.DateTimeField("移除时间", null=True, blank=True)

    class Meta:
        verbose_name = "班主任材料"
        verbose_name_plural = "班主任材料"
        ordering = ["-added_at"]

    def __str__(self) -> str:
        return self.title
