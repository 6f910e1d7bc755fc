"""Which guardians' telephones were confirmed in a school year, by class (article 4 (1)). Numbers stay masked."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import F
from django.utils import timezone

from gaobo_banzhuren.regulation.models import SchoolYear
from teachers.models import Guardian, RosterEntry, SchoolClass, Student

from .fee_figures import Share
from .models import PhoneConfirmation
from .rosters import GONE


@dataclass(slots=True)
class GuardianRow:
    """A guardian with what was confirmed. `changed` says that the number is another one since."""

    guardian: Guardian
    confirmation: PhoneConfirmation | None = None

    @property
    def confirmed(self) -> bool:
        return self.confirmation is not None and not self.changed

    @property
    def changed(self) -> bool:
        return self.confirmation is not None and not self.guardian.phone.endswith(self.confirmation.tail)


@dataclass(slots=True)
class StudentRow:
    """A student of the class with the guardians; confirmed as soon as one of them is."""

    student: Student
    guardians: list[GuardianRow] = field(default_factory=list)

    @property
    def confirmed(self) -> bool:
        return any(row.confirmed for row in self.guardians)


def roster_day(year: SchoolYear) -> dt.date:
    """The day whose roster counts: today, for a year that is over its last day."""
    return min(timezone.localdate(), year.ends_on)


def phone_rows(school_class: SchoolClass, year: SchoolYear) -> list[StudentRow]:
    """Students of the class, unconfirmed first. Three queries."""
    entries = RosterEntry.objects.on(roster_day(year)).filter(school_class=school_class).exclude(state__in=GONE)
    rows = {
        entry.student_id: StudentRow(entry.student)
        for entry in entries.select_related("student").order_by("student__student_no")
    }
    done = {
        one.guardian_id: one
        for one in PhoneConfirmation.objects.filter(school_year=year, guardian__student__in=list(rows)).select_related(
            "by"
        )
    }
    for guardian in Guardian.objects.filter(student__in=list(rows)).order_by("pk"):
        rows[guardian.student_id].guardians.append(GuardianRow(guardian, done.get(guardian.pk)))
    return sorted(rows.values(), key=lambda row: row.confirmed)


def confirmed_shares(class_ids: Collection[int], year: SchoolYear) -> dict[int, Share]:
    """Confirmed students ÷ students of each class. Two queries whatever the number of classes (C4.1)."""
    confirmed = set(
        PhoneConfirmation.objects.filter(school_year=year, guardian__phone__endswith=F("tail")).values_list(
            "guardian__student_id", flat=True
        )
    )
    found: dict[int, set[int]] = defaultdict(set)
    entries = RosterEntry.objects.on(roster_day(year)).filter(school_class__in=class_ids).exclude(state__in=GONE)
    for class_id, student in entries.values_list("school_class_id", "student_id"):
        found[class_id].add(student)
    return {class_id: Share(len(students & confirmed), len(students)) for class_id, students in found.items()}
