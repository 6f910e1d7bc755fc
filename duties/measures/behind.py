"""The rows behind a figure of one class, for the page that opens from it. What a person may not read is only counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import NoReverseMatch, reverse

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.regulation.models import SchoolYear
from teachers.calculation import Span
from teachers.models import SchoolClass, Student

from ..kinds import kind_of
from ..models import (
    AttendanceSession,
    ClassPost,
    ExamResult,
    ExamSession,
    FeeDue,
    FeePeriod,
    LeaveState,
    PhoneConfirmation,
    Progress,
    RecordState,
    RecordTag,
    ResultStatus,
    StudentLeave,
    TermPaper,
    WorkRecord,
)
from ..policies.reading import lists_facts, reader
from . import roster
from .fees import yuan
from .scopes import Scope, Scopes

MOST = 300
CONFIDENTIAL: Final = "保密记录，只计数"


@dataclass(frozen=True, slots=True)
class Line:
    """One row: what, when, what it adds. `counted` False: shown because it does not count, with the reason in `note`."""

    title: str
    day: dt.date | None = None
    note: str = ""
    url: str = ""
    counted: bool = True


@dataclass
class Behind:
    """`lines` are what counts, `lacking` who or what is missing; `more` that there are more than shown."""

    lines: list[Line] = field(default_factory=list)
    lacking: list[Line] = field(default_factory=list)
    lacking_title: str = ""
    room_url: str = ""
    room_label: str = ""
    more: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    school_class: SchoolClass
    first: dt.date
    last: dt.date
    user: User
    today: dt.date


def behind(key: str, asked: Asked) -> Behind | None:
    """What the figure is made of; None for a figure that nobody declared."""
    if key in _RECORDS:
        return _of_records(asked, *_RECORDS[key])
    make = _OTHERS.get(key)
    return make(asked) if make else None


_MADE = Callable[[Asked], Behind]
_CARE = Q(kind="talk")
_RECORDS: Final[dict[str, tuple[Q, str]]] = {
    "activities": (Q(kind="activity"), "activity"),
    "newcomer": (Q(kind="activity", category="newcomer"), "activity"),
    "talks": (_CARE, "talk"),
    "parent_contacts": (Q(kind="parent_contact"), "parent_contact"),
    "teacher_contacts": (Q(kind="teacher_contact"), "teacher_contact"),
    "lesson_visits": (Q(kind="lesson_visit"), "lesson_visit"),
    "room_checks": (Q(kind="room_check"), "room_check"),
    "thought_reports": (Q(kind="thought_report"), "thought_report"),
    "worklogs": (Q(kind="worklog"), "worklog"),
    "honours": (Q(kind="honour"), "honour"),
    "incidents": (Q(kind="incident"), "incident"),
    "cheating": (Q(kind="exam_violation", category="cheating"), "exam_violation"),
    "meetings": (Q(kind="class_meeting"), "class_meeting"),
    "violation": (Q(kind__in=("discipline", "exam_violation")), "discipline"),
}


def _of_records(asked: Asked, wanted: Q, kind: str, days: str = "happened_on") -> Behind:
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
    address = _address("duties:records")
    query = f"?kind={kind}&school_class={asked.school_class.pk}&since={asked.first}&until={asked.last}"
    return Behind(
        found[:MOST],
        room_url=f"{address}{query}" if address else "",
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


def _cases(asked: Asked) -> Behind:
    return _of_records(asked, Q(kind="case_study", progress=Progress.CLOSED), "case_study", "decided_on")


def _themes(asked: Asked) -> Behind:
    tagged = RecordTag.objects.filter(record=OuterRef("pk"), group=RecordTag.Group.THEME)
    wanted = Q(kind__in=("activity", "class_meeting")) & Q(Exists(tagged))
    return _of_records(asked, wanted, "activity")


def _coverage(asked: Asked) -> Behind:
    """Talks, and the students who still wait for one; names only of the person's own or open records."""
    found = _of_records(asked, _CARE, "talk")
    scope = Scope("class", asked.school_class.pk, asked.first, asked.last)
    scopes = Scopes([scope], Span(asked.first, asked.last), asked.today)
    roster.collect(scopes)
    students = {int(str(key)) for key in scopes.tallies["class"].people["students"]}
    talked = set(
        WorkRecord.objects.filter(_CARE, state=RecordState.ARCHIVED, happened_on__range=(asked.first, asked.last))
        .about_class(asked.school_class.pk)
        .filter(student_links__part="about")
        .values_list("student_links__student_id", flat=True)
    )
    waiting = Student.objects.filter(pk__in=students - talked)
    found.lacking = [Line(student.name, note=student.student_no) for student in waiting]
    found.lacking_title = "还没有谈过话的学生"
    return found


def _calls(asked: Asked) -> Behind:
    rows = AttendanceSession.objects.standing().filter(
        school_class=asked.school_class, day__range=(asked.first, asked.last)
    )
    lines = [
        Line(
            f"{one.period} {one.course_name}".strip(), one.day,
            f"应到 {one.due}，实到 {one.present}，准假 {one.excused}，缺勤 {one.absent}，迟到早退 {one.late + one.early}",
            one.get_absolute_url(),
        )
        for one in rows[: MOST + 1]
    ]  # fmt: skip
    url = _address("duties:class_attendance", asked.school_class.pk)
    return Behind(lines[:MOST], room_url=url, room_label="看班级出勤", more=len(lines) > MOST)


def _leaves(asked: Asked) -> Behind:
    rows = StudentLeave.objects.granted().filter(
        school_class=asked.school_class, ends_on__range=(asked.first, asked.last), ends_on__lt=asked.today
    )
    lines = [
        Line(
            f"{one.student.name} {one.get_kind_display()}", one.ends_on, one.get_state_display(), one.get_absolute_url(),
            one.state == LeaveState.APPROVED,
        )
        for one in rows.select_related("student")[:MOST]
    ]  # fmt: skip
    return Behind(lines, room_url=_address("duties:leaves"), room_label="看请假单")


def _exams(asked: Asked) -> Behind:
    """Sessions with their papers; the session's page of the class holds each student."""
    sat, passed = ("合格", "不合格", "违纪", "作弊"), ResultStatus.PASSED
    rows = (
        ExamResult.objects.released(asked.today)
        .filter(school_class=asked.school_class, session__starts_on__range=(asked.first, asked.last))
        .order_by()
        .values_list("session_id", "session__name", "session__starts_on")
        .annotate(all=Count("pk"), sat=Count("pk", filter=Q(status__in=sat)), ok=Count("pk", filter=Q(status=passed)))
        .order_by("-session__starts_on")
    )
    lines = [
        Line(
            name, on, f"{number} 科次，实考 {sat_}，合格 {ok}", _address("duties:exam_class", pk, asked.school_class.pk)
        )
        for pk, name, on, number, sat_, ok in rows
    ]
    return Behind(lines, room_url=_address("duties:exams"), room_label="看考试")


def _registrations(asked: Asked) -> Behind:
    rows = ExamSession.objects.filter(
        registrations__school_class=asked.school_class, starts_on__range=(asked.first, asked.last)
    ).annotate(
        all=Count("registrations"), done=Count("registrations", filter=Q(registrations__state="registered"))
    )  # fmt: skip
    lines = [
        Line(
            one.name, one.starts_on, f"应报 {one.all} 科次，已报 {one.done}",
            _address("duties:registrations", one.pk, asked.school_class.pk),
        )
        for one in rows
    ]  # fmt: skip
    return Behind(lines, room_url=_address("duties:exams"), room_label="看考试")


def _education(asked: Asked) -> Behind:
    wanted = Q(
        category="pre_exam", kind__in=("activity", "class_meeting"),
        exam_session__starts_on__range=(asked.first, asked.last),
    )  # fmt: skip
    rows = WorkRecord.objects.visible_to(asked.user).filter(wanted, state=RecordState.ARCHIVED)
    rows = rows.about_class(asked.school_class.pk).select_related("exam_session")
    lines = [
        Line(one.title, one.happened_on, str(one.exam_session), one.get_absolute_url()) for one in rows[:MOST]
    ]  # fmt: skip
    return Behind(lines, room_url=_address("duties:exams"), room_label="看考试")


def _fees(asked: Asked) -> Behind:
    rows = FeePeriod.objects.filter(deadline__range=(asked.first, asked.last)).order_by("-deadline")
    owed = F("due_fen") - F("paid_fen") - F("waived_fen")
    lines = []
    for period in rows:
        dues = FeeDue.objects.filter(period=period, school_class=asked.school_class).annotate(owed=owed)
        values = list(dues.values_list("owed", "exempt", "first_period", "deferred_until"))
        debtors = [value for value, *_ in values if value > 0]
        note = f"{len(values)} 人应缴，欠费 {len(debtors)} 人共 {yuan(sum(debtors))} 元"
        for label, number in (("免缴", sum(v[1] for v in values)), ("新生首期", sum(v[2] for v in values)),
                              ("缓缴", sum(v[3] is not None for v in values))):  # fmt: skip
            note += f"，{label} {number} 人" if number else ""
        if values:
            lines.append(
                Line(str(period), period.deadline, note, _address("duties:arrears", period.pk, asked.school_class.pk))
            )
    return Behind(lines, room_url=_address("duties:fees"), room_label="看费用")


def _phones(asked: Asked) -> Behind:
    year = SchoolYear.objects.filter(starts_on__lte=asked.last, ends_on__gte=asked.last).first()
    rows = PhoneConfirmation.objects.filter(
        school_year=year, student__roster_entries__school_class=asked.school_class
    ).select_related("student", "guardian")
    lines = [Line(one.student.name, one.on, one.get_way_display()) for one in rows.distinct()[:MOST]]
    return Behind(lines, room_url=_address("duties:phones", asked.school_class.pk), room_label="看家长电话")


def _papers(asked: Asked) -> Behind:
    rows = TermPaper.objects.visible_to(asked.user).filter(
        school_class=asked.school_class, term__starts_on__lte=asked.last, term__ends_on__gte=asked.first
    )
    lines = [
        Line(
            f"{one.term.name}{one.get_kind_display()}", one.submitted_on, one.get_state_display(), one.get_absolute_url(),
            one.state in ("submitted", "reviewed"),
        )
        for one in rows.select_related("term")
    ]  # fmt: skip
    return Behind(lines, room_url=_address("duties:papers"), room_label="看计划与总结")


def _posts(asked: Asked) -> Behind:
    end = min(asked.last, asked.today)
    rows = ClassPost.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=end), school_class=asked.school_class, starts_on__lte=end
    ).select_related("student")
    lines = [Line(f"{one.post} {one.student.name}", one.starts_on, one.duties or "没有写职责") for one in rows]
    return Behind(lines, room_url=_address("duties:posts", asked.school_class.pk), room_label="看班委")


def _materials(asked: Asked) -> Behind:
    url = _address("duties:handbook", asked.school_class.pk)
    return Behind([], room_url=url, room_label="看工作手册")


_OTHERS: Final[dict[str, _MADE]] = {
    "attendance": _calls, "in_class": _calls, "leaves_open": _leaves, "cases_closed": _cases, "themes": _themes,
    "themes_one": _themes, "themes_two": _themes, "talk_coverage": _coverage, "pass_rate": _exams,
    "registered_pass": _exams, "level_pass": _exams, "registration": _registrations, "pre_exam": _education,
    "renewal": _fees, "collection": _fees, "phones": _phones, "papers": _papers, "posts": _posts,
    "materials": _materials,
}  # fmt: skip


def known_keys() -> Iterable[str]:
    """Figures that open into the rows behind them."""
    return (*_RECORDS, *_OTHERS)


def _address(name: str, *args: object) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
