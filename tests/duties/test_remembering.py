"""What is remembered holds exactly until something changes."""

from __future__ import annotations

import pytest

from duties import remembering
from gaobo_banzhuren.audit.services import record
from tests.duties.given import room, written
from tests.factories import college_admin

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def remembers(settings):
    settings.FACTS_REMEMBERED = 50
    remembering.forget()
    yield
    remembering.forget()


class Counting:
    """Counts how often it was asked, and for which classes."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []

    def __call__(self, keys: list[int]) -> dict[int, int]:
        self.asked.append(keys)
        return {key: len(self.asked) for key in keys}


def ask(counting: Counting, *rooms, what: object = "term") -> dict[int, int]:
    return remembering.per_class("test", [here.school_class.pk for here in rooms], what, counting)


def test_the_second_look_counts_nothing_again():
    here = room()
    written(here, "worklog")
    counting = Counting()
    assert ask(counting, here) == ask(counting, here)
    assert len(counting.asked) == 1


def test_a_new_record_is_counted_at_the_next_look():
    here = room()
    written(here, "worklog")
    counting = Counting()
    ask(counting, here)
    written(here, "worklog")
    ask(counting, here)
    assert len(counting.asked) == 2


def test_a_change_in_one_college_leaves_the_other_remembered():
    here, there = room(), room()
    written(here, "worklog")
    written(there, "worklog")
    counting = Counting()
    ask(counting, here, there)
    written(there, "worklog")
    ask(counting, here, there)
    assert counting.asked == [[here.school_class.pk, there.school_class.pk], [there.school_class.pk]]


def test_a_change_for_the_whole_school_forgets_all():
    here = room()
    written(here, "worklog")
    counting = Counting()
    ask(counting, here)
    record(None, "regulation.calendar_add")
    ask(counting, here)
    assert len(counting.asked) == 2


def test_signing_in_and_reading_change_nothing():
    here = room()
    written(here, "worklog")
    counting = Counting()
    ask(counting, here)
    record(None, "accounts.sign_in")
    record(college_admin(here.college), "duties.records_export", college=here.college)
    ask(counting, here)
    assert len(counting.asked) == 1


def test_another_question_has_another_answer():
    here = room()
    written(here, "worklog")
    counting = Counting()
    ask(counting, here, what="spring")
    ask(counting, here, what="autumn")
    assert len(counting.asked) == 2


def test_switched_off_nothing_is_remembered(settings):
    settings.FACTS_REMEMBERED = 0
    here = room()
    written(here, "worklog")
    counting = Counting()
    ask(counting, here)
    ask(counting, here)
    assert len(counting.asked) == 2


def test_the_memory_has_an_end(settings):
    settings.FACTS_REMEMBERED = 2
    here = room()
    written(here, "worklog")
    counting = Counting()
    for what in ("a", "b", "c"):
        ask(counting, here, what=what)
    ask(counting, here, what="a")
    assert len(counting.asked) == 4


def test_an_old_count_is_made_again(monkeypatch):
    here = room()
    written(here, "worklog")
    counting = Counting()
    ask(counting, here)
    monkeypatch.setattr(remembering, "LONGEST_SECONDS", -1)
    ask(counting, here)
    assert len(counting.asked) == 2
