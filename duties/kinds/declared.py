"""The kinds of article 3 to 6, each with its fields of the form list (8.1)."""

from __future__ import annotations

from gaobo_banzhuren.accounts.roles import Role

from . import words
from .base import Field, Input, Kind, Need

COLLEGE = (Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD)


def _title(label: str = "主题", *, required: bool = True) -> Field:
    return Field("title", label, required=required, longest=120)


def _text(label: str, *, required: bool = True, confidential: bool = False) -> Field:
    return Field("text", label, Input.TEXT, required=required, confidential=confidential)


def _long(name: str, label: str, *, required: bool = False, main: bool = False, confidential: bool = False) -> Field:
    return Field(name, label, Input.TEXT, required=required, main=main, confidential=confidential)


PLACE = Field("place", "地点", longest=60)
TIME = Field("starts_at", "时间", Input.TIME, main=False)
MINUTES = Field("minutes", "时长（分钟）", Input.NUMBER, main=False)
DUE = Field("due", "应到", Input.NUMBER)
PRESENT = Field("present", "实到", Input.NUMBER)
PERIOD = Field("period", "节次", Input.CHOICE, choices=words.PERIODS)

TALK = Kind(
    "talk", "谈心谈话", "chat-dots", ("C3.1.3", "C3.1.4", "C5.2"), "talks",
    (
        Field("category", "类型", Input.CHOICE, True, words.TALK_CATEGORIES),
        Field("way", "方式", Input.CHOICE, True, words.TALK_WAYS, default="face"),
        Field("title", "话题", longest=120, confidential=True, main=False),
        _text("谈话内容", confidential=True),
        _long("situation", "学生情况", confidential=True),
        _long("study_basis", "学习基础", confidential=True),
        _long("goal", "学习目标", confidential=True),
        _long("measures", "商定的做法", confidential=True),
        Field("level", "关注程度", Input.CHOICE, choices=words.RISKS, default="ordinary"),
        Field("follow_up_on", "回访日期", Input.DATE),
        Field("place", "地点", longest=60, main=False), TIME, MINUTES,
        Field("exam_session", "有关的考试场次", Input.EXAM_SESSION, main=False, hint="补考谈话填写"),
    ),
    students=Need.MANY, confidential=True, psychological_category=words.MIND, quick=2, columns=("category", "way"),
)  # fmt: skip
ACTIVITY = Kind(
    "activity", "教育活动", "flag", ("C3.1.1", "C3.1.2", "C5.5b", "C6.1a", "C6.2"), "activities",
    (
        Field("category", "活动类型", Input.CHOICE, True, words.ACTIVITY_KINDS, default="theme"),
        _title(), PLACE, DUE, PRESENT, _text("活动内容"),
        Field("form", "形式", main=False, longest=40, hint="讲座、参观、观影、讨论……"),
        Field("exam_session", "考试场次", Input.EXAM_SESSION, main=False, hint="考前、考风、诚信、动员类填写"),
        Field("pledges", "签诚信承诺书（份）", Input.NUMBER, main=False),
        _long("effect", "效果"), TIME, MINUTES,
    ),
    several_classes=True, themes=True, absent_list=True, quick=5,
)  # fmt: skip
CLASS_MEETING = Kind(
    "class_meeting", "班会", "people", ("C9.2.2.2", "C3.1.1"), "meetings",
    (
        _title("主题"), PLACE, DUE, PRESENT, _text("会议记录"),
        _long("decisions", "议定事项"),
        Field("host", "主持人", main=False, longest=30),
        Field("category", "兼作活动", Input.CHOICE, choices=words.ACTIVITY_KINDS, main=False),
        Field("exam_session", "考试场次", Input.EXAM_SESSION, main=False), TIME, MINUTES,
    ),
    several_classes=True, themes=True, absent_list=True, quick=3,
)  # fmt: skip
ROOM_CHECK = Kind(
    "room_check", "到班检查", "door-open", ("C5.4a", "C9.2.3.5"), "checks",
    (
        PERIOD, Field("place", "教室", longest=60), DUE, PRESENT,
        Field("log_filled", "教室日志已填", Input.YES_NO, default="1"),
        Field("discipline", "课堂纪律", Input.CHOICE, choices=words.QUALITY, default="good"),
        _text("备注", required=False),
    ),
    quick=6, columns=("period", "discipline"),
)  # fmt: skip
LESSON_VISIT = Kind(
    "lesson_visit", "听课", "ear", ("C5.3b",), "visits",
    (
        PERIOD, Field("course_name", "课程", required=True, longest=60),
        Field("course_teacher", "任课教师", required=True, longest=30), Field("place", "教室", longest=60), DUE, PRESENT,
        Field("discipline", "课堂纪律", Input.CHOICE, choices=words.QUALITY, default="good"),
        Field("state", "学习状态", Input.CHOICE, choices=words.QUALITY, default="good"),
        _text("听课情况", required=False), _long("problem", "发现的问题"), _long("suggestion", "建议"),
        Field("told_teacher", "已反馈任课教师", Input.YES_NO, main=False),
    ),
    progress="problem", quick=8, columns=("course_name", "course_teacher"),
)  # fmt: skip
TEACHER_CONTACT = Kind(
    "teacher_contact", "任课教师联系", "person-video3", ("C3.1.3", "C5.3a", "C5.3c"), "contacts",
    (
        Field("course_teacher", "任课教师", required=True, longest=30),
        Field("course_name", "课程", longest=60),
        Field("way", "方式", Input.CHOICE, True, words.CONTACT_WAYS, default="phone"),
        _text("联系内容"), _long("problem", "需要解决的问题"),
        Field("raised_to", "向谁反映", main=False, longest=60),
        Field("follow_up_on", "跟进日期", Input.DATE, main=False),
    ),
    students=Need.OPTIONAL, progress="problem", quick=7, columns=("course_teacher", "course_name"),
)  # fmt: skip
PARENT_CONTACT = Kind(
    "parent_contact", "家长联系", "telephone", ("C3.1.3", "C4.1", "C5.5e"), "contacts",
    (
        Field("category", "事由", Input.CHOICE, True, words.PARENT_REASONS, default="routine"),
        Field("way", "方式", Input.CHOICE, True, words.CONTACT_WAYS, default="phone"),
        Field("guardian", "家长", longest=30, hint="姓名和关系"),
        _text("联系内容", confidential=True),
        _long("parent_view", "家长意见", confidential=True),
        _long("outcome", "结果", confidential=True),
        Field("exam_session", "有关的考试场次", Input.EXAM_SESSION, main=False, hint="告知成绩时填写"), TIME,
    ),
    students=Need.MANY, psychological_category=words.MIND, quick=4, columns=("category", "way"),
)  # fmt: skip
THOUGHT_REPORT = Kind(
    "thought_report", "思想动态", "graph-up", ("C3.1.3", "C9.2.1.1"), "thoughts",
    (
        _title("报告期", required=True), _text("总体情况"),
        _long("hot", "热点问题", main=True), _long("hard", "难点问题", main=True), _long("measures", "措施", main=True),
    ),
    students=Need.OPTIONAL, columns=("title",),
)  # fmt: skip
CASE_STUDY = Kind(
    "case_study", "学生个案", "journal-medical", ("C5.1b", "C9.5.1"), "cases",
    (
        Field("category", "类别", Input.CHOICE, True, words.CASE_KINDS),
        Field("title", "主题", required=True, longest=120, confidential=True),
        _text("背景", confidential=True),
        _long("problem_text", "问题", required=True, main=True, confidential=True),
        _long("effect", "效果", main=False, confidential=True),
        _long("reflection", "分析与反思", main=False, confidential=True),
        Field("mask_name", "对外隐去姓名", Input.YES_NO, main=False),
        Field("follow_up_on", "下次跟进", Input.DATE, main=False),
    ),
    students=Need.ONE, progress="matter", confidential=True, privacy="sensitive", psychological_category=words.MIND,
    columns=("category",),
)  # fmt: skip
HONOUR = Kind(
    "honour", "优秀学生", "trophy", ("C3.1.4",), "honours",
    (
        Field("category", "阶段", Input.CHOICE, True, words.HONOUR_STAGES),
        Field("title", "荣誉或名目", required=True, longest=120),
        Field("level", "级别", Input.CHOICE, True, words.HONOUR_LEVELS, default="class"),
        _text("说明", required=False),
    ),
    students=Need.MANY, progress="decision", columns=("title", "category", "level"),
)  # fmt: skip
DISCIPLINE = Kind(
    "discipline", "违纪", "exclamation-octagon", ("C9.2.3.2",), "discipline",
    (
        _title("事由"), Field("level", "处理级别", Input.CHOICE, True, words.DECISION_LEVELS, default="note"),
        _text("经过"), Field("decided_where", "决定机关", main=False, longest=60),
        Field("document", "文号", main=False, longest=60), _long("education", "班主任的教育工作"),
    ),
    students=Need.MANY, progress="decision", writers=(Role.CLASS_TEACHER, *COLLEGE), columns=("title", "level"),
)  # fmt: skip
EXAM_VIOLATION = Kind(
    "exam_violation", "考试违规", "shield-exclamation", ("C5.5c", "C9.2.3.3"), "discipline",
    (
        Field("category", "类别", Input.CHOICE, True, words.EXAM_VIOLATIONS),
        Field("exam_session", "考试场次", Input.EXAM_SESSION, True), Field("course", "课程", Input.COURSE),
        _text("情况"), Field("decision", "处理决定", main=False, longest=120),
        Field("decided_where", "决定机关", main=False, longest=60),
        _long("education", "协助处理与教育", main=True),
    ),
    students=Need.ONE, progress="decision", writers=(Role.CLASS_TEACHER, *COLLEGE),
    deciders=(*COLLEGE, Role.OFFICE), columns=("category", "exam_session"),
)  # fmt: skip
INCIDENT = Kind(
    "incident", "责任事故", "exclamation-triangle", ("C9.2.2.2",), "discipline",
    (
        _title("事故"), Field("level", "等级", Input.CHOICE, True, words.INCIDENT_LEVELS), _text("事实"),
        Field("responsible", "班主任负有责任", Input.YES_NO), Field("document", "认定文件", longest=60),
    ),
    progress="decision", writers=(*COLLEGE, Role.OFFICE), deciders=(Role.OFFICE,), columns=("title", "level"),
)  # fmt: skip
ARREARS_FOLLOW_UP = Kind(
    "arrears_followup", "催缴记录", "cash-coin", ("C4.2b", "C4.2c"), "fees",
    (
        Field("fee_period", "缴费期", Input.FEE_PERIOD, True),
        Field("way", "方式", Input.CHOICE, True, words.CONTACT_WAYS, default="phone"),
        Field("arrears_reason", "欠费原因", Input.CHOICE, choices=words.ARREARS_REASONS),
        _text("内容", confidential=True), Field("follow_up_on", "承诺缴费日期", Input.DATE),
        Field("outcome", "结果", main=False, longest=120),
    ),
    students=Need.MANY, columns=("way", "arrears_reason"),
)  # fmt: skip
HARDSHIP = Kind(
    "hardship", "困难上报", "heart", ("C4.2c",), "fees",
    (
        Field("fee_period", "缴费期", Input.FEE_PERIOD, True), _text("困难情况", confidential=True),
        _long("wish", "请求帮助", main=True, confidential=True),
    ),
    students=Need.ONE, progress="report", confidential=True, privacy="sensitive", deciders=(*COLLEGE, Role.OFFICE),
    columns=("fee_period",),
)  # fmt: skip
REVIEW_PLAN = Kind(
    "review_plan", "复习计划", "calendar2-check", ("C4.3",), "retakes",
    (
        Field("courses", "课程", required=True, longest=200), _text("步骤"),
        Field("weekly", "每周检查", longest=120), Field("exam_session", "目标场次", Input.EXAM_SESSION),
        Field("follow_up_on", "下次检查", Input.DATE),
    ),
    students=Need.MANY, columns=("courses", "exam_session"),
)  # fmt: skip
WEAK_CHECK = Kind(
    "weak_check", "后进生检查", "clipboard-pulse", ("C6.1b",), "retakes",
    (
        Field("courses", "课程", longest=200), _text("检查情况"), _long("next_step", "下一步", main=True),
        Field("follow_up_on", "下次检查", Input.DATE),
    ),
    students=Need.MANY, columns=("courses",),
)  # fmt: skip
WORK_LOG = Kind(
    "worklog", "工作日志", "journal-text", ("C5.1a",), "log",
    (_title("事项", required=False), _text("内容")),
    students=Need.OPTIONAL, quick=9, columns=("title",),
)  # fmt: skip

KINDS: tuple[Kind, ...] = (
    TALK, CLASS_MEETING, PARENT_CONTACT, ACTIVITY, ROOM_CHECK, TEACHER_CONTACT, LESSON_VISIT, WORK_LOG, THOUGHT_REPORT,
    CASE_STUDY, HONOUR, DISCIPLINE, EXAM_VIOLATION, INCIDENT, ARREARS_FOLLOW_UP, HARDSHIP, REVIEW_PLAN, WEAK_CHECK,
)  # fmt: skip
