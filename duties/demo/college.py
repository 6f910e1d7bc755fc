"""The work of all class teachers of the demo college over the terms until today."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from random import Random

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.regulation.models import SchoolYear, Term
from teachers.models import Appointment, RosterEntry, SchoolClass, StudentState

from . import ledgers
from .graduation import write_graduation
from .records import Led, keep_case, leave_drafts, working_days, write_term

TERMS_BACK = 3
"""So many terms up to the present one hold work; older ones would only make the demo slow."""


def write_work(today: dt.date, show: Iterable[User], office: User, admins: dict[int, User]) -> None:
    """Write the work down; the people of `show`, who sign in to the demo, have a little of everything.

    `admins` are the administrators by college key, who with the office keep exams and fees.
    """
    chance = Random(today.year)  # noqa: S311  invented work, no secrets
    books = ledgers.Ledgers(office, admins, today, chance)
    ledgers.keep_exams(books)
    ledgers.keep_fees(books)
    shown = {user.pk for user in show}
    terms = list(Term.objects.filter(starts_on__lte=today).order_by("-starts_on")[:TERMS_BACK])
    year = SchoolYear.objects.filter(starts_on__lte=today).order_by("-starts_on").first()
    stretches = led_classes(min(term.starts_on for term in terms), today)
    write_graduation(stretches, today, chance)
    for number, led in enumerate(stretches):
        rich = led.user.pk in shown
        for term in terms:
            write_term(led, term, today, chance, rich=rich)
        ledgers.call_rolls(led, terms[:2], today, chance, per_week=3 if rich else 1)
        if rich:
            ledgers.write_leaves(led, today, chance)
        if year and led.last >= today and (rich or number % 4 == 0):
            ledgers.confirm_phones(led, year, today, share=0.8 if rich else 0.2)
        if rich or number % 5 == 0:
            days = working_days(max(led.first, terms[-1].starts_on), min(led.last, today))
            if len(days) > 60:
                keep_case(led, days[:50], number, closed=True)
                keep_case(led, days[-40:], number + 1, closed=False)
        if rich and led.last >= today:
            leave_drafts(led, today)


def led_classes(first: dt.date, today: dt.date) -> list[Led]:
    """Every stretch in post that touches the span, with the students who were there throughout. Two queries."""
    posts = list(
        Appointment.objects.touching(first, today)
        .select_related("school_class__college", "teacher__user")
        .order_by("school_class__code", "starts_on")
    )
    entries: dict[int, list[tuple[int, dt.date, dt.date | None]]] = defaultdict(list)
    rows = RosterEntry.objects.standing().filter(state=StudentState.ENROLLED)
    for class_id, student, starts_on, ends_on in rows.values_list(
        "school_class_id", "student_id", "starts_on", "ends_on"
    ):
        entries[class_id].append((student, starts_on, ends_on))
    return [_led(post, entries[post.school_class_id], first, today) for post in posts]


def _led(post: Appointment, entries: list[tuple[int, dt.date, dt.date | None]], first: dt.date, today: dt.date) -> Led:
    begin, end = max(post.starts_on, first), min(post.last_day or today, _last_day(post.school_class, today))
    students = tuple(
        student for student, starts_on, ends_on in entries if starts_on <= begin and (ends_on is None or ends_on >= end)
    )
    return Led(post.teacher.user, post.school_class, begin, end, students)


def _last_day(school_class: SchoolClass, today: dt.date) -> dt.date:
    return min(school_class.closes_on or today, today)
