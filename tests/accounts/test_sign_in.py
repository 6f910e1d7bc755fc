"""Coming in and going out."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.urls import reverse

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.services import deactivate
from tests.factories import PASSWORD, CollegeFactory, UserFactory, audit_entries, class_teacher, client_for, sysadmin

from .conftest import LOGIN, SignIn

pytestmark = pytest.mark.django_db
HOME = "/"


class CountingHasher(MD5PasswordHasher):
    """Counts the slow hashes that a sign-in costs."""

    count = 0

    def encode(self, password: str, salt: str) -> str:
        CountingHasher.count += 1
        return super().encode(password, salt)


def test_the_sign_in_page_is_open_and_every_other_page_closed() -> None:
    client = Client()
    assert client.get(LOGIN).status_code == 200
    answer = client.get("/accounts/people/?state=active")
    assert answer.status_code == 302
    assert answer["Location"] == f"{LOGIN}?next=/accounts/people/%3Fstate%3Dactive"


def test_a_person_signs_in_with_staff_number_and_password(sign_in: SignIn) -> None:
    user = UserFactory(staff_no="0012", password=PASSWORD)
    client = Client()
    answer = sign_in("0012", PASSWORD, client=client)
    assert (answer.status_code, answer["Location"]) == (302, HOME)
    assert client.get(HOME).status_code == 200
    entry = audit_entries("accounts.sign_in")[0]
    assert (entry.actor_id, entry.address, entry.after) == (user.pk, "10.0.0.1", {"方式": "密码", "已知设备": False})


@pytest.mark.parametrize("typed", [" 0012 ", "００１２", "00 12"])
def test_blanks_and_full_width_digits_in_the_staff_number_are_forgiven(sign_in: SignIn, typed: str) -> None:
    UserFactory(staff_no="0012", password=PASSWORD)
    assert sign_in(typed, PASSWORD).status_code == 302


def test_every_refusal_looks_the_same(sign_in: SignIn) -> None:
    for staff_no in ("2001", "2003"):
        UserFactory(staff_no=staff_no, password=PASSWORD)
    UserFactory(staff_no="2005")
    User.objects.filter(staff_no="2003").update(is_active=False)
    cases = {
        "wrong password": sign_in("2001", "wrong"),
        "unknown": sign_in("2999", PASSWORD),
        "switched off": sign_in("2003", PASSWORD),
        "no password yet": sign_in("2005", "wrong"),
    }
    bodies = {_without_token(answer) for answer in cases.values()}
    assert len(bodies) == 1
    assert "工号、密码或登录码不对" in bodies.pop()


def _without_token(answer: Any) -> str:
    text: str = answer.content.decode()
    for secret in (str(answer.context["csrf_token"]), answer.context["username"]):
        text = text.replace(secret, "")
    return text


def test_every_refusal_costs_one_slow_hash(sign_in: SignIn, settings) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    for staff_no in ("2001", "2003"):
        UserFactory(staff_no=staff_no, password=PASSWORD)
    UserFactory(staff_no="2005")
    User.objects.filter(staff_no="2003").update(is_active=False)
    costs = {}
    for staff_no in ("2001", "2003", "2005", "2999"):
        CountingHasher.count = 0
        sign_in(staff_no, "wrong")
        costs[staff_no] = CountingHasher.count
    assert costs == {"2001": 1, "2003": 1, "2005": 1, "2999": 1}


def test_an_empty_form_asks_for_both_fields_and_is_no_try(sign_in: SignIn) -> None:
    assert "请填写工号" in sign_in("", "").content.decode()


def test_a_session_planted_before_signing_in_is_worthless_after_it(sign_in: SignIn) -> None:
    UserFactory(staff_no="2001", password=PASSWORD)
    client = Client()
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    sign_in("2001", PASSWORD, client=client)
    assert client.cookies["sessionid"].value != before
    thief = Client()
    thief.cookies["sessionid"] = before
    assert thief.get(HOME).status_code == 302


def test_a_form_opened_as_one_person_is_refused_after_another_signed_in(sign_in: SignIn) -> None:
    for staff_no in ("2001", "2002"):
        UserFactory(staff_no=staff_no, password=PASSWORD)
    client = Client(enforce_csrf_checks=True)

    def enter(staff_no: str) -> None:
        page = client.get(LOGIN)
        data = {"username": staff_no, "password": PASSWORD, "csrfmiddlewaretoken": str(page.context["csrf_token"])}
        assert client.post(LOGIN, data).status_code == 302

    enter("2001")
    old_form = str(client.get(reverse("accounts:password")).context["csrf_token"])
    client.post(reverse("accounts:logout"), {"csrfmiddlewaretoken": old_form})
    enter("2002")
    answer = client.post(reverse("accounts:sign_out_everywhere"), {"csrfmiddlewaretoken": old_form, "x": "我写的字"})
    assert answer.status_code == 403
    assert "我写的字" in answer.content.decode()
    assert audit_entries("accounts.sign_out_everywhere") == []


def test_cookies_are_guarded(sign_in: SignIn) -> None:
    UserFactory(staff_no="2001", password=PASSWORD)
    answer = sign_in("2001", PASSWORD)
    assert set(answer.cookies) == {"sessionid", "csrftoken", "device"}
    for cookie in answer.cookies.values():
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")


def test_behind_https_the_device_cookie_is_bound_to_the_host(sign_in: SignIn, settings) -> None:
    settings.SESSION_COOKIE_SECURE = True
    UserFactory(staff_no="2001", password=PASSWORD)
    cookie = sign_in("2001", PASSWORD).cookies["__Host-device"]
    assert (cookie["secure"], cookie["httponly"], cookie["path"], cookie["domain"]) == (True, True, "/", "")


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/accounts/me/", "/accounts/me/"),
        ("/accounts/people/?q=chen&page=2", "/accounts/people/?q=chen&page=2"),
        ("https://evil.example/", HOME),
        ("//evil.example/", HOME),
        ("/\\evil.example", HOME),
        ("javascript:alert(1)", HOME),
        ("https:evil.example", HOME),
        ("/accounts/logout/", HOME),
        ("/accounts/login/?next=/", HOME),
        ("", HOME),
    ],
)
def test_after_signing_in_the_person_lands_on_a_page_of_ours(sign_in: SignIn, wanted: str, reached: str) -> None:
    UserFactory(staff_no="2001", password=PASSWORD)
    assert sign_in("2001", PASSWORD, next=wanted)["Location"] == reached


def test_a_form_sent_after_the_session_ended_leads_back_to_its_page() -> None:
    answer = Client().post("/accounts/me/sign-out-everywhere/", HTTP_REFERER="http://testserver/accounts/me/?a=1")
    assert answer["Location"] == f"{LOGIN}?next=/accounts/me/%3Fa%3D1"
    foreign = Client().post("/accounts/me/sign-out-everywhere/", HTTP_REFERER="https://evil.example/x")
    assert foreign["Location"] == f"{LOGIN}?next=/"


def test_a_partial_update_after_the_session_ended_moves_the_whole_page() -> None:
    answer = Client().get(
        "/accounts/people/", HTTP_HX_REQUEST="true", HTTP_HX_CURRENT_URL="http://testserver/accounts/me/"
    )
    assert (answer.status_code, answer["HX-Redirect"]) == (204, f"{LOGIN}?next=/accounts/me/")


def test_signing_out_ends_the_session_and_needs_a_form() -> None:
    user = class_teacher()
    client = client_for(user)
    assert client.get(reverse("accounts:logout")).status_code == 405
    assert client.get(HOME).status_code == 200
    assert client.post(reverse("accounts:logout"))["Location"] == LOGIN
    assert client.get(HOME).status_code == 302
    assert [entry.actor_id for entry in audit_entries("accounts.sign_out")] == [user.pk]


def test_an_idle_session_ends_after_two_hours() -> None:
    client = client_for(class_teacher())
    start = dt.datetime(2024, 3, 18, tzinfo=dt.UTC)
    with time_machine.travel(start, tick=False) as clock:
        client.get(HOME)
        clock.shift(dt.timedelta(hours=2))
        assert client.get(HOME).status_code == 200
        clock.shift(dt.timedelta(hours=2, seconds=1))
        assert client.get(HOME)["Location"] == f"{LOGIN}?next=/"


def test_a_session_ends_after_twelve_hours_even_in_use() -> None:
    client = client_for(class_teacher())
    with time_machine.travel(dt.datetime(2024, 3, 18, tzinfo=dt.UTC), tick=False) as clock:
        client.get(HOME)
        for _ in range(12):
            clock.shift(dt.timedelta(hours=1))
            assert client.get(HOME).status_code == 200
        clock.shift(dt.timedelta(seconds=1))
        assert client.get(HOME).status_code == 302


def test_a_deactivated_person_is_out_with_the_next_click() -> None:
    user = class_teacher()
    client = client_for(user)
    assert client.get(HOME).status_code == 200
    deactivate(sysadmin(), user, reason="离职")
    assert client.get(HOME).status_code == 302


def test_a_role_taken_away_is_gone_with_the_next_click() -> None:
    user = sysadmin()
    client = client_for(user)
    assert client.get(reverse("accounts:people")).status_code == 200
    user.role_grants.update(ends_on=dt.date(2020, 1, 2))
    assert client.get(reverse("accounts:people")).status_code == 404


def test_a_person_moved_to_another_college_is_seen_there_at_once() -> None:
    user = class_teacher(CollegeFactory())
    client = client_for(user)
    new = CollegeFactory(name="艺术设计学院")
    User.objects.filter(pk=user.pk).update(home_college=new)
    assert "艺术设计学院" in client.get(reverse("accounts:profile")).content.decode()
