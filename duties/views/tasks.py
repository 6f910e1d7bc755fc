"""Tasks as those see them who give them, and as each class teacher has them."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.actions import FormPage, ObjectActionPage, ReasonForm
from gaobo_banzhuren.web.listing import ListPage
from gaobo_banzhuren.web.policy import Decision
from gaobo_banzhuren.web.views import DetailPage, opens_to, visible
from teachers.views.common import Crumbs, Step, WithHistory

from ..filters.tasks import MyTaskFilter, TaskFilter
from ..forms.tasks import CloseManyForm, TaskForm
from ..models import AssignmentState, Task, TaskAssignment
from ..models.tasks import OPEN_ASSIGNMENTS
from ..policies import tasks as policies
from ..services import tasks as services

LIST = "duties:tasks"
MINE, GIVEN = "mine", "given"
STAFF = (Role.COLLEGE_ADMIN, Role.ASSESSOR, Role.COLLEGE_HEAD, Role.OFFICE)
State = AssignmentState
NAMED_LATE = 3


@opens_to(*policies.READERS)
def tasks(request: HttpRequest) -> HttpResponseBase:
    """One address: the own tasks for a class teacher, the given ones for college and office; `?as=` for who is both."""
    user = request.user
    assert isinstance(user, User)
    leads, staff = user.access.has(Role.CLASS_TEACHER), user.access.has(*STAFF)
    own = leads and (not staff or request.GET.get("as") == MINE)
    return (MyTasks if own else GivenTasks).as_view()(request)


def hats_links(user: User) -> list[tuple[str, str, str]]:
    """For who leads a class and works for college or office: value of `as`, label, icon."""
    if user.access.has(Role.CLASS_TEACHER) and user.access.has(*STAFF):
        return [(GIVEN, "布置的", "send"), (MINE, "我的", "person")]
    return []


class TaskList(ListPage):
    title = "任务"
    noun = "任务"
    roles = policies.READERS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {
            "can_give": self.user.access.has(*policies.GIVERS),
            "hat_links": hats_links(self.user),
            "as_hat": MINE if isinstance(self, MyTasks) else GIVEN,
        }


class GivenTasks(TaskList):
    """Each task with how far it is: reported and closed over all, and who is late."""

    model = Task
    template_name = "duties/task_list.html"
    filterset_class = TaskFilter
    text_label = "任务名称"
    orderings = {
        "due": ("期限（晚的在前）", ("-due_on",)),
        "soon": ("期限（早的在前）", ("due_on",)),
        "newest": ("布置时间（新的在前）", ("-created_at",)),
    }

    def search_text(self, rows: QuerySet[Task], text: str) -> QuerySet[Task]:
        return rows.filter(title__icontains=text)

    def get_queryset(self) -> QuerySet[Task]:
        return super().get_queryset().select_related("college", "created_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows = context["object_list"] = list(context["object_list"])
        progress = progress_of(self.user, [task.pk for task in rows])
        for task in rows:
            task.progress = progress[task.pk]
        return context


def progress_of(user: User, task_ids: list[int]) -> dict[int, dict[str, Any]]:
    """Counts of each task among the assignments that the person sees, and the names of some who are late. Two queries."""
    today = timezone.localdate()
    visible_rows = TaskAssignment.objects.visible_to(user).filter(task__in=task_ids)
    found: dict[int, dict[str, Any]] = defaultdict(lambda: {"all": 0, "done": 0, "waiting": 0, "late": 0, "names": []})
    counts = (
        visible_rows.counted()
        .order_by()
        .values("task")
        .annotate(
            all=Count("pk"),
            done=Count("pk", filter=Q(state=State.CLOSED)),
            waiting=Count("pk", filter=Q(state=State.REPORTED)),
        )
    )
    for row in counts:
        found[row["task"]] |= row
    late = visible_rows.late(today).order_by("due_on", "teacher__user__staff_no")
    for task_id, name in late.values_list("task_id", "teacher__user__name"):
        entry = found[task_id]
        entry["late"] += 1
        if len(entry["names"]) < NAMED_LATE:
            entry["names"].append(name)
    return found


class MyTasks(TaskList):
    """Open ones first, the most pressing at the top."""

    title = "我的任务"
    lead = "学校、继续教育学院和二级学院布置的任务与材料上报。期限当天上报不算逾期。"
    model = TaskAssignment
    template_name = "duties/task_mine.html"
    filterset_class = MyTaskFilter
    roles = (Role.CLASS_TEACHER,)

    def get_queryset(self) -> QuerySet[TaskAssignment]:
        rows = visible(TaskAssignment, self.user).filter(teacher__user=self.user)
        rank = Case(
            When(state=State.RETURNED, then=Value(0)),
            When(state__in=OPEN_ASSIGNMENTS, then=Value(1)),
            When(state=State.REPORTED, then=Value(2)),
            default=Value(3),
            output_field=IntegerField(),
        )
        found: QuerySet[TaskAssignment] = rows.select_related("task__college").annotate(rank=rank)
        return found.order_by("rank", "due_on", "-pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        today = timezone.localdate()
        rows = context["object_list"] = list(context["object_list"])
        for row in rows:
            mark_due(row, today)
        return context


def mark_due(row: TaskAssignment, today: Any) -> None:
    """What a list says about the day: late or not, and how many days are left of an open one."""
    row.is_open = row.state in OPEN_ASSIGNMENTS  # type: ignore[attr-defined]
    row.late = row.late_on(today)  # type: ignore[attr-defined]
    row.days_left = (row.due_on - today).days  # type: ignore[attr-defined]
    row.days_over = -row.days_left  # type: ignore[attr-defined]


class GiveTask(FormPage):
    title = "布置任务"
    lead = "一次布置给多位班主任，每人一份，各自接收、上报，由布置单位退回或办结。"
    roles = policies.GIVERS
    form_class = TaskForm
    template_name = "duties/task_form.html"
    submit_label = "布置"

    def get_breadcrumbs(self) -> Crumbs:
        return [("任务", reverse(LIST)), (self.title, None)]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user}

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET.get("kind", "")
        return {"kind": asked if asked in Task.Kind.values else Task.Kind.TASK.value}

    def perform(self, form: TaskForm) -> str:
        self.task = services.give(self.user, form.task_input(), form.cleaned_data["teachers"])
        return f"已布置给 {len(form.cleaned_data['teachers'])} 位班主任，他们会在首页看到。"

    def get_success_url(self) -> str:
        return self.task.get_absolute_url()


class TaskPage(DetailPage):
    roles = policies.READERS
    model = Task
    object_name = "task"

    def get_queryset(self) -> QuerySet[Task]:
        rows: QuerySet[Task] = super().get_queryset().select_related("college", "created_by")
        return rows

    def get_breadcrumbs(self) -> Crumbs:
        return [("任务", reverse(LIST)), (self.object.title, self.object.get_absolute_url()), (self.title, None)]

    def get_success_url(self) -> str:
        return str(self.object.get_absolute_url())

    def assignments(self) -> QuerySet[TaskAssignment]:
        rows = TaskAssignment.objects.visible_to(self.user).filter(task=self.object)
        return rows.select_related("teacher__user", "college", "closed_by", "task")


class TaskDetail(WithHistory, TaskPage):
    """What is asked for and how far everybody is: waiting for the giver first, then the late, then the rest."""

    template_name = "duties/task_detail.html"

    def get_breadcrumbs(self) -> Crumbs:
        return [("任务", reverse(LIST)), (self.object.title, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        today = timezone.localdate()
        rows = list(self.assignments().order_by("due_on", "teacher__user__staff_no"))
        for row in rows:
            mark_due(row, today)
        rows.sort(key=lambda row: (row.state != State.REPORTED, not (row.late and row.is_open), not row.is_open))
        show = self.request.GET.get("show", "")
        tests = {
            "waiting": lambda row: row.state == State.REPORTED,
            "late": lambda row: row.late,
            "open": lambda row: row.is_open,
        }
        shown = [row for row in rows if tests[show](row)] if show in tests else rows
        counted = [row for row in rows if row.state != State.CANCELLED]
        return context | {
            "rows": shown,
            "show": show,
            "numbers": {
                "all": len(counted),
                "of_all": f" ÷ {len(counted)}",
                "done": sum(row.state == State.CLOSED for row in counted),
                **{name: sum(map(test, counted)) for name, test in tests.items()},
            },
            "steps": self._steps(rows),
            "entries": self.entries_of(self.user, self.object),
            "keeps": policies.keeps(self.user, self.object.giver, self.object.college_id),
        }

    def _steps(self, rows: list[TaskAssignment]) -> list[Step]:
        here = [self.object.pk]
        cancel = policies.can_cancel(self.user, self.object)
        if not policies.keeps(self.user, self.object.giver, self.object.college_id):
            return []
        found = []
        if any(row.state == State.REPORTED and row.teacher.user_id != self.user.pk for row in rows):
            found.append(
                Step("批量办结", reverse("duties:task_close", args=here), Decision(True), "check2-square", "primary")
            )
        return [*found, Step("撤销任务", reverse("duties:task_cancel", args=here), cancel, "x-lg")]


class CloseMany(TaskPage, ObjectActionPage):
    """Close several reports with the same words."""

    title = "批量办结"
    roles = policies.GIVERS
    form_class = CloseManyForm
    submit_label = "办结"

    def waiting(self) -> QuerySet[TaskAssignment]:
        rows = self.assignments().filter(state=State.REPORTED).exclude(teacher__user=self.user)
        return rows if policies.keeps(self.user, self.object.giver, self.object.college_id) else rows.none()

    def get_decision(self) -> Decision:
        if not policies.keeps(self.user, self.object.giver, self.object.college_id):
            return Decision(False, f"任务由布置单位（{self.object.get_giver_display()}）办结。")
        return Decision(True) if self.waiting().exists() else Decision(False, "现在没有等您办结的上报。")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"rows": self.waiting()}

    def perform(self, form: CloseManyForm) -> str:
        rows = list(form.cleaned_data["assignments"])
        return f"已办结 {services.close_many(self.user, rows, form.cleaned_data['quality'])} 份上报。"


class CancelTask(TaskPage, ObjectActionPage):
    title = "撤销任务"
    roles = policies.GIVERS
    form_class = ReasonForm
    submit_label = "撤销"
    submit_tone = "danger"

    def get_decision(self) -> Decision:
        return policies.can_cancel(self.user, self.object)

    def get_consequences(self) -> list[str]:
        return ["还没有办结的班主任不用再做，这项任务不计入及时率。", "已办结的保留。"]

    def perform(self, form: ReasonForm) -> str:
        services.cancel(self.user, self.object, form.cleaned_data["reason"])
        return "任务已撤销。"
