"""Work records behind a figure. What a person may not read is only counted."""

from __future__ import annotations

from typing import Final

from django.db.models import Count, Exists, OuterRef, Q

from teachers.calculation import Span
from teachers.models import Student

from ...kinds import kind_of
from ...models import Progress, RecordState, RecordStudent, RecordTag, WorkRecord
from ...policies.reading import known_students, lists_facts, reader
from .. import roster
from ..scopes import Scope, Scopes
from .lines import MOST, Asked, Behind, Line, address

CONFIDENTIAL: Final = "保密记录，只计数"
TALKS: Final = Q(kind="talk")
KINDS: Final[dict[str, tuple[Q, str]]] = {
    "activities": (Q(kind="activity"), "activity"),
    "newcomer": (Q(kind="activity", category="newcomer"), "activity"),
    "talks": (TALKS, "talk"),
    "parent_contacts": (Q(kind="parent_contact"), "parent_contact"),
    "teacher_contacts": (Q(kind="teacher_contact"), "teacher_contact"),
    "lesson_visits": (Q(kind="lesson_visit"), "lesson_visit"),
    "room_checks": (Q(kind="room_check"), "room_check"),
    "thought_reports": (Q(kind="thought_report"), "thought_report"),
    "worklogs": (Q(kind="worklog"), "worklog"),
    "honours": (Q(kind="honour"), "honour"),
    "incidents": (Q(kind="incident"), "incident"),
    "cheating": (Q(kind="exam_violation", category="cheating"), "exam_violation"),
    "problems_open": (Q(kind__in=("lesson_visit", "teacher_contact"), progress=Progress.OPEN), "lesson_visit"),
    "pledges": (Q(kind="activity", details__pledges__gt=0), "activity"),
    "meetings": (Q(kind="class_meeting"), "class_meeting"),
    "violation": (Q(kind__in=("discipline", "exam_violation")), "discipline"),
}


def of_records(asked: Asked, wanted: Q, kind: str, days: str = "happened_on") -> Behind:
    """Records that the person may know of; decided kinds count when confirmed, which each line says."""
    window = {f"{days}__range": (asked.first, asked.last)}
    rows = (
        WorkRecord.objects.visible_to(asked.user)
        .filter(wanted, state=RecordState.ARCHIVED, **window)
        .about_class(asked.school_class.pk)
        .annotate(people=Count("student_links", filter=Q(student_links__part="about")))
        .order_by(f"-{days}", "-pk")
    )
    who = reader(asked.user)
    found = [_line(record, lists_facts(record, who.reading(record))) for record in rows[: MOST + 1]]
    room = address("duties:records")
    query = f"?kind={kind}&school_class={asked.school_class.pk}&since={asked.first}&until={asked.last}"
    return Behind(
        found[:MOST],
        room_url=f"{room}{query}" if room else "",
        room_label="在工作记录里看",
        more=len(found) > MOST,
    )


def _line(record: WorkRecord, tells: bool) -> Line:
    kind = kind_of(record.kind)
    title = record.title if tells and record.title else kind.name
    notes = []
    if tells:
        for name in ("category", "level"):
            declared, value = kind.field(name), getattr(record, name)
            if declared and value:
                notes.append(declared.shown(value))
        if getattr(record, "people", 0):
            notes.append(f"{record.people} 名学生")  # type: ignore[attr-defined]
    else:
        notes.append(CONFIDENTIAL)
    counted = True
    if kind.progress == "decision":
        counted = record.progress == Progress.CONFIRMED
        notes.append(record.get_progress_display())
    return Line(title, record.happened_on, "，".join(notes), record.get_absolute_url(), counted)


def cases(asked: Asked) -> Behind:
    return of_records(asked, Q(kind="case_study", progress=Progress.CLOSED), "case_study", "decided_on")


def themes(asked: Asked) -> Behind:
    tagged = RecordTag.objects.filter(record=OuterRef("pk"), group=RecordTag.Group.THEME)
    wanted = Q(kind__in=("activity", "class_meeting")) & Q(Exists(tagged))
    return of_records(asked, wanted, "activity")


def coverage(asked: Asked) -> Behind:
    """Talks, and the students who still wait for one. Where a talk counts whose students the person does not meet in
    lists, the names of those who wait would tell who was spoken to: then there are none."""
    found = of_records(asked, TALKS, "talk")
    talks = WorkRecord.objects.filter(
        TALKS, state=RecordState.ARCHIVED, happened_on__range=(asked.first, asked.last)
    ).about_class(asked.school_class.pk)
    if talks.exclude(known_students(asked.user)).exists():
        found.note = "谈话的对象保密，所以不列出还没有谈过话的学生。"
        return found
    scope = Scope("class", asked.school_class.pk, asked.first, asked.last)
    scopes = Scopes([scope], Span(asked.first, asked.last), asked.today)
    roster.collect(scopes)
    students = {int(str(key)) for key in scopes.tallies["class"].people["students"]}
    links = RecordStudent.objects.filter(record__in=talks, part=RecordStudent.Part.ABOUT)
    waiting = Student.objects.filter(pk__in=students - set(links.values_list("student_id", flat=True)))
    found.lacking = [Line(student.name, note=student.student_no) for student in waiting]
    found.lacking_title = "还没有谈过话的学生"
    return found
