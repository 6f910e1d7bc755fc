"""What of exams waits for the class teacher. A fixed number of queries, whatever the number of classes."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.home import Action, Panel, PanelItem, register_panel

from ..models import ExamAffair, ExamRegistration, RegistrationState
from ..models.records import led_class_ids
from ..retakes import open_retakes

ORDER = 9
SOON = dt.timedelta(days=7)


def exam_panel(user: User) -> Panel | None:
    """Registration that closes within a week, retakes without a talk, exam affairs due within a week or overdue."""
    led, today = led_class_ids(user), timezone.localdate()
    items = [*_closing(led, today), *_untalked(led, today), *_affairs(user, led, today)]
    if not items:
        return None
    first = items[0]
    return Panel("考试", items, action=Action("去办理", first.url), icon="mortarboard", hat="班主任")


def _closing(led: list[int], today: dt.date) -> list[PanelItem]:
    rows = (
        ExamRegistration.objects.filter(
            school_class_id__in=led, state=RegistrationState.PLANNED,
            session__registration_closes_on__range=(today, today + SOON),
        )
        .exclude(session__registration_opens_on__gt=today)
        .order_by("session__registration_closes_on", "session_id")
        .values("session_id", "session__name", "session__registration_closes_on")
        .annotate(n=Count("pk"), classes=Count("school_class", distinct=True))
    )  # fmt: skip
    found = []
    for row in rows:
        url = reverse("duties:exam_session", args=[row["session_id"]])
        if len(led) == 1:
            url = reverse("duties:registrations", args=[row["session_id"], led[0]])
        note = f"{row['session__registration_closes_on']:%m-%d} 截止"
        found.append(PanelItem(f"{row['session__name']}还没报的科次", row["n"], url, "warning", note))
    return found


def _untalked(led: list[int], today: dt.date) -> list[PanelItem]:
    number = sum(row.talk is None for row in open_retakes(led, on=today)) if led else 0
    if not number:
        return []
    url = reverse("duties:retakes", args=[led[0]]) if len(led) == 1 else reverse("duties:exams")
    return [PanelItem("补考、重考还没谈话的科次", number, url, "info")]


def _affairs(user: User, led: list[int], today: dt.date) -> list[PanelItem]:
    own = ExamAffair.objects.filter(Q(responsible__user=user) | Q(school_class_id__in=led))
    waiting = own.filter(done_on=None, cancelled_at=None, due_on__lte=today + SOON)
    days = list(waiting.values_list("due_on", flat=True))
    if not days:
        return []
    late = any(day < today for day in days)
    note = "有逾期" if late else "7 天内到期"
    return [PanelItem("考务", len(days), reverse("duties:exam_affairs"), "danger" if late else "warning", note)]


def register() -> None:
    """Tell the start page."""
    register_panel((Role.CLASS_TEACHER,), ORDER, exam_panel)
