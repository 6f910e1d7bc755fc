"""Work records of every side, with the side's word in every text: an ordinary one, a confidential one, a draft."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from duties.models import WorkRecord
from duties.services import records
from tests.access.world import PDF, PUPIL, SECRET, Side, World
from tests.teachers.given import day

KINDS = {"kind of work": "talk", "kind of misconduct": "discipline", "kind of incident": "incident"}


def add(world: World) -> None:
    for label, kind in KINDS.items():
        world.add(label, kind, kind_key=kind)
    for side in world.named["sides"]:
        _side(world, side)


def _side(world: World, side: Side) -> None:
    who = {"owner": side.teacher.user, "college": side.college}
    text = f"{side.word}{SECRET}记录"
    plain = _written(side, "worklog", text=text)
    records.attach(side.teacher.user, plain, [SimpleUploadedFile(f"{side.word}{SECRET}.pdf", PDF)])
    records.comment(side.head, plain, f"{side.word}{SECRET}批注")
    world.add("work record", side.word, uuid=plain.public_id, **who)
    case = _written(
        side, "case_study", students=[side.students[0].pk], category="money", title=text, text=text, problem_text=text
    )
    world.add("confidential record", f"{side.word} case", uuid=case.public_id, **who)
    talk = _written(side, "talk", students=[side.students[1].pk], category="mind", way="face", text=f"{text}{PUPIL}")
    world.add("confidential record", f"{side.word} talk", uuid=talk.public_id, **who)
    draft = _written(side, "worklog", archive=False, text=text)
    world.add("draft record", side.word, uuid=draft.public_id, **who)


def _written(
    side: Side, kind: str, *, archive: bool = True, students: list[int] | None = None, **values: str
) -> WorkRecord:
    data = records.RecordInput(
        kind, day("2024-03-18"), [side.school_class], students=students or [], tags=[side.word], values=values
    )
    return records.save(side.teacher.user, data, archive=archive)
