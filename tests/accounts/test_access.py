"""What a person may act as today."""

import datetime as dt

import pytest
import time_machine

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.accounts.roles import Role
from tests.factories import CollegeFactory, UserFactory, college_admin, office, person, with_role

pytestmark = pytest.mark.django_db


def test_a_role_holds_from_its_first_to_its_last_day() -> None:
    user = with_role(UserFactory(), Role.HR, starts_on=dt.date(2024, 3, 1), ends_on=dt.date(2024, 3, 31))
    held = []
    for day in ("2024-02-29", "2024-03-01", "2024-03-31", "2024-04-01"):
        with time_machine.travel(f"{day} 12:00:00+08:00", tick=False):
            held.append(User.objects.get(pk=user.pk).access.has(Role.HR))
    assert held == [False, True, True, False]


def test_a_day_begins_at_midnight_in_china() -> None:
    user = with_role(UserFactory(), Role.HR, starts_on=dt.date(2024, 3, 1))
    with time_machine.travel("2024-02-29 15:59:59+00:00", tick=False):
        assert not User.objects.get(pk=user.pk).access.has(Role.HR)
    with time_machine.travel("2024-02-29 16:00:00+00:00", tick=False):
        assert User.objects.get(pk=user.pk).access.has(Role.HR)


def test_a_college_role_holds_for_its_college_only() -> None:
    here, there = CollegeFactory(), CollegeFactory()
    user = with_role(college_admin(here), Role.ASSESSOR, there)
    assert user.access.colleges(Role.COLLEGE_ADMIN) == {here.pk}
    assert user.access.colleges(Role.ASSESSOR) == {there.pk}
    assert user.access.colleges() == {here.pk, there.pk}


def test_a_deactivated_person_is_nobody() -> None:
    user = office(is_active=False)
    assert user.access.roles == frozenset()


@pytest.mark.parametrize(
    ("role", "colleges", "people"),
    [
        (Role.SYSADMIN, "all", "all"),
        (Role.OFFICE, "all", "all"),
        (Role.AUDITOR, "all", "all"),
        (Role.HR, "all", "self"),
        (Role.COLLEGE_ADMIN, "own", "own"),
        (Role.COLLEGE_HEAD, "own", "self"),
        (Role.ASSESSOR, "own", "self"),
        (Role.CLASS_TEACHER, "none", "self"),
    ],
)
def test_each_role_sees_its_colleges_and_accounts(role: Role, colleges: str, people: str) -> None:
    own, other = CollegeFactory(), CollegeFactory()
    user = person(role, own)
    mate, stranger = UserFactory(home_college=own), UserFactory(home_college=other)
    expected_colleges = {"all": {own, other}, "own": {own}, "none": set()}[colleges]
    expected_people = {"all": {user, mate, stranger}, "own": {user, mate}, "self": {user}}[people]
    assert set(College.objects.visible_to(user)) == expected_colleges
    assert set(User.objects.visible_to(user)) == expected_people
