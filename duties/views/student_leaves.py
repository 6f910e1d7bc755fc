"""请销假: the list, a new slip, one slip and what is done with it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date

from gaobo_banzhuren.web.actions import FormPage
from gaobo_banzhuren.web.listing import ListPage
from gaobo_banzhuren.web.views import DetailPage
from teachers.models import RosterEntry, SchoolClass, StudentState

from ..forms.student_leaves import NewLeaveForm
from ..models import LeaveReason, LeaveState, StudentLeave
from ..models.records import led_class_ids
from ..policies import attendance as policies
from ..services import student_leaves as services
from .attendance import address_of
from .roll_call import CALLERS, READERS, Crumbs

LIST = "duties:leaves"
OVERDUE = "overdue"


class LeaveFilter(django_filters.FilterSet):
    """By state and kind; 逾期未销假 is a state of its own here."""

    state = django_filters.ChoiceFilter(
        label="状态", choices=[*LeaveState.choices, (OVERDUE, "逾期未销假")], method="by_state", empty_label="全部"
    )
    kind = django_filters.ChoiceFilter(label="假别", choices=LeaveReason.choices, empty_label="全部")

    class Meta:
        model = StudentLeave
        fields = ["state", "kind"]

    def by_state(self, rows: QuerySet[StudentLeave], name: str, value: str) -> QuerySet[StudentLeave]:
        if value == OVERDUE:
            return rows.filter(state=LeaveState.APPROVED, ends_on__lt=timezone.localdate())
        return rows.filter(state=value)


class LeaveList(ListPage):
    title = "学生请销假"
    roles = READERS
    model = StudentLeave
    template_name = "duties/leave_list.html"
    noun = "请假单"
    filterset_class = LeaveFilter
    text_label = "姓名、拼音、学号或班级"
    orderings = {
        "open": ("未办结的在前", ("rank", "-starts_on")),
        "newest": ("开始日期（新的在前）", ("-starts_on",)),
        "student": ("学生", ("student__student_no", "-starts_on")),
    }

    def get_queryset(self) -> QuerySet[StudentLeave]:
        late = Q(state=LeaveState.APPROVED, ends_on__lt=timezone.localdate())
        rank = Case(
            When(state=LeaveState.ASKED, then=Value(0)), When(late, then=Value(1)),
            When(state=LeaveState.APPROVED, then=Value(2)), default=Value(3), output_field=IntegerField(),
        )  # fmt: skip
        return super().get_queryset().select_related("student", "school_class").annotate(rank=rank)

    def search_text(self, rows: QuerySet[StudentLeave], text: str) -> QuerySet[StudentLeave]:
        joined = "".join(text.split())
        lower = joined.lower()
        return rows.filter(
            Q(student__name__icontains=joined)
            | Q(student__student_no__istartswith=joined)
            | Q(student__name_pinyin__startswith=lower)
            | Q(student__name_initials__startswith=lower)
            | Q(school_class__name__icontains=joined)
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        today = timezone.localdate()
        for row in context.get("object_list", ()):
            row.days = days_of(row)
            row.overdue = is_overdue(row, today)
        return context | {"may_write": self.user.access.has(*CALLERS)}


def days_of(leave: StudentLeave) -> int:
    """Calendar days, first and last included."""
    return (leave.ends_on - leave.starts_on).days + 1


def is_overdue(leave: StudentLeave, today: dt.date) -> bool:
    return leave.state == LeaveState.APPROVED and leave.ends_on < today


class NewLeave(FormPage):
    """The students offered are those of the class asked for, else of the classes led."""

    title = "登记学生请假"
    roles = CALLERS
    form_class = NewLeaveForm
    submit_label = "登记"
    template_name = "duties/leave_form.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.user.access.has(*self.roles):
            raise Http404
        self.classes = self._classes()
        return super().dispatch(request, *args, **kwargs)

    def _classes(self) -> list[SchoolClass]:
        asked = self.request.GET.get("class", "")
        rows = SchoolClass.objects.visible_to(self.user).order_by("code")
        if asked:
            found = rows.filter(pk=int(asked) if asked.isdecimal() and len(asked) < 19 else 0).first()
            if found is None or not policies.can_write_leave(self.user, found):
                raise Http404
            return [found]
        return list(rows.filter(pk__in=led_class_ids(self.user)))

    def get_breadcrumbs(self) -> Crumbs:
        return [("学生请销假", reverse(LIST)), (self.title, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if not self.classes:
            colleges = self.user.access.colleges(*policies.KEEPERS)
            rows = SchoolClass.objects.filter(college_id__in=colleges).open_on(timezone.localdate())
            context["choose_from"] = list(rows.order_by("code"))
        return context

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"groups": self._groups()}

    def _groups(self) -> list[tuple[str, list[tuple[str, str]]]]:
        days = sorted({self._day() or timezone.localdate(), timezone.localdate()})
        rows = (
            RosterEntry.objects.standing()
            .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=days[0]), starts_on__lte=days[-1])
            .filter(school_class__in=self.classes, state=StudentState.ENROLLED)
            .order_by("school_class__code", "student__student_no")
            .values_list("school_class_id", "student_id", "student__name", "student__student_no")
        )
        found: dict[int, list[tuple[str, str]]] = {each.pk: [] for each in self.classes}
        for class_id, student_id, name, number in dict.fromkeys(rows):
            found[class_id].append((f"{class_id}:{student_id}", f"{name}（{number}）"))
        return [(each.name, found[each.pk]) for each in self.classes]

    def _day(self) -> dt.date | None:
        given = self.request.POST.get("starts_on", "") or self.request.GET.get("day", "")
        try:
            return parse_date(given[:10])
        except ValueError:
            return None

    def get_initial(self) -> dict[str, Any]:
        day = self._day() or timezone.localdate()
        student = self.request.GET.get("student", "")[:18]
        chosen = f"{self.classes[0].pk}:{student}" if len(self.classes) == 1 and student.isdecimal() else ""
        return {"starts_on": day, "ends_on": day, "student": chosen, "kind": LeaveReason.SICK, "approved": "1"}

    def perform(self, form: NewLeaveForm) -> str:
        data = form.cleaned_data
        class_id, _, student_id = data["student"].partition(":")
        school_class = next(each for each in self.classes if str(each.pk) == class_id)
        entry = RosterEntry.objects.standing().filter(student_id=student_id, school_class=school_class)
        student = entry.select_related("student")[0].student
        names = ("kind", "starts_on", "ends_on", "periods", "reason", "approver_name", "proof")
        given = {name: data[name] for name in names}
        self.made = services.record_leave(self.user, school_class, student, approved=bool(data["approved"]), **given)
        return f"已登记{student.name}的{self.made.get_kind_display()}，{days_of(self.made)} 天。"

    def get_success_url(self) -> str:
        return self.made.get_absolute_url()


class OneLeave(DetailPage):
    model = StudentLeave
    object_name = "leave"

    def get_queryset(self) -> QuerySet[StudentLeave]:
        return super().get_queryset().select_related("student", "school_class__college", "recorded_by", "proof")

    def get_title(self) -> str:
        one = self.object
        label = self.title or "请假单"
        return f"{label}：{one.student.name} {one.get_kind_display()}"

    def get_breadcrumbs(self) -> Crumbs:
        return [("学生请销假", reverse(LIST)), (self.get_title(), None)]


class LeavePage(OneLeave):
    roles = READERS
    template_name = "duties/leave.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        leave, user = self.object, self.user
        may_write = user.access.has(*CALLERS) and bool(policies.can_write_leave(user, leave.school_class))
        filled = list(leave.marks.filter(session__voided_at=None).select_related("session").order_by("session__day"))
        return context | {
            "days": days_of(leave),
            "overdue": is_overdue(leave, timezone.localdate()),
            "may_write": may_write,
            "may_decide": may_write and leave.state == LeaveState.ASKED,
            "may_return": may_write and leave.state == LeaveState.APPROVED,
            "may_void": may_write and leave.state in (LeaveState.ASKED, LeaveState.APPROVED),
            "filled": filled,
            "to_update": services.sessions_to_update(leave) if may_write else [],
            "after_return": services.sessions_after_return(leave),
            "contact": address_of("duties:record_new", "parent_contact") if may_write else "",
        }
