"""Class committee, special students, planned talks, and the graduating class (articles 3, 5 (1), 5 (2), 6 (3))."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.regulation.models import Term
from teachers.models import ClassTeacher, SchoolClass, Student

from .exams import OfClassQuerySet
from .records import Privacy


class ClassPost(models.Model):
    """班委: who holds which post with which duties, from when to when."""

    school_class = models.ForeignKey(SchoolClass, verbose_name="班级", on_delete=models.PROTECT, related_name="posts")
    student = models.ForeignKey(Student, verbose_name="学生", on_delete=models.PROTECT, related_name="posts")
    post = models.CharField("职务", max_length=20)
    duties = models.CharField("职责", max_length=300, blank=True)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = OfClassQuerySet.as_manager()

    class Meta:
        verbose_name = "班委"
        verbose_name_plural = "班委"
        ordering = ["school_class", "starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="post_days_in_order"
            ),
            models.UniqueConstraint(
                fields=["school_class", "student", "post"], condition=Q(ends_on__isnull=True), name="post_open_once"
            ),
        ]

    @property
    def audit_text(self) -> str:
        return self.student.audit_text

    def __str__(self) -> str:
        return f"{self.post}·{self.student}"


class SpecialStudentQuerySet(models.QuerySet["SpecialStudent"]):
    def visible_to(self, user: User) -> SpecialStudentQuerySet:
        """Sensitive kinds are seen by who marked the student and by the college's head only (C5.1b, A-87)."""
        heads = user.access.colleges(Role.COLLEGE_HEAD)
        plain = Q(privacy=Privacy.NORMAL, school_class__in=SchoolClass.objects.visible_to(user))
        closed = Q(privacy__in=(Privacy.SENSITIVE, Privacy.PSYCHOLOGICAL), school_class__college_id__in=heads)
        return self.filter(Q(marked_by=user) | plain | closed)


class SpecialStudent(models.Model):
    """A student to be looked after for a while, with kind and level (article 5 (1))."""

    class Kind(models.TextChoices):
        STUDY = "study", "学业"
        MONEY = "money", "经济"
        MIND = "mind", "心理"
        DISCIPLINE = "discipline", "纪律"
        HEALTH = "health", "身体"
        FAMILY = "family", "家庭"
        OTHER = "other", "其他"

    class Level(models.TextChoices):
        ORDINARY = "ordinary", "一般"
        WATCH = "watch", "关注"
        FOCUS = "focus", "重点"

    student = models.ForeignKey(Student, verbose_name="学生", on_delete=models.PROTECT, related_name="+")
    school_class = models.ForeignKey(SchoolClass, verbose_name="班级", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("类别", max_length=10, choices=Kind.choices)
    level = models.CharField("程度", max_length=10, choices=Level.choices, default=Level.WATCH)
    privacy = models.CharField("保密", max_length=15, choices=Privacy.choices, default=Privacy.NORMAL)
    note = models.CharField("说明", max_length=300, blank=True)
    since = models.DateField("开始日期")
    until = models.DateField("解除日期", null=True, blank=True)
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="标记人", on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = SpecialStudentQuerySet.as_manager()

    class Meta:
        verbose_name = "特殊学生"
        verbose_name_plural = "特殊学生"
        ordering = ["-since", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="special_days_in_order"
            ),
            # Mind, money and family are confidential whatever the form said.
            models.CheckConstraint(
                condition=~Q(kind="mind") | Q(privacy="psychological"), name="special_mind_is_psychological"
            ),
        ]

    @property
    def audit_text(self) -> str:
        return self.student.audit_text if self.privacy == Privacy.NORMAL else str(self)

    def __str__(self) -> str:
        # Whom a confidential mark is about stands in no log and no title, not even by number.
        return f"{self.student}·{self.get_kind_display()}" if self.privacy == Privacy.NORMAL else "保密的标记"


class PlannedTalkQuerySet(models.QuerySet["PlannedTalk"]):
    def visible_to(self, user: User) -> PlannedTalkQuerySet:
        return self.filter(teacher__user=user)


class PlannedTalk(models.Model):
    """The teacher's own talk plan (article 5 (2)): done when a talk with the student is written down."""

    teacher = models.ForeignKey(
        ClassTeacher, verbose_name="班主任", on_delete=models.PROTECT, related_name="planned_talks"
    )
    student = models.ForeignKey(Student, verbose_name="学生", on_delete=models.PROTECT, related_name="+")
    school_class = models.ForeignKey(SchoolClass, verbose_name="班级", on_delete=models.PROTECT, related_name="+")
    term = models.ForeignKey(Term, verbose_name="学期", on_delete=models.PROTECT, related_name="+")
    planned_on = models.DateField("计划日期", null=True, blank=True)
    purpose = models.CharField("目的", max_length=120, blank=True)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = PlannedTalkQuerySet.as_manager()

    class Meta:
        verbose_name = "谈话计划"
        verbose_name_plural = "谈话计划"
        ordering = ["planned_on", "pk"]
        constraints = [models.UniqueConstraint(fields=["teacher", "student", "term"], name="planned_talk_once")]

    @property
    def audit_text(self) -> str:
        return self.student.audit_text

    def __str__(self) -> str:
        return f"{self.student}·{self.term}"


class GraduateAward(models.Model):
    """优秀毕业生: proposed by the class, shown to the class, decided by the college (article 6 (3))."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "班级推荐"
        SUBMITTED = "submitted", "已报学院"
        APPROVED = "approved", "学院同意"
        REFUSED = "refused", "学院未同意"
        WITHDRAWN = "withdrawn", "已撤回"

    student = models.ForeignKey(Student, verbose_name="学生", on_delete=models.PROTECT, related_name="+")
    school_class = models.ForeignKey(
        SchoolClass, verbose_name="班级", on_delete=models.PROTECT, related_name="graduate_awards"
    )
    year = models.PositiveSmallIntegerField("毕业年份")
    basis = models.TextField("事迹与依据")
    rank = models.PositiveSmallIntegerField("班级排名", null=True, blank=True)
    votes = models.PositiveSmallIntegerField("民主测评票数", null=True, blank=True)
    notice_from = models.DateField("班级公示开始", null=True, blank=True)
    notice_to = models.DateField("班级公示结束", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PROPOSED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="学院经办人", on_delete=models.PROTECT, null=True, blank=True,
        related_name="+",
    )  # fmt: skip
    decided_at = models.DateTimeField("学院意见时间", null=True, blank=True)
    decision_text = models.CharField("学院意见", max_length=300, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="推荐人", on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = OfClassQuerySet.as_manager()

    class Meta:
        verbose_name = "优秀毕业生"
        verbose_name_plural = "优秀毕业生"
        ordering = ["school_class", "rank", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["student", "year"], condition=~Q(state="withdrawn"), name="graduate_award_once"
            ),
            models.CheckConstraint(
                condition=Q(notice_from__isnull=True) | Q(notice_to__isnull=True) | Q(notice_to__gte=F("notice_from")),
                name="graduate_notice_in_order",
            ),
        ]

    @property
    def audit_text(self) -> str:
        return self.student.audit_text

    def __str__(self) -> str:
        return f"{self.student}·{self.year}"


class Appraisal(models.Model):
    """毕业生鉴定 of one student: opinion, form, qualification check, photo and identity capture (article 6 (3))."""

    class Qualification(models.TextChoices):
        OPEN = "open", "未审"
        PASSED = "passed", "通过"
        FAILED = "failed", "未通过"

    student = models.OneToOneField(Student, verbose_name="学生", on_delete=models.PROTECT, related_name="appraisal")
    school_class = models.ForeignKey(
        SchoolClass, verbose_name="班级", on_delete=models.PROTECT, related_name="appraisals"
    )
    self_summary_received = models.BooleanField("已收自我鉴定", default=False)
    opinion = models.TextField("单位意见", blank=True)
    opinion_digest = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    stamped = models.BooleanField("鉴定表已盖章", default=False)
    qualification = models.CharField("资审", max_length=10, choices=Qualification.choices, default=Qualification.OPEN)
    photo_ok = models.BooleanField("照片已采集", default=False)
    identity_ok = models.BooleanField("证件已核对", default=False)
    applied = models.BooleanField("已申请毕业", default=False)
    round = models.CharField("毕业批次", max_length=20, blank=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="填写人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    updated_at = models.DateTimeField("修改时间", auto_now=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = OfClassQuerySet.as_manager()

    class Meta:
        verbose_name = "毕业生鉴定"
        verbose_name_plural = "毕业生鉴定"
        ordering = ["school_class", "student"]
        constraints = [
            # The same words for two students are refused, however they got in at the same moment.
            models.UniqueConstraint(
                fields=["opinion_digest"], condition=~Q(opinion_digest=""), name="appraisal_opinion_once"
            )
        ]

    @property
    def audit_text(self) -> str:
        return self.student.audit_text

    def __str__(self) -> str:
        return str(self.student)


class DepartureItem(models.Model):
    """One item of 文明离校 for one student: done on a day, or excused with a reason."""

    class Item(models.TextChoices):
        FEES = "fees", "费用结清"
        DORMITORY = "dormitory", "退宿"
        BOOKS = "books", "图书归还"
        CARDS = "cards", "证卡交回"
        ARCHIVE = "archive", "档案移交"

    student = models.ForeignKey(Student, verbose_name="学生", on_delete=models.PROTECT, related_name="departure_items")
    school_class = models.ForeignKey(SchoolClass, verbose_name="班级", on_delete=models.PROTECT, related_name="+")
    item = models.CharField("事项", max_length=10, choices=Item.choices)
    done_on = models.DateField("办结日期", null=True, blank=True)
    excused_reason = models.CharField("免办原因", max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="登记人", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("登记时间", auto_now=True)

    objects = OfClassQuerySet.as_manager()

    class Meta:
        verbose_name = "离校事项"
        verbose_name_plural = "离校事项"
        ordering = ["school_class", "student", "item"]
        constraints = [
            models.UniqueConstraint(fields=["student", "item"], name="departure_item_once"),
            models.CheckConstraint(
                condition=Q(done_on__isnull=False) | ~Q(excused_reason=""), name="departure_done_or_excused"
            ),
        ]

    @property
    def audit_text(self) -> str:
        return self.student.audit_text

    def __str__(self) -> str:
        return f"{self.student}·{self.get_item_display()}"
