"""The graduating classes of the demo college: who is proposed, what is written about each, what is settled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from random import Random

from teachers.models import Student

from ..graduates import graduates_of, is_graduating
from ..models import DepartureItem
from ..services import appraisals, awards, departures
from .records import Led

TRAITS = (
    "学习踏实，专升本阶段课程全部一次通过，乐于帮助同学",
    "工作细致，担任班委两年，把每次报名核对得清清楚楚",
    "起步较慢，凭着每晚自习的坚持补上了两门课，进步明显",
    "动手能力强，实训作品两次在学院展出，待人诚恳",
    "性格开朗，组织了班里的晨跑和读书会，凝聚了大家",
)
CLASSMATES = (
    "对同学热心，常替大家占座答疑", "在宿舍里带头打扫，室友都服气", "话不多，答应的事都做到", "主持过两次主题班会",
    "担任学习委员，笔记借遍全班", "参加献血和社区服务",
)  # fmt: skip
PLANS = (
    "毕业后到昆山的企业做实施顾问", "准备报考公务员", "已与实习单位签约", "打算继续读第二专业", "回家乡从事会计工作",
    "计划先工作再考研究生", "在创业园做小程序开发", "去苏州工业园区的工厂做质量管理",
)  # fmt: skip
OPINIONS = [f"{trait}；{friend}；{plan}。同意毕业。" for plan in PLANS for friend in CLASSMATES for trait in TRAITS]
"""No two students get the same words; when they are used up, the rest is left to write."""
MOST = 15
DEEDS = "统考一次通过率班级第一，担任班长，获校级三好学生。"


def write_graduation(led: Sequence[Led], today: dt.date, chance: Random) -> None:
    """About two thirds of the papers of every class that is about to leave."""
    present = [one for one in led if one.last >= today and is_graduating(one.school_class, today)]
    graduates = graduates_of([one.school_class.pk for one in present])
    opinions = iter(OPINIONS)
    for one in present:
        if people := graduates.get(one.school_class.pk):
            _of_class(one, people, opinions, today)
            fields = awards.AwardFields(basis=DEEDS, rank=1, votes=max(len(people) - 3, 1))
            awards.propose(one.user, one.school_class, chance.choice(people), fields)


def _of_class(led: Led, people: Sequence[Student], opinions: Iterator[str], today: dt.date) -> None:
    school_class = led.school_class
    done = people[: min(len(people) * 2 // 3, MOST)]
    keys = []
    for student, opinion in zip(done, opinions, strict=False):
        fields = appraisals.AppraisalFields(self_summary_received=True, opinion=opinion)
        appraisals.save(led.user, school_class, student, fields, version=0)
        keys.append(student.pk)
    if not keys:
        return
    for step in ("photo_ok", "identity_ok"):
        appraisals.mark(led.user, school_class, step, keys)
    for item in (DepartureItem.Item.BOOKS, DepartureItem.Item.CARDS):
        departures.settle(led.user, school_class, item, keys[: len(keys) // 2 or 1], on=today)
