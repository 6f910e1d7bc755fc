"""Writing many records of one person at once, under the same rules and with a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.audit.services import record as audit
from gaobo_banzhuren.regulation.models import Term
from gaobo_banzhuren.web.errors import NotAllowed, UserError
from teachers.models import Appointment, ClassTeacher, RosterEntry

from .. import kinds
from ..models import RecordClass, RecordState, RecordStudent, RecordTag, WorkRecord
from ..policies import records as policies
from . import kind_rules, records
from .records import RecordInput

PER_INSERT = 500


@transaction.atomic
def archive_many(actor: User, inputs: Sequence[RecordInput]) -> list[WorkRecord]:
    """Archive records that the class teacher brings along, all or none.

    Raises UserError with the number of the first entry that does not fit, NotAllowed for a day out of post.
    """
    posts, spans = _posts(actor), _roster(inputs)
    terms = list(Term.objects.all())
    rows = []
    for number, data in enumerate(inputs, start=1):
        kind = records.kind_for(data.kind)
        policies.can_write(actor, kind).require()
        problems = records.problems_of(kind, data, archive=True)
        if problems:
            raise UserError(f"第 {number} 条：" + "；".join(problems) + "。")
        kind_rules.check(actor, data, kind)
        teacher = _teacher(posts, data, number)
        people = _people(spans, data, number)
        columns = records.columns_of(kind, data, teacher, term=_term(terms, data.happened_on))
        rows.append((data, people, _row(actor, kind, columns)))
    WorkRecord.objects.bulk_create([row for _, _, row in rows], batch_size=PER_INSERT)
    _link(rows)
    audit(actor, "duties.records_archive", after={"count": len(rows)}, college=rows[0][2].college_id if rows else None)
    return [row for _, _, row in rows]


def _posts(actor: User) -> list[Appointment]:
    return list(Appointment.objects.effective().filter(teacher__user=actor).select_related("teacher"))


def _roster(inputs: Sequence[RecordInput]) -> dict[tuple[int, int], list[RosterEntry]]:
    wanted = {school_class.pk for data in inputs for school_class in data.classes}
    found: dict[tuple[int, int], list[RosterEntry]] = defaultdict(list)
    rows = RosterEntry.objects.standing().filter(school_class__in=wanted).exclude(state__in=records.GONE)
    for entry in rows.only("student_id", "school_class_id", "starts_on", "ends_on"):
        found[entry.student_id, entry.school_class_id].append(entry)
    return found


def _teacher(posts: list[Appointment], data: RecordInput, number: int) -> ClassTeacher:
    day = data.happened_on
    for school_class in data.classes:
        held = [
            post
            for post in posts
            if post.school_class_id == school_class.pk
            and post.starts_on <= day
            and (post.last_day is None or post.last_day >= day)
        ]
        if not held:
            raise NotAllowed(f"第 {number} 条：{day:%Y-%m-%d} 您不是{school_class}的在岗班主任。")
    return held[0].teacher


def _people(spans: dict[tuple[int, int], list[RosterEntry]], data: RecordInput, number: int) -> dict[int, int]:
    found = {}
    for student in {*data.students, *data.absent}:
        place = next((c.pk for c in data.classes if _covers(spans.get((student, c.pk), []), data.happened_on)), None)
        if place is None:
            raise UserError(f"第 {number} 条：有学生 {data.happened_on:%Y-%m-%d} 不在所选班级的名册上。")
        found[student] = place
    return found


def _covers(entries: list[RosterEntry], day: dt.date) -> bool:
    return any(entry.starts_on <= day and (entry.ends_on is None or entry.ends_on >= day) for entry in entries)


def _term(terms: list[Term], day: dt.date) -> Term | None:
    return next((term for term in terms if term.starts_on <= day <= term.ends_on), None)


def _row(actor: User, kind: kinds.Kind, columns: dict[str, Any]) -> WorkRecord:
    return WorkRecord(
        author=actor,
        state=RecordState.ARCHIVED,
        progress=records.progress_after_archiving(kind, columns["details"]),
        archived_at=timezone.now(),
        **columns,
    )


def _link(rows: list[tuple[RecordInput, dict[int, int], WorkRecord]]) -> None:
    classes, students, tags = [], [], []
    for data, people, row in rows:
        classes += [RecordClass(record=row, school_class=each) for each in data.classes]
        for part, keys in ((RecordStudent.Part.ABOUT, data.students), (RecordStudent.Part.ABSENT, data.absent)):
            students += [
                RecordStudent(record=row, student_id=key, school_class_id=people[key], part=part) for key in keys
            ]
        for group, values in ((RecordTag.Group.THEME, data.themes), (RecordTag.Group.OWN, data.tags)):
            tags += [RecordTag(record=row, group=group, value=value) for value in values]
    RecordClass.objects.bulk_create(classes, batch_size=PER_INSERT)
    RecordStudent.objects.bulk_create(students, batch_size=PER_INSERT)
    RecordTag.objects.bulk_create(tags, batch_size=PER_INSERT)
