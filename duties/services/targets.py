"""Setting numbers to aim at (自定目标). They are wishes: shown as such, never as required, and they tick nothing."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.audit.services import record
from gaobo_banzhuren.regulation.models import SchoolYear
from gaobo_banzhuren.web.errors import UserError

from ..checklist import items_with_target
from ..models import Target
from ..policies import targets as policies

MOST = 200


@transaction.atomic
def set_targets(
    actor: User, year: SchoolYear, college: College | None, numbers: Mapping[str, int | None]
) -> tuple[int, int]:
    """Replace the targets of a school year for one college, or (None) for the whole school; None takes one away.

    Answers how many were set and how many taken away. Raises UserError for an unknown item or an impossible number.
    """
    policies.can_set(actor, college).require()
    labels = {item.key: item.text for item in items_with_target()}
    for key, number in numbers.items():
        if key not in labels:
            raise UserError(f"清单里没有可以设目标的「{key}」。")
        if number is not None and not 1 <= number <= MOST:
            raise UserError(f"「{labels[key]}」的目标应在 1 到 {MOST} 之间，不设目标就留空。")
    before = dict(Target.objects.filter(school_year=year, college=college).values_list("item", "number"))
    after = dict(before)
    for key, number in numbers.items():
        if number is None:
            after.pop(key, None)
        else:
            after[key] = number
    if after == before:
        raise UserError("没有改动。")
    for key in before.keys() - after.keys():
        Target.objects.filter(school_year=year, college=college, item=key).delete()
    for key, number in after.items():
        if before.get(key) != number:
            Target.objects.update_or_create(
                school_year=year, college=college, item=key, defaults={"number": number, "set_by": actor}
            )
    record(actor, "duties.targets", year, before=before, after=after, college=college.pk if college else None)
    changed = sum(before.get(key) != number for key, number in after.items())
    return changed, len(before.keys() - after.keys())
