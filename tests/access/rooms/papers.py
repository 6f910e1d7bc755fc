"""A plan of every side's class, handed in, with the side's word."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from duties.services import papers
from tests.access.world import PDF, SECRET, World
from tests.duties.given import term_of


def add(world: World) -> None:
    for side in world.named["sides"]:
        user, who = side.teacher.user, {"owner": side.teacher.user, "college": side.college}
        paper = papers.begin(user, "plan", side.school_class, term_of("2024-03-18"))
        papers.write(user, paper, f"{side.word}{SECRET}计划")
        (stored,) = papers.attach(user, paper, [SimpleUploadedFile(f"{side.word}.pdf", PDF)])
        papers.submit(user, paper)
        world.add("plan or summary", side.word, pk=paper.pk, **who)
        world.add("file of a plan", side.word, public_id=stored.public_id, **who)
