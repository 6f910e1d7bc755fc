"""The words of a reminder and whom it goes to."""

from __future__ import annotations

from typing import Any

from django import forms

from teachers.models import ClassTeacher


class ReminderForm(forms.Form):
    """`teachers` offers only those of the page; the text is suggested from what is overdue."""

    teachers = forms.ModelMultipleChoiceField(
        label="提醒谁", queryset=ClassTeacher.objects.none(), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一位班主任。"},
    )  # fmt: skip
    text = forms.CharField(label="提醒内容", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, teachers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["teachers"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = teachers
