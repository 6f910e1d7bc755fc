"""A first text for the term's summary, put together from the records: numbers and topics, no student's name.

Confidential records give their number only. What has no record is not mentioned as done: the teacher fills it in.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.regulation.models import Term
from teachers.models import RosterEntry, SchoolClass, StudentState

from . import kinds
from .figures import Measured
from .measures.classes import class_figures
from .models import Privacy, RecordTag, WorkRecord

NUMBERS: Final = "一二三四五六七八九"
TOPICS_SHOWN = 8
THEMED = ("activity", "class_meeting")
FIGURES: Final = (
    "attendance", "in_class", "violation", "talk_coverage", "pass_rate", "registered_pass", "renewal", "collection",
    "phones",
)  # fmt: skip
COUNTED: Final = (
    "talk", "parent_contact", "teacher_contact", "lesson_visit", "room_check", "thought_report", "case_study",
    "review_plan", "weak_check", "arrears_followup", "worklog",
)  # fmt: skip
UNITS: Final[Mapping[str, str]] = {"thought_report": "份", "case_study": "个", "review_plan": "份", "worklog": "篇"}


def draft_summary(user: User, school_class: SchoolClass, term: Term) -> str:
    """What the records of the class say about the term until today, as paragraphs for the teacher to finish."""
    last = min(term.ends_on, timezone.localdate())
    records = _records(user, school_class, term, last)
    figures = class_figures([school_class.pk], term.starts_on, last, only=FIGURES)[school_class.pk]
    counts = Counter(records.values_list("kind", flat=True))
    parts = [
        ("班级情况", _heads(school_class, last)),
        ("班会与教育活动", _gatherings(records, counts)),
        ("谈心谈话与学生工作", _work(counts, figures)),
        ("出勤与纪律", _sentences(figures, ("attendance", "in_class", "violation"))),
        ("学习与考试", _sentences(figures, ("pass_rate", "registered_pass"))),
        ("缴费与家校联系", _sentences(figures, ("renewal", "collection", "phones"))),
    ]
    lines = [f"【以下由系统按 {term} 截至 {last:%Y-%m-%d} 的记录汇总，请核对、补充后提交】"]
    written = [(title, text) for title, text in parts if text]
    lines += [f"{NUMBERS[number]}、{title}：{text}" for number, (title, text) in enumerate(written)]
    lines.append(f"{NUMBERS[len(written)]}、不足与下一步：（请补充）")
    return "\n".join(lines)


def _records(user: User, school_class: SchoolClass, term: Term, last: dt.date) -> QuerySet[WorkRecord]:
    """Everything archived about the class in the term, without what others keep for themselves."""
    rows = WorkRecord.objects.archived().between(term.starts_on, last).about_class(school_class)
    return rows.filter(~Q(privacy=Privacy.PRIVATE) | Q(author=user)).order_by("happened_on", "pk")


def _heads(school_class: SchoolClass, day: dt.date) -> str:
    rows = RosterEntry.objects.on(day).filter(school_class=school_class, state=StudentState.ENROLLED)
    return f"{school_class.name}，{day:%Y-%m-%d} 在读 {rows.count()} 人。"


def _gatherings(records: QuerySet[WorkRecord], counts: Mapping[str, int]) -> str:
    """Meetings with their topics, activities with theirs, and the themes that both touched."""
    found = []
    for kind in ("class_meeting", "activity"):
        if not counts.get(kind):
            continue
        titles = records.filter(kind=kind, privacy=Privacy.NORMAL).values_list("happened_on", "title")
        found.append(f"{kinds.name_of(kind)} {counts[kind]} 次{_topics(list(titles))}。")
    themes = RecordTag.objects.filter(
        record__in=records.filter(kind__in=THEMED).order_by(), group=RecordTag.Group.THEME
    )
    names = set(themes.values_list("value", flat=True))
    if names:
        found.append(f"涉及教育主题 {len(names)} 个：{'、'.join(theme for theme in kinds.THEMES if theme in names)}。")
    return "".join(found)


def _topics(titles: Sequence[tuple[dt.date, str]]) -> str:
    named = [f"{day.month} 月 {day.day} 日「{title}」" for day, title in titles if title]
    if not named:
        return ""
    more = "等" if len(named) > TOPICS_SHOWN else ""
    return f"：{'，'.join(named[:TOPICS_SHOWN])}{more}"


def _work(counts: Mapping[str, int], figures: Mapping[str, Measured]) -> str:
    done = [f"{kinds.name_of(kind)} {counts[kind]} {UNITS.get(kind, '次')}" for kind in COUNTED if counts.get(kind)]
    text = "，".join(done) + "。" if done else ""
    return text + _sentences(figures, ("talk_coverage",))


def _sentences(figures: Mapping[str, Measured], keys: Sequence[str]) -> str:
    """One sentence a figure that has data: the value and the division behind it."""
    found = []
    for key in keys:
        one = figures.get(key)
        if one is None or not one.is_rate or getattr(one, "rate", None) is None:
            continue
        found.append(f"{one.label} {one.text}（{one.sum_text}）")
    return "；".join(found) + "。" if found else ""
