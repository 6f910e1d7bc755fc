"""What tasks, meetings and papers put on the start page: for a class teacher what is owed, for the others what waits."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.home import Action, Panel, PanelItem, register_panel

from ..models import (
    AssignmentState,
    Giver,
    MeetingAttendance,
    PaperState,
    Presence,
    StaffMeeting,
    TaskAssignment,
    TermPaper,
)
from ..models.tasks import OPEN_ASSIGNMENTS
from ..policies import tasks as policies

TEACHER_ORDER, GIVER_ORDER = 10, 30
SOON = dt.timedelta(days=3)
WEEK = dt.timedelta(days=7)
SHOWN = 3
LIST = "duties:tasks"
State = AssignmentState


def teacher_panel(user: User) -> Panel | None:
    """The most pressing tasks by name, the rest as numbers. Nothing when nothing is open."""
    today = timezone.localdate()
    mine = TaskAssignment.objects.filter(teacher__user=user)
    rows = list(mine.filter(state__in=OPEN_ASSIGNMENTS).select_related("task").order_by("due_on", "pk"))
    more = [*_returned_papers(user), *_coming_meetings(user, today)]
    if not rows and not more:
        return None
    pressing = [row for row in rows if row.state == State.RETURNED or row.due_on <= today + SOON]
    items = [_item(row, today) for row in pressing[:SHOWN]]
    own = reverse(LIST) + ("?as=mine" if user.access.has(*policies.GIVERS, Role.ASSESSOR) else "")
    if len(pressing) > SHOWN:
        items.append(PanelItem("还有临期或逾期的任务", len(pressing) - SHOWN, own, "warning"))
    rest = [row for row in rows if row not in pressing]
    new = sum(row.state == State.GIVEN for row in rest)
    if new:
        items.append(PanelItem("新任务待接收", new, own, "info"))
    if len(rest) > new:
        items.append(PanelItem("已接收，未到期", len(rest) - new, own, "neutral"))
    action = Action("上报任务", items[0].url, "send") if pressing else None
    return Panel("任务与会议", [*items, *more], action=action, icon="inbox", hat="班主任")


def _returned_papers(user: User) -> list[PanelItem]:
    rows = TermPaper.objects.filter(teacher__user=user, state=PaperState.RETURNED).select_related("school_class")
    return [
        PanelItem(
            f"{row.get_kind_display()}已退回", None, reverse("duties:paper_edit", args=[row.pk]), "warning",
            row.school_class.name,
        )
        for row in rows.defer("text")
    ]  # fmt: skip


def _coming_meetings(user: User, today: dt.date) -> list[PanelItem]:
    rows = MeetingAttendance.objects.filter(
        teacher__user=user, presence=Presence.DUE, meeting__cancelled_at=None,
        meeting__held_on__range=(today, today + WEEK),
    )  # fmt: skip
    found = []
    for row in rows.select_related("meeting").order_by("meeting__held_on", "meeting__starts_at")[:SHOWN]:
        one = row.meeting
        clock = f" {one.starts_at:%H:%M}" if one.starts_at else ""
        note = f"{one.held_on:%m-%d}{clock} {one.place}".strip()
        found.append(PanelItem(one.title, None, one.get_absolute_url(), "info", note))
    return found


def _item(row: TaskAssignment, today: dt.date) -> PanelItem:
    left = (row.due_on - today).days
    when = f"逾期 {-left} 天" if left < 0 else "今天到期" if left == 0 else f"还有 {left} 天"
    note = f"已退回，请修改；{when}" if row.state == State.RETURNED else when
    return PanelItem(row.task.title, None, row.get_absolute_url(), "danger" if left < 0 else "warning", note)


def giver_panel(user: User) -> Panel | None:
    """Reports that wait to be closed and how many are late, of the tasks that the person's unit gave."""
    today = timezone.localdate()
    kept = Q(task__college__in=user.access.colleges(*policies.COLLEGE))
    if user.access.has(Role.OFFICE):
        kept |= Q(task__giver__in=(Giver.SCHOOL, Giver.OFFICE))
    rows = TaskAssignment.objects.filter(kept).exclude(teacher__user=user)
    numbers = rows.counted().aggregate(
        waiting=Count("pk", filter=Q(state=State.REPORTED)),
        late=Count("pk", filter=Q(state__in=OPEN_ASSIGNMENTS, due_on__lt=today)),
    )
    url = reverse(LIST)
    items = [
        PanelItem("任务上报等您办结", numbers["waiting"], f"{url}?show=waiting", "warning"),
        PanelItem("任务逾期未上报", numbers["late"], f"{url}?show=late", "danger"),
        PanelItem("会议未登记出席", _unnoted(user, today), reverse("duties:meetings") + "?show=open", "warning"),
        PanelItem("计划与总结待审阅", _unread(user), reverse("duties:papers") + "?show=waiting", "info"),
    ]
    found = [item for item in items if item.number]
    if not found:
        return None
    action = Action("办结上报", found[0].url, "check2-square") if numbers["waiting"] else None
    hat = "继续教育学院" if user.access.has(Role.OFFICE) else "二级学院"
    return Panel("任务与会议", found, action=action, icon="inbox", hat=hat)


def _unnoted(user: User, today: dt.date) -> int:
    kept = Q(college__in=user.access.colleges(*policies.COLLEGE))
    if user.access.has(Role.OFFICE):
        kept |= Q(college=None)
    return StaffMeeting.objects.filter(kept, held_on__lte=today, settled_at=None, cancelled_at=None).count()


def _unread(user: User) -> int:
    rows = TermPaper.objects.filter(state=PaperState.SUBMITTED).exclude(teacher__user=user)
    return rows.filter(school_class__college__in=user.access.colleges(*policies.COLLEGE)).count()


def register() -> None:
    register_panel((Role.CLASS_TEACHER,), TEACHER_ORDER, teacher_panel)
    register_panel(policies.GIVERS, GIVER_ORDER, giver_panel)
