"""What the pages of the appointment side share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Model, QuerySet

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.audit.models import AuditEntry
from gaobo_banzhuren.web.actions import ObjectActionPage
from gaobo_banzhuren.web.listing import ListPage
from gaobo_banzhuren.web.policy import Decision

from ..filters import matching
from ..policies.common import MANAGERS

Crumbs = list[tuple[str, str | None]]
COLLEGE_AND_OFFICE: tuple[Role, ...] = (*MANAGERS, Role.OFFICE)


@dataclass(frozen=True, slots=True)
class Step:
    """Something that may be done next; refused, its reason stands beside the switched-off button."""

    label: str
    url: str
    decision: Decision
    icon: str = "arrow-right"
    tone: str = "plain"


class VersionedAction(ObjectActionPage):
    """An action whose form carries the version of the row that the person saw."""

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.object.version}

    def get_success_url(self) -> str:
        return str(self.object.get_absolute_url())


class NamedList(ListPage):
    """A list searched by class or person; `class_path` and `teacher_paths` lead to them from the row."""

    text_label = "班级、姓名、拼音或工号"
    class_path: ClassVar[str] = "school_class"
    teacher_paths: ClassVar[tuple[str, ...]] = ("teacher",)

    def search_text(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(matching(text, class_path=self.class_path, teacher_paths=self.teacher_paths))


class WithHistory:
    """Adds the log entries of the object that the person may read, newest first."""

    entries_shown: ClassVar[int] = 12

    def entries_of(self, user: User, *objects: Model) -> list[AuditEntry]:
        rows = AuditEntry.objects.visible_to(user).none()
        for obj in objects:
            rows = rows | AuditEntry.objects.visible_to(user).filter(
                object_type=obj._meta.label_lower, object_id=str(obj.pk)
            )
        return list(rows.order_by("-sequence")[: self.entries_shown])
