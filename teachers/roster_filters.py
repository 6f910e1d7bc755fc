"""Filters of classes, students and class teachers: by text, pinyin and initials, and by what people sort work by."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from gaobo_banzhuren.accounts.filters import ChoiceAmongColleges, colleges_in_scope
from gaobo_banzhuren.accounts.models import User

from .models import (
    Appointment,
    ClassTeacher,
    ProjectType,
    RosterEntry,
    SchoolClass,
    StaffCategory,
    Student,
    StudentState,
)

PHASES = [
    ("before", "未开班"),
    ("teaching", "教学中"),
    ("graduating", "毕业班"),
    ("closed", "已结班"),
    ("vacant", "空缺"),
]


def plain(text: str) -> tuple[str, str]:
    """The text without blanks, as typed and in lower case for pinyin."""
    joined = "".join(text.split())
    return joined, joined.lower()


def by_name(text: str, *numbers: str) -> Q:
    """Match a name by characters, pinyin or initials, or one of the number fields by its beginning."""
    joined, lower = plain(text)
    condition = Q(name__icontains=joined) | Q(name_pinyin__startswith=lower) | Q(name_initials__startswith=lower)
    for field in numbers:
        condition |= Q(**{f"{field}__istartswith": joined})
    return condition


def by_person(text: str) -> Q:
    """Match a class teacher by name, pinyin, initials or the beginning of the 工号."""
    joined, lower = plain(text)
    return (
        Q(user__name__icontains=joined)
        | Q(user__staff_no__istartswith=joined)
        | Q(user__name_pinyin__startswith=lower)
        | Q(user__name_initials__startswith=lower)
    )


def classes_in_scope(request: HttpRequest | None) -> QuerySet[SchoolClass]:
    if request is None or not isinstance(request.user, User):
        return SchoolClass.objects.none()
    return SchoolClass.objects.visible_to(request.user)


class ClassFilter(ChoiceAmongColleges):
    college = django_filters.ModelChoiceFilter(label="学院", queryset=colleges_in_scope, empty_label="全部")
    project_type = django_filters.ChoiceFilter(
        label="项目类型", field_name="programme__project_type", choices=ProjectType.choices, empty_label="全部"
    )
    phase = django_filters.ChoiceFilter(label="阶段", choices=PHASES, method="by_phase", empty_label="全部")

    class Meta:
        model = SchoolClass
        fields: list[str] = []

    def by_phase(self, rows: QuerySet[SchoolClass], name: str, value: str) -> QuerySet[SchoolClass]:
        today = timezone.localdate()
        open_now = Q(closes_on__isnull=True) | Q(closes_on__gte=today)
        led = Appointment.objects.on(today).filter(school_class=OuterRef("pk"))
        conditions: dict[str, Any] = {
            "before": Q(opens_on__gt=today),
            "teaching": open_now & Q(opens_on__lte=today) & (Q(teaching_ends_on=None) | Q(teaching_ends_on__gte=today)),
            "graduating": open_now & Q(teaching_ends_on__lt=today),
            "closed": Q(closes_on__lt=today),
            "vacant": open_now & Q(opens_on__lte=today) & ~Exists(led),
        }
        return rows.filter(conditions[value])


class StudentFilter(django_filters.FilterSet):
    school_class = django_filters.ModelChoiceFilter(
        label="班级", queryset=classes_in_scope, method="by_class", empty_label="全部"
    )
    state = django_filters.ChoiceFilter(
        label="状态", choices=StudentState.choices, method="by_state", empty_label="全部"
    )

    class Meta:
        model = Student
        fields: list[str] = []

    def by_class(self, rows: QuerySet[Student], name: str, value: SchoolClass) -> QuerySet[Student]:
        return rows.filter(self._now(school_class=value))

    def by_state(self, rows: QuerySet[Student], name: str, value: str) -> QuerySet[Student]:
        return rows.filter(self._now(state=value))

    def _now(self, **conditions: Any) -> Q:
        return Q(Exists(RosterEntry.objects.on(timezone.localdate()).filter(student=OuterRef("pk"), **conditions)))


class TeacherFilter(ChoiceAmongColleges):
    college = django_filters.ModelChoiceFilter(label="学院", queryset=colleges_in_scope, empty_label="全部")
    category = django_filters.ChoiceFilter(label="人员类别", choices=StaffCategory.choices, empty_label="全部")
    post = django_filters.ChoiceFilter(
        label="在岗", choices=[("yes", "现在带班"), ("no", "现在不带班")], method="by_post", empty_label="全部"
    )

    class Meta:
        model = ClassTeacher
        fields: list[str] = []

    def by_post(self, rows: QuerySet[ClassTeacher], name: str, value: str) -> QuerySet[ClassTeacher]:
        leads = Exists(Appointment.objects.on(timezone.localdate()).filter(teacher=OuterRef("pk")))
        return rows.filter(leads if value == "yes" else ~leads)
