"""What higher apps add to the pages of a class and of a student: links and few lines, never a copy of their lists.

An app registers in its `AppConfig.ready`: `register_class_section(make)`, `register_student_section(make)`; the callable
gets the person and the class or student, and returns a Section or None. What it shows starts from what the person may see.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from gaobo_banzhuren.accounts.models import User

from .models import SchoolClass, Student


@dataclass(frozen=True, slots=True)
class SectionLink:
    """A way on: `note` is small print behind it."""

    label: str
    url: str
    icon: str = "chevron-right"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with large links, and below them lines of the newest things; `empty` is said when there are none."""

    title: str
    links: list[SectionLink] = field(default_factory=list)
    lines: list[SectionLink] = field(default_factory=list)
    empty: str = ""


ClassSection = Callable[[User, SchoolClass], Section | None]
StudentSection = Callable[[User, Student], Section | None]

_of_class: Final[list[ClassSection]] = []
_of_student: Final[list[StudentSection]] = []


def register_class_section(make: ClassSection) -> None:
    if make not in _of_class:
        _of_class.append(make)


def register_student_section(make: StudentSection) -> None:
    if make not in _of_student:
        _of_student.append(make)


def class_sections(user: User, school_class: SchoolClass) -> list[Section]:
    return [section for make in _of_class if (section := make(user, school_class)) is not None]


def student_sections(user: User, student: Student) -> list[Section]:
    return [section for make in _of_student if (section := make(user, student)) is not None]
