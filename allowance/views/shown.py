"""What the sheet page shows beside the stored rows: findings with the places to fix them, and what changed since last month."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from allowance.calculation import Line
from allowance.document import Row, SheetDocument
from allowance.explanation import Comparison, compare
from allowance.models import HeadcountConfirmation, HeadcountSnapshot, MonthSheet, SheetLine, SheetWarning, WarningCode
from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from teachers.models import ClassTeacher, SchoolClass

from .base import link

Link = tuple[str, str]

WHAT_TO_DO: Mapping[str, str] = {
    WarningCode.VACANT: "请在「聘任」中补上班主任；确实空缺的日子不计发，写明理由确认即可。",
    WarningCode.TWO_POSTS: "人数已够配两名班主任，可增聘一名，或写明暂不增聘的理由。",
    WarningCode.UNFILED: "津贴照发；请尽快到继续教育学院备案。",
    WarningCode.BAND_EDGE: "多一人或少一人就换档，请核对名册是否完整。",
    WarningCode.JUMP: "请核对变化是否属实。",
    WarningCode.NO_CLASS: "请核对聘任与补发、扣回。",
    WarningCode.CLOSED_TEACHING: "请在班级资料中补登教学结束日期，再重新结算。",
    WarningCode.MONTHS_UNCONFIRMED: "由继续教育学院在「制度与校历」中确认，确认后才能送人事。",
    WarningCode.NO_STAND_IN: "请登记代班人；没有代班人的长假日子不计发。",
    WarningCode.HEADCOUNT_UNCONFIRMED: "请班主任在「人数确认」中核对；有异议的先核对名册，再答复。",
    WarningCode.ROSTER_OLD: "请导入最新名册，或确认名册没有变化。",
    WarningCode.TWO_COLLEGES: "按人数日分摊，请与另一学院核对。",
    WarningCode.ZERO_STUDENTS: "请核对名册；没有在读学生的班不计发。",
    WarningCode.TERM_OVER: "续聘后重新结算；不续聘的，写明理由确认。",
    WarningCode.SHARES: "请核对两人分带的人数之和。",
    WarningCode.ADJUSTMENT_PROPOSED: "在「津贴更正」中写明原因提出补发或扣回，或写明不作更正的理由。",
}

PLACE_OF: Mapping[str, Link] = {
    WarningCode.UNFILED: ("聘任列表", "teachers:appointments"),
    WarningCode.VACANT: ("空缺列表", "teachers:vacancies"),
    WarningCode.NO_STAND_IN: ("请假登记", "teachers:leaves"),
    WarningCode.ROSTER_OLD: ("名册导入", "teachers:import"),
    WarningCode.ADJUSTMENT_PROPOSED: ("津贴更正", "allowance:adjustments"),
    WarningCode.MONTHS_UNCONFIRMED: ("校历", "regulation:calendar"),
    WarningCode.TERM_OVER: ("聘任列表", "teachers:appointments"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """The page of a class or class teacher that a finding is about."""

    kind: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class ShownWarning:
    warning: SheetWarning
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class WarningGroup:
    """Findings of one kind, with what a person can do about them."""

    label: str
    advice: str
    place: Link | None
    items: list[ShownWarning] = field(default_factory=list)


def group_warnings(warnings: Iterable[SheetWarning], user: User) -> list[WarningGroup]:
    """By kind, in the order in which the kinds are declared. Two queries for the links, whatever the number."""
    found = list(warnings)
    places = _places([name for warning in found for name in _names(warning)], user) if found else {}
    by_code: dict[str, list[ShownWarning]] = defaultdict(list)
    for warning in found:
        links = _links([places[name] for name in _names(warning) if name in places])
        if warning.facts.get("answer") and user.access.has(Role.COLLEGE_ADMIN):
            links = (("核对并答复", link("allowance:objection", warning.facts["answer"])), *links)
        by_code[warning.code].append(ShownWarning(warning, links))
    return [
        WarningGroup(code.label, WHAT_TO_DO.get(code.value, ""), _place(code.value), by_code[code.value])
        for code in WarningCode
        if code.value in by_code
    ]


def _place(code: str) -> Link | None:
    label, name = PLACE_OF.get(code, ("", ""))
    url = link(name) if name else ""
    return (label, url) if url else None


def _names(warning: SheetWarning) -> list[str]:
    """Class codes and 工号 that the finding is about, each once."""
    facts: Mapping[str, Any] = warning.facts or {}
    names = [*warning.subject.split(":"), *facts.get("classes", ())]
    for finding in facts.get("findings", ()):
        names += [str(finding.get("class_code") or ""), str(finding.get("teacher_key") or "")]
    return [name for name in dict.fromkeys(names) if name]


def _links(places: Sequence[Place]) -> tuple[Link, ...]:
    """The finding names its class and person already: a name is repeated only to tell several apart."""
    kinds = [place.kind for place in places]
    return tuple((place.name if kinds.count(place.kind) > 1 else f"查看{place.kind}", place.url) for place in places)


def _places(names: Sequence[str], user: User) -> dict[str, Place]:
    classes = SchoolClass.objects.visible_to(user).filter(code__in=names).values_list("code", "name", "pk")
    teachers = ClassTeacher.objects.visible_to(user).filter(user__staff_no__in=names)
    found = {code: Place("班级", name, link("teachers:class", pk)) for code, name, pk in classes}
    for staff_no, name, pk in teachers.values_list("user__staff_no", "user__name", "pk"):
        found[staff_no] = Place("班主任", name, link("teachers:teacher", pk))
    return {name: place for name, place in found.items() if place.url}


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of the sheet with what changed for the person since the month before."""

    row: Row
    comparison: Comparison | None


def previous_month(month: dt.date) -> dt.date:
    return (month - dt.timedelta(days=1)).replace(day=1)


def shown_rows(sheet: MonthSheet, document: SheetDocument, user: User) -> list[ShownRow]:
    """The rows with the comparison at each person's first line; without a sheet of the month before there is none."""
    now: dict[str, list[Line]] = defaultdict(list)
    before: dict[str, list[Line]] = defaultdict(list)
    visible = SheetLine.objects.visible_to(user).filter(sheet__college=sheet.college_id, adjustment__isnull=True)
    months = {sheet.month: now, previous_month(sheet.month): before}
    for month, staff_no, result in visible.filter(sheet__month__in=months).values_list(
        "sheet__month", "staff_no", "result"
    ):
        months[month][staff_no].append(Line.from_dict(result))
    shown, seen = [], set()
    for row in document.rows:
        comparison = None
        if before and row.staff_no not in seen and row.staff_no in now:
            found = compare(before.get(row.staff_no), now[row.staff_no])
            comparison = found if found.difference_fen or found.reasons else None
        seen.add(row.staff_no)
        shown.append(ShownRow(row, comparison))
    return shown


@dataclass(frozen=True, slots=True)
class ShownHeadcount:
    """A basis headcount and what the class teachers said about it (A-28)."""

    snapshot: HeadcountSnapshot
    answers: tuple[HeadcountConfirmation, ...]


def shown_headcounts(sheet: MonthSheet) -> list[ShownHeadcount]:
    """Two queries, whatever the number of classes."""
    answers: dict[int, list[HeadcountConfirmation]] = defaultdict(list)
    given = HeadcountConfirmation.objects.filter(
        month=sheet.month, school_class__in=sheet.headcounts.values("school_class")
    )
    for answer in given.select_related("teacher__user", "school_class"):
        answers[answer.school_class_id].append(answer)
    return [ShownHeadcount(row, tuple(answers[row.school_class_id])) for row in sheet.headcounts.all()]


def open_objections(rows: Iterable[ShownHeadcount]) -> list[HeadcountConfirmation]:
    """Objections that the college has not answered yet."""
    return [answer for row in rows for answer in row.answers if not answer.agreed and not answer.resolution]
