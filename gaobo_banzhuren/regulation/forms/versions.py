"""Forms around a rule version: starting a draft, its head, the preview, activation, document number."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from ..models import RuleVersion

DATE = {"type": "date"}


def date_field(label: str, **kwargs: Any) -> forms.DateField:
    """A day in a browser's own date picker."""
    return forms.DateField(label=label, widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"), **kwargs)


class HeadForm(forms.Form):
    """Name, first day and note of a draft."""

    title = forms.CharField(label="名称", max_length=100)
    effective_from = date_field("施行日期", help_text="只能是某月 1 日，并晚于最近生效的版本。")
    note = forms.CharField(label="说明", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    edition = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_effective_from(self) -> dt.date:
        day: dt.date = self.cleaned_data["effective_from"]
        if day.day != 1:
            raise forms.ValidationError("只能是某月 1 日：津贴按月计算，一个月只能有一个标准（A-25）。")
        return day


class DraftForm(HeadForm):
    """A new draft as a copy of an active version."""

    based_on = forms.ModelChoiceField(label="据以起草的版本", queryset=RuleVersion.objects.none())
    field_order = ["based_on", "title", "effective_from", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["based_on"].queryset = RuleVersion.objects.active()  # type: ignore[attr-defined]
        del self.fields["edition"]


class PreviewForm(forms.Form):
    """From which month on settled months are recomputed."""

    since = forms.DateField(
        label="从哪个月起试算",
        input_formats=["%Y-%m", "%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
        help_text="对已结算的月份按草稿重算一遍，只供比较；已结算的不会改变。",
    )


class ActivateForm(forms.Form):
    """Why a draft takes effect."""

    reason = forms.CharField(
        label="启用理由",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="如文号、会议纪要、通知日期。",
    )
    edition = forms.IntegerField(widget=forms.HiddenInput)


class DocumentForm(forms.Form):
    """文号 and parent document, which the regulation came without."""

    document_no = forms.CharField(label="文号", max_length=60, required=False)
    parent_document = forms.CharField(label="主文件", max_length=200, required=False, help_text="本制度是其附件1。")
