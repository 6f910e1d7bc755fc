"""The eight roles and what a signed-in person may act as today."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import models


class Role(models.TextChoices):
    CLASS_TEACHER = "class_teacher", "班主任"
    COLLEGE_ADMIN = "college_admin", "二级学院管理员"
    ASSESSOR = "assessor", "学院考核人"
    COLLEGE_HEAD = "college_head", "学院负责人"
    OFFICE = "office", "继续教育学院"
    HR = "hr", "人事"
    SYSADMIN = "sysadmin", "系统管理员"
    AUDITOR = "auditor", "审计员"


COLLEGE_ROLES = frozenset({Role.COLLEGE_ADMIN, Role.ASSESSOR, Role.COLLEGE_HEAD})
"""Roles that hold for one college and are meaningless without it."""


@dataclass(frozen=True, slots=True)
class Access:
    """The roles of one person on one day, with the colleges of the college roles.

    Read afresh on every request, so that a right taken away is gone with the next click.
    """

    user_id: int | None
    colleges_by_role: Mapping[Role, frozenset[int]] = field(default_factory=dict)

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(self.colleges_by_role)

    def has(self, *roles: Role) -> bool:
        """Whether the person holds at least one of the roles."""
        return any(role in self.colleges_by_role for role in roles)

    def colleges(self, *roles: Role) -> frozenset[int]:
        """Ids of the colleges for which one of the college roles is held (all college roles when none is named)."""
        wanted: Iterable[Role] = roles or COLLEGE_ROLES
        found: set[int] = set()
        for role in wanted:
            found |= self.colleges_by_role.get(role, frozenset())
        return frozenset(found)


NOBODY = Access(None)
