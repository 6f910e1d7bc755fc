"""A graduating class of every side, with a candidate, an appraisal and a leaving list in its word."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from duties.services import appraisals, awards, departures
from duties.services.appraisals import AppraisalFields
from duties.services.awards import AwardFields
from teachers.models import RosterEntry, Student
from tests.access.world import PUPIL, SECRET, World
from tests.teachers.given import SchoolClassFactory, appointed, day


def add(world: World) -> None:
    """Classes of their own: those of the sides are still taught."""
    today = timezone.localdate()
    for number, side in enumerate(world.named["sides"]):
        school_class = SchoolClassFactory(
            college=side.college, name=f"{side.word}毕业2101班", code=f"G{number}", opens_on=day("2023-09-01"),
            teaching_ends_on=today - dt.timedelta(days=30),
        )  # fmt: skip
        appointed(school_class, side.teacher)
        student = Student.objects.create(student_no=f"G{number}001", name=f"{side.word}{PUPIL}毕")
        RosterEntry.objects.create(
            student=student, school_class=school_class, state="在读", starts_on=day("2023-09-01")
        )
        user = side.teacher.user
        # The classes led are remembered for the length of a request; this one is new.
        user.__dict__.pop("_led_class_ids", None)
        who = {"owner": user, "college": side.college}
        award = awards.propose(user, school_class, student, AwardFields(f"{side.word}{SECRET}事迹"))
        appraisals.save(user, school_class, student, AppraisalFields(f"{side.word}{SECRET}意见"), version=0)
        departures.settle(user, school_class, "books", [student.pk], excused=f"{side.word}{SECRET}免办")
        world.add("graduating class", side.word, class_id=school_class.pk, **who)
        world.add("graduate", side.word, class_id=school_class.pk, pk=student.pk, **who)
        world.add("candidate for graduate award", side.word, pk=award.pk, **who)
