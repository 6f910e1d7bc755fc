"""An import that a closed month was paid by stays; one that no closed month used can be taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from allowance.calculation import Month
from allowance.models import MonthSheet
from allowance.services.dependencies import months_resting_on
from allowance.services.settlement import settle_month
from teachers.imports import batches
from teachers.models import ImportBatch
from teachers.services.imports.undoing import blockers

pytestmark = pytest.mark.django_db

SAMPLE = Path(__file__).parent.parent / "samples" / "roster.xlsx"


@pytest.fixture
def batch() -> ImportBatch:
    batches.run(SAMPLE.read_bytes(), "roster.xlsx", actor=None)
    return ImportBatch.objects.get()


def test_an_import_that_no_month_used_is_free(batch):
    assert months_resting_on(batch) == []


def test_drafts_do_not_hold_it(batch):
    settle_month(Month.parse("2024-02"), actor=None)
    assert months_resting_on(batch) == []


def test_closed_months_hold_it_and_are_named(batch):
    settle_month(Month.parse("2024-02"), actor=None)
    MonthSheet.objects.filter(college__code="C02").update(state="submitted")
    assert blockers(batch) == [
        "已提交的津贴月表用了这批数据：现代港航学院 2024-02；有误请逐条更正，差额会在未提交的月份提示"
    ]


@pytest.mark.parametrize("month", ["2023-10", "2024-02", "2024-07"])
def test_the_imported_sample_settles_to_the_fen(batch, month):
    """The whole road by its two services: workbook in, sheets out, as the college worked them out by hand."""
    import json
    from decimal import Decimal

    settle_month(Month.parse(month), actor=None)
    expected = json.loads((SAMPLE.parent / "expected.json").read_text())[month]
    for sheet in MonthSheet.objects.select_related("college"):
        wanted = expected[sheet.college.code]
        lines = [
            [line.staff_no, line.kind, f"{(Decimal(line.amount_fen) / 100).normalize():f}"]
            for line in sheet.lines.all()
        ]
        assert lines == wanted["lines"]
        amounts = (sheet.total_fen, sheet.school_fen, sheet.college_fen)
        assert [f"{Decimal(fen) / 100:.2f}" for fen in amounts] == [
            wanted["total"],
            wanted["school"],
            wanted["college"],
        ]
