"""Staff meetings: the list of each hat, one meeting, and the sheet of who came."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.actions import FormPage, ObjectActionPage, ReasonForm
from gaobo_banzhuren.web.listing import ListPage
from gaobo_banzhuren.web.policy import Decision
from gaobo_banzhuren.web.views import DetailPage, opens_to, visible
from teachers.views.common import Crumbs, Step, WithHistory

from ..filters.tasks import MeetingFilter
from ..forms.meetings import MeetingForm, SheetForm
from ..models import MeetingAttendance, Presence, StaffMeeting
from ..policies import meetings as policies
from ..policies import tasks as task_policies
from ..services import meetings as services
from .tasks import GIVEN, MINE, STAFF, hats_links

LIST = "duties:meetings"


@opens_to(*policies.READERS)
def meetings(request: HttpRequest) -> HttpResponseBase:
    """One address: the own meetings for a class teacher, the called ones for college and office."""
    user = request.user
    assert isinstance(user, User)
    own = user.access.has(Role.CLASS_TEACHER) and (not user.access.has(*STAFF) or request.GET.get("as") == MINE)
    return (MyMeetings if own else Meetings).as_view()(request)


class MeetingList(ListPage):
    title = "班主任会议"
    noun = "会议"
    roles = policies.READERS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "can_call": self.user.access.has(*policies.CALLERS),
            "hat_links": hats_links(self.user),
            "as_hat": MINE if isinstance(self, MyMeetings) else GIVEN,
        }


class Meetings(MeetingList):
    """Each meeting with who came, of the teachers that the person sees."""

    model = StaffMeeting
    template_name = "duties/meeting_list.html"
    filterset_class = MeetingFilter
    text_label = "会议议题"
    orderings = {"newest": ("日期（新的在前）", ("-held_on",)), "oldest": ("日期（早的在前）", ("held_on",))}

    def get_queryset(self) -> QuerySet[StaffMeeting]:
        rows: QuerySet[StaffMeeting] = super().get_queryset().select_related("college")
        return rows

    def search_text(self, rows: QuerySet[StaffMeeting], text: str) -> QuerySet[StaffMeeting]:
        return rows.filter(title__icontains=text)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows = context["object_list"] = list(context["object_list"])
        counts = counts_of(self.user, [row.pk for row in rows])
        today = timezone.localdate()
        for row in rows:
            row.counts = counts.get(row.pk, {})
            row.coming = row.held_on > today
        return context


def counts_of(user: User, meeting_ids: list[int]) -> dict[int, dict[str, int]]:
    """How many were due and how they attended, by meeting. One query."""
    rows = (
        MeetingAttendance.objects.visible_to(user)
        .filter(meeting__in=meeting_ids)
        .order_by()
        .values("meeting")
        .annotate(all=Count("pk"), **{each.value: Count("pk", filter=Q(presence=each)) for each in Presence})
    )
    return {row["meeting"]: dict(row) for row in rows}


class MyMeetings(MeetingList):
    """What comes, then how the teacher attended what was."""

    title = "我的会议"
    lead = "准假不算缺席，也不计入应出席次数；迟到单独列出（第九条）。"
    model = MeetingAttendance
    template_name = "duties/meeting_mine.html"
    roles = (Role.CLASS_TEACHER,)

    def get_queryset(self) -> QuerySet[MeetingAttendance]:
        rows: QuerySet[MeetingAttendance] = visible(MeetingAttendance, self.user).filter(teacher__user=self.user)
        return rows.select_related("meeting__college").order_by("-meeting__held_on", "-pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        today = timezone.localdate()
        rows = context["object_list"] = list(context["object_list"])
        for row in rows:
            row.coming = row.meeting.held_on >= today and row.presence == Presence.DUE and not row.meeting.cancelled_at
        rows.sort(key=lambda row: not row.coming)
        return context


class CallMeeting(FormPage):
    title = "召集会议"
    lead = "通知到每位班主任的首页；开会当天起登记出席，准假可以提前登记。"
    roles = policies.CALLERS
    form_class = MeetingForm
    template_name = "duties/meeting_form.html"
    submit_label = "召集"

    def get_breadcrumbs(self) -> Crumbs:
        return [("班主任会议", reverse(LIST)), (self.title, None)]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user}

    def get_initial(self) -> dict[str, Any]:
        return {"held_on": timezone.localdate()}

    def perform(self, form: MeetingForm) -> str:
        self.meeting = services.call(self.user, form.meeting_input(), form.cleaned_data["teachers"])
        return f"已通知 {len(form.cleaned_data['teachers'])} 位班主任。"

    def get_success_url(self) -> str:
        return self.meeting.get_absolute_url()


class MeetingPage(DetailPage):
    roles = policies.READERS
    model = StaffMeeting
    object_name = "meeting"

    def get_queryset(self) -> QuerySet[StaffMeeting]:
        rows: QuerySet[StaffMeeting] = super().get_queryset().select_related("college", "created_by")
        return rows

    def get_breadcrumbs(self) -> Crumbs:
        return [("班主任会议", reverse(LIST)), (self.object.title, self.object.get_absolute_url()), (self.title, None)]

    def get_success_url(self) -> str:
        return str(self.object.get_absolute_url())

    def rows(self) -> QuerySet[MeetingAttendance]:
        rows = MeetingAttendance.objects.visible_to(self.user).filter(meeting=self.object)
        return rows.select_related("teacher__user", "college").order_by("college__code", "teacher__user__staff_no")


class MeetingDetail(WithHistory, MeetingPage):
    template_name = "duties/meeting_detail.html"

    def get_breadcrumbs(self) -> Crumbs:
        return [("班主任会议", reverse(LIST)), (self.object.title, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        one, here = self.object, [self.object.pk]
        rows = list(self.rows())
        counts = {each.value: sum(row.presence == each for row in rows) for each in Presence}
        steps = []
        if self.user.access.has(*policies.CALLERS):
            note = policies.can_note(self.user, one)
            label = "更正出席" if one.settled_at else "登记准假" if one.held_on > timezone.localdate() else "登记出席"
            steps = [Step(label, reverse("duties:meeting_sheet", args=here), note, "check2-square", "primary")]
            if task_policies.keeps(self.user, one.giver, one.college_id):
                cancel = policies.can_cancel(self.user, one, timezone.localdate())
                steps.append(Step("取消会议", reverse("duties:meeting_cancel", args=here), cancel, "x-lg"))
        return super().get_context_data(**kwargs) | {
            "rows": sorted(rows, key=lambda row: row.presence not in (Presence.ABSENT, Presence.LATE)),
            "counts": counts,
            "came": counts["present"] + counts["late"],
            "expected": len(rows) - counts["excused"],
            "noted": len(rows) - counts["due"],
            "steps": steps,
            "entries": self.entries_of(self.user, one),
        }


class Sheet(MeetingPage, ObjectActionPage):
    """Who came: all present with one tap, then the exceptions."""

    roles = policies.CALLERS
    title = "登记出席"
    form_class = SheetForm
    template_name = "duties/meeting_sheet.html"
    submit_label = "保存"
    autosave = False

    def get_decision(self) -> Decision:
        return policies.can_note(self.user, self.object)

    @property
    def early(self) -> bool:
        return bool(self.object.held_on > timezone.localdate())

    def get_form_kwargs(self) -> dict[str, Any]:
        noted = policies.noted_colleges(self.user, self.object)
        rows = self.rows().exclude(teacher__user=self.user)
        if noted is not None:
            rows = rows.filter(college_id__in=noted)
        kwargs = super().get_form_kwargs()
        return kwargs | {"rows": rows, "early": self.early, "settled": self.object.settled_at is not None}

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.object.version}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"early": self.early}

    def perform(self, form: SheetForm) -> str:
        services.note_attendance(
            self.user, self.object, form.marks(), version=form.cleaned_data["version"],
            reason=form.cleaned_data.get("reason", ""),
        )  # fmt: skip
        left = self.object.attendances.filter(presence=Presence.DUE).count()
        return "已保存。" if self.early else f"已保存，还有 {left} 人未登记。" if left else "出席已全部登记。"


class CancelMeeting(MeetingPage, ObjectActionPage):
    title = "取消会议"
    roles = policies.CALLERS
    form_class = ReasonForm
    submit_label = "取消会议"
    submit_tone = "danger"

    def get_decision(self) -> Decision:
        return policies.can_cancel(self.user, self.object, timezone.localdate())

    def get_consequences(self) -> list[str]:
        return ["这次会议不计入任何人的出席率，班主任会看到原因。"]

    def perform(self, form: ReasonForm) -> str:
        services.cancel(self.user, self.object, form.cleaned_data["reason"])
        return "会议已取消。"
