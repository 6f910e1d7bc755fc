"""Two people at once, a double click, a kill in the middle: one result or none."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from allowance.models import Bundle, MonthSheet, SheetEvent, SheetLine
from allowance.services import bundles, workflow
from allowance.services.settlement import settle_month
from gaobo_banzhuren.web.errors import UserError

from .worlds import NOVEMBER, confirm_payable_months, make_world

ROOT = Path(__file__).resolve().parents[2]


def at_once(*actions: Callable[[], object]) -> list[str]:
    """Run the actions together, each on its own connection; what each came to ("done" or the kind of its error)."""
    gate = threading.Barrier(len(actions))
    results: list[str] = []

    def run(action: Callable[[], object]) -> None:
        try:
            gate.wait(timeout=10)
            action()
            results.append("done")
        except UserError as error:
            results.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return sorted(results)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    def test_settling_ten_times_at_once_makes_one_set_of_lines(self):
        world = make_world()
        results = at_once(*[lambda: settle_month(NOVEMBER, actor=world.admin, college=world.college)] * 10)
        assert results == ["done"] * 10
        assert MonthSheet.objects.count() == 1
        assert [(line.staff_no, line.amount_fen) for line in SheetLine.objects.all()] == [
            (world.teacher.staff_no, 60000)
        ]
        assert SheetEvent.objects.filter(action="结算").count() == 1

    def test_submitting_at_once_happens_once(self):
        world = make_world()
        sheet = world.confirmed()
        results = at_once(
            lambda: workflow.submit(sheet, actor=world.admin), lambda: workflow.submit(sheet, actor=world.head)
        )
        assert results.count("done") == 1
        assert SheetEvent.objects.filter(action="提交").count() == 1

    def test_review_and_return_at_once_give_one_decision(self):
        world = make_world()
        sheet = world.submitted()
        results = at_once(
            lambda: workflow.review(sheet, actor=world.office),
            lambda: workflow.return_to_college(sheet, actor=world.second_office, reason="核对"),
        )
        assert results.count("done") == 1
        assert world.sheet().state in ("reviewed", "draft")
        assert SheetEvent.objects.filter(action__in=["审核", "退回"]).count() == 1

    def test_settling_while_submitting_never_changes_what_was_submitted(self):
        world = make_world()
        sheet = world.confirmed()
        at_once(
            lambda: workflow.submit(sheet, actor=world.admin),
            lambda: settle_month(NOVEMBER, actor=world.office),
            lambda: settle_month(NOVEMBER, actor=world.second_office),
        )
        assert world.sheet().total_fen == 60000
        assert SheetLine.objects.count() == 1

    def test_one_sheet_is_taken_into_one_bundle(self):
        world = make_world()
        sheet = world.reviewed()
        results = at_once(
            lambda: bundles.create_bundle([sheet], actor=world.office),
            lambda: bundles.create_bundle([sheet], actor=world.second_office),
        )
        assert results.count("done") == 1
        assert Bundle.objects.count() == 1

    def test_receiving_twice_at_once_happens_once(self):
        world = make_world()
        bundle = world.handed_over()
        confirm_payable_months()
        results = at_once(*[lambda: bundles.receive(bundle, actor=world.hr)] * 3)
        assert results.count("done") == 1
        assert SheetEvent.objects.filter(action="接收").count() == 1


def database(tmp_path: Path) -> dict[str, str]:
    """The environment of a command on a database file of its own."""
    return os.environ | {
        "DEBUG": "1", "ENV_FILE": os.devnull, "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
        "MEDIA_ROOT": str(tmp_path / "files"),
    }  # fmt: skip


def command(env: dict[str, str], *args: str) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603  our own commands
        [sys.executable, "manage.py", *args],
        cwd=ROOT,
        env=env,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def rows(tmp_path: Path, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(f"{tmp_path}/db.sqlite3") as database:
        return database.execute(query).fetchall()


@pytest.fixture
def college_file(tmp_path):
    """The sample college in a SQLite file."""
    env = database(tmp_path)
    for args in (("migrate", "-v0"), ("import_roster", "tests/samples/roster.xlsx")):
        process = command(env, *args)
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
    return env


FEBRUARY, JULY = 20, 20
"""Lines of the sample college in the two months."""

LINES = "select s.month, l.staff_no, l.kind, l.amount_fen from allowance_sheetline l join allowance_monthsheet s on s.id = l.sheet_id"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's own way of queueing writers")
def test_processes_settling_one_sqlite_file_make_one_set_of_lines_and_a_kill_leaves_none_by_halves(
    college_file, tmp_path
):
    env = college_file
    both = [command(env, "settle_month", "2024-02") for _ in range(2)]
    for process in both:
        _, err = process.communicate(timeout=120)
        assert (process.returncode, err) == (0, "")
    settled = sorted(rows(tmp_path, LINES))
    assert len(settled) == len(set(settled)) == FEBRUARY

    victim = command(env, "settle_month", "2024-07")
    deadline = time.monotonic() + 60
    # The kill comes as soon as the process holds the write lock, that is in the middle of its one transaction.
    while victim.poll() is None and time.monotonic() < deadline and not _locked(tmp_path):
        time.sleep(0.002)
    victim.send_signal(signal.SIGKILL)
    victim.communicate()
    after = sorted(rows(tmp_path, LINES))
    assert len(_of_july(after)) in (0, JULY)

    again = command(env, "settle_month", "2024-07")
    again.communicate(timeout=60)
    assert len(_of_july(rows(tmp_path, LINES))) == JULY


def _of_july(found: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    return [row for row in found if row[0] == "2024-07-01"]


def _locked(tmp_path: Path) -> bool:
    probe = sqlite3.connect(f"{tmp_path}/db.sqlite3", timeout=0, isolation_level=None)
    try:
        probe.execute("BEGIN IMMEDIATE")
        probe.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return True
    finally:
        probe.close()
    return False
