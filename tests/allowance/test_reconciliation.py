"""`reconcile`: closed months recomputed from their frozen inputs; nothing differs, and any planted difference is found."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from allowance import triggers
from allowance.calculation import Month
from allowance.models import HeadcountSnapshot, MonthSheet, SheetLine
from allowance.services.reconciliation import reconcile
from allowance.services.settlement import settle_month

from .worlds import DECEMBER

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(sample):
    """Three months of the sample college, past the draft state."""
    for month in sample:
        settle_month(Month.parse(month), actor=None)
    MonthSheet.objects.update(state="submitted")
    triggers.drop(connection)
    yield
    triggers.install(connection)


def run(*args: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("reconcile", *args, stdout=out, stderr=err)
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue(), err.getvalue()
    except CommandError as error:
        return 1, out.getvalue(), str(error)
    return 0, out.getvalue(), err.getvalue()


def test_every_closed_month_is_reproduced(closed):
    lines = SheetLine.objects.count()
    assert run() == (0, f"月份 3，行 {lines}，差异 0\n", "")


def test_one_month_can_be_asked_for(closed):
    code, out, _ = run("--month", "2024-02")
    assert (code, out.startswith("月份 1，行 ")) == (0, True)


def test_a_month_written_wrongly_is_named(closed):
    code, _, err = run("--month", "2024/2")
    assert code == 1
    assert "2024/2" in err
    assert "Traceback" not in err


def plant_amount() -> None:
    SheetLine.objects.filter(pk=SheetLine.objects.first().pk).update(amount_fen=71999)


def plant_compensated_amounts() -> None:
    """Two amounts moved against each other: every total still fits."""
    first, second = SheetLine.objects.filter(sheet__college__code="C04", sheet__month="2024-07-01")[:2]
    SheetLine.objects.filter(pk=first.pk).update(amount_fen=first.amount_fen + 1)
    SheetLine.objects.filter(pk=second.pk).update(amount_fen=second.amount_fen - 1)


def plant_share() -> None:
    sheet = MonthSheet.objects.get(college__code="C01", month="2024-02-01")
    MonthSheet.objects.filter(pk=sheet.pk).update(school_fen=sheet.school_fen - 1, college_fen=sheet.college_fen + 1)


def plant_missing_line() -> None:
    SheetLine.objects.filter(sheet__college__code="C04").first().delete()


def plant_inputs() -> None:
    line = SheetLine.objects.filter(sheet__month="2023-10-01").first()
    line.inputs["posts"][0]["headcount"] += 1
    line.save(update_fields=["inputs"])


def plant_rules() -> None:
    sheet = MonthSheet.objects.first()
    rules = json.loads(json.dumps(sheet.rules))
    rules["base_rate"] = "601"
    MonthSheet.objects.filter(pk=sheet.pk).update(rules=rules)


def plant_formula() -> None:
    SheetLine.objects.filter(pk=SheetLine.objects.first().pk).update(formula="720.00×31/31 ")


def plant_name() -> None:
    SheetLine.objects.filter(pk=SheetLine.objects.first().pk).update(name="张冠李戴")


def plant_headcount() -> None:
    HeadcountSnapshot.objects.filter(phase="teaching").update(headcount=999)


@pytest.mark.parametrize(
    "plant",
    [
        plant_amount, plant_compensated_amounts, plant_share, plant_missing_line, plant_inputs, plant_rules,
        plant_formula, plant_name, plant_headcount,
    ],
)  # fmt: skip
def test_a_planted_difference_is_found(closed, plant):
    plant()
    code, out, err = run()
    assert code == 1
    assert "差异 0" not in out
    assert err.strip()


@pytest.mark.clause("C0.3", "C12.1")
def test_a_rule_that_changes_later_does_not_touch_closed_months(world):
    world.submitted()
    from gaobo_banzhuren.regulation.models import RuleVersion

    assert MonthSheet.objects.get().rules["base_rate"] == "600"
    assert RuleVersion.objects.count() >= 1
    assert reconcile().mismatches == ()


def test_drafts_are_not_reconciled(world):
    settle_month(DECEMBER, actor=world.admin, college=world.college)
    assert reconcile().months == 0
