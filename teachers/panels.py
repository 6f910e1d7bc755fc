"""What chapter 1 puts on the start page: only what somebody has to do, each number with its list."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.home import Action, Panel, PanelItem, register_panel

from . import posts, queries
from .models import (
    Appointment,
    Dismissal,
    DismissalState,
    Handover,
    HandoverState,
    Nomination,
    NominationState,
    SchoolClass,
    StudentState,
)
from .policies.common import MANAGERS

DOING = {
    "班级没有班主任": "处理空缺",
    "提名等您决定": "决定提名",
    "备案退问等答复": "答复备案退问",
    "聘期将满或已满": "办理续聘",
    "聘任待备案": "办理备案",
    "解聘待登记学校决定": "登记解聘决定",
}
"""What the button of a pressing line says: the thing to do, where the line says what is the matter."""

OFFICE_ORDER, COLLEGE_ORDER, TEACHER_ORDER, CLASSES_ORDER = 20, 20, 5, 60


def college_panel(user: User) -> Panel:
    """Vacancies first, then terms that end, decisions, questions and what the office has not filed."""
    colleges = user.access.colleges(*MANAGERS)
    today = timezone.localdate()
    classes = SchoolClass.objects.filter(college_id__in=colleges)
    appointments = Appointment.objects.filter(school_class__college_id__in=colleges)
    nominations = Nomination.objects.filter(school_class__college_id__in=colleges)
    to_decide = (
        nominations.filter(state=NominationState.SUBMITTED)
        .exclude(Q(created_by=user) | Q(submitted_by=user) | Q(teacher__user=user))
        .count()
    )
    unfiled = appointments.unfiled()
    every = "teachers:appointments"
    items = [
        _item("班级没有班主任", posts.vacant_on(classes, today).count(), "teachers:vacancies", "danger"),
        _item("提名等您决定", to_decide, "teachers:nominations", "warning", "?state=submitted"),
        _item("备案退问等答复", unfiled.exclude(filing_question="").count(), every, "warning", "?show=questioned"),
        _item("聘期将满或已满", posts.expiring(appointments, today).count(), "teachers:renew_many", "warning"),
        _item(
            "提名还是草稿", nominations.filter(state=NominationState.DRAFT).count(), "teachers:nominations", "neutral",
            "?state=draft",
        ),
        _item("聘任未备案", unfiled.filter(filing_question="").count(), every, "info", "?show=unfiled"),
    ]  # fmt: skip
    found = [item for item in items if item.number]
    return Panel("聘任", found, "每个班都有班主任，没有待办的聘任。", _first(found), "person-badge", "二级学院")


def office_panel(user: User) -> Panel:
    today = timezone.localdate()
    waiting = Appointment.objects.unfiled().filter(filing_question="").count()
    proposed = Dismissal.objects.filter(state=DismissalState.PROPOSED).count()
    vacant = posts.vacant_on(SchoolClass.objects.all(), today).count()
    items = [
        _item("聘任待备案", waiting, "teachers:filing", "warning"),
        _item("解聘待登记学校决定", proposed, "teachers:dismissals", "warning", "?state=proposed"),
        _item("班级没有班主任", vacant, "teachers:vacancies", "danger"),
    ]
    found = [item for item in items if item.number]
    return Panel("聘任备案", found, "没有待备案的聘任。", _first(found), "archive", "继续教育学院")


def teacher_panel(user: User) -> Panel | None:
    """Only when something waits for this person: a hand-over to confirm, a dismissal to answer."""
    outgoing = Q(outgoing__teacher__user=user, outgoing_confirmed_at=None)
    incoming = Q(incoming__teacher__user=user, incoming_confirmed_at=None, outgoing_confirmed_at__isnull=False)
    handovers = Handover.objects.filter(outgoing | incoming, state=HandoverState.OPEN).select_related("school_class")
    items = [
        PanelItem(f"{one.school_class}的交接等您确认", None, one.get_absolute_url(), "warning") for one in handovers
    ]
    about_me = Dismissal.objects.filter(teacher__user=user, state=DismissalState.PROPOSED)
    items += [
        PanelItem(
            "学院提出了对您的解聘", None, one.get_absolute_url(), "danger",
            "已陈述，可以补充" if one.statement else "请看事实并陈述意见",
        )
        for one in about_me
    ]  # fmt: skip
    if not items:
        return None
    first = "办理交接确认" if handovers else "陈述意见"
    return Panel("需要您确认", items, action=Action(first, items[0].url), icon="check2-square", hat="班主任")


def _item(label: str, number: int, url_name: str, tone: str, query: str = "") -> PanelItem:
    return PanelItem(label, number, reverse(url_name) + query, tone)


def _first(items: list[PanelItem]) -> Action | None:
    """The panel's next step is its most pressing line; what only waits for others is none."""
    pressing = [item for item in items if item.tone in ("danger", "warning")]
    return Action(DOING[pressing[0].label], pressing[0].url) if pressing else None


def classes_panel(user: User) -> Panel:
    """The classes that a teacher leads today, each with its headcount: the way in for everything else."""
    today = timezone.localdate()
    led = Appointment.objects.on(today).filter(teacher__user=user).values("school_class")
    rows = SchoolClass.objects.filter(pk__in=led).order_by("code").values_list("pk", "name", "code")
    heads = queries.headcounts(today, [StudentState.ENROLLED.value]) if rows else {}
    items = [
        PanelItem(name, f"{heads.get(pk, 0)} 人", reverse("teachers:class", args=[pk]), "neutral", code)
        for pk, name, code in rows
    ]
    return Panel("我的班级", items, "您现在没有带班。", None, "people", "班主任")


def register() -> None:
    register_panel((Role.CLASS_TEACHER,), CLASSES_ORDER, classes_panel)
    register_panel(MANAGERS, COLLEGE_ORDER, college_panel)
    register_panel((Role.OFFICE,), OFFICE_ORDER, office_panel)
    register_panel((Role.CLASS_TEACHER,), TEACHER_ORDER, teacher_panel)
