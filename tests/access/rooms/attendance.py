"""A roll call and a leave slip with its paper in the class of every side, with its word."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from duties.services import attendance, student_leaves
from duties.services.attendance import MarkInput
from tests.access.world import PDF, SECRET, Side, World
from tests.teachers.given import day


def add(world: World) -> None:
    """A slip that waits, so that it may be decided on, and a roll call with two exceptions and a correction."""
    for side in world.named["sides"]:
        _side(world, side)


def _side(world: World, side: Side) -> None:
    who = {"owner": side.teacher.user, "college": side.college}
    one, other = side.students[:2]
    session = attendance.call_roll(
        side.teacher.user, side.school_class, day("2024-03-18"), "1-2节",
        {one.pk: MarkInput("absent", note=f"{side.word}{SECRET}未到"), other.pk: MarkInput("late")},
        course_name=f"{side.word}课", remark=f"{side.word}{SECRET}备注",
    )  # fmt: skip
    marks = {one.pk: MarkInput("absent")}
    attendance.correct_session(side.teacher.user, session, marks, reason=f"{side.word}{SECRET}更正", version=1)
    leave = student_leaves.record_leave(
        side.teacher.user, side.school_class, one, kind="sick", starts_on=day("2024-03-18"), ends_on=day("2024-03-19"),
        reason=f"{side.word}{SECRET}发热", approved=False,
        proof=SimpleUploadedFile(f"{side.word}病历.pdf", PDF),
    )  # fmt: skip
    world.add("class to call", side.word, class_id=side.school_class.pk, **who)
    world.add("roll call", side.word, pk=session.pk, **who)
    world.add("leave slip", side.word, pk=leave.pk, **who)
    assert leave.proof is not None
    world.add("file of a leave slip", side.word, public_id=leave.proof.public_id, **who)
