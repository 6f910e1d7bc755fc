"""Choices shared by several kinds; the same value means the same thing everywhere, so that one record counts twice."""

from __future__ import annotations

from typing import Final

from .base import Choices

THEMES: Final[tuple[str, ...]] = (
    "爱国主义", "集体主义", "社会主义", "形势政策", "民主法制", "人生观", "价值观", "道德", "学风", "劳动", "审美",
    "心理健康", "安全稳定",
)  # fmt: skip
"""The education themes of article 3 (一): eleven of item 1, then the two of item 2."""
THEMES_ONE: Final = THEMES[:11]
THEMES_TWO: Final = THEMES[11:]

ARREARS, RETAKE, STUDY, MIND = "arrears", "retake", "study", "mind"
"""Categories that count elsewhere: arrears list, retake list, study trouble, confidential talks."""

TALK_CATEGORIES: Final[Choices] = (
    (STUDY, "学业"), ("thought", "思想"), (MIND, "心理"), ("money", "经济"), ("discipline", "纪律"), (ARREARS, "欠费"),
    (RETAKE, "补考"), ("job", "就业"), ("family", "家庭"), ("other", "其他"),
)  # fmt: skip
TALK_WAYS: Final[Choices] = (("face", "面谈"), ("phone", "电话"), ("online", "线上"), ("group", "集体"))
CONTACT_WAYS: Final[Choices] = (
    ("phone", "电话"), ("online", "微信或线上"), ("visit", "家访"), ("school", "来校"), ("letter", "书面"),
)  # fmt: skip
PARENT_REASONS: Final[Choices] = (
    ("routine", "常规"), (ARREARS, "欠费"), (STUDY, "学业"), ("discipline", "违纪"), (MIND, "心理"), ("other", "其他"),
)  # fmt: skip
ACTIVITY_KINDS: Final[Choices] = (
    ("theme", "主题教育"), ("newcomer", "新生教育"), ("pre_exam", "考前教育"), ("exam_style", "考风建设"),
    ("honesty", "诚信教育"), ("revision", "复习考试动员"), ("other", "其他活动"),
)  # fmt: skip
RISKS: Final[Choices] = (("ordinary", "一般"), ("watch", "关注"), ("focus", "重点"))
ARREARS_REASONS: Final[Choices] = (
    ("hardship", "家庭经济困难"), ("loan", "助学贷款未到"), ("leaving", "休学/退学意向"), ("forgotten", "遗漏"), ("other", "其他"),
)  # fmt: skip
DECISION_LEVELS: Final[Choices] = (
    ("note", "一般记载"), ("notice", "通报批评"), ("warning", "警告"), ("serious_warning", "严重警告"), ("demerit", "记过"),
    ("probation", "留校察看"), ("expelled", "开除学籍"),
)  # fmt: skip
"""Lightest first: A-35 counts from a level upwards."""
EXAM_BREACH, CHEATING = "breach", "cheating"
EXAM_VIOLATIONS: Final[Choices] = ((EXAM_BREACH, "考试违纪"), (CHEATING, "考试作弊"))
INCIDENT_LEVELS: Final[Choices] = (("general", "一般责任事故"), ("major", "重大责任事故"))
HONOUR_STAGES: Final[Choices] = (
    ("training", "培养"), ("selection", "选拔"), ("assessment", "评比"), ("commendation", "表彰"),
)  # fmt: skip
HONOUR_LEVELS: Final[Choices] = (
    ("class", "班级"), ("college", "学院"), ("school", "学校"), ("city", "市级"), ("province", "省级"), ("nation", "国家级"),
)  # fmt: skip
CASE_KINDS: Final[Choices] = (
    (STUDY, "学业"), ("money", "经济"), (MIND, "心理"), ("discipline", "纪律"), ("health", "身体"), ("family", "家庭"), ("other", "其他"),
)  # fmt: skip
QUALITY: Final[Choices] = (("good", "好"), ("fair", "较好"), ("poor", "较差"))
PERIODS: Final[Choices] = (
    ("1-2节", "1-2节"), ("3-4节", "3-4节"), ("5-6节", "5-6节"), ("7-8节", "7-8节"), ("9-10节", "9-10节"),
    ("上午", "上午"), ("下午", "下午"), ("晚上", "晚上"),
)  # fmt: skip
