"""考试成绩: how each paper ended, with its score and grade (articles 4 (3), 5 (5))."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.documents import cells
from gaobo_banzhuren.documents.workbooks_in import HeaderColumn
from gaobo_banzhuren.web.policy import Decision
from teachers.imports.columns import SheetKind, at_most

from ... import exam_figures as figures
from ...models import ExamResult, ExamSession, ResultStatus
from ...policies import exams as policies
from ...services.exams import GONE, LONGEST_GRADE, ResultRow, record_results
from ..cells import points
from ..declaring import ImportKind, Reading, Scope, Shown, Wanted
from ..reading import read_tables
from .exam_rows import COLUMNS, KEY, NOTES, Home, PaperRow, homes, paper_rows

PASS_MARK: Final = 60
"""Points out of a hundred from which a paper is passed where the list itself does not say."""
FULL_MARKS: Final = 100
"""A higher score belongs to another scale, on which the pass mark says nothing."""
WORDS: Final = {word: word for word in ResultStatus.values} | {
    "及格": ResultStatus.PASSED.value,
    "不及格": ResultStatus.FAILED.value,
}
REASON: Final = "导入成绩工作簿"


def score(value: Any) -> Decimal | str:
    """Points, or the word that lists write in their place (缺考, 免考, 违纪 …)."""
    word = cells.clean(value).replace(" ", "") if isinstance(value, str) else ""
    return WORDS[word] if word in WORDS else points(value)


SHEET: Final = SheetKind(
    "考试成绩",
    (
        *COLUMNS,
        HeaderColumn("status", "结果", cells.choice(WORDS), aliases=("考试结果", "是否合格")),
        HeaderColumn("score", "成绩", score, aliases=("分数", "总评成绩", "卷面成绩")),
        HeaderColumn("grade", "等第", at_most(LONGEST_GRADE, cells.text), aliases=("等级",)),
    ),
    "student_no",
    {
        **NOTES,
        "status": f"空白时按成绩判断：{PASS_MARK} 分及以上为合格",
        "score": "分数，最多一位小数；也可写缺考、免考等",
        "grade": "没有分数的可填等第",
    },
    {"status": tuple(ResultStatus.values)},
)


def plan(reading: Reading, scope: Scope) -> Wanted:
    rows = paper_rows(reading, scope)
    by_session: dict[ExamSession, list[PaperRow]] = defaultdict(list)
    for one in rows:
        by_session[one.session].append(one)
    known = _known(rows)
    derived = 0
    wanted: dict[ExamSession, list[ResultRow]] = {}
    lines = []
    for session, group in by_session.items():
        places = homes({one.student.pk for one in group}, session.starts_on, GONE)
        for one in group:
            if _refused(reading, scope, one, places.get(one.student.pk)):
                continue
            if (new := _result(reading, one, known.get(one.key))) is None:
                continue
            derived += one.row["status"] is None and isinstance(one.row["score"], Decimal)
            wanted.setdefault(session, []).append(new)
            lines.append(one.line)
    if derived:
        reading.notes.append(f"{derived} 行没有填写结果，按成绩判断：{PASS_MARK} 分及以上为合格")

    def write(actor: User) -> None:
        for session, group in wanted.items():
            record_results(actor, session, group, reason=REASON)

    keys = [session.pk for session in wanted]
    asked = {row.student_id for group in wanted.values() for row in group}
    results = ExamResult.objects.filter(session__in=keys, student__in=asked)
    return Wanted(write, (results, ExamSession.objects.filter(pk__in=keys)), lines)


def _known(rows: list[PaperRow]) -> dict[tuple[int, int, int], ExamResult]:
    found = ExamResult.objects.filter(
        session__in={one.session.pk for one in rows}, student__in={one.student.pk for one in rows}
    )
    return {(row.student_id, row.session_id, row.course_id): row for row in found}


def _refused(reading: Reading, scope: Scope, one: PaperRow, place: Home | None) -> bool:
    """Whether no result can be recorded; the class counts that had the student on the day of the exam."""
    first = one.session.starts_on
    column, reason = "session", ""
    if first > timezone.localdate():
        reason = f"{first:%Y-%m-%d} 才考试，还不能登记成绩"
    elif place is None:
        column, reason = "student_no", f"考试当天（{first:%Y-%m-%d}）不在任何班级的名册上"
    elif not scope.covers(place.school_class.college_id):
        column, reason = "student_no", scope.unknown
    elif not (decision := _may(scope.actor, place, one.session)):
        reason = decision.reason
    if reason:
        reading.report(one.sheet, one.row, column, reason)
    return bool(reason)


def _may(actor: User, place: Home, session: ExamSession) -> Decision:
    decision = policies.can_record_results(actor, place.school_class.college_id)
    return policies.fits(place.school_class, session) if decision else decision


def _result(reading: Reading, one: PaperRow, old: ExamResult | None) -> ResultRow | None:
    """The result that a row says; blank score and grade leave what is stored while the result stays the same."""
    said, written, grade = (one.row[name] for name in ("status", "score", "grade"))
    number = written if isinstance(written, Decimal) else None
    if isinstance(written, str):
        if said is not None and said != written:
            reading.report(one.sheet, one.row, "score", f"与结果「{said}」矛盾")
            return None
        said = written
    if said is None and number is None:
        reading.report(one.sheet, one.row, "status", "结果和成绩至少填一项")
        return None
    if said is None and number is not None:
        if number > FULL_MARKS:
            reading.report(one.sheet, one.row, "status", f"成绩超过 {FULL_MARKS} 分，无法判断是否合格，请填写结果")
            return None
        said = figures.PASSED if number >= PASS_MARK else figures.FAILED
    if number is not None and said in figures.UNSCORED:
        reading.report(one.sheet, one.row, "score", f"「{said}」没有参加考试，不能有分数")
        return None
    stays = old is not None and old.status == said
    if stays and old is not None:
        number = old.score if number is None else number
        grade = grade or old.grade
    return ResultRow(one.student.pk, one.course.pk, said, number, grade or "")


RESULTS: Final = ImportKind(
    key="results",
    label="考试成绩",
    text="每名学生每门课程一行：合格、不合格、缺考、违纪、作弊或免考，可带成绩和等第。导入后补考名单随之更新。",
    icon="mortarboard",
    roles=(Role.COLLEGE_ADMIN, Role.OFFICE),
    sheets=(SHEET,),
    key_columns=KEY,
    shown=(Shown("status", "结果"), Shown("score", "成绩"), Shown("grade", "等第")),
    plan=plan,
    read=read_tables,
    hints=(
        f"结果留空时按成绩判断：{PASS_MARK} 分及以上为合格，以下为不合格。已填写的结果以填写的为准。",
        "缺考、免考没有成绩；「成绩」列里也可以直接写缺考、免考、违纪、作弊。",
        "考试场次和课程须先在系统里建立；学生按考试当天的名册归班。",
        "没有发布日期的场次，导入后以当天为发布日期。与系统不同的成绩会被更新，原来的成绩留在审计记录里。",
    ),
)
