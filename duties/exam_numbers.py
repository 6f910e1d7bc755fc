"""Counts of registrations and results for lists of sessions and classes: added up by the database, a query each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Sum

from . import exam_figures as figures
from .exam_figures import PassCount
from .models import ExamRegistration, ExamResult, ExamSession, RecordClass, RecordState, RegistrationState
from .models.exams import ExamResultQuerySet, RegistrationQuerySet

Key = tuple[Any, ...]
STATUS_FIELD = {
    figures.PASSED: "passed", figures.FAILED: "failed", figures.ABSENT: "absent", figures.BREACH: "breach",
    figures.CHEATED: "cheated", figures.EXEMPT: "exempt",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RegistrationCount:
    """Rows of a group: `should` are all that were put on the list, whatever became of them."""

    should: int = 0
    registered: int = 0
    given_up: int = 0
    paid: int = 0
    checked: int = 0

    @property
    def text(self) -> str:
        return figures.percent(figures.Fraction(self.registered, self.should) if self.should else None)

    def __add__(self, other: RegistrationCount) -> RegistrationCount:
        return RegistrationCount(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


def pass_counts(
    results: ExamResultQuerySet, registrations: RegistrationQuerySet, *keys: str
) -> Mapping[Key, PassCount]:
    """`exam_figures.count` per group of fields that both tables have. Two queries.

    `results` are those that the person may count, e.g. only released ones.
    """
    fields: dict[Key, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    points: dict[Key, Decimal] = defaultdict(Decimal)
    counted: Any = (
        results.order_by().values(*keys, "status").annotate(n=Count("pk"), scored=Count("score"), points=Sum("score"))
    )
    for row in counted:
        key = tuple(row[name] for name in keys)
        fields[key][STATUS_FIELD[row["status"]]] += row["n"]
        fields[key]["scored"] += row["scored"]
        points[key] += row["points"] or 0
        if row["status"] != figures.EXEMPT:
            fields[key]["registered"] += row["n"]
    same = ExamResult.objects.filter(
        student=OuterRef("student"), session=OuterRef("session"), course=OuterRef("course")
    )  # fmt: skip
    waiting: Any = registrations.filter(~Exists(same), state=RegistrationState.REGISTERED)
    for row in waiting.order_by().values(*keys).annotate(n=Count("pk")):
        fields[tuple(row[name] for name in keys)]["registered"] += row["n"]
    return {key: PassCount(points=points[key], **found) for key, found in fields.items()}


def registration_counts(registrations: RegistrationQuerySet, *keys: str) -> Mapping[Key, RegistrationCount]:
    """Registrations per group. One query."""
    state = RegistrationState
    counted: Any = (
        registrations.order_by()
        .values(*keys)
        .annotate(
            should=Count("pk"),
            registered=Count("pk", filter=Q(state=state.REGISTERED)),
            given_up=Count("pk", filter=Q(state=state.GIVEN_UP)),
            paid_rows=Count("pk", filter=Q(paid=True)),
            checked=Count("pk", filter=Q(checked_at__isnull=False)),
        )
    )
    return {
        tuple(row[name] for name in keys): RegistrationCount(
            row["should"], row["registered"], row["given_up"], row["paid_rows"], row["checked"]
        )
        for row in counted
    }


def educated(session: ExamSession, class_ids: Collection[int]) -> set[int]:
    """Classes with pre-exam education about the session written down (C5.5b). One query."""
    links = RecordClass.objects.filter(
        school_class_id__in=class_ids, record__state=RecordState.ARCHIVED, record__exam_session=session,
        record__kind__in=("activity", "class_meeting"), record__category="pre_exam",
    )  # fmt: skip
    return set(links.values_list("school_class_id", flat=True))


def registrations_of(class_ids: Any) -> RegistrationQuerySet:
    return ExamRegistration.objects.filter(school_class_id__in=class_ids)
