"""What students owe per fee period, and the yearly confirmation of parents' telephones (article 4 (1) and (2))."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from gaobo_banzhuren.regulation.models import SchoolYear
from teachers.models import Guardian, SchoolClass, Student

from .exams import OfClassQuerySet


class FeePeriod(models.Model):
    """A fee period of the school, with the day by which it is to be paid."""

    name = models.CharField("缴费期", max_length=40, unique=True, help_text="如 2023-2024 学年")
    starts_on = models.DateField("开始日期")
    deadline = models.DateField("缴费截止")
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = "缴费期"
        verbose_name_plural = "缴费期"
        ordering = ["-starts_on"]
        constraints = [models.CheckConstraint(condition=Q(deadline__gte=F("starts_on")), name="fee_period_order")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("duties:fee_period", args=[self.pk])


class ArrearsReason(models.TextChoices):
    UNKNOWN = "", "未了解"
    HARDSHIP = "hardship", "家庭经济困难"
    LOAN = "loan", "助学贷款未到"
    LEAVING = "leaving", "休学/退学意向"
    FORGOTTEN = "forgotten", "遗漏"
    OTHER = "other", "其他"


class FeeDue(models.Model):
    """What one student is to pay for one period, in 分. Owed = due − paid − waived, never negative.

    `paid_fen` is the sum of the student's payments of the period. 免缴 waives everything that is not paid.
    `first_period` marks the first period of a new intake: it is 缴费率, not 续费率, and stays out of 5.5. `exempt`
    (免缴) stays out of both; a deferral counts as unpaid until paid and is shown apart.
    """

    student = models.ForeignKey(Student, verbose_name="学生", on_delete=models.PROTECT, related_name="fees")
    school_class = models.ForeignKey(SchoolClass, verbose_name="班级", on_delete=models.PROTECT, related_name="+")
    period = models.ForeignKey(FeePeriod, verbose_name="缴费期", on_delete=models.PROTECT, related_name="dues")
    due_fen = models.PositiveBigIntegerField("应缴（分）")
    paid_fen = models.PositiveBigIntegerField("已缴（分）", default=0)
    waived_fen = models.PositiveBigIntegerField("减免（分）", default=0)
    paid_on = models.DateField("缴清日期", null=True, blank=True)
    decision_note = models.CharField("减免、免缴或缓缴的理由", max_length=200, blank=True)
    exempt = models.BooleanField("免缴", default=False)
    first_period = models.BooleanField("新生首期", default=False)
    deferred_until = models.DateField("缓缴至", null=True, blank=True)
    reason = models.CharField("欠费原因", max_length=10, choices=ArrearsReason.choices, blank=True)
    reason_note = models.CharField("原因说明", max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = OfClassQuerySet.as_manager()

    class Meta:
        verbose_name = "应缴费用"
        verbose_name_plural = "应缴费用"
        ordering = ["period", "school_class", "student"]
        constraints = [
            models.UniqueConstraint(fields=["student", "period"], name="fee_due_once"),
            models.CheckConstraint(
                condition=Q(due_fen__gte=F("paid_fen") + F("waived_fen")), name="fee_never_overpaid"
            ),
            models.CheckConstraint(
                condition=Q(exempt=False) | Q(due_fen=F("paid_fen") + F("waived_fen")), name="fee_exempt_owes_nothing"
            ),
        ]
        indexes = [models.Index(fields=["school_class", "period"], name="fee_class_period")]

    @property
    def audit_text(self) -> str:
        return self.student.audit_text

    def __str__(self) -> str:
        return f"{self.student}·{self.period}"

    @property
    def owed_fen(self) -> int:
        return self.due_fen - self.paid_fen - self.waived_fen


class FeePayment(models.Model):
    """One payment of a student for a period, in 分; negative when a payment was booked by mistake or paid back."""

    due = models.ForeignKey(FeeDue, verbose_name="应缴费用", on_delete=models.PROTECT, related_name="payments")
    amount_fen = models.BigIntegerField("金额（分）")
    on = models.DateField("缴费日期")
    note = models.CharField("说明", max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="登记人", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = "缴费"
        verbose_name_plural = "缴费"
        ordering = ["on", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(amount_fen=0), name="fee_payment_not_zero")]

    def __str__(self) -> str:
        return f"{self.due_id}·{self.on}"


class PhoneConfirmation(models.Model):
    """A guardian's telephone confirmed in one school year; the next year begins unconfirmed.

    `tail` are the last digits of the number that was confirmed: another number since then is unconfirmed again.
    """

    class Way(models.TextChoices):
        CALL = "call", "电话"
        MESSAGE = "message", "微信或短信"
        MEETING = "meeting", "当面"
        FORM = "form", "书面登记"

    guardian = models.ForeignKey(
        Guardian, verbose_name="家长", on_delete=models.PROTECT, related_name="phone_confirmations"
    )
    student = models.ForeignKey(Student, verbose_name="学生", on_delete=models.PROTECT, related_name="+")
    school_year = models.ForeignKey(SchoolYear, verbose_name="学年", on_delete=models.PROTECT, related_name="+")
    on = models.DateField("确认日期")
    way = models.CharField("确认方式", max_length=10, choices=Way.choices)
    tail = models.CharField("号码尾号", max_length=4)
    note = models.CharField("说明", max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="确认人", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = "家长电话确认"
        verbose_name_plural = "家长电话确认"
        ordering = ["-on"]
        constraints = [models.UniqueConstraint(fields=["guardian", "school_year"], name="phone_confirmed_once")]

    def __str__(self) -> str:
        return f"{self.guardian}·{self.school_year}"
