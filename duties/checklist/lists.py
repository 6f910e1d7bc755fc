"""Lists of the term that are worked off one by one: debtors, retakes, weak students, tasks, graduates. Done of listed."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection

from django.db.models import Count, Exists, F, OuterRef, Q

from gaobo_banzhuren.regulation.models import Term
from teachers.models import Appointment, RosterEntry, SchoolClass, StudentState

from ..kinds import THEMES as THEMES
from ..kinds import THEMES_ONE as THEMES_ONE
from ..kinds import THEMES_TWO as THEMES_TWO
from ..kinds.words import ARREARS
from ..models import (
    Appraisal,
    AssignmentState,
    DepartureItem,
    ExamAffair,
    ExamRegistration,
    ExamResult,
    FeeDue,
    Giver,
    GraduateAward,
    Progress,
    RecordClass,
    RecordState,
    RecordStudent,
    TaskAssignment,
)
from ..retakes import open_retakes
from ..weak import listed_courses, listed_students

Shares = dict[int, dict[str, tuple[int, int | None, str]]]


def collect(classes: Collection[SchoolClass], term: Term, today: dt.date) -> Shares:
    """(done, listed, why) per class and source. A fixed number of queries."""
    ids = [one.pk for one in classes]
    found: Shares = {key: {} for key in ids}
    _debtors(found, ids, today)
    _hardships(found, ids, term)
    _retakes(found, ids, today)
    _weak(found, ids, term, today)
    _results(found, ids, term, today)
    _affairs_and_tasks(found, ids, term, today)
    _graduates(found, ids, term)
    return found


def _put(found: Shares, name: str, done: Counter[int], listed: Counter[int]) -> None:
    for key, sources in found.items():
        sources[name] = (done[key], listed[key], "")


def _debtors(found: Shares, ids: list[int], today: dt.date) -> None:
    """Who owes in a period that has begun: followed up, and the reason known. One query."""
    about = RecordStudent.objects.filter(
        student=OuterRef("student"), part=RecordStudent.Part.ABOUT, record__state=RecordState.ARCHIVED
    )
    own = Q(record__kind="arrears_followup", record__fee_period=OuterRef("period"))
    other = Q(
        record__kind__in=("talk", "parent_contact"), record__category=ARREARS,
        record__happened_on__gte=OuterRef("period__starts_on"),
    )  # fmt: skip
    said = about.filter(own, record__details__has_key="arrears_reason")
    rows = (
        FeeDue.objects.filter(
            school_class_id__in=ids, period__starts_on__lte=today, due_fen__gt=F("paid_fen") + F("waived_fen")
        )
        .annotate(followed=Exists(about.filter(own | other)), said=Exists(said))
        .order_by()
        .values_list("school_class_id")
        .annotate(
            owing=Count("pk"),
            done=Count("pk", filter=Q(followed=True)),
            known=Count("pk", filter=~Q(reason="") | Q(said=True)),
        )
    )
    counts = {key: (owing, done, known) for key, owing, done, known in rows}
    for key, sources in found.items():
        owing, done, known = counts.get(key, (0, 0, 0))
        sources["arrears"] = (done, owing, "")
        sources["arrears_reason"] = (known, owing, "")


def _hardships(found: Shares, ids: list[int], term: Term) -> None:
    """Reports of the school year that were answered. One query."""
    year = term.school_year
    rows = (
        RecordClass.objects.filter(
            school_class_id__in=ids, record__state=RecordState.ARCHIVED, record__kind="hardship",
            record__happened_on__range=(year.starts_on, year.ends_on),
        )
        .values_list("school_class_id")
        .annotate(listed=Count("pk"), done=Count("pk", filter=~Q(record__progress=Progress.PENDING)))
    )  # fmt: skip
    counts = list(rows)
    _put(
        found, "hardship", Counter({key: done for key, _, done in counts}),
        Counter({key: listed for key, listed, _ in counts}),
    )  # fmt: skip


def _retakes(found: Shares, ids: list[int], today: dt.date) -> None:
    listed: Counter[int] = Counter()
    talked: Counter[int] = Counter()
    planned: Counter[int] = Counter()
    for row in open_retakes(ids, on=today):
        listed[row.class_id] += 1
        talked[row.class_id] += row.talk is not None
        planned[row.class_id] += row.plan is not None
    _put(found, "retake_talk", talked, listed)
    _put(found, "retake_plan", planned, listed)


def _weak(found: Shares, ids: list[int], term: Term, today: dt.date) -> None:
    students, courses = listed_students(ids, term, on=today), listed_courses(ids, term, on=today)
    _put(
        found, "weak_students", Counter(row.entry.school_class_id for row in students if row.is_checked),
        Counter(row.entry.school_class_id for row in students),
    )  # fmt: skip
    _put(
        found, "weak_courses", Counter(row.entry.school_class_id for row in courses if row.entry.help_given),
        Counter(row.entry.school_class_id for row in courses),
    )  # fmt: skip


def _results(found: Shares, ids: list[int], term: Term, today: dt.date) -> None:
    """Sessions of the term whose results are out, with results of the class ÷ all that the class registered for."""
    out = Q(session__results_on__lte=today, session__starts_on__range=(term.starts_on, term.ends_on))
    mine = {"school_class_id__in": ids}
    keys = ("school_class_id", "session_id")
    registered = set(ExamRegistration.objects.filter(out, **mine).order_by().values_list(*keys).distinct())
    results = set(ExamResult.objects.filter(out, **mine).order_by().values_list(*keys).distinct())
    _put(
        found, "results", Counter(key for key, _ in results), Counter(key for key, _ in registered | results)
    )  # fmt: skip


def _affairs_and_tasks(found: Shares, ids: list[int], term: Term, today: dt.date) -> None:
    """Exam affairs of the class or its teacher (C5.6), and the teacher's tasks by who gave them (C3.2, C5.7). Three
    queries. Tasks are the person's: with two classes they stand on both lists."""
    leads: dict[int, list[int]] = defaultdict(list)
    day = min(max(today, term.starts_on), term.ends_on)
    posts = Appointment.objects.on(day).filter(school_class_id__in=ids).values_list("teacher_id", "school_class_id")
    for teacher, class_id in posts:
        leads[teacher].append(class_id)
    done: dict[str, Counter[int]] = defaultdict(Counter)
    listed: dict[str, Counter[int]] = defaultdict(Counter)
    affairs = ExamAffair.objects.filter(
        Q(school_class_id__in=ids) | Q(school_class__isnull=True, responsible_id__in=list(leads)), term=term,
        cancelled_at__isnull=True,
    )  # fmt: skip
    for class_id, teacher, done_on in affairs.values_list("school_class_id", "responsible_id", "done_on"):
        for key in [class_id] if class_id else leads[teacher]:
            listed["affairs"][key] += 1
            done["affairs"][key] += done_on is not None
    tasks = TaskAssignment.objects.counted().filter(
        teacher_id__in=list(leads), due_on__range=(term.starts_on, term.ends_on)
    )
    settled = (AssignmentState.REPORTED, AssignmentState.CLOSED)
    for teacher, giver, state in tasks.values_list("teacher_id", "task__giver", "state"):
        name = "college_tasks" if giver == Giver.COLLEGE else "tasks"
        for key in leads[teacher]:
            listed[name][key] += 1
            done[name][key] += state in settled
    for name in ("affairs", "tasks", "college_tasks"):
        _put(found, name, done[name], listed[name])


def _graduates(found: Shares, ids: list[int], term: Term) -> None:
    """Nominations, complete appraisals and settled departures of those who study or graduated. Four queries."""
    rows = (
        RosterEntry.objects.on(term.ends_on)
        .filter(school_class_id__in=ids, state__in=(StudentState.ENROLLED, StudentState.GRADUATED))
        .values_list("school_class_id", "student_id")
    )
    graduates: dict[int, set[int]] = defaultdict(set)
    for class_id, student in rows:
        graduates[class_id].add(student)
    listed = Counter({key: len(students) for key, students in graduates.items()})
    complete = Appraisal.objects.filter(
        ~Q(opinion=""), school_class_id__in=ids, self_summary_received=True, stamped=True, photo_ok=True, identity_ok=True,
        applied=True,
        qualification=Appraisal.Qualification.PASSED,
    )  # fmt: skip
    appraised = Counter(
        key for key, student in complete.values_list("school_class_id", "student_id") if student in graduates[key]
    )
    items: Counter[tuple[int, int]] = Counter(
        DepartureItem.objects.filter(school_class_id__in=ids).values_list("school_class_id", "student_id")
    )
    left = Counter(
        key for (key, student), number in items.items()
        if number >= len(DepartureItem.Item) and student in graduates[key]
    )  # fmt: skip
    _put(found, "appraisals", appraised, listed)
    _put(found, "departures", left, listed)
    nominated = GraduateAward.objects.filter(school_class_id__in=ids).exclude(state=GraduateAward.State.WITHDRAWN)
    counts = Counter(nominated.values_list("school_class_id", flat=True))
    for key, sources in found.items():
        sources["awards"] = (counts[key], None, "")
