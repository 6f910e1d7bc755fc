"""Forms of the school calendar."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from ..day_list import DayListError, ListedDay, parse_days
from ..models import SchoolYear
from ..services.calendar import TermDates
from .versions import date_field

MOST_TERMS = 3


class NewYearForm(forms.Form):
    """The September in which a new school year begins."""

    start = forms.IntegerField(label="从哪一年 9 月开始", min_value=2000, max_value=2100)


class PayableMonthsForm(forms.Form):
    """Which of the twelve months are paid (A-04)."""

    months = forms.MultipleChoiceField(label="计发月份", required=False, widget=forms.CheckboxSelectMultiple)
    edition = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, year: SchoolYear, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = list(year.payable_months.all())
        field = self.fields["months"]
        field.choices = [(row.month.isoformat(), f"{row.month.year}年{row.month.month}月") for row in rows]  # type: ignore[attr-defined]
        field.initial = [row.month.isoformat() for row in rows if row.payable]
        self.fields["edition"].initial = year.edition

    def clean_months(self) -> set[dt.date]:
        return {dt.date.fromisoformat(text) for text in self.cleaned_data["months"]}


class ConfirmMonthsForm(forms.Form):
    """Confirms the list that was shown, not one that changed in between."""

    edition = forms.IntegerField(widget=forms.HiddenInput)


class TermsForm(forms.Form):
    """Up to three terms of a school year; an empty line is no term."""

    edition = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, year: SchoolYear, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["edition"].initial = year.edition
        terms = list(year.terms.all())
        for index in range(MOST_TERMS):
            term = terms[index] if index < len(terms) else None
            number = index + 1
            self.fields[f"name_{number}"] = forms.CharField(
                label=f"学期 {number}", max_length=20, required=False, initial=term.name if term else ""
            )
            for name, label in (("starts_on", "开始"), ("ends_on", "结束")):
                initial = getattr(term, name) if term else None
                self.fields[f"{name}_{number}"] = date_field(f"学期 {number} {label}", required=False, initial=initial)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.terms: list[TermDates] = []
        for number in range(1, MOST_TERMS + 1):
            name, first, last = (cleaned.get(f"{part}_{number}") for part in ("name", "starts_on", "ends_on"))
            if name and first and last:
                self.terms.append(TermDates(name, first, last))
            elif name or first or last:
                self.add_error(f"name_{number}", "名称、开始和结束要么都填，要么都不填。")
        return cleaned


class DayListForm(forms.Form):
    """A pasted list of holidays and make-up days."""

    text = forms.CharField(
        label="放假与调休",
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=10000,
        help_text="每行一天或一段，如「2024-05-01至2024-05-05 放假 劳动节」「2024-04-28 调休上班」；不写类别即为放假。",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.days: list[ListedDay] = []
        try:
            self.days = parse_days(cleaned.get("text", ""))
        except DayListError as error:
            raise forms.ValidationError(error.problems) from error
        return cleaned
