"""Forms of tasks: what is asked for, the report, the return, the end."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.web.widgets import DayInput, LongText

from ..models import Task, TaskAssignment
from ..services.tasks import LONGEST_TEXT, MOST_FILES, TaskInput
from .records import FILE_TYPES, ManyFiles
from .whom import CHIPS, WhomForm

FIRST_FIELDS = ("kind", "title", "text", "materials", "due_on")


class TaskForm(WhomForm):
    kind = forms.ChoiceField(label="类别", choices=Task.Kind.choices, initial=Task.Kind.TASK, widget=forms.RadioSelect)
    title = forms.CharField(label="任务", max_length=120, strip=True)
    text = forms.CharField(label="要求", max_length=5000, required=False, strip=True, widget=LongText(rows=4))
    materials = forms.CharField(
        label="需要的材料", max_length=200, required=False, strip=True, help_text="例：汇总表（xlsx）、活动照片 3 张"
    )
    due_on = forms.DateField(label="期限", widget=DayInput, help_text="当天上报不算逾期")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.fields["kind"].look = CHIPS  # type: ignore[attr-defined]
        self.fields["due_on"].widget.attrs["min"] = timezone.localdate().isoformat()

    def task_input(self) -> TaskInput:
        data = self.cleaned_data
        return TaskInput(giver=data["giver"], college=data["college"], **{name: data[name] for name in FIRST_FIELDS})


class ReportForm(forms.Form):
    text = forms.CharField(
        label="上报内容", max_length=LONGEST_TEXT, required=False, strip=True, widget=LongText(rows=6),
        help_text="做了什么、结果如何；只交材料时可以不写",
    )  # fmt: skip
    files = ManyFiles(label="材料", required=False, help_text=f"一次最多 {MOST_FILES} 个，照片、PDF、Word 或 Excel")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["files"].widget.attrs |= {"multiple": True, "data-shrink": "", "accept": FILE_TYPES}


class ReturnForm(forms.Form):
    reason = forms.CharField(
        label="退回原因", max_length=300, strip=True, widget=LongText(rows=3), help_text="班主任会看到"
    )
    due_on = forms.DateField(
        label="新的期限", required=False, widget=DayInput, help_text="不填则按原来的期限，过期仍算逾期"
    )

    def __init__(self, *args: Any, due_on: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_on"].widget.attrs["min"] = max(due_on, timezone.localdate()).isoformat()


class CloseForm(forms.Form):
    quality = forms.CharField(
        label="质量评价", max_length=200, required=False, strip=True, help_text="例：材料齐全，及时准确"
    )


class ReportedBoxes(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: TaskAssignment) -> str:
        return f"{obj.teacher.name}（{obj.reported_on:%Y-%m-%d} 上报）"


class CloseManyForm(CloseForm):
    def __init__(self, *args: Any, rows: QuerySet[TaskAssignment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignments"] = ReportedBoxes(
            label="办结哪些", queryset=rows, initial=list(rows), error_messages={"required": "请至少选择一位班主任。"}
        )
        self.order_fields(["assignments", "quality"])
