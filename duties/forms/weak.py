"""Forms of weak courses and of students who are behind."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from teachers.forms.fields import DateField, LongText
from teachers.models import Student

from ..models import Course, ExamSession
from .exams import CourseChoice, StudentsChoice


class WeakCourseForm(forms.Form):
    course = CourseChoice(label="课程", queryset=Course.objects.all(), empty_label="请选择")
    basis = forms.CharField(label="依据", max_length=200, help_text="如 某场考试及格率，或平时测验情况。")
    session = forms.ModelChoiceField(
        label="之前场次", queryset=ExamSession.objects.none(), required=False, empty_label="（无）",
        help_text="用来比较帮助前后的及格率。",
    )  # fmt: skip
    teacher_name = forms.CharField(label="任课教师", max_length=30, required=False)

    def __init__(self, *args: Any, sessions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["session"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = sessions


class WeakHelpForm(forms.Form):
    teacher_name = forms.CharField(label="任课教师", max_length=30, required=False)
    helped_on = DateField(label="落实日期", required=False)
    help_given = LongText(label="请任课教师帮助的措施", rows=4, required=False)
    result = LongText(label="效果", rows=3, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput())


class WeakStudentForm(forms.Form):
    students = StudentsChoice(label="学生", queryset=Student.objects.none(), widget=forms.CheckboxSelectMultiple)
    basis = forms.CharField(label="依据", max_length=200)
    courses = forms.CharField(label="课程", max_length=200, required=False)
    on = DateField(label="列入日期")

    def __init__(self, *args: Any, students: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["students"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = students
        self.fields["on"].initial = timezone.localdate


class RemoveStudentForm(forms.Form):
    reason = LongText(label="移出原因", rows=2, max_length=200)
