"""Who may manage which accounts and roles. Nobody grants above or outside the own scope, and nobody to himself.

| manager | grants |
| --- | --- |
| 系统管理员 | every role (and decides no score and no pay with them) |
| 继续教育学院 | 班主任, the three college roles, 继续教育学院 |
| 二级学院管理员 | 班主任 to people of the own college |

A person can be managed only by somebody who could have granted every role the person holds; otherwise a one-time code
for a more powerful account would be a way to its rights.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from gaobo_banzhuren.web.policy import ALLOW, Decision, deny

from .models import College, RoleGrant, User
from .roles import COLLEGE_ROLES, Role

OFFICE_GRANTS = frozenset({Role.CLASS_TEACHER, *COLLEGE_ROLES, Role.OFFICE})
MANAGERS = (Role.SYSADMIN, Role.OFFICE, Role.COLLEGE_ADMIN)

NOT_SELF = "不能管理自己的账号和角色，请由另一位管理员办理。"
NOT_YOURS = "这个账号不在您的管理范围内。"


def grantable_roles(actor: User) -> frozenset[Role]:
    """The roles the person may give and take, at least to somebody."""
    if actor.access.has(Role.SYSADMIN):
        return frozenset(Role)
    if actor.access.has(Role.OFFICE):
        return OFFICE_GRANTS
    if actor.access.has(Role.COLLEGE_ADMIN):
        return frozenset({Role.CLASS_TEACHER})
    return frozenset()


def has_wide_scope(actor: User) -> bool:
    """Whether the person manages people of every college."""
    return actor.access.has(Role.SYSADMIN, Role.OFFICE)


def can_open_people(actor: User) -> Decision:
    return ALLOW if actor.access.has(*MANAGERS) else deny("账号由系统管理员、继续教育学院和二级学院管理员管理。")


def can_create(actor: User, home_college: College | None, roles: Iterable[Role] = ()) -> Decision:
    opened = can_open_people(actor)
    if not opened:
        return opened
    if not has_wide_scope(actor):
        own = actor.access.colleges(Role.COLLEGE_ADMIN)
        if home_college is None or home_college.pk not in own:
            return deny("二级学院管理员只能为本学院建立账号，请选择本学院。")
    return _may_handle(actor, roles)


def can_manage(actor: User, person: User) -> Decision:
    """Editing, codes, unlocking, switching off and on."""
    if actor.pk == person.pk:
        return deny(NOT_SELF)
    if not can_open_people(actor):
        return deny(NOT_YOURS)
    if not has_wide_scope(actor) and person.home_college_id not in actor.access.colleges(Role.COLLEGE_ADMIN):
        return deny(NOT_YOURS)
    return _may_handle(actor, roles_held(person))


def can_move(actor: User, person: User, college: College | None) -> Decision:
    """Editing that puts the person into `college`."""
    managed = can_manage(actor, person)
    if not managed or has_wide_scope(actor):
        return managed
    if college is None or college.pk not in actor.access.colleges(Role.COLLEGE_ADMIN):
        return deny("只能放在本学院。调往其他学院请由继续教育学院办理。")
    return ALLOW


def can_grant(actor: User, person: User, role: Role, college: College | None = None) -> Decision:
    if actor.pk == person.pk:
        return deny(NOT_SELF)
    managed = can_manage(actor, person)
    return managed and _may_handle(actor, [role])


def can_end(actor: User, grant: RoleGrant) -> Decision:
    if actor.pk == grant.user_id:
        return deny(NOT_SELF)
    managed = can_manage(actor, grant.user)
    return managed and _may_handle(actor, [Role(grant.role)])


def can_edit_colleges(actor: User) -> Decision:
    return ALLOW if has_wide_scope(actor) else deny("学院由系统管理员和继续教育学院维护。")


def roles_held(person: User) -> set[Role]:
    """Roles in force or still to come. Free of queries for people whose `role_grants` were prefetched."""
    today = timezone.localdate()
    return {Role(grant.role) for grant in person.role_grants.all() if grant.ends_on is None or grant.ends_on >= today}


def _may_handle(actor: User, roles: Iterable[Role]) -> Decision:
    beyond = set(roles) - grantable_roles(actor)
    if not beyond:
        return ALLOW
    names = "、".join(sorted(role.label for role in beyond))
    return deny(f"您不能授予或管理「{names}」角色，请由系统管理员办理。")
