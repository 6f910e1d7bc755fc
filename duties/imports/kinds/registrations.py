"""考试报名: who is to register, has registered or gave up, and who paid (article 5 (5))."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import Final

from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.documents import cells
from gaobo_banzhuren.documents.workbooks_in import HeaderColumn
from gaobo_banzhuren.web.policy import Decision
from teachers.imports.columns import SheetKind
from teachers.models import ImportBatch, SchoolClass

from ...models import ExamRegistration, ExamResult, ExamSession, RegistrationState
from ...policies import exams as policies
from ...services.imports.undoing import created, register_question
from ...services.registrations import ON_THE_LIST, RegistrationRow, record_registrations
from ..cells import yes_no
from ..declaring import ImportKind, Reading, Scope, Shown, Wanted
from ..reading import read_tables
from .exam_rows import COLUMNS, KEY, NOTES, Home, PaperRow, homes, paper_rows

STATES: Final = {label: value for value, label in RegistrationState.choices}
SHEET: Final = SheetKind(
    "考试报名",
    (
        *COLUMNS,
        HeaderColumn("state", "报名状态", cells.choice(STATES), required=True, aliases=("报名情况",)),
        HeaderColumn("paid", "已缴费", yes_no, aliases=("是否缴费", "报名费")),
    ),
    "student_no",
    {**NOTES, "paid": "空白不改动；新的报名按否"},
    {"state": tuple(STATES), "paid": ("是", "否")},
)


def plan(reading: Reading, scope: Scope) -> Wanted:
    rows = paper_rows(reading, scope)
    today = timezone.localdate()
    places = homes({one.student.pk for one in rows}, today)
    known = _known(rows)

    @cache
    def may(school_class: SchoolClass, session: ExamSession) -> Decision:
        return policies.can_register(scope.actor, school_class, session, today)

    lines, wanted = [], defaultdict(list)
    for one in rows:
        old, place = known.get(one.key), places.get(one.student.pk)
        paid = one.row["paid"] if one.row["paid"] is not None else bool(old and old.paid)
        new = RegistrationRow(one.student.pk, one.course.pk, one.row["state"], paid)
        same = old is not None and (old.state, old.paid) == (new.state, new.paid)
        if _refused(reading, scope, one, place, same) or (place is None and not same):
            continue
        if not same and place is not None:
            if not (decision := may(place.school_class, one.session)):
                reading.report(one.sheet, one.row, "session", decision.reason)
                continue
            if new.state == RegistrationState.GIVEN_UP and paid and not (old and old.paid):
                reading.report(one.sheet, one.row, "paid", "放弃报考的不能登记缴费", "是")
                continue
            wanted[one.session].append(new)
        lines.append(one.line)

    def write(actor: User) -> None:
        for session, group in wanted.items():
            record_registrations(actor, session, group)

    tracked = ExamRegistration.objects.filter(
        session__in=list(wanted), student__in={row.student_id for group in wanted.values() for row in group}
    )
    return Wanted(write, (tracked,), lines)


def _known(rows: list[PaperRow]) -> dict[tuple[int, int, int], ExamRegistration]:
    found = ExamRegistration.objects.filter(
        session__in={one.session.pk for one in rows}, student__in={one.student.pk for one in rows}
    )
    return {(row.student_id, row.session_id, row.course_id): row for row in found}


def _refused(reading: Reading, scope: Scope, one: PaperRow, place: Home | None, same: bool) -> bool:
    """Whether the student cannot be registered; the class counts that has the student today."""
    reason = ""
    if place is not None and not scope.covers(place.school_class.college_id):
        reason = scope.unknown
    elif same:
        return False
    elif place is None:
        reason = "今天不在任何班级的名册上，不能报名"
    elif place.state not in ON_THE_LIST:
        reason = f"今天的学籍状态是「{place.state}」，不能报名"
    if reason:
        reading.report(one.sheet, one.row, "student_no", reason)
    return bool(reason)


def results_of(batch: ImportBatch) -> list[str]:
    """Results of papers that the batch registered."""
    keys = {
        tuple(values[name] for name in KEY) for values in created(batch).get(ExamRegistration._meta.label, {}).values()
    }
    if not keys:
        return []
    found = ExamResult.objects.filter(session__in={key[1] for key in keys}, student__in={key[0] for key in keys})
    count = sum(key in keys for key in found.values_list(*KEY))
    return [f"已有 {count} 条考试成绩属于这批报名"] if count else []


register_question("registrations", results_of)

REGISTRATIONS: Final = ImportKind(
    key="registrations",
    label="考试报名",
    text="每名学生每门课程一行：应报、已报或放弃，是否已缴费。只能在报名时间内导入，截止后不再改动。",
    icon="pencil",
    roles=(Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD, Role.OFFICE),
    sheets=(SHEET,),
    key_columns=KEY,
    shown=(
        Shown("state", "报名状态", lambda value: str(RegistrationState(value).label)),
        Shown("paid", "已缴费", lambda _: "是"),
        Shown("checked_at", "核对", lambda _: "已核对"),
    ),
    plan=plan,
    read=read_tables,
    hints=(
        "考试场次和课程须先在系统里建立；场次写系统中的名称，课程写代码（按文本填写，保留前导零）。",
        "报名状态：应报、已报、放弃。改动过的行要重新核对。",
        "学生按今天的名册归班；报名时间之外有改动的行不能导入，与系统相同的行不受影响。",
    ),
)
