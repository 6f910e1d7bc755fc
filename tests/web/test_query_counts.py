"""No page asks a question per row: every address without a key asks the same number of questions for few and many rows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from allowance.services.settlement import settle_month
from gaobo_banzhuren.accounts.roles import Role
from teachers.models import Appointment, ClassTeacher, Leave
from tests.allowance.worlds import NOVEMBER, World, make_world
from tests.factories import client_for, college_admin, office, with_role
from tests.teachers.given import SchoolClassFactory, appointed, day, enrolled, on_leave, teacher_of

pytestmark = pytest.mark.django_db

LEFT_OUT = {"accounts:logout", "teachers:import_template", "teachers:roster_export"}
"""Not pages: sign-out, and files whose length is their content."""


def plain_names(patterns: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[str]:
    """Names of the product's addresses that need no key."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace != "admin":
                yield from plain_names(
                    pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else namespace
                )
        elif pattern.name and not pattern.pattern.regex.groupindex:
            yield f"{namespace}{pattern.name}"


NAMES = sorted(set(plain_names(get_resolver().url_patterns)) - LEFT_OUT)


def grow(world: World, classes: int) -> None:
    """More classes, students, teachers, appointments and leave in the college, and other colleges beside it."""
    for _ in range(classes):
        school_class = SchoolClassFactory(college=world.college)
        enrolled(school_class, 3)
        teacher = teacher_of(world.college)
        appointed(school_class, teacher)
        on_leave(teacher, "2023-11-06", "2023-11-08")
        college_admin(world.college)


def count(client: Client, name: str) -> int | None:
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(reverse(name))
    return len(captured) if answer.status_code == 200 else None


@pytest.mark.parametrize("role", ["office", "admin", "teacher"])
def test_every_page_asks_the_same_for_few_and_many(role):
    world = make_world()
    make_world()
    grow(world, 2)
    settle_month(NOVEMBER, actor=None)
    people = {
        "office": office(),
        "admin": world.admin,
        "teacher": with_role(world.teacher.user, Role.CLASS_TEACHER),
    }
    client = client_for(people[role])
    mine = [name for name in NAMES if count(client, name) is not None]
    few = {name: count(client, name) for name in mine}

    grow(world, 9)
    make_world()
    settle_month(NOVEMBER, actor=None)
    many = {name: count(client, name) for name in mine}

    assert {name: (few[name], many[name]) for name in mine if few[name] != many[name]} == {}
    assert len(mine) > 5


def test_the_worlds_really_differ():
    world = make_world()
    grow(world, 9)
    assert (Appointment.objects.count(), ClassTeacher.objects.count(), Leave.objects.count()) == (10, 10, 9)
    assert Appointment.objects.on(day("2023-11-01")).count() == 10
