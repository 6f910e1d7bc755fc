"""To whom: every class teacher in post, those of some colleges, or some of them picked by name."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from gaobo_banzhuren.accounts.models import College, User
from teachers.models import ClassTeacher

from ..models import Giver
from ..policies import tasks as policies
from ..services.tasks import in_post

CHIPS = "chips"
EVERYBODY, COLLEGES, PICKED = "all", "colleges", "picked"


class TeacherBoxes(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: ClassTeacher) -> str:
        return obj.name


class WhomForm(forms.Form):
    """The level from which it comes (O4), the college, and the class teachers it goes to.

    Cleaned data has `college` (None for school and office) and `teachers`, the people themselves.
    """

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.levels = policies.levels(user)
        own = College.objects.filter(pk__in=user.access.colleges(*policies.COLLEGE))
        self.own_colleges = list(own)
        whole = any(level in policies.OFFICE_LEVELS for level in self.levels)
        self.reach = in_post(None if whole else [college.pk for college in self.own_colleges])
        self._add_levels(own)
        self._add_whom(whole)

    def _add_levels(self, own: Any) -> None:
        self.fields["giver"] = forms.ChoiceField(
            label="以谁的名义", choices=[(level.value, level.label) for level in self.levels],
            initial=self.levels[0].value if self.levels else None,
            widget=forms.RadioSelect if len(self.levels) > 1 else forms.HiddenInput,
        )  # fmt: skip
        self.fields["giver"].look = CHIPS  # type: ignore[attr-defined]
        if self.own_colleges:
            self.fields["college"] = forms.ModelChoiceField(
                label="二级学院", queryset=own, required=False, initial=self.own_colleges[0].pk,
                widget=forms.Select if len(self.own_colleges) > 1 else forms.HiddenInput,
            )  # fmt: skip

    def _add_whom(self, whole: bool) -> None:
        ways = [(EVERYBODY, "全部在岗班主任")]
        if whole:
            ways.append((COLLEGES, "按学院"))
        ways.append((PICKED, "选人"))
        self.fields["whom"] = forms.ChoiceField(label="给谁", choices=ways, initial=EVERYBODY, widget=forms.RadioSelect)
        self.fields["whom"].look = CHIPS  # type: ignore[attr-defined]
        if whole:
            self.fields["colleges"] = forms.ModelMultipleChoiceField(
                label="学院", queryset=College.objects.filter(is_active=True), required=False,
                widget=forms.CheckboxSelectMultiple,
            )  # fmt: skip
        self.fields["teachers"] = TeacherBoxes(label="班主任", queryset=self.reach, required=False)

    @property
    def people_by_college(self) -> list[tuple[str, list[tuple[Any, ClassTeacher]]]]:
        """The tick boxes under their colleges, each with its person. One query."""
        people = {teacher.pk: teacher for teacher in self.reach}
        groups: dict[str, list[tuple[Any, ClassTeacher]]] = {}
        for box in self["teachers"]:
            teacher = people[int(str(box.data["value"]))]
            groups.setdefault(teacher.college.name, []).append((box, teacher))
        return sorted(groups.items())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("giver") != Giver.COLLEGE:
            data["college"] = None
        elif data.get("college") is None and "college" not in self.errors:
            raise ValidationError("请选择布置任务的二级学院。")
        if self.errors:
            return data
        way, college = data["whom"], data["college"]
        if way == PICKED:
            if data["teachers"]:
                data["teachers"] = list(data["teachers"])
            else:
                self.add_error("teachers", "请至少勾选一位班主任。")
        elif way == COLLEGES and not data.get("colleges"):
            self.add_error("colleges", "请至少勾选一个学院。")
        else:
            reach = [college.pk] if college else [one.pk for one in data["colleges"]] if way == COLLEGES else None
            data["teachers"] = list(in_post(reach))
        return data
