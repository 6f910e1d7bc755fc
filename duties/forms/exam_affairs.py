"""Forms of the term's exam affairs."""

from __future__ import annotations

from typing import Any

from django import forms

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.regulation.models import Term
from teachers.forms.fields import DateField, LongText, TeacherChoice, VersionedForm
from teachers.models import ClassTeacher, SchoolClass

from ..models import ExamSession
from ..policies.exams import COLLEGE
from ..services.exam_affairs import USUAL_ITEMS


def colleges_planned_for(user: User) -> Any:
    if user.access.has(Role.OFFICE):
        return College.objects.all()
    return College.objects.filter(pk__in=user.access.colleges(*COLLEGE))


class WhereForm(forms.Form):
    """For which college; the office may plan for the whole school."""

    college = forms.ModelChoiceField(
        label="二级学院", queryset=College.objects.none(), required=False, empty_label="（全校）"
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["college"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = colleges_planned_for(user)
        if not user.access.has(Role.OFFICE):
            field.required, field.empty_label = True, None


class PlanAffairsForm(WhereForm):
    items = forms.MultipleChoiceField(
        label="事项", choices=[(item, item) for item in USUAL_ITEMS], required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    other = forms.CharField(label="其他事项", max_length=80, required=False, help_text="多项用顿号隔开。")
    due_on = DateField(label="期限")
    session = forms.ModelChoiceField(
        label="考试场次", queryset=ExamSession.objects.none(), required=False, empty_label="（不指定）"
    )
    classes = forms.ModelMultipleChoiceField(
        label="分到班级", queryset=SchoolClass.objects.none(), required=False, widget=forms.CheckboxSelectMultiple,
        help_text="选了班级的，每班一条，由在岗班主任负责；不选则为学院（全校）一条。",
    )  # fmt: skip
    responsible = TeacherChoice(
        label="负责的班主任", queryset=ClassTeacher.objects.none(), required=False, empty_label="（不指定）",
        help_text="不分到班级时可以指定。",
    )  # fmt: skip
    note = forms.CharField(label="说明", max_length=200, required=False)

    field_order = ("items", "other", "due_on", "session", "college", "classes", "responsible", "note")

    def __init__(self, *args: Any, user: User, term: Term | None, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        colleges = colleges_planned_for(user)
        classes = SchoolClass.objects.filter(college__in=colleges)
        if term:
            classes = classes.open_on_any(term.starts_on, term.ends_on)
        self._offer("classes", classes.order_by("college__code", "code"))
        self._offer("session", ExamSession.objects.visible_to(user))
        self._offer("responsible", ClassTeacher.objects.visible_to(user).with_names().filter(user__is_active=True))

    def _offer(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        typed = [part.strip() for part in data.get("other", "").replace("，", "、").split("、")]
        data["wanted"] = [*data.get("items", ()), *(part for part in typed if part)]
        if not data["wanted"]:
            self.add_error("items", "请勾选事项，或在下面填写。")
        return data


class CopyAffairsForm(WhereForm):
    source = forms.ModelChoiceField(label="照搬哪个学期", queryset=Term.objects.none(), empty_label=None)

    field_order = ("source", "college")

    def __init__(self, *args: Any, user: User, terms: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        field = self.fields["source"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = terms


class TickForm(VersionedForm):
    done_on = DateField(label="完成日期", required=False, help_text="清空表示还没有完成。")
    note = forms.CharField(label="说明", max_length=200, required=False)


class AffairForm(VersionedForm):
    item = forms.CharField(label="事项", max_length=80)
    due_on = DateField(label="期限")
    responsible = TeacherChoice(
        label="负责的班主任", queryset=ClassTeacher.objects.none(), required=False, empty_label="（不指定）"
    )
    note = forms.CharField(label="说明", max_length=200, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["responsible"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = ClassTeacher.objects.visible_to(user).with_names().filter(user__is_active=True)


class CancelForm(VersionedForm):
    reason = LongText(label="撤销原因", rows=2, max_length=200)
