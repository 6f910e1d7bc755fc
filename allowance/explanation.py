"""A line of the allowance in words: what went in, which rule, the sum, and what changed since the month before.

Pure: from stored lines and rules to Chinese sentences, the same on screen, in the workbook and for whoever asks. ::

    explain(line, rules, "2023-10-01 版", college_names={"C01": "软件学院"}) -> Explanation(title, rows)
    compare(previous_lines, lines)                                          -> Comparison(difference_fen, reasons)

``compare`` takes all lines of one person in each of two months (or one line of each), so that a class that turned from
在读 to 毕业班 is told as such.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from allowance.calculation import ClassHeads, Line, Phase, Stretch, Via, format_yuan, split
from allowance.calculation.results import RatePart, plain_number
from gaobo_banzhuren.regulation.rules import AllowanceRules, RoundingLevel, SplitLevel, TwoColleges

ARTICLE = {Phase.TEACHING: "第十条二.1", Phase.GRADUATING: "第十条二.1（教学结束后）"}


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled sentence; ``reading`` is the id of the reading of a silent point it rests on, if any."""

    label: str
    text: str
    reading: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a line came about, from the inputs down to the funding."""

    title: str
    rows: tuple[Row, ...]

    @property
    def text(self) -> str:
        return "\n".join(f"{row.label}：{row.text}" for row in self.rows)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed between two months; ``reasons`` is empty when nothing did."""

    previous_fen: int
    current_fen: int
    reasons: tuple[str, ...]

    @property
    def difference_fen(self) -> int:
        return self.current_fen - self.previous_fen

    @property
    def text(self) -> str:
        difference = self.difference_fen
        if not difference and not self.reasons:
            return "与上月相同。"
        head = (
            f"比上月{'多' if difference > 0 else '少'} {format_yuan(abs(difference))} 元"
            if difference
            else "金额与上月相同"
        )
        return f"{head}：{'；'.join(self.reasons)}。" if self.reasons else f"{head}。"


def explain(
    line: Line, rules: AllowanceRules, version: str, college_names: Mapping[str, str] | None = None
) -> Explanation:
    """Say in words how a line came about; ``version`` is the label of the rule version it was settled under."""
    names = college_names or {}
    rows = [
        Row("依据", f"{ARTICLE[line.kind]}，制度版本 {version}"),
        Row("班级", "；".join(_class_text(item, names) for item in line.classes)),
    ]
    whole = _is_whole_month(line)
    for number, stretch in enumerate(line.stretches, start=1):
        label = "在岗" if len(line.stretches) == 1 else f"第 {number} 段"
        rows.append(Row(label, f"{_days_text(stretch, whole)}，计入 {_heads_text(stretch)}"))
        rows.append(Row("月标准", _rate_text(stretch, line.kind), "A-01" if len(stretch.classes) > 1 else ""))
    rows.append(Row("计算", _sum_text(line, rules), "A-07"))
    if line.total_fen != line.uncapped_fen:
        text = f"每人每月上限生效，{format_yuan(line.uncapped_fen)} 元计为 {format_yuan(line.total_fen)} 元"
        rows.append(Row("封顶", text, "A-13"))
    if len(line.shares) > 1:
        rows.append(Row("学院分摊", _college_text(line, names), "A-19"))
    elif rules.two_colleges is TwoColleges.HOME_COLLEGE and any(item.college != line.college for item in line.classes):
        rows.append(Row("学院分摊", "跨学院带班，由人事所在学院发放", "A-19"))
    school, college = split(line.amount_fen, rules)
    note = "（按学院月表合计分摊，本行仅供参考）" if rules.split_level is SplitLevel.SHEET else ""
    rows.append(Row("经费", f"学校 {format_yuan(school)} 元，二级学院 {format_yuan(college)} 元{note}", "A-17"))
    title = (
        f"{line.month.year} 年 {line.month.month} 月 {line.name} {line.kind.label} {format_yuan(line.amount_fen)} 元"
    )
    return Explanation(title, tuple(rows))


def compare(previous: Line | Iterable[Line] | None, current: Line | Iterable[Line] | None) -> Comparison:
    """Say what changed from one month to the next and why; either side may be missing."""
    before, now = _as_lines(previous), _as_lines(current)
    reasons = _moved(before, now)
    moved = {code for code, _ in reasons}
    texts = [text for _, text in reasons]
    for phase in Phase:
        texts += _phase_reasons(_of(before, phase), _of(now, phase), phase, moved)
    return Comparison(sum(line.amount_fen for line in before), sum(line.amount_fen for line in now), tuple(texts))


def crossed_tier(previous: Line | None, current: Line) -> bool:
    """Say whether the coefficient differs between the end of one month's line and the start of the next one's."""
    if previous is None or not previous.stretches or not current.stretches:
        return False
    return previous.stretches[-1].coefficient_text != current.stretches[0].coefficient_text


# ---------------------------------------------------------------- one line


def _class_text(item: ClassHeads, names: Mapping[str, str]) -> str:
    college = names.get(item.college, item.college)
    heads = (
        f"{item.headcount} 人"
        if item.class_headcount is None
        else f"{item.class_headcount} 人中分带 {item.headcount} 人"
    )
    via = "" if item.via is Via.MAIN else f"，{item.via.label}"
    return f"{item.name}（{college}，{heads}{via}）"


def _is_whole_month(line: Line) -> bool:
    return len(line.stretches) == 1 and line.stretches[0].days == line.month.days


def _days_text(stretch: Stretch, whole: bool) -> str:
    if whole:
        return f"整月 {stretch.days} 天"
    if stretch.first_day == stretch.last_day:
        return f"{_day(stretch.first_day)}，1 天"
    return f"{_day(stretch.first_day)}至 {_day(stretch.last_day)}，{stretch.days} 天"


def _day(day: date) -> str:
    return f"{day.month} 月 {day.day} 日"


def _heads_text(stretch: Stretch) -> str:
    if len(stretch.classes) == 1:
        return f"{stretch.headcount} 人"
    return f"{'＋'.join(str(item.headcount) for item in stretch.classes)}＝{stretch.headcount} 人"


def _rate_text(stretch: Stretch, kind: Phase) -> str:
    if not stretch.monthly_rate:
        return "没有学生，不计发" if not stretch.headcount else "0.00 元"
    words = "；".join(_part_text(part, kind) for part in stretch.parts)
    if len(stretch.parts) > 1:
        words += f"；合计 {format_yuan(stretch.monthly_rate)} 元"
    return words


def _part_text(part: RatePart, kind: Phase) -> str:
    if part.coefficient is None:
        return f"{part.tier}，{format_yuan(part.monthly_rate)} 元"
    text = f"{part.headcount} 人，{part.tier}，系数 {plain_number(part.coefficient)}"
    if part.coefficient and kind is Phase.TEACHING:
        base = part.monthly_rate / part.coefficient
        return f"{text}：{format_yuan(base)}×{plain_number(part.coefficient)}＝{format_yuan(part.monthly_rate)} 元"
    return f"{text}：{format_yuan(part.monthly_rate)} 元"


def _sum_text(line: Line, rules: AllowanceRules) -> str:
    total = "＋".join(stretch.sum_text for stretch in line.stretches)
    rounding = rules.rounding
    how = "全行取整一次" if rounding.level is RoundingLevel.LINE else "逐段取整"
    return f"{total}＝{format_yuan(line.uncapped_fen)} 元（{rounding.mode.label}到{rounding.unit.label}，{how}）"


def _college_text(line: Line, names: Mapping[str, str]) -> str:
    total_days = sum(share.headcount_days for share in line.shares)
    last = line.shares[-1].college
    parts = []
    for share in line.shares:
        how = "取余数" if share.college == last else f"人数日 {share.headcount_days}/{total_days}"
        parts.append(f"{names.get(share.college, share.college)} {format_yuan(share.amount_fen)} 元（{how}）")
    return f"{format_yuan(line.total_fen)} 元在各学院间分摊：{'，'.join(parts)}"


# ---------------------------------------------------------------- two months


def _as_lines(lines: Line | Iterable[Line] | None) -> tuple[Line, ...]:
    if lines is None:
        return ()
    return (lines,) if isinstance(lines, Line) else tuple(lines)


def _of(lines: Sequence[Line], phase: Phase) -> tuple[Line, ...]:
    return tuple(line for line in lines if line.kind is phase)


def _classes(lines: Iterable[Line]) -> dict[str, ClassHeads]:
    return {item.code: item for line in lines for item in line.classes}


def _moved(before: Sequence[Line], now: Sequence[Line]) -> list[tuple[str, str]]:
    """Find classes that left teaching for 毕业班 between the two months."""
    taught, graduating = _classes(_of(before, Phase.TEACHING)), _classes(_of(now, Phase.GRADUATING))
    still, already = _classes(_of(now, Phase.TEACHING)), _classes(_of(before, Phase.GRADUATING))
    return [
        (code, f"{item.name} 教学结束，转为毕业班")
        for code, item in taught.items()
        if code in graduating and code not in still and code not in already
    ]


def _phase_reasons(before: Sequence[Line], now: Sequence[Line], phase: Phase, moved: set[str]) -> list[str]:
    old, new = _classes(before), _classes(now)
    label = phase.label
    texts = [f"{item.name} 新计入{label}" for code, item in new.items() if code not in old and code not in moved]
    texts += [f"{item.name} 不再计入{label}" for code, item in old.items() if code not in new and code not in moved]
    texts += [
        f"{item.name} 人数 {old[code].headcount} → {item.headcount}"
        for code, item in new.items()
        if code in old and old[code].headcount != item.headcount
    ]
    if not before and now and not _is_full(now[0]):
        texts.append(f"{label}在岗 {_days_of(now[0])}/{now[0].month.days} 天")
    if not before or not now:
        return texts
    last, first = before[0], now[0]
    texts += _rate_reasons(last, first, label)
    texts += _day_reasons(last, first, label)
    colleges = [{line.college: line.amount_fen for line in lines} for lines in (before, now)]
    if set(colleges[0]) != set(colleges[1]) and not set(old) ^ set(new):
        texts.append(f"{label}的学院分摊变化")
    if (last.total_fen != last.uncapped_fen) != (first.total_fen != first.uncapped_fen):
        texts.append("每人每月上限的作用变化")
    return texts


def _rate_reasons(last: Line, first: Line, label: str) -> list[str]:
    old, new = last.stretches[-1], first.stretches[-1]
    if old.coefficient_text != new.coefficient_text:
        return [
            f"{label}合计 {old.headcount} 人（{old.tier_text}）→ {new.headcount} 人（{new.tier_text}），"
            f"系数 {old.coefficient_text} → {new.coefficient_text}"
        ]
    if old.monthly_rate != new.monthly_rate:
        return [f"{label}月标准 {format_yuan(old.monthly_rate)} → {format_yuan(new.monthly_rate)}"]
    return []


def _day_reasons(last: Line, first: Line, label: str) -> list[str]:
    old, new = (f"{_days_of(line)}/{line.month.days}" for line in (last, first))
    if (_is_full(last) and _is_full(first)) or old == new:
        return []
    return [f"{label}在岗 {old} 天 → {new} 天"]


def _days_of(line: Line) -> int:
    return sum(stretch.days for stretch in line.stretches)


def _is_full(line: Line) -> bool:
    return _days_of(line) == line.month.days
