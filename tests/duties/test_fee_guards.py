"""The database refuses what the services refuse, however it is written."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from duties.models import Appraisal, DepartureItem, FeeDue, FeePayment, FeePeriod, GraduateAward, PhoneConfirmation
from duties.opinions import digest_of
from teachers.models import Guardian
from tests.duties.fees_given import FULL, period
from tests.duties.given import room, school_year
from tests.duties.graduating_given import OPINION, graduating
from tests.teachers.given import day

pytestmark = pytest.mark.django_db


def refused(action) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        action()


@pytest.mark.clause("C4.2a")
def test_dues_and_payments():
    here, where = room(2), period()
    student, other = here.students
    base = {"period": where, "school_class": here.school_class, "due_fen": FULL}
    due = FeeDue.objects.create(student=student, **base)
    refused(lambda: FeeDue.objects.create(student=student, **base))
    refused(lambda: FeeDue.objects.create(student=other, **base, paid_fen=FULL, waived_fen=1))
    refused(lambda: FeeDue.objects.create(student=other, **base, exempt=True))
    refused(lambda: FeePayment.objects.create(due=due, amount_fen=0, on=day("2023-09-10"), by=here.user))
    refused(lambda: FeePeriod.objects.create(name="反了", starts_on=day("2023-09-02"), deadline=day("2023-09-01")))


@pytest.mark.clause("C4.1")
def test_one_confirmation_of_a_number_a_year():
    here = room(1)
    father = Guardian.objects.create(student=here.students[0], name="父", phone="13800001234")
    values = {
        "guardian": father, "student": here.students[0], "school_year": school_year(), "on": day("2024-03-18"),
        "way": "call", "tail": "1234", "by": here.user,
    }  # fmt: skip
    PhoneConfirmation.objects.create(**values)
    refused(lambda: PhoneConfirmation.objects.create(**values))


@pytest.mark.clause("C6.3a", "C6.3b", "C6.3c")
def test_candidates_opinions_and_leaving_lists():
    here = graduating(2)
    first, second = here.students
    one = {"school_class": here.school_class}
    digest = digest_of(OPINION, ())
    Appraisal.objects.create(student=first, opinion=OPINION, opinion_digest=digest, **one)
    refused(lambda: Appraisal.objects.create(student=second, opinion=OPINION, opinion_digest=digest, **one))
    Appraisal.objects.create(student=second, **one)
    refused(lambda: DepartureItem.objects.create(student=first, item="books", by=here.user, **one))
    DepartureItem.objects.create(student=first, item="books", done_on=day("2024-03-01"), by=here.user, **one)
    refused(
        lambda: DepartureItem.objects.create(student=first, item="books", excused_reason="重复", by=here.user, **one)
    )
    award = {"student": first, "year": 2024, "basis": "事迹", "proposed_by": here.user, **one}
    GraduateAward.objects.create(**award)
    refused(lambda: GraduateAward.objects.create(**award))
    backwards = award | {"student": second, "notice_from": day("2024-02-02"), "notice_to": day("2024-02-01")}
    refused(lambda: GraduateAward.objects.create(**backwards))
