"""Counts of work records: what was done, with whom, on which themes, and what was decided."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Count, F, Max, Min, OuterRef, Q, Subquery

from gaobo_banzhuren.regulation.models import Term
from gaobo_banzhuren.regulation.rates import RateRules, ViolationBase, ViolationLevel, ViolationNumerator

from ..figures import Count as Number
from ..figures import Figure, Part
from ..kinds import THEMES_ONE, THEMES_TWO
from ..kinds.words import DECISION_LEVELS
from ..models import Progress, RecordClass, RecordState, RecordStudent, RecordTag
from .scopes import Scope, Scopes, Tally, judged

THEMED = ("activity", "class_meeting")
LINKS = RecordClass.objects.filter(record__state=RecordState.ARCHIVED)
ARCHIVED = Q(record__state=RecordState.ARCHIVED)


def collect(scopes: Scopes) -> None:
    """All archived records by kind, category, level and progress. One query."""
    keys = ("record__kind", "record__category", "record__level", "record__progress", "record__teacher_id")
    rows = scopes.grouped(
        LINKS.all(), "school_class_id", "record__happened_on", *keys, number=Count("pk"),
        logged=Count("pk", filter=Q(record__details__log_filled=True)), latest=Max("record__happened_on"),
    )  # fmt: skip
    for row, scope, tally in rows:
        key = tuple(row[name] for name in keys[:4])
        tally.records[key] += row["number"]
        if scope.teacher_id in (None, row["record__teacher_id"]):
            tally.own[key] += row["number"]
            tally.saw(row["record__kind"], row["latest"])
            if row["record__kind"] == "room_check":
                tally.numbers["logs_filled"] += row["logged"]


def collect_students(scopes: Scopes, rules: RateRules) -> None:
    """Students talked with, and students and cases of violations. One query."""
    links = RecordStudent.objects.filter(
        ARCHIVED,
        part=RecordStudent.Part.ABOUT,
        record__kind__in=("talk", "parent_contact", "discipline", "exam_violation"),
    )
    keys = ("student_id", "record__kind", "record__level", "record__progress", "record__teacher_id")
    rows = scopes.grouped(links, "school_class_id", "record__happened_on", *keys, number=Count("pk"))
    for row, scope, tally in rows:
        student, kind = row["student_id"], row["record__kind"]
        if kind in ("talk", "parent_contact"):
            if scope.teacher_id in (None, row["record__teacher_id"]):
                tally.people[f"{kind}_students"].add(student)
                tally.numbers[f"{kind}_persons"] += row["number"]
        elif row["record__progress"] == Progress.CONFIRMED and _counts(kind, row["record__level"], rules):
            tally.people["violators"].add(student)
            tally.numbers["violations"] += row["number"]


def counted_levels(rules: RateRules) -> tuple[str, ...]:
    """Decision levels that count as 违纪 (A-35), lightest first; none when only exam cases count."""
    levels = [level for level, _ in DECISION_LEVELS]
    if rules.violation_level == ViolationLevel.EXAM_ONLY:
        return ()
    return tuple(levels[levels.index(rules.violation_level.value) :])


def _counts(kind: str, level: str, rules: RateRules) -> bool:
    if kind == "exam_violation":
        return rules.exam_cases_count or rules.violation_level == ViolationLevel.EXAM_ONLY
    return level in counted_levels(rules)


def collect_themes(scopes: Scopes) -> None:
    """Education themes that activities and class meetings touched. One query."""
    tags = RecordTag.objects.filter(ARCHIVED, group=RecordTag.Group.THEME, record__kind__in=THEMED)
    rows = scopes.grouped(
        tags, "record__class_links__school_class_id", "record__happened_on", "value", "record__teacher_id"
    )
    for row, scope, tally in rows:
        if scope.teacher_id in (None, row["record__teacher_id"]):
            tally.people["themes"].add((scope.class_id, row["value"]))


def collect_pledges(scopes: Scopes) -> None:
    """Honesty pledges signed at activities (C6.2). One query."""
    rows = LINKS.filter(record__kind="activity", record__details__pledges__gt=0)
    keys = ("record_id", "record__details__pledges", "record__teacher_id")
    for row, scope, tally in scopes.grouped(rows, "school_class_id", "record__happened_on", *keys):
        if scope.teacher_id in (None, row["record__teacher_id"]):
            tally.numbers["pledges"] += int(row["record__details__pledges"])


def collect_cases(scopes: Scopes) -> None:
    """Case studies closed in the period, by the day of closing (C9.5.1). One query."""
    closed = LINKS.filter(record__kind="case_study", record__progress=Progress.CLOSED)
    keys = ("record__teacher_id",)
    for row, scope, tally in scopes.grouped(closed, "school_class_id", "record__decided_on", *keys, number=Count("pk")):
        if scope.teacher_id in (None, row["record__teacher_id"]):
            tally.numbers["cases_closed"] += row["number"]


def meetings_that_count(rules: RateRules) -> Q:
    """What a link of a class to a class meeting needs to count (5.3, A-39)."""
    wanted = ARCHIVED & Q(record__kind="class_meeting")
    if rules.meeting_needs_minutes:
        wanted &= ~Q(record__title="") & ~Q(record__text="")
    return wanted


def collect_meetings(scopes: Scopes, rules: RateRules, terms: list[Term]) -> None:
    """Class meetings per class and term, whoever held them (A-39), and how many in the days of the scope. One query."""
    rows = RecordClass.objects.filter(
        meetings_that_count(rules), school_class_id__in=scopes.class_ids, record__happened_on__range=scopes.window
    )
    if not rules.joint_meeting_counts_each:
        earliest = RecordClass.objects.filter(record=OuterRef("record")).order_by().values("record")
        rows = rows.annotate(named_first=Subquery(earliest.annotate(least=Min("pk")).values("least")))
        rows = rows.filter(pk=F("named_first"))
    for class_id, day, teacher in rows.values_list("school_class_id", "record__happened_on", "record__teacher_id"):
        owners = {id(tally): tally for _, tally in scopes.of(class_id)}
        for term in terms:
            if term.starts_on <= day <= term.ends_on:
                for tally in owners.values():
                    tally.numbers[f"meetings:{class_id}:{term.pk}"] += 1
        for scope, tally in scopes.of(class_id, day):
            tally.numbers["meetings"] += scope.teacher_id in (None, teacher)


def meetings(tally: Tally, rules: RateRules, terms: list[Term], scopes: Scopes, mine: Mapping[int, str]) -> Number:
    """班会: every class and term by itself against the number of the regulation; a window inside a term has no target.

    `mine` are the classes with what to call them before the term ("" for a single one).
    """
    one_year = len({term.school_year_id for term in terms}) == 1
    parts = [
        Part(
            f"{name}{term.name if one_year else term}", tally.numbers[f"meetings:{class_id}:{term.pk}"],
            running=scopes.today <= term.ends_on,
        )
        for class_id, name in mine.items()
        for term in terms
        if judged(term, scopes.window) and any(_touches(scope, term) for scope in scopes.by_class[class_id])
    ]  # fmt: skip
    held, own = sum(part.number for part in parts), tally.numbers["meetings"]
    note = f"其中本人任内组织 {own} 次" if parts and held != own else ""
    return Number(
        "meetings", "班会", held if parts else own, rules.meetings_per_term if parts else None,
        "制度规定" if parts else "", note=note, readings=("A-39",), parts=tuple(parts),
    )  # fmt: skip


def _touches(scope: Scope, term: Term) -> bool:
    return scope.first <= term.ends_on and scope.last >= term.starts_on


def violation(tally: Tally, rules: RateRules) -> Figure:
    """违纪率 by the readings A-33 to A-35."""
    base = tally.people["roster" if rules.violation_base == ViolationBase.ROSTER else "enrolled_end"]
    students = len(tally.people["violators"])
    cases = tally.numbers["violations"]
    by_cases = rules.violation_numerator == ViolationNumerator.CASES
    note = f"已认定 {cases} 人次，涉及 {students} 名学生" if cases else "没有已认定的违纪"
    return Figure(
        "violation", "违纪率", cases if by_cases else students, len(base), rules.violation_target,
        rules.violation_target_inclusive, at_most=True, note=note, readings=("A-33", "A-34", "A-35"),
        target_label="制度规定",
    )  # fmt: skip


def talk_coverage(tally: Tally) -> Figure:
    talked = tally.people["talk_students"] & tally.people["students"]
    return Figure("talk_coverage", "谈话覆盖", len(talked), len(tally.people["students"]), readings=("A-43",))


def pledges(tally: Tally) -> Figure:
    """诚信承诺: pledges ÷ students; those of a joint activity are noted once for all its classes and never exceed one each."""
    students, signed = len(tally.people["students"]), tally.numbers["pledges"]
    return Figure("pledges", "诚信承诺", min(signed, students), students, note=f"登记了 {signed} 份承诺书")


def themes(tally: Tally, classes: int) -> list[Figure]:
    """主题覆盖 of all thirteen, and apart for the two items of article 3 (一)."""
    touched = [value for _, value in tally.people["themes"]]  # type: ignore[misc, has-type]
    groups = (
        ("themes", "主题覆盖", (*THEMES_ONE, *THEMES_TWO)),
        ("themes_one", "其中：十一类主题教育", THEMES_ONE),
        ("themes_two", "其中：心理健康、安全稳定", THEMES_TWO),
    )
    found = []
    for key, label, names in groups:
        missing = [name for name in names if name not in touched]
        note = f"还没有：{'、'.join(missing)}" if missing and classes else ""
        number = sum(value in names for value in touched)
        found.append(Figure(key, label, number, len(names) * classes, note=note))
    return found
