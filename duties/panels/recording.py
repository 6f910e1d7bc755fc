"""What a class teacher needs first on a phone: the large buttons; then own drafts and words from the college."""

from __future__ import annotations

from django.urls import reverse

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.home import Action, Panel, PanelItem, register_panel

from .. import kinds
from ..models import Progress, RecordState, WorkRecord

QUICK_ORDER, RECORDS_ORDER = 1, 8


def quick_panel(user: User) -> Panel:
    """The kinds with a large button, each one tap away."""
    items = [PanelItem("点名", None, reverse("duties:attendance"), icon="calendar2-check")]
    items += [
        PanelItem(kind.name, None, reverse("duties:record_new", args=[kind.key]), icon=kind.icon)
        for kind in kinds.quick_kinds()
        if user.access.has(*kind.writers)
    ]
    return Panel("快速记录", items, action=None, icon="pencil", hat="班主任", buttons=True)


def records_panel(user: User) -> Panel | None:
    """Comments that were not read yet, own drafts, matters that are still open."""
    mine = WorkRecord.objects.filter(author=user)
    archived = mine.filter(state=RecordState.ARCHIVED)
    unread = archived.with_unread_comments().count()
    drafts = mine.filter(state=RecordState.DRAFT).count()
    matters = archived.filter(progress=Progress.OPEN).count()
    every = reverse("duties:records")
    items = [
        PanelItem("学院的批注没有看", unread, f"{every}?unread=1", "warning"),
        PanelItem("没写完的草稿", drafts, f"{every}?state=draft", "neutral"),
        PanelItem("进行中的个案和问题", matters, f"{every}?progress=open", "info"),
    ]
    found = [item for item in items if item.number]
    if not found:
        return None
    action = Action("看批注", found[0].url) if unread else None
    return Panel("工作记录", found, action=action, icon="journal-text", hat="班主任")


def register() -> None:
    register_panel((Role.CLASS_TEACHER,), QUICK_ORDER, quick_panel)
    register_panel((Role.CLASS_TEACHER,), RECORDS_ORDER, records_panel)
