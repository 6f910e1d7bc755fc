"""Changing the system-wide settings (class S)."""

from __future__ import annotations

from django.db import transaction

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.audit.services import record
from gaobo_banzhuren.web.errors import UserError

from .. import policies
from ..data_files import default_system_settings
from ..in_force import system_settings
from ..models import SystemSetting
from ..parts import to_json
from ..system import SystemSettings


@transaction.atomic
def save_system_settings(new: SystemSettings, *, reason: str, actor: User) -> int:
    """Store what differs from the defaults and give the number of settings that changed."""
    policies.can_decide(actor).require()
    problems = new.problems()
    if problems:
        raise UserError("；".join(problems))
    before, after = to_json(system_settings()), to_json(new)
    changed = [key for key in after if after[key] != before[key]]
    if not changed:
        return 0
    if not reason.strip():
        raise UserError("请写明修改的理由。")
    defaults = to_json(default_system_settings())
    for key in changed:
        if after[key] == defaults[key]:
            SystemSetting.objects.filter(key=key).delete()
        else:
            values = {"value": after[key], "note": reason.strip(), "updated_by": actor}
            SystemSetting.objects.update_or_create(key=key, defaults=values)
    record(
        actor,
        "regulation.system_settings",
        before={key: before[key] for key in changed},
        after={key: after[key] for key in changed},
        reason=reason.strip(),
        role=Role.OFFICE,
        object_text="系统设置",
    )
    return len(changed)
