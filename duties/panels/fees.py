"""Reports of hardship and the graduating class on the start page: what waits for an answer, what is still open."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.home import Action, Panel, PanelItem, register_panel
from teachers.models import SchoolClass

from ..graduates import is_graduating, progress_of
from ..models import GraduateAward, Progress, RecordState, WorkRecord
from ..models.records import led_class_ids
from ..policies.fees import COLLEGE

STAFF_ORDER, TEACHER_ORDER = 35, 40
NEWS = dt.timedelta(days=7)
"""So long an answer is announced to who asked. A convenience of the page, no rule."""


def _reports() -> QuerySet[WorkRecord]:
    return WorkRecord.objects.filter(kind="hardship", state=RecordState.ARCHIVED)


def staff_panel(user: User) -> Panel | None:
    """Hardship reports and candidates that wait for the college, hardship reports also for the office."""
    colleges = user.access.colleges(*COLLEGE)
    waiting = _reports().filter(progress=Progress.PENDING).exclude(author=user)
    if not user.access.has(Role.OFFICE):
        waiting = waiting.filter(college_id__in=colleges)
    items = []
    if count := waiting.count():
        items.append(PanelItem("困难上报待答复", count, f"{reverse('duties:hardships')}?state=pending", "warning"))
    submitted = GraduateAward.objects.filter(
        state=GraduateAward.State.SUBMITTED, school_class__college_id__in=colleges
    ).exclude(proposed_by=user)
    by_class: dict[int, list[GraduateAward]] = {}
    for award in submitted.select_related("school_class"):
        by_class.setdefault(award.school_class_id, []).append(award)
    for class_id, awards in by_class.items():
        url = reverse("duties:graduate_awards", args=[class_id])
        items.append(PanelItem(f"优秀毕业生待审批：{awards[0].school_class}", len(awards), url, "warning"))
    if not items:
        return None
    doing = "答复困难上报" if count else "审批优秀毕业生"
    return Panel("学生事务", items, action=Action(doing, items[0].url), icon="heart", hat="二级学院、继续教育学院")


def teacher_panel(user: User) -> Panel | None:
    """Answers of the last days, and how far the leaving of a graduating class is."""
    today = timezone.localdate()
    answered = _reports().filter(author=user, progress=Progress.CLOSED, decided_on__gt=today - NEWS).count()
    items = []
    if answered:
        items.append(PanelItem("困难上报有了答复", answered, f"{reverse('duties:hardships')}?state=closed", "success"))
    led = SchoolClass.objects.filter(pk__in=led_class_ids(user), teaching_ends_on__isnull=False).order_by("code")
    classes = [one for one in led if is_graduating(one, today)]
    progress = progress_of([one.pk for one in classes]) if classes else {}
    for one in classes:
        left = progress[one.pk].left if one.pk in progress else None
        note = f"离校办完 {left.numerator} ÷ {left.denominator}" if left else ""
        items.append(PanelItem(f"毕业事项：{one}", None, reverse("duties:graduation", args=[one.pk]), "info", note))
    return Panel("毕业与困难上报", items, icon="mortarboard", hat="班主任") if items else None


def register() -> None:
    register_panel((*COLLEGE, Role.OFFICE), STAFF_ORDER, staff_panel)
    register_panel((Role.CLASS_TEACHER,), TEACHER_ORDER, teacher_panel)
