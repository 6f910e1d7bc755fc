"""Tasks given to many class teachers at once, accepted, reported, returned and closed (C3.2, C5.7, C9.1.4, C9.4.2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.audit.services import record as audit
from gaobo_banzhuren.audit.services import sensitive
from gaobo_banzhuren.documents.models import StoredFile
from gaobo_banzhuren.documents.services import store
from gaobo_banzhuren.web.errors import StaleError, UserError
from teachers.models import Appointment, ClassTeacher

from ..models import AssignmentState, Task, TaskAssignment, TaskReport
from ..policies import tasks as policies

FILE_PURPOSE = "duties.task_report"
MOST_FILES = 9
LONGEST_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class TaskInput:
    """What is asked for. `giver` is the level (O4), `college` the college that gives, None for school and office."""

    giver: str
    title: str
    due_on: dt.date
    kind: str = Task.Kind.TASK
    text: str = ""
    materials: str = ""
    college: College | None = None


def in_post(college_ids: Iterable[int] | None = None) -> QuerySet[ClassTeacher]:
    """Class teachers who lead a class today (of the colleges): those whom tasks and meetings are for."""
    posts = Appointment.objects.on(timezone.localdate()).filter(teacher=OuterRef("pk"))
    if college_ids is not None:
        posts = posts.filter(school_class__college_id__in=list(college_ids))
    return ClassTeacher.objects.with_names().filter(Exists(posts), user__is_active=True)


def colleges_of(teachers: Sequence[ClassTeacher], college: College | None) -> dict[int, int]:
    """The college in whose books each teacher's task stands: the giving one, else the one whose class is led today."""
    if college is not None:
        return {teacher.pk: college.pk for teacher in teachers}
    posts = Appointment.objects.on(timezone.localdate()).filter(teacher__in=[teacher.pk for teacher in teachers])
    led = dict(posts.order_by("-starts_on", "-pk").values_list("teacher_id", "school_class__college_id"))
    return {teacher.pk: led.get(teacher.pk, teacher.college_id) for teacher in teachers}


def check_recipients(teachers: Sequence[ClassTeacher], college: College | None) -> list[ClassTeacher]:
    """Each once. Raises UserError when nobody is named, or a college names somebody who leads none of its classes."""
    found = list({teacher.pk: teacher for teacher in teachers}.values())
    if not found:
        raise UserError("没有可以接收的班主任，请重新选择。")
    if college is not None:
        allowed = set(in_post([college.pk]).values_list("pk", flat=True))
        if strangers := [teacher.name for teacher in found if teacher.pk not in allowed]:
            raise UserError(f"{'、'.join(strangers[:5])}现在不带{college}的班，不能由{college}布置。")
    return found


@transaction.atomic
def give(actor: User, data: TaskInput, teachers: Sequence[ClassTeacher]) -> Task:
    """One task for every teacher named. Raises UserError without title or recipients, or when it is due before today."""
    policies.can_give(actor, data.giver, data.college.pk if data.college else None).require()
    if not data.title.strip():
        raise UserError("请填写任务名称。")
    if data.due_on < timezone.localdate():
        raise UserError(f"期限 {data.due_on:%Y-%m-%d} 已经过去，请改为今天或以后。")
    people = check_recipients(teachers, data.college)
    task = Task.objects.create(
        kind=data.kind, giver=data.giver, college=data.college, title=data.title.strip(), text=data.text.strip(),
        materials=data.materials.strip(), due_on=data.due_on, created_by=actor,
    )  # fmt: skip
    where = colleges_of(people, data.college)
    TaskAssignment.objects.bulk_create(
        [
            TaskAssignment(task=task, teacher=teacher, college_id=where[teacher.pk], due_on=data.due_on)
            for teacher in people
        ]
    )
    audit(
        actor, "duties.task_give", task,
        after={"giver": task.giver, "kind": task.kind, "due_on": task.due_on, "teachers": [one.pk for one in people]},
        college=task.college_id,
    )  # fmt: skip
    return task


@transaction.atomic
def accept(actor: User, assignment: TaskAssignment) -> TaskAssignment:
    """The task has arrived and will be done."""
    policies.can_accept(actor, assignment).require()
    _move(assignment, "accept", state=AssignmentState.ACCEPTED, accepted_at=timezone.now())
    _log(actor, "duties.task_accept", assignment)
    return assignment


@transaction.atomic
def report(actor: User, assignment: TaskAssignment, text: str, uploads: Iterable[Any] = ()) -> TaskReport:
    """Hand in the next report. The day of this report is the day that decides about lateness."""
    policies.can_report(actor, assignment).require()
    files = list(uploads)
    if not text.strip() and not files:
        raise UserError("请填写上报内容，或附上材料。")
    if len(text) > LONGEST_TEXT:
        raise UserError(f"上报内容最多 {LONGEST_TEXT} 个字。")
    if len(files) > MOST_FILES:
        raise UserError(f"一次最多 {MOST_FILES} 个附件。")
    now = timezone.now()
    _move(
        assignment, "report", state=AssignmentState.REPORTED, reported_on=timezone.localdate(now),
        accepted_at=assignment.accepted_at or now,
    )  # fmt: skip
    number = assignment.reports.count() + 1
    made = TaskReport.objects.create(assignment=assignment, number=number, text=text.strip())
    made.files.set([store(upload, owner=actor, purpose=FILE_PURPOSE) for upload in files])
    _log(actor, "duties.task_report", assignment, number=number, text=sensitive(text), files=len(files))
    return made


@transaction.atomic
def send_back(actor: User, assignment: TaskAssignment, reason: str, due_on: dt.date | None = None) -> TaskAssignment:
    """Return a report with its reason. The task is open again; `due_on` gives a new day when the old one is too near."""
    policies.can_return(actor, assignment).require()
    if not reason.strip():
        raise UserError("请写明退回的原因，班主任会看到。")
    if due_on is not None and due_on < max(timezone.localdate(), assignment.due_on):
        raise UserError("新的期限不能早于今天和原来的期限。")
    TaskReport.objects.filter(assignment=assignment, returned_at=None).update(
        returned_at=timezone.now(), return_reason=reason.strip()
    )
    before = assignment.due_on
    _move(assignment, "return", state=AssignmentState.RETURNED, reported_on=None, due_on=due_on or assignment.due_on)
    _log(actor, "duties.task_return", assignment, reason=reason, due_before=before)
    return assignment


@transaction.atomic
def close(actor: User, assignment: TaskAssignment, quality: str = "") -> TaskAssignment:
    """Done. `quality` is what the giving unit says about it (C3.2)."""
    policies.can_close(actor, assignment).require()
    _move(
        assignment, "close", state=AssignmentState.CLOSED, closed_at=timezone.now(), closed_by=actor,
        quality=quality.strip(),
    )  # fmt: skip
    _log(actor, "duties.task_close", assignment, quality=quality.strip())
    return assignment


@transaction.atomic
def close_many(actor: User, assignments: Sequence[TaskAssignment], quality: str = "") -> int:
    """Close what was reported, all with the same words, or none of it."""
    if not assignments:
        raise UserError("请至少选择一位班主任。")
    for assignment in assignments:
        close(actor, assignment, quality)
    return len(assignments)


@transaction.atomic
def cancel(actor: User, task: Task, reason: str) -> Task:
    """Take the task back from everybody who has not finished it; what is closed stays and counts."""
    policies.can_cancel(actor, task).require()
    if not reason.strip():
        raise UserError("请写明撤销的原因，班主任会看到。")
    values = {"cancelled_at": timezone.now(), "cancel_reason": reason.strip()}
    if not Task.objects.filter(pk=task.pk, cancelled_at=None).update(version=F("version") + 1, **values):
        raise StaleError("该任务刚被他人撤销。")
    taken = task.assignments.filter(state__in=policies.MOVES["cancel"]).update(
        state=AssignmentState.CANCELLED, version=F("version") + 1
    )
    task.refresh_from_db()
    audit(actor, "duties.task_cancel", task, after={"taken_back": taken}, reason=reason, college=task.college_id)
    return task


def may_open_file(user: User, stored: StoredFile) -> bool:
    """Files of a report open for those who see the assignment."""
    found = TaskReport.objects.filter(files=stored).values("assignment")
    return TaskAssignment.objects.visible_to(user).filter(pk__in=found).exists()


def _move(assignment: TaskAssignment, move: str, **values: Any) -> None:
    rows = TaskAssignment.objects.filter(pk=assignment.pk, version=assignment.version, state__in=policies.MOVES[move])
    if not rows.update(version=F("version") + 1, **values):
        raise StaleError("这项任务刚有变化，您的操作没有保存。请刷新后核对。")
    for name, value in values.items():
        setattr(assignment, name, value)
    assignment.version += 1


def _log(actor: User, action: str, assignment: TaskAssignment, *, reason: str = "", **facts: Any) -> None:
    after = {"state": assignment.state, "due_on": assignment.due_on, "reported_on": assignment.reported_on, **facts}
    audit(actor, action, assignment, after=after, reason=reason, college=assignment.college_id)
