"""Inputs of the allowance pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from gaobo_banzhuren.accounts.models import College
from gaobo_banzhuren.web.actions import OptionalReasonForm, ReasonForm
from gaobo_banzhuren.web.errors import UserError
from gaobo_banzhuren.web.templatetags.gaobo import yuan
from gaobo_banzhuren.web.widgets import LongText, MonthInput

from .calculation import Month
from .models import MonthSheet, SheetWarning
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
