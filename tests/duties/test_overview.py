"""One class on one page: the same numbers as the ledgers, the records behind them, and nothing confidential."""

from __future__ import annotations

from fractions import Fraction

import pytest
from django.urls import reverse

from duties.charts import count_bars, rate_line
from duties.measures.classes import class_figures
from duties.models import AttendanceSession
from tests.duties.given import room, term_of, written
from tests.factories import client_for, college_admin, college_head, office
from tests.teachers.given import day

pytestmark = pytest.mark.django_db

SPRING = "2024-03-18"


def page(user, here):
    return client_for(user).get(
        f"{reverse('duties:class_overview', args=[here.school_class.pk])}?term={term_of(SPRING).pk}"
    )


@pytest.mark.clause("C0.2", "C3.1.3")
def test_thinking_and_study_show_the_numbers_of_the_ledgers():
    here = room(count=4)
    written(here, "talk", students=here.students[:3])
    AttendanceSession.objects.create(
        school_class=here.school_class, day=day(SPRING), period="1-2节", due=4, present=3, absent=1
    )
    text = page(here.user, here).content.decode()
    assert "3 ÷ 4" in text
    assert "75.00 %" in text
    term = term_of(SPRING)
    figures = class_figures([here.school_class.pk], term.starts_on, term.ends_on)[here.school_class.pk]
    assert figures["attendance"].rate == Fraction(3, 4)
    assert figures["talk_coverage"].rate == Fraction(3, 4)


@pytest.mark.clause("A-87")
def test_a_psychological_talk_is_not_among_the_recent_records_of_others():
    here = room()
    written(here, "talk", students=here.students[:1], category="mind", text="银杉夜话")
    for user in (office(), college_admin(here.college)):
        shown = page(user, here).context["overview"].recent
        assert shown == []
    for user in (here.user, college_head(here.college)):
        assert len(page(user, here).context["overview"].recent) == 1


def test_a_foreign_class_has_no_overview():
    here, there = room(), room()
    assert page(here.user, there).status_code == 404


def test_a_line_breaks_where_nothing_was_recorded():
    rows = [("一", Fraction(9, 10), ""), ("二", None, ""), ("三", Fraction(1), ""), ("四", Fraction(1), "")]
    chart = rate_line("到课率", rows)
    assert len(chart.runs) == 2
    assert chart.points[1].y is None
    assert not chart.is_empty
    assert rate_line("到课率", []).is_empty


def test_the_scale_of_a_line_begins_below_the_lowest_rate_and_says_so():
    chart = rate_line("到课率", [("一", Fraction(73, 100), "")], target=Fraction(95, 100))
    assert (chart.low, chart.high) == ("70 %", "100 %")


def test_bars_stand_on_zero():
    chart = count_bars("谈话", [("三月", 0), ("四月", 4)])
    heights = [bar[3] for bar in chart.bars]
    assert heights[0] < 1 < heights[1]
