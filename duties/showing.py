"""A record in words for whoever reads it: on its page, in lists, files and the handbook. Asks nothing of the database
that was not fetched with `with_everything`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from . import kinds
from .kinds import Field, Input, Kind
from .models import Privacy, RecordStudent, RecordTag, WorkRecord
from .policies.reading import Reading, lists_facts

HIDDEN = "内容保密"
EXCERPT = 60


@dataclass(frozen=True, slots=True)
class Line:
    """A field as people read it; `long` ones are texts of their own."""

    label: str
    text: str
    long: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A record as one person may see it in a list."""

    record: WorkRecord
    kind: str
    icon: str
    classes: str
    students: str
    subject: str
    text: str
    themes: str
    tags: str
    privacy: str
    reading: Reading


def with_everything(rows: QuerySet[WorkRecord]) -> QuerySet[WorkRecord]:
    """The rows with all that is shown of them, in a fixed number of queries."""
    return rows.select_related(
        "author", "teacher__user", "college", "exam_session", "course", "fee_period"
    ).prefetch_related("class_links__school_class", "student_links__student", "tags")


def value(record: WorkRecord, each: Field) -> str:
    found: Any = getattr(record, each.name) if each.is_column else record.details.get(each.name)
    if each.input is Input.TIME and found:
        return str(found)[:5]
    return each.shown(found)


def lines_of(record: WorkRecord, reading: Reading) -> list[Line]:
    """The declared fields that have a value and that the person may read, in their order."""
    kind = kinds.find(record.kind)
    if kind is None or not _opens(record, reading):
        return []
    shown = []
    for each in kind.fields:
        if each.confidential and not reading.shows_texts:
            continue
        text = value(record, each)
        if text:
            shown.append(Line(each.label, text, each.input is Input.TEXT))
    return shown


def _opens(record: WorkRecord, reading: Reading) -> bool:
    return reading.shows_texts or lists_facts(record, reading)


def students_of(record: WorkRecord, part: str = RecordStudent.Part.ABOUT) -> list[RecordStudent]:
    return [link for link in record.student_links.all() if link.part == part]


def tags_of(record: WorkRecord, group: str) -> list[str]:
    return [tag.value for tag in record.tags.all() if tag.group == group]


def in_list(record: WorkRecord, reading: Reading) -> Shown:
    """One row of a list or file. Only who reads a record in full finds its texts here: what is logged is opened one by
    one on its page (A-87)."""
    kind = kinds.find(record.kind)
    full, facts = reading is Reading.FULL, lists_facts(record, reading)
    names = [link.student.name for link in students_of(record)] if facts else []
    return Shown(
        record,
        kinds.name_of(record.kind),
        kind.icon if kind else "journal-text",
        "、".join(link.school_class.name for link in record.class_links.all()),
        "、".join(names),
        subject_of(record, kind, reading) if kind else "",
        record.text if full or (facts and kind and not _hides_text(kind)) else HIDDEN,
        "、".join(tags_of(record, RecordTag.Group.THEME)),
        "、".join(tags_of(record, RecordTag.Group.OWN)) if full else "",
        "" if record.privacy == Privacy.NORMAL else record.get_privacy_display(),
        reading,
    )


def _hides_text(kind: Kind) -> bool:
    text = kind.field("text")
    return kind.confidential and text is not None and text.confidential


def subject_of(record: WorkRecord, kind: Kind, reading: Reading) -> str:
    """What the record is about in a few words, as far as the person may know it in a list."""
    full, facts = reading is Reading.FULL, lists_facts(record, reading)
    if not facts:
        return HIDDEN
    parts = []
    for name in kind.columns:
        each = kind.field(name)
        if each is not None and (full or not (each.confidential and kind.confidential)):
            parts.append(value(record, each))
    title = kind.field("title")
    if title is not None and "title" not in kind.columns and (full or not (title.confidential and kind.confidential)):
        parts.insert(0, record.title)
    found = " · ".join(part for part in parts if part)
    if not found and (full or not _hides_text(kind)):
        found = record.text if len(record.text) <= EXCERPT else f"{record.text[:EXCERPT]}…"
    return found
