"""Forms of appointments and filing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User

from ..models import Appointment, EndReason, SchoolClass
from .fields import ClassChoice, DateField, LongText, TeacherFields, VersionedForm, managed_classes

PLAIN_END_REASONS = [(reason.value, reason.label) for reason in EndReason if reason != EndReason.DISMISSED]


class ActingForm(TeacherFields):
    school_class = ClassChoice(label="班级", queryset=SchoolClass.objects.none(), empty_label="请选择")
    starts_on = DateField(label="开始日期", help_text="在岗的第一天。")
    planned_end_on = DateField(label="聘期至", required=False, help_text="不填则到本学年末。")
    note = forms.CharField(label="说明", max_length=200, required=False, help_text="为什么由人代理，到何时为止。")

    field_order = ("school_class", "teacher", "staff_no", "starts_on", "planned_end_on", "note")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        field = self.fields["school_class"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = managed_classes(user)


class EndForm(VersionedForm):
    last_day = DateField(label="最后在岗日", help_text="含当天：这一天还在岗，第二天起不在岗。")
    reason = forms.ChoiceField(label="原因", choices=PLAIN_END_REASONS)
    note = forms.CharField(label="说明", max_length=200, required=False)


class RenewForm(VersionedForm):
    planned_end_on = DateField(label="续聘至", help_text="新聘期的最后一天。")
    note = forms.CharField(label="说明", max_length=200, required=False)


class CorrectForm(VersionedForm):
    starts_on = DateField(label="正确的开始日期")
    ends_on = DateField(label="正确的结束日期", required=False, help_text="仍在岗请留空。")
    end_reason = forms.ChoiceField(label="结束原因", choices=[("", "（仍在岗）"), *PLAIN_END_REASONS], required=False)
    planned_end_on = DateField(label="聘期至", required=False)
    share = forms.IntegerField(
        label="分担人数", min_value=1, max_value=9999, required=False, help_text="一班由两位班主任分带时才填。"
    )
    reason = LongText(label="更正的原因", max_length=200, rows=2, help_text="原来的记录作废但保留，原因记入审计。")


class VoidForm(VersionedForm):
    reason = LongText(label="作废的原因", max_length=200, rows=2)


class FilingFields(VersionedForm):
    filing_no = forms.CharField(label="备案编号", max_length=40)
    filed_on = DateField(label="备案日期", initial=timezone.localdate)


class TextForm(VersionedForm):
    text = LongText(label="内容", rows=4)


class ChosenRows(forms.Form):
    """Ticked appointments with the version each had on the page. One foreign or vanished row refuses all of them."""

    rows = forms.MultipleChoiceField(label="聘任", error_messages={"required": "请先勾选。"})

    def __init__(self, *args: Any, offered: list[Appointment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {str(row.pk): row for row in offered}
        self.versions: dict[int, int] = {}
        field = self.fields["rows"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = []
        field.valid_value = lambda value: True  # type: ignore[method-assign] # clean_rows looks at key and version

    def clean_rows(self) -> list[Appointment]:
        chosen = []
        for value in self.cleaned_data["rows"]:
            key, _, version = value.partition(":")
            row = self.offered.get(key)
            if row is None or not version.isdecimal():
                raise ValidationError("所选的聘任中有的已不在列表里，全部没有办理。请刷新后重选。")
            self.versions[row.pk] = int(version)
            chosen.append(row)
        return chosen


class FileManyForm(ChosenRows):
    filing_no = forms.CharField(label="备案编号", max_length=40)
    filed_on = DateField(label="备案日期", initial=timezone.localdate)


class RenewManyForm(ChosenRows):
    planned_end_on = DateField(label="续聘至")
