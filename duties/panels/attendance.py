"""What of roll calls and leave waits for the class teacher today. A fixed number of queries, whatever the number of classes."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.regulation.models import CalendarDay
from gaobo_banzhuren.web.home import Action, Panel, PanelItem, register_panel

from ..models import AttendanceSession, LeaveState, StudentLeave
from ..models.records import led_class_ids

ORDER = 6
WEEK = dt.timedelta(days=7)


def attendance_panel(user: User) -> Panel | None:
    """Lessons of last week's day that were not called yet today, slips that wait, students not back from leave."""
    led, today = led_class_ids(user), timezone.localdate()
    days = (today, today - WEEK)
    lessons: dict[dt.date, set[tuple[int, str]]] = {day: set() for day in days}
    rows = AttendanceSession.objects.standing().filter(school_class_id__in=led, day__in=days)
    for class_id, day, period in rows.values_list("school_class_id", "day", "period"):
        lessons[day].add((class_id, period))
    holiday = CalendarDay.objects.filter(day=today, kind=CalendarDay.Kind.HOLIDAY).exists()
    waiting = set() if holiday else lessons[today - WEEK] - lessons[today]
    slips = StudentLeave.objects.filter(school_class_id__in=led).aggregate(
        asked=Count("pk", filter=Q(state=LeaveState.ASKED)),
        overdue=Count("pk", filter=Q(state=LeaveState.APPROVED, ends_on__lt=today)),
    )
    leaves, home = reverse("duties:leaves"), reverse("duties:attendance")
    classes = {class_id for class_id, _ in waiting}
    call = reverse("duties:roll_call", args=[next(iter(classes))]) if len(classes) == 1 else home
    items = [
        PanelItem("今天还没点名的课（按上周课次）", len(waiting), call, "warning"),
        PanelItem("请假待批", slips["asked"], f"{leaves}?state={LeaveState.ASKED.value}", "warning"),
        PanelItem("逾期未销假", slips["overdue"], f"{leaves}?state=overdue", "danger"),
    ]
    found = [item for item in items if item.number]
    if not found:
        return None
    labels = {call: "去点名", home: "去点名"}
    action = Action(labels.get(found[0].url, "办理请销假"), found[0].url)
    return Panel("点名与请假", found, action=action, icon="calendar2-check", hat="班主任")


def register() -> None:
    """Tell the start page."""
    register_panel((Role.CLASS_TEACHER,), ORDER, attendance_panel)
