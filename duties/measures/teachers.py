"""The figures of class teachers over the days in post (A-36, A-37)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Count as Rows
from django.db.models import F, Q
from django.utils import timezone

from gaobo_banzhuren.regulation.rates import RateRules, SeveralClasses
from teachers.calculation import Span, clip
from teachers.models import Appointment

from ..figures import Figure, mean_of, worst_of
from ..models import MeetingAttendance, Presence, TaskAssignment
from .classes import ClassFigures, build, gather
from .scopes import Scope, Scopes, Tally

OWN = ("meeting_attendance", "task_timely")


@dataclass(frozen=True, slots=True)
class TeacherFigures:
    """`pooled` over all classes by the setting of A-37, with the teacher's own (tasks, meetings); `by_class` each."""

    pooled: ClassFigures
    by_class: dict[int, ClassFigures]


def teacher_figures(
    teacher_ids: Iterable[int], first: dt.date, last: dt.date, *, only: Collection[str] | None = None
) -> dict[int, TeacherFigures]:
    """Figures of each teacher over the days in post from `first` to `last`. A fixed number of queries."""
    keys, window = list(dict.fromkeys(teacher_ids)), Span(first, last)
    spans, names = _posts(keys, window)
    scopes = Scopes(spans, window, timezone.localdate())
    rules, terms = gather(scopes, only)
    mine: dict[int, list[int]] = defaultdict(list)
    for scope in spans:
        if scope.teacher_id is not None and scope.class_id not in mine[scope.teacher_id]:
            mine[scope.teacher_id].append(scope.class_id)
    own = _own(keys, window, scopes.today, only)
    found = {}
    for key in keys:
        tallies = {class_id: scopes.tallies[key, class_id] for class_id in mine[key]}
        by_class = {
            class_id: build(tally, rules, terms, scopes, {class_id: ""}, only) for class_id, tally in tallies.items()
        }
        several = len(tallies) > 1
        labels = {class_id: f"{names[class_id]} " if several else "" for class_id in tallies}
        total = Tally()
        for tally in tallies.values():
            total.add(tally)
        pooled = build(total, rules, terms, scopes, labels, only)
        found[key] = TeacherFigures(_by_setting(pooled, by_class, rules) | own[key], by_class)
    return found


def _posts(teacher_ids: list[int], window: Span) -> tuple[list[Scope], dict[int, str]]:
    """Days in post per teacher and class, cut to the window, and what the classes are called. One query."""
    rows = (
        Appointment.objects.touching(*window)
        .filter(teacher__in=teacher_ids)
        .order_by("school_class__code", "starts_on")
        .select_related("school_class")
    )
    spans, names = [], {}
    for one in rows:
        span = clip(one.starts_on, one.last_day, window)
        if span:
            owner = (one.teacher_id, one.school_class_id)
            spans.append(Scope(owner, one.school_class_id, span.first, span.last, one.teacher_id))
            names[one.school_class_id] = one.school_class.name
    return spans, names


def _by_setting(pooled: ClassFigures, by_class: dict[int, ClassFigures], rules: RateRules) -> ClassFigures:
    """A-37: counts put together, the mean of the rates, or the least favourable class."""
    if rules.several_classes == SeveralClasses.POOLED or len(by_class) < 2:
        return pooled
    choose = mean_of if rules.several_classes == SeveralClasses.MEAN else worst_of
    found = dict(pooled)
    for key, one in pooled.items():
        if isinstance(one, Figure):
            rates = [figures[key] for figures in by_class.values()]
            found[key] = choose(rate for rate in rates if isinstance(rate, Figure)) or one
    return found


def _own(teacher_ids: list[int], window: Span, today: dt.date, only: Collection[str] | None) -> dict[int, ClassFigures]:
    """What belongs to the person and not to a class: meetings attended (5.7) and tasks done in time (C3.2). Two queries."""
    found: dict[int, ClassFigures] = {key: {} for key in teacher_ids}
    if only is None or "meeting_attendance" in only:
        _meetings(found, window)
    if only is None or "task_timely" in only:
        _tasks(found, window, today)
    return found


def _meetings(found: dict[int, ClassFigures], window: Span) -> None:
    known = Q(meeting__settled_at__isnull=False) | ~Q(presence=Presence.DUE)
    rows = (
        MeetingAttendance.objects.filter(known, teacher__in=list(found), meeting__cancelled_at__isnull=True)
        .filter(meeting__held_on__range=window)
        .order_by()
        .values_list("teacher_id", "presence")
        .annotate(number=Rows("pk"))
    )
    counts: dict[int, dict[str, int]] = {key: defaultdict(int) for key in found}
    for teacher, presence, number in rows:
        counts[teacher][presence] += number
    for teacher, by in counts.items():
        attended, due = by[Presence.PRESENT] + by[Presence.LATE], sum(by.values()) - by[Presence.EXCUSED]
        if not due:
            note = "没有登记过出席的会议"
            found[teacher]["meeting_attendance"] = Figure("meeting_attendance", "会议出席率", 0, 0, note=note)
            continue
        note = f"出席 {by[Presence.PRESENT]}，迟到 {by[Presence.LATE]}，准假 {by[Presence.EXCUSED]}，"
        note += f"缺席 {due - attended}"
        found[teacher]["meeting_attendance"] = Figure("meeting_attendance", "会议出席率", attended, due, note=note)


def _tasks(found: dict[int, ClassFigures], window: Span, today: dt.date) -> None:
    """Tasks due in the window that were reported or are past their day; those still running are not counted."""
    settled = Q(reported_on__isnull=False) | Q(due_on__lt=today)
    rows = (
        TaskAssignment.objects.counted()
        .filter(settled, teacher__in=list(found), due_on__range=window)
        .order_by()
        .values_list("teacher_id")
        .annotate(number=Rows("pk"), in_time=Rows("pk", filter=Q(reported_on__lte=F("due_on"))))
    )
    counts = {teacher: (in_time, number) for teacher, number, in_time in rows}
    for teacher, figures in found.items():
        in_time, number = counts.get(teacher, (0, 0))
        note = f"逾期 {number - in_time} 项" if number > in_time else ""
        figures["task_timely"] = Figure("task_timely", "任务及时率", in_time, number, note=note)
