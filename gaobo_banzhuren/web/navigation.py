"""The places of the product, by hat: one declarative list, from which each person sees the own entries.

An entry whose URL name does not reverse (an app that is not there yet) is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest

from django.urls import NoReverseMatch, reverse

from gaobo_banzhuren.accounts.roles import Access, Role

TEACHER = (Role.CLASS_TEACHER,)
COLLEGE = (Role.COLLEGE_ADMIN, Role.ASSESSOR, Role.COLLEGE_HEAD)
COLLEGE_STAFF = (Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD)
OFFICE = (Role.OFFICE,)
HR = (Role.HR,)
SYSTEM = (Role.SYSADMIN,)
AUDIT = (Role.AUDITOR,)
EVERYONE = tuple(Role)


@dataclass(frozen=True, slots=True)
class Entry:
    """A place: `section` is the hat it belongs to, `short` the word under the icon of the phone's bottom bar."""

    section: str
    label: str
    icon: str
    url_name: str
    roles: tuple[Role, ...]
    short: str = ""


NAVIGATION: tuple[Entry, ...] = (
    Entry("", "首页", "house", "web:home", EVERYONE, "首页"),
    Entry("班主任", "我的班级", "people", "teachers:my_classes", TEACHER, "我的班级"),
    Entry("班主任", "工作记录", "journal-text", "duties:records", TEACHER, "记录"),
    Entry("班主任", "本学期清单", "list-check", "duties:checklist", TEACHER, "清单"),
    Entry("班主任", "点名与请假", "calendar2-check", "duties:attendance", TEACHER, "点名"),
    Entry("班主任", "任务与会议", "inbox", "duties:tasks", TEACHER),
    Entry("班主任", "考试", "mortarboard", "duties:exams", TEACHER),
    Entry("班主任", "费用", "cash-coin", "duties:fees", TEACHER),
    Entry("班主任", "年度考核", "clipboard-check", "assessment:mine", TEACHER, "考核"),
    Entry("班主任", "我的津贴", "wallet2", "allowance:mine", TEACHER, "津贴"),
    Entry("班主任", "人数确认", "check2-square", "allowance:headcounts", TEACHER),
    Entry("二级学院 · 班级与聘任", "班级", "people", "teachers:classes", COLLEGE, "班级"),
    Entry("二级学院 · 班级与聘任", "学生", "mortarboard", "teachers:students", COLLEGE_STAFF),
    Entry("二级学院 · 班级与聘任", "班主任", "person-badge", "teachers:people", COLLEGE, "班主任"),
    Entry("二级学院 · 班级与聘任", "聘任", "file-earmark-text", "teachers:appointments", COLLEGE_STAFF, "聘任"),
    Entry("二级学院 · 班级与聘任", "提名", "person-plus", "teachers:nominations", COLLEGE_STAFF),
    Entry("二级学院 · 班级与聘任", "空缺", "person-x", "teachers:vacancies", COLLEGE_STAFF),
    Entry("二级学院 · 班级与聘任", "班级交接", "arrow-left-right", "teachers:handovers", COLLEGE_STAFF),
    Entry("二级学院 · 班级与聘任", "请假", "calendar-event", "teachers:leaves", COLLEGE_STAFF),
    Entry("二级学院 · 班级与聘任", "解聘", "slash-circle", "teachers:dismissals", COLLEGE_STAFF),
    Entry("二级学院 · 班级与聘任", "名册导入", "upload", "teachers:import", (Role.COLLEGE_ADMIN,)),
    Entry("二级学院 · 工作与考核", "工作检查", "list-check", "duties:review", COLLEGE_STAFF, "检查"),
    Entry("二级学院 · 工作与考核", "工作记录", "journal-text", "duties:records", COLLEGE_STAFF),
    Entry("二级学院 · 工作与考核", "任务与会议", "inbox", "duties:tasks", COLLEGE_STAFF),
    Entry("二级学院 · 工作与考核", "点名与请假", "calendar2-check", "duties:attendance", COLLEGE_STAFF),
    Entry("二级学院 · 工作与考核", "考试", "clipboard-pulse", "duties:exams", COLLEGE_STAFF),
    Entry("二级学院 · 工作与考核", "费用", "wallet2", "duties:fees", COLLEGE_STAFF),
    Entry("二级学院 · 工作与考核", "数据导入", "upload", "duties:imports", COLLEGE_STAFF),
    Entry("二级学院 · 工作与考核", "年度考核", "clipboard-check", "assessment:college", COLLEGE),
    Entry("二级学院 · 津贴", "津贴月表", "cash-coin", "allowance:months", COLLEGE_STAFF, "津贴"),
    Entry("二级学院 · 津贴", "津贴更正", "pencil", "allowance:adjustments", COLLEGE_STAFF),
    Entry("继续教育学院 · 聘任与班级", "聘任备案", "inbox", "teachers:filing", OFFICE, "备案"),
    Entry("继续教育学院 · 聘任与班级", "班级", "people", "teachers:classes", OFFICE, "班级"),
    Entry("继续教育学院 · 聘任与班级", "学生", "mortarboard", "teachers:students", OFFICE),
    Entry("继续教育学院 · 聘任与班级", "班主任", "person-badge", "teachers:people", OFFICE),
    Entry("继续教育学院 · 聘任与班级", "聘任", "file-earmark-text", "teachers:appointments", OFFICE),
    Entry("继续教育学院 · 聘任与班级", "空缺", "person-x", "teachers:vacancies", OFFICE),
    Entry("继续教育学院 · 聘任与班级", "解聘", "slash-circle", "teachers:dismissals", OFFICE),
    Entry("继续教育学院 · 聘任与班级", "名册导入", "upload", "teachers:import", OFFICE),
    Entry("继续教育学院 · 工作与考核", "工作检查", "list-check", "duties:review", OFFICE, "检查"),
    Entry("继续教育学院 · 工作与考核", "工作记录", "journal-text", "duties:records", OFFICE),
    Entry("继续教育学院 · 工作与考核", "任务与会议", "inbox", "duties:tasks", OFFICE),
    Entry("继续教育学院 · 工作与考核", "考试", "clipboard-pulse", "duties:exams", OFFICE),
    Entry("继续教育学院 · 工作与考核", "费用", "wallet2", "duties:fees", OFFICE),
    Entry("继续教育学院 · 工作与考核", "数据导入", "upload", "duties:imports", OFFICE),
    Entry("继续教育学院 · 工作与考核", "年度考核", "clipboard-check", "assessment:cycles", OFFICE, "考核"),
    Entry("继续教育学院 · 津贴与制度", "津贴汇总", "cash-coin", "allowance:months", OFFICE, "津贴"),
    Entry("继续教育学院 · 津贴与制度", "津贴更正", "pencil", "allowance:adjustments", OFFICE),
    Entry("继续教育学院 · 津贴与制度", "津贴批次", "archive", "allowance:bundles", OFFICE),
    Entry("继续教育学院 · 津贴与制度", "制度与校历", "sliders", "regulation:home", OFFICE),
    Entry("人事", "津贴批次", "archive", "allowance:bundles", HR, "批次"),
    Entry("人事", "奖励名单", "award", "assessment:awards", HR, "奖励"),
    Entry(
        "系统", "账号", "key", "accounts:people", (Role.SYSADMIN, Role.OFFICE, Role.COLLEGE_ADMIN, Role.AUDITOR), "账号"
    ),
    Entry("系统", "学院", "building", "accounts:colleges", (Role.SYSADMIN, Role.OFFICE), "学院"),
    Entry(
        "系统",
        "审计记录",
        "shield-check",
        "audit:entries",
        (Role.AUDITOR, Role.OFFICE, Role.SYSADMIN, *COLLEGE_STAFF),
        "审计",
    ),
    Entry("系统", "数据维护", "gear", "admin:index", (Role.SYSADMIN, Role.OFFICE)),
    Entry("制度", "制度对照", "book", "regulation:clauses", EVERYONE, "制度"),
)

BOTTOM_BAR_ENTRIES = 4
ASIDE = ("系统", "制度")
"""Sections that are nobody's daily work."""


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    short: str
    icon: str
    url: str
    active: bool


@dataclass(frozen=True, slots=True)
class Section:
    label: str
    links: tuple[Link, ...]


def sections_for(access: Access, path: str) -> tuple[Section, ...]:
    """The person's places, grouped by hat in the order of `NAVIGATION`; `path` marks the present place."""
    found = [(entry, url) for entry in NAVIGATION if access.has(*entry.roles) and (url := _url(entry.url_name))]
    present = _present({url for _, url in found}, path)
    sections: dict[str, list[Link]] = {}
    for entry, url in found:
        # Two hats may share a place; it is marked once.
        active, present = url == present, "" if url == present else present
        sections.setdefault(entry.section, []).append(Link(entry.label, entry.short, entry.icon, url, active))
    return tuple(Section(label, tuple(links)) for label, links in sections.items())


def bottom_bar(sections: tuple[Section, ...]) -> tuple[Link, ...]:
    """The few places for a thumb: entries with a short name, in turn from each hat, then the rest, each address once."""
    work = [section.links for section in sections if section.label not in ASIDE]
    aside = [section.links for section in sections if section.label in ASIDE]
    chosen: dict[str, Link] = {}
    for turn in (*zip_longest(*work), *aside):
        for link in turn:
            if link and link.short:
                chosen.setdefault(link.url, link)
    return tuple(chosen.values())[:BOTTOM_BAR_ENTRIES]


def _present(urls: set[str], path: str) -> str:
    """The longest entry that the path lies under, so that a detail page marks its list."""
    home = _url("web:home")
    under = [url for url in urls if path == url or (url != home and path.startswith(url))]
    return max(under, key=len, default="")


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
