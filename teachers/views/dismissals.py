"""Dismissal: proposal, the teacher's view, the decision (article 2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.actions import FormPage, ObjectActionPage, ObjectFormPage, ReasonForm
from gaobo_banzhuren.web.policy import Decision
from gaobo_banzhuren.web.views import DetailPage

from ..calculation import ONE_DAY
from ..filters import DismissalFilter
from ..forms.changes import DecideDismissalForm, DismissalForm, RejectDismissalForm, StatementForm
from ..models import Dismissal
from ..policies import dismissals as policies
from ..policies.common import MANAGERS
from ..services import dismissals as services
from .common import COLLEGE_AND_OFFICE, Crumbs, NamedList, Step, WithHistory

LIST = "teachers:dismissals"
EVERYONE_CONCERNED: tuple[Role, ...] = (*COLLEGE_AND_OFFICE, Role.CLASS_TEACHER)


class Dismissals(NamedList):
    title = "解聘"
    lead = "学院提出，本人陈述，继续教育学院登记学校的决定（第二条，口径 A-82）。正常调整请用“交接”或“离任”。"
    roles = EVERYONE_CONCERNED
    model = Dismissal
    template_name = "teachers/dismissal_list.html"
    noun = "解聘"
    filterset_class = DismissalFilter
    text_label = "姓名、拼音或工号"
    class_path = ""
    orderings = {"newest": ("提出时间（新的在前）", ("-proposed_at",)), "effective": ("生效日期", ("effective_on",))}

    def get_queryset(self) -> QuerySet[Dismissal]:
        return super().get_queryset().select_related("college", "teacher__user", "proposed_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"manages": self.user.access.has(*MANAGERS)}


class ProposeDismissal(FormPage):
    title = "提出解聘"
    lead = "写明事实并附证据。本人可以看到并陈述意见，最后由学校决定。"
    roles = MANAGERS
    form_class = DismissalForm
    submit_label = "提出"
    submit_tone = "danger"
    autosave = True

    def get_breadcrumbs(self) -> Crumbs:
        return [("解聘", reverse(LIST)), (self.title, None)]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user}

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET.get("teacher", "")
        first = timezone.localdate() + ONE_DAY
        return {"teacher": asked if asked.isdecimal() else None, "effective_on": first}

    def perform(self, form: DismissalForm) -> str:
        names = ("teacher", "college", "ground", "facts", "effective_on", "evidence")
        self.dismissal = services.propose(self.user, **{name: form.cleaned_data[name] for name in names})
        return "已提出；本人会在首页看到，可以陈述意见。"

    def get_success_url(self) -> str:
        return self.dismissal.get_absolute_url()


class DismissalPage(DetailPage):
    model = Dismissal
    roles = EVERYONE_CONCERNED
    object_name = "dismissal"

    def get_queryset(self) -> QuerySet[Dismissal]:
        rows: QuerySet[Dismissal] = super().get_queryset()
        return rows.select_related("college", "teacher__user", "proposed_by", "decided_by")

    def get_breadcrumbs(self) -> Crumbs:
        return [("解聘", reverse(LIST)), (str(self.object), self.object.get_absolute_url()), (self.title, None)]

    def get_success_url(self) -> str:
        return str(self.object.get_absolute_url())


class DismissalDetail(WithHistory, DismissalPage):
    template_name = "teachers/dismissal_detail.html"

    def get_breadcrumbs(self) -> Crumbs:
        return [("解聘", reverse(LIST)), (str(self.object), None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        one, user, here = self.object, self.user, [self.object.pk]
        steps = []
        if user.pk == one.teacher.user_id:
            view = policies.can_state(user, one)
            steps.append(
                Step("陈述意见", reverse("teachers:dismissal_statement", args=here), view, "chat-left-text", "primary")
            )
        elif one.state == "proposed":
            decide = policies.can_decide(user, one)
            steps += [
                Step(
                    "登记解聘决定", reverse("teachers:dismissal_decide", args=here), decide, "check2-square", "primary"
                ),
                Step("不予解聘", reverse("teachers:dismissal_reject", args=here), decide, "x-circle"),
            ]
            if user.access.has(*MANAGERS):
                withdraw = policies.can_withdraw(user, one)
                steps.append(Step("撤回", reverse("teachers:dismissal_withdraw", args=here), withdraw, "x-lg"))
        return super().get_context_data(**kwargs) | {
            "steps": steps,
            "appointments": one.appointments.select_related("school_class", "teacher__user"),
            "evidence": one.evidence.all(),
            "entries": self.entries_of(user, one),
            "is_own": user.pk == one.teacher.user_id,
        }


class StateView(DismissalPage, ObjectFormPage):
    title = "陈述意见"
    lead = "学院和继续教育学院会看到您的意见；决定之前可以补充修改。"
    roles = (Role.CLASS_TEACHER,)
    form_class = StatementForm
    submit_label = "提交意见"
    autosave = True

    def get_initial(self) -> dict[str, Any]:
        return {"text": self.object.statement}

    def perform(self, form: StatementForm) -> str:
        services.state_view(self.user, self.object, text=form.cleaned_data["text"])
        return "您的意见已提交。"


class DecideDismissal(DismissalPage, ObjectActionPage):
    title = "登记解聘决定"
    roles = COLLEGE_AND_OFFICE
    form_class = DecideDismissalForm
    submit_label = "登记决定并解聘"
    submit_tone = "danger"

    def get_decision(self) -> Decision:
        return policies.can_decide(self.user, self.object)

    def get_initial(self) -> dict[str, Any]:
        return {"effective_on": self.object.effective_on}

    def get_consequences(self) -> Sequence[str]:
        return [
            "生效日期是不再在岗的第一天：此人的全部聘任在前一天结束，津贴计发到前一天，不追回。",
            "本考核周期不能评为优秀；各班从生效日起为空缺，请学院另行提名。",
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        unheard = "" if self.object.statement else "本人还没有陈述意见。"
        return super().get_context_data(**kwargs) | {"warning": unheard}

    def perform(self, form: DecideDismissalForm) -> str:
        data = form.cleaned_data
        services.decide(
            self.user, self.object, **{name: data[name] for name in ("decision_no", "effective_on", "decision")}
        )
        return f"已登记，{self.object.teacher.name}在岗到 {data['effective_on'] - ONE_DAY}。"


class RejectDismissal(DismissalPage, ObjectActionPage):
    title = "不予解聘"
    roles = COLLEGE_AND_OFFICE
    form_class = RejectDismissalForm
    submit_label = "登记不予解聘"

    def get_decision(self) -> Decision:
        return policies.can_decide(self.user, self.object)

    def get_consequences(self) -> Sequence[str]:
        return ["聘任照旧，不影响考核和津贴；本人和学院看到理由。"]

    def perform(self, form: RejectDismissalForm) -> str:
        data = form.cleaned_data
        services.reject(self.user, self.object, decision=data["decision"], decision_no=data["decision_no"])
        return "已登记不予解聘。"


class WithdrawDismissal(DismissalPage, ObjectActionPage):
    title = "撤回解聘"
    roles = MANAGERS
    form_class = ReasonForm
    submit_label = "撤回"

    def get_decision(self) -> Decision:
        return policies.can_withdraw(self.user, self.object)

    def get_consequences(self) -> Sequence[str]:
        return ["聘任照旧；提出的记录保留为“学院已撤回”。"]

    def perform(self, form: ReasonForm) -> str:
        services.withdraw(self.user, self.object, reason=form.cleaned_data["reason"])
        return "已撤回。"
