"""The exam affairs of a term: planned by the office or a college, ticked by whoever is responsible (article 5 (6)).

open → done → open again; an item planned by mistake is cancelled and counts nowhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.audit.services import record as audit
from gaobo_banzhuren.regulation.models import Term
from gaobo_banzhuren.web.errors import StaleError, UserError
from teachers.models import Appointment, ClassTeacher, SchoolClass

from ..models import ExamAffair, ExamSession
from ..policies import exams as policies

USUAL_ITEMS: Final = ("考场安排", "考试日程", "考试通知", "考试材料", "监考安排")
"""What exam affairs of a term consist of (C5.6); others can be typed."""
MOST_ITEMS: Final = 400


@dataclass(frozen=True, slots=True)
class AffairInput:
    """One item to plan. `college` None means the whole school; with a class, its teacher is responsible unless named."""

    item: str
    due_on: dt.date
    college: College | None = None
    school_class: SchoolClass | None = None
    session: ExamSession | None = None
    responsible: ClassTeacher | None = None
    note: str = ""


@transaction.atomic
def plan(actor: User, term: Term, rows: Iterable[AffairInput]) -> list[ExamAffair]:
    """Plan many items at once. What the term has already for the same college, class and session is left out.

    Raises UserError for an empty plan, a due day outside the term's days or a class of another college.
    """
    wanted = list(rows)
    if not wanted or len(wanted) > MOST_ITEMS:
        raise UserError(f"请选择要布置的事项，一次最多 {MOST_ITEMS} 条。" if wanted else "请选择要布置的事项。")
    for college in {row.college.pk if row.college else None for row in wanted}:
        policies.can_keep_affair(actor, college).require()
    for row in wanted:
        _check(term, row)
    there = set(
        ExamAffair.objects.filter(term=term, cancelled_at=None)
        .values_list("item", "college_id", "school_class_id", "session_id")
    )  # fmt: skip
    leaders = _leaders(row.school_class for row in wanted if row.school_class and row.responsible is None)
    fresh: dict[tuple[Any, ...], ExamAffair] = {}
    for row in wanted:
        key = (row.item.strip(), _key(row.college), _key(row.school_class), _key(row.session))
        if key in there or key in fresh:
            continue
        responsible = row.responsible or (leaders.get(row.school_class.pk) if row.school_class else None)
        fresh[key] = ExamAffair(
            term=term, session=row.session, college=row.college, school_class=row.school_class, item=row.item.strip(),
            responsible=responsible, due_on=row.due_on, note=row.note.strip(), created_by=actor,
        )  # fmt: skip
    made = ExamAffair.objects.bulk_create(list(fresh.values()))
    if made:
        colleges = {affair.college_id for affair in made}
        audit(
            actor, "duties.exam_affair_plan", term, after={"items": sorted({one.item for one in made}), "number": len(made)},
            college=colleges.pop() if len(colleges) == 1 else None,
        )  # fmt: skip
    return made


def plan_like(actor: User, source: Term, term: Term, college: College | None) -> list[ExamAffair]:
    """Plan the term's items as those of another term: same items and classes, due the same number of days into the term.

    Sessions are not carried over, classes that are closed drop out, and the present class teachers are responsible.
    """
    rows = ExamAffair.objects.filter(term=source, college=college, cancelled_at=None)
    found = []
    for affair in rows.select_related("school_class", "college", "responsible"):
        due = min(term.starts_on + (affair.due_on - source.starts_on), term.ends_on)
        school_class = affair.school_class
        if school_class and school_class.closes_on and school_class.closes_on < term.starts_on:
            continue
        found.append(
            AffairInput(
                affair.item, due, affair.college, school_class, None, None if school_class else affair.responsible,
                affair.note,
            )
        )  # fmt: skip
    if not found:
        raise UserError(f"{source}没有{college.name if college else '全校'}的考务事项可以照搬。")
    return plan(actor, term, found)


@transaction.atomic
def tick(
    actor: User, affair: ExamAffair, *, version: int, done_on: dt.date | None, note: str | None = None
) -> ExamAffair:
    """Note the day on which an item was done; None takes that back.

    Raises UserError for a day to come, StaleError when somebody ticked or changed it meanwhile.
    """
    policies.can_tick_affair(actor, affair, timezone.localdate()).require()
    if done_on and done_on > timezone.localdate():
        raise UserError("完成日期不能晚于今天。")
    before = {"done_on": affair.done_on}
    _update(affair, version, done_on=done_on, note=affair.note if note is None else note.strip())
    audit(
        actor, "duties.exam_affair_done", affair, before=before, after={"done_on": done_on}, college=affair.college_id
    )
    return affair


@transaction.atomic
def change(
    actor: User, affair: ExamAffair, *, version: int, item: str, due_on: dt.date, responsible: ClassTeacher | None,
    note: str,
) -> ExamAffair:  # fmt: skip
    """Change an item, its day or who is responsible."""
    policies.can_keep_affair(actor, affair.college_id).require()
    _check(affair.term, AffairInput(item, due_on, affair.college, affair.school_class, affair.session, responsible))
    before = _facts(affair)
    _update(affair, version, item=item.strip(), due_on=due_on, responsible=responsible, note=note.strip())
    audit(actor, "duties.exam_affair_change", affair, before=before, after=_facts(affair), college=affair.college_id)
    return affair


@transaction.atomic
def cancel(actor: User, affair: ExamAffair, *, version: int, reason: str) -> ExamAffair:
    """Cancel an item; it stays readable in the log and counts nowhere."""
    policies.can_keep_affair(actor, affair.college_id).require()
    if not reason.strip():
        raise UserError("请写明撤销的原因。")
    _update(affair, version, cancelled_at=timezone.now())
    audit(actor, "duties.exam_affair_cancel", affair, before=_facts(affair), reason=reason, college=affair.college_id)
    return affair


def done_of(affairs: Sequence[ExamAffair]) -> tuple[int, int]:
    """已完成 ÷ 全部 as two counts, without cancelled ones."""
    standing = [affair for affair in affairs if affair.cancelled_at is None]
    return sum(affair.done_on is not None for affair in standing), len(standing)


def _check(term: Term, row: AffairInput) -> None:
    if not row.item.strip():
        raise UserError("请写明考务事项。")
    if not term.starts_on <= row.due_on <= term.ends_on:
        raise UserError(f"期限 {row.due_on} 不在{term}（{term.starts_on} 至 {term.ends_on}）之内，考务按学期布置。")
    if row.school_class and row.college and row.school_class.college_id != row.college.pk:
        raise UserError(f"{row.school_class.name}不属于{row.college.name}，请重新选择。")
    if row.session and row.session.college_id not in (None, _key(row.college)):
        raise UserError(f"「{row.session}」是另一学院自己组织的考试。")


def _leaders(classes: Iterable[SchoolClass]) -> dict[int, ClassTeacher]:
    """Present teacher of each class, one query."""
    keys: Collection[int] = {school_class.pk for school_class in classes}
    posts = Appointment.objects.on(timezone.localdate()).filter(school_class_id__in=keys).select_related("teacher")
    return {post.school_class_id: post.teacher for post in posts.order_by("-starts_on", "-pk")}


def _key(obj: Any) -> int | None:
    return obj.pk if obj else None


def _update(affair: ExamAffair, version: int, **values: Any) -> None:
    rows = ExamAffair.objects.filter(pk=affair.pk, version=version, cancelled_at=None)
    if not rows.update(version=F("version") + 1, **values):
        raise StaleError(f"「{affair.item}」刚在别处被修改，没有保存。请刷新后核对。")
    affair.refresh_from_db()


def _facts(affair: ExamAffair) -> dict[str, Any]:
    names = ("item", "due_on", "responsible_id", "done_on", "note")
    return {name: getattr(affair, name) for name in names}
