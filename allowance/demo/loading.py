"""Make the demo college, from the empty database to the newest draft."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from allowance.calculation import Month
from duties.demo.college import write_work
from duties.demo.tasks import write_tasks
from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.web.errors import UserError
from teachers.imports import batches

from .months import correct_afterwards, walk_months
from .names import Names
from .people import DemoAccount, busy_teacher, give_passwords, make_cast
from .roster import COLLEGES, plan_roster, workbook_of
from .story import Story, change_people, file_appointments, keep_calendar, leave_work_waiting


def is_empty() -> bool:
    """Whether nobody has begun to use the database."""
    return not User.objects.exists() and not College.objects.exists()


@transaction.atomic
def load(scale: int = 1) -> list[DemoAccount]:
    """Everything or nothing. Gives one account of each role with its password."""
    today = timezone.localdate()
    first_year = (today.year if today.month >= 9 else today.year - 1) - 1
    plan = plan_roster(first_year, scale, Names(first_year))
    result = batches.run(workbook_of(plan), "名册.xlsx", actor=None)
    if result.problems:
        raise UserError("演示名册有误：\n" + "\n".join(str(problem) for problem in result.problems[:5]))
    colleges = {code: College.objects.get(code=code) for code, _, _ in COLLEGES}
    story = Story(first_year, colleges, make_cast(colleges, plan.opened))
    keep_calendar(story)
    change_people(story)
    file_appointments(story)
    walk_months(story, Month.of(today).previous)
    correct_afterwards(story)
    leave_work_waiting(story)
    busy = busy_teacher(colleges[COLLEGES[0][0]])
    admins = {colleges[code].pk: admin for code, admin in story.cast.admins.items()}
    write_work(today, [busy], story.cast.office, admins)
    write_tasks(today, story.cast.office, story.cast.admins, [busy])
    return give_passwords(busy)
