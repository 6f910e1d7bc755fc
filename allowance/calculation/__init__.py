"""第十条, the monthly allowance, as pure functions: no database, no clock, no settings.

The way of a month, for whoever gathers the facts and stores the result::

    month = Month.parse("2023-11")
    cut = cut_month(month, classes, appointments, leaves, teachers, rules, effective_from)
    result = calculate_month(month, cut.teachers, rules)
    warnings = cut.findings + result.findings
    by_college = {code: split_sheet([line.amount_fen for line in lines], rules)}

Facts in (frozen dataclasses, all days inclusive)
    ``ClassFact(code, name, college, opens_on, teaching_end|None, closes_on|None, headcount, daily=())``
        ``headcount`` is the basis headcount of the month: counted students on ``basis_day(month, opens_on, closes_on,
        rules, term_start)``; for the average basis use ``average_headcount``. Only the daily basis fills ``daily``
        with ``HeadcountStep(first_day, headcount)``.
    ``AppointmentFact(class_code, teacher_key, first_day, last_day=None, dismissed=False, share=None, filed=True, via)``
    ``LeaveFact(teacher_key, first_day, last_day, stand_in_key=None)``: the whole leave, of any length.
    ``TeacherFact(key, name, home_college)``: everybody named in an appointment or as a stand-in.
    Give all colleges at once: a person may lead or stand in across colleges, and the total heads decide.

Results out
    ``MonthCut(teachers, findings)``; ``TeacherMonth(teacher_key, name, home_college, posts)`` is the frozen input to
    store with a settled line. ``calculate(teacher_month, month, rules)`` gives the same lines again (reconcile).
    ``MonthResult(lines, findings)``; ``Line``: ``teacher_key name kind college amount_fen total_fen stretches shares``
    and the cells of the workbook ``classes headcount_text coefficient_text monthly_rate_text days_text formula``.
    One line per person × kind × college. A person whose classes have no students gets a line of 0.
    ``Finding``: ``kind colleges first_day last_day class_* teacher_* headcount``, ``text`` (Chinese), ``key`` (stable).
    Month, TeacherMonth, Line and Finding are plain data: ``to_dict()`` / ``from_dict()`` are exact.

Errors are ``ValueError`` (``codec.DecodeError`` for stored data) with Chinese texts; they mean broken data, not a
user's mistake. Whether a month is payable at all (A-04) and which rule version holds (A-26) is asked before this.
"""

from .codec import DecodeError
from .cutting import MonthCut, cut_month
from .facts import (
    AppointmentFact,
    ClassFact,
    Finding,
    FindingKind,
    HeadcountStep,
    LeaveFact,
    Month,
    Phase,
    Post,
    TeacherFact,
    TeacherMonth,
    Via,
)
from .lines import calculate, calculate_month
from .money import SheetSplit, format_yuan, round_fen, round_units, share_out, split, split_sheet, to_fen, to_yuan
from .phases import average_headcount, basis_day, graduating_from, phase_on
from .results import ClassHeads, CollegeShare, Line, MonthResult, RatePart, Stretch

__all__ = [
    "AppointmentFact",
    "ClassFact",
    "ClassHeads",
    "CollegeShare",
    "DecodeError",
    "Finding",
    "FindingKind",
    "HeadcountStep",
    "LeaveFact",
    "Line",
    "Month",
    "MonthCut",
    "MonthResult",
    "Phase",
    "Post",
    "RatePart",
    "SheetSplit",
    "Stretch",
    "TeacherFact",
    "TeacherMonth",
    "Via",
    "average_headcount",
    "basis_day",
    "calculate",
    "calculate_month",
    "cut_month",
    "format_yuan",
    "graduating_from",
    "phase_on",
    "round_fen",
    "round_units",
    "share_out",
    "split",
    "split_sheet",
    "to_fen",
    "to_yuan",
]
