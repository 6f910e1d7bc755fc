"""Forms of students' leave slips."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone

from teachers.forms.fields import DateField, LongText, VersionedForm

from ..models import LeaveReason


class NewLeaveForm(forms.Form):
    """A slip; the student comes with the class as `class:student`, because two classes may stand in one list."""

    student = forms.ChoiceField(label="学生")
    kind = forms.ChoiceField(label="假别", choices=LeaveReason.choices, widget=forms.RadioSelect)
    starts_on = DateField(label="开始日期")
    ends_on = DateField(label="结束日期", help_text="最后一天也在假内。")
    periods = forms.CharField(
        label="只请部分节次",
        required=False,
        max_length=60,
        help_text="空为全天；如 1-2节、3-4节，或 上午、下午、晚上。",
    )
    reason = LongText(label="事由", rows=2, max_length=200)
    approved = forms.TypedChoiceField(
        label="批准", choices=[("1", "已准假"), ("", "先登记，待批")], coerce=bool, required=False, empty_value="",
        widget=forms.RadioSelect, initial="1",
    )  # fmt: skip
    approver_name = forms.CharField(
        label="批准人", required=False, max_length=30, help_text="空为本人；由学院批准的写批准人姓名。"
    )
    proof = forms.FileField(label="证明", required=False, help_text="病历、通知等：PDF、图片、Word、Excel。")

    def __init__(self, *args: Any, groups: Sequence[tuple[str, Sequence[tuple[str, str]]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["student"]
        assert isinstance(field, forms.ChoiceField)
        many = len(groups) > 1
        field.choices = [("", "请选择"), *(groups if many else groups[0][1] if groups else [])]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "结束日期早于开始日期。")
        return data


class ApproveForm(VersionedForm):
    approver_name = forms.CharField(label="批准人", required=False, max_length=30, help_text="空为本人。")

    field_order = ("approver_name", "version")


class ReturnForm(VersionedForm):
    returned_on = DateField(label="销假日期", help_text="学生回来的第一天；早于请假结束日的，当天起不再准假。")
    note = forms.CharField(label="说明", required=False, max_length=200)

    field_order = ("returned_on", "note", "version")

    def clean_returned_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["returned_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("销假日期不能晚于今天。")
        return day


class SessionsForm(forms.Form):
    """Roll calls to correct by a slip, all ticked at first."""

    sessions = forms.MultipleChoiceField(label="点名", widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["sessions"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = list(choices)
