"""The steps of a leave slip: granted, refused, closed by the return, taken back, laid over saved roll calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.web.actions import ObjectActionPage
from gaobo_banzhuren.web.policy import Decision, deny

from ..forms.attendance import ReasonAndVersionForm
from ..forms.student_leaves import ApproveForm, ReturnForm, SessionsForm
from ..models import AttendanceSession
from ..policies import attendance as policies
from ..services import student_leaves as services
from .roll_call import CALLERS, Crumbs
from .student_leaves import LIST, OneLeave


class LeaveAction(OneLeave, ObjectActionPage):
    """A step of a slip; the form carries the version that the person saw."""

    roles = CALLERS
    form_class: ClassVar[Any] = ReasonAndVersionForm

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.object.version}

    def get_breadcrumbs(self) -> Crumbs:
        return [
            ("学生请销假", reverse(LIST)),
            (f"{self.object.student.name}的请假单", self.object.get_absolute_url()),
            (self.title, None),
        ]

    def get_success_url(self) -> str:
        return self.object.get_absolute_url()


class ApproveLeave(LeaveAction):
    title = "准假"
    form_class = ApproveForm
    submit_label = "准假"

    def get_decision(self) -> Decision:
        return policies.can_decide_leave(self.user, self.object)

    def get_consequences(self) -> Sequence[str]:
        return [
            f"{self.object.starts_on} 至 {self.object.ends_on} 点名时自动标为准假，不计缺勤。",
            "已经点过名的场次可以在请假单上按假更正。",
        ]

    def perform(self, form: ApproveForm) -> str:
        data = form.cleaned_data
        services.approve_leave(self.user, self.object, version=data["version"], approver_name=data["approver_name"])
        return "已准假。"


class RefuseLeave(LeaveAction):
    title = "不准假"
    submit_label = "不准假"
    submit_tone = "danger"

    def get_decision(self) -> Decision:
        return policies.can_decide_leave(self.user, self.object)

    def get_consequences(self) -> Sequence[str]:
        return ["没有来上课的，点名时按未准假登记，计缺勤。"]

    def perform(self, form: ReasonAndVersionForm) -> str:
        data = form.cleaned_data
        services.refuse_leave(self.user, self.object, reason=data["reason"], version=data["version"])
        return "已登记为未准假。"


class ReturnLeave(LeaveAction):
    title = "销假"
    form_class = ReturnForm
    submit_label = "销假"

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | {"returned_on": timezone.localdate()}

    def get_decision(self) -> Decision:
        return policies.can_return_leave(self.user, self.object)

    def perform(self, form: ReturnForm) -> str:
        data = form.cleaned_data
        services.return_leave(
            self.user, self.object, returned_on=data["returned_on"], note=data["note"], version=data["version"]
        )
        return "已销假。"


class VoidLeave(LeaveAction):
    title = "作废请假单"
    submit_label = "作废"
    submit_tone = "danger"

    def get_decision(self) -> Decision:
        return policies.can_void_leave(self.user, self.object)

    def get_consequences(self) -> Sequence[str]:
        count = self.object.marks.filter(session__voided_at=None).count()
        found = ["请假单保留并注明理由，不再准假。"]
        return [*found, f"按它登记的 {count} 次点名改为未准假，计缺勤，改动留有记录。"] if count else found

    def perform(self, form: ReasonAndVersionForm) -> str:
        data = form.cleaned_data
        changed = services.void_leave(self.user, self.object, reason=data["reason"], version=data["version"])
        return f"请假单已作废，更正了 {changed} 次点名。" if changed else "请假单已作废。"


class ApplyLeave(LeaveAction):
    """Roll calls that were saved before the slip are corrected by it."""

    title = "按请假单更正点名"
    form_class = SessionsForm
    submit_label = "更正点名"

    def get_initial(self) -> dict[str, Any]:
        return {"sessions": [str(session.pk) for session, _ in self.found]}

    @property
    def found(self) -> list[tuple[AttendanceSession, str]]:
        if not hasattr(self, "_found"):
            self._found = services.sessions_to_update(self.object)
        return self._found

    def get_form_kwargs(self) -> dict[str, Any]:
        choices = [
            (
                str(session.pk),
                f"{session.day} {session.period} {session.course_name}：{word} → 准假".replace(" ：", "："),
            )
            for session, word in self.found
        ]
        return super().get_form_kwargs() | {"choices": choices}

    def get_decision(self) -> Decision:
        found = policies.can_write_leave(self.user, self.object.school_class)
        return found if not found or self.found else deny("没有需要按这张请假单更正的点名。")

    def get_consequences(self) -> Sequence[str]:
        return ["下面勾选的点名里，该生改为准假；原来的登记、改动和理由保留在点名的更正记录里。"]

    def perform(self, form: SessionsForm) -> str:
        chosen = {int(key) for key in form.cleaned_data["sessions"]}
        changed = services.apply_leave(self.user, self.object, chosen)
        return f"已按请假单更正 {changed} 次点名。"
