"""Tasks, meetings and papers made ready for tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.utils import timezone

from duties.models import AssignmentState, Giver, Task, TaskAssignment
from duties.services import tasks
from gaobo_banzhuren.accounts.models import User
from teachers.models import ClassTeacher
from tests.duties.given import Room
from tests.teachers.given import day

WEEK = dt.timedelta(days=7)


@contextmanager
def at_time(text: str) -> Iterator[None]:
    """As if it were noon of the day."""
    moment = timezone.make_aware(dt.datetime.combine(day(text), dt.time(12)))
    with mock.patch("django.utils.timezone.now", return_value=moment):
        yield


def given_task(actor: User, *teachers: ClassTeacher, **values: Any) -> Task:
    """A task of the office for the teachers, due in a week."""
    known: dict[str, Any] = {
        "giver": Giver.OFFICE, "title": "走访宿舍", "due_on": timezone.localdate() + WEEK, "text": "每间都看一看。",
    }  # fmt: skip
    return tasks.give(actor, tasks.TaskInput(**known | values), list(teachers))


def assigned(actor: User, teacher: ClassTeacher, **values: Any) -> TaskAssignment:
    """The same task as the one teacher has it."""
    task = given_task(actor, teacher, **values)
    return TaskAssignment.objects.select_related("task", "teacher").get(task=task)


def at_state(actor: User, where: Room, state: str, **values: Any) -> TaskAssignment:
    """A task that has come as far as the state, through the services."""
    one = assigned(actor, where.teacher, **values)
    if state in (AssignmentState.REPORTED, AssignmentState.RETURNED, AssignmentState.CLOSED):
        tasks.report(where.user, one, "做完了。")
    if state == AssignmentState.ACCEPTED:
        tasks.accept(where.user, one)
    if state == AssignmentState.RETURNED:
        tasks.send_back(actor, one, "请补充")
    if state == AssignmentState.CLOSED:
        tasks.close(actor, one, "好")
    if state == AssignmentState.CANCELLED:
        tasks.cancel(actor, one.task, "不需要了")
        one.refresh_from_db()
    return one
