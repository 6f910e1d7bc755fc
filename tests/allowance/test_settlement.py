"""Settling a month from the database: the sample college to the 分, twice the same, frozen afterwards."""

from decimal import Decimal

import pytest

from allowance.calculation import Month
from allowance.models import MonthSheet, SheetLine
from allowance.services.reconciliation import reconcile
from allowance.services.settlement import settle_month

pytestmark = pytest.mark.django_db


def lines_of(month: str) -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = {}
    for line in SheetLine.objects.filter(sheet__month=f"{month}-01").select_related("sheet__college"):
        amount = Decimal(line.amount_fen) / 100
        found.setdefault(line.sheet.college.code, []).append([line.staff_no, line.kind, f"{amount.normalize():f}"])
    return found


@pytest.mark.clause("C10.1a", "C10.1d", "C10.2.1b", "C10.2.1c", "C10.2.1d")
@pytest.mark.parametrize("month", ["2023-10", "2024-02", "2024-07"])
def test_the_sample_college_settles_to_the_fen(sample, month):
    settle_month(Month.parse(month), actor=None)

    expected = sample[month]
    assert lines_of(month) == {code: sheet["lines"] for code, sheet in expected.items()}
    for sheet in MonthSheet.objects.filter(month=f"{month}-01").select_related("college"):
        wanted = expected[sheet.college.code]
        assert f"{Decimal(sheet.total_fen) / 100:.2f}" == wanted["total"]
        assert f"{Decimal(sheet.school_fen) / 100:.2f}" == wanted["school"]
        assert f"{Decimal(sheet.college_fen) / 100:.2f}" == wanted["college"]


def test_settling_twice_gives_the_same_rows(sample):
    settle_month(Month.parse("2024-02"), actor=None)
    before = list(SheetLine.objects.values_list("pk", "amount_fen"))

    again = settle_month(Month.parse("2024-02"), actor=None)

    assert [settled.changed for settled in again] == [False, False, False, False]
    assert list(SheetLine.objects.values_list("pk", "amount_fen")) == before


def test_nothing_is_reconciled_while_all_sheets_are_drafts(sample):
    settle_month(Month.parse("2024-02"), actor=None)
    assert reconcile().lines == 0
