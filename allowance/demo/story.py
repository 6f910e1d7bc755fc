"""What happened at the demo college: hand-over, long leave, dismissal, filings, and the months from draft to receipt."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.regulation.day_list import ListedDay
from gaobo_banzhuren.regulation.models import SchoolYear
from gaobo_banzhuren.regulation.services.calendar import add_days, confirm_payable_months
from teachers.models import (
    CONDITION_CLAUSES,
    Appointment,
    ClassTeacher,
    DismissalGround,
    EndReason,
    LeaveKind,
    SchoolClass,
)
from teachers.services import appointments, dismissals, filing, handovers, leaves, nominations

from .people import Cast


@dataclass(slots=True)
class Story:
    """The demo college while it is being made."""

    first_year: int
    colleges: dict[str, College]
    cast: Cast

    def day(self, month: int, day: int, *, next_year: bool = False) -> dt.date:
        return dt.date(self.first_year + (1 if next_year else 0), month, day)


def keep_calendar(story: Story) -> None:
    """Holidays that stand in every year, and the payable months of both school years confirmed by the office."""
    for year in SchoolYear.objects.filter(starts_on__year__in=(story.first_year, story.first_year + 1)):
        listed = []
        for name, month, day in (
            ("国庆节", 10, 1),
            ("国庆节", 10, 2),
            ("国庆节", 10, 3),
            ("元旦", 1, 1),
            ("劳动节", 5, 1),
        ):
            when = dt.date(year.starts_on.year + (0 if month > 8 else 1), month, day)
            listed.append(ListedDay(when, "holiday", name))
        add_days(listed, actor=story.cast.office)
        year.refresh_from_db()
        if not year.payable_confirmed:
            confirm_payable_months(year, edition=year.edition, actor=story.cast.office)


def change_people(story: Story) -> None:
    """A hand-over in November, a long leave in spring, a dismissal, nominations at every step."""
    _hand_over(story)
    _leave(story)
    _dismiss(story)
    _nominate(story)


def _classes(story: Story, code: str) -> list[SchoolClass]:
    return list(SchoolClass.objects.filter(college=story.colleges[code]).order_by("code"))


def _open_post(school_class: SchoolClass) -> Appointment:
    found = Appointment.objects.effective().filter(school_class=school_class, ends_on=None)
    return found.select_related("teacher__user", "school_class__college").get()


def _free_teacher(story: Story, code: str) -> ClassTeacher:
    """Somebody of the college who leads no class."""
    rows = ClassTeacher.objects.filter(college=story.colleges[code]).exclude(
        appointments__in=Appointment.objects.effective()
    )
    found = rows.select_related("user").order_by("user__staff_no").first()
    assert found is not None
    return found


def _hand_over(story: Story) -> None:
    admin = story.cast.admins["XX"]
    post = _open_post(_classes(story, "XX")[0])
    handover = handovers.start_handover(
        admin, post, teacher=_free_teacher(story, "XX"), takes_over_on=story.day(11, 11), reason=EndReason.WORK,
        note="原班主任调任教务秘书，学期中移交。",
    )  # fmt: skip
    handovers.fill_checklist(
        admin,
        handover,
        {
            "roster": ("名册 62 人，已逐人核对；两名学生请假手续随附。", True),
            "fees": ("欠费 3 人，均已谈话一次，承诺期末前缴清。", True),
            "talks": ("重点关注 2 人：一人备考压力大，一人家庭近况有变，谈话记录已当面说明。", True),
            "tasks": ("毕业生图像采集报名表未交，月底截止。", True),
        },
    )
    handovers.confirm(post.teacher.user, handover)
    handover.refresh_from_db()
    handovers.confirm(handover.incoming.teacher.user, handover)
    successor = _open_post(_classes(story, "XX")[0])
    appointments.renew(admin, successor, planned_end_on=dt.date(story.first_year + 2, 8, 31))
    open_post = _open_post(_classes(story, "XX")[1])
    handovers.start_handover(
        admin, open_post, teacher=post.teacher, takes_over_on=story.day(9, 14, next_year=True),
        reason=EndReason.SPECIAL, note="家庭原因，本人申请调整。",
    )  # fmt: skip


def _leave(story: Story) -> None:
    admin = story.cast.admins["JG"]
    classes = _classes(story, "JG")
    ill, helper = _open_post(classes[1]).teacher, _open_post(classes[2]).teacher
    leaves.record_leave(
        admin, teacher=ill, starts_on=story.day(3, 2, next_year=True), ends_on=story.day(4, 12, next_year=True),
        kind=LeaveKind.SICK, reason="手术后休养，医院证明已交。", stand_in=helper,
    )  # fmt: skip
    leaves.record_leave(
        admin, teacher=helper, starts_on=story.day(5, 11, next_year=True), ends_on=story.day(5, 22, next_year=True),
        kind=LeaveKind.PERSONAL, reason="家中老人住院，两周内返校。",
    )  # fmt: skip


def _dismiss(story: Story) -> None:
    admin = story.cast.admins["GH"]
    post = _open_post(_classes(story, "GH")[2])
    case = dismissals.propose(
        admin,
        teacher=post.teacher,
        college=story.colleges["GH"],
        ground=DismissalGround.NOT_DOING,
        facts="4 月以来三次班会未组织，两次考前动员缺席，学院两次书面提醒后仍未改进。谈话记录和提醒单见附件目录。",
        effective_on=story.day(5, 18, next_year=True),
    )
    dismissals.state_view(
        post.teacher.user,
        case,
        text="三月起承担省级课题，时间安排不当，对缺席的两次动员没有异议。接受调整，愿意配合交接。",
    )
    dismissals.decide(
        story.cast.office, case, decision_no="高博教〔2026〕17 号", effective_on=story.day(5, 18, next_year=True),
        decision="同意解聘，自生效之日起不再担任该班班主任。",
    )  # fmt: skip


def _nominate(story: Story) -> None:
    """After the dismissal: the successor is nominated and decided; another nomination waits, a third is a draft."""
    vacant = _classes(story, "GH")[2]
    done = _nomination(story, "GH", vacant, _free_teacher(story, "GH"), story.day(5, 25, next_year=True), confirm=5)
    nominations.submit(story.cast.admins["GH"], done)
    nominations.approve(_decider(story, "GH"), done, note="同意，请尽快熟悉班情。")


def _decider(story: Story, code: str) -> User:
    """The head decides where the college has one of its own; elsewhere the office lends its second pair of eyes."""
    from gaobo_banzhuren.accounts.roles import Role
    from gaobo_banzhuren.accounts.services.grants import grant_role
    from gaobo_banzhuren.accounts.services.people import create_person

    head = story.cast.heads[code]
    if head != story.cast.admins[code]:
        return head
    college = story.colleges[code]
    head = create_person(None, staff_no=f"9001{code}", name=f"学院负责人{college.name[:2]}", home_college=college)
    grant_role(None, head, Role.COLLEGE_HEAD, college=college, starts_on=story.day(9, 1))
    story.cast.heads[code] = head
    return head


def _nomination(  # noqa: PLR0913  a nomination has these parts
    story: Story, code: str, school_class: SchoolClass, teacher: ClassTeacher, starts_on: dt.date, *, confirm: int
) -> nominations.Nomination:
    admin = story.cast.admins[code]
    made = nominations.create_nomination(
        admin, school_class=school_class, teacher=teacher, starts_on=starts_on, note="学院党政联席会议讨论通过。"
    )
    remarks = (
        "任教六年，师德考核均合格，班级事务随叫随到。",
        "学生评教靠前，言行得体。",
        "心理健康教育 C 证，每学期写教学反思。",
        "善于谈心，处理过两起宿舍矛盾，学生信服。",
        "曾任辅导员，能把学校要求落到班级。",
    )
    given = {
        clause: nominations.ConditionInput(at < confirm, remarks[at] if at < confirm else "")
        for at, clause in enumerate(CONDITION_CLAUSES)
    }
    nominations.save_conditions(admin, made, given)
    made.refresh_from_db()
    return made


def file_appointments(story: Story) -> None:
    """The office files what was appointed during the year; one is asked back, the newest ones still wait."""
    waiting = list(
        Appointment.objects.unfiled().filter(state="appointed").select_related("school_class", "teacher__user")
    )
    old = [one for one in waiting if one.starts_on < story.day(9, 1, next_year=True)]
    if old:
        filing.file_appointments(
            story.cast.office,
            old,
            filing_no=f"继教备〔{story.first_year + 1}〕06",
            filed_on=story.day(6, 5, next_year=True),
        )
    for one in waiting:
        if one not in old:
            filing.ask_back(story.cast.office, one, text="交接清单中的欠费名单没有金额，请补充后再报。")
            break


def leave_work_waiting(story: Story) -> None:
    """What the start pages have to show: a nomination to decide, a draft, a view to give, heads to be counted."""
    today = timezone.localdate()
    classes = [row for row in _classes(story, "XX") if row.closes_on is None]
    second = _nomination(story, "XX", classes[-1], _free_teacher(story, "XX"), today + dt.timedelta(days=10), confirm=3)
    second.refresh_from_db()
    post = _open_post(_classes(story, "YS")[1])
    dismissals.propose(
        story.cast.admins["YS"],
        teacher=post.teacher,
        college=story.colleges["YS"],
        ground=DismissalGround.BAD_EFFECT,
        facts="10 月 21 日在班级群内发布未经核实的收费信息，引起家长集中来电。当天已更正，学院约谈记录附后。",
        effective_on=today + dt.timedelta(days=20),
    )
