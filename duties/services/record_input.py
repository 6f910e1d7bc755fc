"""What a person entered for a record, checked against its kind, the day, the classes and the roster."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.audit.services import sensitive
from gaobo_banzhuren.regulation.models import Term
from gaobo_banzhuren.web.errors import NotAllowed, UserError
from teachers.models import Appointment, ClassTeacher, RosterEntry, SchoolClass

from .. import kinds
from ..kinds import Field, Input, Kind, Need
from ..models import Privacy, WorkRecord
from ..rosters import GONE

MOST_TAGS = 8
LONGEST_TAG = 20
LONGEST_TEXT = 20_000
TEXT_COLUMNS = frozenset({"place", "title", "way", "category", "level", "text"})
"""Columns that hold an empty text where nothing was entered."""


@dataclass(frozen=True, slots=True)
class RecordInput:
    """What a person entered. `values` holds the declared fields of the kind, already typed (dates, whole numbers, rows)."""

    kind: str
    happened_on: dt.date
    classes: Sequence[SchoolClass]
    students: Sequence[int] = ()
    absent: Sequence[int] = ()
    themes: Sequence[str] = ()
    tags: Sequence[str] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    privacy: str = ""
    follows: WorkRecord | None = None


def kind_for(key: str) -> Kind:
    """The kind; UserError for one that nobody declared."""
    kind = kinds.find(key)
    if kind is None:
        raise UserError(f"没有「{key}」这一类工作记录。")
    return kind


def problems_of(kind: Kind, data: RecordInput, *, archive: bool) -> list[str]:
    """Everything in Chinese that keeps the input from being saved, or from being archived."""
    found = privacy_problems(kind, data.privacy)
    if not data.classes:
        found.append("请选择班级")
    if len(data.classes) > 1 and not kind.several_classes:
        found.append(f"「{kind.name}」一次只登记一个班")
    if len({school_class.college_id for school_class in data.classes}) > 1:
        found.append("一条记录里的班级须属于同一学院")
    if data.happened_on > timezone.localdate():
        found.append("日期不能晚于今天")
    if kind.students is Need.NONE and data.students:
        found.append(f"「{kind.name}」不登记学生")
    if kind.students is Need.ONE and len(set(data.students)) > 1:
        found.append(f"「{kind.name}」一次登记一名学生")
    if archive and kind.students in (Need.ONE, Need.MANY) and not data.students:
        found.append("请选择学生")
    unknown = [theme for theme in data.themes if not kind.themes or theme not in kinds.THEMES]
    if unknown:
        found.append(f"没有教育主题「{'、'.join(unknown)}」")
    if len(data.tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in data.tags):
        found.append(f"自定标签最多 {MOST_TAGS} 个，每个不超过 {LONGEST_TAG} 个字")
    for each in kind.fields:
        found += field_problems(each, data.values.get(each.name), archive=archive)
    due, present = data.values.get("due"), data.values.get("present")
    if due is not None and present is not None and present > due:
        found.append(f"实到 {present} 人多于应到 {due} 人")
    return found


def privacy_problems(kind: Kind, privacy: str) -> list[str]:
    """What others decide on or answer cannot be kept from them: nobody would ever see that it waits."""
    if privacy == Privacy.PRIVATE and kind.progress in ("decision", "report"):
        return [f"「{kind.name}」要由学院或继续教育学院办理，保密不能选「仅本人」"]
    if privacy == Privacy.PRIVATE and kind.several_classes:
        # The number of class meetings is a rule (art. 9): nobody meets it with records that nobody can check.
        return [f"「{kind.name}」计入制度规定的次数，要能核对，保密不能选「仅本人」"]
    return []


def field_problems(each: Field, value: Any, *, archive: bool) -> list[str]:
    if value in (None, ""):
        return [f"请填写「{each.label}」"] if archive and each.required else []
    if each.choices and str(value) not in dict(each.choices):
        return [f"「{each.label}」没有选项「{value}」"]
    longest = each.longest or (LONGEST_TEXT if each.input is Input.TEXT else 0)
    if longest and isinstance(value, str) and len(value) > longest:
        return [f"「{each.label}」最多 {longest} 个字，现有 {len(value)} 个"]
    if each.input is Input.NUMBER and not 0 <= value <= 9999:
        return [f"「{each.label}」应在 0 到 9999 之间"]
    return []


def teacher_for(actor: User, kind: Kind, data: RecordInput) -> ClassTeacher | None:
    """Whose work it is: the writer in post on that day, else (written by the college or office) whoever was."""
    day, wanted = data.happened_on, {school_class.pk for school_class in data.classes}
    posts = list(
        Appointment.objects.on(day).filter(school_class_id__in=wanted).select_related("teacher").order_by("kind", "pk")
    )
    own = [post for post in posts if post.teacher.user_id == actor.pk]
    if {post.school_class_id for post in own} == wanted:
        return own[0].teacher
    access = actor.access
    college = next(iter(data.classes)).college_id
    staff = Role.OFFICE in kind.writers and access.has(Role.OFFICE)
    college_roles = tuple(r for r in kind.writers if r in (Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD))
    staff = staff or bool(college_roles and college in access.colleges(*college_roles))
    if staff:
        return posts[0].teacher if posts else None
    missing = [
        school_class.name for school_class in data.classes if school_class.pk not in {p.school_class_id for p in own}
    ]
    raise NotAllowed(f"{day:%Y-%m-%d} 您不是{'、'.join(missing)}的在岗班主任，不能登记这一天的工作。")


def students_on(data: RecordInput) -> dict[int, int]:
    """Student key to class key on that day; UserError names those who were not on the roster."""
    wanted = {*data.students, *data.absent}
    if not wanted:
        return {}
    rows = (
        RosterEntry.objects.on(data.happened_on)
        .filter(student_id__in=wanted, school_class__in=[c.pk for c in data.classes])
        .exclude(state__in=GONE)
        .values_list("student_id", "school_class_id")
    )
    found = dict(rows)
    missing = wanted - set(found)
    if missing:
        raise UserError(f"有 {len(missing)} 名学生 {data.happened_on:%Y-%m-%d} 不在所选班级的名册上，请重新选择。")
    return found


def columns_of(kind: Kind, data: RecordInput, teacher: ClassTeacher | None, *, term: Term | None) -> dict[str, Any]:
    """The columns of a record, with what the kind demands of confidentiality."""
    values = {each.name: data.values.get(each.name) for each in kind.fields}
    columns: dict[str, Any] = {
        "kind": kind.key,
        "teacher": teacher,
        "college_id": next(iter(data.classes)).college_id,
        "term": term,
        "happened_on": data.happened_on,
        "privacy": _privacy(kind, data, values),
        "follows": data.follows,
        "details": {
            each.name: storable(values[each.name]) for each in kind.detail_fields if values[each.name] not in (None, "")
        },
    }
    for each in kind.fields:
        if each.is_column:
            columns[each.name] = (values[each.name] or "") if each.name in TEXT_COLUMNS else values[each.name]
    return columns


def _privacy(kind: Kind, data: RecordInput, values: Mapping[str, Any]) -> str:
    """What the kind and the category demand is never weakened by the form."""
    if data.privacy == Privacy.PRIVATE:
        return Privacy.PRIVATE
    if kind.psychological_category and values.get("category") == kind.psychological_category:
        return Privacy.PSYCHOLOGICAL
    asked = data.privacy or Privacy.NORMAL
    return kind.privacy if asked == Privacy.NORMAL else asked


def storable(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date | dt.time) else value


def facts(record: WorkRecord) -> dict[str, Any]:
    """For the log: facts, and of texts only length and digest."""
    return {
        "kind": record.kind,
        "day": record.happened_on,
        "privacy": record.privacy,
        "text": sensitive(record.text),
        "students": record.student_links.count(),
    }
