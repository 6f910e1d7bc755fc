"""What each figure says, in words of our own, with the clause and the reading in use."""

from __future__ import annotations

from typing import Final, NamedTuple

from gaobo_banzhuren.regulation.rates import LeaveCounting, RateRules, ViolationNumerator


class Definition(NamedTuple):
    """`group` heads the figure on its page."""

    group: str
    clause: str
    text: str


DAILY, STUDY, WORK, PAPERS = "出勤与纪律", "考试与费用", "谈话、活动与走访", "资料与任务"
GROUPS: Final = (DAILY, STUDY, WORK, PAPERS)

_FIXED: Final[dict[str, Definition]] = {
    "in_class": Definition(DAILY, "C5.4a", "实到 ÷ 应到，准假也在应到里；和到课率并列，仅供参考。"),
    "leaves_open": Definition(DAILY, "C9.2.3.5", "准过假、假期已满而没有销假的请假单。"),
    "room_checks": Definition(DAILY, "C9.2.3.5", "到班检查的次数，旁边是教室日志已填的次数。"),
    "cheating": Definition(DAILY, "C9.2.3.3", "已认定的学生考试作弊；待认定和已撤销的不算，按考试当天在岗的班主任计。"),
    "incidents": Definition(DAILY, "C9.2.2.2", "继续教育学院或学校已认定的责任事故。"),
    "pass_rate": Definition(STUDY, "C5.5d", "合格科次 ÷ 实考科次；缺考、免考不算实考，违纪、作弊算实考、不合格。"),
    "registered_pass": Definition(
        STUDY, "C5.5d", "合格科次 ÷ 报考科次，只算已出成绩的场次；没有报名记录而有成绩的也算报考。"
    ),
    "registration": Definition(STUDY, "C5.5a", "已报科次 ÷ 应报科次。"),
    "pre_exam": Definition(STUDY, "C5.5b", "登记了考前教育（选上场次）的场次 ÷ 本班有人参加的场次。"),
    "pledges": Definition(STUDY, "C6.2", "教育活动中登记的诚信承诺书份数 ÷ 在册学生；每名学生最多算一份。"),
    "problems_open": Definition(WORK, "C5.3c", "听课和任课教师联系中发现、还没有办结的问题。"),
    "collection": Definition(
        STUDY, "C4.2a", "已缴金额 ÷ 应缴金额，应缴里已减去减免；免缴不计。按截止日落在期间内的缴费期。"
    ),
    "phones": Definition(WORK, "C4.1", "本学年至少确认过一位家长电话的学生 ÷ 在册学生。"),
    "talk_coverage": Definition(WORK, "C5.2", "期间内谈过话的学生 ÷ 在册学生；同一名学生谈多次只算一人。"),
    "talks": Definition(WORK, "C5.2", "谈心谈话的人次。"),
    "themes": Definition(WORK, "C3.1.1", "教育活动和班会涉及的主题，每个主题算一次，共十三个。"),
    "themes_one": Definition(WORK, "C3.1.1", "第三条（一）第 1 项的十一个主题。"),
    "themes_two": Definition(WORK, "C3.1.2", "第三条（一）第 2 项：心理健康、安全稳定。"),
    "activities": Definition(WORK, "C3.1.1", "教育活动的次数。"),
    "newcomer": Definition(WORK, "C9.2.1.2", "类型为新生教育的活动。"),
    "parent_contacts": Definition(WORK, "C3.1.3", "与家长联系的人次，旁边是距最近一次的天数。"),
    "teacher_contacts": Definition(WORK, "C5.3a", "与任课教师联系的次数，旁边是距最近一次的天数。"),
    "lesson_visits": Definition(WORK, "C5.3b", "听课的次数。"),
    "thought_reports": Definition(WORK, "C9.2.1.1", "思想动态报告的份数。"),
    "honours": Definition(WORK, "C3.1.4", "学院已认定的优秀学生项目。"),
    "cases_closed": Definition(WORK, "C9.5.1", "期间内结案的学生个案，按结案日计；进行中的不算。"),
    "worklogs": Definition(WORK, "C5.1a", "工作日志的篇数。"),
    "papers": Definition(PAPERS, "C9.1.4", "已提交的计划和总结 ÷ 每班每学期各一份。缺的只列出，不自动扣分。"),
    "posts": Definition(PAPERS, "C9.2.2.3", "期末（或今天）在任的班委职务。"),
    "materials": Definition(PAPERS, "C9.5.4", "有内容的资料类别 ÷ 手册要求的类别，缺的写明。"),
    "meeting_attendance": Definition(PAPERS, "C9.4.1", "（出席 + 迟到）÷（应出席 − 准假）；没有登记出席的会议不计。"),
    "task_timely": Definition(PAPERS, "C3.2", "按期上报的任务 ÷ 到期或已上报的任务；还没到期的不计。"),
}


def definition(key: str, rules: RateRules) -> Definition:
    """The definition in use; those that hang on a reading say which option holds."""
    if key in _FIXED:
        return _FIXED[key]
    made = {
        "attendance": Definition(DAILY, "C9.2.2.1", _attendance(rules)),
        "violation": Definition(DAILY, "C9.2.3.2", _violation(rules)),
        "meetings": Definition(DAILY, "C9.2.2.2", _meetings(rules)),
        "level_pass": Definition(STUDY, "C9.5.3", f"{rules.level_pass.label}。制度没有说多少算高，由考核人判断。"),
        "renewal": Definition(STUDY, "C9.5.5", _renewal(rules)),
    }
    return made[key]


def _attendance(rules: RateRules) -> str:
    over = {
        LeaveCounting.EXCLUDED: "实到 ÷（应到 − 准假）",
        LeaveCounting.PRESENT: "（实到 + 准假）÷ 应到",
        LeaveCounting.ABSENT: "实到 ÷ 应到，准假算缺勤",
    }[rules.leave_counting]
    late = "迟到、早退算实到" if rules.late_is_present else "迟到、早退不算实到"
    if rules.late_is_present and rules.late_per_truancy:
        late += f"，同一名学生每 {rules.late_per_truancy} 次折一次旷课"
    return f"{over}；{late}；旷课和没有准的假算缺勤。"


def _violation(rules: RateRules) -> str:
    above = "违纪次数" if rules.violation_numerator == ViolationNumerator.CASES else "违纪学生（每人只计一次）"
    exams = "，加已认定的考试违纪、作弊" if rules.exam_cases_count else ""
    return f"{above} ÷ {rules.violation_base.label}。计入：{rules.violation_level.label}{exams}；撤销的不算。"


def _meetings(rules: RateRules) -> str:
    needs = "有日期、主题和记录的班会" if rules.meeting_needs_minutes else "已登记的班会"
    joint = "联合班会对每个参加的班各算一次" if rules.joint_meeting_counts_each else "联合班会只算一次"
    return f"{needs}；{joint}；每个班每个学期分别看，交接后按班、按学期合看。"


def _renewal(rules: RateRules) -> str:
    counts = "算已续费" if rules.renewal_deferral_counts else "缴清前算未缴"
    return (
        f"按截止日缴清的 ÷ 应续费的（{rules.renewal_measure.label}）；免缴和新生首期不计，缓缴{counts}，"
        "开始后才离校的仍算应缴。按截止日落在期间内的缴费期。"
    )
