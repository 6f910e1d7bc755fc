"""The one obvious next step of a sheet for the person who looks at it, and what else they may do."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from allowance import policies
from allowance.models import MonthSheet, SheetState
from allowance.services.workflow import next_step
from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.policy import ALLOW, Decision

from .base import COLLEGE


@dataclass(frozen=True, slots=True)
class Step:
    """A button, or the reason why it is off."""

    label: str
    url: str
    icon_name: str
    decision: Decision = ALLOW
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class NextSteps:
    """`sentence` says where the sheet is and who acts; the first step is the main one."""

    sentence: str
    steps: tuple[Step, ...] = ()


def steps_of(user: User, sheet: MonthSheet, open_warnings: int) -> NextSteps:
    own = sheet.college_id in user.access.colleges(*COLLEGE)
    office = user.access.has(Role.OFFICE)
    state = SheetState(sheet.state)
    if state is SheetState.DRAFT:
        return _draft(user, sheet, own, office, open_warnings)
    if state is SheetState.SUBMITTED:
        return _submitted(user, sheet, office)
    if state is SheetState.REVIEWED:
        return _reviewed(user, sheet, office)
    return _handed_over(user, sheet, office)


def _to(name: str, sheet: MonthSheet) -> str:
    return reverse(f"allowance:{name}", args=[sheet.pk])


def _draft(user: User, sheet: MonthSheet, own: bool, office: bool, open_warnings: int) -> NextSteps:
    decisions = next_step(user, sheet)
    settle = Step(
        "重新结算" if sheet.computed_at else "结算", _to("sheet_settle", sheet), "calculator", decisions["settle"]
    )
    submit = Step("提交", _to("sheet_submit", sheet), "send", decisions["submit"], "primary")
    detect = Step("核对历史变更", _to("sheet_detect", sheet), "clock-history", decisions["settle"])
    if not own:
        return NextSteps("草稿，等待学院核对并提交。", (settle,) if office else ())
    if open_warnings:
        first = Step(f"处理 {open_warnings} 项提示", "#warnings", "list-check", tone="primary")
        rest = (Step("提交", submit.url, "send", decisions["submit"]), settle, detect)
        return NextSteps("下一步：逐项核对提示，能改正的改正，其余写明理由确认；然后提交。", (first, *rest))
    return NextSteps("提示已全部处理。下一步：提交给继续教育学院审核。", (submit, settle, detect))


def _submitted(user: User, sheet: MonthSheet, office: bool) -> NextSteps:
    if not office:
        return NextSteps("已提交，等待继续教育学院审核；内容已冻结。")
    decisions = next_step(user, sheet)
    return NextSteps(
        "下一步：核对提示与金额，审核通过，或写明原因退回。",
        (
            Step("审核通过", _to("sheet_review", sheet), "check-lg", decisions["review"], "primary"),
            Step("退回", _to("sheet_return", sheet), "arrow-counterclockwise", decisions["return"]),
        ),
    )


def _reviewed(user: User, sheet: MonthSheet, office: bool) -> NextSteps:
    if not office:
        return NextSteps("已审核，等待送人事部门。")
    reopen = Step("重新打开", _to("sheet_reopen", sheet), "arrow-counterclockwise", next_step(user, sheet)["reopen"])
    if sheet.bundle:
        bundle = Step(
            f"批次 {sheet.bundle}", reverse("allowance:bundle", args=[sheet.bundle_id]), "archive", tone="primary"
        )
        return NextSteps(f"已审核，在批次 {sheet.bundle} 中，等待送人事。", (bundle, reopen))
    url = f"{reverse('allowance:bundle_create')}?month={sheet.month:%Y-%m}"
    return NextSteps(
        "已审核。下一步：编入批次，送人事部门。",
        (Step("编入批次", url, "archive", policies.can_bundle(user), "primary"), reopen),
    )


def _handed_over(user: User, sheet: MonthSheet, office: bool) -> NextSteps:
    bundle = sheet.bundle
    assert bundle is not None
    steps: tuple[Step, ...] = ()
    if office or user.access.has(Role.HR):
        steps = (Step(f"批次 {bundle}", reverse("allowance:bundle", args=[bundle.pk]), "archive"),)
    if sheet.state == SheetState.RECEIVED:
        return NextSteps("人事部门已接收。需要更正时，在以后的月份补发或扣回。", steps)
    return NextSteps("已送人事部门，内容不再改变；更正在以后的月份补发或扣回。", steps)
