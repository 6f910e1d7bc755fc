"""A return visit that is due in the class of every side, and a wish of each college; names and numbers bear the side."""

from __future__ import annotations

from duties.models import Target
from duties.services import records
from gaobo_banzhuren.regulation.models import SchoolYear
from tests.access.world import SECRET, Side, World
from tests.factories import today
from tests.teachers.given import day


def add(world: World) -> None:
    year = SchoolYear.objects.filter(starts_on__lte=today(), ends_on__gte=today()).first()
    for number, side in enumerate(world.named["sides"]):
        _side(world, side)
        if year:
            Target.objects.get_or_create(
                school_year=year,
                college=side.college,
                item="talks",
                defaults={"number": 3 + number, "set_by": side.head},
            )


def _side(world: World, side: Side) -> None:
    who = {"owner": side.teacher.user, "college": side.college}
    data = records.RecordInput(
        "talk", day("2024-03-18"), [side.school_class], students=[side.students[2].pk], tags=[side.word],
        values={
            "category": "study", "way": "face", "text": f"{side.word}{SECRET}谈话", "follow_up_on": day("2024-03-25"),
        },
    )  # fmt: skip
    records.save(side.teacher.user, data, archive=True)
    world.add("class with figures", side.word, class_id=side.school_class.pk, **who)
    for key in ("talk_coverage", "attendance", "pass_rate"):
        world.add("figure of a class", f"{side.word} {key}", class_id=side.school_class.pk, key=key, **who)
