"""A class post and two marked students, one of them confidential, of every side's class."""

from __future__ import annotations

from duties.services import posts, specials
from tests.access.world import SECRET, World
from tests.teachers.given import day


def add(world: World) -> None:
    for side in world.named["sides"]:
        user, who = side.teacher.user, {"owner": side.teacher.user, "college": side.college}
        (post,) = posts.appoint(
            user,
            side.school_class,
            [posts.PostInput(side.students[2].pk, "班长", f"{side.word}职责")],
            day("2023-09-04"),
        )
        world.add("class post", side.word, pk=post.pk, **who)
        for kind, name in (("study", "marked student"), ("mind", "confidential mark")):
            marked = specials.mark(
                user, side.school_class, side.students[3], kind=kind, level="watch", since=day("2023-09-04"),
                note=f"{side.word}{SECRET}说明",
            )  # fmt: skip
            world.add(name, side.word, pk=marked.pk, **who)
