"""补发 and 扣回: later facts leave a handed-over month alone and show in the open month what they would make (A-22)."""

from __future__ import annotations

import pytest
from django.db import transaction

from allowance.models import Adjustment, AdjustmentState, LineKind, MonthSheet, SheetLine
from allowance.services import adjustments
from allowance.services.reconciliation import reconcile
from allowance.services.settlement import settle_month
from gaobo_banzhuren.audit.services import record
from gaobo_banzhuren.web.errors import NotAllowed, StaleError, UserError
from teachers.models import Appointment, RosterEntry
from tests.factories import CollegeFactory, college_admin
from tests.teachers.given import appointed, day, teacher_of

from .worlds import DECEMBER, NOVEMBER

pytestmark = pytest.mark.django_db


def change_facts(world, change) -> None:
    """A change as the services of chapter 1 make it: with its audit entry."""
    with transaction.atomic():
        change()
        record(world.admin, "teachers.roster_change", world.school_class, college=world.college)


def lose_three_students(world) -> None:
    """62 students become 59 on 1 November: 600 becomes 480."""
    entries = RosterEntry.objects.filter(school_class=world.school_class)[:3]
    for entry in entries:
        entry.ends_on = day("2023-10-31")
        entry.save(update_fields=["ends_on"])


@pytest.fixture
def closed(world):
    """November handed over with 600.00, then found to have had 59 students."""
    world.handed_over()
    change_facts(world, lambda: lose_three_students(world))
    return world


def detected(world) -> Adjustment:
    adjustments.detect_differences(world.college)
    return Adjustment.objects.get(state=AdjustmentState.DETECTED)


@pytest.mark.clause("A-22")
def test_a_later_change_leaves_the_closed_month_and_proposes_the_difference(closed):
    found = detected(closed)

    assert closed.sheet().total_fen == 60000
    assert (found.origin_month, found.origin_kind) == (NOVEMBER.first_day, "在读")
    assert (found.settled_fen, found.recomputed_fen, found.amount_fen) == (60000, 48000, -12000)
    assert found.explanation["changes"]


def test_the_open_month_points_at_the_difference(closed):
    detected(closed)
    settle_month(DECEMBER, actor=closed.admin, college=closed.college)
    december = MonthSheet.objects.get(college=closed.college, month=DECEMBER.first_day)
    texts = [warning.text for warning in december.warnings.filter(code="adjustment_proposed")]
    assert texts == [
        f"{closed.teacher.name}（{closed.teacher.staff_no}）2023-11 在读：按现有资料应为 480.00 元，"
        "已发 600.00 元，差额 -120.00 元。"
    ]


@pytest.mark.clause("A-22")
def test_an_approved_difference_becomes_a_line_of_the_next_sheet_and_is_paid_once(closed):
    proposal = adjustments.adopt(detected(closed), actor=closed.admin, reason="3 人 10 月末已退学，名册补录")
    adjustments.decide(proposal, actor=closed.office, approve=True)

    settle_month(DECEMBER, actor=closed.admin, college=closed.college)
    settle_month(DECEMBER, actor=closed.admin, college=closed.college)

    lines = SheetLine.objects.filter(sheet__month=DECEMBER.first_day).order_by("sequence")
    assert [(line.kind, line.amount_fen) for line in lines] == [("在读", 48000), ("扣回", -12000)]
    line = lines[1]
    assert line.formula == "2023-11 在读：应发 480.00－已发 600.00"
    assert line.remark == "原月份 2023-11；3 人 10 月末已退学，名册补录"
    sheet = MonthSheet.objects.get(college=closed.college, month=DECEMBER.first_day)
    assert (sheet.total_fen, sheet.school_fen, sheet.college_fen) == (36000, 18000, 18000)
    assert adjustments.detect_differences(closed.college) == 0


def test_the_difference_counts_earlier_adjustments(closed):
    proposal = adjustments.adopt(detected(closed), actor=closed.admin, reason="补录退学")
    adjustments.decide(proposal, actor=closed.office, approve=True)
    settle_month(DECEMBER, actor=closed.admin, college=closed.college)

    change_facts(closed, lambda: RosterEntry.objects.filter(ends_on__isnull=False).update(ends_on=None))

    again = detected(closed)
    assert (again.settled_fen, again.recomputed_fen, again.amount_fen) == (48000, 60000, 12000)


def test_an_appointment_corrected_afterwards_moves_the_pay_between_two_people(world):
    world.handed_over()
    other = teacher_of(world.college)

    def hand_over_mid_month() -> None:
        Appointment.objects.filter(teacher=world.teacher).update(
            ends_on=day("2023-11-15"), end_reason="工作需要", state="ended"
        )
        appointed(world.school_class, other, first="2023-11-16")

    change_facts(world, hand_over_mid_month)
    adjustments.detect_differences(world.college)
    found = {item.teacher: item.amount_fen for item in Adjustment.objects.all()}
    # 600 × 15/30 each
    assert found == {world.teacher: -30000, other: 30000}


def test_a_difference_that_vanishes_again_is_no_longer_proposed(closed):
    detected(closed)
    change_facts(closed, lambda: RosterEntry.objects.filter(ends_on__isnull=False).update(ends_on=None))
    assert adjustments.detect_differences(closed.college) == 0
    assert not Adjustment.objects.exists()


def test_adopting_needs_a_reason_and_the_own_college(closed):
    found = detected(closed)
    with pytest.raises(UserError, match="请写明补发或扣回的原因"):
        adjustments.adopt(found, actor=closed.admin, reason="")
    with pytest.raises(NotAllowed):
        adjustments.adopt(found, actor=college_admin(CollegeFactory()), reason="x")
    assert Adjustment.objects.get().state == AdjustmentState.DETECTED


def test_the_proposer_does_not_approve(closed):
    proposal = adjustments.adopt(detected(closed), actor=closed.office, reason="补录退学")
    with pytest.raises(NotAllowed, match="提出人不能审批"):
        adjustments.decide(proposal, actor=closed.office, approve=True)
    adjustments.decide(proposal, actor=closed.second_office, approve=True)


def test_only_the_office_approves_and_only_once(closed):
    proposal = adjustments.adopt(detected(closed), actor=closed.admin, reason="补录退学")
    with pytest.raises(NotAllowed):
        adjustments.decide(proposal, actor=closed.head, approve=True)
    stale = Adjustment.objects.get()
    adjustments.decide(proposal, actor=closed.office, approve=False, note="名册有误，请先核对")
    with pytest.raises(StaleError):
        adjustments.decide(stale, actor=closed.second_office, approve=True)
    assert Adjustment.objects.get().state == AdjustmentState.REJECTED


def test_an_unapproved_difference_is_not_paid(closed):
    adjustments.adopt(detected(closed), actor=closed.admin, reason="补录退学")
    settle_month(DECEMBER, actor=closed.admin, college=closed.college)
    lines = SheetLine.objects.filter(sheet__month=DECEMBER.first_day)
    assert [line.kind for line in lines] == ["在读"]


def test_an_amount_entered_by_hand_refers_to_a_handed_over_month(world):
    with pytest.raises(UserError, match="尚未送人事"):
        adjustments.propose(
            actor=world.admin, college=world.college, teacher=world.teacher, origin_month=NOVEMBER.first_day,
            kind=LineKind.TEACHING, amount_fen=100, reason="漏计",
        )  # fmt: skip
    world.handed_over()
    with pytest.raises(UserError, match="小于 0"):
        adjustments.propose(
            actor=world.admin, college=world.college, teacher=world.teacher, origin_month=NOVEMBER.first_day,
            kind=LineKind.TEACHING, amount_fen=-60001, reason="多计",
        )  # fmt: skip
    entered = adjustments.propose(
        actor=world.admin, college=world.college, teacher=world.teacher, origin_month=NOVEMBER.first_day,
        kind=LineKind.TEACHING, amount_fen=-60000, reason="多计",
    )  # fmt: skip
    assert (entered.settled_fen, entered.recomputed_fen, entered.computed) == (60000, 0, False)


def test_reconcile_is_clean_with_an_adjustment_in_a_closed_sheet(closed):
    proposal = adjustments.adopt(detected(closed), actor=closed.admin, reason="补录退学")
    adjustments.decide(proposal, actor=closed.office, approve=True)
    closed.month = DECEMBER
    closed.submitted()
    result = reconcile()
    assert (result.months, result.lines, result.mismatches) == (2, 3, ())
