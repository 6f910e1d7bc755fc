"""Results of a session as a workbook: a sheet of classes, a sheet of classes and courses (C5.5d)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.audit.services import record as audit
from gaobo_banzhuren.documents.workbooks_out import INTEGER, TEXT, Column, Sheet, Table, workbook_bytes
from teachers.models import SchoolClass

from ..exam_figures import PassCount, pooled
from ..exam_numbers import RegistrationCount, pass_counts, registration_counts, registrations_of
from ..models import Course, ExamSession
from ..models.exams import ExamResultQuerySet

COUNTED = ("报考", "实考", "合格", "不合格", "违纪", "作弊", "缺考", "免考")
FIGURES = ("及格率", "报考通过率", "平均分")


@transaction.atomic
def session_workbook(
    user: User, session: ExamSession, classes: Sequence[SchoolClass], results: ExamResultQuerySet
) -> bytes:
    """Pass figures of the classes in the session. `results` are those that the person may count."""
    keys = [one.pk for one in classes]
    entered, counted = registrations_of(keys).filter(session=session), results.filter(session=session)
    counted = counted.filter(school_class_id__in=keys)
    by_class = pass_counts(counted, entered, "school_class_id")
    by_course = pass_counts(counted, entered, "school_class_id", "course_id")
    registered = registration_counts(entered, "school_class_id")
    courses = Course.objects.in_bulk({course for _, course in by_course})
    first = [
        (
            one.college.name, one.code, one.name, registered.get((one.pk,), RegistrationCount()).should,
            *_numbers(by_class.get((one.pk,), PassCount())),
        )
        for one in classes
    ]  # fmt: skip
    second = [
        (one.code, one.name, courses[course].code, courses[course].name, *_numbers(found))
        for one in classes
        for (key, course), found in sorted(by_course.items(), key=lambda item: courses[item[0][1]].code)
        if key == one.pk
    ]
    total = pooled(by_class.values())
    head: list[list[Any]] = [
        [f"{session} 成绩统计"],
        [
            f"及格率 = 合格科次 ÷ 实考科次；缺考、免考不计实考，违纪、作弊计实考不计合格。导出日期 {timezone.localdate()}"
        ],
    ]
    foot = [["合计", "", "", sum(one.should for one in registered.values()), *_numbers(total)]]
    sheets = [
        Sheet("按班级", before=head, table=Table(_columns("学院", "班级代码", "班级", "应报"), first, foot=foot)),
        Sheet("按班级和课程", before=head, table=Table(_columns("班级代码", "班级", "课程代码", "课程"), second)),
    ]
    audit(user, "duties.exam_export", session, after={"classes": len(classes)})
    return workbook_bytes(sheets, title=f"{session} 成绩统计")


def _columns(*leading: str) -> list[Column]:
    names = (*leading, *COUNTED, *FIGURES)
    return [Column(name, at, INTEGER if name in (*COUNTED, "应报") else TEXT) for at, name in enumerate(names)]


def _numbers(one: PassCount) -> tuple[Any, ...]:
    counts = (one.registered, one.sat, one.passed, one.failed, one.breach, one.cheated, one.absent, one.exempt)
    return (*counts, one.pass_text, one.registered_text, one.mean_text)
