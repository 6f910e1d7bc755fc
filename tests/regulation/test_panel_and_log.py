"""The office's start page says what waits; the log speaks Chinese."""

import pytest
from django.urls import reverse

from gaobo_banzhuren.audit import labels
from gaobo_banzhuren.regulation.day_list import parse_days
from gaobo_banzhuren.regulation.models import Reading, RuleVersion, SchoolYear
from gaobo_banzhuren.regulation.panels import office_panel
from gaobo_banzhuren.regulation.services import calendar, readings
from tests.factories import client_for, office, today

pytestmark = pytest.mark.django_db


def lines(user):
    return [(item.label, item.number) for item in office_panel(user).items]


@pytest.mark.clause("A-04")
def test_the_panel_empties_as_the_office_decides():
    boss = office()
    assert lines(boss) == [("计发月份待确认", None), ("放假与调休未登记", None), ("尚未确认的口径", 80)]
    year = SchoolYear.objects.get(starts_on__lte=today(), ends_on__gte=today())
    calendar.confirm_payable_months(year, edition=year.edition, actor=boss)
    calendar.add_days(parse_days(f"{today().isoformat()} 放假 校庆"), actor=boss)
    for reading in Reading.objects.all():
        readings.confirm(reading, RuleVersion.objects.get(), note="", interpretation=None, actor=boss)
    assert lines(boss) == []


def test_the_panel_stands_on_the_office_start_page():
    assert "计发月份待确认" in client_for(office()).get(reverse("web:home")).content.decode()


def test_without_a_school_year_the_panel_leads_to_making_one():
    for year in SchoolYear.objects.all():
        year.terms.all().delete()
        year.payable_months.all().delete()
        year.delete()
    assert lines(office())[0] == ("本学年还没有建立", None)


@pytest.mark.clause("C0.3")
def test_every_action_of_the_regulation_has_a_chinese_name():
    named = [action for action in labels.known_actions() if action.startswith("regulation.")]
    assert len(named) == 17
    assert labels.field_label("allowance.base_rate") == "在读班主任月标准"
    assert labels.field_label("publicity_working_days") == "公示工作日数"
