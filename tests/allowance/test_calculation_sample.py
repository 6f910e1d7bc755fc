"""Three months of the sample roster give what the college worked out beforehand, to the 分."""

import json
from decimal import Decimal

import pytest

from allowance.calculation import split_sheet, to_yuan
from tests.allowance.given import RULES, SAMPLES, Sample

EXPECTED = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def sample() -> Sample:
    return Sample()


@pytest.mark.clause("C10.1a", "C10.1d", "A-19", "A-14")
@pytest.mark.parametrize("month", sorted(EXPECTED))
def test_sample_month_gives_the_expected_lines_and_shares(sample: Sample, month: str) -> None:
    paid = [line for line in sample.lines(month) if line.amount_fen]

    for college, wanted in EXPECTED[month].items():
        own = [line for line in paid if line.college == college]
        found = sorted((line.teacher_key, line.kind.label, to_yuan(line.amount_fen)) for line in own)
        assert found == sorted((key, kind, Decimal(amount)) for key, kind, amount in wanted["lines"])
        sheet = split_sheet([line.amount_fen for line in own], RULES)
        assert (to_yuan(sheet.total_fen), to_yuan(sheet.school_fen), to_yuan(sheet.college_fen)) == tuple(
            Decimal(wanted[name]) for name in ("total", "school", "college")
        )
    assert {line.college for line in paid} <= set(EXPECTED[month])
