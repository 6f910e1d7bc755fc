"""What is still owed this term and which students to look after: for the class teacher one by one, for the college per class."""

from __future__ import annotations

from collections import Counter

from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.home import Action, Panel, PanelItem, register_panel
from teachers.models import SchoolClass

from .. import terms
from ..attention import Reason, attention_for, seen_by
from ..checklist import State, checklist_of
from ..models.records import led_class_ids

ATTENTION_ORDER, CHECKLIST_ORDER, COLLEGE_ORDER = 3, 4, 25
SHOWN = 5
COLLEGE = (Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD)


def attention_panel(user: User) -> Panel | None:
    """How many students of the own classes wait, by reason."""
    today = timezone.localdate()
    classes = _own(user)
    if not classes:
        return None
    found = seen_by(user, attention_for([one.pk for one in classes], today))
    counts = Counter(entry.reason for entry in found)
    url = reverse("duties:attention")
    items = [
        PanelItem(reason.label, counts[reason], f"{url}#reason-{reason}", "warning", f"{reason.doing}后自动移出")
        for reason in Reason
        if counts[reason]
    ]
    return Panel(
        "需要关注的学生", items, "现在没有需要关注的学生。", Action("看名单", url) if items else None, "heart", "班主任"
    )


def checklist_panel(user: User) -> Panel | None:
    """本学期清单: overdue first, then what is due next, and each class with how far it is."""
    today = timezone.localdate()
    classes = _own(user)
    term = terms.chosen("", terms.begun(today)) if classes else None
    if term is None:
        return None
    url = reverse("duties:checklist")
    rows = checklist_of([one.pk for one in classes], term, today)
    names = {one.pk: one.name for one in classes}
    pressing = sorted(
        (row for mine in rows.values() for row in mine if row.pressing and row.due_on),
        key=lambda row: (row.state != State.OVERDUE, row.due_on or today),
    )
    items = [
        PanelItem(
            row.item.text if len(classes) == 1 else f"{row.item.text}（{names[row.class_id]}）", row.progress,
            f"{url}?class={row.class_id}#item-{row.item.key}", "danger" if row.state is State.OVERDUE else "neutral",
            f"{'逾期，' if row.state is State.OVERDUE else ''}{row.due_on:%m-%d} 前" + f"，{row.why}",
        )
        for row in pressing[:SHOWN]
    ]  # fmt: skip
    for one in classes:
        mine = [row for row in rows[one.pk] if row.state is not State.NONE]
        done = sum(row.state is State.DONE for row in mine)
        items.append(PanelItem(f"{one.name}：已做", f"{done} / {len(mine)}", f"{url}?class={one.pk}", "info"))
    return Panel("本学期清单", items, action=Action("看清单", url, "list-check"), icon="list-check", hat="班主任")


def college_panel(user: User) -> Panel | None:
    """Students to look after per class of the college, most first."""
    today = timezone.localdate()
    classes = SchoolClass.objects.filter(college_id__in=user.access.colleges(*COLLEGE)).open_on(today)
    names = dict(classes.values_list("pk", "name"))
    counts = Counter(entry.class_id for entry in seen_by(user, attention_for(list(names), today)))
    url = reverse("duties:attention")
    items = [
        PanelItem(names[key], number, f"{url}?class={key}", "warning", "需要关注的学生（人次）")
        for key, number in counts.most_common(SHOWN)
    ]
    if len(counts) > SHOWN:
        rest = sum(counts.values()) - sum(number for _, number in counts.most_common(SHOWN))
        items.append(PanelItem(f"另外 {len(counts) - SHOWN} 个班", rest, url, "neutral"))
    return Panel("需要关注的学生", items, "各班现在没有需要关注的学生。", icon="heart", hat="二级学院")


def _own(user: User) -> list[SchoolClass]:
    """The classes that the person leads and that are open today."""
    today = timezone.localdate()
    rows = SchoolClass.objects.filter(pk__in=led_class_ids(user)).open_on(today)
    return list(rows.order_by("code"))


def register() -> None:
    register_panel((Role.CLASS_TEACHER,), ATTENTION_ORDER, attention_panel)
    register_panel((Role.CLASS_TEACHER,), CHECKLIST_ORDER, checklist_panel)
    register_panel(COLLEGE, COLLEGE_ORDER, college_panel)
