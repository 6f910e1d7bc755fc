"""Colleges: made, renamed, taken out of use. Never deleted."""

from __future__ import annotations

import re

from django.db import IntegrityError, transaction

from gaobo_banzhuren.audit import services as audit
from gaobo_banzhuren.web.errors import UserError

from .. import policies
from ..models import College, User
from ._hat import hat

CODE = re.compile(r"[0-9A-Za-z_-]{1,20}")


@transaction.atomic
def create_college(actor: User | None, *, code: str, name: str) -> College:
    """Raises UserError when code or name is taken or malformed."""
    if actor:
        policies.can_edit_colleges(actor).require()
    code, name = code.strip(), name.strip()
    if not CODE.fullmatch(code):
        raise UserError("学院代码由 1 到 20 个字母、数字、短横或下划线组成。")
    _check_name(name)
    try:
        with transaction.atomic():
            college = College.objects.create(code=code, name=name)
    except IntegrityError as problem:
        raise UserError("学院代码或名称已被占用。") from problem
    audit.record(
        actor, "accounts.create_college", college, after={"代码": code, "名称": name}, role=hat(actor), college=college
    )
    return college


@transaction.atomic
def rename_college(actor: User | None, college: College, *, name: str) -> None:
    if actor:
        policies.can_edit_colleges(actor).require()
    name, old = name.strip(), college.name
    if name == old:
        return
    _check_name(name)
    try:
        with transaction.atomic():
            College.objects.filter(pk=college.pk).update(name=name)
    except IntegrityError as problem:
        raise UserError("学院名称已被占用。") from problem
    college.refresh_from_db()
    before, after = {"名称": old}, {"名称": name}
    audit.record(
        actor, "accounts.rename_college", college, before=before, after=after, role=hat(actor), college=college
    )


@transaction.atomic
def set_college_active(actor: User | None, college: College, *, active: bool) -> None:
    """A college out of use stays in all history and is no longer offered in forms."""
    if actor:
        policies.can_edit_colleges(actor).require()
    if not College.objects.filter(pk=college.pk, is_active=not active).update(is_active=active):
        return
    college.refresh_from_db()
    before, after = {"在用": not active}, {"在用": active}
    audit.record(actor, "accounts.college_state", college, before=before, after=after, role=hat(actor), college=college)


def _check_name(name: str) -> None:
    if not 2 <= len(name) <= 60:
        raise UserError("学院名称为 2 到 60 个字。")
