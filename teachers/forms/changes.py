"""Forms of hand-over, dismissal and leave."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from gaobo_banzhuren.accounts.models import College, User

from ..calculation import ONE_DAY
from ..models import ADJUSTMENT_REASONS, ClassTeacher, DismissalGround, HandoverItem, LeaveKind
from ..policies.common import MANAGERS
from .fields import DateField, LongText, TeacherChoice, TeacherFields, VersionedForm, teachers_in_scope

MAX_EVIDENCE = 10


class HandoverForm(TeacherFields, VersionedForm):
    takes_over_on = DateField(label="接任日期", help_text="接任者在岗的第一天；移交者默认在前一天离任。")
    reason = forms.ChoiceField(label="原因", choices=[(reason.value, reason.label) for reason in ADJUSTMENT_REASONS])
    note = LongText(label="说明", required=False, max_length=1000, rows=2)
    last_day = DateField(
        label="移交者最后在岗日", required=False, help_text="只在两人之间有空缺时填写，应早于接任日前一天。"
    )
    gap_confirmed = forms.BooleanField(label="确认其间班级空缺，无人计发津贴", required=False)

    field_order = ("teacher", "staff_no", "takes_over_on", "reason", "note", "last_day", "gap_confirmed")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["teacher"].label = "接任的班主任"

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        takes_over_on, last_day = data.get("takes_over_on"), data.get("last_day")
        if takes_over_on and last_day and last_day >= takes_over_on:
            self.add_error("last_day", "应早于接任日期：两人不能同一天在岗。")
        elif takes_over_on and last_day and last_day < takes_over_on - ONE_DAY and not data.get("gap_confirmed"):
            days = (takes_over_on - last_day).days - 1
            self.add_error("gap_confirmed", f"两人之间空缺 {days} 天，请勾选确认，或改日期。")
        return data


class ChecklistForm(forms.Form):
    """The four items of the hand-over checklist."""

    def __init__(self, *args: Any, items: list[HandoverItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = items
        for item in items:
            self.fields[f"{item.kind}_content"] = LongText(
                label=item.get_kind_display(), required=False, rows=2, initial=item.content
            )
            self.fields[f"{item.kind}_done"] = forms.BooleanField(
                label=f"{item.get_kind_display()}已移交", required=False, initial=item.done
            )

    @property
    def given(self) -> dict[str, tuple[str, bool]]:
        data = self.cleaned_data
        return {item.kind: (data[f"{item.kind}_content"], data[f"{item.kind}_done"]) for item in self.items}


class SeveralFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; the cleaned value is a list."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if len(given) > MAX_EVIDENCE:
            raise ValidationError(f"一次最多 {MAX_EVIDENCE} 个文件。")
        checked = [super(FilesField, self).clean(one, initial) for one in given]
        if self.required and not checked:
            raise ValidationError(self.error_messages["required"])
        return checked


class DismissalForm(forms.Form):
    college = forms.ModelChoiceField(label="提出学院", queryset=College.objects.none(), empty_label=None)
    teacher = TeacherChoice(label="班主任", queryset=ClassTeacher.objects.none(), empty_label="请选择")
    ground = forms.ChoiceField(label="事由", choices=DismissalGround.choices, widget=forms.RadioSelect)
    facts = LongText(label="事实", rows=6, max_length=5000, help_text="时间、经过、影响。本人会看到。")
    evidence = FilesField(label="证据文件", required=False, help_text="可选多个：PDF、图片、Word、Excel。")
    effective_on = DateField(label="建议生效日期", help_text="不再在岗的第一天；最终以学校决定为准。")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        college, teacher = self.fields["college"], self.fields["teacher"]
        assert isinstance(college, forms.ModelChoiceField)
        assert isinstance(teacher, forms.ModelChoiceField)
        college.queryset = College.objects.visible_to(user).filter(pk__in=user.access.colleges(*MANAGERS))
        teacher.queryset = teachers_in_scope(user)


class StatementForm(forms.Form):
    text = LongText(label="我的意见", rows=8, max_length=5000)


class DecideDismissalForm(forms.Form):
    decision_no = forms.CharField(label="学校决定文号", max_length=60)
    effective_on = DateField(label="生效日期", help_text="不再在岗的第一天；津贴计发到前一天。")
    decision = LongText(label="决定内容", required=False, rows=4)


class RejectDismissalForm(forms.Form):
    decision = LongText(label="不予解聘的理由", rows=4)
    decision_no = forms.CharField(label="文号", max_length=60, required=False)


class LeaveForm(forms.Form):
    teacher = TeacherChoice(label="请假的班主任", queryset=ClassTeacher.objects.none(), empty_label="请选择")
    kind = forms.ChoiceField(label="请假类别", choices=LeaveKind.choices)
    starts_on = DateField(label="开始日期")
    ends_on = DateField(label="结束日期", help_text="含当天。")
    stand_in = TeacherChoice(
        label="代班班主任", queryset=ClassTeacher.objects.none(), required=False, empty_label="（暂未安排）"
    )
    reason = forms.CharField(label="事由", max_length=200, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teacher, stand_in = self.fields["teacher"], self.fields["stand_in"]
        assert isinstance(teacher, forms.ModelChoiceField)
        assert isinstance(stand_in, forms.ModelChoiceField)
        teacher.queryset = teachers_in_scope(user)
        # Oneself may stand in for a colleague, but not record the own leave.
        stand_in.queryset = ClassTeacher.objects.visible_to(user).with_names().filter(user__is_active=True)


class StandInForm(forms.Form):
    stand_in = TeacherChoice(
        label="代班班主任", queryset=ClassTeacher.objects.none(), required=False, empty_label="（不安排）"
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["stand_in"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = ClassTeacher.objects.visible_to(user).with_names().filter(user__is_active=True)
