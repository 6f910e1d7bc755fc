"""Plans and summaries (C9.1.4), class posts (C9.2.2.3), and whether the papers of a year are all there (C9.5.4)."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Q

from gaobo_banzhuren.regulation.models import Term

from ..figures import Count as Number
from ..figures import Figure
from ..models import ClassPost, TermPaper
from .scopes import Scopes, Tally, judged

KINDS = tuple(TermPaper.Kind)


def collect(scopes: Scopes, terms: list[Term]) -> None:
    """Handed-in plans and summaries per class and term, whoever handed them in (as with meetings, A-39). One query."""
    rows = TermPaper.objects.handed_in().filter(school_class_id__in=scopes.class_ids, term__in=terms)
    for class_id, term, kind in rows.values_list("school_class_id", "term_id", "kind").distinct():
        for _, tally in scopes.of(class_id):
            tally.people["papers"].add((class_id, term, kind))


def collect_posts(scopes: Scopes) -> None:
    """Posts held at the end of the days counted. One query."""
    rows = ClassPost.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=scopes.first), school_class_id__in=scopes.class_ids,
        starts_on__lte=scopes.last,
    )  # fmt: skip
    for class_id, post, duties, first, last in rows.values_list(
        "school_class_id", "post", "duties", "starts_on", "ends_on"
    ):
        for scope, tally in scopes.of(class_id):
            end = scopes.end_of(scope)
            if first <= end and (last is None or last >= end):
                tally.people["posts"].add((class_id, post))
                if duties:
                    tally.people["posts_with_duties"].add((class_id, post))


def papers(tally: Tally, terms: list[Term], scopes: Scopes, mine: Mapping[int, str]) -> Figure:
    """计划与总结: handed in ÷ a plan and a summary per class and term; what is missing is named (A-74)."""
    wanted = [
        (class_id, term, kind)
        for class_id in mine
        for term in terms
        if judged(term, scopes.window)
        for kind in KINDS
        if any(one.first <= term.ends_on and one.last >= term.starts_on for one in scopes.by_class[class_id])
    ]
    have = tally.people["papers"]
    missing = [
        f"{mine[class_id]}{term.name}{kind.label}"
        for class_id, term, kind in wanted
        if (class_id, term.pk, kind.value) not in have
    ]
    note = f"缺：{'、'.join(missing)}" if missing else ""
    return Figure("papers", "计划与总结", len(wanted) - len(missing), len(wanted), note=note, readings=("A-74",))


def posts(tally: Tally) -> Number:
    with_duties = len(tally.people["posts_with_duties"])
    note = f"其中写明职责的 {with_duties} 个"
    return Number("posts", "班委职务", len(tally.people["posts"]), unit="个", note=note)


MATERIALS = (
    "工作计划", "工作总结", "教育活动", "班会记录", "谈心谈话", "听课记录", "家长联系", "学生个案", "出勤统计", "考试成绩", "收费情况",
    "工作日志",
)  # fmt: skip
"""The parts of the handbook that hold records (8.1); which of them are filled is C9.5.4."""


def materials(tally: Tally, mine: Mapping[int, str]) -> Figure:
    """资料齐全: kinds of papers that are there ÷ kinds, the missing ones named."""
    handed = {kind for _, _, kind in tally.people["papers"]}  # type: ignore[misc, has-type]
    there = {
        "工作计划": "plan" in handed,
        "工作总结": "summary" in handed,
        "教育活动": tally.count("activity") > 0,
        "班会记录": tally.count("class_meeting") > 0,
        "谈心谈话": tally.count("talk") > 0,
        "听课记录": tally.count("lesson_visit") > 0,
        "家长联系": tally.count("parent_contact") > 0,
        "学生个案": tally.count("case_study") > 0,
        "出勤统计": tally.numbers["calls"] > 0,
        "考试成绩": bool(tally.people["sessions_with_results"]),
        "收费情况": tally.numbers["money_due"] > 0,
        "工作日志": tally.count("worklog") > 0,
    }
    missing = [name for name in MATERIALS if not there[name]]
    note = f"缺：{'、'.join(missing)}" if missing else "各类资料都有"
    return Figure("materials", "资料齐全", len(MATERIALS) - len(missing), len(MATERIALS) if mine else 0, note=note)
