"""Gathers a handbook: a fixed number of queries for one class and term, whatever was written down."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.regulation.models import Term
from teachers.models import Appointment, RosterEntry, SchoolClass

from ..models import ClassPost, Privacy, RecordNote, RecordState, TermPaper, WorkRecord
from ..policies.reading import Reading, lists_facts, reader
from . import numbers
from .content import Handbook, Section
from .records import Part, Printed, printed_section

RECORD_SECTIONS = (
    Part("activities", "教育活动", ("activity",), "本学期没有登记教育活动。"),
    Part("meetings", "班会", ("class_meeting",), "本学期没有登记班会。"),
    Part("talks", "谈心谈话", ("talk",), "本学期没有登记谈话。"),
    Part("visits", "听课与到班检查", ("lesson_visit", "room_check"), "本学期没有登记听课和到班检查。"),
    Part("contacts", "家长与任课教师联系", ("parent_contact", "teacher_contact"), "本学期没有登记联系。"),
    Part("thoughts", "思想动态", ("thought_report",), "本学期没有思想动态报告。"),
    Part("cases", "学生个案", ("case_study",), "本学期没有学生个案。"),
    Part("retakes", "补考复习与后进生检查", ("review_plan", "weak_check"), "本学期没有复习计划和检查。"),
    Part("honours", "优秀学生", ("honour",), "本学期没有登记荣誉。"),
    Part("discipline", "违纪与事故", ("discipline", "exam_violation", "incident"), "本学期没有违纪与事故。"),
)
LOG = Part("log", "工作备忘", ("worklog",), "本学期没有工作备忘。")
"""Parts made of records; fees, numbers and texts stand between them in the order of 8.1."""


def led_or_visible(user: User) -> QuerySet[SchoolClass]:
    """Classes whose handbook the person may open: those in scope, and those led once (own records only)."""
    once = Appointment.objects.effective().filter(teacher__user=user, school_class=OuterRef("pk"))
    visible = SchoolClass.objects.visible_to(user).values("pk")
    return SchoolClass.objects.filter(Q(pk__in=visible) | Q(Exists(once)))


def span_of(term: Term) -> tuple[dt.date, dt.date]:
    """The term with the holidays after it, so that no day between two terms is lost."""
    after = Term.objects.filter(starts_on__gt=term.ends_on).order_by("starts_on").values_list("starts_on", flat=True)
    following = after.first()
    return term.starts_on, (following - dt.timedelta(days=1)) if following else term.ends_on


def handbook_of(user: User, school_class: SchoolClass, term: Term) -> Handbook:
    """What the person may print of the class's term.

    Psychological records appear as a number only, whoever prints: a bound book passes through many hands (A-87).
    """
    first, last = span_of(term)
    in_scope = SchoolClass.objects.visible_to(user).filter(pk=school_class.pk).exists()
    posts = list(
        Appointment.objects.touching(first, last)
        .filter(school_class=school_class)
        .select_related("teacher__user")
        .order_by("starts_on", "pk")
    )
    groups, hidden = _records(user, school_class, first, last)
    papers = _papers(user, school_class, term)
    parts: list[Section] = []
    if in_scope:
        parts += [_roster(school_class, first, last), _facts(school_class, first, last, posts)]
    parts.append(_paper("plan", "工作计划", papers.get("plan"), "本学期没有工作计划。"))
    parts += [printed_section(part, groups, hidden) for part in RECORD_SECTIONS]
    if in_scope:
        parts += [
            numbers.attendance(school_class, first, last),
            numbers.exams(school_class, first, last),
            numbers.fees(school_class, first, last),
        ]
    parts.append(printed_section(LOG, groups, hidden))
    parts.append(_paper("summary", "工作总结", papers.get("summary"), "本学期没有工作总结。"))
    return Handbook(
        school=settings.SCHOOL_NAME,
        college=school_class.college.name,
        class_name=school_class.name,
        class_code=school_class.code,
        teachers="、".join(dict.fromkeys(post.teacher.name for post in posts)) or "空缺",
        term=str(term),
        first=first,
        last=last,
        printed_on=timezone.localdate(),
        sections=parts,
    )


def _records(
    user: User, school_class: SchoolClass, first: dt.date, last: dt.date
) -> tuple[dict[str, list[Printed]], dict[str, int]]:
    """Records to print by kind in order of date, and how many of each kind stay closed."""
    rows = (
        WorkRecord.objects.visible_to(user)
        .filter(state=RecordState.ARCHIVED)
        .between(first, last)
        .about_class(school_class)
        .select_related("author", "exam_session", "course", "fee_period")
        .prefetch_related("tags", "student_links__student", "class_links__school_class")
        .order_by("happened_on", "pk")
    )
    notes: dict[int, list[RecordNote]] = defaultdict(list)
    found = list(rows)
    wanted = (RecordNote.Kind.STAGE, RecordNote.Kind.FOLLOW_UP)
    for note in RecordNote.objects.filter(record__in=[row.pk for row in found], kind__in=wanted):
        notes[note.record_id].append(note)
    who = reader(user)
    groups: dict[str, list[Printed]] = defaultdict(list)
    hidden: dict[str, int] = defaultdict(int)
    for row in found:
        reading = who.reading(row)
        own_only = row.privacy in (Privacy.PSYCHOLOGICAL, Privacy.PRIVATE)
        tells = lists_facts(row, reading)
        if own_only or reading is Reading.CLOSED or (row.privacy != Privacy.NORMAL and not tells):
            hidden[row.kind] += 1
            continue
        groups[row.kind].append(Printed(row, full=reading is Reading.FULL, tells=tells, notes=notes[row.pk]))
    return groups, hidden


def _papers(user: User, school_class: SchoolClass, term: Term) -> dict[str, list[TermPaper]]:
    found: dict[str, list[TermPaper]] = defaultdict(list)
    rows = TermPaper.objects.visible_to(user).filter(school_class=school_class, term=term)
    for paper in rows.select_related("teacher__user").order_by("pk"):
        found[paper.kind].append(paper)
    return found


def _paper(key: str, title: str, papers: list[TermPaper] | None, empty: str) -> Section:
    texts = [
        (f"{paper.teacher.name}（{paper.get_state_display()}）\n{paper.text}" if len(papers or ()) > 1 else paper.text)
        for paper in papers or ()
        if paper.text
    ]
    return Section(key, title, empty, text="\n\n".join(texts))


def _roster(school_class: SchoolClass, first: dt.date, last: dt.date) -> Section:
    """Everybody who was on the roster at some day of the span, with the last state."""
    rows: dict[int, list[str]] = {}
    entries = (
        RosterEntry.objects.standing()
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=first), school_class=school_class, starts_on__lte=last)
        .select_related("student")
        .order_by("student__student_no", "starts_on")
    )
    for entry in entries:
        student = entry.student
        rows[student.pk] = [
            student.student_no,
            student.name,
            student.sex,
            student.exam_no,
            entry.state,
            str(entry.starts_on),
        ]
    table = [[str(number), *row] for number, row in enumerate(rows.values(), start=1)]
    columns = ("序号", "学号", "姓名", "性别", "准考证号", "状态", "自")
    return Section("roster", "学生名册", "名册上没有学生。", columns=columns, rows=table)


def _facts(school_class: SchoolClass, first: dt.date, last: dt.date, posts: list[Appointment]) -> Section:
    until = min(last, timezone.localdate())
    counts = {
        day: RosterEntry.objects.on(day).filter(school_class=school_class, state="在读").count()
        for day in (first, until)
    }
    committee = (
        ClassPost.objects.filter(school_class=school_class, starts_on__lte=until)
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=first))
        .select_related("student")
        .order_by("starts_on", "pk")
    )
    facts: list[tuple[str, Any]] = [
        ("项目类型", school_class.programme.project_type),
        ("主考院校", school_class.programme.sponsor),
        ("专业", school_class.programme.major),
        ("入学年份", school_class.entry_year),
        ("开班日期", school_class.opens_on),
        ("教学结束", school_class.teaching_ends_on),
        ("期初在读人数", counts[first]),
        (f"{until} 在读人数", counts[until]),
        ("班主任", "；".join(f"{post.teacher.name} {post.starts_on} 至 {post.last_day or '今'}" for post in posts)),
        ("班委", "、".join(f"{one.post} {one.student.name}" for one in committee)),
    ]
    shown = [(label, str(value)) for label, value in facts if value not in (None, "")]
    return Section("facts", "班级概况", "没有班级信息。", facts=shown)
