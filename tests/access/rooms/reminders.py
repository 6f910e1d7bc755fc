"""Reminders to the teacher of every side, with its word."""

from __future__ import annotations

from duties.services import reminders
from tests.access.world import World


def add(world: World) -> None:
    """One reminder for each side."""
    for side in world.named["sides"]:
        receiver = reminders.Receiver(side.teacher, side.school_class)
        (made,) = reminders.send(side.admin, [receiver], f"{side.word}提醒")
        world.add("reminder", side.word, pk=made.pk, owner=side.teacher.user, college=side.college)
