"""Forms of the graduating class: candidates, appraisals, leaving lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone

from teachers.forms.fields import DateField, LongText
from teachers.models import Student

from ..models import Appraisal, DepartureItem
from ..services.appraisals import LONGEST, AppraisalFields
from ..services.awards import AwardFields

STEP_CHOICES = (
    ("self_summary_received", "已收自我鉴定"), ("stamped", "鉴定表已盖章"), ("qualification", "资审通过"),
    ("photo_ok", "照片已采集"), ("identity_ok", "证件已核对"), ("applied", "已申请毕业"),
)  # fmt: skip


def _number(label: str) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"inputmode": "numeric"})
    return forms.IntegerField(label=label, required=False, min_value=1, max_value=9999, widget=widget)


class AwardForm(forms.Form):
    """A candidate; the student is chosen only for a new one."""

    student = forms.ChoiceField(label="学生")
    basis = LongText(label="事迹与依据", rows=4)
    rank = _number("班级排名")
    votes = _number("民主测评票数")
    notice_from = DateField(label="班级公示开始", required=False)
    notice_to = DateField(label="班级公示结束", required=False, help_text="公示结束后才能上报学院。")
    version = forms.IntegerField(widget=forms.HiddenInput(), required=False)

    def __init__(self, *args: Any, students: Sequence[Student] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if students is None:
            del self.fields["student"]
            return
        field = self.fields["student"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "请选择"), *((str(one.pk), str(one)) for one in students)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("notice_from"), data.get("notice_to")
        if first and last and last < first:
            self.add_error("notice_to", "公示结束早于开始。")
        return data

    def award_fields(self) -> AwardFields:
        return AwardFields(**{name: self.cleaned_data[name] for name in AwardFields.__dataclass_fields__})


class AwardDecisionForm(forms.Form):
    verdict = forms.ChoiceField(
        label="学院意见", choices=[("approve", "同意"), ("refuse", "不同意")], widget=forms.RadioSelect
    )
    text = LongText(label="说明", required=False, max_length=300, help_text="不同意请写明理由。")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("verdict") == "refuse" and not (data.get("text") or "").strip():
            self.add_error("text", "不同意请写明理由。")
        return data


class AppraisalForm(forms.Form):
    opinion = LongText(
        label="单位意见", rows=7, max_length=LONGEST, required=False,
        help_text="写该生自己的表现；与其他学生一字不改的意见不能保存。",
    )  # fmt: skip
    self_summary_received = forms.BooleanField(label="已收自我鉴定", required=False)
    stamped = forms.BooleanField(label="鉴定表已盖章", required=False)
    qualification = forms.ChoiceField(label="资审", choices=Appraisal.Qualification.choices)
    photo_ok = forms.BooleanField(label="照片已采集", required=False)
    identity_ok = forms.BooleanField(label="证件已核对", required=False)
    applied = forms.BooleanField(label="已申请毕业", required=False)
    round = forms.CharField(label="毕业批次", max_length=20, required=False, help_text="如 2025 上半年")
    version = forms.IntegerField(widget=forms.HiddenInput())

    def appraisal_fields(self) -> AppraisalFields:
        return AppraisalFields(**{name: self.cleaned_data[name] for name in AppraisalFields.__dataclass_fields__})


class StudentsForm(forms.Form):
    """Several graduates ticked in a list."""

    students = forms.MultipleChoiceField(label="学生", error_messages={"required": "请先勾选学生。"})

    def __init__(self, *args: Any, graduates: Sequence[Student], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["students"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(str(one.pk), one.name) for one in graduates]

    @property
    def chosen(self) -> list[int]:
        return [int(key) for key in self.cleaned_data["students"]]


class MarkForm(StudentsForm):
    step = forms.ChoiceField(label="步骤", choices=STEP_CHOICES)


class SettleForm(StudentsForm):
    item = forms.ChoiceField(label="事项", choices=DepartureItem.Item.choices)
    on = DateField(label="办结日期", required=False, initial=timezone.localdate)
    excused = forms.CharField(label="或免办原因", max_length=200, required=False)


OPEN, DONE, EXCUSED = "open", "done", "excused"


class LeavingForm(forms.Form):
    """The whole leaving list of one student."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = [(OPEN, "未办"), (DONE, "已办"), (EXCUSED, "免办")]
        for item in DepartureItem.Item:
            self.fields[f"{item.value}_state"] = forms.ChoiceField(
                label=item.label, choices=states, widget=forms.Select(attrs={"aria-label": f"{item.label}办理情况"})
            )
            self.fields[f"{item.value}_on"] = DateField(label=f"{item.label}：办结日期", required=False)
            self.fields[f"{item.value}_reason"] = forms.CharField(
                label=f"{item.label}：免办原因", max_length=200, required=False
            )

    def rows(self) -> list[dict[str, Any]]:
        return [
            {"label": item.label, **{part: self[f"{item.value}_{part}"] for part in ("state", "on", "reason")}}
            for item in DepartureItem.Item
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for item in DepartureItem.Item.values:
            if data.get(f"{item}_state") == EXCUSED and not (data.get(f"{item}_reason") or "").strip():
                self.add_error(f"{item}_reason", "免办请写明原因。")
            if data.get(f"{item}_state") == DONE and not data.get(f"{item}_on"):
                data[f"{item}_on"] = timezone.localdate()
        return data
