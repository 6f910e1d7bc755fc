"""Students to look after now, each with the reason and since when.

The lists are those of the rooms (truants, exam trouble, arrears), put beside what no other room watches: return visits,
weak students, hardship reports and leaves that are over. A student leaves the list when a later record says what was done.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from django.db.models import Exists, OuterRef, Q
from django.urls import NoReverseMatch, reverse

from gaobo_banzhuren.accounts.models import User
from teachers.models import RosterEntry, Student

from .arrears import without_follow_up
from .kinds import name_of, words
from .links import new_record_url
from .measures.attendance import truants
from .measures.roster import ON_ROSTER
from .models import LeaveState, Progress, RecordState, RecordStudent, StudentLeave, WeakStudent, WorkRecord
from .policies.reading import lists_facts, reader
from .remembering import per_class
from .retakes import released_on, trouble_list

LOOK_BACK: Final = dt.timedelta(days=200)
"""How far back exam results are followed up here: the session before the holidays is still in view. No rule."""
RETURN_VISITS: Final = ("talk", "case_study", "review_plan", "weak_check")
"""Kinds whose 回访日期 asks for another look at the student."""
CARE: Final = ("talk", "parent_contact", "case_study", "review_plan", "weak_check")
"""A later record of these about the student answers a return visit that is due."""


TEXTS: Final = ("record__text", "record__details", "record__result")
"""Never needed here, and not to be kept in memory with what was counted."""


class Reason(StrEnum):
    """Why a student is on the list, most pressing first."""

    TRUANCY = "truancy"
    TROUBLE = "trouble"
    VISIT = "visit"
    LEAVE = "leave"
    WEAK = "weak"
    ARREARS = "arrears"
    HARDSHIP = "hardship"

    @property
    def label(self) -> str:
        return _LABELS[self][0]

    @property
    def doing(self) -> str:
        """What the button says."""
        return _LABELS[self][1]

    @property
    def handled_by(self) -> str:
        return _LABELS[self][2]

    @property
    def icon(self) -> str:
        return _LABELS[self][3]


_LABELS: Final[dict[Reason, tuple[str, str, str, str]]] = {
    Reason.TRUANCY: ("缺旷课较多", "记谈话", "列入之后的谈话、家长联系或违纪处理", "calendar2-check"),
    Reason.TROUBLE: ("多门不及格，家长未告知", "联系家长", "成绩发布后与家长的联系（学业）", "clipboard-pulse"),
    Reason.VISIT: ("回访已到期", "补充跟进", "补充跟进，或到期后再有谈话、检查", "chat-dots"),
    Reason.LEAVE: ("假期已满，未销假", "办销假", "请假单销假", "door-open"),
    Reason.WEAK: ("后进学生未检查", "记检查", "列入之后的后进生检查", "journal-medical"),
    Reason.ARREARS: ("欠费未跟进", "记催缴", "本期的催缴记录，或关于欠费的谈话、家长联系", "cash-coin"),
    Reason.HARDSHIP: ("困难上报待答复", "看上报", "学院或继续教育学院的答复", "heart"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A student on the list. `url` leads to what is behind it, `act_url` to writing down what was done about it.

    `record` is what the name is known from, where that is one: `seen_by` asks it. `handled_on`: the later record's day.
    """

    student: Student
    class_id: int
    reason_key: str
    reason_text: str
    since: dt.date
    url: str
    act_url: str
    record: WorkRecord | None = None
    handled_on: dt.date | None = None

    @property
    def reason(self) -> Reason:
        return Reason(self.reason_key)


def attention_for(class_ids: Iterable[int], today: dt.date) -> list[Entry]:
    """Who of the classes needs attention on the day and was not looked after since. A fixed number of queries."""
    return [entry for entry in concerns(list(class_ids), today) if entry.handled_on is None]


def seen_by(user: User, entries: Iterable[Entry]) -> list[Entry]:
    """Without those that would tell a name out of a record whose students the person does not meet in lists (A-87)."""
    found = list(entries)
    if all(entry.record is None for entry in found):
        return found
    who = reader(user)
    return [entry for entry in found if entry.record is None or lists_facts(entry.record, who.reading(entry.record))]


def concerns(class_ids: Collection[int], today: dt.date, reasons: Collection[Reason] = tuple(Reason)) -> list[Entry]:
    """The same with those that were handled, by reason and since when; `reasons` some of them."""
    wanted = tuple(reason for reason in Reason if reason in reasons)
    found = per_class("attention", class_ids, (today, wanted), lambda ids: _found(ids, today, wanted))
    order = list(Reason)
    return sorted(
        (entry for entries in found.values() for entry in entries),
        key=lambda one: (order.index(one.reason), one.since, one.student.student_no),
    )


def _found(class_ids: list[int], today: dt.date, wanted: Collection[Reason]) -> dict[int, list[Entry]]:
    here = _present(class_ids, today)
    found: dict[int, list[Entry]] = {key: [] for key in class_ids}
    for reason in wanted:
        for entry in _LISTS[reason](class_ids, today):
            if (entry.class_id, entry.student.pk) in here:
                found[entry.class_id].append(entry)
    return found


def _present(class_ids: Collection[int], today: dt.date) -> set[tuple[int, int]]:
    """Class and student of those on the roster. One query."""
    rows = RosterEntry.objects.on(today).filter(school_class_id__in=class_ids, state__in=ON_ROSTER)
    return set(rows.values_list("school_class_id", "student_id"))


def _truants(class_ids: Collection[int], today: dt.date) -> list[Entry]:
    """A-42. The students of the list are read once more as rows: one query."""
    listed = truants(class_ids, today)
    students = Student.objects.in_bulk({one.student_id for one in listed})
    return [
        Entry(
            students[one.student_id], one.class_id, Reason.TRUANCY,
            f"近期旷课 {len(one.days)} 次，{one.since:%m-%d} 达到关注线", one.since,
            _address("duties:absentees", one.class_id),
            new_record_url("talk", one.class_id, [one.student_id], category="discipline"),
            handled_on=one.handled.on if one.handled else None,
        )
        for one in listed
    ]  # fmt: skip


def _troubles(class_ids: Collection[int], today: dt.date) -> list[Entry]:
    """A-44, over the sessions of the last months."""
    return [
        Entry(
            row.student, row.class_id, Reason.TROUBLE, f"{row.session.name} {row.failed} 门不及格",
            released_on(row.session), _address("duties:exam_class", row.session.pk, row.class_id),
            new_record_url(
                "parent_contact", row.class_id, [row.student.pk], category=words.STUDY, session=row.session.pk
            ),
            handled_on=row.told.day if row.told else None,
        )
        for row in trouble_list(class_ids, since=today - LOOK_BACK, on=today)
    ]  # fmt: skip


def _visits(class_ids: Collection[int], today: dt.date) -> list[Entry]:
    """Records whose return visit is over and to which nothing was added; a later record about the student answers it.
    One query."""
    later = RecordStudent.objects.filter(
        student=OuterRef("student"), part=RecordStudent.Part.ABOUT, record__state=RecordState.ARCHIVED,
        record__kind__in=CARE, record__happened_on__gte=OuterRef("record__follow_up_on"),
    ).exclude(record=OuterRef("record"))  # fmt: skip
    rows = (
        RecordStudent.objects.filter(
            ~Exists(later), school_class_id__in=class_ids, part=RecordStudent.Part.ABOUT,
            record__state=RecordState.ARCHIVED, record__kind__in=RETURN_VISITS, record__follow_up_on__lt=today,
        )
        .exclude(record__progress__in=(Progress.CLOSED, Progress.CANCELLED))
        .select_related("student", "record").defer(*TEXTS)
    )  # fmt: skip
    return [
        Entry(
            row.student, row.school_class_id, Reason.VISIT,
            f"{row.record.happened_on:%m-%d} {name_of(row.record.kind)}约定 {row.record.follow_up_on:%m-%d} 回访",
            row.record.follow_up_on, row.record.get_absolute_url(),
            _address("duties:record_note", row.record.public_id), row.record,
        )
        for row in rows
        if row.record.follow_up_on
    ]  # fmt: skip


def _leaves(class_ids: Collection[int], today: dt.date) -> list[Entry]:
    """Granted leaves that are over and not closed (C9.2.3.5). One query."""
    rows = StudentLeave.objects.filter(
        school_class_id__in=class_ids, state=LeaveState.APPROVED, ends_on__lt=today
    ).select_related("student")
    return [
        Entry(
            row.student, row.school_class_id, Reason.LEAVE, f"{row.get_kind_display()}到 {row.ends_on:%m-%d}，还没有销假",
            row.ends_on, _address("duties:leave", row.pk), _address("duties:leave", row.pk),
        )
        for row in rows
    ]  # fmt: skip


def _weak(class_ids: Collection[int], today: dt.date) -> list[Entry]:
    """Students on the term's list of those who are behind, without a check since the listing (C6.1b). One query."""
    check = RecordStudent.objects.filter(
        student=OuterRef("student"), part=RecordStudent.Part.ABOUT, record__state=RecordState.ARCHIVED,
        record__kind="weak_check", record__happened_on__gte=OuterRef("listed_on"),
    )  # fmt: skip
    rows = WeakStudent.objects.filter(
        ~Exists(check), Q(term__starts_on__lte=today, term__ends_on__gte=today), school_class_id__in=class_ids,
        removed_on__isnull=True,
    ).select_related("student")  # fmt: skip
    return [
        Entry(
            row.student, row.school_class_id, Reason.WEAK, f"列入后进名单（{row.basis}）", row.listed_on,
            _address("duties:weak", row.school_class_id),
            new_record_url("weak_check", row.school_class_id, [row.student_id]),
        )
        for row in rows
    ]  # fmt: skip


def _arrears(class_ids: Collection[int], today: dt.date) -> list[Entry]:
    """C4.2b: debtors nobody spoke to about it."""
    return [
        Entry(
            row.student, row.class_id, Reason.ARREARS, f"{row.period}欠费，还没有跟进", row.since,
            _address("duties:arrears", row.period_id, row.class_id),
            new_record_url("arrears_followup", row.class_id, [row.student.pk], period=row.period_id),
        )
        for row in without_follow_up(class_ids, today)
    ]  # fmt: skip


def _hardships(class_ids: Collection[int], today: dt.date) -> list[Entry]:
    """Reports of hardship that wait for their answer (C4.2c). One query."""
    rows = RecordStudent.objects.filter(
        school_class_id__in=class_ids, part=RecordStudent.Part.ABOUT, record__state=RecordState.ARCHIVED,
        record__kind="hardship", record__progress=Progress.PENDING, record__happened_on__lte=today,
    ).select_related("student", "record").defer(*TEXTS)  # fmt: skip
    return [
        Entry(
            row.student, row.school_class_id, Reason.HARDSHIP, f"{row.record.happened_on:%m-%d} 上报，等答复",
            row.record.happened_on, row.record.get_absolute_url(), row.record.get_absolute_url(),
            row.record,
        )
        for row in rows
    ]  # fmt: skip


_LISTS: Final[dict[Reason, Callable[[Collection[int], dt.date], list[Entry]]]] = {
    Reason.TRUANCY: _truants,
    Reason.TROUBLE: _troubles,
    Reason.VISIT: _visits,
    Reason.LEAVE: _leaves,
    Reason.WEAK: _weak,
    Reason.ARREARS: _arrears,
    Reason.HARDSHIP: _hardships,
}


def without_buttons(entries: Iterable[Entry]) -> list[Entry]:
    """For those who read only."""
    return [replace(entry, act_url="") for entry in entries]


def _address(name: str, *args: object) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
