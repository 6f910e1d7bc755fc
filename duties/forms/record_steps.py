"""Forms of what is appended to a record: follow-ups, corrections, results, comments."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from gaobo_banzhuren.web.widgets import DayInput, LongText

from ..kinds import Kind
from ..models import Progress, RecordNote, WorkRecord
from .declared import form_field, values_of
from .records import FILES_AT_ONCE, ManyFiles


class TextForm(forms.Form):
    """One text. Its label is the page's."""

    text = forms.CharField(label="内容", max_length=20_000, strip=True, widget=LongText(rows=5))


class OptionalTextForm(forms.Form):
    text = forms.CharField(
        label="回复", max_length=20_000, strip=True, required=False, widget=LongText(rows=4),
        help_text="不写回复则只标记为已读",
    )  # fmt: skip


class NoteForm(TextForm):
    """A follow-up or a stage, with the day of the next visit."""

    on = forms.DateField(label="日期", widget=DayInput, initial=timezone.localdate)
    follow_up_on = forms.DateField(label="下次回访", required=False, widget=DayInput, help_text="不填表示不再需要回访")
    field_order = ("kind", "on", "text", "follow_up_on")

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(RecordNote.Kind.FOLLOW_UP.value, "回访跟进")]
        if kind.progress == "matter":
            kinds.insert(0, (RecordNote.Kind.STAGE.value, "过程措施"))
        self.fields["kind"] = forms.ChoiceField(
            label="补充什么", choices=kinds, initial=kinds[0][0],
            widget=forms.HiddenInput if len(kinds) == 1 else forms.RadioSelect,
        )  # fmt: skip
        self.order_fields(self.field_order)


class FilesForm(forms.Form):
    files = ManyFiles(label="照片或附件", help_text=f"一次最多 {FILES_AT_ONCE} 个")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["files"].widget.attrs |= {"data-shrink": "", "accept": "image/jpeg,image/png,.pdf,.docx,.xlsx"}


class CorrectionForm(forms.Form):
    """Every declared field with its present value; what differs is corrected, the old value stays in the note."""

    def __init__(self, *args: Any, record: WorkRecord, kind: Kind, **kwargs: Any) -> None:
        self.record, self.kind = record, kind
        self.present = values_of(record, kind) | {"happened_on": record.happened_on}
        kwargs["initial"] = self.present | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.fields["happened_on"] = forms.DateField(label="日期", widget=DayInput)
        for each in kind.fields:
            self.fields[each.name] = form_field(each)
        self.fields["reason"] = forms.CharField(
            label="为什么更正", max_length=500, strip=True, widget=LongText(rows=2), help_text="原来的内容会保留并列出"
        )

    def changes(self) -> dict[str, Any]:
        """The fields whose value differs from the record's."""
        found = {}
        for name, old in self.present.items():
            new = self.cleaned_data.get(name)
            if new is False and old is None:
                continue  # a box that nobody ever ticked
            if _plain(new) != _plain(old):
                found[name] = "" if new is None and isinstance(old, str) else new
        return found


def _plain(value: Any) -> Any:
    if value in (None, ""):
        return None
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return value.pk if hasattr(value, "pk") else value


class DecisionForm(forms.Form):
    verdict = forms.ChoiceField(
        label="认定", widget=forms.RadioSelect,
        choices=[(Progress.CONFIRMED.value, "认定属实"), (Progress.CANCELLED.value, "撤销")],
    )  # fmt: skip
    text = forms.CharField(
        label="意见", max_length=20_000, required=False, strip=True, widget=LongText(rows=3), help_text="撤销须写明理由"
    )


class ReplyForm(TextForm):
    closes = forms.BooleanField(label="这是最后的答复，办结这份上报", required=False, initial=True)


class ResultForm(forms.Form):
    text = forms.CharField(label="结果", max_length=20_000, strip=True, widget=LongText(rows=4))
    on = forms.DateField(label="办结日期", widget=DayInput, initial=timezone.localdate)


class ReadingReasonForm(forms.Form):
    reason = forms.CharField(
        label="为什么需要查阅", max_length=500, strip=True, widget=LongText(rows=3), help_text="理由记入审计记录"
    )
