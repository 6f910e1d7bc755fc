"""One-time codes: from issuing to the person's own password."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from gaobo_banzhuren.accounts import codes
from gaobo_banzhuren.accounts.models import OneTimeCode, User
from gaobo_banzhuren.accounts.services import PersonSpec, create_people, issue_code, issue_codes
from gaobo_banzhuren.audit.models import AuditEntry
from gaobo_banzhuren.web.errors import NotAllowed, UserError
from tests.factories import (
    PASSWORD,
    CollegeFactory,
    UserFactory,
    audit_entries,
    class_teacher,
    client_for,
    college_admin,
    office,
    sysadmin,
)

from .conftest import SignIn

pytestmark = pytest.mark.django_db
CODE = re.compile(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{2}")


def test_a_code_has_fifty_random_bits_and_no_ambiguous_sign() -> None:
    assert len(codes.ALPHABET) == 32
    assert not set("01OI") & set(codes.ALPHABET)
    made = {codes.new_code() for _ in range(500)}
    assert len(made) == 500
    assert all(CODE.fullmatch(code) for code in made)


def test_only_a_keyed_digest_is_kept() -> None:
    issued = issue_code(sysadmin(), UserFactory())
    row = OneTimeCode.objects.get()
    bare = issued.code.replace("-", "")
    assert issued.code not in str(row.__dict__)
    assert bare not in str(row.__dict__)
    assert row.digest == codes.digest(issued.code) != codes.digest(issued.code, "another key")
    log = str(list(AuditEntry.objects.values()))
    assert issued.code not in log
    assert bare not in log


def test_a_code_opens_once_and_then_only_the_change_page(sign_in: SignIn) -> None:
    user = class_teacher(staff_no="2001")
    issued = issue_code(sysadmin(), user)
    client = Client()
    assert sign_in("2001", issued.code, client=client)["Location"] == reverse("accounts:password")
    for page in ("/", "/accounts/me/", "/accounts/people/", "/regulation/clauses/", "/admin/"):
        assert client.get(page)["Location"] == reverse("accounts:password"), page
    fragment = client.get("/", HTTP_HX_REQUEST="true")
    assert (fragment.status_code, fragment["HX-Redirect"]) == (204, reverse("accounts:password"))
    assert sign_in("2001", issued.code).status_code == 200

    page = client.get(reverse("accounts:password"))
    assert "现在的密码" not in page.content.decode()
    data = {"new_password": PASSWORD, "repeated_password": PASSWORD}
    assert client.post(reverse("accounts:password"), data)["Location"] == "/"
    assert client.get("/").status_code == 200
    assert sign_in("2001", PASSWORD)["Location"] == "/"
    assert [entry.after["方式"] for entry in audit_entries("accounts.sign_in")] == ["一次性登录码", "密码"]


@pytest.mark.parametrize("form", ["{}", " {} ", "{} lower", "{} full", "{} bare"])
def test_a_code_is_read_however_it_is_typed(sign_in: SignIn, form: str) -> None:
    UserFactory(staff_no="2001")
    code = issue_code(None, User.objects.get()).code
    kind = form.rpartition(" ")[2]
    typed = {
        "lower": code.lower(),
        "full": "".join(chr(ord(char) + 0xFEE0) for char in code),
        "bare": code.replace("-", " "),
    }.get(kind, form.format(code))
    assert sign_in("2001", typed).status_code == 302


def test_a_code_works_only_for_its_person(sign_in: SignIn) -> None:
    owner, _ = UserFactory(staff_no="2001"), UserFactory(staff_no="2002")
    issued = issue_code(None, owner)
    assert sign_in("2002", issued.code).status_code == 200
    assert sign_in("2001", issued.code).status_code == 302


def test_a_code_expires_after_seven_days(sign_in: SignIn) -> None:
    user = UserFactory(staff_no="2001")
    with time_machine.travel("2024-03-18 08:00:00+08:00", tick=False):
        first = issue_code(None, user)
    with time_machine.travel("2024-03-25 07:59:59+08:00", tick=False):
        assert sign_in("2001", first.code).status_code == 302
    with time_machine.travel("2024-03-18 08:00:00+08:00", tick=False):
        second = issue_code(None, user)
    with time_machine.travel("2024-03-25 08:00:00+08:00", tick=False):
        assert sign_in("2001", second.code).status_code == 200


def test_a_new_code_withdraws_the_earlier_one(sign_in: SignIn) -> None:
    user = UserFactory(staff_no="2001")
    first, second = issue_code(None, user), issue_code(None, user)
    assert sign_in("2001", first.code).status_code == 200
    assert sign_in("2001", second.code).status_code == 302


def test_a_code_outlives_a_change_of_the_secret_key(sign_in: SignIn, settings) -> None:
    issued = issue_code(None, UserFactory(staff_no="2001"))
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new secret key for the next year, long enough to be one"
    assert sign_in("2001", issued.code).status_code == 302


def test_imported_people_cannot_sign_in_with_anything_guessable(sign_in: SignIn) -> None:
    college = CollegeFactory()
    create_people(None, [PersonSpec(f"20{number:02d}", "陈雨桐", college) for number in range(10)])
    for user in User.objects.all():
        for guess in (user.staff_no, "123456", user.name_pinyin):
            assert sign_in(user.staff_no, guess, address=f"10.0.{user.pk % 250}.1").status_code == 200
    assert audit_entries("accounts.sign_in") == []


def test_hundreds_of_people_and_codes_are_a_matter_of_a_few_statements(
    django_assert_max_num_queries: Callable[..., Any],
) -> None:
    college, admin = CollegeFactory(), sysadmin()
    specs = [PersonSpec(f"5{number:04d}", "陈雨桐", college) for number in range(300)]
    with django_assert_max_num_queries(25):
        people = create_people(admin, specs)
    with django_assert_max_num_queries(25):
        issued = issue_codes(admin, people)
    assert len({one.code for one in issued}) == 300
    assert [len(entry.after["工号"]) for entry in audit_entries("accounts.") if entry.action.endswith("code")] == [300]


def test_no_slow_hash_is_made_for_codes(settings) -> None:
    settings.PASSWORD_HASHERS = ["no.such.Hasher"]
    college = CollegeFactory()
    people = create_people(None, [PersonSpec("2001", "陈雨桐", college)])
    assert issue_codes(None, people)


def test_an_inactive_person_gets_no_code() -> None:
    people = [UserFactory(), UserFactory(is_active=False)]
    with pytest.raises(UserError, match="已停用"):
        issue_codes(None, people)
    assert OneTimeCode.objects.count() == 0


def test_one_person_out_of_scope_refuses_the_whole_batch() -> None:
    admin = college_admin()
    own = [class_teacher(admin.home_college) for _ in range(3)]
    with pytest.raises(NotAllowed):
        issue_codes(admin, [*own, class_teacher()])
    assert OneTimeCode.objects.count() == 0


def test_a_code_for_a_more_powerful_person_is_refused() -> None:
    powerful = sysadmin()
    for actor in (office(), college_admin()):
        with pytest.raises(NotAllowed):
            issue_code(actor, powerful)


def test_the_code_is_shown_once_on_the_answer() -> None:
    user = class_teacher(name="陈雨桐", staff_no="2001")
    client = client_for(sysadmin())
    address = reverse("accounts:issue_code", args=[user.pk])
    token = str(client.get(address).context["form_token"])
    shown = client.post(address, {"form_token": token}).content.decode()
    assert len(set(CODE.findall(shown))) == 1
    again = client.post(address, {"form_token": token}, follow=True).content.decode()
    assert CODE.findall(again) == []
    assert CODE.findall(client.get(reverse("accounts:person", args=[user.pk])).content.decode()) == []
    assert OneTimeCode.objects.count() == 1


def test_a_printable_sheet_for_everybody_of_the_college_who_never_signed_in() -> None:
    admin = college_admin()
    new = [class_teacher(admin.home_college) for _ in range(3)]
    class_teacher(admin.home_college, last_login=dt.datetime(2024, 1, 1, tzinfo=dt.UTC))
    class_teacher(admin.home_college, is_active=False)
    class_teacher()
    client = client_for(admin)
    listed = client.get(reverse("accounts:issue_codes")).context["candidates"]
    assert {person.pk for person in listed} == {person.pk for person in new}
    sheet = client.post(reverse("accounts:issue_codes"), {"everybody": "1"})
    assert [one.user for one in sheet.context["issued"]] == sorted(new, key=lambda person: person.staff_no)
    text = sheet.content.decode()
    assert all(person.name in text and person.staff_no in text for person in new)
    assert len(set(CODE.findall(text))) == 3


def test_a_foreign_person_ticked_by_hand_refuses_the_whole_sheet() -> None:
    admin = college_admin()
    own, foreign = class_teacher(admin.home_college), class_teacher()
    answer = client_for(admin).post(reverse("accounts:issue_codes"), {"people": [own.pk, foreign.pk]})
    assert "issued" not in (answer.context or {})
    assert OneTimeCode.objects.count() == 0


def test_ticked_people_get_their_codes() -> None:
    admin = college_admin()
    first, _ = class_teacher(admin.home_college), class_teacher(admin.home_college)
    answer = client_for(admin).post(reverse("accounts:issue_codes"), {"people": [first.pk]})
    assert [one.user for one in answer.context["issued"]] == [first]
