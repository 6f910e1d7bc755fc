"""What the search dialog finds of chapter 1: classes, class teachers and students, within the person's scope."""

from __future__ import annotations

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.search import Hit

from .models import ClassTeacher, RosterEntry, SchoolClass, Student
from .roster_filters import by_name, by_person

OPENERS = (Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD, Role.ASSESSOR, Role.OFFICE, Role.CLASS_TEACHER)


def find_classes(user: User, query: str, limit: int) -> list[Hit]:
    if not user.access.has(*OPENERS):
        return []
    rows = SchoolClass.objects.visible_to(user).filter(by_name(query, "code")).select_related("college")
    return [
        Hit("班级", row.name, reverse("teachers:class", args=[row.pk]), f"{row.code}·{row.college}", "people")
        for row in rows.order_by("code")[:limit]
    ]


def find_teachers(user: User, query: str, limit: int) -> list[Hit]:
    if not user.access.has(*OPENERS):
        return []
    rows = ClassTeacher.objects.visible_to(user).filter(by_person(query)).with_names().order_by("user__staff_no")
    return [
        Hit(
            "班主任",
            row.name,
            reverse("teachers:teacher", args=[row.pk]),
            f"{row.staff_no}·{row.college}",
            "person-badge",
        )
        for row in rows[:limit]
    ]


def find_students(user: User, query: str, limit: int) -> list[Hit]:
    if not user.access.has(*OPENERS):
        return []
    here = RosterEntry.objects.on(timezone.localdate()).filter(student=OuterRef("pk"))
    rows = (
        Student.objects.visible_to(user)
        .filter(by_name(query, "student_no"))
        .annotate(class_name=Subquery(here.values("school_class__name")[:1]))
        .order_by("student_no")
    )
    return [
        Hit(
            "学生", row.name, reverse("teachers:student", args=[row.pk]),
            "·".join(part for part in (row.student_no, row.class_name) if part), "mortarboard",
        )
        for row in rows[:limit]
    ]  # fmt: skip
