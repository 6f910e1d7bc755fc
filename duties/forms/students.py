"""Forms of class posts, special students and the talk plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone

from gaobo_banzhuren.web.widgets import DayInput, LongText

from ..models import SpecialStudent
from ..naming import Named
from ..services.posts import USUAL_POSTS, PostInput
from ..services.talk_plans import LONGEST_PURPOSE
from .whom import CHIPS

FREE_LINES = 2


def student_choices(people: Sequence[Named], empty: str) -> list[tuple[Any, str]]:
    return [("", empty), *((one.pk, f"{one.name}（{one.number}）") for one in people)]


class CommitteeForm(forms.Form):
    """One line a post: those usually held, and some free ones. Lines without a student are left out."""

    starts_on = forms.DateField(label="开始日期", widget=DayInput, initial=timezone.localdate)

    def __init__(self, *args: Any, people: Sequence[Named], held: set[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usual = [(post, duties) for post, duties in USUAL_POSTS if post not in held]
        self.count = len(usual) + FREE_LINES
        choices = student_choices(people, "不登记")
        for number, (post, duties) in enumerate([*usual, *[("", "")] * FREE_LINES]):
            self.fields[f"post{number}"] = forms.CharField(
                label="职务", max_length=20, required=False, strip=True, initial=post
            )
            self.fields[f"student{number}"] = forms.TypedChoiceField(
                label="学生", choices=choices, coerce=int, required=False, empty_value=None
            )
            self.fields[f"duties{number}"] = forms.CharField(
                label="职责", max_length=300, required=False, strip=True, initial=duties,
                widget=forms.Textarea({"rows": 2}),
            )  # fmt: skip

    @property
    def lines(self) -> list[dict[str, Any]]:
        names = ("post", "student", "duties")
        return [{name: self[f"{name}{number}"] for name in names} for number in range(self.count)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.inputs = []
        for number in range(self.count):
            student, post = data.get(f"student{number}"), data.get(f"post{number}", "")
            if student and not post:
                self.add_error(f"post{number}", "请填写职务名称。")
            elif student:
                self.inputs.append(PostInput(student, post, data.get(f"duties{number}", "")))
        if not self.errors and not self.inputs:
            raise forms.ValidationError("请至少为一个职务选择学生。")
        return data


class DutiesForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    duties = forms.CharField(label="职责", max_length=300, required=False, strip=True, widget=LongText(rows=3))


class EndPostForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    ends_on = forms.DateField(label="任职的最后一天", widget=DayInput, initial=timezone.localdate)


class SpecialForm(forms.Form):
    student = forms.TypedChoiceField(label="学生", coerce=int)
    kind = forms.ChoiceField(label="类别", choices=SpecialStudent.Kind.choices, widget=forms.RadioSelect)
    level = forms.ChoiceField(
        label="程度", choices=SpecialStudent.Level.choices, initial=SpecialStudent.Level.WATCH, widget=forms.RadioSelect
    )
    since = forms.DateField(label="开始日期", widget=DayInput, initial=timezone.localdate)
    note = forms.CharField(label="说明", max_length=300, required=False, strip=True, widget=LongText(rows=3))
    confidential = forms.BooleanField(
        label="保密", required=False,
        help_text="只有您和学院负责人看得到；心理、经济、家庭、身体类自动保密",
    )  # fmt: skip

    def __init__(self, *args: Any, people: Sequence[Named], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("kind", "level"):
            self.fields[name].look = CHIPS  # type: ignore[attr-defined]
        field = self.fields["student"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = student_choices(people, "请选择")


class SpecialChangeForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    level = forms.ChoiceField(label="程度", choices=SpecialStudent.Level.choices, widget=forms.RadioSelect)
    note = forms.CharField(label="说明", max_length=300, required=False, strip=True, widget=LongText(rows=3))


class LiftForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    until = forms.DateField(label="解除日期", widget=DayInput, initial=timezone.localdate)


class TalkPlanForm(forms.Form):
    """Tick students, or everybody who is not planned yet; `remove` takes one off the plan."""

    students = forms.TypedMultipleChoiceField(
        label="学生", coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    planned_on = forms.DateField(label="计划日期", required=False, widget=DayInput, help_text="可以不填")
    purpose = forms.CharField(label="目的", max_length=LONGEST_PURPOSE, required=False, strip=True)

    def __init__(self, *args: Any, open_students: Sequence[Named], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["students"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [(one.pk, one.name) for one in open_students]
