"""An import that fails half-way, or meets another, leaves whole data behind."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection, connections

from gaobo_banzhuren.audit.models import AuditEntry
from gaobo_banzhuren.web.errors import StaleError
from teachers.imports import batches
from teachers.models import Student
from tests.teachers.rosters import base, imported, row_counts, run, workbook


@pytest.mark.django_db
def test_a_fault_in_the_last_step_leaves_nothing_behind(monkeypatch):
    before = row_counts()

    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("gone")

    monkeypatch.setattr(batches.audit, "record", broken)
    with pytest.raises(RuntimeError):
        run(workbook(base()))
    assert row_counts() == before


@pytest.mark.django_db
def test_a_row_that_changes_between_reading_and_writing_is_not_overwritten(monkeypatch):
    """Another service that changes a row after the comparison: the written plan no longer fits and is refused."""
    imported(base())
    changed = base()
    changed["学生"][0][1] = "周文渊"
    compare = batches.compare

    def slow(*args: Any) -> Any:
        result = compare(*args)
        Student.objects.filter(student_no="23001").update(name="周文杰")
        return result

    monkeypatch.setattr(batches, "compare", slow)
    with pytest.raises(StaleError):
        run(workbook(changed))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("filled", [False, True])
def test_the_same_workbook_by_several_people_at_once_is_one_set_of_rows(filled):
    if filled:
        imported({"二级学院": base()["二级学院"]})
    content = workbook(base())
    start = threading.Barrier(6)
    answers: list[object] = []

    def go() -> None:
        try:
            start.wait()
            answers.append(run(content).plan.total("新增"))
        except StaleError:
            answers.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert connection.vendor == "postgresql"
    assert len(answers) == 6
    new = 16 if filled else 18
    assert [answer for answer in answers if answer not in (0, "refused")] == [new]
    assert Student.objects.count() == 6
    assert AuditEntry.objects.filter(action="teachers.import").count() == (2 if filled else 1)
