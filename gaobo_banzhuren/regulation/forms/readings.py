"""Forms for readings of silent points and interpretations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from ..clauses import clauses
from ..models import Interpretation, Reading
from .versions import date_field


class ConfirmReadingForm(forms.Form):
    """The office stands by a reading, with a remark and, if there is one, the interpretation it follows from."""

    note = forms.CharField(label="说明", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    interpretation = forms.ModelChoiceField(
        label="所据解释", queryset=Interpretation.objects.none(), required=False, empty_label="（没有）"
    )

    def __init__(self, *args: Any, reading: Reading, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["interpretation"]
        field.queryset = Interpretation.objects.filter(reading__in=[reading]) | Interpretation.objects.filter(  # type: ignore[attr-defined]
            reading=None
        )


class InterpretationForm(forms.Form):
    """A question about a clause and the office's answer (第十三条)."""

    clause = forms.ChoiceField(label="条款")
    question = forms.CharField(label="问题", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    answer = forms.CharField(label="答复", max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
    given_on = date_field("答复日期")
    reading = forms.ModelChoiceField(
        label="涉及口径", queryset=Reading.objects.all(), required=False, empty_label="（没有）"
    )
    setting_changed = forms.CharField(
        label="改变的参数", max_length=100, required=False, help_text="如据此要改参数，请在新的制度版本草稿中修改。"
    )
    supersedes = forms.ModelChoiceField(
        label="取代的解释", queryset=Interpretation.objects.all(), required=False, empty_label="（没有）"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["clause"].choices = [(c.id, f"{c.id} {c.text}") for c in clauses()]  # type: ignore[attr-defined]
        self.fields["given_on"].initial = timezone.localdate
