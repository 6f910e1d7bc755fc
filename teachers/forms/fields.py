"""Form pieces shared by chapter 1: dates, the version a person saw, and choices narrowed to what the person may use."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from gaobo_banzhuren.accounts.models import User

from ..models import ClassTeacher, SchoolClass
from ..policies.common import MANAGERS


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class DateField(forms.DateField):
    widget = DateInput


class LongText(forms.CharField):
    """Several lines; kept as a draft by the pages that autosave."""

    def __init__(self, *, rows: int = 3, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 2000)
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class VersionedForm(forms.Form):
    """Carries the version of the row that the person saw, so that an old page does not win."""

    version = forms.IntegerField(widget=forms.HiddenInput())


class ClassChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: SchoolClass) -> str:
        return f"{obj.name}（{obj.code}）"


class TeacherChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: ClassTeacher) -> str:
        category = "" if obj.category == "校内" else f"·{obj.category}"
        return f"{obj.name}（{obj.staff_no}）{obj.college}{category}"


def managed_classes(user: User) -> QuerySet[SchoolClass]:
    """Classes of the colleges for which the person appoints."""
    rows = SchoolClass.objects.visible_to(user).filter(college_id__in=user.access.colleges(*MANAGERS))
    return rows.select_related("college")


def teachers_in_scope(user: User) -> QuerySet[ClassTeacher]:
    """Class teachers the person may see, with active accounts, without oneself."""
    return ClassTeacher.objects.visible_to(user).with_names().filter(user__is_active=True).exclude(user=user)


class TeacherFields(forms.Form):
    """A teacher out of the own college's list, or one of another college by 工号 (A-19, A-85)."""

    teacher = TeacherChoice(label="班主任", queryset=ClassTeacher.objects.none(), required=False, empty_label="请选择")
    staff_no = forms.CharField(
        label="或外学院班主任的工号", max_length=20, required=False, help_text="不在上面名单里的班主任，请填工号。"
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        field = self.fields["teacher"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = teachers_in_scope(user)

    def clean_staff_no(self) -> ClassTeacher | None:
        number = self.cleaned_data["staff_no"].strip()
        if not number:
            return None
        found = ClassTeacher.objects.with_names().filter(user__staff_no=number, user__is_active=True).first()
        if found is None:
            raise ValidationError("没有这个工号的班主任，请核对；新教师请先在“班主任”中建立。")
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        chosen, typed = data.get("teacher"), data.get("staff_no")
        if chosen and typed and chosen != typed:
            self.add_error("staff_no", "名单里的选择和工号不是同一个人，请只填一处。")
        elif not chosen and not typed and "teacher" not in self.errors and "staff_no" not in self.errors:
            self.add_error("teacher", "请选择班主任，或填写工号。")
        data["person"] = chosen or typed
        return data
