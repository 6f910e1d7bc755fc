"""Objects shared by all tests: one valid thing per call, no surprises.

college = CollegeFactory(name="信息工程学院")
admin = college_admin(college)                       # signed-in role holders, ready made
teacher = with_role(UserFactory(home_college=college), Role.CLASS_TEACHER)
page = client_for(admin).get(reverse("teachers:classes"))
assert [entry.action for entry in audit_entries()] == ["teachers.nominate"]
"""

from __future__ import annotations

import datetime as dt

import factory
from django.test import Client
from django.utils import timezone

from gaobo_banzhuren.accounts.models import College, RoleGrant, User
from gaobo_banzhuren.accounts.roles import COLLEGE_ROLES, Role
from gaobo_banzhuren.audit.models import AuditEntry

PASSWORD = "银杏落在 自行车筐里"
LONG_AGO = dt.date(2020, 1, 1)

_SURNAMES = "陈林周吴徐孙马朱胡郭何高罗郑梁谢宋唐许韩"
_GIVEN = ("雨桐", "志远", "晓燕", "文博", "思齐", "静怡", "海涛", "婉清", "俊杰", "若水", "明哲", "书瑶")


def invented_name(number: int) -> str:
    """A made-up name; the first 240 numbers give different ones."""
    return _SURNAMES[number % len(_SURNAMES)] + _GIVEN[number // len(_SURNAMES) % len(_GIVEN)]


class CollegeFactory(factory.django.DjangoModelFactory[College]):
    class Meta:
        model = College

    code = factory.Sequence(lambda n: f"X{n:02d}")
    name = factory.Sequence(lambda n: f"第{n}测试学院")


class UserFactory(factory.django.DjangoModelFactory[User]):
    """Cannot sign in by password (use `client_for`); give `password=PASSWORD` where the sign-in page is tested."""

    class Meta:
        model = User

    staff_no = factory.Sequence(lambda n: f"9{n:05d}")
    name = factory.Sequence(invented_name)
    home_college = None
    password = None

    @classmethod
    def _create(cls, model_class: type[User], *args: object, **kwargs: object) -> User:
        return User.objects.create_user(*args, **kwargs)  # type: ignore[arg-type]


class RoleGrantFactory(factory.django.DjangoModelFactory[RoleGrant]):
    class Meta:
        model = RoleGrant

    user = factory.SubFactory(UserFactory)
    role = Role.CLASS_TEACHER
    starts_on = LONG_AGO


def with_role(
    user: User,
    role: Role,
    college: College | None = None,
    *,
    starts_on: dt.date = LONG_AGO,
    ends_on: dt.date | None = None,
) -> User:
    """The same person holding the role (for `college`, or the home college, where the role needs one)."""
    where = (college or user.home_college) if role in COLLEGE_ROLES else None
    RoleGrant.objects.create(user=user, role=role, college=where, starts_on=starts_on, ends_on=ends_on)
    user.__dict__.pop("access", None)
    return user


def person(role: Role, college: College | None = None, **fields: object) -> User:
    """A new person with one role; `college` is the home college and the role's college."""
    return with_role(UserFactory(home_college=college, **fields), role, college)


def class_teacher(college: College | None = None, **fields: object) -> User:
    return person(Role.CLASS_TEACHER, college or CollegeFactory(), **fields)


def college_admin(college: College | None = None, **fields: object) -> User:
    return person(Role.COLLEGE_ADMIN, college or CollegeFactory(), **fields)


def college_head(college: College | None = None, **fields: object) -> User:
    return person(Role.COLLEGE_HEAD, college or CollegeFactory(), **fields)


def assessor(college: College | None = None, **fields: object) -> User:
    return person(Role.ASSESSOR, college or CollegeFactory(), **fields)


def office(**fields: object) -> User:
    return person(Role.OFFICE, **fields)


def hr(**fields: object) -> User:
    return person(Role.HR, **fields)


def sysadmin(**fields: object) -> User:
    return person(Role.SYSADMIN, **fields)


def auditor(**fields: object) -> User:
    return person(Role.AUDITOR, **fields)


def client_for(user: User | None, **headers: str) -> Client:
    """A browser signed in as the person (signed out for None), without going through the sign-in page."""
    client = Client(**headers)
    if user is not None:
        client.force_login(user)
    return client


def audit_entries(action: str = "", obj: object = None) -> list[AuditEntry]:
    """The log, oldest first; only entries whose action begins with `action` and that concern `obj` if given."""
    entries = AuditEntry.objects.order_by("sequence").filter(action__startswith=action)
    if obj is not None:
        entries = entries.filter(object_type=obj._meta.label_lower, object_id=str(obj.pk))  # type: ignore[attr-defined]
    return list(entries)


def today() -> dt.date:
    return timezone.localdate()
