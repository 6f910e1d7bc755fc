"""Settling a month for 600 classes and 36,000 students against one grouped count plus a bulk insert of the lines."""

from __future__ import annotations

import datetime as dt
from typing import Any

CLASSES, COLLEGES = 600, 8
SIZES = (48, 55, 60, 63, 74)
"""Students per class in turn: 60 on average, 36,000 together."""


def _school() -> None:
    from gaobo_banzhuren.accounts.models import College, User
    from teachers.models import Appointment, ClassTeacher, Programme, RosterEntry, SchoolClass, Student

    opened = dt.date(2023, 9, 1)
    colleges = College.objects.bulk_create(College(code=f"B{n}", name=f"第{n}学院") for n in range(COLLEGES))
    programme = Programme.objects.create(project_type="专接本", sponsor="江南测试大学", major="会计学")
    users = User.objects.bulk_create(
        User(staff_no=f"8{n:06d}", name=f"教师{n}", password="!")
        for n in range(CLASSES)  # noqa: S106
    )
    teachers = ClassTeacher.objects.bulk_create(
        ClassTeacher(user=user, college=colleges[n % COLLEGES]) for n, user in enumerate(users)
    )
    classes = SchoolClass.objects.bulk_create(
        SchoolClass(
            code=f"K{n:04d}", name=f"测试{n}班", college=colleges[n % COLLEGES], programme=programme, opens_on=opened
        )
        for n in range(CLASSES)
    )
    Appointment.objects.bulk_create(
        Appointment(school_class=each, teacher=teacher, starts_on=opened, filed_on=opened, state="filed")
        for each, teacher in zip(classes, teachers, strict=True)
    )
    sizes = [SIZES[n % len(SIZES)] for n in range(CLASSES)]
    places = [each for each, size in zip(classes, sizes, strict=True) for _ in range(size)]
    students = Student.objects.bulk_create(
        [Student(student_no=f"S{n:06d}", name=f"学生{n}") for n in range(sum(sizes))], batch_size=2000
    )
    RosterEntry.objects.bulk_create(
        [
            RosterEntry(student=student, school_class=place, state="在读", starts_on=opened)
            for student, place in zip(students, places, strict=True)
        ],
        batch_size=2000,
    )


def bench_settle(report: Any) -> None:
    from django.db import connection, transaction
    from django.db.models import Count, Q
    from django.test.utils import CaptureQueriesContext

    from allowance.calculation import Month
    from allowance.models import MonthSheet, SheetLine
    from allowance.services.settlement import settle_month
    from teachers.models import RosterEntry

    _school()
    months = [Month(2023, 10), Month(2023, 11), Month(2023, 12), Month(2024, 1), Month(2024, 2)]
    best = min(report.time(f"结算 600 个班：{month}", lambda m=month: settle_month(m, actor=None)) for month in months)
    lines = list(SheetLine.objects.filter(sheet__month=months[0].first_day))
    sheet = MonthSheet.objects.get(month=months[0].first_day, college__code="B0")

    def count_and_insert(day: dt.date) -> None:
        with transaction.atomic():
            counted = RosterEntry.objects.filter(
                Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day, voided_at__isnull=True, state="在读"
            )
            dict(counted.order_by().values_list("school_class_id").annotate(n=Count("pk")))
            SheetLine.objects.bulk_create(lines, batch_size=500)

    floor = float("inf")
    for year in range(2030, 2035):
        sheet.pk, sheet.month = None, dt.date(year, 1, 1)
        sheet.save(force_insert=True)
        for number, line in enumerate(lines):
            line.pk, line.sheet_id, line.sequence = None, sheet.pk, number + 1
        floor = min(floor, report.time("一次分组计数加批量写入", lambda: count_and_insert(dt.date(2023, 11, 1))))
    report.ratio("结算 / 计数加写入", best, floor, at_most=5)
    with CaptureQueriesContext(connection) as queries:
        settle_month(Month(2024, 3), actor=None)
    report.number("查询数（600 个班，8 个学院）", len(queries))
