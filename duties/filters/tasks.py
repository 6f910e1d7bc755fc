"""Filters of tasks and meetings: by who gave them (O4), kind and what is still to be done."""

from __future__ import annotations

import django_filters
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from gaobo_banzhuren.accounts.models import College
from teachers.filters import ALL, ScopedFilter

from ..models import AssignmentState, Giver, MeetingAttendance, StaffMeeting, Task, TaskAssignment
from ..models.tasks import OPEN_ASSIGNMENTS


class TaskFilter(ScopedFilter):
    """Tasks as those see them who give them."""

    giver = django_filters.ChoiceFilter(label="布置单位", choices=Giver.choices, empty_label=ALL)
    kind = django_filters.ChoiceFilter(label="类别", choices=Task.Kind.choices, empty_label=ALL)
    show = django_filters.ChoiceFilter(
        label="进度", method="by_show", empty_label="全部（不含已撤销）",
        choices=[
            ("open", "还有未上报"), ("waiting", "有上报待办结"), ("late", "有逾期"), ("done", "全部办结"),
            ("cancelled", "已撤销"),
        ],
    )  # fmt: skip

    class Meta:
        model = Task
        fields: list[str] = []

    @property
    def qs(self) -> QuerySet[Task]:
        rows: QuerySet[Task] = super().qs
        asked = self.form.cleaned_data.get("show") if self.is_bound and self.form.is_valid() else ""
        return rows if asked == "cancelled" else rows.filter(cancelled_at=None)

    def by_college(self, rows: QuerySet[Task], name: str, value: College) -> QuerySet[Task]:
        return rows.filter(Exists(TaskAssignment.objects.filter(task=OuterRef("pk"), college=value)))

    def by_show(self, rows: QuerySet[Task], name: str, value: str) -> QuerySet[Task]:
        given = TaskAssignment.objects.filter(task=OuterRef("pk"))
        if self.request is not None:
            given = given.visible_to(self.request.user)
        if value == "cancelled":
            return rows.exclude(cancelled_at=None)
        if value == "done":
            return rows.exclude(Exists(given.counted().exclude(state=AssignmentState.CLOSED)))
        found = {
            "open": given.filter(state__in=OPEN_ASSIGNMENTS),
            "waiting": given.filter(state=AssignmentState.REPORTED),
            "late": given.late(timezone.localdate()),
        }
        return rows.filter(Exists(found[value]))


class MyTaskFilter(django_filters.FilterSet):
    """A class teacher's own tasks; school tasks and college tasks are told apart (C3.2, C5.7)."""

    giver = django_filters.ChoiceFilter(
        label="布置单位", field_name="task__giver", choices=Giver.choices, empty_label=ALL
    )
    kind = django_filters.ChoiceFilter(
        label="类别", field_name="task__kind", choices=Task.Kind.choices, empty_label=ALL
    )
    state = django_filters.ChoiceFilter(label="状态", choices=AssignmentState.choices, empty_label=ALL)

    class Meta:
        model = TaskAssignment
        fields: list[str] = []


class MeetingFilter(ScopedFilter):
    giver = django_filters.ChoiceFilter(label="召集单位", choices=Giver.choices, empty_label=ALL)
    kind = django_filters.ChoiceFilter(label="类别", choices=StaffMeeting.Kind.choices, empty_label=ALL)
    show = django_filters.ChoiceFilter(
        label="显示", method="by_show", empty_label="全部（不含已取消）",
        choices=[("coming", "将要召开"), ("open", "未登记出席"), ("cancelled", "已取消")],
    )  # fmt: skip

    class Meta:
        model = StaffMeeting
        fields: list[str] = []

    @property
    def qs(self) -> QuerySet[StaffMeeting]:
        rows: QuerySet[StaffMeeting] = super().qs
        asked = self.form.cleaned_data.get("show") if self.is_bound and self.form.is_valid() else ""
        return rows if asked == "cancelled" else rows.filter(cancelled_at=None)

    def by_college(self, rows: QuerySet[StaffMeeting], name: str, value: College) -> QuerySet[StaffMeeting]:
        return rows.filter(Exists(MeetingAttendance.objects.filter(meeting=OuterRef("pk"), college=value)))

    def by_show(self, rows: QuerySet[StaffMeeting], name: str, value: str) -> QuerySet[StaffMeeting]:
        today = timezone.localdate()
        if value == "cancelled":
            return rows.exclude(cancelled_at=None)
        if value == "coming":
            return rows.filter(held_on__gte=today)
        return rows.filter(held_on__lte=today, settled_at=None)
