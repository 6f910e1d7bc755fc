"""Counts of registrations and results (5.4), and of pre-exam education (C5.5b)."""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef, Q

from gaobo_banzhuren.regulation.rates import LevelPass, RateRules

from ..figures import Figure
from ..models import (
    SAT,
    CourseKind,
    ExamRegistration,
    ExamResult,
    RecordClass,
    RecordState,
    RegistrationState,
    ResultStatus,
)
from .scopes import Scopes, Tally, line_at


def collect(scopes: Scopes) -> None:
    """Results by class, session and status; registrations of the same sessions. Two queries; the exam's first day decides.

    报考科次 are the papers registered for and those with a result (nobody sits unregistered), without 免考, of sessions
    whose results are out.
    """
    is_certificate = Q(course__kind=CourseKind.CERTIFICATE)
    keys = ("session_id", "session__starts_on", "status")
    rows = scopes.grouped(
        ExamResult.objects.released(scopes.today), "school_class_id", "session__starts_on", *keys,
        everything=Count("pk"), certificates=Count("pk", filter=is_certificate),
        papers=Count("pk", filter=~is_certificate),
    )  # fmt: skip
    for row, scope, tally in rows:
        tally.people["exam_sessions"].add((scope.class_id, row["session_id"]))
        tally.people["sessions_with_results"].add((scope.class_id, row["session_id"]))
        for name in ("everything", "papers", "certificates"):
            _add(tally, name, row["status"], row[name])
        if row["status"] != ResultStatus.EXEMPT:
            tally.numbers["entered"] += row["everything"]
    same = ExamResult.objects.released(scopes.today).filter(
        student=OuterRef("student"), session=OuterRef("session"), course=OuterRef("course")
    )
    registered = Q(state=RegistrationState.REGISTERED)
    found = scopes.grouped(
        ExamRegistration.objects.annotate(resulted=Exists(same)), "school_class_id", "session__starts_on",
        "session_id", "session__starts_on", planned=Count("pk"), registered=Count("pk", filter=registered),
        waiting=Count("pk", filter=registered & Q(resulted=False)),
        given_up=Count("pk", filter=Q(state=RegistrationState.GIVEN_UP)),
    )  # fmt: skip
    for row, scope, tally in found:
        key = (scope.class_id, row["session_id"])
        tally.people["exam_sessions"].add(key)
        tally.numbers["reg_planned"] += row["planned"]
        tally.numbers["reg_done"] += row["registered"]
        tally.numbers["reg_settled"] += row["registered"] + row["given_up"]
        if key in tally.people["sessions_with_results"]:
            tally.numbers["entered"] += row["waiting"]


def _add(tally: Tally, name: str, status: str, number: int) -> None:
    tally.numbers[f"{name}:{status}"] += number
    if status in SAT:
        tally.numbers[f"{name}_sat"] += number
    if status == ResultStatus.PASSED:
        tally.numbers[f"{name}_passed"] += number


def collect_education(scopes: Scopes) -> None:
    """Sessions for which pre-exam education is recorded with the session named, on whatever day. One query."""
    rows = RecordClass.objects.filter(
        school_class_id__in=scopes.class_ids, record__state=RecordState.ARCHIVED, record__category="pre_exam",
        record__kind__in=("activity", "class_meeting"), record__exam_session__isnull=False,
        record__exam_session__starts_on__range=(scopes.first, scopes.last),
    )  # fmt: skip
    keys = ("school_class_id", "record__exam_session_id", "record__exam_session__starts_on")
    for class_id, session, starts_on in rows.values_list(*keys).distinct():
        for _, tally in scopes.of(class_id, starts_on):
            tally.people["educated"].add((class_id, session))


def pass_rate(tally: Tally) -> Figure:
    numbers = tally.numbers
    parts = [(status, numbers[f"everything:{status}"]) for status in ResultStatus.values]
    note = "，".join(f"{status} {number}" for status, number in parts if number)
    return Figure(
        "pass_rate", "及格率", numbers["everything_passed"], numbers["everything_sat"], note=note or "还没有成绩"
    )


def registered_pass(tally: Tally) -> Figure:
    return Figure(
        "registered_pass", "报考通过率", tally.numbers["everything_passed"], tally.numbers["entered"],
        note="只算已出成绩的场次",
    )  # fmt: skip


def registration(tally: Tally) -> Figure:
    return Figure("registration", "报名率", tally.numbers["reg_done"], tally.numbers["reg_planned"])


def level_pass(tally: Tally, rules: RateRules) -> Figure:
    """过级率: the definition in use is A-40; a line only where the office has drawn one."""
    name = "certificates" if rules.level_pass == LevelPass.CERTIFICATES else "papers"
    return Figure(
        "level_pass", "过级率", tally.numbers[f"{name}_passed"], tally.numbers[f"{name}_sat"],
        line_at(rules.level_pass_high_percent), note=rules.level_pass.label, readings=("A-40",), target_label="自定的线",
    )  # fmt: skip


def pre_exam(tally: Tally) -> Figure:
    """考前教育: sessions of the class with recorded education ÷ sessions of the class."""
    sessions = tally.people["exam_sessions"]
    return Figure("pre_exam", "考前教育", len(tally.people["educated"] & sessions), len(sessions), note="按考试场次")
