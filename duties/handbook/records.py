"""Records as they are printed: every kind by its own declaration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from .. import kinds
from ..kinds import Field, Input
from ..models import RecordNote, RecordStudent, RecordTag, WorkRecord
from ..showing import HIDDEN
from .content import Entry, Section


@dataclass(frozen=True, slots=True)
class Printed:
    """A record that may be printed; without `full` its confidential texts stay out, without `tells` also whom it was
    about and what was chosen: a book names no more than a list (A-87)."""

    record: WorkRecord
    full: bool
    tells: bool = True
    notes: Sequence[RecordNote] = field(default=())


class Part(NamedTuple):
    """A part made of records of some kinds, and what is printed when there are none."""

    key: str
    title: str
    kinds: tuple[str, ...]
    empty: str


def printed_section(part: Part, groups: Mapping[str, Sequence[Printed]], hidden: Mapping[str, int]) -> Section:
    """The part with all its records in order of date; closed ones are only counted."""
    rows = [one for kind in part.kinds for one in groups.get(kind, ())]
    rows.sort(key=lambda one: (one.record.happened_on, one.record.pk))
    named = len(part.kinds) > 1
    entries = [_entry(number, one, named=named) for number, one in enumerate(rows, start=1)]
    closed = sum(hidden.get(kind, 0) for kind in part.kinds)
    note = f"另有 {closed} 条保密记录，内容不入手册。" if closed else ""
    return Section(part.key, part.title, "" if closed else part.empty, entries=entries, note=note)


def _entry(number: int, one: Printed, *, named: bool) -> Entry:
    record = one.record
    kind = kinds.kind_of(record.kind)
    if not one.tells:
        heading = [f"{number}.", record.happened_on.isoformat(), kind.name if named else ""]
        return Entry("　".join(part for part in heading if part), [("内容", HIDDEN)])
    shown = [
        (declared, value)
        for declared in kind.fields
        if (one.full or not declared.confidential) and (value := shown_value(record, declared))
    ]
    heading = [f"{number}.", record.happened_on.isoformat(), f"{record.starts_at:%H:%M}" if record.starts_at else ""]
    heading += [kind.name if named else "", *(value for declared, value in shown if declared.name == "title")]
    facts = [
        (declared.label, value)
        for declared, value in shown
        if declared.input is not Input.TEXT and declared.name not in ("title", "starts_at")
    ]
    texts = [(declared.label, value) for declared, value in shown if declared.input is Input.TEXT]
    if one.full:
        texts += [(f"{note.get_kind_display()} {note.on}", note.text) for note in one.notes]
        texts += [("结果", record.result)] if record.result else []
    return Entry("　".join(part for part in heading if part), [*_people(one), *facts, *_marks(one)], texts)


def _people(one: Printed) -> list[tuple[str, str]]:
    names = _students(one, RecordStudent.Part.ABOUT)
    return [("学生", names)] if names else []


def _marks(one: Printed) -> list[tuple[str, str]]:
    """Themes, who was absent, and the classes of a joint meeting."""
    themes = [tag.value for tag in one.record.tags.all() if tag.group == RecordTag.Group.THEME]
    classes = [link.school_class.name for link in one.record.class_links.all()]
    found = [
        ("教育主题", "、".join(themes)),
        ("缺席", _students(one, RecordStudent.Part.ABSENT)),
        ("班级", "、".join(classes) if len(classes) > 1 else ""),
    ]
    return [(label, value) for label, value in found if value]


def _students(one: Printed, part: str) -> str:
    if one.record.details.get("mask_name"):
        return "（隐名）"
    return "、".join(link.student.name for link in one.record.student_links.all() if link.part == part)


def shown_value(record: WorkRecord, declared: Field) -> str:
    """The value of a declared field in words."""
    value = getattr(record, declared.name) if declared.is_column else record.details.get(declared.name)
    return declared.shown(value)
