"""Who owes what for a fee period, and what was done about it: read from dues and work records, nothing copied.

A follow-up is a 催缴记录 of the period, or a talk or parent contact with the category 欠费 since the period began.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.regulation.in_force import NoRuleError, rules_on
from gaobo_banzhuren.web.templatetags.gaobo import money, yuan
from teachers.models import RosterEntry, SchoolClass, Student

from . import fee_figures
from .fee_figures import DueFact, Measure, Share
from .kinds import kind_of
from .kinds.words import ARREARS
from .models import ArrearsReason, FeeDue, FeePeriod, RecordState, RecordStudent, WorkRecord
from .policies.reading import known_students
from .services.fee_rows import GONE

Keys = Collection[int] | QuerySet[Any, Any]
"""Keys of rows, or a query of one column that gives them."""


class FollowUp(NamedTuple):
    """One piece of persuasion with one student. `promised_on` and `reason` come from a 催缴记录 only."""

    student_id: int
    on: dt.date
    kind: str
    way: str
    record_id: int
    promised_on: dt.date | None
    reason: str
    period_id: int | None

    @property
    def told(self) -> bool:
        return bool(self.kind)

    def untold(self) -> FollowUp:
        """That there was one, and nothing else: it is a confidential record of somebody else (A-87)."""
        return self._replace(kind="", way="", promised_on=None, reason="", period_id=None)

    @property
    def label(self) -> str:
        if not self.told:
            return "已跟进"
        kind = kind_of(self.kind)
        way = kind.field("way")
        return f"{kind.name}·{way.shown(self.way)}" if way and self.way else kind.name


def about_arrears(period: FeePeriod) -> Q:
    """Links between students and records that count as follow-up of the period."""
    own = Q(record__kind="arrears_followup", record__fee_period=period)
    other = Q(
        record__kind__in=("talk", "parent_contact"),
        record__category=ARREARS,
        record__happened_on__gte=period.starts_on,
    )
    return (own | other) & Q(record__state=RecordState.ARCHIVED, part=RecordStudent.Part.ABOUT)


def follow_ups(period: FeePeriod, students: Keys) -> dict[int, list[FollowUp]]:
    """Follow-ups by student, newest first. One query."""
    rows = (
        RecordStudent.objects.filter(about_arrears(period), student__in=students)
        .order_by("-record__happened_on", "-record_id")
        .values_list(
            "student_id", "record__happened_on", "record__kind", "record__way", "record_id", "record__follow_up_on",
            "record__details", "record__fee_period_id",
        )
    )  # fmt: skip
    found: dict[int, list[FollowUp]] = defaultdict(list)
    for student, on, kind, way, record, promised, details, period_id in rows:
        own = kind == "arrears_followup"
        reason = str((details or {}).get("arrears_reason", "")) if own else ""
        found[student].append(FollowUp(student, on, kind, way, record, promised if own else None, reason, period_id))
    return dict(found)


def debts(class_ids: Keys, period: FeePeriod) -> QuerySet[FeeDue]:
    """Dues of the period in the classes on which something is still owed."""
    return FeeDue.objects.filter(period=period, school_class__in=class_ids, due_fen__gt=F("paid_fen") + F("waived_fen"))


def with_present_class(dues: QuerySet[FeeDue]) -> QuerySet[Any]:
    """Each due with `present_class`: the class that the student is in today, else the class of the due."""
    today = RosterEntry.objects.on(timezone.localdate()).filter(student=OuterRef("student")).exclude(state__in=GONE)
    found = Subquery(today.order_by("-starts_on").values("school_class_id")[:1])
    return dues.annotate(present_class=Coalesce(found, F("school_class_id"), output_field=BigIntegerField()))


@dataclass(slots=True)
class ClassFees:
    """One class in one period: counts of persons, sums in 分, and the figures of 5.5 and 5.6."""

    due: int = 0
    due_fen: int = 0
    paid_fen: int = 0
    debtors: int = 0
    owed_fen: int = 0
    exempt: int = 0
    deferred: int = 0
    without_follow_up: int = 0
    renewal: Share = fee_figures.NOTHING
    first: Share = fee_figures.NOTHING
    collection: Share = fee_figures.NOTHING

    @property
    def owed_text(self) -> str:
        apart = f"，其中已批缓缴 {self.deferred} 人" if self.deferred else ""
        return f"共 {yuan(self.owed_fen)}{apart}"

    @property
    def untouched_text(self) -> str:
        return f"{self.without_follow_up} 人"

    @property
    def untouched_tone(self) -> str:
        return "warning" if self.without_follow_up else ""

    @property
    def renewal_text(self) -> str:
        first = f"；新生首期缴费率 {self.first.text}" if self.first.denominator else ""
        exempt = f"，免缴 {self.exempt} 人不计" if self.exempt else ""
        return f"{self.renewal.numerator} ÷ {self.renewal.denominator}{exempt}{first}"

    @property
    def collection_text(self) -> str:
        return f"{money(self.paid_fen)} ÷ {money(self.due_fen)} 元"


@dataclass(slots=True)
class _Rows:
    facts: list[DueFact] = field(default_factory=list)
    without: int = 0


def class_fees(class_ids: Keys, period: FeePeriod) -> dict[int, ClassFees]:
    """Figures of classes that have dues in the period. Four queries whatever the number of classes."""
    by_class: dict[int, _Rows] = defaultdict(_Rows)
    owing = debts(class_ids, period)
    followed = set(
        RecordStudent.objects.filter(about_arrears(period), student__in=owing.values("student")).values_list(
            "student_id", flat=True
        )
    )
    for class_id, student, fact in due_facts(class_ids, period):
        rows = by_class[class_id]
        rows.facts.append(fact)
        rows.without += fact.owed_fen > 0 and student not in followed
    measure, deferral = renewal_reading(period.deadline)
    return {class_id: _sums(rows, measure, deferral) for class_id, rows in by_class.items()}


def _sums(rows: _Rows, measure: Measure, deferral: bool) -> ClassFees:
    facts = rows.facts
    return ClassFees(
        due=sum(fact.payable_fen > 0 for fact in facts),
        due_fen=sum(fact.payable_fen for fact in facts),
        paid_fen=sum(fact.paid_fen for fact in facts),
        debtors=sum(fact.owed_fen > 0 for fact in facts),
        owed_fen=sum(fact.owed_fen for fact in facts),
        exempt=sum(fact.exempt for fact in facts),
        deferred=sum(fact.deferred and fact.owed_fen > 0 for fact in facts),
        without_follow_up=rows.without,
        renewal=fee_figures.renewal(facts, measure=measure, deferral_counts=deferral),
        first=fee_figures.first_payment(facts),
        collection=fee_figures.collection(facts),
    )


def due_facts(class_ids: Keys, period: FeePeriod) -> Iterable[tuple[int, int, DueFact]]:
    """Class, student and what is due, for every due of the classes in the period. One query."""
    on_first_day = (
        RosterEntry.objects.on(period.starts_on)
        .filter(student=OuterRef("student"), school_class=OuterRef("school_class"))
        .exclude(state__in=GONE)
    )
    last_day = Greatest("period__deadline", Coalesce("deferred_until", "period__deadline"))
    rows = (
        FeeDue.objects.filter(period=period, school_class__in=class_ids)
        .annotate(
            in_time=Coalesce(Sum("payments__amount_fen", filter=Q(payments__on__lte=last_day)), 0),
            on_roster=Exists(on_first_day),
        )
        .order_by("school_class_id", "pk")
        .values_list(
            "school_class_id", "student_id", "due_fen", "paid_fen", "waived_fen", "in_time", "exempt", "first_period",
            "deferred_until", "on_roster",
        )
    )  # fmt: skip
    for class_id, student, due, paid, waived, in_time, exempt, first, deferred, on_roster in rows:
        yield class_id, student, DueFact(due, paid, waived, in_time, exempt, first, deferred is not None, on_roster)


def renewal_reading(day: dt.date) -> tuple[Measure, bool]:
    """How 续费率 is read on the day (A-41); the plain reading before any rules are in force."""
    try:
        rates = rules_on(day).rates
    except NoRuleError:
        return Measure.PERSONS, False
    return Measure(rates.renewal_measure.value), rates.renewal_deferral_counts


@dataclass(slots=True)
class Debtor:
    """A student who owes, with what was done. `reason` in words: noted on the due, else said in the newest follow-up."""

    due: FeeDue
    follow_ups: list[FollowUp]
    hardship: WorkRecord | None = None
    came_from: str = ""
    went_to: str = ""

    @property
    def last(self) -> FollowUp | None:
        return self.follow_ups[0] if self.follow_ups else None

    @property
    def promised_on(self) -> dt.date | None:
        return next((each.promised_on for each in self.follow_ups if each.promised_on), None)

    @property
    def reason(self) -> str:
        said = next((each.reason for each in self.follow_ups if each.reason), "")
        key = self.due.reason or said
        return str(ArrearsReason(key).label) if key in ArrearsReason.values and key else ""

    @property
    def moved_text(self) -> str:
        return f"从{self.came_from}转来" if self.came_from else f"已转到{self.went_to}"

    @property
    def promise_text(self) -> str:
        return f"承诺 {self.promised_on} 前缴"

    @property
    def deferral_text(self) -> str:
        return f"缓缴至 {self.due.deferred_until}"

    @property
    def broken_promise(self) -> bool:
        """The day by which the student promised to pay is over."""
        return bool(self.promised_on and self.promised_on < timezone.localdate())


def debtors(school_class: SchoolClass, period: FeePeriod) -> list[Debtor]:
    """Who of the class owes: those without follow-up first, then by the sum owed. At most four queries.

    With those who have come from another class with a debt, and at the end those who have left for another one.
    """
    every = with_present_class(
        FeeDue.objects.filter(period=period, due_fen__gt=F("paid_fen") + F("waived_fen"))
    ).filter(Q(school_class=school_class) | Q(present_class=school_class.pk))
    dues = list(every.select_related("student", "period", "school_class"))
    students = [due.student_id for due in dues]
    done, reports = follow_ups(period, students), hardships_of(period, students)
    others = {due.present_class for due in dues} - {school_class.pk}
    names = dict(SchoolClass.objects.filter(pk__in=others).values_list("pk", "name")) if others else {}
    found = [
        Debtor(
            due, done.get(due.student_id, []), reports.get(due.student_id),
            came_from="" if due.school_class_id == school_class.pk else due.school_class.name,
            went_to=names.get(due.present_class, ""),
        )
        for due in dues
    ]  # fmt: skip
    return sorted(
        found,
        key=lambda one: (bool(one.went_to), bool(one.follow_ups), -one.due.owed_fen, one.due.student.student_no),
    )


def hardships_of(period: FeePeriod, students: Keys) -> dict[int, WorkRecord]:
    """The newest report of hardship of each of these students for the period. One query."""
    rows = (
        RecordStudent.objects.filter(
            record__kind="hardship",
            record__fee_period=period,
            record__state=RecordState.ARCHIVED,
            student__in=students,
        )
        .select_related("record")
        .order_by("record__happened_on", "record_id")
    )
    return {row.student_id: row.record for row in rows}


def told_to(user: User, found: Iterable[Debtor]) -> list[Debtor]:
    """The debtors as the person may see them: whom a confidential record was about is not told here either. Two queries."""
    rows = list(found)
    records = {each.record_id for row in rows for each in row.follow_ups}
    seen = WorkRecord.objects.visible_to(user)
    told = set(seen.filter(known_students(user), pk__in=records).values_list("pk", flat=True))
    reports = {row.hardship.pk for row in rows if row.hardship}
    open_reports = set(seen.filter(pk__in=reports).values_list("pk", flat=True)) if reports else set()
    return [
        replace(
            row,
            follow_ups=[each if each.record_id in told else each.untold() for each in row.follow_ups],
            hardship=row.hardship if row.hardship and row.hardship.pk in open_reports else None,
        )
        for row in rows
    ]


class Untouched(NamedTuple):
    """A debtor nobody spoke to about it yet; `since` is the first day of the period."""

    student: Student
    class_id: int
    period_id: int
    period: str
    since: dt.date


def without_follow_up(class_ids: Keys, today: dt.date) -> list[Untouched]:
    """Debtors of all periods that have begun, without any follow-up, longest first. One query (C4.2b).

    A student stands in the class of today, so that the present class teacher is the one who is told.
    """
    mine = RecordStudent.objects.filter(
        Q(record__kind="arrears_followup", record__fee_period=OuterRef("period"))
        | Q(
            record__kind__in=("talk", "parent_contact"),
            record__category=ARREARS,
            record__happened_on__gte=OuterRef("period__starts_on"),
        ),
        record__state=RecordState.ARCHIVED,
        part=RecordStudent.Part.ABOUT,
        student=OuterRef("student"),
    )
    rows = (
        with_present_class(FeeDue.objects.all())
        .filter(
            ~Exists(mine),
            present_class__in=class_ids,
            period__starts_on__lte=today,
            due_fen__gt=F("paid_fen") + F("waived_fen"),
        )
        .select_related("student", "period")
        .order_by("period__starts_on", "student__student_no")
    )
    return [
        Untouched(row.student, row.present_class, row.period_id, row.period.name, row.period.starts_on) for row in rows
    ]
