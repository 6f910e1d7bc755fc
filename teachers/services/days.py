"""Checks of days with messages that name class, person and dates. The database guards the same; see `triggers`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.db.models import Q

from gaobo_banzhuren.regulation.in_force import NoRuleError, rules_on
from gaobo_banzhuren.regulation.models import SchoolYear
from gaobo_banzhuren.regulation.year_settings import OfficeTerm
from gaobo_banzhuren.web.errors import StaleError, UserError

from ..calculation import earliest
from ..models import Appointment, ClassTeacher, SchoolClass


def span_text(first: dt.date, last: dt.date | None) -> str:
    return f"{first} 起" if last is None else f"{first} 至 {last}"


def term_end(school_class: SchoolClass, starts_on: dt.date) -> dt.date | None:
    """The last day of office when none is entered (A-81): the end of the school year, or of the class where the office
    has set 带到班级毕业. None when the school year is not set up: no term is recorded then."""
    year = SchoolYear.objects.filter(starts_on__lte=starts_on, ends_on__gte=starts_on).first()
    if year is None:
        return None
    if year.term_of_office == OfficeTerm.COHORT.value:
        return school_class.closes_on
    return earliest(year.ends_on, school_class.closes_on)


def check_class_days(school_class: SchoolClass, first: dt.date, last: dt.date | None) -> None:
    """The days lie inside the life of the class. Raises UserError."""
    if last is not None and last < first:
        raise UserError(f"结束日期 {last} 早于开始日期 {first}，请改正。")
    if first < school_class.opens_on:
        raise UserError(f"{school_class}于 {school_class.opens_on} 开班，开始日期 {first} 不能早于开班日期。")
    if school_class.closes_on and first > school_class.closes_on:
        raise UserError(f"{school_class}已于 {school_class.closes_on} 结班，开始日期 {first} 应在结班之前。")


def clashing(
    school_class: SchoolClass,
    teacher: ClassTeacher,
    first: dt.date,
    last: dt.date | None,
    share: int | None = None,
    *,
    apart_from: Appointment | None = None,
) -> Appointment | None:
    """The first effective appointment of the class that may not share these days; None when the days are free.

    Two people may share days only with heads of their own each (A-20). An open appointment takes all days to come, even
    when its term has run out: it is to be ended or renewed first.
    """
    rows = Appointment.objects.effective().not_over(first).filter(school_class=school_class)
    if last is not None:
        rows = rows.filter(starts_on__lte=last)
    if share is not None:
        rows = rows.filter(Q(share__isnull=True) | Q(teacher=teacher))
    if apart_from is not None:
        rows = rows.exclude(pk=apart_from.pk)
    return rows.select_related("teacher__user").order_by("starts_on").first()


def check_free(
    school_class: SchoolClass,
    teacher: ClassTeacher,
    first: dt.date,
    last: dt.date | None = None,
    share: int | None = None,
    *,
    apart_from: Appointment | None = None,
) -> None:
    """Raise UserError naming class, person and days when the days are taken."""
    found = clashing(school_class, teacher, first, last, share, apart_from=apart_from)
    if found is None:
        return
    remedy = "请改日期，或先办理交接、离任" if found.is_open else "请改日期"
    sharing = "；两人分带时双方都要填分担人数" if share is not None and found.share is None else ""
    raise UserError(
        f"{school_class}（{school_class.code}）在 {span_text(found.starts_on, found.ends_on)}"
        f" 已由{found.teacher.name}（{found.teacher.staff_no}）任{found.get_kind_display()}，"
        f"与所填的 {span_text(first, last)} 重叠{sharing}。{remedy}。"
    )


def check_number_of_classes(teacher: ClassTeacher, first: dt.date, school_class: SchoolClass) -> None:
    """The limit of A-84, when the rule version sets one. Raises UserError."""
    try:
        limit = rules_on(first).appointment.max_classes
    except NoRuleError:
        return
    if limit is None:
        return
    others = Appointment.objects.on(first).filter(teacher=teacher).exclude(school_class=school_class)
    held = others.values("school_class").distinct().count()
    if held >= limit:
        raise UserError(f"{teacher.name}在 {first} 已带 {held} 个班，现行口径每人最多 {limit} 个班（A-84）。")


@contextmanager
def guarded(school_class: SchoolClass) -> Iterator[None]:
    """Turn the database's refusal, when somebody else was quicker, into a message."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as problem:
        raise StaleError(f"{school_class}的聘任刚被他人更改，与您填写的日期冲突，没有保存。请刷新后重试。") from problem
