"""Reading a workbook and comparing it with the database, for those who wait and for those who want to see each step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils import timezone

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.accounts.policies import grantable_roles
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.documents.problems import Problem, Problems
from gaobo_banzhuren.documents.workbooks_in import open_workbook
from gaobo_banzhuren.web.errors import NotAllowed

from ..models import ColumnMemory
from ..services.imports.operations import Plan
from .columns import KINDS
from .planning import make_plan
from .reading import Reading, read_steps
from .snapshot import Scope

KIND: Final = "roster"


@dataclass(frozen=True, slots=True)
class Progress:
    """One step for the page that waits: the stage and what is happening in it; `percent` of the whole way."""

    stage: str
    text: str
    percent: int


@dataclass(slots=True)
class Result:
    """What reading and comparing a workbook gave."""

    reading: Reading
    plan: Plan

    @property
    def problems(self) -> list[Problem]:
        """In the order in which a person goes through the file."""
        order = {kind.name: index for index, kind in enumerate(KINDS)}
        order |= {sheet.table.sheet: order[name] for name, sheet in self.reading.sheets.items()}
        return sorted(self.reading.problems, key=lambda one: (order.get(one.sheet, -1), one.row or 0))

    @property
    def notes(self) -> list[str]:
        return [*self.reading.notes, *self.plan.notes]


def scope_of(user: User | None) -> tuple[Scope, College | None]:
    """What the person may import: the office the whole school, a college admin the own college. Raises NotAllowed."""
    if user is None or user.access.has(Role.OFFICE):
        grantable = frozenset(map(str, grantable_roles(user))) if user else None
        return Scope(None, grantable, user.pk if user else None), None
    colleges = user.access.colleges(Role.COLLEGE_ADMIN)
    if not colleges:
        raise NotAllowed("只有二级学院管理员和继续教育学院可以导入名册。")
    grantable = frozenset(map(str, grantable_roles(user)))
    return Scope(colleges, grantable, user.pk), College.objects.filter(pk__in=colleges).order_by("code").first()


def reading_steps(
    content: bytes, mapping: Mapping[str, Any] | None = None, *, layouts: bool = False
) -> Iterator[Progress | Reading]:
    """Read a workbook, saying how far it is; the last thing yielded is the Reading.

    Raises WorkbookRefused when the file is not a workbook that may be read.
    """
    yield Progress("读取", "检查文件", 2)
    reading = Reading(Problems())
    names = [kind.name for kind in KINDS]
    with open_workbook(content) as book:
        for name, rows in read_steps(book, reading, mapping or {}, remembered(), layouts=layouts):
            yield Progress("读取", f"工作表「{name}」已读 {rows} 行", 5 + 8 * (names.index(name) + 1))
    yield reading


def read(content: bytes, mapping: Mapping[str, Any] | None = None) -> Reading:
    """Like `reading_steps`, without the waiting."""
    *_, reading = reading_steps(content, mapping)
    assert isinstance(reading, Reading)
    return reading


def compare(reading: Reading, scope: Scope) -> Result:
    """The reading against the database as it is now; a reading is compared once."""
    return Result(reading, make_plan(reading, scope, timezone.localdate()))


def remembered() -> dict[str, dict[str, str | None]]:
    """Columns that somebody matched by hand before, by sheet."""
    found: dict[str, dict[str, str | None]] = {}
    for sheet, header, field in ColumnMemory.objects.filter(kind=KIND).values_list("sheet", "header", "field"):
        found.setdefault(sheet, {})[header] = field or None
    return found
