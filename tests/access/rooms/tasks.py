"""A task and a meeting of every side's college, given to its teacher, with the side's word."""

from __future__ import annotations

import datetime as dt

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from duties.models import Giver
from duties.services import meetings, tasks
from tests.access.world import PDF, SECRET, World


def add(world: World) -> None:
    soon = timezone.localdate() + dt.timedelta(days=7)
    for side in world.named["sides"]:
        who = {"owner": side.teacher.user, "college": side.college}
        made = {
            name: tasks.give(
                side.admin,
                tasks.TaskInput(
                    giver=Giver.COLLEGE, college=side.college, title=f"{side.word}任务", text=f"{side.word}{SECRET}要求",
                    due_on=soon,
                ),
                [side.teacher],
            )
            for name in ("open", "reported")
        }  # fmt: skip
        world.add("task", side.word, pk=made["open"].pk, **who)
        first, second = (made[name].assignments.select_related("task", "teacher").get() for name in made)
        world.add("task of a teacher", side.word, pk=first.pk, **who)
        upload = SimpleUploadedFile(f"{side.word}.pdf", PDF)
        report = tasks.report(side.teacher.user, second, f"{side.word}{SECRET}上报", [upload])
        world.add("reported task", side.word, pk=second.pk, **who)
        world.add("file of a report", side.word, public_id=report.files.get().public_id, **who)
        called = meetings.call(
            side.admin,
            meetings.MeetingInput(
                giver=Giver.COLLEGE, college=side.college, title=f"{side.word}例会", held_on=timezone.localdate()
            ),
            [side.teacher],
        )
        world.add("staff meeting", side.word, pk=called.pk, **who)
