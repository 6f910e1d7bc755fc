"""Inputs of the allowance pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.actions import OptionalReasonForm, ReasonForm
from gaobo_banzhuren.web.errors import UserError
from gaobo_banzhuren.web.templatetags.gaobo import yuan
from gaobo_banzhuren.web.widgets import LongText, MonthInput
from teachers.models import ClassTeacher

from .calculation import Month, to_fen
from .models import LineKind, MonthSheet, SheetWarning
from .services.months import parse_month


def seen_mark(sheet: MonthSheet) -> str:
    """What a person had in front of them when deciding: state, version and content of the sheet."""
    return f"{sheet.state}-{sheet.version}-{sheet.inputs_digest[:24]}"


class MonthField(forms.CharField):
    """A month as `Month`."""

    widget = MonthInput

    def clean(self, value: Any) -> Month:
        text = super().clean(value)
        try:
            return parse_month(text)
        except UserError as error:
            raise forms.ValidationError(error.message) from None


class SeenForm(forms.Form):
    """Carries what was shown, so that nobody decides about something else than they read."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=80)


class SeenNoteForm(OptionalReasonForm, SeenForm):
    pass


class SeenReasonForm(ReasonForm, SeenForm):
    pass


class WarningChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.get_code_display()}：{obj.text}"


class ConfirmWarningsForm(forms.Form):
    """One reason for one or several findings."""

    warnings = WarningChoice(
        label="提示", queryset=SheetWarning.objects.none(), widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "请至少勾选一项提示",
            "invalid_choice": "有提示已被处理或重新结算，请返回月表重新勾选",
            "invalid_pk_value": "有提示已被处理或重新结算，请返回月表重新勾选",
        },
    )  # fmt: skip
    reason = forms.CharField(
        label="确认理由",
        max_length=500,
        strip=True,
        widget=LongText(rows=2),
        help_text="理由随表送审，也会印在发放表上。",
    )

    def __init__(self, *args: Any, sheet: MonthSheet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["warnings"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = sheet.warnings.order_by("code", "subject")


class SettleForm(forms.Form):
    """A month, and of which college; the office may take all at once."""

    month = MonthField(label="月份")
    college = forms.ModelChoiceField(
        label="学院", queryset=College.objects.none(), required=False, empty_label="全部学院"
    )

    def __init__(self, *args: Any, colleges: Sequence[College], all_allowed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["college"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = College.objects.filter(pk__in=[college.pk for college in colleges])
        if not all_allowed:
            field.required, field.empty_label = True, None
            if len(colleges) == 1:
                field.initial = self.initial["college"] = colleges[0].pk
                field.widget = forms.HiddenInput()


class SheetChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.month:%Y-%m} {obj.college}：{obj.people} 人，{yuan(obj.total_fen)}"


class BundleSheetsForm(forms.Form):
    """Reviewed sheets that are in no bundle."""

    sheets = SheetChoice(
        label="已审核的月表", queryset=MonthSheet.objects.none(), widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "请至少选择一张已审核的月表",
            "invalid_choice": "所选月表中有的不是已审核状态，或已在其他批次，请重新选择",
        },
    )  # fmt: skip

    def __init__(self, *args: Any, sheets: QuerySet[MonthSheet], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["sheets"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = sheets


class BundleForm(BundleSheetsForm):
    note = forms.CharField(
        label="说明", max_length=200, required=False, help_text="例如：2023 年 11 月，补送两个学院。"
    )


class DecideForm(SeenForm):
    """The office's answer to a proposal; a refusal needs words."""

    answer = forms.ChoiceField(
        label="审批", choices=[("approve", "批准"), ("reject", "不批准")], widget=forms.RadioSelect
    )
    reason = forms.CharField(label="意见", max_length=500, required=False, strip=True, widget=LongText(rows=2))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("answer") == "reject" and not data.get("reason"):
            self.add_error("reason", "不批准请写明理由")
        return data


class AdjustmentForm(forms.Form):
    """A difference that the facts do not show."""

    college = forms.ModelChoiceField(label="学院", queryset=College.objects.none(), empty_label=None)
    staff_no = forms.CharField(label="班主任工号", max_length=20, strip=True)
    origin_month = MonthField(label="原月份", help_text="已送人事的月份。")
    kind = forms.ChoiceField(
        label="原类别", choices=[(kind.value, kind.label) for kind in (LineKind.TEACHING, LineKind.GRADUATING)]
    )
    amount = forms.DecimalField(
        label="差额（元）", max_digits=10, decimal_places=2, help_text="补发填正数，扣回填负数，例如 -120.00。"
    )
    reason = forms.CharField(label="原因", max_length=500, strip=True, widget=LongText(rows=3))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        rows = College.objects.all()
        if not user.access.has(Role.OFFICE):
            rows = rows.filter(pk__in=user.access.colleges(Role.COLLEGE_ADMIN))
        field = self.fields["college"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows

    def clean_staff_no(self) -> ClassTeacher:
        found = ClassTeacher.objects.visible_to(self.user).filter(user__staff_no=self.cleaned_data["staff_no"]).first()
        if found is None:
            raise forms.ValidationError("没有这个工号的班主任")
        return found

    def clean_amount(self) -> int:
        """In 分."""
        amount = self.cleaned_data["amount"]
        if not amount:
            raise forms.ValidationError("差额不能为 0")
        return to_fen(amount)

    def clean_kind(self) -> LineKind:
        return LineKind(self.cleaned_data["kind"])


class HeadcountForm(forms.Form):
    """What the class teacher says about the number that was shown."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    agreed = forms.CharField(widget=forms.HiddenInput, required=False)
    objection = forms.CharField(
        label="异议", max_length=300, required=False, strip=True, widget=LongText(rows=3),
        help_text="写明是哪些学生（学号即可）、依据是什么。",
    )  # fmt: skip


class ResolutionForm(forms.Form):
    resolution = forms.CharField(label="核对结果", max_length=500, strip=True, widget=LongText(rows=3))
