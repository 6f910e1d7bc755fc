"""The work of the class teacher on the pages of a class and of a student."""

from __future__ import annotations

from typing import Final

from django.urls import NoReverseMatch, reverse

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from teachers.models import SchoolClass, Student
from teachers.sections import Section, SectionLink, register_class_section, register_student_section

from . import kinds
from .models import RecordState, WorkRecord
from .models.records import led_class_ids
from .policies.reading import known_students, reader
from .showing import subject_of

LINES = 5
READERS: Final = (Role.CLASS_TEACHER, Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD, Role.OFFICE)
CLASS_PAGES: Final = (
    ("duties:class_overview", "班级概况", "graph-up"),
    ("duties:class_attendance", "考勤", "calendar2-check"),
    ("duties:retakes", "补考与重考", "arrow-repeat"),
    ("duties:weak", "薄弱课程", "clipboard-pulse"),
    ("duties:phones", "家长电话", "telephone"),
    ("duties:posts", "班委", "people"),
    ("duties:specials", "特殊学生", "heart"),
    ("duties:figures", "数字", "bar-chart"),
    ("duties:handbook", "工作手册", "book"),
)


def class_section(user: User, school_class: SchoolClass) -> Section | None:
    """Everything that is kept about the class, one tap away."""
    if not user.access.has(*READERS):
        return None
    mine = school_class.pk in led_class_ids(user)
    links = [
        SectionLink("工作记录", f"{reverse('duties:records')}?school_class={school_class.pk}", "journal-text"),
        *(SectionLink(label, url, icon) for name, label, icon in CLASS_PAGES if (url := _url(name, school_class.pk))),
    ]
    if school_class.teaching_ends_on:
        links.append(SectionLink("毕业事项", reverse("duties:graduation", args=[school_class.pk]), "mortarboard"))
    if mine and (url := _url("duties:checklist")):
        links.insert(1, SectionLink("本学期清单", f"{url}?class={school_class.pk}", "list-check"))
    if mine:
        # The plan is the teacher's own (C5.2): for everybody else the page does not exist.
        links.append(SectionLink("谈话计划", reverse("duties:talk_plan", args=[school_class.pk]), "chat-dots"))
        links.insert(0, SectionLink("记一笔", reverse("duties:quick"), "plus-lg"))
    return Section("班主任工作", links)


def student_section(user: User, student: Student) -> Section | None:
    """The newest records about the student that lists may name (A-87), and the ways to write another."""
    if not user.access.has(*READERS):
        return None
    rows = (
        WorkRecord.objects.visible_to(user).about_student(student).filter(known_students(user))
        .exclude(state=RecordState.VOIDED).select_related("author", "exam_session", "fee_period", "course")
        .prefetch_related("tags").order_by("-happened_on", "-pk")[:LINES]
    )  # fmt: skip
    who = reader(user)
    lines = []
    for record in rows:
        kind = kinds.kind_of(record.kind)
        subject = subject_of(record, kind, who.reading(record))
        note = f"{record.happened_on:%Y-%m-%d}{'　' if subject else ''}{subject}"
        lines.append(SectionLink(kind.name, record.get_absolute_url(), kind.icon, note))
    links = [SectionLink("全部记录", f"{reverse('duties:records')}?student={student.pk}", "journal-text")]
    if user.access.has(Role.CLASS_TEACHER) and _leads(user, student):
        links[:0] = [
            SectionLink(kinds.name_of(key), f"{reverse('duties:record_new', args=[key])}?student={student.pk}", icon)
            for key, icon in (("talk", "chat-dots"), ("parent_contact", "telephone"))
        ]
    return Section("工作记录", links, lines, "还没有关于这名学生的记录。")


def _leads(user: User, student: Student) -> bool:
    return student.roster_entries.filter(
        school_class__in=led_class_ids(user), ends_on=None, voided_at=None
    ).exists()  # fmt: skip


def _url(name: str, *args: object) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def register() -> None:
    register_class_section(class_section)
    register_student_section(student_section)
