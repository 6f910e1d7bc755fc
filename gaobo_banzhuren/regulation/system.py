"""Settings that hold for the whole system rather than for a rule version (class S in the list of readings)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from string import Formatter

from .parts import Choice, setting


class ScoreVisibility(Choice):
    """When a class teacher sees the own scores (A-70)."""

    AFTER_PUBLICITY = "after_publicity", "公示开始后可看本人各项得分和评语"
    NEVER = "never", "不可看"


class OfficeBodies(Choice):
    """Whether 继续教育学院 and 继续教育处 are one body (A-83)."""

    ONE = "one", "一个机构，两个名称"
    TWO = "two", "两个机构"


class TalkReaders(Choice):
    """Who reads the text of sensitive talks (A-87)."""

    AUTHOR_AND_HEAD = "author_and_head", "记录人和学院负责人"
    AUTHOR = "author", "只有记录人"


@dataclass(frozen=True, slots=True)
class SystemSettings:
    """All settings of class S with the values in force."""

    store_identity_columns: bool = setting("津贴表存身份证号、银行卡号", "A-24", hint="敏感个人信息，默认不存")
    headcount_objection_days: int = setting("人数确认：几天无异议视为确认", "A-28", unit="天")
    score_visibility: ScoreVisibility = setting("班主任能否看本人得分", "A-70")
    certificate_number_pattern: str = setting(
        "荣誉证书编号格式", "A-72", hint="{cycle} 为考核学年，{number:03d} 为三位流水号；作废的号不再使用"
    )
    office_bodies: OfficeBodies = setting("继续教育学院与继续教育处", "A-83")
    office_name: str = setting("第十、十三条所称机构", "A-83")
    office_second_name: str = setting("第八、十一条所称机构", "A-83")
    external_teachers_allowed: bool = setting("可聘外聘人员", "A-85")
    record_years: int = setting("工作记录保存年限", "A-87", unit="年")
    sensitive_talk_readers: TalkReaders = setting("心理类谈话谁能看正文", "A-87")
    office_reads_talks_with_reason: bool = setting("继续教育学院写明理由后可查阅其他谈话", "A-87")

    def problems(self) -> list[str]:
        """Everything in Chinese that keeps these settings from being used."""
        found = []
        if self.headcount_objection_days < 0:
            found.append("人数确认天数：不能为负（A-28）")
        if self.record_years < 1:
            found.append("保存年限：应为 1 年以上（A-87）")
        if not _good_pattern(self.certificate_number_pattern):
            found.append("证书编号格式：只能用 {cycle} 和流水号 {number:03d}，流水号必须有（A-72）")
        return found

    def certificate_number(self, cycle: str, number: int) -> str:
        """The certificate number for the running `number` of a cycle (A-72)."""
        return self.certificate_number_pattern.format(cycle=cycle, number=number)


def _good_pattern(pattern: str) -> bool:
    """Only the two known fields, with a harmless width: a format string can otherwise reach far or grow huge."""
    try:
        fields = {name: spec for _, name, spec, _ in Formatter().parse(pattern) if name is not None}
    except ValueError:
        return False
    if not set(fields) <= {"cycle", "number"} or "number" not in fields or fields.get("cycle"):
        return False
    return re.fullmatch(r"(0[1-6]d)?", fields["number"] or "") is not None
