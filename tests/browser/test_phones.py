"""Calling a guardian from the phone: few taps, and the number stands on the last page only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from gaobo_banzhuren.audit.models import AuditEntry
from teachers.models import Guardian
from tests.factories import client_for
from tests.teachers.given import SchoolClassFactory, appointed, enrolled

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_class_teacher_calls_a_guardian(phone: Page, live_server: Any, axe: Callable[..., None], shot: Any) -> None:
    appointment = appointed(SchoolClassFactory(name="会计2301班"))
    student = enrolled(appointment.school_class, 1)[0]
    Guardian.objects.create(student=student, name="闻致远", relation="父亲", phone="139 4444 5555")
    client: Client = client_for(appointment.teacher.user)
    cookie = client.cookies["sessionid"]
    phone.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])

    phone.goto(f"{live_server.url}/teachers/students/{student.pk}/")
    assert "139 4444 5555" not in phone.content()
    axe(phone)
    shot(phone, "teachers-student-360")
    phone.get_by_role("link", name="显示完整号码").click()
    axe(phone)
    shot(phone, "teachers-phone-purpose-360")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    phone.get_by_role("button", name="日常联系").click()
    call = phone.get_by_role("link", name="139 4444 5555")
    expect(call).to_have_attribute("href", "tel:13944445555")
    axe(phone)
    shot(phone, "teachers-phone-shown-360")
    assert AuditEntry.objects.filter(action="teachers.phone_reveal", actor_id=appointment.teacher.user_id).count() == 1
