"""Settings of the yearly assessment (第七至九条、第十条二2 and A-51 … A-74). Standard library only.

The scheme keeps the regulation's own order and headings: after 二 comes 四, there is no 三, and the group 学风建设
stands inside 二. Nothing is renumbered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from .parts import Choice, setting

HUNDRED = Decimal(100)


class AssessorMean(Choice):
    """How the scores of several assessors become one (A-53)."""

    MEAN = "mean", "取平均"
    TRIMMED = "trimmed", "去掉最高最低后取平均"


class QuotaTarget(Choice):
    """What the 15 % limits (A-55)."""

    GRADE = "grade", "限制优秀等次（优秀即优秀班主任）"
    AWARD = "award", "只限制奖励人数"


class QuotaBase(Choice):
    """Of how many people the quota is taken (A-56)."""

    ASSESSED = "assessed", "参加考核的班主任人数"
    IN_POST = "in_post", "学年末在岗的班主任人数"
    CLASSES = "classes", "班级数"


class QuotaScope(Choice):
    """Over which unit the quota is taken (A-57)."""

    SCHOOL = "school", "全校统一计算"
    COLLEGE = "college", "按二级学院分别计算"


class QuotaRounding(Choice):
    """A fraction of a person in the quota (A-58)."""

    HALF_UP = "half_up", "四舍五入"
    DOWN = "down", "舍去"
    UP = "up", "进一"


class TieBreak(Choice):
    """One step of the chain that orders equal totals (A-60)."""

    PART_TWO = "part_two", "第二部分（学生教育管理）得分"
    GROUP_DAILY = "group_daily", "（二）日常管理得分"
    GROUP_LEARNING = "group_learning", "（三）学风建设得分"
    ATTENDANCE = "attendance", "到课率高者"
    VIOLATION = "violation", "违纪率低者"
    SERVICE = "service", "本考核期在岗天数多者"


class Veto(Choice):
    """A fact that keeps a person from 优秀 (A-63)."""

    ACCIDENT = "accident", "已认定、负有责任的重大责任事故"
    CHEATING = "cheating", "任内本班学生考试作弊已认定"
    DISMISSAL = "dismissal", "被解聘"
    NO_SUMMARY = "no_summary", "未交年度总结"


class VetoEffect(Choice):
    """What a veto does (A-63)."""

    BLOCK_EXCELLENT = "block_excellent", "不得评为优秀，分数不变"
    FAIL = "fail", "定为不合格"
    NONE = "none", "不影响等次"


class AccidentBasis(Choice):
    """How a 重大责任事故 comes to be one (A-64)."""

    DECISION = "decision", "以学校或继续教育学院的认定为准"
    LIST = "list", "按事故类别清单"


class CheatingShare(Choice):
    """Who answers for cheating in a class that changed hands (A-65)."""

    EXAM_DAY = "exam_day", "考试当天在岗的班主任"
    SHARED = "shared", "前后任共同"


class TwoColleges(Choice):
    """Assessment of a teacher with classes in two colleges (A-67)."""

    ONE = "one", "一次，由人数天数多的学院考核，另一学院附意见"
    TWO = "two", "两个学院分别考核"


class DismissedGrade(Choice):
    """Grade of a dismissed teacher (A-71)."""

    NORMAL = "normal", "在岗天数够的照常考核，但不得优秀"
    FAIL = "fail", "直接不合格"


class MissingPaper(Choice):
    """A missing term plan or summary (A-74)."""

    SHOW = "show", "按学期提示缺少，不自动扣分"
    ZERO = "zero", "该项不得分"


@dataclass(frozen=True, slots=True)
class Item:
    """A scored indicator of 第九条 with its maximum points."""

    id: str = setting("编号", fixed=True)
    number: int = setting("条内序号", fixed=True)
    text: str = setting("内容", long=True)
    max_points: Decimal = setting("满分", "A-51", unit="分")
    evidence: str = setting("对照的系统数据", long=True)
    part_may_not_apply: bool = setting("可有不适用的部分", default=False)

    @property
    def caption(self) -> str:
        return f"{self.id} {self.text}"


@dataclass(frozen=True, slots=True)
class BonusItem(Item):
    """One of the five bonus items; the regulation gives them neither points nor a cap (A-61)."""

    max_points: Decimal = setting("最高加分", "A-61", unit="分")


@dataclass(frozen=True, slots=True)
class Group:
    """A weighted group of indicators; a part without sub-headings has one group of its own id."""

    id: str = setting("编号", fixed=True)
    heading: str = setting("标题", fixed=True)
    weight: Decimal = setting("权重", unit="%")
    items: tuple[Item, ...] = setting("项目")

    @property
    def caption(self) -> str:
        return f"{self.id} {self.heading or '（不再分组）'}"

    @property
    def points(self) -> Decimal:
        """Sum of the items' maximum points."""
        return sum((item.max_points for item in self.items), Decimal(0))


@dataclass(frozen=True, slots=True)
class Part:
    """One of the regulation's headed parts (一、二、四)."""

    id: str = setting("编号", fixed=True)
    heading: str = setting("标题", fixed=True)
    weight: Decimal = setting("权重", unit="%")
    groups: tuple[Group, ...] = setting("分组")

    @property
    def caption(self) -> str:
        return f"{self.id} {self.heading}"

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(chain.from_iterable(group.items for group in self.groups))


@dataclass(frozen=True, slots=True)
class AssessmentRules:
    """Indicators with their points, lines, quota, vetoes and award preconditions of one rule version."""

    parts: tuple[Part, ...] = setting("考核指标")
    bonus_heading: str = setting("加分项目标题", fixed=True)
    bonus: tuple[BonusItem, ...] = setting("加分项目")
    bonus_cap: Decimal = setting("加分合计上限", "A-61", unit="分")
    bonus_lifts_grade: bool = setting("加分计入总分并参与定等次", "A-62", hint="选“否”时加分只用于排序")
    college_percent: Decimal = setting("学院评分占比", "A-52", unit="%")
    self_percent: Decimal = setting("自评占比", "A-52", unit="%")
    student_percent: Decimal = setting("学生评分占比", "A-52", unit="%")
    assessor_mean: AssessorMean = setting("多名考核人的评分", "A-53")
    min_assessors: int = setting("最少考核人数", "A-53", unit="人")
    comment_below_percent: Decimal = setting(
        "得分低于满分多少时须写评语", unit="%", hint="第七条2：定性与量化结合；制度没有规定比例"
    )
    excellent_line: Decimal = setting("优秀分数线", "A-54", unit="分")
    pass_line: Decimal = setting("合格分数线", "A-54", unit="分")
    quota_percent: Decimal = setting("优秀比例", unit="%", hint="第十条二2")
    quota_target: QuotaTarget = setting("优秀比例限制的是", "A-55")
    quota_base: QuotaBase = setting("优秀比例的基数", "A-56")
    quota_scope: QuotaScope = setting("优秀比例的范围", "A-57")
    quota_rounding: QuotaRounding = setting("名额的小数", "A-58")
    quota_must_fill: bool = setting("名额必须用满", "A-59")
    award_amount: Decimal = setting("优秀班主任奖励", unit="元", hint="第十条二2；每人每个考核期一次")
    tie_breaks: tuple[TieBreak, ...] = setting(
        "同分时依次比较", "A-60", ordered=True, hint="仍相同的由继续教育学院书面说明理由后决定，任何时候不超名额"
    )
    vetoes: tuple[Veto, ...] = setting("否决情形", "A-63")
    veto_effect: VetoEffect = setting("否决的后果", "A-63")
    accident_basis: AccidentBasis = setting("重大责任事故的认定", "A-64")
    cheating_share: CheatingShare = setting("换班主任前后的学生作弊由谁负责", "A-65")
    min_service_days: int = setting("参加考核至少在岗", "A-66", unit="天")
    excellent_needs_whole_cycle: bool = setting("评优秀须整个考核期在岗", "A-66")
    excellent_gap_days: int = setting("整个考核期在岗允许的间断", "A-66", unit="天")
    two_colleges: TwoColleges = setting("在两个学院带班的班主任", "A-67")
    dismissed_grade: DismissedGrade = setting("被解聘者的等次", "A-71")
    missing_paper: MissingPaper = setting("缺工作计划或总结", "A-74")

    @property
    def groups(self) -> tuple[Group, ...]:
        """All weighted groups in the regulation's order."""
        return tuple(chain.from_iterable(part.groups for part in self.parts))

    @property
    def items(self) -> tuple[Item, ...]:
        """The scored items in the regulation's order, without the bonus items."""
        return tuple(chain.from_iterable(group.items for group in self.groups))

    def item(self, item_id: str) -> Item:
        """A scored or bonus item by its id; KeyError if there is none."""
        for item in chain(self.items, self.bonus):
            if item.id == item_id:
                return item
        raise KeyError(item_id)

    def problems(self) -> list[str]:
        """Everything that keeps the scheme from taking effect, in Chinese."""
        return [*_weights(self), *_points(self), *_scorers(self), *_lines(self), *_limits(self)]


def _weights(rules: AssessmentRules) -> Iterator[str]:
    total = sum((part.weight for part in rules.parts), Decimal(0))
    if total != HUNDRED:
        yield f"考核各部分权重之和应为 100，现为 {total}"
    for part in rules.parts:
        inner = sum((group.weight for group in part.groups), Decimal(0))
        if inner != part.weight:
            yield f"{part.heading}：各组权重之和应为 {part.weight}，现为 {inner}"
        if part.weight <= 0:
            yield f"{part.heading}：权重应大于 0"
    for group in rules.groups:
        if group.points != group.weight:
            yield f"{group.caption}：各项满分之和应为 {group.weight}，现为 {group.points}（A-51）"


def _points(rules: AssessmentRules) -> Iterator[str]:
    everything = [*rules.items, *rules.bonus]
    ids = [item.id for item in everything]
    for repeated in sorted({item_id for item_id in ids if ids.count(item_id) > 1}):
        yield f"{repeated}：编号重复"
    for item in everything:
        if not item.text.strip():
            yield f"{item.id}：内容不能为空"
        if item.max_points <= 0:
            yield f"{item.id}：满分应大于 0"
        elif -int(item.max_points.normalize().as_tuple().exponent) > 2:
            yield f"{item.id}：满分最多两位小数"


def _scorers(rules: AssessmentRules) -> Iterator[str]:
    shares = (rules.college_percent, rules.self_percent, rules.student_percent)
    if sum(shares) != HUNDRED:
        yield f"学院、自评、学生评分占比之和应为 100，现为 {sum(shares)}（A-52）"
    if any(share < 0 for share in shares):
        yield "评分占比不能为负（A-52）"
    if rules.min_assessors < 1:
        yield "最少考核人数：应为 1 以上（A-53）"
    if not 0 <= rules.comment_below_percent <= HUNDRED:
        yield "须写评语的比例：应在 0 与 100 之间"


def _lines(rules: AssessmentRules) -> Iterator[str]:
    if not 0 < rules.pass_line < rules.excellent_line <= HUNDRED:
        yield "分数线应满足 0 < 合格线 < 优秀线 ≤ 100（A-54）"
    if not 0 <= rules.quota_percent <= HUNDRED:
        yield "优秀比例：应在 0 与 100 之间"
    if rules.award_amount < 0:
        yield "优秀班主任奖励：不能为负"
    if rules.bonus_cap < 0:
        yield "加分合计上限：不能为负（A-61）"
    if len(set(rules.tie_breaks)) != len(rules.tie_breaks):
        yield "同分比较的顺序里有重复（A-60）"
    if len(set(rules.vetoes)) != len(rules.vetoes):
        yield "否决情形有重复（A-63）"


def _limits(rules: AssessmentRules) -> Iterator[str]:
    if rules.min_service_days < 0 or rules.excellent_gap_days < 0:
        yield "在岗天数和间断天数不能为负（A-66）"
