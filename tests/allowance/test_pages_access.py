"""Who reaches which page of the allowance: foreign looks like missing, strangers are sent to sign in."""

from __future__ import annotations

import pytest
from django.urls import reverse

from allowance.models import Adjustment, Bundle, HeadcountSnapshot
from allowance.services import adjustments
from tests.factories import CollegeFactory, assessor, auditor, client_for, college_admin, hr, office, sysadmin
from tests.teachers.given import teacher_of

from .test_adjustments import change_facts, lose_three_students
from .worlds import World, make_world

pytestmark = pytest.mark.django_db

KEEPERS = {"admin", "head", "office"}
READERS = {*KEEPERS, "hr"}


def url(name, *args):
    return reverse(f"allowance:{name}", args=args)


def everyone(world: World) -> dict[str, object]:
    other = CollegeFactory()
    return {
        "admin": world.admin,
        "head": world.head,
        "office": world.office,
        "hr": world.hr,
        "teacher": world.teacher.user,
        "other admin": college_admin(other),
        "other teacher": teacher_of(other).user,
        "assessor": assessor(world.college),
        "sysadmin": sysadmin(),
        "auditor": auditor(),
    }


@pytest.fixture
def closed(db) -> World:
    """November handed over, then found wrong by three students: every kind of thing exists."""
    world = make_world()
    world.handed_over()
    change_facts(world, lambda: lose_three_students(world))
    adjustments.detect_differences(world.college)
    return world


def pages(world: World) -> dict[str, set[str]]:
    """Address → who opens it; everybody else gets 404."""
    sheet, bundle = world.sheet(), Bundle.objects.get()
    line, snapshot, adjustment = sheet.lines.get(), HeadcountSnapshot.objects.get(), Adjustment.objects.get()
    teacher = world.teacher
    return {
        url("months"): KEEPERS | {"other admin"},
        url("settle"): {"admin", "office", "other admin"},
        url("month", "2023-11"): {"office"},
        url("month_xlsx", "2023-11"): KEEPERS,
        url("sheet", sheet.pk): READERS,
        url("sheet_settle", sheet.pk): KEEPERS,
        url("sheet_detect", sheet.pk): KEEPERS,
        url("warning_confirm", sheet.pk): KEEPERS,
        url("sheet_submit", sheet.pk): KEEPERS,
        url("sheet_return", sheet.pk): KEEPERS,
        url("sheet_review", sheet.pk): KEEPERS,
        url("sheet_reopen", sheet.pk): KEEPERS,
        url("versions", sheet.pk): READERS,
        url("sheet_xlsx", sheet.pk): READERS,
        url("sheet_pdf", sheet.pk): READERS,
        url("headcount", snapshot.pk): KEEPERS,
        url("line", line.pk): READERS,
        url("adjustments"): KEEPERS | {"other admin"},
        url("adjustment_create"): {"admin", "office", "other admin"},
        url("adjustment", adjustment.pk): KEEPERS,
        url("adjustment_adopt", adjustment.pk): KEEPERS,
        url("adjustment_decide", adjustment.pk): KEEPERS,
        url("mine"): {"teacher", "other teacher"},
        url("my_line", line.pk): {"teacher"},
        url("headcounts"): {"teacher", "other teacher"},
        url("headcount_answer", snapshot.pk): set(),
        url("year", "2023-2024"): KEEPERS | {"other admin"},
        url("teacher_year", "2023-2024", teacher.pk): KEEPERS | {"teacher"},
        url("bundles"): {"office", "hr"},
        url("bundle_create"): {"office"},
        url("bundle", bundle.pk): {"office", "hr"},
        url("bundle_add", bundle.pk): {"office"},
        url("bundle_remove", bundle.pk, sheet.pk): {"office"},
        url("bundle_hand_over", bundle.pk): {"office"},
        url("bundle_receive", bundle.pk): {"hr"},
        url("bundle_xlsx", bundle.pk): {"office", "hr"},
    }


def test_each_page_opens_for_those_it_is_for_and_is_missing_for_all_others(closed):
    people = everyone(closed)
    clients = {name: client_for(user) for name, user in people.items()}
    wrong = []
    for address, allowed in pages(closed).items():
        for name, client in clients.items():
            expected = 200 if name in allowed else 404
            status = client.get(address).status_code
            if name == "other admin" and address.endswith("/2023-11/xlsx/"):
                expected = 400  # an own page without an own sheet to export
            if status != expected:
                wrong.append((name, address, status, expected))
    assert wrong == []


def test_strangers_are_sent_to_the_sign_in_page(closed):
    for address in pages(closed):
        answer = client_for(None).get(address)
        assert answer.status_code == 302, address
        assert answer["Location"].startswith("/accounts/login/")


def test_actions_by_post_do_not_exist_for_outsiders(closed):
    people = everyone(closed)
    for name in ("teacher", "other admin", "assessor", "sysadmin", "auditor"):
        client = client_for(people[name])
        for address, allowed in pages(closed).items():
            if name not in allowed:
                assert client.post(address, {"reason": "x"}).status_code in (404, 405), (name, address)


def test_a_foreign_sheet_looks_exactly_like_a_missing_one(closed):
    client = client_for(college_admin(CollegeFactory()))
    foreign, missing = client.get(url("sheet", closed.sheet().pk)), client.get(url("sheet", 987654))
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert len(foreign.content) == len(missing.content)


@pytest.mark.parametrize(
    "address", ["months/2023-13/", "months/abc/", "sheets/99999999999999999999/", "years/1999-2000/"]
)
def test_odd_addresses_are_missing(world, address):
    assert client_for(world.office).get(f"/allowance/{address}").status_code == 404


def test_a_draft_is_not_shown_to_hr_nor_to_the_teacher(world):
    sheet = world.settled()
    line = sheet.lines.get()
    assert client_for(world.hr).get(url("sheet", sheet.pk)).status_code == 404
    assert client_for(world.hr).get(url("line", line.pk)).status_code == 404
    assert client_for(world.teacher.user).get(url("my_line", line.pk)).status_code == 404
    assert "600.00" not in client_for(world.teacher.user).get(url("mine")).content.decode()


def test_a_bundle_in_the_making_is_not_shown_to_hr(world):
    from allowance.services import bundles

    bundle = bundles.create_bundle([world.reviewed()], actor=world.office)
    assert client_for(hr()).get(url("bundle", bundle.pk)).status_code == 404
    assert client_for(office()).get(url("bundle", bundle.pk)).status_code == 200
