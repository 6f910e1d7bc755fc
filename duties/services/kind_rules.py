"""What single kinds ask for before a record is archived, beyond their declared fields.

RULES: kind key → callable(actor, data, kind), which raises UserError. `services.records` asks it before writing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.web.errors import UserError

from .. import arrears
from ..kinds import Kind
from ..models import FeePeriod, Progress, RecordState, RecordStudent

if TYPE_CHECKING:
    from .records import RecordInput

Rule = Callable[[User, "RecordInput", Kind], None]


def hardship_after_follow_up(actor: User, data: RecordInput, kind: Kind) -> None:
    """A hardship report comes after at least one follow-up, and one at a time (C4.2c)."""
    period = data.values.get("fee_period")
    if not isinstance(period, FeePeriod) or not data.students:
        return
    done = arrears.follow_ups(period, list(data.students))
    if not any(one.on <= data.happened_on for rows in done.values() for one in rows):
        raise UserError(
            "困难上报须先有至少一次跟进：请先登记催缴记录，或类别为「欠费」的谈话、家长联系，日期不晚于上报日期。"
        )
    waiting = RecordStudent.objects.filter(
        record__kind=kind.key, record__fee_period=period, record__state=RecordState.ARCHIVED,
        record__progress=Progress.PENDING, student__in=data.students,
    )  # fmt: skip
    if waiting.exists():
        raise UserError("该生本期的困难上报还没有答复，不必重复上报；补充情况请在那份上报里写跟进。")


RULES: dict[str, Rule] = {"hardship": hardship_after_follow_up}


def check(actor: User, data: RecordInput, kind: Kind) -> None:
    """Raise UserError when the kind's own rule is not met."""
    rule = RULES.get(kind.key)
    if rule:
        rule(actor, data, kind)
