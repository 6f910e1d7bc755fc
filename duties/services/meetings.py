"""Staff meetings: who is due, who came, who was excused (C9.4.1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.audit.services import record as audit
from gaobo_banzhuren.web.errors import StaleError, UserError
from teachers.models import ClassTeacher

from ..models import MeetingAttendance, Presence, StaffMeeting
from ..policies import meetings as policies
from .tasks import check_recipients, colleges_of

BEFOREHAND = (Presence.DUE, Presence.EXCUSED)
LONGEST_NOTE = 100


@dataclass(frozen=True, slots=True)
class MeetingInput:
    """A meeting as it is called. `giver` is the level (O4), `college` the calling college, None for the others."""

    giver: str
    title: str
    held_on: dt.date
    kind: str = StaffMeeting.Kind.MEETING
    starts_at: dt.time | None = None
    place: str = ""
    text: str = ""
    college: College | None = None


@dataclass(frozen=True, slots=True)
class Noted:
    """How one teacher attended, with a word on why not."""

    presence: str
    note: str = ""


@transaction.atomic
def call(actor: User, data: MeetingInput, teachers: Sequence[ClassTeacher]) -> StaffMeeting:
    """Call a meeting, also one that was held already and is only noted now. Everybody named is due."""
    policies.can_call(actor, data.giver, data.college.pk if data.college else None).require()
    if not data.title.strip():
        raise UserError("请填写会议议题。")
    people = check_recipients(teachers, data.college)
    meeting = StaffMeeting.objects.create(
        kind=data.kind, giver=data.giver, college=data.college, title=data.title.strip(), held_on=data.held_on,
        starts_at=data.starts_at, place=data.place.strip(), text=data.text.strip(), created_by=actor,
    )  # fmt: skip
    where = colleges_of(people, data.college)
    MeetingAttendance.objects.bulk_create(
        [MeetingAttendance(meeting=meeting, teacher=teacher, college_id=where[teacher.pk]) for teacher in people]
    )
    audit(
        actor, "duties.meeting_call", meeting,
        after={"giver": meeting.giver, "held_on": meeting.held_on, "teachers": [one.pk for one in people]},
        college=meeting.college_id,
    )  # fmt: skip
    return meeting


@transaction.atomic
def note_attendance(
    actor: User, meeting: StaffMeeting, marks: Mapping[int, Noted], *, version: int, reason: str = ""
) -> int:
    """Note who came; `marks` by the key of the attendance row. Gives how many rows changed.

    Before the day only leave can be granted. Changing what was settled needs a reason. Raises StaleError when somebody
    else noted in between, NotAllowed for the own row and for rows of other colleges.
    """
    policies.can_note(actor, meeting).require()
    rows = {row.pk: row for row in meeting.attendances.select_related("meeting", "teacher__user")}
    if set(marks) - set(rows):
        raise UserError("名单里有不属于这次会议的人，请刷新后重新登记。")
    changed = [rows[key] for key, mark in marks.items() if (rows[key].presence, rows[key].note) != _pair(mark)]
    early = meeting.held_on > timezone.localdate()
    corrected = [row for row in changed if row.presence != Presence.DUE]
    if meeting.settled_at and corrected and not reason.strip():
        raise UserError("出席已经登记完毕，更正请写明原因。")
    before = {row.teacher.staff_no: row.presence for row in changed}
    for row in changed:
        policies.can_note_row(actor, row).require()
        row.presence, row.note = _pair(marks[row.pk])
        if row.presence not in Presence.values:
            raise UserError("请选择出席、迟到、准假或缺席。")
        if early and row.presence not in BEFOREHAND:
            raise UserError(f"会议 {meeting.held_on:%Y-%m-%d} 才召开，现在只能登记准假。")
    open_rows = sum(row.presence == Presence.DUE for row in rows.values())
    settled_at = (meeting.settled_at or timezone.now()) if not open_rows and not early else None
    held = StaffMeeting.objects.filter(pk=meeting.pk, version=version, cancelled_at=None)
    if not held.update(version=F("version") + 1, settled_at=settled_at):
        raise StaleError("这次会议的出席刚被他人登记或会议已取消，您的登记没有保存。请刷新后核对。")
    MeetingAttendance.objects.bulk_update(changed, ["presence", "note"])
    meeting.refresh_from_db()
    after: dict[str, Any] = {row.teacher.staff_no: row.presence for row in changed}
    audit(
        actor, "duties.meeting_note", meeting, before=before, after=after, reason=reason.strip(),
        college=meeting.college_id,
    )  # fmt: skip
    return len(changed)


def _pair(mark: Noted) -> tuple[str, str]:
    return mark.presence, mark.note.strip()[:LONGEST_NOTE]


@transaction.atomic
def cancel(actor: User, meeting: StaffMeeting, reason: str) -> StaffMeeting:
    """The meeting does not take place: it counts for nobody."""
    policies.can_cancel(actor, meeting, timezone.localdate()).require()
    if not reason.strip():
        raise UserError("请写明取消的原因，班主任会看到。")
    rows = StaffMeeting.objects.filter(pk=meeting.pk, version=meeting.version, cancelled_at=None, settled_at=None)
    done = rows.update(cancelled_at=timezone.now(), cancel_reason=reason.strip()[:200], version=F("version") + 1)
    if not done:
        raise StaleError("这次会议刚有变化，没有取消。请刷新后核对。")
    meeting.refresh_from_db()
    audit(actor, "duties.meeting_cancel", meeting, reason=reason.strip(), college=meeting.college_id)
    return meeting
