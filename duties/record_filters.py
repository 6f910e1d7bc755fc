"""Filters of the list of work records. Those without a control of their own are for links from figures and lists."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.forms import HiddenInput
from django.http import HttpRequest

from gaobo_banzhuren.accounts.filters import ChoiceAmongColleges, colleges_in_scope
from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.regulation.models import Term
from teachers.models import ClassTeacher, SchoolClass, Student
from teachers.roster_filters import classes_in_scope

from .kinds import KINDS, THEMES
from .models import ExamSession, Progress, RecordClass, RecordState, RecordStudent, RecordTag, WorkRecord
from .policies.reading import known_students

ALL = "全部"


def students_in_scope(request: HttpRequest | None) -> QuerySet[Student]:
    if request is None or not isinstance(request.user, User):
        return Student.objects.none()
    return Student.objects.visible_to(request.user)


def teachers_in_scope(request: HttpRequest | None) -> QuerySet[ClassTeacher]:
    if request is None or not isinstance(request.user, User):
        return ClassTeacher.objects.none()
    return ClassTeacher.objects.visible_to(request.user)


def sessions_in_scope(request: HttpRequest | None) -> QuerySet[ExamSession]:
    if request is None or not isinstance(request.user, User):
        return ExamSession.objects.none()
    return ExamSession.objects.visible_to(request.user)


def _hidden(**kwargs: Any) -> dict[str, Any]:
    return kwargs | {"widget": HiddenInput}


class RecordFilter(ChoiceAmongColleges):
    """Voided records are shown only when asked for."""

    kind = django_filters.ChoiceFilter(label="类别", choices=[(kind.key, kind.name) for kind in KINDS], empty_label=ALL)
    college = django_filters.ModelChoiceFilter(
        label="学院", queryset=colleges_in_scope, method="by_college", empty_label=ALL
    )
    school_class = django_filters.ModelChoiceFilter(
        label="班级", queryset=classes_in_scope, method="by_class", empty_label=ALL
    )
    term = django_filters.ModelChoiceFilter(
        label="学期", queryset=Term.objects.select_related("school_year").order_by("-starts_on"), empty_label=ALL
    )
    state = django_filters.ChoiceFilter(label="状态", choices=RecordState.choices, empty_label="全部有效")
    progress = django_filters.ChoiceFilter(label="进展", choices=Progress.choices, empty_label=ALL)
    student = django_filters.ModelChoiceFilter(queryset=students_in_scope, method="by_student", **_hidden())
    teacher = django_filters.ModelChoiceFilter(queryset=teachers_in_scope, **_hidden())
    session = django_filters.ModelChoiceFilter(field_name="exam_session", queryset=sessions_in_scope, **_hidden())
    category = django_filters.CharFilter(method="by_category", max_length=20, **_hidden())
    theme = django_filters.ChoiceFilter(choices=[(each, each) for each in THEMES], method="by_theme", **_hidden())
    since = django_filters.DateFilter(field_name="happened_on", lookup_expr="gte", **_hidden())
    until = django_filters.DateFilter(field_name="happened_on", lookup_expr="lte", **_hidden())
    unread = django_filters.ChoiceFilter(choices=[("1", "1")], method="by_unread", **_hidden())

    class Meta:
        model = WorkRecord
        fields: list[str] = []

    @property
    def user(self) -> User:
        assert self.request is not None
        return self.request.user

    @property
    def qs(self) -> QuerySet[WorkRecord]:
        rows: QuerySet[WorkRecord] = super().qs
        asked = self.form.cleaned_data.get("state") if self.is_bound and self.form.is_valid() else ""
        return rows if asked else rows.exclude(state=RecordState.VOIDED)

    def by_college(self, rows: QuerySet[WorkRecord], name: str, value: College) -> QuerySet[WorkRecord]:
        return rows.filter(college=value)

    def by_class(self, rows: QuerySet[WorkRecord], name: str, value: SchoolClass) -> QuerySet[WorkRecord]:
        return rows.filter(Exists(RecordClass.objects.filter(record=OuterRef("pk"), school_class=value)))

    def by_student(self, rows: QuerySet[WorkRecord], name: str, value: Student) -> QuerySet[WorkRecord]:
        about = RecordStudent.objects.filter(record=OuterRef("pk"), student=value)
        return rows.filter(Q(Exists(about)) & known_students(self.user))

    def by_category(self, rows: QuerySet[WorkRecord], name: str, value: str) -> QuerySet[WorkRecord]:
        return rows.filter(known_students(self.user), category=value)

    def by_theme(self, rows: QuerySet[WorkRecord], name: str, value: str) -> QuerySet[WorkRecord]:
        themed = RecordTag.objects.filter(record=OuterRef("pk"), group=RecordTag.Group.THEME, value=value)
        return rows.filter(Exists(themed))

    def by_unread(self, rows: QuerySet[WorkRecord], name: str, value: str) -> QuerySet[WorkRecord]:
        return rows.filter(author=self.user).with_unread_comments()
