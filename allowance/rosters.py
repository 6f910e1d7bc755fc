"""The names behind basis headcounts, only for whoever may see the class's roster."""

from __future__ import annotations

from collections.abc import Iterable

from gaobo_banzhuren.accounts.models import User
from teachers.models import SchoolClass

from .models import HeadcountSnapshot, SheetState
from .services.gathering import names_of
from .services.settlement import rules_of

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
    return {row.pk: _names(row) for row in rows if row.school_class_id in allowed}


def _names(snapshot: HeadcountSnapshot) -> Names:
    if snapshot.sheet.state == SheetState.DRAFT:
        states = [state.label for state in rules_of(snapshot.sheet).counted_states]
        return names_of(snapshot.school_class_id, snapshot.basis_on, states)
    return [(number, name) for number, _, name in (line.partition(" ") for line in snapshot.roster.splitlines())]
