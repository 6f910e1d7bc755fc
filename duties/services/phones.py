"""Confirming guardians' telephones once a school year (article 4 (1))."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.audit.services import record as audit
from gaobo_banzhuren.regulation.models import SchoolYear
from gaobo_banzhuren.web.errors import StaleError, UserError
from teachers.models import Guardian
from teachers.services.phones import phone_tail
from teachers.services.students import latest_entry

from ..models import PhoneConfirmation
from ..policies import phones as policies


@transaction.atomic
def confirm(
    actor: User, guardian: Guardian, year: SchoolYear, *, on: dt.date, way: str, note: str = ""
) -> PhoneConfirmation:
    """The guardian's present number is right; once more in the same year replaces the earlier confirmation.

    Raises UserError without a number or for a day outside the year, NotAllowed for a class that the person does not lead.
    """
    school_class = latest_entry(guardian.student).school_class
    policies.can_confirm(actor, school_class).require()
    if not guardian.phone:
        raise UserError(f"{guardian}没有登记号码，请先请学院管理员补登。")
    if on > timezone.localdate() or not year.contains(on):
        raise UserError(f"确认日期应在{year}内，且不晚于今天。")
    if way not in PhoneConfirmation.Way.values:
        raise UserError("请选择确认方式。")
    values = {
        "student": guardian.student, "on": on, "way": way, "note": note.strip()[:200], "by": actor,
        "tail": phone_tail(guardian.phone),
    }  # fmt: skip
    try:
        with transaction.atomic():
            done, _ = PhoneConfirmation.objects.update_or_create(guardian=guardian, school_year=year, defaults=values)
    except IntegrityError as problem:
        raise StaleError("这个号码刚被他人确认，没有重复登记。") from problem
    audit(
        actor, "duties.phone_confirm", guardian.student, college=school_class.college_id,
        after={"school_year": year.name, "on": on, "way": way, "家长编号": guardian.pk},
    )  # fmt: skip
    return done
