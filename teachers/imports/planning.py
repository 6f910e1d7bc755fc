"""Compares a whole workbook with the database: what is new, what changes, what cannot be."""

from __future__ import annotations

import datetime as dt

from ..services.imports.operations import Plan
from .checks import Context
from .columns import KINDS
from .planning_leaves import plan_leaves
from .planning_people import plan_classes, plan_colleges, plan_teachers
from .planning_posts import plan_appointments
from .planning_students import plan_students
from .reading import Reading
from .snapshot import Scope, load


def make_plan(reading: Reading, scope: Scope, today: dt.date) -> Plan:
    """The plan of the workbook against the database as it is now; problems are added to those of the reading.

    With any problem the plan is for the preview only and must not be written.
    """
    plan = Plan()
    for kind in KINDS:
        if kind.name in reading.sheets:
            plan.open_sheet(kind.name)
    context = Context(reading, load(reading, scope), plan, today)
    plan_colleges(context)
    plan_teachers(context)
    plan_classes(context)
    plan_students(context)
    plan_appointments(context)
    plan_leaves(context)
    context.count_bad()
    return plan
