"""What can be done with a sheet: settle, look at closed months, confirm findings, submit, return, review, reopen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from allowance import policies
from allowance.calculation import Month
from allowance.forms import ConfirmWarningsForm, SeenForm, SeenNoteForm, SeenReasonForm, seen_mark
from allowance.services import workflow
from allowance.services.adjustments import check_history
from allowance.services.checks import confirm_warnings
from allowance.services.settlement import settle_month
from gaobo_banzhuren.web.actions import ObjectActionPage, ObjectFormPage
from gaobo_banzhuren.web.errors import StaleError
from gaobo_banzhuren.web.policy import Decision
from gaobo_banzhuren.web.templatetags.gaobo import yuan

from .base import KEEPERS
from .sheets import SheetDetailPage


class SheetSettlePage(SheetDetailPage, ObjectActionPage):
    """Recompute the draft: the same service as the button of the month and the command."""

    roles = KEEPERS
    title = "重新结算"
    submit_label = "结算"
    template_name = "web/confirm.html"

    def get_decision(self) -> Decision:
        return policies.can_edit_draft(self.user, self.object)

    def get_consequences(self) -> Sequence[str]:
        return [
            "按现在的名册、聘任、请假和制度重新计算全部行，替换草稿中的原有各行。",
            "内容没有变化的提示保留已写的理由；有变化的需要重新确认。",
            "同时核对已送人事的月份：以后的资料变更使金额不同的，列为待补发或扣回。",
        ]

    def perform(self, form: Any) -> str:
        sheet = self.object
        (settled,) = settle_month(Month.of(sheet.month), actor=self.user, college=sheet.college)
        return f"已结算：{yuan(settled.sheet.total_fen)}，{settled.sheet.people} 人" + (
            "。" if settled.changed else "，与原来相同。"
        )


class DetectPage(SheetDetailPage, ObjectActionPage):
    """Look at closed months again, without touching them."""

    roles = KEEPERS
    title = "核对历史变更"
    submit_label = "核对"
    template_name = "web/confirm.html"

    def get_decision(self) -> Decision:
        return policies.can_edit_draft(self.user, self.object)

    def get_consequences(self) -> Sequence[str]:
        return [
            "用当时的制度和现在的资料重新计算已送人事的各月，只作比较，不改动任何已送的月表。",
            "有差额的列入「津贴更正」，由学院写明原因提出，继续教育学院审批后在本表或以后的月表补发、扣回。",
        ]

    def perform(self, form: Any) -> str:
        count = check_history(self.object.college, actor=self.user)
        return f"发现 {count} 项差额，见「津贴更正」。" if count else "已送人事的月份与现有资料一致，没有差额。"


class SeenActionPage(SheetDetailPage, ObjectActionPage):
    """An action bound to what the person has read: a sheet that has changed since is not decided about."""

    roles = KEEPERS
    template_name = "web/confirm.html"

    def get_initial(self) -> dict[str, Any]:
        return {"seen": seen_mark(self.object)}

    def perform(self, form: Any) -> str:
        if form.cleaned_data["seen"] != seen_mark(self.object):
            raise StaleError("您看到的月表之后又有变化，请返回月表重新核对")
        return self.act(form.cleaned_data.get("reason", ""))

    def act(self, reason: str) -> str:
        raise NotImplementedError

    def facts(self) -> str:
        sheet = self.object
        return f"{sheet.college} {sheet.month:%Y-%m}，{sheet.people} 人，合计 {yuan(sheet.total_fen)}"


class SubmitPage(SeenActionPage):
    title = "提交月表"
    submit_label = "提交"
    form_class = SeenForm

    def get_decision(self) -> Decision:
        return policies.can_submit(self.user, self.object)

    def get_consequences(self) -> Sequence[str]:
        return [
            f"提交 {self.facts()}。",
            "各行金额、基准人数和学生名单从此冻结；以后的名册变更不影响本表。",
            "由继续教育学院审核；需要修改时由其退回。",
        ]

    def act(self, reason: str) -> str:
        workflow.submit(self.object, actor=self.user)
        return "已提交，等待继续教育学院审核。"


class ReviewPage(SeenActionPage):
    title = "审核月表"
    submit_label = "审核通过"
    form_class = SeenNoteForm

    def get_decision(self) -> Decision:
        return policies.can_review(self.user, self.object)

    def get_consequences(self) -> Sequence[str]:
        warnings = self.object.warnings.count()
        return [
            f"审核通过 {self.facts()}。",
            f"学院已确认的 {warnings} 项提示及理由随表保留。" if warnings else "本表没有提示。",
            "通过后可编入批次送人事；送出之前仍可重新打开。",
        ]

    def act(self, reason: str) -> str:
        workflow.review(self.object, actor=self.user, note=reason)
        return "已审核。下一步：编入批次送人事。"


class ReturnPage(SeenActionPage):
    title = "退回月表"
    submit_label = "退回"
    submit_tone = "danger"
    form_class = SeenReasonForm

    def get_decision(self) -> Decision:
        return policies.can_return(self.user, self.object)

    def get_consequences(self) -> Sequence[str]:
        return [
            f"退回 {self.facts()}，月表回到草稿，版次加一。",
            "本版内容完整保留，重新提交后可逐行比较。",
            "学院会在首页和月表上看到退回原因。",
        ]

    def act(self, reason: str) -> str:
        workflow.return_to_college(self.object, actor=self.user, reason=reason)
        return "已退回学院。"


class ReopenPage(SeenActionPage):
    title = "重新打开月表"
    submit_label = "重新打开"
    submit_tone = "danger"
    form_class = SeenReasonForm

    def get_decision(self) -> Decision:
        return policies.can_reopen(self.user, self.object)

    def get_consequences(self) -> Sequence[str]:
        return [
            f"取消 {self.facts()} 的审核，月表回到草稿，版次加一。",
            "已审核的这一版完整保留，可逐行比较。",
        ]

    def act(self, reason: str) -> str:
        workflow.reopen(self.object, actor=self.user, reason=reason)
        return "已重新打开，学院可以修改后再提交。"


class ConfirmWarningsPage(SheetDetailPage, ObjectFormPage):
    """Confirm one or several findings with one reason; the sheet page posts here."""

    roles = KEEPERS
    title = "确认提示"
    submit_label = "确认所选提示"
    template_name = "web/form.html"

    def get_form(self) -> ConfirmWarningsForm:
        return ConfirmWarningsForm(**self.get_form_kwargs(), sheet=self.object)

    def perform(self, form: Any) -> str:
        count = confirm_warnings(
            self.object, list(form.cleaned_data["warnings"]), actor=self.user, reason=form.cleaned_data["reason"]
        )
        left = self.object.warnings.filter(confirmed_at__isnull=True).count()
        rest = f"还有 {left} 项未处理。" if left else "提示已全部处理，可以提交了。"
        return f"已确认 {count} 项提示，{rest}"

    def get_success_url(self) -> str:
        return f"{super().get_success_url()}#warnings"
