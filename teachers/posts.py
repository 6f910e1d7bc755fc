"""Who led a class when, and when nobody did (articles 1 and 2). Reading only; rows start at what the caller may see."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Exists, OuterRef

from .calculation import ONE_DAY, Span, clip, gaps
from .models import Appointment, ClassTeacher, Leave, PostKind, SchoolClass
from .models.appointments import AppointmentQuerySet
from .models.classes import SchoolClassQuerySet

LOOK_AHEAD = dt.timedelta(days=30)
"""How far ahead lists announce what ends or will be vacant. A convenience of the lists, no rule."""


def vacant_on(classes: SchoolClassQuerySet, day: dt.date) -> SchoolClassQuerySet:
    """Those of the classes that are open on the day and have nobody in post."""
    led = Appointment.objects.on(day).filter(school_class=OuterRef("pk"))
    return classes.open_on(day).filter(~Exists(led))


class Vacancy(NamedTuple):
    """Days of a class without anybody in post. `unrenewed` is the appointment whose term ran out before them."""

    school_class: SchoolClass
    span: Span
    unrenewed: Appointment | None


def vacancies(classes: SchoolClassQuerySet, window: Span) -> list[Vacancy]:
    """All gaps of the classes inside the window, by class and day. Two queries (A-27)."""
    rows = list(classes.open_on_any(*window).select_related("college").order_by("code"))
    held: dict[int, list[Appointment]] = defaultdict(list)
    appointments = (
        Appointment.objects.effective()
        .not_over(window.first)
        .filter(starts_on__lte=window.last, school_class__in=[row.pk for row in rows])
    )
    for appointment in appointments.select_related("teacher__user"):
        held[appointment.school_class_id].append(appointment)
    found = []
    for row in rows:
        life = clip(row.opens_on, row.closes_on, window)
        if life is None:
            continue
        taken = [span for one in held[row.pk] if (span := clip(one.starts_on, one.last_day, life))]
        found += [Vacancy(row, gap, _unrenewed(held[row.pk], gap)) for gap in gaps(life, taken)]
    return found


def _unrenewed(appointments: Iterable[Appointment], gap: Span) -> Appointment | None:
    return next((one for one in appointments if one.is_open and one.term_over_on(gap.first)), None)


def expiring(rows: AppointmentQuerySet, today: dt.date) -> AppointmentQuerySet:
    """Open appointments whose term is over or ends soon, of classes that go on after it (C2.3)."""
    return rows.expiring(today + LOOK_AHEAD).exclude(school_class__closes_on__lte=today)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a class's life: somebody in post, a stand-in during leave, or nobody. Fits `_timeline.html`."""

    first: dt.date
    last: dt.date | None
    title: str
    text: str = ""
    tone: str = "neutral"
    icon: str = "circle"
    url: str = ""
    teacher: ClassTeacher | None = None

    @property
    def when(self) -> str:
        return f"{self.first} 至 {self.last or '今'}"


def class_timeline(school_class: SchoolClass, until: dt.date) -> list[Stretch]:
    """From opening to the day (or to what is arranged beyond it), by first day: posts, stand-ins and 空缺. Two queries."""
    appointments = list(
        school_class.appointments.effective().select_related("teacher__user").order_by("starts_on", "pk")
    )
    found = [_post(one, until) for one in appointments]
    end = min(until, school_class.closes_on) if school_class.closes_on else until
    if end >= school_class.opens_on:
        life = Span(school_class.opens_on, end)
        taken = [span for one in appointments if (span := clip(one.starts_on, one.last_day, life))]
        found += [
            Stretch(gap.first, gap.last, "空缺", "这些日子没有人在岗，不计发津贴", "danger", "person-x")
            for gap in gaps(life, taken)
        ]
    found += _stand_ins(appointments)
    return sorted(found, key=lambda stretch: (stretch.first, stretch.last or dt.date.max))


def _post(one: Appointment, today: dt.date) -> Stretch:
    parts = [one.get_state_display()]
    if one.kind == PostKind.ACTING:
        parts.insert(0, "代理")
    if one.end_reason:
        parts.append(one.get_end_reason_display())
    if one.share:
        parts.append(f"分担 {one.share} 人")
    over = one.term_over_on(today)
    if over:
        parts.append("聘期已满，未续聘")
    tone = "warning" if over else ("success" if one.is_open else "neutral")
    return Stretch(
        one.starts_on, one.last_day, one.teacher.name, "，".join(parts), tone, "person-check", one.get_absolute_url(),
        one.teacher,
    )  # fmt: skip


def _stand_ins(appointments: list[Appointment]) -> list[Stretch]:
    teachers = {one.teacher_id for one in appointments}
    leaves = Leave.objects.standing().filter(teacher__in=teachers).select_related("teacher__user", "stand_in__user")
    found = []
    for leave in leaves:
        for one in appointments:
            span = clip(leave.starts_on, leave.ends_on, Span(one.starts_on, one.last_day or leave.ends_on))
            if one.teacher_id != leave.teacher_id or span is None:
                continue
            who = f"由{leave.stand_in.name}代班" if leave.stand_in else "未安排代班人"
            tone = "info" if leave.stand_in else "warning"
            title = f"{leave.teacher.name}{leave.get_kind_display()}"
            found.append(Stretch(span.first, span.last, title, who, tone, "calendar-event", teacher=leave.stand_in))
    return found


class Service(NamedTuple):
    """One line of a service record; `days` in post up to the day asked for."""

    appointment: Appointment
    days: int


def service_record(teacher: ClassTeacher, until: dt.date) -> list[Service]:
    """Every effective appointment of the teacher, newest first, with the days in post so far (8.5). One query."""
    rows = Appointment.objects.effective().filter(teacher=teacher).select_related("school_class__college")
    return [Service(one, _days(one, until)) for one in rows.order_by("-starts_on", "-pk")]


def _days(one: Appointment, until: dt.date) -> int:
    span = clip(one.starts_on, one.last_day, Span(one.starts_on, until)) if until >= one.starts_on else None
    return (span.last - span.first + ONE_DAY).days if span else 0
