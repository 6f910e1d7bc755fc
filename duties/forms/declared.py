"""Form fields made from what a kind of record declares."""

from __future__ import annotations

from typing import Any

from django import forms

from gaobo_banzhuren.web.widgets import DayInput, LongText

from ..kinds import Field, Input, Kind
from ..models import Course, ExamSession, FeePeriod, WorkRecord

MOST_CHIPS = 12
MOST_NUMBER = 9999
NOT_SAID = ("", "不填")
ROWS = {"text": 5}


class ClockInput(forms.TimeInput):
    """A time of day with the phone's own picker."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


def form_field(each: Field) -> forms.Field:
    """The form field; its `look` (chips, check, text, line) says how the template draws it. What must be filled in is
    checked on archiving, so that a draft may be kept at any time."""
    made, look = _made(each)
    made.label, made.help_text, made.required = each.label, each.hint, False
    made.look = look  # type: ignore[attr-defined]
    made.asked_for = each.required  # type: ignore[attr-defined]
    made.widget.is_required = False
    return made


def _made(each: Field) -> tuple[forms.Field, str]:
    if each.input is Input.TEXT:
        rows = ROWS.get(each.name, 3)
        return forms.CharField(widget=LongText({"enterkeyhint": "enter"}, rows=rows), strip=True), "text"
    if each.input is Input.CHOICE:
        choices = list(each.choices) if each.required or each.default else [NOT_SAID, *each.choices]
        few = len(choices) <= MOST_CHIPS
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect if few else forms.Select), (
            "chips" if few else "line"
        )
    if each.input is Input.NUMBER:
        number = forms.NumberInput({"inputmode": "numeric", "enterkeyhint": "next"})
        return forms.IntegerField(min_value=0, max_value=MOST_NUMBER, widget=number), "number"
    if each.input is Input.DATE:
        return forms.DateField(widget=DayInput), "line"
    if each.input is Input.TIME:
        return forms.TimeField(widget=ClockInput), "line"
    if each.input is Input.YES_NO:
        return forms.BooleanField(), "check"
    rows = {Input.EXAM_SESSION: ExamSession, Input.COURSE: Course, Input.FEE_PERIOD: FeePeriod}.get(each.input)
    if rows is not None:
        return forms.ModelChoiceField(rows._default_manager.all(), empty_label="不填"), "line"
    line = forms.TextInput({"enterkeyhint": "next", "autocomplete": "off"})
    return forms.CharField(max_length=each.longest or None, widget=line, strip=True), "line"


def value_of(record: WorkRecord, each: Field) -> Any:
    """The value of a declared field as a form shows it."""
    return getattr(record, each.name) if each.is_column else record.details.get(each.name)


def values_of(record: WorkRecord, kind: Kind) -> dict[str, Any]:
    return {each.name: value_of(record, each) for each in kind.fields}
