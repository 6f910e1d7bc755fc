"""Reminders on the start page of who got them, and who is behind for who looks after it."""

from __future__ import annotations

from django.urls import reverse

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.home import Panel, PanelItem, register_panel

from ..models import Reminder

ORDER = 2
SHOWN = 3


def reminder_panel(user: User) -> Panel | None:
    """The newest open reminders in full, the rest as a number."""
    rows = list(
        Reminder.objects.open().filter(teacher__user=user).select_related("sent_by", "school_class")[: SHOWN + 1]
    )
    if not rows:
        return None
    items = [
        PanelItem(
            one.text, None, reverse("duties:reminder_done", args=[one.pk]), "warning",
            note=f"{one.sent_by.name} {one.sent_at:%m-%d}",
        )
        for one in rows[:SHOWN]
    ]  # fmt: skip
    if len(rows) > SHOWN:
        items.append(PanelItem("还有更多提醒", None, reverse("duties:reminders"), "neutral"))
    return Panel("提醒", items, icon="bell", hat="班主任")


def register() -> None:
    register_panel((Role.CLASS_TEACHER,), ORDER, reminder_panel)
