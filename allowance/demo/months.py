"""The demo college's months from draft to receipt, and what late papers change in them."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from allowance.calculation import Month
from allowance.models import Adjustment, AdjustmentState, HeadcountSnapshot, MonthSheet, SheetState
from allowance.services import adjustments, bundles, workflow
from allowance.services.checks import confirm_warnings
from allowance.services.headcounts import answer_headcount
from allowance.services.settlement import settle_month
from teachers.models import Appointment, RosterEntry, SchoolClass
from teachers.services import students

from .story import Story

REASONS = {
    "band_edge": "已与名册逐人核对，人数无误。",
    "jump": "人数与上月相比有变化，已核对入班和退学记录。",
    "headcount_unconfirmed": "班主任均已在群内看过名单，确认期内无异议。",
    "unfiled": "聘任材料已于本周报送继续教育学院。",
    "vacant": "新班主任人选已提名，空缺日不计发。",
    "two_colleges": "两学院已沟通，按人数日分摊。",
    "no_stand_in": "请假期间由辅导员协助，未安排代班，不计发。",
    "roster_old": "本月名册无变动。",
}
OTHER_REASON = "已核对，情况属实。"


def walk_months(story: Story, last: Month) -> None:
    """Every month since the start as far as its age lets it come: the newest is a draft, the old ones are received."""
    months = [Month(story.first_year, 9)]
    while months[-1] < last:
        months.append(months[-1].following)
    for month in months:
        settle_month(month, actor=story.cast.second_office)
        age = months.index(last) - months.index(month)
        STEPS.get(age, _received)(story, month)


def _sheets(month: Month) -> list[MonthSheet]:
    rows = MonthSheet.objects.filter(month=month.first_day).select_related("college")
    return list(rows.order_by("college__code"))


def _confirm(story: Story, sheet: MonthSheet) -> None:
    """The college gives each kind of finding its own reason."""
    by_code: dict[str, list[object]] = {}
    for warning in sheet.warnings.filter(confirmed_at=None):
        by_code.setdefault(warning.code, []).append(warning)
    for code, warnings in by_code.items():
        reason = REASONS.get(code, OTHER_REASON)
        confirm_warnings(sheet, warnings, actor=story.cast.admins[sheet.college.code], reason=reason)  # type: ignore[arg-type]


def _submit(story: Story, sheet: MonthSheet) -> MonthSheet:
    _confirm(story, sheet)
    return workflow.submit(sheet, actor=story.cast.admins[sheet.college.code])


def _draft(story: Story, month: Month) -> None:
    """The newest month: one class teacher has agreed with the headcount, another objected."""
    snapshots = HeadcountSnapshot.objects.filter(sheet__month=month.first_day, sheet__college=story.colleges["XX"])
    answered = 0
    for snapshot in snapshots.order_by("class_code"):
        posts = Appointment.objects.touching(month.first_day, month.last_day).filter(school_class=snapshot.school_class)
        post = posts.filter(ends_on=None).select_related("teacher__user").first()
        if post is None or snapshot.headcount == 0:
            continue
        agreed = answered != 1
        objection = "" if agreed else "名册里还有上月已办退学手续的一名学生，请学院核对。"
        answer_headcount(snapshot, actor=post.teacher.user, agreed=agreed, seen=snapshot.headcount, objection=objection)
        answered += 1
        if answered == 3:
            return


def _submitted(story: Story, month: Month) -> None:
    """One college has handed in, one was sent back, the others are still at it."""
    sheets = {sheet.college.code: sheet for sheet in _sheets(month)}
    _submit(story, sheets["XX"])
    returned = _submit(story, sheets["JG"])
    workflow.return_to_college(
        returned, actor=story.cast.office, reason="会计学 3 班 10 月有两名学生复学，名册未更新，请核对后重新结算。"
    )


def _reviewed(story: Story, month: Month) -> None:
    for sheet in _sheets(month):
        workflow.review(_submit(story, sheet), actor=story.cast.office, note="金额与名册相符。")


def _handed_over(story: Story, month: Month) -> None:
    _reviewed(story, month)
    bundle = bundles.create_bundle(_sheets(month), actor=story.cast.office, note=f"{month} 四个学院")
    bundles.hand_over(bundle, actor=story.cast.office)


def _received(story: Story, month: Month) -> None:
    _handed_over(story, month)
    sheet = _sheets(month)[0]
    assert sheet.bundle is not None
    bundles.receive(sheet.bundle, actor=story.cast.hr, note="已入当月工资。")


STEPS = {0: _draft, 1: _submitted, 2: _reviewed, 3: _handed_over}
"""By age in months; everything older is received."""


def correct_afterwards(story: Story) -> None:
    """Late papers change closed months: one difference is approved and paid in the draft, another waits."""
    closed = MonthSheet.objects.filter(state=SheetState.RECEIVED).order_by("-month").first()
    if closed is None:
        return
    for code, people in (("JG", 2), ("YS", 3)):
        _withdraw(story, code, closed.month, people)
        adjustments.detect_differences(story.colleges[code])
    found = (
        Adjustment.objects.filter(state=AdjustmentState.DETECTED)
        .order_by("college__code", "origin_month", "pk")
        .first()
    )
    if found is None:
        return
    proposal = adjustments.adopt(
        found, actor=story.cast.admins[found.college.code], reason="学生退学审批表月底才送到，名册补录。"
    )
    adjustments.decide(proposal, actor=story.cast.office, approve=True, note="依据退学审批表。")
    settle_month(Month.of(timezone.localdate()).previous, actor=story.cast.second_office)


def _withdraw(story: Story, code: str, from_day: dt.date, people: int) -> None:
    """Students of the class nearest above a tier's edge leave since the first of a month that is closed."""
    here = SchoolClass.objects.filter(college=story.colleges[code], closes_on=None).order_by("code")
    admin = story.cast.admins[code]
    for school_class in here:
        entries = RosterEntry.objects.on(from_day).filter(school_class=school_class, state="在读", ends_on=None)
        if entries.count() in (30, 31, 60, 61, 62, 80, 81):
            for entry in entries.select_related("student").order_by("student__student_no")[:people]:
                students.change_state(admin, entry.student, state="退学", from_day=from_day, note="退学审批表补送")
            return
