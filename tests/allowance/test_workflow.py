"""The way of a sheet: 草稿 → 已提交 → (退回 → 草稿) → 已审核 → 已送人事 → 已接收, by different people (第十条一)."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from allowance import policies
from allowance.models import Bundle, BundleState, MonthSheet, SheetLine, SheetState, SheetVersion
from allowance.services import bundles, workflow
from allowance.services.checks import confirm_warnings
from allowance.services.reconciliation import reconcile
from allowance.services.settlement import settle_month
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.audit.models import AuditEntry
from gaobo_banzhuren.web.errors import NotAllowed, StaleError, UserError
from teachers.models import RosterEntry
from tests.factories import CollegeFactory, college_admin, with_role
from tests.teachers.given import enrolled

from .worlds import NOVEMBER

pytestmark = pytest.mark.django_db


@pytest.mark.clause("C10.1a", "C10.1b", "C10.1c")
def test_a_sheet_walks_from_draft_to_receipt_and_every_step_is_on_record(world):
    bundle = bundles.receive(world.handed_over(), actor=world.hr, note="已入账")

    sheet = world.sheet()
    assert sheet.state == SheetState.RECEIVED
    assert bundle.state == BundleState.RECEIVED
    assert [(event.action, event.by_name) for event in sheet.events.all()] == [
        ("结算", world.admin.name),
        ("提交", world.admin.name),
        ("审核", world.office.name),
        ("送人事", world.office.name),
        ("接收", world.hr.name),
    ]
    actions = list(AuditEntry.objects.order_by("sequence").values_list("action", flat=True))
    assert [action for action in actions if action.startswith("allowance.")] == [
        "allowance.settle", "allowance.confirm_warning", "allowance.submit", "allowance.review",
        "allowance.bundle_create", "allowance.hand_over", "allowance.bundle_hand_over", "allowance.receive",
        "allowance.bundle_receive",
    ]  # fmt: skip
    assert (reconcile().lines, reconcile().mismatches) == (1, ())


def test_a_returned_sheet_is_a_draft_again_with_the_reason_and_the_submitted_version_is_kept(world):
    sheet = workflow.return_to_college(world.submitted(), actor=world.office, reason="请核对 11 月名单")

    assert (sheet.state, sheet.version) == (SheetState.DRAFT, 2)
    kept = SheetVersion.objects.get(sheet=sheet)
    assert (kept.version, kept.reason) == (1, "请核对 11 月名单")
    assert kept.payload["head"]["total_fen"] == 60000
    assert len(kept.payload["headcounts"][0]["roster"].splitlines()) == 62
    workflow.submit(sheet, actor=world.head)
    assert world.sheet().state == SheetState.SUBMITTED


def test_a_reviewed_sheet_can_be_reopened_before_hand_over_with_a_reason(world):
    sheet = world.reviewed()
    with pytest.raises(UserError, match="请写明原因"):
        workflow.reopen(sheet, actor=world.office, reason=" ")
    sheet = workflow.reopen(sheet, actor=world.office, reason="漏了一个班")
    assert (sheet.state, sheet.version) == (SheetState.DRAFT, 2)


@pytest.mark.clause("C10.1c")
def test_nothing_leads_back_after_hand_over(world):
    world.handed_over()
    sheet = world.sheet()
    for attempt in (
        lambda: workflow.return_to_college(sheet, actor=world.office, reason="x"),
        lambda: workflow.reopen(sheet, actor=world.office, reason="x"),
        lambda: workflow.submit(sheet, actor=world.admin),
        lambda: settle_month(NOVEMBER, actor=world.admin, college=world.college),
    ):
        with pytest.raises(UserError):
            attempt()
    assert world.sheet().state == SheetState.HANDED_OVER


def test_every_move_outside_the_map_is_refused():
    allowed = {(old, new) for old, many in policies.ALLOWED_MOVES.items() for new in many}
    assert allowed == {
        ("draft", "submitted"), ("submitted", "draft"), ("submitted", "reviewed"), ("reviewed", "draft"),
        ("reviewed", "handed_over"), ("handed_over", "received"),
    }  # fmt: skip


class TestDifferentPeople:
    def test_the_submitter_does_not_review_the_sheet(self, world):
        both = with_role(world.admin, Role.OFFICE)
        with pytest.raises(NotAllowed, match="制表人和提交人不能审核"):
            workflow.review(world.submitted(), actor=both)
        assert world.sheet().state == SheetState.SUBMITTED

    def test_nobody_submits_a_sheet_with_the_own_pay(self, world):

        teacher = world.school_class.appointments.get().teacher.user
        with_role(teacher, Role.COLLEGE_ADMIN, world.college)
        with pytest.raises(NotAllowed, match="本人的津贴"):
            workflow.submit(world.confirmed(), actor=teacher)

    def test_nobody_reviews_a_sheet_with_the_own_pay(self, world):

        teacher = with_role(world.school_class.appointments.get().teacher.user, Role.OFFICE)
        with pytest.raises(NotAllowed, match="本人的津贴"):
            workflow.review(world.submitted(), actor=teacher)

    def test_whoever_handed_over_does_not_receive(self, world):

        with_role(world.office, Role.HR)
        with pytest.raises(NotAllowed, match="送交人不能"):
            bundles.receive(world.handed_over(), actor=world.office)

    @pytest.mark.parametrize("who", ["admin", "head", "hr"])
    def test_only_the_office_reviews(self, world, who):
        with pytest.raises(NotAllowed):
            workflow.review(world.submitted(), actor=getattr(world, who))

    def test_another_college_cannot_submit(self, world):
        with pytest.raises(NotAllowed):
            workflow.submit(world.confirmed(), actor=college_admin(CollegeFactory()))

    @pytest.mark.parametrize("who", ["admin", "head", "office"])
    def test_only_hr_receives(self, world, who):
        with pytest.raises(NotAllowed):
            bundles.receive(world.handed_over(), actor=getattr(world, who))


class TestBeforeSubmission:
    def test_an_open_warning_blocks_submission(self, world):
        with pytest.raises(NotAllowed, match="项提示未处理"):
            workflow.submit(world.settled(), actor=world.admin)

    def test_a_warning_is_confirmed_only_with_a_reason(self, world):
        sheet = world.settled()
        with pytest.raises(UserError, match="请写明确认的理由"):
            confirm_warnings(sheet, list(sheet.warnings.all()), actor=world.admin, reason="  ")

    def test_a_reason_that_goes_to_hr_names_no_student_of_the_classes(self, world):
        sheet = world.settled()
        name = RosterEntry.objects.filter(school_class=world.school_class).first().student.name
        with pytest.raises(UserError, match=f"学生的姓名（{name}）.*不写姓名"):
            confirm_warnings(sheet, list(sheet.warnings.all()), actor=world.admin, reason=f"{name}已退学，已核对")
        assert not sheet.warnings.exclude(reason="").exists()

    def test_a_reason_may_name_whoever_the_sheet_pays(self, world):
        sheet = world.settled()
        reason = f"{sheet.lines.first().name}本月休假三天，已核对"
        assert confirm_warnings(sheet, list(sheet.warnings.all()), actor=world.admin, reason=reason)

    def test_returning_and_reviewing_name_no_student_either(self, world):
        sheet = world.submitted()
        name = RosterEntry.objects.filter(school_class=world.school_class).first().student.name
        with pytest.raises(UserError, match="不写姓名"):
            workflow.return_to_college(sheet, actor=world.office, reason=f"{name}应计入")
        with pytest.raises(UserError, match="不写姓名"):
            workflow.review(sheet, actor=world.office, note=f"{name}已核对")
        assert world.sheet().state == SheetState.SUBMITTED

    def test_a_draft_made_stale_by_the_roster_cannot_be_submitted(self, world):
        sheet = world.confirmed()
        RosterEntry.objects.filter(school_class=world.school_class)[:1].get().delete()
        with pytest.raises(StaleError, match="重新结算"):
            workflow.submit(sheet, actor=world.admin)
        assert world.sheet().state == SheetState.DRAFT

    def test_submitting_twice_leaves_one_entry(self, world):
        sheet = world.submitted()
        with pytest.raises(UserError):
            workflow.submit(sheet, actor=world.admin)
        assert AuditEntry.objects.filter(action="allowance.submit").count() == 1

    def test_a_confirmation_survives_settling_again_while_the_finding_is_the_same(self, world):
        world.confirmed()
        sheet = world.settled()
        assert sheet.warnings.filter(confirmed_at__isnull=True).count() == 0

    def test_a_confirmation_falls_when_the_finding_changes(self, world):
        world.confirmed()
        enrolled(world.school_class, 1)
        sheet = world.settled()
        assert sheet.warnings.filter(confirmed_at__isnull=True).exists()


class TestClosedIsClosed:
    """Trap 11, G3, G4: neither services nor raw updates change a sheet past the draft state."""

    @pytest.mark.parametrize(
        "attempt",
        [
            lambda sheet: SheetLine.objects.filter(sheet=sheet).update(amount_fen=1),
            lambda sheet: SheetLine.objects.filter(sheet=sheet).delete(),
            lambda sheet: sheet.headcounts.update(headcount=1),
            lambda sheet: MonthSheet.objects.filter(pk=sheet.pk).update(total_fen=2, school_fen=1, college_fen=1),
            lambda sheet: MonthSheet.objects.filter(pk=sheet.pk).update(rules={}),
            lambda sheet: MonthSheet.objects.filter(pk=sheet.pk).delete(),
        ],
    )
    def test_raw_writes_are_refused_by_the_database(self, world, attempt):
        sheet = world.submitted()
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt(sheet)
        assert world.sheet().lines.get().amount_fen == 60000

    @pytest.mark.parametrize("state", ["draft", "submitted", "reviewed"])
    def test_a_handed_over_sheet_never_goes_back(self, world, state):
        world.handed_over()
        with pytest.raises(DatabaseError), transaction.atomic():
            MonthSheet.objects.filter(pk=world.sheet().pk).update(state=state)

    def test_later_roster_changes_leave_a_submitted_sheet_alone(self, world):
        world.submitted()
        RosterEntry.objects.filter(school_class=world.school_class).delete()
        settle_month(NOVEMBER, actor=world.office)
        assert world.sheet().total_fen == 60000


class TestBundles:
    def test_a_sheet_is_in_one_bundle_only(self, world):
        sheet = world.reviewed()
        bundles.create_bundle([sheet], actor=world.office)
        with pytest.raises(StaleError, match="已在其他批次"):
            bundles.create_bundle([sheet], actor=world.second_office)
        assert Bundle.objects.count() == 1

    def test_only_reviewed_sheets_are_bundled(self, world):
        with pytest.raises(StaleError):
            bundles.create_bundle([world.submitted()], actor=world.office)
        assert Bundle.objects.count() == 0

    @pytest.mark.clause("A-04")
    def test_nothing_goes_to_hr_before_the_payable_months_are_confirmed(self, world):
        bundle = bundles.create_bundle([world.reviewed()], actor=world.office)
        with pytest.raises(NotAllowed, match="发放月份尚未确认"):
            bundles.hand_over(bundle, actor=world.office)
        assert world.sheet().state == SheetState.REVIEWED

    def test_handing_over_twice_happens_once(self, world):
        bundle = world.handed_over()
        with pytest.raises(NotAllowed):
            bundles.hand_over(bundle, actor=world.second_office)
        assert AuditEntry.objects.filter(action="allowance.bundle_hand_over").count() == 1
