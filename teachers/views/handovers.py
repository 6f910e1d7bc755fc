"""Hand-over of a class: the college starts it, both teachers confirm on their phones (article 2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.actions import ObjectActionPage, ObjectFormPage, ReasonForm
from gaobo_banzhuren.web.errors import UserError
from gaobo_banzhuren.web.policy import Decision
from gaobo_banzhuren.web.views import DetailPage, RolePage, find_or_404

from ..calculation import ONE_DAY
from ..filters import HandoverFilter
from ..forms.changes import ChecklistForm, HandoverForm
from ..models import Appointment, Handover
from ..policies import handovers as policies
from ..policies.common import MANAGERS
from ..services import handovers as services
from .appointments import with_people
from .common import COLLEGE_AND_OFFICE, Crumbs, NamedList, Step, WithHistory

LIST = "teachers:handovers"
EVERYONE_CONCERNED: tuple[Role, ...] = (*COLLEGE_AND_OFFICE, Role.CLASS_TEACHER)


def with_both(rows: QuerySet[Handover]) -> QuerySet[Handover]:
    return rows.select_related("school_class__college", "outgoing__teacher__user", "incoming__teacher__user")


class Handovers(NamedList):
    title = "班级交接"
    lead = "学期中更换班主任：移交方在接任前一天离任，双方确认清单（第二条）。"
    roles = EVERYONE_CONCERNED
    model = Handover
    template_name = "teachers/handover_list.html"
    noun = "交接"
    filterset_class = HandoverFilter
    teacher_paths = ("outgoing__teacher", "incoming__teacher")
    orderings = {"newest": ("接任日期（新的在前）", ("-takes_over_on",)), "class": ("班级", ("school_class__code",))}

    def get_queryset(self) -> QuerySet[Handover]:
        return with_both(super().get_queryset())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"manages": self.user.access.has(*MANAGERS)}


class StartHandover(RolePage):
    """The first step: which class changes its teacher."""

    title = "办理交接"
    lead = "先选要更换班主任的班级。"
    roles = MANAGERS
    template_name = "teachers/handover_choose.html"

    def get_breadcrumbs(self) -> Crumbs:
        return [("班级交接", reverse(LIST)), (self.title, None)]

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        mine = Appointment.objects.visible_to(self.user).open()
        mine = mine.filter(school_class__college_id__in=self.user.access.colleges(*MANAGERS))
        asked = request.GET.get("class", "")
        if asked.isdecimal():
            mine = mine.filter(school_class_id=int(asked))
        rows = with_people(mine).order_by("school_class__code", "starts_on")
        return self.render(rows=[(row, policies.can_start(self.user, row)) for row in rows])


class HandoverWizard(ObjectFormPage):
    title = "办理交接"
    roles = MANAGERS
    model = Appointment
    object_name = "appointment"
    form_class = HandoverForm
    template_name = "teachers/handover_form.html"
    submit_label = "办理交接"

    def get_queryset(self) -> QuerySet[Appointment]:
        return with_people(super().get_queryset())

    def get_title(self) -> str:
        return f"交接：{self.object.school_class}"

    def get_breadcrumbs(self) -> Crumbs:
        return [("班级交接", reverse(LIST)), (str(self.object), self.object.get_absolute_url()), (self.title, None)]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user}

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.object.version, "takes_over_on": timezone.localdate() + ONE_DAY}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"decision": policies.can_start(self.user, self.object)}

    def perform(self, form: HandoverForm) -> str:
        data = form.cleaned_data
        names = ("takes_over_on", "reason", "note", "last_day", "version")
        self.handover = services.start_handover(
            self.user, self.object, teacher=data["person"], **{name: data[name] for name in names}
        )
        old, new = self.handover.outgoing, self.handover.incoming
        return f"{old.teacher.name}在岗到 {old.ends_on}，{new.teacher.name}从 {new.starts_on} 起接任。请双方确认清单。"

    def get_success_url(self) -> str:
        return self.handover.get_absolute_url()


class HandoverPage(DetailPage):
    model = Handover
    roles = EVERYONE_CONCERNED
    object_name = "handover"

    def get_queryset(self) -> QuerySet[Handover]:
        return with_both(super().get_queryset()).select_related("proposed_by").prefetch_related("items")

    def get_breadcrumbs(self) -> Crumbs:
        return [("班级交接", reverse(LIST)), (str(self.object), self.object.get_absolute_url()), (self.title, None)]

    def get_success_url(self) -> str:
        return str(self.object.get_absolute_url())


class HandoverDetail(WithHistory, HandoverPage):
    template_name = "teachers/handover_detail.html"

    def get_breadcrumbs(self) -> Crumbs:
        return [("班级交接", reverse(LIST)), (str(self.object), None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        one, user, here = self.object, self.user, [self.object.pk]
        gap = (one.takes_over_on - one.outgoing.ends_on).days - 1 if one.outgoing.ends_on else 0
        concerned = user.pk in (one.outgoing.teacher.user_id, one.incoming.teacher.user_id)
        steps = []
        if fill := policies.can_fill(user, one):
            tone = "primary" if user.pk == one.outgoing.teacher.user_id else "plain"
            steps.append(Step("填写清单", reverse("teachers:handover_items", args=here), fill, "list-check", tone))
        if concerned and one.state == "open":
            confirm = policies.can_confirm(user, one)
            label = "确认移交" if user.pk == one.outgoing.teacher.user_id else "确认接收"
            steps.append(Step(label, reverse("teachers:handover_confirm", args=here), confirm, "check-lg", "primary"))
        if user.access.has(*MANAGERS) and one.state == "open":
            cancel = policies.can_cancel(user, one)
            steps.append(Step("取消交接", reverse("teachers:handover_cancel", args=here), cancel, "x-lg"))
        return super().get_context_data(**kwargs) | {
            "steps": steps,
            "gap": gap,
            "entries": self.entries_of(user, one),
        }


class FillChecklist(HandoverPage, ObjectFormPage):
    title = "交接清单"
    template_name = "teachers/handover_items.html"

    def get_form(self) -> ChecklistForm:
        data = self.request.POST if self.request.method == "POST" else None
        return ChecklistForm(data, items=list(self.object.items.all()))

    def perform(self, form: ChecklistForm) -> str | None:
        services.fill_checklist(self.user, self.object, form.given)
        if "confirm" not in self.request.POST:
            return "清单已保存。"
        # What was written stays even when it is too early to confirm.
        try:
            services.confirm(self.user, find_or_404(self.get_queryset(), pk=self.object.pk))
        except UserError as error:
            messages.warning(self.request, f"清单已保存，还不能确认：{error.message}")
            return None
        return "已确认移交，等接任者确认接收。"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "decision": policies.can_fill(self.user, self.object),
            "is_outgoing": self.user.pk == self.object.outgoing.teacher.user_id,
        }


class ConfirmHandover(HandoverPage, ObjectActionPage):
    title = "确认交接"
    submit_label = "确认"

    def get_decision(self) -> Decision:
        return policies.can_confirm(self.user, self.object)

    def get_consequences(self) -> Sequence[str]:
        items = "、".join(item.get_kind_display() for item in self.object.items.all())
        if self.user.pk == self.object.outgoing.teacher.user_id:
            return [f"您确认已移交：{items}。确认后清单不能再改，等接任者确认接收。"]
        return [f"您确认已接收：{items}。双方确认后交接完成。"]

    def perform(self, form: Any) -> str:
        done = services.confirm(self.user, self.object)
        return "已确认，交接完成。" if done.state == "done" else "已确认，等另一方确认。"


class CancelHandover(HandoverPage, ObjectActionPage):
    title = "取消交接"
    roles = MANAGERS
    form_class = ReasonForm
    submit_label = "取消交接"
    submit_tone = "danger"

    def get_decision(self) -> Decision:
        return policies.can_cancel(self.user, self.object)

    def get_consequences(self) -> Sequence[str]:
        one = self.object
        return [
            f"{one.incoming.teacher.name}的聘任作废，{one.outgoing.teacher.name}继续在岗，如同没有交接过。",
            "记录保留，原因记入审计。",
        ]

    def perform(self, form: ReasonForm) -> str:
        services.cancel(self.user, self.object, reason=form.cleaned_data["reason"])
        return "交接已取消。"
