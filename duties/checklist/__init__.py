"""The term's checklist of a class: what articles 3 to 6 ask, what is there, what is missing, until when.

The items are data (`data/checklist.json`); records tick them, nobody does by hand. The one number that the regulation
sets is that of class meetings; every other number is a wish of the office or college (自定目标) and never overdue.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from gaobo_banzhuren.regulation.models import Term
from gaobo_banzhuren.regulation.rates import RateRules
from teachers.models import SchoolClass

from ..models import Target
from ..remembering import per_class
from .addresses import new_url, records_url
from .facts import Fact, facts_of
from .rows import Item as Item
from .rows import Row as Row
from .rows import State as State
from .rows import declared as declared
from .rows import items_with_target as items_with_target

RULE, OWN_TARGET = "制度规定", "自定目标"


def checklist_of(class_ids: Iterable[int], term: Term, today: dt.date) -> dict[int, list[Row]]:
    """The rows of each class for the term, in the order of the data file. A fixed number of queries.

    A class that is not open in the term has none; items that cannot apply to a class (graduation, newcomers) are left out.
    What was counted stands until the facts of the college change.
    """
    return per_class("checklist", list(class_ids), (term.pk, today), lambda ids: _count(ids, term, today))


def _count(class_ids: list[int], term: Term, today: dt.date) -> dict[int, list[Row]]:
    classes = list(SchoolClass.objects.filter(pk__in=class_ids))
    rules, facts = facts_of(classes, term, today)
    targets = _targets(term)
    found: dict[int, list[Row]] = {}
    for one in classes:
        found[one.pk] = [
            _row(item, one, facts[one.pk].get(item.source, Fact(0)), term, today, _wanted(item, one, rules, targets))
            for item in declared().items
            if _is_open(one, term) and _applies(item, one, term)
        ]
    return found


def _is_open(school_class: SchoolClass, term: Term) -> bool:
    return school_class.opens_on <= term.ends_on and (
        school_class.closes_on is None or school_class.closes_on >= term.starts_on
    )


def _applies(item: Item, one: SchoolClass, term: Term) -> bool:
    year = term.school_year
    ends = one.teaching_ends_on
    holds = {
        "first_term": term.number == 1,
        "new_class": year.starts_on <= one.opens_on <= year.ends_on,
        "teaching": ends is None or ends >= term.starts_on,
        "graduating": ends is not None and ends <= term.ends_on,
    }
    return all(holds[word] for word in item.only.split())


def _targets(term: Term) -> dict[tuple[int | None, str], int]:
    """自定目标 of the school year by college (None: the whole school) and item. One query."""
    rows = Target.objects.filter(school_year=term.school_year_id).values_list("college_id", "item", "number")
    return {(college, item): number for college, item, number in rows}


def _wanted(
    item: Item, one: SchoolClass, rules: RateRules, targets: Mapping[tuple[int | None, str], int]
) -> tuple[int | None, str]:
    """The number to reach and who set it. The college's wish comes before the office's, both before the rule version's."""
    if item.need == "rule":
        return rules.meetings_per_term, RULE
    of_version = {
        "talks": rules.talk_target,
        "lesson_visits": rules.visit_target,
        "parent_contacts": rules.contact_target,
    }
    for number in (targets.get((one.college_id, item.key)), targets.get((None, item.key)), of_version.get(item.key)):
        if number is not None:
            return number, OWN_TARGET
    return None, ""


def _row(item: Item, one: SchoolClass, fact: Fact, term: Term, today: dt.date, wanted: tuple[int | None, str]) -> Row:
    begin = max(term.starts_on, one.opens_on)
    base = {"term_start": begin, "term_end": term.ends_on}
    due = min(base[item.due_from] + dt.timedelta(days=item.due_days), term.ends_on)
    opens = max(base[item.opens_from] + dt.timedelta(days=item.opens_days), begin)
    need, label = (fact.listed, "") if item.need == "list" else wanted
    state = _state(item, fact, need, label, due, opens, today)
    return Row(
        item, one.pk, fact.have, need, state, due if state in (State.OPEN, State.OVERDUE, State.NOT_YET) else None,
        _why(item, fact, need, label), label, records_url(item, one.pk, term), new_url(item, one.pk),
    )  # fmt: skip


def _state(item: Item, fact: Fact, need: int | None, label: str, due: dt.date, opens: dt.date, today: dt.date) -> State:
    if item.need == "list" and not need:
        return State.NONE
    if item.need == "any" and need is None:
        return State.DONE if fact.have else State.NONE
    if fact.have >= (need or 1):
        return State.DONE
    if today < opens:
        return State.NOT_YET
    # A wish is never overdue: once something is there, or where nothing has to be, it only stays open.
    wished = label == OWN_TARGET and (fact.have > 0 or item.need == "any")
    return State.OVERDUE if today > due and not wished else State.OPEN


def _why(item: Item, fact: Fact, need: int | None, label: str) -> str:
    if item.need == "list":
        return "名单上没有人" if not need else ("都已办好" if fact.have >= need else f"还差 {need - fact.have} 项")
    if need is not None:
        said = f"{label} {need}" + (f"，还差 {need - fact.have}" if fact.have < need else "，已达到")
        return "；".join(part for part in (said, fact.why) if part)
    return fact.why or ("制度没有规定次数" if fact.have else "还没有记录")
