"""The names behind basis headcounts, only for whoever may see the class's roster."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from gaobo_banzhuren.accounts.models import User
from teachers.models import RosterEntry, SchoolClass

from .models import HeadcountSnapshot, SheetState
from .services.stored import rules_of

Names = list[tuple[str, str]]


def names_behind(snapshots: Iterable[HeadcountSnapshot], user: User) -> dict[int, Names]:
    """学号 and 姓名 by snapshot: as frozen with the sheet, of a draft as they stand now.

    A snapshot of a class whose roster the person may not see is left out: 人事 reads numbers, a former class teacher
    as well.
    """
    rows = list(snapshots)
    allowed = set(
        SchoolClass.objects.visible_to(user)
        .filter(pk__in=[row.school_class_id for row in rows])
        .values_list("pk", flat=True)
    )
    rows = [row for row in rows if row.school_class_id in allowed]
    frozen = {row.pk: _frozen(row) for row in rows if row.sheet.state != SheetState.DRAFT}
    return frozen | _live([row for row in rows if row.pk not in frozen])


def _frozen(snapshot: HeadcountSnapshot) -> Names:
    return [(number, name) for number, _, name in (line.partition(" ") for line in snapshot.roster.splitlines())]


def _live(snapshots: Iterable[HeadcountSnapshot]) -> dict[int, Names]:
    """One query per basis day and set of counted states, whatever the number of classes."""
    groups: dict[tuple[dt.date, tuple[str, ...]], list[HeadcountSnapshot]] = defaultdict(list)
    for snapshot in snapshots:
        states = tuple(state.label for state in rules_of(snapshot.sheet).counted_states)
        groups[snapshot.basis_on, states].append(snapshot)
    found: dict[int, Names] = {}
    for (day, states), members in groups.items():
        by_class: dict[int, Names] = defaultdict(list)
        entries = RosterEntry.objects.on(day).filter(
            school_class__in=[member.school_class_id for member in members], state__in=states
        )
        ordered = entries.order_by("student__student_no")
        for class_pk, number, name in ordered.values_list("school_class_id", "student__student_no", "student__name"):
            by_class[class_pk].append((number, name))
        found |= {member.pk: by_class[member.school_class_id] for member in members}
    return found
