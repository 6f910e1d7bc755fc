"""What students owe, reports of hardship and parents' telephones of every side, with its word."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from duties.models import FeeDue
from duties.services import fee_rows, fees, records
from teachers.models import Guardian
from tests.access.world import PUPIL, SECRET, World
from tests.teachers.given import day


def add(world: World) -> None:
    """A period of the school; for each side a debtor with a follow-up, a hardship report and a guardian."""
    period = fees.create_period(
        world.named["office_one"], name="2023-2024 学年", starts_on=day("2023-09-01"), deadline=day("2023-10-31")
    )
    world.add("fee period", "2023-2024", pk=period.pk)
    today = timezone.localdate() - dt.timedelta(days=1)
    for side in world.named["sides"]:
        who = {"owner": side.teacher.user, "college": side.college}
        student = side.students[1]
        fee_rows.record_dues(side.admin, period, [fee_rows.DueRow(student.pk, 680_000)])
        due = FeeDue.objects.select_related("student", "school_class", "period").get(student=student)
        fees.waive(side.admin, due, 100, f"{side.word}{SECRET}减免")
        world.add("fee due", side.word, pk=due.pk, **who)
        world.add("arrears of a class", side.word, pk=period.pk, class_id=side.school_class.pk, **who)
        world.add("class by its own key", side.word, class_id=side.school_class.pk, **who)
        guardian = Guardian.objects.create(student=student, name=f"{side.word}{PUPIL}母", phone="13800000002")
        world.add("guardian to call", side.word, pk=student.pk, guardian=guardian.pk, **who)
        for kind, values in (("arrears_followup", {"way": "phone"}), ("hardship", {})):
            data = records.RecordInput(
                kind, today, [side.school_class], [student.pk],
                values={"fee_period": period, "text": f"{side.word}{SECRET}困难", **values},
            )  # fmt: skip
            records.save(side.teacher.user, data, archive=True)
