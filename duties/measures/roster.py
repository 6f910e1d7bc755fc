"""Students of the classes: who was on the roster at any time, and who is the class's student when it is counted."""

from __future__ import annotations

from teachers.models import RosterEntry, StudentState

from .scopes import Scopes

ON_ROSTER = (StudentState.ENROLLED, StudentState.SUSPENDED, StudentState.RETAINED)
"""在册: studies, or has a place kept."""
GONE = (StudentState.TRANSFERRED, StudentState.WITHDRAWN)


def collect(scopes: Scopes) -> None:
    """`roster`: on the roster on any day (5.2). `enrolled_end`: 在读 at the end. `students`: were 在读 in the period and
    had not left the class by its end; who graduated stays. One query."""
    rows = (
        RosterEntry.objects.standing()
        .filter(school_class_id__in=scopes.class_ids, starts_on__lte=scopes.last)
        .exclude(ends_on__lt=scopes.first)
        .values_list("school_class_id", "student_id", "state", "starts_on", "ends_on")
    )
    for class_id, student, state, starts_on, ends_on in rows:
        for scope, tally in scopes.of(class_id):
            if starts_on > scope.last or (ends_on and ends_on < scope.first):
                continue
            end = scopes.end_of(scope)
            at_end = starts_on <= end and (ends_on is None or ends_on >= end)
            if state in ON_ROSTER:
                tally.people["roster"].add(student)
            if state == StudentState.ENROLLED:
                tally.people["studied"].add(student)
                if at_end:
                    tally.people["enrolled_end"].add(student)
            if at_end and state not in GONE:
                tally.people["there"].add(student)
    for tally in scopes.tallies.values():
        tally.people["students"] = tally.people["studied"] & tally.people["there"]
