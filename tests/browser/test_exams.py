"""Exams on a phone: the registration grid with one thumb, and from the retake list into the filled-in record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from duties.models import ExamRegistration
from tests.browser.test_roll_call import signed_in
from tests.duties.exams import ACCOUNTING, ENGLISH, course, registration, result, session
from tests.duties.given import room

pytestmark = pytest.mark.django_db(transaction=True)


def days(number: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=number)


@pytest.mark.clause("C5.5a")
def test_the_grid_is_ticked_with_one_thumb(phone: Page, live_server: Any, axe: Callable[..., None], shot: Any) -> None:
    here = room(3)
    sitting = session(
        starts_on=days(30), ends_on=days(31), results_on=None, registration_opens_on=days(-1),
        registration_closes_on=days(3),
    )  # fmt: skip
    rows = [registration(here, student, sitting, course()) for student in here.students]
    signed_in(phone, live_server, here.user)
    phone.goto(f"{live_server.url}/duties/exams/")
    phone.get_by_role("link", name="报名表").tap()
    grid = phone.locator("[data-grid-row]")
    expect(grid).to_have_count(3)
    axe(phone)
    grid.nth(0).locator("label", has_text="已缴费").tap()
    grid.nth(1).locator("label", has_text="放弃").tap()
    expect(grid.nth(0).locator("input[name=registered]")).to_be_checked()
    phone.get_by_role("button", name="全部已报", exact=True).tap()
    expect(grid.nth(1).locator("input[name=registered]")).not_to_be_checked()
    expect(grid.nth(2).locator("input[name=registered]")).to_be_checked()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    assert grid.nth(0).locator("label").first.bounding_box()["height"] >= 44
    shot(phone, "duties-registrations-360")
    phone.get_by_role("button", name="保存报名").tap()
    expect(phone.get_by_text("已保存，更改 3 科次")).to_be_visible()
    found = dict(ExamRegistration.objects.values_list("pk", "state"))
    assert [found[row.pk] for row in rows] == ["registered", "given_up", "registered"]
    assert ExamRegistration.objects.get(paid=True).pk == rows[0].pk


@pytest.mark.clause("C4.3", "C5.5e")
def test_from_the_lists_one_tap_opens_the_filled_in_record(
    phone: Page, live_server: Any, axe: Callable[..., None], shot: Any
) -> None:
    here, april = room(2), session()
    for what in (course(*ACCOUNTING), course(*ENGLISH)):
        result(here, here.students[0], april, what, "不合格", "51")
        result(here, here.students[1], april, what, "合格", "66")
    signed_in(phone, live_server, here.user)
    phone.goto(f"{live_server.url}/duties/classes/{here.school_class.pk}/retakes/")
    axe(phone)
    shot(phone, "duties-retakes-360")
    phone.get_by_role("link", name="写复习计划").tap()
    expect(phone.get_by_label("课程", exact=False).first).to_have_value("英语（二）、基础会计学")
    phone.goto(f"{live_server.url}/duties/exams/{april.pk}/classes/{here.school_class.pk}/")
    axe(phone)
    shot(phone, "duties-exam-class-360")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    phone.get_by_role("link", name="记家长联系").tap()
    expect(phone.locator("select[name=exam_session], input[name=exam_session]").first).to_have_value(str(april.pk))
    expect(phone.get_by_text(here.students[0].name).first).to_be_visible()
