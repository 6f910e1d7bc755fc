"""Who reads the texts of a record (A-87). Rows are scoped by `WorkRecord.objects.visible_to`; this is about the words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from django.db.models import Q

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.regulation.in_force import system_settings
from gaobo_banzhuren.regulation.system import SystemSettings, TalkReaders

from .. import kinds
from ..models import Privacy, WorkRecord


class Reading(Enum):
    """FULL: everything. LOGGED: everything, and the reading is written into the log. REASON: after giving a reason,
    logged. FACTS: day, class, kind, students and choices without the confidential texts. OUTLINE: that, without whom it
    was about and why. CLOSED: only that there is one."""

    FULL = "full"
    LOGGED = "logged"
    REASON = "reason"
    FACTS = "facts"
    OUTLINE = "outline"
    CLOSED = "closed"

    @property
    def shows_texts(self) -> bool:
        return self in (Reading.FULL, Reading.LOGGED)

    @property
    def shows_students(self) -> bool:
        return self in (Reading.FULL, Reading.LOGGED, Reading.FACTS)


@dataclass(frozen=True, slots=True)
class Reader:
    """A person's rights, asked for once per page and then for any number of records without queries."""

    user_id: int
    is_office: bool
    headed: frozenset[int]
    managed: frozenset[int]
    colleges: frozenset[int]
    settings: SystemSettings

    def reading(self, record: WorkRecord) -> Reading:
        """How much of a visible record the person reads; in lists and files REASON counts as FACTS."""
        if record.author_id == self.user_id:
            return Reading.FULL
        kind = kinds.find(record.kind)
        if record.privacy == Privacy.PRIVATE:
            return Reading.CLOSED
        heads = record.college_id in self.headed
        if record.privacy == Privacy.PSYCHOLOGICAL:
            allowed = heads and self.settings.sensitive_talk_readers == TalkReaders.AUTHOR_AND_HEAD
            return Reading.LOGGED if allowed else Reading.CLOSED
        if kind and kind.progress == "report" and (self.is_office or record.college_id in self.managed):
            # Whoever has to answer a report reads it.
            return Reading.LOGGED
        if record.privacy == Privacy.SENSITIVE or (kind and kind.confidential):
            if heads:
                return Reading.LOGGED
            if self.is_office and self.settings.office_reads_talks_with_reason:
                return Reading.REASON
            if record.privacy == Privacy.SENSITIVE and not self.is_office:
                return Reading.CLOSED
            # Whoever leads the class needs to know whom it was about; whoever oversees it does not.
            overseen = self.is_office or record.college_id in self.colleges
            return Reading.OUTLINE if overseen else Reading.FACTS
        return Reading.FULL


def lists_facts(record: WorkRecord, reading: Reading) -> bool:
    """Whether a list or file names the students and the choices of a record: everything of one's own, and what is not
    marked as confidential. Whoever has a right to the rest opens the record, where the reading is logged."""
    return reading is Reading.FULL or (record.privacy == Privacy.NORMAL and reading.shows_students)


def known_students(user: User) -> Q:
    """Records whose students the person may meet in lists: the same condition as `lists_facts`, for searching. Without
    it a search by name would tell who stands in a confidential record."""
    access = user.access
    plain = Q(privacy=Privacy.NORMAL)
    condition = plain & Q(kind__in=[kind.key for kind in kinds.KINDS if not kind.confidential])
    condition |= plain & Q(college_id__in=access.colleges(Role.COLLEGE_HEAD))
    if not access.has(Role.OFFICE):
        condition |= plain & ~Q(college_id__in=access.colleges())
    return Q(author=user) | condition


def told_to(user: User, records: Iterable[UUID]) -> set[UUID]:
    """Which of the records (by public id) behind the ticks of a list the person may know as being about their student;
    of the others the list says no more than that something was done. One query."""
    rows = WorkRecord.objects.visible_to(user).filter(known_students(user), public_id__in=set(records))
    return set(rows.values_list("public_id", flat=True))


def reader(user: User) -> Reader:
    """One query for the settings."""
    return Reader(
        user.pk,
        user.access.has(Role.OFFICE),
        user.access.colleges(Role.COLLEGE_HEAD),
        user.access.colleges(Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD),
        user.access.colleges(),
        system_settings(),
    )


def readings(user: User, records: Iterable[WorkRecord]) -> dict[int, Reading]:
    """The reading of each record by its key."""
    who = reader(user)
    return {record.pk: who.reading(record) for record in records}
