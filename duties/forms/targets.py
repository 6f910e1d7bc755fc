"""Numbers to aim at, one field for each item that may have one."""

from __future__ import annotations

from typing import Any

from django import forms

from ..checklist import items_with_target
from ..services.targets import MOST


class TargetsForm(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in items_with_target():
            self.fields[item.key] = forms.IntegerField(
                label=item.text, required=False, min_value=1, max_value=MOST, help_text=f"{item.clause}。{item.counts}",
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "placeholder": "不设"}),
            )  # fmt: skip
