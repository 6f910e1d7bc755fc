"""Forms of staff meetings: calling one, and the sheet of who came."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.web.widgets import DayInput, LongText

from ..models import MeetingAttendance, Presence, StaffMeeting
from ..services.meetings import LONGEST_NOTE, MeetingInput, Noted
from .whom import CHIPS, WhomForm

MARKS = [(each.value, each.label) for each in Presence if each is not Presence.DUE]


class MeetingForm(WhomForm):
    kind = forms.ChoiceField(
        label="类别", choices=StaffMeeting.Kind.choices, initial=StaffMeeting.Kind.MEETING, widget=forms.RadioSelect
    )
    title = forms.CharField(label="议题", max_length=120, strip=True)
    held_on = forms.DateField(label="日期", widget=DayInput, help_text="已经开过的会也可以补登")
    starts_at = forms.TimeField(label="时间", required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M"))
    place = forms.CharField(label="地点", max_length=60, required=False, strip=True)
    text = forms.CharField(label="内容", max_length=5000, required=False, strip=True, widget=LongText(rows=4))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.fields["kind"].look = CHIPS  # type: ignore[attr-defined]

    def meeting_input(self) -> MeetingInput:
        data = self.cleaned_data
        names = ("kind", "title", "held_on", "starts_at", "place", "text", "giver", "college")
        return MeetingInput(**{name: data[name] for name in names})


class SheetForm(forms.Form):
    """One row of radios for each teacher due; what is left open stays 未登记."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label="更正原因", max_length=200, required=False, strip=True, help_text="出席登记完毕后再改动时填写"
    )

    def __init__(
        self, *args: Any, rows: Iterable[MeetingAttendance], early: bool, settled: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rows = list(rows)
        choices = [(Presence.DUE.value, "未请假"), *MARKS[2:3]] if early else MARKS
        for row in self.rows:
            self.fields[f"p{row.pk}"] = forms.ChoiceField(
                label=f"{row.teacher.name}的出席", choices=choices, required=False, widget=forms.RadioSelect,
                initial=row.presence if row.presence != Presence.DUE or early else None,
            )  # fmt: skip
            self.fields[f"n{row.pk}"] = forms.CharField(
                label=f"{row.teacher.name}的说明", max_length=LONGEST_NOTE, required=False, strip=True,
                initial=row.note, widget=forms.TextInput({"placeholder": "说明"}),
            )  # fmt: skip
        if not settled:
            del self.fields["reason"]

    @property
    def lines(self) -> list[tuple[MeetingAttendance, Any, Any]]:
        return [(row, self[f"p{row.pk}"], self[f"n{row.pk}"]) for row in self.rows]

    def marks(self) -> dict[int, Noted]:
        data = self.cleaned_data
        return {row.pk: Noted(data[f"p{row.pk}"] or row.presence, data[f"n{row.pk}"]) for row in self.rows}
