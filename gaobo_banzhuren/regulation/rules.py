"""The monthly allowance of 第十条 as data: one frozen ``AllowanceRules`` per rule version, no number of its own.

Every point on which the regulation is silent is a field here; ``field.metadata`` holds its Chinese label and the id of
its reading (``A-…``), each option is a ``Choice`` with a Chinese ``label``. Values come from the rule data file or from
a stored version through ``from_dict``; only a validated object is handed to the calculation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from .parts import Choice, from_json, setting, to_json


class CoefficientScope(Choice):
    TEACHER_TOTAL = "teacher_total", "按班主任所带在读班合计人数取一个系数"
    PER_CLASS = "per_class", "每班各取系数后相加"
    BEST_CLASS = "best_class", "取各班系数中最高的一个"


class Basis(Choice):
    MONTH_START = "month_start", "当月 1 日（当月开班的按开班首日）"
    TERM_START = "term_start", "学期开始日"
    MONTH_END = "month_end", "当月最后一日"
    DAILY = "daily", "逐日在册人数"
    AVERAGE = "average", "当月日均人数"


class PartialMonth(Choice):
    CALENDAR_DAYS = "calendar_days", "按日历天数折算"
    DAY15 = "day15", "15 日在岗者得整月"
    HALF_MONTH = "half_month", "上下半月各计一半"


class Denominator(Choice):
    CALENDAR = "calendar", "当月日历天数"
    FIXED_30 = "fixed_30", "固定 30 天"
    FIXED_21_75 = "fixed_21_75", "21.75 个工作日"


class RoundingUnit(Choice):
    FEN = "fen", "分"
    JIAO = "jiao", "角"
    YUAN = "yuan", "元"


class RoundingLevel(Choice):
    LINE = "line", "每行一次"
    STRETCH = "stretch", "每段一次"


class RoundingMode(Choice):
    HALF_UP = "half_up", "四舍五入"
    HALF_EVEN = "half_even", "四舍六入五成双"


class ZeroStudents(Choice):
    NOTHING = "nothing", "不发放并提示"
    LOWEST_TIER = "lowest_tier", "按最低一档发放"


class GraduatingCoefficient(Choice):
    FLAT = "flat", "不乘系数"
    BY_TIER = "by_tier", "按人数档乘系数"


class GraduatingPer(Choice):
    TEACHER = "teacher", "每位班主任一份"
    CLASS = "class", "每个班一份"
    POSTS_OF_STANDARD_SIZE = "posts_of_standard_size", "按标准班额折算的份数"


class GraduatingStart(Choice):
    NEXT_MONTH = "next_month", "教学结束的次月 1 日"
    NEXT_DAY = "next_day", "教学结束的次日"


class GraduatingStop(Choice):
    CLASS_CLOSE = "class_close", "结班日期"


class TeachingAndGraduating(Choice):
    ADD = "add", "两项相加"
    HIGHER_ONLY = "higher_only", "只发较高一项"
    SUM_HEADS = "sum_heads", "毕业班人数并入在读人数，只发在读一项"


class LeaveMode(Choice):
    STAND_IN = "stand_in", "长假期间归代班人"
    DEDUCT = "deduct", "请假日不计，也不转给他人"
    NONE = "none", "请假不影响津贴"


class Dismissal(Choice):
    LAST_DAY = "last_day", "发至在岗最后一日"
    WHOLE_MONTH = "whole_month", "发至当月月末"


class FailedGrade(Choice):
    NONE = "none", "考核不合格不自动扣发"


class SplitLevel(Choice):
    SHEET = "sheet", "按学院月表合计分摊"
    LINE = "line", "逐行分摊后相加"


class OddFenTo(Choice):
    SCHOOL = "school", "学校"
    COLLEGE = "college", "二级学院"


class AwardSplit(Choice):
    AS_ALLOWANCE = "as_allowance", "与津贴同样分摊（推定）"
    SCHOOL = "school", "学校承担"
    COLLEGE = "college", "二级学院承担"
    OFFICE = "office", "继续教育学院经费"


class TwoColleges(Choice):
    SHARE_BY_HEADCOUNT_DAYS = "share_by_headcount_days", "按人数日在各学院间分摊"
    HOME_COLLEGE = "home_college", "由人事所在学院发放"


class SharedClass(Choice):
    SHARES = "shares", "允许两人分带，按分带人数计"
    FORBID = "forbid", "不允许两人分带"


class Unfiled(Choice):
    PAY_WITH_WARNING = "pay_with_warning", "照发并提示"
    BLOCK = "block", "备案前不发"


class StudentState(Choice):
    ENROLLED = "enrolled", "在读"
    SUSPENDED = "suspended", "休学"
    RETAINED = "retained", "保留"
    TRANSFERRED = "transferred", "转出"
    WITHDRAWN = "withdrawn", "退学"
    GRADUATED = "graduated", "毕业"


@dataclass(frozen=True, slots=True)
class Tier:
    """A band of headcounts with its coefficient; both ends belong to it, ``maximum`` None means no upper end."""

    minimum: int = setting("从（含）", unit="人")
    maximum: int | None = setting("到（含）", unit="人")
    coefficient: Decimal = setting("系数")

    @property
    def text(self) -> str:
        if self.maximum is None:
            return f"{self.minimum} 人及以上"
        if self.minimum <= 1:
            return f"不满 {self.maximum + 1} 人"
        return f"{self.minimum}–{self.maximum} 人"


@dataclass(frozen=True, slots=True)
class Rounding:
    """A-07: how an exact amount becomes 分."""

    unit: RoundingUnit = setting("取整单位", "A-07")
    level: RoundingLevel = setting("取整次数", "A-07")
    mode: RoundingMode = setting("取整方式", "A-07")


@dataclass(frozen=True, slots=True)
class AllowanceRules:
    """All of 第十条 that a month's allowance needs; rates in yuan per month."""

    base_rate: Decimal = setting("在读班主任月标准", unit="元")
    tiers: tuple[Tier, ...] = setting("人数档与系数")
    graduating_rate: Decimal = setting("毕业班主任月标准", unit="元")
    standard_class_size: int = setting("标准编制人数", unit="人")
    school_share_percent: Decimal = setting("学校承担比例", unit="%")
    coefficient_scope: CoefficientScope = setting("系数按谁的人数", "A-01")
    counted_states: tuple[StudentState, ...] = setting("计入人数的学生状态", "A-02")
    basis: Basis = setting("基准人数的日期", "A-03")
    partial_month: PartialMonth = setting("月中交接", "A-05")
    denominator: Denominator = setting("折算分母", "A-06")
    rounding: Rounding = setting("取整", "A-07")
    zero_students: ZeroStudents = setting("没有学生时", "A-08")
    graduating_coefficient: GraduatingCoefficient = setting("毕业班标准是否乘系数", "A-09")
    graduating_per: GraduatingPer = setting("毕业班标准按什么发", "A-10")
    two_posts_hint_from: int | None = setting("毕业班人数达到几人时提示可设两岗", "A-10", unit="人")
    graduating_start: GraduatingStart = setting("毕业班标准从何时起", "A-11")
    graduating_stop: GraduatingStop = setting("毕业班标准到何时止", "A-11")
    teaching_and_graduating: TeachingAndGraduating = setting("同时带在读班与毕业班", "A-12")
    ceiling_classes: int | None = setting("每人计入班数上限", "A-13", unit="个班")
    ceiling_amount: Decimal | None = setting("每人每月金额上限", "A-13", unit="元")
    leave_mode: LeaveMode = setting("班主任请假", "A-14")
    long_leave_days: int = setting("长假从几天起（日历天）", "A-14", unit="天")
    dismissal: Dismissal = setting("解聘", "A-15")
    failed_grade: FailedGrade = setting("考核不合格", "A-16")
    split_level: SplitLevel = setting("经费分摊的层次", "A-17")
    odd_fen_to: OddFenTo = setting("分不尽的一分归谁", "A-17")
    award_split: AwardSplit = setting("奖励经费由谁承担", "A-18")
    two_colleges: TwoColleges = setting("跨学院带班", "A-19")
    shared_class: SharedClass = setting("一班两人", "A-20")
    unfiled: Unfiled = setting("聘任未备案", "A-29")
    headcount_hint: int | None = setting("一人所带在读人数达到几人时提示", "A-84", unit="人")

    def to_dict(self) -> dict[str, Any]:
        """Give JSON data from which ``from_dict`` makes an equal object."""
        data: dict[str, Any] = to_json(self)
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], path: str = "allowance") -> AllowanceRules:
        """Read stored or file data; raise ``parts.PartError`` naming the path of everything that does not fit."""
        return from_json(cls, dict(data), path)


def validate(rules: AllowanceRules) -> list[str]:
    """Name in Chinese every reason why these rules cannot be put into force; empty when there is none."""
    problems = _tier_problems(rules.tiers)
    for name, value in (("在读班主任月标准", rules.base_rate), ("毕业班主任月标准", rules.graduating_rate)):
        if value < 0:
            problems.append(f"{name}不能小于 0。")
    if not 0 <= rules.school_share_percent <= 100:
        problems.append("学校承担比例应在 0 到 100 之间。")
    if not rules.counted_states:
        problems.append("至少要有一种学生状态计入人数。")
    at_least_one = (
        ("标准编制人数", rules.standard_class_size),
        ("长假天数", rules.long_leave_days),
        ("毕业班两岗提示人数", rules.two_posts_hint_from),
        ("在读人数提示", rules.headcount_hint),
        ("每人计入班数上限", rules.ceiling_classes),
    )
    problems += [f"{name}应至少为 1。" for name, number in at_least_one if number is not None and number < 1]
    if rules.ceiling_amount is not None and rules.ceiling_amount < 0:
        problems.append("每人每月金额上限不能小于 0。")
    return problems


def _tier_problems(tiers: tuple[Tier, ...]) -> list[str]:
    if not tiers:
        return ["至少要有一个人数档。"]
    problems = []
    if tiers[0].minimum not in (0, 1):
        problems.append(f"第一档应从 0 人或 1 人开始，现为 {tiers[0].minimum} 人。")
    for number, tier in enumerate(tiers, start=1):
        if tier.coefficient < 0:
            problems.append(f"第 {number} 档的系数不能小于 0。")
        if tier.maximum is not None and tier.maximum < tier.minimum:
            problems.append(f"第 {number} 档的上限小于下限。")
        if tier.maximum is None and number < len(tiers):
            problems.append(f"第 {number} 档没有上限，只有最后一档可以没有上限。")
    for number, (lower, upper) in enumerate(pairwise(tiers), start=2):
        if lower.maximum is None:
            continue
        if upper.minimum > lower.maximum + 1:
            problems.append(f"第 {number - 1} 档与第 {number} 档之间缺少 {lower.maximum + 1}–{upper.minimum - 1} 人。")
        if upper.minimum <= lower.maximum:
            problems.append(f"第 {number - 1} 档与第 {number} 档重叠或未按人数由少到多排列。")
    if tiers[-1].maximum is not None:
        problems.append("最后一档不应有上限。")
    return problems
