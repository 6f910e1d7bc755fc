"""The same number wherever it is shown: figures beside the pages of attendance, exams and fees."""

from __future__ import annotations

import pytest

from duties import arrears
from duties.exam_numbers import pass_counts
from duties.measures import attendance
from duties.measures.classes import class_figures
from duties.measures.scopes import rates_on
from duties.models import ExamRegistration, ExamResult

from . import measuring as given
from .given import room

pytestmark = pytest.mark.django_db


def test_attendance_of_the_page_and_of_the_figures_is_one_number():
    here = room(0)
    given.called(here.school_class, "2024-03-04", due=600, excused=30, absent=40, late=3)
    given.called(here.school_class, "2024-03-05", due=600, absent=5)
    found = class_figures([here.school_class.pk], given.FIRST, given.LAST)[here.school_class.pk]["attendance"]
    total = attendance.totals([here.school_class.pk], given.FIRST, given.LAST)[here.school_class.pk]
    page = attendance.attendance_figure(total.counts, rates_on(given.LAST))
    assert (page.text, page.sum_text, page.met) == (found.text, found.sum_text, found.met)


@pytest.mark.clause("C9.5.5", "C4.2a")
def test_fees_of_the_page_and_of_the_figures_are_one_number():
    here = room(6)
    given.fee(here, here.students[0], paid_on="2024-03-20")
    given.fee(here, here.students[1], deferred_until=given.LAST)
    given.fee(here, here.students[2], exempt=True, waived_fen=300_000)
    given.fee(here, here.students[3], first_period=True, paid_on="2024-03-20")
    given.fee(here, here.students[4], paid_fen=100_000)
    given.fee(here, here.students[5], waived_fen=50_000)
    for due in here.students[0].fees.all():
        due.payments.create(amount_fen=due.paid_fen, on=due.paid_on, by=here.user)
    found = class_figures([here.school_class.pk], given.FIRST, given.LAST)[here.school_class.pk]
    page = arrears.class_fees([here.school_class.pk], given.fee_period())[here.school_class.pk]
    assert page.renewal.text == found["renewal"].text
    assert page.collection.text == found["collection"].text


@pytest.mark.clause("C5.5d")
def test_exams_of_the_page_and_of_the_figures_are_one_number():
    here = room(7)
    for student, status in zip(here.students, ["合格", "合格", "不合格", "违纪", "缺考", "免考"], strict=False):
        given.registered(here, student)
        given.result(here, student, status)
    given.registered(here, here.students[6])
    found = class_figures([here.school_class.pk], given.FIRST, given.LAST)[here.school_class.pk]
    mine = {"school_class": here.school_class}
    counts = pass_counts(ExamResult.objects.filter(**mine), ExamRegistration.objects.filter(**mine), "school_class_id")[
        (here.school_class.pk,)
    ]
    assert (counts.pass_text, counts.registered_text) == (found["pass_rate"].text, found["registered_pass"].text)
    assert (found["pass_rate"].text, found["registered_pass"].text) == ("50.00 %", "33.33 %")
