"""A draft of the rules shows what past months would have come to, and changes none of them."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import pytest

from allowance.models import MonthSheet
from allowance.services.previews import preview_months, use_of
from allowance.services.reconciliation import reconcile
from gaobo_banzhuren.regulation.in_force import rules_for_month
from gaobo_banzhuren.regulation.registry import preview_rows, usage_of

from .worlds import NOVEMBER

pytestmark = pytest.mark.django_db


def with_base_rate(amount: str):
    """The rules in force with another monthly rate."""
    rules = rules_for_month(NOVEMBER.first_day)
    changed = dataclasses.replace(rules.allowance, base_rate=Decimal(amount))
    return dataclasses.replace(rules, parts=dataclasses.replace(rules.parts, allowance=changed))


@pytest.mark.clause("C0.3", "C13.1")
def test_a_settled_month_stands_beside_what_the_draft_would_give(world):
    world.submitted()
    rows = preview_rows(with_base_rate("650"), NOVEMBER.first_day)
    assert [(row.month, row.college_code, row.settled_fen, row.recomputed_fen, row.change_fen) for row in rows] == [
        (NOVEMBER.first_day, world.college.code, 60000, 65000, 5000)
    ]
    assert MonthSheet.objects.get().total_fen == 60000
    assert reconcile().mismatches == ()


def test_drafts_of_sheets_are_not_previewed(world):
    world.settled()
    assert list(preview_months(with_base_rate("650"), NOVEMBER.first_day)) == []


def test_months_before_the_asked_one_are_left_out(world):
    world.submitted()
    assert list(preview_months(with_base_rate("650"), NOVEMBER.following.first_day)) == []


def test_the_same_rules_give_the_same_month(world):
    world.submitted()
    rows = list(preview_months(with_base_rate("600"), NOVEMBER.first_day))
    assert [row.change_fen for row in rows] == [0]


def test_a_version_with_submitted_sheets_counts_as_used(world):
    version = rules_for_month(NOVEMBER.first_day).version_id
    world.settled()
    assert use_of(version) == 0
    sheet = world.confirmed()
    from allowance.services import workflow

    workflow.submit(sheet, actor=world.admin)
    assert (use_of(version), usage_of(version)) == (1, 1)
