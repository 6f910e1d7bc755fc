"""Forms of fee periods, dues and what is decided about them. Amounts are entered in yuan and kept in 分."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from teachers.forms.fields import DateField, LongText
from teachers.models import Student

from ..models import ArrearsReason


class YuanField(forms.DecimalField):
    """Yuan with at most two decimals; the cleaned value is whole 分."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 9)
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(decimal_places=2, widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        return None if found is None else int(found * 100)


class PeriodForm(forms.Form):
    name = forms.CharField(label="缴费期", max_length=40, help_text="如 2024-2025 学年")
    starts_on = DateField(label="开始日期", help_text="这一天在名册上的学生为应缴人数（续费率的分母）。")
    deadline = DateField(label="缴费截止", help_text="截止当日缴清算按期。")
    version = forms.IntegerField(widget=forms.HiddenInput(), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("starts_on"), data.get("deadline")
        if first and last and last < first:
            self.add_error("deadline", "缴费截止早于开始日期。")
        return data


class DueForm(forms.Form):
    student_no = forms.CharField(label="学号", max_length=30)
    due = YuanField(label="应缴（元）", min_value=Decimal(0))
    first_period = forms.BooleanField(
        label="新生首期", required=False, help_text="新生的第一个缴费期计缴费率，不计续费率。"
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_student_no(self) -> Student:
        number = self.cleaned_data["student_no"].strip()
        found = Student.objects.visible_to(self.user).filter(Q(student_no=number)).first()
        if found is None:
            raise forms.ValidationError("您管理的班级里没有这个学号的学生，请核对。")
        return found


class PaymentForm(forms.Form):
    amount = YuanField(label="金额（元）", help_text="登错了请填负数冲回，并写明原因。")
    on = DateField(label="缴费日期", initial=timezone.localdate)
    note = forms.CharField(label="说明", max_length=200, required=False)


class WaiverForm(forms.Form):
    waived = YuanField(label="减免总额（元）", min_value=Decimal(0), help_text="填 0 为取消减免。")
    reason = LongText(label="理由", max_length=200)


class DeferForm(forms.Form):
    until = DateField(label="缓缴至", required=False, help_text="留空为取消缓缴。缓缴在缴清之前仍算未缴。")
    reason = LongText(label="理由", max_length=200)


class ReasonWhyForm(forms.Form):
    reason = forms.ChoiceField(
        label="欠费原因", choices=ArrearsReason.choices, required=False, widget=forms.RadioSelect
    )
    note = forms.CharField(label="说明", max_length=200, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput())
