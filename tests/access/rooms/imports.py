"""Uploads of fees of two colleges, each waiting and refused, with the side's word in file name and preview."""

from __future__ import annotations

from duties.imports import batches
from duties.imports.kinds import BY_KEY
from duties.models import FeePeriod
from tests.access.world import World
from tests.duties.import_given import book
from tests.teachers.given import day

PERIOD = "2022-2023 学年"


def add(world: World) -> None:
    for kind in BY_KEY:
        world.add("import of results" if kind == "results" else "kind of import", kind, kind=kind)
    FeePeriod.objects.create(name=PERIOD, starts_on=day("2023-10-01"), deadline=day("2023-10-31"))
    for side in (world.named["sides"][0], world.named["sides"][2]):
        student = side.students[0]
        for state, due in (("waiting", 6800), ("refused", "很多")):
            content = book(
                ("学号", "姓名", "缴费期", "应缴"),
                (student.student_no, student.name, PERIOD, due),
                title=f"{side.word}缴费",
            )
            batch = batches.upload(BY_KEY["fees"], content, f"{side.word}缴费.xlsx", actor=side.admin)
            assert bool(batch.problems) == (state == "refused"), batch.problems
            name = "work data batch" if state == "waiting" else "refused work data batch"
            world.add(name, f"{side.word} {state}", pk=batch.pk, college=side.college)
