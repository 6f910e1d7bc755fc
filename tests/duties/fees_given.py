"""A class with a fee period made ready for tests."""

from __future__ import annotations

from duties.models import FeeDue, FeePeriod
from duties.services import fee_rows
from duties.services import fees as services
from duties.services.fee_rows import DueRow
from gaobo_banzhuren.accounts.models import User
from teachers.models import Student
from tests.factories import office
from tests.teachers.given import day

FULL = 680_000
"""6,800.00 yuan, in 分."""


def period(name: str = "2023-2024 学年", first: str = "2023-09-01", deadline: str = "2023-10-31") -> FeePeriod:
    return services.create_period(office(), name=name, starts_on=day(first), deadline=day(deadline))


def due(actor: User, where: FeePeriod, student: Student, due_fen: int = FULL, **values: object) -> FeeDue:
    """The student's due as recorded by the actor."""
    fee_rows.record_dues(actor, where, [DueRow(student.pk, due_fen, **values)])  # type: ignore[arg-type]
    return FeeDue.objects.select_related("student", "school_class", "period").get(period=where, student=student)
