"""Who confirms the telephones of a class's guardians (article 4 (1))."""

from __future__ import annotations

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.web.policy import ALLOW, Decision, deny
from teachers.models import SchoolClass

from .fees import leads


def can_confirm(user: User, school_class: SchoolClass) -> Decision:
    """The present class teacher."""
    return ALLOW if leads(user, school_class) else deny("家长电话由现任班主任确认。")
