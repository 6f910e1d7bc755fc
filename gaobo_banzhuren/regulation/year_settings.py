"""Settings that the office decides per school year (class C in the list of readings)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .parts import Choice, setting


class SheetRhythm(Choice):
    """How often allowance sheets are made (A-21)."""

    MONTHLY = "monthly", "每月一表，可几个月一起提交"
    TERM = "term", "每学期提交一次"


class CycleBasis(Choice):
    """What one assessment cycle is (A-50)."""

    SCHOOL_YEAR = "school_year", "学年（9 月 1 日至次年 8 月 31 日）"
    CALENDAR_YEAR = "calendar_year", "自然年"
    TERM = "term", "学期"


class OfficeTerm(Choice):
    """For how long an appointment holds (A-81)."""

    SCHOOL_YEAR = "school_year", "一学年，可续聘"
    COHORT = "cohort", "带到班级毕业"


@dataclass(frozen=True, slots=True)
class YearSettings:
    """What the office may set differently for each school year."""

    sheet_rhythm: SheetRhythm = setting("津贴表的周期", "A-21")
    cycle_basis: CycleBasis = setting("考核周期", "A-50")
    publicity_working_days: int = setting("公示工作日数", "A-68", unit="个工作日")
    publicity_shows_scores: bool = setting("公示名单显示分数", "A-68")
    objection_answer_working_days: int = setting("异议答复期限", "A-69", unit="个工作日")
    term_of_office: OfficeTerm = setting("聘期", "A-81")
    graduate_award_percent: Decimal | None = setting(
        "优秀毕业生比例", "A-88", unit="%", hint="制度没有规定；不填 = 不限"
    )

    def problems(self) -> list[str]:
        """Everything in Chinese that keeps these settings from being used."""
        found = []
        if self.publicity_working_days < 1:
            found.append("公示工作日数：应为 1 以上（A-68）")
        if self.objection_answer_working_days < 1:
            found.append("异议答复期限：应为 1 以上（A-69）")
        share = self.graduate_award_percent
        if share is not None and not (0 <= share <= 100 and share == share.quantize(Decimal("0.01"))):
            found.append("优秀毕业生比例：应在 0 与 100 之间，最多两位小数（A-88）")
        return found
