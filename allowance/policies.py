"""Who may do what with a sheet now, with the reason in Chinese.

Nobody approves what they made, submitted or are paid by: maker and submitter do not review, whoever handed over does
not confirm receipt.
"""

from __future__ import annotations

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.regulation.school_calendar import payable
from gaobo_banzhuren.web.policy import ALLOW, Decision, deny

from .models import Adjustment, AdjustmentState, Bundle, BundleState, MonthSheet, SheetState

ALLOWED_MOVES: dict[SheetState, tuple[SheetState, ...]] = {
    SheetState.DRAFT: (SheetState.SUBMITTED,),
    SheetState.SUBMITTED: (SheetState.DRAFT, SheetState.REVIEWED),
    SheetState.REVIEWED: (SheetState.DRAFT, SheetState.HANDED_OVER),
    SheetState.HANDED_OVER: (SheetState.RECEIVED,),
    SheetState.RECEIVED: (),
}
"""第十条一: 草稿 → 已提交 → (退回 → 草稿) → 已审核 → 已送人事 → 已接收; a reviewed sheet may be reopened before hand-over."""


def holds_college(user: User, college_id: int, *roles: Role) -> bool:
    return college_id in user.access.colleges(*roles)


def can_settle(user: User, college: College) -> Decision:
    if user.access.has(Role.OFFICE) or holds_college(user, college.pk, Role.COLLEGE_ADMIN):
        return ALLOW
    return deny("只有本学院管理员或继续教育学院可以结算津贴")


def can_edit_draft(user: User, sheet: MonthSheet) -> Decision:
    if sheet.state != SheetState.DRAFT:
        return deny(f"月表{sheet.get_state_display()}，内容已冻结；须先退回才能修改")
    return can_settle(user, sheet.college)


def can_submit(user: User, sheet: MonthSheet) -> Decision:
    if sheet.state != SheetState.DRAFT:
        return deny(f"月表{sheet.get_state_display()}，不能重复提交")
    if not holds_college(user, sheet.college_id, Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD):
        return deny("只有本学院的管理员或负责人可以提交")
    if sheet.computed_at is None:
        return deny("月表尚未结算，请先点「结算」")
    if is_paid_by(user, sheet):
        return deny("本表含您本人的津贴，须由学院的其他管理员或负责人提交")
    open_count = sheet.warnings.filter(confirmed_at__isnull=True).count()
    if open_count:
        return deny(f"还有 {open_count} 项提示未处理：逐项处理，或写明理由确认")
    return ALLOW


def is_paid_by(user: User, sheet: MonthSheet) -> bool:
    """Whether the sheet holds a line of the person."""
    return sheet.lines.filter(teacher__user=user).exists()


def _office_decides(user: User, sheet: MonthSheet) -> Decision:
    if not user.access.has(Role.OFFICE):
        return deny("由继续教育学院办理")
    if user.pk in (sheet.submitted_by_id, sheet.computed_by_id):
        return deny("制表人和提交人不能审核同一张月表")
    if is_paid_by(user, sheet):
        return deny("本表含您本人的津贴，须由其他审核人办理")
    return ALLOW


def can_review(user: User, sheet: MonthSheet) -> Decision:
    if sheet.state != SheetState.SUBMITTED:
        return deny(f"月表{sheet.get_state_display()}，只有已提交的月表可以审核")
    return _office_decides(user, sheet)


def can_return(user: User, sheet: MonthSheet) -> Decision:
    if sheet.state != SheetState.SUBMITTED:
        return deny(f"月表{sheet.get_state_display()}，只有已提交的月表可以退回")
    return _office_decides(user, sheet)


def can_reopen(user: User, sheet: MonthSheet) -> Decision:
    if sheet.state != SheetState.REVIEWED:
        return deny(f"月表{sheet.get_state_display()}，只有已审核、尚未送人事的月表可以重新打开")
    if sheet.bundle_id:
        return deny(f"月表在批次 {sheet.bundle} 中，请先从批次移出")
    return _office_decides(user, sheet)


def can_bundle(user: User) -> Decision:
    return ALLOW if user.access.has(Role.OFFICE) else deny("由继续教育学院整理批次")


def can_change_bundle(user: User, bundle: Bundle) -> Decision:
    if bundle.state != BundleState.OPEN:
        return deny(f"批次{bundle.get_state_display()}，不能再改动")
    return can_bundle(user)


def can_hand_over(user: User, bundle: Bundle) -> Decision:
    decision = can_change_bundle(user, bundle)
    if not decision:
        return decision
    sheets = list(bundle.sheets.all())
    if not sheets:
        return deny("批次里还没有月表")
    unconfirmed = sorted({sheet.month for sheet in sheets if not payable(sheet.month).confirmed})
    if unconfirmed:
        months = "、".join(f"{month:%Y-%m}" for month in unconfirmed)
        return deny(f"{months} 所在学年的发放月份尚未确认，请先在「制度与校历」确认")
    return ALLOW


def can_receive(user: User, bundle: Bundle) -> Decision:
    if bundle.state != BundleState.HANDED_OVER:
        return deny(f"批次{bundle.get_state_display()}，只有已送人事的批次可以确认接收")
    if not user.access.has(Role.HR):
        return deny("由人事部门确认接收")
    if user.pk == bundle.handed_over_by_id:
        return deny("送交人不能确认接收自己送交的批次")
    return ALLOW


def can_propose_adjustment(user: User, college: College) -> Decision:
    if user.access.has(Role.OFFICE) or holds_college(user, college.pk, Role.COLLEGE_ADMIN):
        return ALLOW
    return deny("由本学院管理员或继续教育学院提出补发、扣回")


def can_decide_adjustment(user: User, adjustment: Adjustment) -> Decision:
    if adjustment.state != AdjustmentState.PROPOSED:
        return deny(f"该项{adjustment.get_state_display()}，不能再审批")
    if not user.access.has(Role.OFFICE):
        return deny("由继续教育学院审批")
    if user.pk == adjustment.proposed_by_id:
        return deny("提出人不能审批自己提出的补发、扣回")
    if adjustment.teacher.user_id == user.pk:
        return deny("不能审批本人的补发、扣回")
    return ALLOW
