"""Forms of nominations: the proposal, and the five conditions of article 1 as five rows."""

from __future__ import annotations

from typing import Any

from django import forms

from gaobo_banzhuren.accounts.models import User

from ..models import NominationCondition, PostKind, SchoolClass
from ..services.nominations import ConditionInput
from .fields import ClassChoice, DateField, LongText, TeacherFields, VersionedForm, managed_classes


class TermsForm(forms.Form):
    """What of a nomination may still be changed while it is a draft."""

    kind = forms.ChoiceField(label="聘任类别", choices=PostKind.choices, initial=PostKind.MAIN)
    starts_on = DateField(label="拟聘开始日期", help_text="在岗的第一天。")
    planned_end_on = DateField(label="聘期至", required=False, help_text="不填则按学年设置（通常到学年末，可续聘）。")
    share = forms.IntegerField(
        label="分担人数",
        min_value=1,
        max_value=9999,
        required=False,
        help_text="一班由两位班主任分带时才填本人负责的人数（口径 A-20）。",
    )
    note = LongText(label="说明", required=False, max_length=1000, rows=2)


class DraftForm(TermsForm, VersionedForm):
    pass


class NominationForm(TeacherFields, TermsForm):
    school_class = ClassChoice(label="班级", queryset=SchoolClass.objects.none(), empty_label="请选择")

    field_order = ("school_class", "teacher", "staff_no", "kind", "starts_on", "planned_end_on", "share", "note")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        field = self.fields["school_class"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = managed_classes(user)


class ConditionForm(forms.Form):
    """One condition: confirmed or not, a remark, a proof."""

    confirmed = forms.BooleanField(label="符合", required=False)
    remark = forms.CharField(label="说明", max_length=300, required=False)
    attachment = forms.FileField(label="附件", required=False)

    def __init__(self, *args: Any, row: NominationCondition, **kwargs: Any) -> None:
        self.row = row
        kwargs |= {
            "prefix": row.clause.replace(".", "_"),
            "initial": {"confirmed": row.confirmed, "remark": row.remark},
        }
        super().__init__(*args, **kwargs)

    @property
    def given(self) -> ConditionInput:
        data = self.cleaned_data
        return ConditionInput(data["confirmed"], data["remark"], data["attachment"])


class ConditionsForm(VersionedForm):
    """All five rows in one page; each stays a row of its own."""

    def __init__(
        self, data: Any = None, files: Any = None, *, rows: list[NominationCondition], version: int, **kwargs: Any
    ) -> None:
        super().__init__(data, files, initial={"version": version}, **kwargs)
        self.parts = [ConditionForm(data, files, row=row) for row in rows]

    def is_valid(self) -> bool:
        return all([super().is_valid(), *(part.is_valid() for part in self.parts)])

    def is_multipart(self) -> bool:
        return True

    @property
    def given(self) -> dict[str, ConditionInput]:
        return {part.row.clause: part.given for part in self.parts}


class DecisionForm(VersionedForm):
    note = LongText(label="决定意见", required=False, max_length=500, rows=2)


class RefusalForm(VersionedForm):
    note = LongText(label="不同意的理由", max_length=500, rows=3, help_text="提名人会看到。")


class WithdrawForm(VersionedForm):
    note = forms.CharField(label="撤回的原因", max_length=200, required=False)
