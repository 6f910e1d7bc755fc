"""Forms of courses, exam sessions, registrations and results."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.accounts.roles import Role
from teachers.forms.fields import DateField, LongText
from teachers.models import Student

from ..models import Course, CourseKind, ResultStatus

SCORE = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "enterkeyhint": "done"})


class CourseChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Course) -> str:
        return f"{obj.name}（{obj.code}·{obj.kind}）"


class CoursesChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Course) -> str:
        return f"{obj.name}（{obj.code}）"


class StudentChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Student) -> str:
        return f"{obj.name}（{obj.student_no}）"


class StudentsChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Student) -> str:
        return f"{obj.name} {obj.student_no[-4:]}"


class CourseForm(forms.Form):
    code = forms.CharField(label="课程代码", max_length=20)
    name = forms.CharField(label="课程名称", max_length=60)
    kind = forms.ChoiceField(label="课程类型", choices=CourseKind.choices)
    credits = forms.DecimalField(label="学分", max_digits=4, decimal_places=1, min_value=0, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput(), required=False)


class SessionForm(forms.Form):
    name = forms.CharField(label="考试场次", max_length=60, help_text="如 2024 年 4 月统考；学院自己的考试请写明学院。")
    kind = forms.ChoiceField(label="类型", choices=CourseKind.choices)
    college = forms.ModelChoiceField(
        label="二级学院", queryset=College.objects.none(), required=False, empty_label="（全校）",
        help_text="学院自己组织的考试选学院；全校的考试由继续教育学院维护。",
    )  # fmt: skip
    registration_opens_on = DateField(label="报名开始", required=False)
    registration_closes_on = DateField(
        label="报名截止", required=False, help_text="当天仍可报名；过后报名表不能再改，推后日期即重新开放。"
    )
    starts_on = DateField(label="考试开始")
    ends_on = DateField(label="考试结束")
    results_on = DateField(
        label="成绩发布",
        required=False,
        help_text="这一天起班主任看到成绩，名单和家长告知从这天算；不填则登记成绩的当天。",
    )
    note = forms.CharField(label="说明", max_length=200, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput(), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["college"]
        assert isinstance(field, forms.ModelChoiceField)
        if user.access.has(Role.OFFICE):
            field.queryset = College.objects.all()
        else:
            field.queryset = College.objects.filter(pk__in=user.access.colleges(Role.COLLEGE_ADMIN))
            field.required, field.empty_label = True, None


class GridForm(forms.Form):
    """The registration grid: which rows with which versions the person saw, and what was ticked."""

    seen = forms.CharField(widget=forms.HiddenInput(), required=False, max_length=40_000)

    def clean_seen(self) -> dict[int, int]:
        pairs = [pair.partition(":") for pair in self.cleaned_data["seen"].split(",") if pair]
        if any(not (key.isdecimal() and version.isdecimal() and len(key) < 12) for key, _, version in pairs):
            raise ValidationError("报名表不完整，请刷新后重新填写。")
        return {int(key): int(version) for key, _, version in pairs}


class PlanForm(forms.Form):
    """Students to put down for courses."""

    courses = CoursesChoice(
        label="课程", queryset=Course.objects.none(), widget=forms.CheckboxSelectMultiple, help_text="可选多门。"
    )
    students = StudentsChoice(
        label="学生", queryset=Student.objects.none(), widget=forms.CheckboxSelectMultiple,
        help_text="默认全班；已在名单上的不会重复。",
    )  # fmt: skip

    def __init__(self, *args: Any, courses: Any, students: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (("courses", courses), ("students", students)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelMultipleChoiceField)
            field.queryset = rows


class ResultFields(forms.Form):
    status = forms.ChoiceField(label="结果", choices=ResultStatus.choices)
    score = forms.DecimalField(
        label="成绩", max_digits=4, decimal_places=1, min_value=0, required=False, widget=SCORE,
        help_text="没有分数可不填；缺考、免考不填。",
    )  # fmt: skip
    grade = forms.CharField(label="等第", max_length=10, required=False, help_text="如 良好；没有可不填。")


class ResultForm(ResultFields):
    student = StudentChoice(label="学生", queryset=Student.objects.none(), empty_label="请选择")
    course = CourseChoice(label="课程", queryset=Course.objects.none(), empty_label="请选择")

    field_order = ("student", "course", "status", "score", "grade")

    def __init__(self, *args: Any, students: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (("student", students), ("course", Course.objects.all())):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows


class CorrectionForm(ResultFields):
    reason = LongText(label="更正原因", rows=2, max_length=500, help_text="原成绩、新成绩和原因都会留在审计记录里。")
    version = forms.IntegerField(widget=forms.HiddenInput())


class VersionReasonForm(forms.Form):
    reason = LongText(label="理由", rows=2, max_length=500)
    version = forms.IntegerField(widget=forms.HiddenInput())
