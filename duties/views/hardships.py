"""Reports of real hardship that went up from the class, and how long they have been waiting (article 4 (2))."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.listing import ListPage

from ..links import link
from ..models import Progress, RecordClass, RecordNote, RecordState, RecordStudent, WorkRecord
from ..policies import fees as policies
from ..policies import records as record_policies


def reports_for(user: User) -> QuerySet[WorkRecord]:
    """Reports of hardship that the person wrote or has to answer."""
    rows = WorkRecord.objects.visible_to(user).filter(kind="hardship", state=RecordState.ARCHIVED)
    if user.access.has(Role.OFFICE):
        return rows
    return rows.filter(Q(author=user) | Q(college_id__in=user.access.colleges(*policies.COLLEGE)))


class HardshipFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label="答复", field_name="progress",
        choices=[(Progress.PENDING.value, "待答复"), (Progress.CLOSED.value, "已答复")], empty_label="全部",
    )  # fmt: skip

    class Meta:
        model = WorkRecord
        fields = ("state",)


class Hardships(ListPage):
    """Waiting ones first, the oldest on top; every time is kept: reported, opinions, answered."""

    roles = policies.READERS
    title = "困难上报"
    model = WorkRecord
    noun = "上报"
    template_name = "duties/hardships.html"
    filterset_class = HardshipFilter
    orderings = {
        "waiting": ("待答复在前", ("-progress", "happened_on")),
        "newest": ("上报日期（新的在前）", ("-happened_on",)),
    }

    def get_queryset(self) -> QuerySet[WorkRecord]:
        opinions = RecordNote.objects.filter(kind=RecordNote.Kind.DECISION).select_related("by")
        return (
            reports_for(self.user)
            .select_related("author", "fee_period", "decided_by", "college", "teacher")
            .prefetch_related(
                Prefetch("student_links", RecordStudent.objects.select_related("student"), to_attr="people"),
                Prefetch("class_links", RecordClass.objects.select_related("school_class"), to_attr="where"),
                Prefetch("notes", opinions, to_attr="opinions"),
            )
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        today = timezone.localdate()
        for row in context["object_list"]:
            row.waits = row.progress == Progress.PENDING
            row.days = (today - row.happened_on).days
            row.answer_url = link("record_answer", row.public_id) if record_policies.can_decide(self.user, row) else ""
            row.url = link("record", row.public_id)
        return context | {"several_colleges": self.user.access.has(Role.OFFICE)}
