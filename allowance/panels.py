"""What the start page says about the allowance, by hat."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.home import Action, Panel, PanelItem, register_panel
from gaobo_banzhuren.web.templatetags.gaobo import yuan

from .calculation import Month
from .models import Adjustment, AdjustmentState, Bundle, BundleState, MonthSheet, SheetState
from .my_months import my_months
from .overview import late_colleges
from .own_months import OwnMonth, college_months
from .services.headcounts import questions_for

SHOWN = 5
COLLEGE = (Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD)


def college_panel(user: User) -> Panel:
    """Returned sheets with their reason first, then what is to be submitted and to be settled."""
    due = [row for row in college_months(user) if row.is_due and row.opens and not row.is_old]
    due.sort(key=lambda row: row.urgency)
    items = [_own_item(row) for row in due[:SHOWN]]
    if len(due) > SHOWN:
        items.append(PanelItem("其余未办结的月份", len(due) - SHOWN, reverse("allowance:months")))
    found = Adjustment.objects.filter(
        college__in=user.access.colleges(*COLLEGE), state=AdjustmentState.DETECTED
    ).count()
    if found:
        url = f"{reverse('allowance:adjustments')}?state={AdjustmentState.DETECTED}"
        items.append(PanelItem("历史变更待补发或扣回", found, url, "warning"))
    action = Action(f"{due[0].action_label} {due[0].month:%Y-%m}", due[0].url, "cash-coin") if due else None
    return Panel("津贴月表", items, "各月津贴都已提交。", action, "cash-coin", "二级学院")


def _own_item(row: OwnMonth) -> PanelItem:
    note = f"退回原因：{row.returned}" if row.returned else row.missing
    tone = "danger" if row.returned else "warning" if row.open_warnings else "neutral"
    number = yuan(row.sheet.total_fen) if row.sheet and row.sheet.computed_at else None
    return PanelItem(f"{row.month:%Y-%m} {row.college}", number, row.url, tone, note[:120])


def office_panel(user: User) -> Panel:
    """To review, to decide, to bundle; who has not submitted the newest month."""
    waiting = list(
        MonthSheet.objects.filter(state=SheetState.SUBMITTED)
        .select_related("college")
        .order_by("month", "college__code")
    )
    items = [
        PanelItem(f"审核 {sheet.month:%Y-%m} {sheet.college}", yuan(sheet.total_fen), _sheet(sheet), "progress")
        for sheet in waiting[:SHOWN]
    ]
    if len(waiting) > SHOWN:
        items.append(PanelItem("其余待审核的月表", len(waiting) - SHOWN, reverse("allowance:months")))
    proposed = Adjustment.objects.filter(state=AdjustmentState.PROPOSED).count()
    if proposed:
        url = f"{reverse('allowance:adjustments')}?state={AdjustmentState.PROPOSED}"
        items.append(PanelItem("补发、扣回待审批", proposed, url, "progress"))
    free = MonthSheet.objects.filter(state=SheetState.REVIEWED, bundle__isnull=True).count()
    if free:
        items.append(PanelItem("已审核，可编入批次", free, reverse("allowance:bundle_create"), "info"))
    late = _late()
    if late:
        items.append(late)
    action = Action("审核津贴月表", _sheet(waiting[0]), "shield-check") if waiting else None
    return Panel("津贴汇总", items, "没有待审核的月表。", action, "cash-coin", "继续教育学院")


def _late() -> PanelItem | None:
    newest = MonthSheet.objects.order_by("-month").values_list("month", flat=True).first()
    if newest is None:
        return None
    month = Month.of(newest)
    late = late_colleges(month)
    if not late:
        return None
    names = "、".join(college.name for college in late[:3]) + ("等" if len(late) > 3 else "")
    return PanelItem(
        f"{month} 未提交的学院", len(late), reverse("allowance:month", args=[str(month)]), "warning", names
    )


def _sheet(sheet: MonthSheet) -> str:
    return reverse("allowance:sheet", args=[sheet.pk])


def hr_panel(user: User) -> Panel:
    """Bundles that wait for the receipt."""
    waiting = list(Bundle.objects.filter(state=BundleState.HANDED_OVER).order_by("handed_over_at"))
    items = [
        PanelItem(
            f"批次 {bundle}", f"{timezone.localtime(bundle.handed_over_at):%m-%d}" if bundle.handed_over_at else None,
            reverse("allowance:bundle", args=[bundle.pk]), "progress", "下载核对后确认接收",
        )
        for bundle in waiting[:SHOWN]
    ]  # fmt: skip
    action = (
        Action(f"接收 {waiting[0]}", reverse("allowance:bundle", args=[waiting[0].pk]), "inbox") if waiting else None
    )
    return Panel("津贴批次", items, "没有等待接收的批次。", action, "archive", "人事")


def teacher_panel(user: User) -> Panel:
    """Headcounts to confirm first, then the newest month."""
    waiting = [question for question in questions_for(user) if question.open and question.answer is None]
    items = [
        PanelItem(
            f"确认 {question.snapshot.class_name} 人数", f"{question.snapshot.headcount} 人",
            reverse("allowance:headcounts"), "warning", f"{question.snapshot.sheet.month:%Y-%m} 津贴按此计算",
        )
        for question in waiting[:SHOWN]
    ]  # fmt: skip
    years = my_months(user)
    if years:
        newest = years[0].months[0]
        note = newest.state
        if newest.comparison and newest.comparison.difference_fen:
            note = f"{note}；{newest.comparison.text}"
        items.append(
            PanelItem(
                f"{newest.month:%Y-%m} 津贴", yuan(newest.amount_fen), reverse("allowance:mine"), "info", note[:120]
            )
        )
    action = Action("确认人数", reverse("allowance:headcounts"), "check2-square") if waiting else None
    return Panel("我的津贴", items, "学院提交月表后显示在这里。", action, "wallet2", "班主任")


def register() -> None:
    register_panel(COLLEGE, 40, college_panel)
    register_panel((Role.OFFICE,), 40, office_panel)
    register_panel((Role.HR,), 40, hr_panel)
    register_panel((Role.CLASS_TEACHER,), 40, teacher_panel)
