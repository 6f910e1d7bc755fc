"""The figures of classes: which there are, what they are made of, and how they are gathered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final

from django.utils import timezone

from gaobo_banzhuren.regulation.models import Term
from gaobo_banzhuren.regulation.rates import RateRules
from teachers.calculation import Span

from ..figures import Count, Measured
from ..remembering import per_class
from . import exams, fees, papers, records, rolls, roster
from .scopes import Scope, Scopes, Tally, rates_on, terms_between

ClassFigures = dict[str, Measured]

_WORK: Final = (
    "activities", "talks", "parent_contacts", "teacher_contacts", "lesson_visits", "room_checks", "thought_reports",
    "honours", "worklogs", "incidents", "cheating", "newcomer", "materials", "problems_open",
)  # fmt: skip
NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    "roster": ("violation", "talk_coverage", "phones", "pledges"),
    "calls": ("attendance", "in_class", "materials"),
    "leaves": ("leaves_open",),
    "records": _WORK,
    "students": ("violation", "talk_coverage", "talks", "parent_contacts"),
    "themes": ("themes", "themes_one", "themes_two"),
    "pledges": ("pledges",),
    "cases": ("cases_closed",),
    "meetings": ("meetings",),
    "exams": ("pass_rate", "registered_pass", "registration", "level_pass", "pre_exam", "materials"),
    "education": ("pre_exam",),
    "fees": ("renewal", "collection", "materials"),
    "phones": ("phones",),
    "papers": ("papers", "materials"),
    "posts": ("posts",),
}
"""Which gatherings a figure needs, so that a page that shows a few asks few questions."""


def class_figures(
    class_ids: Iterable[int], first: dt.date, last: dt.date, *, only: Collection[str] | None = None
) -> dict[int, ClassFigures]:
    """Every figure of each class from `first` to `last` (both included), by key; `only` some of them.

    The definitions are those in force on `last`. A fixed number of queries whatever the number of classes; what was
    counted stands until the facts change.
    """
    shown = None if only is None else frozenset(only)
    today = timezone.localdate()
    return per_class(
        "figures",
        list(class_ids),
        (first, last, shown, today),
        lambda ids: _figures(ids, Span(first, last), today, shown),
    )


def _figures(
    class_ids: list[int], window: Span, today: dt.date, only: Collection[str] | None
) -> dict[int, ClassFigures]:
    scopes = Scopes([Scope(key, key, *window) for key in class_ids], window, today)
    rules, terms = gather(scopes, only)
    return {key: build(scopes.tallies[key], rules, terms, scopes, {key: ""}, only) for key in class_ids}


def gather(scopes: Scopes, only: Collection[str] | None = None) -> tuple[RateRules, list[Term]]:
    """Fill the tallies with what the wanted figures need; the definitions and terms of the window."""
    rules = rates_on(scopes.window.last)
    terms = scopes.terms = terms_between(*scopes.window)
    steps: dict[str, Callable[[], None]] = {
        "roster": lambda: roster.collect(scopes),
        "calls": lambda: rolls.collect(scopes, rules),
        "leaves": lambda: rolls.collect_leaves(scopes),
        "records": lambda: records.collect(scopes),
        "students": lambda: records.collect_students(scopes, rules),
        "themes": lambda: records.collect_themes(scopes),
        "pledges": lambda: records.collect_pledges(scopes),
        "cases": lambda: records.collect_cases(scopes),
        "meetings": lambda: records.collect_meetings(scopes, rules, terms),
        "exams": lambda: exams.collect(scopes),
        "education": lambda: exams.collect_education(scopes),
        "fees": lambda: fees.collect(scopes),
        "phones": lambda: fees.collect_phones(scopes),
        "papers": lambda: papers.collect(scopes, terms),
        "posts": lambda: papers.collect_posts(scopes),
    }
    for name, step in steps.items():
        if only is None or not set(only).isdisjoint(NEEDS[name]):
            step()
    return rules, terms


def build(
    tally: Tally,
    rules: RateRules,
    terms: list[Term],
    scopes: Scopes,
    mine: Mapping[int, str],
    only: Collection[str] | None = None,
) -> ClassFigures:
    """The figures of one tally over the classes `mine` (key to the name before its terms), in the order of section 5."""
    made: list[Measured] = [
        rolls.attendance(tally, rules),
        rolls.in_class(tally),
        records.violation(tally, rules),
        records.meetings(tally, rules, terms, scopes, mine),
        exams.pass_rate(tally),
        exams.registered_pass(tally),
        exams.level_pass(tally, rules),
        exams.registration(tally),
        exams.pre_exam(tally),
        records.pledges(tally),
        fees.renewal(tally, rules),
        fees.collection(tally),
        fees.phones(tally),
        records.talk_coverage(tally),
        *records.themes(tally, len(mine)),
        *work(tally, rules, scopes, len(mine)),
        papers.papers(tally, terms, scopes, mine),
        papers.posts(tally),
        papers.materials(tally, mine),
    ]
    return {one.key: one for one in made if only is None or one.key in only}


def work(tally: Tally, rules: RateRules, scopes: Scopes, classes: int) -> list[Count]:
    """Plain numbers. The regulation sets none of them; a number to aim at is the office's own (自定目标, A-43), and it is
    per class and term, so that other windows have none."""
    one_term = classes == 1 and scopes.uniform and len(scopes.terms) == 1
    running = scopes.today <= scopes.window.last
    numbers = tally.numbers

    def wished(key: str, label: str, number: int, target: int | None, unit: str, note: str = "") -> Count:
        aim = target if one_term else None
        return Count(
            key, label, number, aim, "自定目标" if aim is not None else "", unit, note, running, readings=("A-43",)
        )

    def since(kind: str) -> str:
        """Days since the last contact (C3.1.3)."""
        day = tally.latest.get(kind)
        return f"最近一次 {day:%Y-%m-%d}，{(scopes.today - day).days} 天前" if day else ""

    problems = sum(tally.count(kind, progress="open") for kind in ("lesson_visit", "teacher_contact"))
    responsible = tally.count("incident", progress="confirmed", all_writers=True)
    return [
        Count("activities", "教育活动", tally.count("activity")),
        wished("talks", "谈心谈话", numbers["talk_persons"], rules.talk_target, "人次"),
        wished("parent_contacts", "家长联系", numbers["parent_contact_persons"], rules.contact_target, "人次", since("parent_contact")),
        Count(
            "teacher_contacts", "任课教师联系", tally.count("teacher_contact"), note=since("teacher_contact"),
            readings=("A-43",),
        ),
        wished("lesson_visits", "听课", tally.count("lesson_visit"), rules.visit_target, "次"),
        Count("problems_open", "教学问题未办结", problems, unit="个"),
        Count("room_checks", "到班检查", tally.count("room_check"), note=f"教室日志已填 {numbers['logs_filled']} 次"),
        Count("leaves_open", "请假未销", numbers["leaves_open"], unit="张", note=f"已销假 {numbers['leaves_closed']} 张"),
        Count("thought_reports", "思想动态报告", tally.count("thought_report"), unit="份"),
        Count("honours", "优秀学生", tally.count("honour", progress="confirmed", all_writers=True), unit="项"),
        Count("cases_closed", "个案结案", numbers["cases_closed"], unit="个"),
        Count("worklogs", "工作日志", tally.count("worklog"), unit="篇"),
        Count("newcomer", "新生教育", tally.count("activity", category="newcomer")),
        Count("incidents", "已认定责任事故", responsible, unit="起"),
        Count(
            "cheating", "已认定考试作弊",
            tally.count("exam_violation", category="cheating", progress="confirmed", all_writers=True), unit="人次",
            readings=("A-65",),
        ),
    ]  # fmt: skip
