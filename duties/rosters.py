"""Who can be named in a record: the students of classes on a day, and the classes a person writes about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from teachers.models import RosterEntry, SchoolClass, StudentState

from .kinds import Kind
from .models.records import led_class_ids
from .naming import Named

GONE = (StudentState.TRANSFERRED, StudentState.WITHDRAWN)
MOST_OFFERED = 12
"""So many classes fit on the form itself; of more, one is chosen first."""


def students_on(class_ids: Collection[int], day: dt.date) -> list[Named]:
    """Students on the roster of the classes on the day, by class and number. One query."""
    if not class_ids:
        return []
    rows = (
        RosterEntry.objects.on(day)
        .filter(school_class_id__in=class_ids)
        .exclude(state__in=GONE)
        .order_by("school_class__code", "student__student_no")
        .values_list(
            "student_id", "student__name", "student__student_no", "school_class_id", "student__name_pinyin",
            "student__name_initials",
        )
    )  # fmt: skip
    return [Named(*row) for row in rows]


def classes_to_write_about(user: User, kind: Kind | None = None, asked: Collection[int] = ()) -> list[SchoolClass]:
    """The classes that the person leads now, and for kinds that the college or office writes those asked for."""
    found = list(SchoolClass.objects.filter(pk__in=led_class_ids(user)).order_by("code"))
    if (
        kind is not None
        and asked
        and user.access.has(*(role for role in kind.writers if role is not Role.CLASS_TEACHER))
    ):
        known = {one.pk for one in found}
        found += SchoolClass.objects.visible_to(user).filter(pk__in=set(asked) - known).order_by("code")
    return found
