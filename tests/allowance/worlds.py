"""A college with one class and everybody who handles its sheet, ready made at any step of the way."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from allowance.calculation import Month
from allowance.models import Bundle, MonthSheet
from allowance.services import bundles, workflow
from allowance.services.checks import confirm_warnings
from allowance.services.settlement import settle_month
from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.regulation.school_calendar import school_year_of
from teachers.models import ClassTeacher, SchoolClass
from tests.factories import CollegeFactory, college_admin, college_head, hr, office
from tests.teachers.given import SchoolClassFactory, appointed, day, enrolled, teacher_of

NOVEMBER = Month.parse("2023-11")
DECEMBER = Month.parse("2023-12")


@dataclass
class World:
    """62 students, led since September by one teacher, filed: 600.00 a month."""

    college: College
    school_class: SchoolClass
    teacher: ClassTeacher
    admin: User
    head: User
    office: User
    second_office: User
    hr: User
    month: Month = NOVEMBER

    def sheet(self) -> MonthSheet:
        return MonthSheet.objects.get(college=self.college, month=self.month.first_day)

    def settled(self) -> MonthSheet:
        settle_month(self.month, actor=self.admin, college=self.college)
        return self.sheet()

    def confirmed(self) -> MonthSheet:
        sheet = self.settled()
        confirm_warnings(sheet, list(sheet.warnings.all()), actor=self.admin, reason="已逐项核对")
        return self.sheet()

    def submitted(self) -> MonthSheet:
        return workflow.submit(self.confirmed(), actor=self.admin)

    def reviewed(self) -> MonthSheet:
        return workflow.review(self.submitted(), actor=self.office)

    def handed_over(self) -> Bundle:
        confirm_payable_months(self.month)
        bundle = bundles.create_bundle([self.reviewed()], actor=self.office)
        return bundles.hand_over(bundle, actor=self.office)


def confirm_payable_months(month: Month = NOVEMBER) -> None:
    year = school_year_of(month.first_day)
    type(year).objects.filter(pk=year.pk).update(payable_confirmed_at=timezone.now())


def make_world(**class_fields: object) -> World:
    college = CollegeFactory()
    school_class = SchoolClassFactory(college=college, **class_fields)
    enrolled(school_class, 62)
    teacher = teacher_of(college)
    appointed(school_class, teacher, filed_on=day("2023-09-05"), state="filed")
    return World(
        college, school_class, teacher, college_admin(college), college_head(college), office(), office(), hr()
    )
