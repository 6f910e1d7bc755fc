"""What is there of every item of the checklist, per class. Counts come from `measures`, lists from the rooms that keep them."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from typing import Final, NamedTuple

from gaobo_banzhuren.regulation.models import Term
from gaobo_banzhuren.regulation.rates import RateRules
from teachers.calculation import Span
from teachers.models import SchoolClass

from ..attention import Reason, concerns
from ..measures.classes import gather
from ..measures.scopes import Scope, Scopes, Tally
from . import lists


class Fact(NamedTuple):
    """`listed` None: a plain count. `why` says what is missing or how the count came about."""

    have: int
    listed: int | None = None
    why: str = ""


Facts = Mapping[str, Fact]
FIGURES: Final = (
    "attendance", "leaves_open", "activities", "talks", "themes", "meetings", "registration", "pre_exam", "phones",
    "papers", "posts",
)  # fmt: skip
"""What is gathered of the figures: the items need no more."""
WATCHED: Final = {Reason.TRUANCY: "truants", Reason.TROUBLE: "trouble", Reason.VISIT: "visits_due"}
ACTIVITY_KINDS = ("activity", "class_meeting")


def facts_of(classes: Collection[SchoolClass], term: Term, today: dt.date) -> tuple[RateRules, dict[int, Facts]]:
    """Facts by source name for each class in the term, with the rules of its last day. A fixed number of queries."""
    ids = [one.pk for one in classes]
    window = Span(term.starts_on, term.ends_on)
    scopes = Scopes([Scope(key, key, *window) for key in ids], window, today)
    rules, _ = gather(scopes, FIGURES)
    day = min(today, term.ends_on)
    listed = lists.collect(classes, term, day)
    watched = _watched(ids, day)
    found: dict[int, Facts] = {}
    for key in ids:
        tally = scopes.tallies[key]
        found[key] = (
            _counts(tally, key, term)
            | _shares(tally)
            | watched[key]
            | {name: Fact(*it) for name, it in listed[key].items()}
        )
    return rules, found


def _counts(tally: Tally, class_id: int, term: Term) -> dict[str, Fact]:
    numbers, people = tally.numbers, tally.people
    themes = [value for _, value in people["themes"]]  # type: ignore[misc, has-type]
    two = [value for value in themes if value in lists.THEMES_TWO]
    one = [value for value in themes if value in lists.THEMES_ONE]
    found = {
        "plan": Fact(_papers(tally, class_id, term, "plan")),
        "summary": Fact(_papers(tally, class_id, term, "summary")),
        "meetings": Fact(numbers[f"meetings:{class_id}:{term.pk}"]),
        "talks": Fact(
            numbers["talk_persons"],
            why=f"谈过 {len(people['talk_students'])} 名学生，在册 {len(people['students'])} 名",
        ),
        "parent_contacts": Fact(numbers["parent_contact_persons"]),
        "posts": Fact(len(people["posts_with_duties"]), why=f"班委职务 {len(people['posts'])} 个"),
        "calls": Fact(numbers["calls"]),
        "themes_one": Fact(len(one), why=_named("已覆盖", one)),
        "themes_two": Fact(len(two), why=_named("已覆盖", two)),
        "honours": Fact(tally.count("honour") - tally.count("honour", progress="cancelled")),
        "cases": Fact(tally.count("case_study")),
        "violations": Fact(
            tally.count("exam_violation", all_writers=True)
            - tally.count("exam_violation", progress="cancelled", all_writers=True)
        ),
    }
    kinds = {
        "teacher_contacts": "teacher_contact", "lesson_visits": "lesson_visit", "room_checks": "room_check",
        "thought_reports": "thought_report", "worklogs": "worklog",
    }  # fmt: skip
    found |= {name: Fact(tally.count(kind)) for name, kind in kinds.items()}
    for category in ("newcomer", "revision", "exam_style", "honesty"):
        found[category] = Fact(sum(tally.count(kind, category=category) for kind in ACTIVITY_KINDS))
    return found


def _papers(tally: Tally, class_id: int, term: Term, kind: str) -> int:
    return int((class_id, term.pk, kind) in tally.people["papers"])


def _named(label: str, values: list[str]) -> str:
    return f"{label}：{'、'.join(sorted(values, key=lists.THEMES.index))}" if values else ""


def _shares(tally: Tally) -> dict[str, Fact]:
    """What is done of a list, out of the same tallies."""
    numbers, people = tally.numbers, tally.people
    over = numbers["leaves_closed"] + numbers["leaves_open"]
    problems = [
        tally.count(kind, progress=stands)
        for kind in ("lesson_visit", "teacher_contact")
        for stands in ("closed", "open")
    ]
    sessions = people["exam_sessions"]
    return {
        "phones": Fact(len(people["confirmed"]), len(people["students"])),
        "leaves": Fact(numbers["leaves_closed"], over),
        "problems": Fact(problems[0] + problems[2], sum(problems)),
        "registrations": Fact(numbers["reg_settled"], numbers["reg_planned"]),
        "pre_exam": Fact(len(people["educated"] & sessions), len(sessions)),
    }


def _watched(class_ids: Collection[int], today: dt.date) -> dict[int, dict[str, Fact]]:
    """Handled of listed, for the lists of students to look after."""
    listed: dict[int, Counter[str]] = defaultdict(Counter)
    handled: dict[int, Counter[str]] = defaultdict(Counter)
    for entry in concerns(class_ids, today, tuple(WATCHED)):
        name = WATCHED[entry.reason]
        listed[entry.class_id][name] += 1
        handled[entry.class_id][name] += entry.handled_on is not None
    return {key: {name: Fact(handled[key][name], listed[key][name]) for name in WATCHED.values()} for key in class_ids}
