"""续费率 and 收费率 by hand (5.5, 5.6, R09), and what the reading A-41 changes."""

from __future__ import annotations

from fractions import Fraction

import pytest

from duties.fee_figures import NOTHING, DueFact, Measure, Share, collection, first_payment, renewal

FULL = 680_000


def unpaid(**values: object) -> DueFact:
    return DueFact(FULL, **values)  # type: ignore[arg-type]


def paid(**values: object) -> DueFact:
    return DueFact(FULL, paid_fen=FULL, in_time_fen=FULL, **values)  # type: ignore[arg-type]


def r09() -> list[DueFact]:
    exempt = [DueFact(FULL, waived_fen=FULL, exempt=True) for _ in range(2)]
    return [*exempt, *(paid() for _ in range(44)), unpaid(deferred=True), *(unpaid() for _ in range(3))]


@pytest.mark.clause("A-41", "C9.5.5", "C4.2a")
def test_r09_fifty_on_the_roster_give_forty_four_of_forty_eight():
    share = renewal(r09())
    assert (share, share.rate, share.text) == (Share(44, 48), Fraction(11, 12), "91.67 %")


@pytest.mark.clause("A-41")
def test_a_deferral_counts_only_where_the_reading_says_so_or_once_it_is_paid():
    assert renewal(r09(), deferral_counts=True) == Share(45, 48)
    settled = [unpaid(deferred=True, paid_fen=FULL, in_time_fen=FULL)]
    assert renewal(settled) == Share(1, 1)


@pytest.mark.clause("A-41")
def test_by_amount_part_payments_count():
    rows = [paid(), unpaid(paid_fen=170_000, in_time_fen=170_000)]
    assert renewal(rows) == Share(1, 2)
    assert renewal(rows, measure=Measure.AMOUNT) == Share(850_000, 1_360_000)
    assert renewal([paid(), unpaid(deferred=True)], measure=Measure.AMOUNT, deferral_counts=True).rate == 1


def test_paid_after_the_deadline_is_not_in_time_but_collected():
    late = [DueFact(FULL, paid_fen=FULL)]
    assert (renewal(late), collection(late)) == (Share(0, 1), Share(FULL, FULL))


def test_the_first_period_of_an_intake_is_shown_apart():
    rows = [paid(first_period=True), unpaid(first_period=True), paid()]
    assert (renewal(rows), first_payment(rows)) == (Share(1, 1), Share(1, 2))


def test_who_was_gone_before_the_period_is_not_due_who_left_later_is():
    assert renewal([paid(), unpaid(on_roster=False)]) == Share(1, 1)
    assert renewal([paid(), unpaid()]) == Share(1, 2)


@pytest.mark.clause("C4.2a")
def test_collection_takes_waivers_off_what_is_due():
    rows = [DueFact(FULL, paid_fen=340_000, waived_fen=340_000, in_time_fen=340_000), unpaid(paid_fen=170_000)]
    assert collection(rows) == Share(510_000, 1_020_000)
    assert collection(rows).text == "50.00 %"
    assert renewal(rows) == Share(1, 2)


def test_nothing_due_is_no_data_and_never_full():
    assert renewal([]) == NOTHING
    assert (NOTHING.rate, NOTHING.text) == (None, "无数据")
    assert collection([DueFact(FULL, waived_fen=FULL, exempt=True)]).text == "无数据"


def test_several_classes_are_pooled_by_their_counts():
    assert Share(9, 10) + Share(1, 2) == Share(10, 12)
