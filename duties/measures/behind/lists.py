"""Rows of the other rooms behind a figure: roll calls, slips, sessions, fee periods, papers, posts."""

from __future__ import annotations

from django.db.models import Count, F, Q

from gaobo_banzhuren.regulation.models import SchoolYear

from ...models import (
    AttendanceSession,
    ClassPost,
    ExamResult,
    ExamSession,
    FeeDue,
    FeePeriod,
    LeaveState,
    PhoneConfirmation,
    RecordState,
    ResultStatus,
    StudentLeave,
    TermPaper,
    WorkRecord,
)
from ..fees import yuan
from .lines import MOST, Asked, Behind, Line, address


def calls(asked: Asked) -> Behind:
    rows = AttendanceSession.objects.standing().filter(
        school_class=asked.school_class, day__range=(asked.first, asked.last)
    )
    lines = [
        Line(
            f"{one.period} {one.course_name}".strip(), one.day,
            f"应到 {one.due}，实到 {one.present}，准假 {one.excused}，缺勤 {one.absent}，迟到早退 {one.late + one.early}",
            one.get_absolute_url(),
        )
        for one in rows[: MOST + 1]
    ]  # fmt: skip
    url = address("duties:class_attendance", asked.school_class.pk)
    return Behind(lines[:MOST], room_url=url, room_label="看班级出勤", more=len(lines) > MOST)


def leaves(asked: Asked) -> Behind:
    rows = StudentLeave.objects.granted().filter(
        school_class=asked.school_class, ends_on__range=(asked.first, asked.last), ends_on__lt=asked.today
    )
    lines = [
        Line(
            f"{one.student.name} {one.get_kind_display()}", one.ends_on, one.get_state_display(), one.get_absolute_url(),
            one.state == LeaveState.APPROVED,
        )
        for one in rows.select_related("student")[:MOST]
    ]  # fmt: skip
    return Behind(lines, room_url=address("duties:leaves"), room_label="看请假单")


def exams(asked: Asked) -> Behind:
    """Sessions with their papers; the session's page of the class holds each student."""
    sat, passed = ("合格", "不合格", "违纪", "作弊"), ResultStatus.PASSED
    rows = (
        ExamResult.objects.released(asked.today)
        .filter(school_class=asked.school_class, session__starts_on__range=(asked.first, asked.last))
        .order_by()
        .values_list("session_id", "session__name", "session__starts_on")
        .annotate(all=Count("pk"), sat=Count("pk", filter=Q(status__in=sat)), ok=Count("pk", filter=Q(status=passed)))
        .order_by("-session__starts_on")
    )
    lines = [
        Line(
            name, on, f"{number} 科次，实考 {sat_}，合格 {ok}", address("duties:exam_class", pk, asked.school_class.pk)
        )
        for pk, name, on, number, sat_, ok in rows
    ]
    return Behind(lines, room_url=address("duties:exams"), room_label="看考试")


def registrations(asked: Asked) -> Behind:
    rows = ExamSession.objects.filter(
        registrations__school_class=asked.school_class, starts_on__range=(asked.first, asked.last)
    ).annotate(
        all=Count("registrations"), done=Count("registrations", filter=Q(registrations__state="registered"))
    )  # fmt: skip
    lines = [
        Line(
            one.name, one.starts_on, f"应报 {one.all} 科次，已报 {one.done}",
            address("duties:registrations", one.pk, asked.school_class.pk),
        )
        for one in rows
    ]  # fmt: skip
    return Behind(lines, room_url=address("duties:exams"), room_label="看考试")


def education(asked: Asked) -> Behind:
    wanted = Q(
        category="pre_exam", kind__in=("activity", "class_meeting"),
        exam_session__starts_on__range=(asked.first, asked.last),
    )  # fmt: skip
    rows = WorkRecord.objects.visible_to(asked.user).filter(wanted, state=RecordState.ARCHIVED)
    rows = rows.about_class(asked.school_class.pk).select_related("exam_session")
    lines = [
        Line(one.title, one.happened_on, str(one.exam_session), one.get_absolute_url()) for one in rows[:MOST]
    ]  # fmt: skip
    return Behind(lines, room_url=address("duties:exams"), room_label="看考试")


def fees(asked: Asked) -> Behind:
    rows = FeePeriod.objects.filter(deadline__range=(asked.first, asked.last)).order_by("-deadline")
    owed = F("due_fen") - F("paid_fen") - F("waived_fen")
    lines = []
    for period in rows:
        dues = FeeDue.objects.filter(period=period, school_class=asked.school_class).annotate(owed=owed)
        values = list(dues.values_list("owed", "exempt", "first_period", "deferred_until"))
        debtors = [value for value, *_ in values if value > 0]
        note = f"{len(values)} 人应缴，欠费 {len(debtors)} 人共 {yuan(sum(debtors))} 元"
        for label, number in (("免缴", sum(v[1] for v in values)), ("新生首期", sum(v[2] for v in values)),
                              ("缓缴", sum(v[3] is not None for v in values))):  # fmt: skip
            note += f"，{label} {number} 人" if number else ""
        if values:
            lines.append(
                Line(str(period), period.deadline, note, address("duties:arrears", period.pk, asked.school_class.pk))
            )
    return Behind(lines, room_url=address("duties:fees"), room_label="看费用")


def phones(asked: Asked) -> Behind:
    year = SchoolYear.objects.filter(starts_on__lte=asked.last, ends_on__gte=asked.last).first()
    rows = PhoneConfirmation.objects.filter(
        school_year=year, student__roster_entries__school_class=asked.school_class
    ).select_related("student", "guardian")
    lines = [Line(one.student.name, one.on, one.get_way_display()) for one in rows.distinct()[:MOST]]
    return Behind(lines, room_url=address("duties:phones", asked.school_class.pk), room_label="看家长电话")


def papers(asked: Asked) -> Behind:
    rows = TermPaper.objects.visible_to(asked.user).filter(
        school_class=asked.school_class, term__starts_on__lte=asked.last, term__ends_on__gte=asked.first
    )
    lines = [
        Line(
            f"{one.term.name}{one.get_kind_display()}", one.submitted_on, one.get_state_display(), one.get_absolute_url(),
            one.state in ("submitted", "reviewed"),
        )
        for one in rows.select_related("term")
    ]  # fmt: skip
    return Behind(lines, room_url=address("duties:papers"), room_label="看计划与总结")


def posts(asked: Asked) -> Behind:
    end = min(asked.last, asked.today)
    rows = ClassPost.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=end), school_class=asked.school_class, starts_on__lte=end
    ).select_related("student")
    lines = [Line(f"{one.post} {one.student.name}", one.starts_on, one.duties or "没有写职责") for one in rows]
    return Behind(lines, room_url=address("duties:posts", asked.school_class.pk), room_label="看班委")


def materials(asked: Asked) -> Behind:
    url = address("duties:handbook", asked.school_class.pk)
    return Behind([], room_url=url, room_label="看工作手册", note="每一类的记录都在工作手册里。")
