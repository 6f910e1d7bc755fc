"""Confirming one telephone."""

from __future__ import annotations

from django import forms
from django.utils import timezone

from teachers.forms.fields import DateField

from ..models import PhoneConfirmation


class ConfirmPhoneForm(forms.Form):
    way = forms.ChoiceField(
        label="确认方式", choices=PhoneConfirmation.Way.choices, initial=PhoneConfirmation.Way.CALL,
        widget=forms.RadioSelect,
    )  # fmt: skip
    on = DateField(label="日期", initial=timezone.localdate)
    note = forms.CharField(label="说明", max_length=200, required=False)
