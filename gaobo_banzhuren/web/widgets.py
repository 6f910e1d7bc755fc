"""Inputs that a phone opens with its own picker."""

from typing import Any

from django import forms


class DayInput(forms.DateInput):
    """A day, shown and sent as 2024-03-18."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class MonthInput(forms.TextInput):
    """A month as 2024-03."""

    input_type = "month"


class MomentInput(forms.DateTimeInput):
    """A day and time."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class LongText(forms.Textarea):
    """Text of several lines; in a form with `autosave` it is kept as a draft."""

    def __init__(self, attrs: dict[str, Any] | None = None, rows: int = 5) -> None:
        super().__init__({"rows": rows, **(attrs or {})})
