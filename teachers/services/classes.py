"""Project classes and their dates, which give the phase and, through the rules, the kind of pay (第十条)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.accounts.names import pinyin_of
from gaobo_banzhuren.audit.services import record
from gaobo_banzhuren.web.errors import StaleError, UserError

from .. import closing
from ..models import Appointment, Programme, RosterEntry, SchoolClass
from ..policies import roster as policies


@dataclass(frozen=True, slots=True)
class ClassFields:
    """What is entered about a class. `teaching_ends_on` and `closes_on` are last days."""

    name: str
    project_type: str
    sponsor: str
    major: str
    entry_year: int | None
    opens_on: dt.date
    teaching_ends_on: dt.date | None
    closes_on: dt.date | None


@transaction.atomic
def create_class(actor: User, *, code: str, college: College, fields: ClassFields) -> SchoolClass:
    """A new class. Raises UserError for a code in use or dates out of order."""
    policies.can_keep(actor, college.pk).require()
    _check_dates(fields)
    school_class = SchoolClass(code=code.strip(), college=college, **_columns(fields))
    try:
        with transaction.atomic():
            school_class.save(force_insert=True)
    except IntegrityError:
        raise UserError(f"班级代码「{code}」已被占用，请换一个代码。") from None
    record(actor, "teachers.class_create", school_class, after=facts(school_class), college=college)
    return school_class


@transaction.atomic
def update_class(actor: User, school_class: SchoolClass, *, fields: ClassFields, version: int) -> SchoolClass:
    """Change a class as it was read in `version`. Closed months keep what they were computed from.

    Raises StaleError when somebody else saved in between, UserError when appointments or students would lie outside.
    """
    policies.can_keep_class(actor, school_class).require()
    _check_dates(fields)
    _check_life(school_class, fields)
    _check_closing(school_class, fields)
    before = facts(school_class)
    columns = _columns(fields)
    changed = SchoolClass.objects.filter(pk=school_class.pk, version=version).update(version=version + 1, **columns)
    if not changed:
        raise StaleError(f"{school_class}刚被他人修改，没有保存。请刷新后核对再改。")
    school_class.refresh_from_db()
    after = facts(school_class)
    if before != after:
        record(
            actor, "teachers.class_update", school_class, before=before, after=after, college=school_class.college_id
        )
    return school_class


def _columns(fields: ClassFields) -> dict[str, Any]:
    programme, _ = Programme.objects.get_or_create(
        project_type=fields.project_type, sponsor=fields.sponsor.strip(), major=fields.major.strip()
    )
    pinyin, initials = pinyin_of(fields.name)
    return {
        "name": fields.name.strip(),
        "name_pinyin": pinyin,
        "name_initials": initials,
        "programme": programme,
        "entry_year": fields.entry_year,
        "opens_on": fields.opens_on,
        "teaching_ends_on": fields.teaching_ends_on,
        "closes_on": fields.closes_on,
    }


def _check_dates(fields: ClassFields) -> None:
    if not fields.name.strip():
        raise UserError("请填写班级名称。")
    if fields.teaching_ends_on and fields.teaching_ends_on < fields.opens_on:
        raise UserError(f"教学结束日期 {fields.teaching_ends_on} 早于开班日期 {fields.opens_on}，请改正。")
    last = fields.teaching_ends_on or fields.opens_on
    if fields.closes_on and fields.closes_on < last:
        raise UserError(f"结班日期 {fields.closes_on} 早于 {last}，请改正。")


def _check_life(school_class: SchoolClass, fields: ClassFields) -> None:
    """Appointments and roster entries must lie inside the life of the class."""
    early = (
        Appointment.objects.effective()
        .filter(school_class=school_class, starts_on__lt=fields.opens_on)
        .order_by("starts_on")
    ).first()
    if early and fields.opens_on > school_class.opens_on:
        raise UserError(f"{early.teacher.name}自 {early.starts_on} 起在岗，开班日期不能晚于这一天。")
    if fields.closes_on:
        late = RosterEntry.objects.standing().filter(school_class=school_class, starts_on__gt=fields.closes_on).count()
        if late:
            raise UserError(f"有 {late} 条名册记录晚于结班日期 {fields.closes_on}，请先核对这些学生。")


def _check_closing(school_class: SchoolClass, fields: ClassFields) -> None:
    """A class is closed when everything is settled; staying open longer needs nothing."""
    old, new = school_class.closes_on, fields.closes_on
    if new is None or (old is not None and new >= old):
        return
    if reasons := closing.reasons_against(school_class, new):
        raise UserError(f"还不能结班：{'；'.join(reasons)}。")


def facts(school_class: SchoolClass) -> dict[str, Any]:
    """What the log keeps of a class."""
    return {
        "班级代码": school_class.code,
        "班级名称": school_class.name,
        "专业项目": str(school_class.programme),
        "入学年份": school_class.entry_year,
        "开班日期": school_class.opens_on,
        "教学结束日期": school_class.teaching_ends_on,
        "结班日期": school_class.closes_on,
    }
