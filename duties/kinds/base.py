"""How a kind of work record is declared."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from gaobo_banzhuren.accounts.roles import Role

Choices = tuple[tuple[str, str], ...]


class Input(Enum):
    """How a field is entered and checked."""

    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    YES_NO = "yes_no"
    EXAM_SESSION = "exam_session"
    COURSE = "course"
    FEE_PERIOD = "fee_period"


class Need(Enum):
    """Whether students belong to the record, and how many."""

    NONE = "none"
    OPTIONAL = "optional"
    ONE = "one"
    MANY = "many"

    @property
    def takes_students(self) -> bool:
        return self is not Need.NONE


COLUMNS: Final = frozenset({
    "starts_at", "minutes", "place", "title", "way", "category", "level", "text", "due", "present", "follow_up_on",
    "exam_session", "course", "fee_period",
})  # fmt: skip
"""Fields kept in columns of WorkRecord; every other declared field lives in `details` under its name."""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to enter. `confidential` texts are hidden from those who may not read the record (A-87).

    `required` holds for archiving; a draft may lack it. `main` fields are on the quick form, the others behind 更多.
    """

    name: str
    label: str
    input: Input = Input.LINE
    required: bool = False
    choices: Choices = ()
    hint: str = ""
    longest: int = 0
    main: bool = True
    confidential: bool = False
    default: str = ""

    @property
    def is_column(self) -> bool:
        return self.name in COLUMNS

    def shown(self, value: object) -> str:
        """The value in words for pages and files."""
        if value in (None, ""):
            return ""
        if self.input is Input.YES_NO:
            return "是" if value else "否"
        if self.choices:
            return dict(self.choices).get(str(value), str(value))
        return str(value)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of work record, declared once: form, list, page, checklist, figures and handbook follow from it.

    `section` names the part of the handbook it is printed in (8.1). `progress` says how it goes on: "" done when
    written, "matter" stays 进行中 until closed with a result, "problem" the same but only when a problem was named in
    the field `problem`, "decision" stays 待认定 until the college confirms or cancels it, "report" goes up to the college
    for an answer. `writers` may record it besides nobody else. `confidential` kinds show their marked texts to the
    author and the college's head only. `quick` is the place among the large buttons of the start page, 0 for none.
    """

    key: str
    name: str
    icon: str
    clauses: tuple[str, ...]
    section: str
    fields: tuple[Field, ...]
    students: Need = Need.NONE
    several_classes: bool = False
    themes: bool = False
    absent_list: bool = False
    photos: bool = True
    progress: str = ""
    confidential: bool = False
    privacy: str = "normal"
    psychological_category: str = ""
    writers: tuple[Role, ...] = (Role.CLASS_TEACHER,)
    deciders: tuple[Role, ...] = (Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD)
    quick: int = 0
    columns: tuple[str, ...] = field(default=("title",))

    def field(self, name: str) -> Field | None:
        return next((each for each in self.fields if each.name == name), None)

    @property
    def detail_fields(self) -> tuple[Field, ...]:
        return tuple(each for each in self.fields if not each.is_column)
