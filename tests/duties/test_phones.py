"""Parents' telephones: confirmed once a school year, called through the one page that shows whole numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from duties.fee_figures import Share
from duties.models import PhoneConfirmation
from duties.phones import confirmed_shares
from duties.services import phones as services
from gaobo_banzhuren.web.errors import NotAllowed, UserError
from teachers.models import Guardian
from tests.duties.given import Room, room, school_year
from tests.factories import audit_entries, client_for, college_admin, office
from tests.teachers.given import day, enrolled

pytestmark = pytest.mark.django_db
NUMBER = "13800001234"


@pytest.fixture(autouse=True)
def _in_march() -> Iterator[None]:
    with time_machine.travel(dt.datetime(2024, 3, 18, 2, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def here() -> Room:
    return room(3)


def parent(student, name: str = "父", phone: str = NUMBER) -> Guardian:
    return Guardian.objects.create(student=student, name=name, relation="父亲", phone=phone)


def confirmed(where: Room, guardian: Guardian, on: str = "2024-03-18", **values: object) -> PhoneConfirmation:
    values = {"way": "call", "by": where.user} | values
    actor = values.pop("by")
    return services.confirm(actor, guardian, school_year(), on=day(on), **values)  # type: ignore[arg-type]


@pytest.mark.clause("C4.1")
def test_confirmed_students_are_counted_once_and_a_new_year_begins_unconfirmed(here):
    mother, father = parent(here.students[0], "母"), parent(here.students[0])
    parent(here.students[1])
    confirmed(here, mother, note="换了单位")
    confirmed(here, father)
    key = here.school_class.pk
    assert confirmed_shares([key], school_year()) == {key: Share(1, 3)}
    with time_machine.travel(dt.datetime(2024, 9, 2, 2, tzinfo=dt.UTC), tick=False):
        assert confirmed_shares([key], school_year("2024-2025")) == {key: Share(0, 3)}
        assert confirmed_shares([key], school_year()) == {key: Share(1, 3)}


@pytest.mark.clause("C4.1")
def test_another_number_is_unconfirmed_until_it_is_confirmed_again(here):
    father = parent(here.students[0])
    confirmed(here, father)
    Guardian.objects.filter(pk=father.pk).update(phone="13900009999")
    key = here.school_class.pk
    assert confirmed_shares([key], school_year())[key] == Share(0, 3)
    father.refresh_from_db()
    confirmed(here, father)
    assert confirmed_shares([key], school_year())[key] == Share(1, 3)
    assert PhoneConfirmation.objects.count() == 1


def test_only_the_present_class_teacher_confirms_a_number_that_exists_in_its_year(here):
    father = parent(here.students[0])
    for actor in (room().user, college_admin(here.college), office()):
        with pytest.raises(NotAllowed, match="现任班主任"):
            confirmed(here, father, by=actor)
    for on in ("2024-03-19", "2023-08-31"):
        with pytest.raises(UserError, match="确认日期"):
            confirmed(here, father, on)
    with pytest.raises(UserError, match="没有登记号码"):
        confirmed(here, parent(here.students[1], phone=""))
    assert not PhoneConfirmation.objects.exists()


def test_the_log_keeps_no_number(here):
    confirmed(here, parent(here.students[0]))
    entry = audit_entries("duties.phone_confirm")[0]
    assert "1234" not in str(entry.after)
    assert entry.object_id == str(here.students[0].pk)


@pytest.mark.clause("C4.1")
def test_call_and_confirm_from_the_page_of_the_class(here):
    father = parent(here.students[0])
    client = client_for(here.user)
    page = client.get(reverse("duties:phones", args=[here.school_class.pk])).content.decode()
    assert NUMBER not in page
    assert "138****1234" in page
    args = [here.students[0].pk, father.pk]
    called = client.post(reverse("duties:phone_call", args=args), {"purpose": "核对名册"}).content.decode()
    assert f"tel:{NUMBER}" in called
    assert audit_entries("teachers.phone_reveal")
    done = client.post(reverse("duties:phone_confirm", args=args), {"way": "call", "on": "2024-03-18"}, follow=True)
    assert done.context["confirmed"] == 1
    assert done.context["rows"][-1].student == here.students[0]


def test_others_see_masked_numbers_or_nothing(here):
    father = parent(here.students[0])
    args = [here.students[0].pk, father.pk]
    url = reverse("duties:phones", args=[here.school_class.pk])
    page = client_for(college_admin(here.college)).get(url)
    assert page.status_code == 200
    assert "确认无误" not in page.content.decode()
    for user in (room().user, college_admin()):
        client = client_for(user)
        assert client.get(url).status_code == 404
        assert client.post(reverse("duties:phone_call", args=args), {"purpose": "核对名册"}).status_code == 404
        assert client.post(reverse("duties:phone_confirm", args=args), {"way": "call"}).status_code == 404


def test_the_page_asks_the_same_number_of_questions_for_three_and_twelve(here):
    client, counts = client_for(here.user), []
    url = reverse("duties:phones", args=[here.school_class.pk])
    client.get(url)
    for more in (0, 9):
        for student in enrolled(here.school_class, more):
            confirmed(here, parent(student))
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]
