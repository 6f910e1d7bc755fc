"""班级概况: thinking and study of one class on one page, from the same counts as everywhere (preamble, C0.2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncMonth, TruncWeek
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from teachers.models import SchoolClass

from .attention import Entry, attention_for, seen_by
from .charts import Chart, count_bars, rate_line
from .figures import Measured, percent
from .measures.classes import class_figures
from .models import SAT, AttendanceSession, ClassPost, ExamResult, ResultStatus, WorkRecord
from .policies.reading import Reading, reader
from .showing import Shown, in_list, with_everything

RECENT = 8
SESSIONS_SHOWN = 6

THINKING = ("talk_coverage", "themes", "meetings", "thought_reports", "parent_contacts", "cases_closed")
STUDY = ("attendance", "in_class", "pass_rate", "registration", "registered_pass", "lesson_visits")
ORDER = ("violation", "leaves_open", "collection", "renewal", "phones", "posts")
GROUPS = (("思想与教育", THINKING), ("学习", STUDY), ("纪律、费用与班级", ORDER))


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    figures: Sequence[Measured]


@dataclass(frozen=True, slots=True)
class Overview:
    """What one person may see of a class in a span of days."""

    groups: Sequence[Group]
    charts: Sequence[Chart]
    attention: Sequence[Entry]
    committee: Sequence[ClassPost]
    recent: Sequence[Shown]


def overview_of(user: User, school_class: SchoolClass, first: dt.date, last: dt.date, today: dt.date) -> Overview:
    """A fixed number of queries. Confidential matters are left out for those who may not read them (A-87)."""
    figures = class_figures([school_class.pk], first, last)[school_class.pk]
    groups = [Group(title, [figures[key] for key in keys if key in figures]) for title, keys in GROUPS]
    target = figures["attendance"]
    charts = [
        attendance_chart(school_class, first, last, getattr(target, "target", None), target.target_text),
        talk_chart(school_class, first, last),
        exam_chart(school_class, last),
    ]
    committee = ClassPost.objects.filter(school_class=school_class, starts_on__lte=today)
    committee = committee.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today)).select_related("student")
    return Overview(
        groups,
        [chart for chart in charts if not chart.is_empty],
        seen_by(user, attention_for([school_class.pk], today)),
        list(committee),
        recent_records(user, school_class, first, last),
    )


def attendance_chart(
    school_class: SchoolClass, first: dt.date, last: dt.date, target: Fraction | None, target_text: str
) -> Chart:
    """到课率 week by week over the roll calls (5.1). One query."""
    rows = (
        AttendanceSession.objects.standing()
        .filter(school_class=school_class, day__range=(first, last))
        .annotate(week=TruncWeek("day"))
        .values("week")
        .annotate(sum_present=Sum("present"), base=Sum("due") - Sum("excused"))
        .order_by("week")
    )
    shown = []
    for row in rows:
        rate = Fraction(row["sum_present"], row["base"]) if row["base"] else None
        words = f"{row['sum_present']} ÷ {row['base']}，{percent(rate)}" if rate is not None else "无数据"
        shown.append((f"{row['week']:%m-%d}", rate, words))
    return rate_line("到课率（按周）", shown, target=target, target_text=target_text)


def talk_chart(school_class: SchoolClass, first: dt.date, last: dt.date) -> Chart:
    """Students talked with, month by month. One query."""
    rows = (
        WorkRecord.objects.archived()
        .of("talk")
        .between(first, last)
        .filter(student_links__school_class=school_class, student_links__part="about")
        .annotate(month=TruncMonth("happened_on"))
        .values("month")
        .annotate(people=Count("student_links__student", distinct=True))
        .order_by("month")
    )
    return count_bars("谈话学生数（按月）", [(f"{row['month']:%Y-%m}", row["people"]) for row in rows])


def exam_chart(school_class: SchoolClass, last: dt.date) -> Chart:
    """及格率 of the latest sessions (5.4). One query."""
    rows = (
        ExamResult.objects.released(timezone.localdate())
        .filter(school_class=school_class, session__ends_on__lte=last)
        .values("session__name", "session__starts_on")
        .annotate(sat=Count("pk", filter=Q(status__in=SAT)), passed=Count("pk", filter=Q(status=ResultStatus.PASSED)))
        .order_by("-session__starts_on", "session__name")[:SESSIONS_SHOWN]
    )
    shown = []
    for row in reversed(rows):
        rate = Fraction(row["passed"], row["sat"]) if row["sat"] else None
        words = f"{row['passed']} ÷ {row['sat']}，{percent(rate)}" if rate is not None else "无数据"
        shown.append((row["session__name"], rate, words))
    return rate_line("及格率（按考试）", shown)


def recent_records(user: User, school_class: SchoolClass, first: dt.date, last: dt.date) -> list[Shown]:
    """The latest records of the class that the person may know of, as in the list of records."""
    rows = with_everything(
        WorkRecord.objects.visible_to(user).archived().about_class(school_class).between(first, last)
    ).order_by("-happened_on", "-pk")[: RECENT * 3]
    who = reader(user)
    found = [(row, who.reading(row)) for row in rows]
    return [in_list(row, reading) for row, reading in found if reading is not Reading.CLOSED][:RECENT]
