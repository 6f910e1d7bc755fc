"""Settings of the computed rates (第九条 and A-30 … A-45): what counts, and from where a target is met.

Percentages are kept as decimals and compared as fractions; nothing here is rounded. Standard library only.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from .parts import Choice, setting


class LeaveCounting(Choice):
    """How approved leave enters 到课率 (A-30)."""

    EXCLUDED = "excluded", "准假从应到中扣除"
    PRESENT = "present", "准假算出勤"
    ABSENT = "absent", "准假算缺勤"


class ViolationNumerator(Choice):
    """What 违纪率 counts (A-34)."""

    STUDENTS = "students", "违纪学生人数（每人只计一次）"
    CASES = "cases", "违纪次数"


class ViolationBase(Choice):
    """Against whom 违纪率 is counted (A-34)."""

    ROSTER = "roster", "期间内在册过的学生人数"
    ENROLLED = "enrolled", "期末在读学生人数"


class ViolationLevel(Choice):
    """The lightest decision that counts as 违纪 (A-35)."""

    NOTE = "note", "任何违纪记载"
    NOTICE = "notice", "通报批评及以上"
    WARNING = "warning", "警告及以上处分"
    EXAM_ONLY = "exam_only", "只计考试违纪、作弊"


class SeveralClasses(Choice):
    """One rate for a teacher of several classes (A-37)."""

    POOLED = "pooled", "各班人次合并计算"
    MEAN = "mean", "各班比率取平均"
    WORST = "worst", "取最低的一个班"


class MissedTarget(Choice):
    """Points when a target is missed (A-38)."""

    ASSESSOR = "assessor", "系统只显示达标与否，由考核人给分"
    ZERO = "zero", "未达标该项不得分"
    PROPORTION = "proportion", "按比例给分"
    STEPS = "steps", "按档次给分"


class LevelPass(Choice):
    """What 考试过级率 means (A-40)."""

    PAPERS = "papers", "自学考试课程合格科次 ÷ 实考科次"
    CERTIFICATES = "certificates", "等级证书名单"


class RenewalMeasure(Choice):
    """What 续费率 counts (A-41)."""

    PERSONS = "persons", "按人数"
    AMOUNT = "amount", "按金额"


class NotApplicable(Choice):
    """Where the points of an item go that cannot apply to a class (A-45)."""

    SPREAD = "spread", "不适用，分值按比例摊到同组其他项目"
    FULL = "full", "给满分"
    ZERO = "zero", "不给分"


@dataclass(frozen=True, slots=True)
class RateRules:
    """Definitions behind the measured figures; targets of 第九条 with the reading of 以上 and 以下."""

    leave_counting: LeaveCounting = setting("到课率中的准假", "A-30")
    attendance_target_percent: Decimal = setting("到课率指标", "A-31", unit="%")
    attendance_target_inclusive: bool = setting("恰好等于指标算达标（95%以上含95%）", "A-31")
    late_is_present: bool = setting("迟到、早退算到课", "A-32")
    late_per_truancy: int | None = setting("几次迟到、早退折一次旷课", "A-32", unit="次", hint="不填 = 不折算")
    violation_target_percent: Decimal = setting("违纪率指标", "A-33", unit="%")
    violation_target_inclusive: bool = setting("恰好等于指标算达标（5%以下含5%）", "A-33")
    violation_numerator: ViolationNumerator = setting("违纪率的分子", "A-34")
    violation_base: ViolationBase = setting("违纪率的分母", "A-34")
    violation_level: ViolationLevel = setting("哪些违纪计入违纪率", "A-35")
    exam_cases_count: bool = setting("已认定的考试违纪、作弊计入违纪率", "A-35")
    several_classes: SeveralClasses = setting("带多个班的班主任如何合成一个比率", "A-37")
    missed_target: MissedTarget = setting("未达标时的给分", "A-38")
    meetings_per_term: int = setting("每学期每班班会次数", "A-39", unit="次")
    meeting_needs_minutes: bool = setting("班会须有日期、主题和记录才算", "A-39")
    joint_meeting_counts_each: bool = setting("联合班会对每个参加的班各算一次", "A-39")
    level_pass: LevelPass = setting("考试过级率的含义", "A-40")
    level_pass_high_percent: Decimal | None = setting(
        "过级率达到多少算高", "A-40", unit="%", hint="不填 = 不设线，由考核人判断"
    )
    renewal_measure: RenewalMeasure = setting("续费率的含义", "A-41")
    renewal_deferral_counts: bool = setting("已批准缓缴的算已续费", "A-41")
    renewal_high_percent: Decimal | None = setting(
        "续费率达到多少算高", "A-41", unit="%", hint="不填 = 不设线，由考核人判断"
    )
    truancy_count: int = setting("缺旷课多者：旷课达到", "A-42", unit="次")
    truancy_days: int = setting("缺旷课多者：统计最近", "A-42", unit="天")
    talk_target: int | None = setting(
        "自定目标：每学期谈话", "A-43", unit="人次", hint="制度没有规定次数；不填 = 不设目标"
    )
    visit_target: int | None = setting(
        "自定目标：每学期听课", "A-43", unit="次", hint="制度没有规定次数；不填 = 不设目标"
    )
    contact_target: int | None = setting(
        "自定目标：每学期家校联系", "A-43", unit="次", hint="制度没有规定次数；不填 = 不设目标"
    )
    trouble_failed_papers: int = setting("学业困难：一次考试不及格科次达到", "A-44", unit="科")
    not_applicable: NotApplicable = setting("班级不适用的考核项目", "A-45")

    @property
    def attendance_target(self) -> Fraction:
        """到课率 target as a fraction of one."""
        return Fraction(self.attendance_target_percent) / 100

    @property
    def violation_target(self) -> Fraction:
        """违纪率 target as a fraction of one."""
        return Fraction(self.violation_target_percent) / 100

    def attendance_met(self, rate: Fraction) -> bool:
        """Whether an unrounded 到课率 reaches the target (A-31)."""
        return rate >= self.attendance_target if self.attendance_target_inclusive else rate > self.attendance_target

    def violation_met(self, rate: Fraction) -> bool:
        """Whether an unrounded 违纪率 stays within the target (A-33)."""
        return rate <= self.violation_target if self.violation_target_inclusive else rate < self.violation_target

    def problems(self) -> list[str]:
        """Everything that keeps these settings from taking effect, in Chinese."""
        found = _percentages(self) + _counts(self)
        if self.late_per_truancy is not None and self.late_per_truancy < 1:
            found.append("几次迟到折一次旷课：应为 1 次以上，或不填（A-32）")
        return found


def _percentages(rules: RateRules) -> list[str]:
    named = {
        "到课率指标（A-31）": rules.attendance_target_percent,
        "违纪率指标（A-33）": rules.violation_target_percent,
        "过级率的线（A-40）": rules.level_pass_high_percent,
        "续费率的线（A-41）": rules.renewal_high_percent,
    }
    return [
        f"{name}：应在 0 与 100 之间" for name, value in named.items() if value is not None and not 0 <= value <= 100
    ]


def _counts(rules: RateRules) -> list[str]:
    needed = {
        "每学期班会次数（A-39）": rules.meetings_per_term,
        "旷课次数（A-42）": rules.truancy_count,
        "旷课统计天数（A-42）": rules.truancy_days,
        "不及格科次（A-44）": rules.trouble_failed_papers,
    }
    wished = {
        "谈话目标（A-43）": rules.talk_target,
        "听课目标（A-43）": rules.visit_target,
        "家校联系目标（A-43）": rules.contact_target,
    }
    found = [f"{name}：应为 1 以上" for name, value in needed.items() if value < 1]
    return found + [f"{name}：不能为负" for name, value in wished.items() if value is not None and value < 0]
