"""What the database holds of the things a workbook names, loaded with a fixed number of queries into plain lookups."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from django.utils import timezone

from gaobo_banzhuren.accounts.models import College, RoleGrant, User
from gaobo_banzhuren.documents.cells import clean
from gaobo_banzhuren.web.errors import StaleError

from ..models import Appointment, ClassTeacher, Guardian, Leave, Programme, RosterEntry, SchoolClass, Student
from .columns import APPOINTMENTS, CLASSES, LEAVES, STUDENTS, TEACHERS
from .reading import Reading
from .timeline import Spell

PER_QUERY: Final = 5000


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose data an import may touch: `colleges` None means the whole school.

    `grantable` are the roles that the importing person may manage (None: all, for the command), `user_id` that person:
    accounts with other roles, and the own one, are not changed by an import either.
    """

    colleges: frozenset[int] | None = None
    grantable: frozenset[str] | None = None
    user_id: int | None = None

    def manages(self, user_id: int, roles: frozenset[str]) -> bool:
        return self.grantable is None or (user_id != self.user_id and roles <= self.grantable)

    def allows(self, college_id: int | None) -> bool:
        return self.colleges is None or college_id in self.colleges


class CollegeFact(NamedTuple):
    pk: int
    code: str
    name: str


class PersonFact(NamedTuple):
    user_id: int
    staff_no: str
    name: str
    home_college_id: int | None
    teacher_id: int | None
    college_id: int | None
    sex: str
    phone: str
    category: str
    roles: frozenset[str]


class ClassFact(NamedTuple):
    pk: int
    code: str
    name: str
    college_id: int
    programme_id: int
    project_type: str
    sponsor: str
    major: str
    entry_year: int | None
    opens_on: dt.date
    teaching_ends_on: dt.date | None
    closes_on: dt.date | None


class StudentFact(NamedTuple):
    pk: int
    student_no: str
    name: str
    sex: str
    exam_no: str
    phone: str


class GuardianFact(NamedTuple):
    pk: int
    name: str
    relation: str
    phone: str


class PostFact(NamedTuple):
    pk: int | None
    class_code: str
    staff_no: str
    starts_on: dt.date
    ends_on: dt.date | None
    end_reason: str
    filed_on: dt.date | None
    state: str
    share: int | None


class LeaveFact(NamedTuple):
    pk: int | None
    staff_no: str
    starts_on: dt.date
    ends_on: dt.date
    stand_in: str | None


@dataclass(slots=True)
class Snapshot:
    """Lookups by the codes that people write. Rows outside the scope are known only as taken codes."""

    scope: Scope
    colleges: dict[str, CollegeFact] = field(default_factory=dict)
    people: dict[str, PersonFact] = field(default_factory=dict)
    classes: dict[str, ClassFact] = field(default_factory=dict)
    programmes: dict[tuple[str, str, str], int] = field(default_factory=dict)
    students: dict[str, StudentFact] = field(default_factory=dict)
    spells: dict[int, list[Spell]] = field(default_factory=lambda: defaultdict(list))
    guardians: dict[int, list[GuardianFact]] = field(default_factory=lambda: defaultdict(list))
    posts: dict[str, list[PostFact]] = field(default_factory=lambda: defaultdict(list))
    leaves: dict[str, list[LeaveFact]] = field(default_factory=lambda: defaultdict(list))
    lead_here: set[str] = field(default_factory=set)

    def college_of(self, college_id: int) -> CollegeFact:
        return next(fact for fact in self.colleges.values() if fact.pk == college_id)


def load(reading: Reading, scope: Scope) -> Snapshot:
    found = Snapshot(scope)
    found.colleges = {row[1]: CollegeFact(*row) for row in College.objects.values_list("pk", "code", "name")}
    found.classes = {row[1]: ClassFact(*row) for row in _class_rows()}
    _load_people(found, reading)
    if reading.rows(CLASSES):
        rows = Programme.objects.values_list("project_type", "sponsor", "major", "pk")
        found.programmes = {row[:3]: row[3] for row in rows}
    if reading.rows(STUDENTS):
        _load_students(found, {row["student_no"] for row in reading.rows(STUDENTS)})
    if reading.rows(APPOINTMENTS):
        _load_posts(found, {row["class_code"] for row in reading.rows(APPOINTMENTS)})
    if reading.rows(LEAVES):
        _load_leaves(found, {row["staff_no"] for row in reading.rows(LEAVES)})
    return found


def _class_rows() -> Iterable[tuple[Any, ...]]:
    return SchoolClass.objects.values_list(
        "pk", "code", "name", "college_id", "programme_id", "programme__project_type", "programme__sponsor",
        "programme__major", "entry_year", "opens_on", "teaching_ends_on", "closes_on",
    ).order_by()  # fmt: skip


def _load_people(found: Snapshot, reading: Reading) -> None:
    wanted = {row["staff_no"] for name in (TEACHERS, APPOINTMENTS, LEAVES) for row in reading.rows(name)}
    wanted |= {row["stand_in"] for row in reading.rows(LEAVES)}
    for part in _parts(wanted):
        rows = User.objects.filter(staff_no__in=part).order_by().values_list(
            "pk", "staff_no", "name", "home_college_id", "class_teacher__pk", "class_teacher__college_id",
            "class_teacher__sex", "class_teacher__phone", "class_teacher__category",
        )  # fmt: skip
        roles: dict[int, set[str]] = defaultdict(set)
        grants = RoleGrant.objects.filter(user__staff_no__in=part).exclude(ends_on__lt=timezone.localdate())
        for user_id, role in grants.values_list("user_id", "role"):
            roles[user_id].add(role)
        for row in rows:
            found.people[row[1]] = PersonFact(*row, frozenset(roles[row[0]]))
    if found.scope.colleges is not None:
        leading = Appointment.objects.effective().filter(school_class__college_id__in=found.scope.colleges)
        teachers = ClassTeacher.objects.filter(pk__in=leading.values("teacher_id"))
        found.lead_here = set(teachers.values_list("user__staff_no", flat=True))


def _load_students(found: Snapshot, numbers: set[str | None]) -> None:
    class_code = {fact.pk: code for code, fact in found.classes.items()}
    for part in _parts(numbers):
        rows = Student.objects.filter(student_no__in=part).order_by()
        facts = [StudentFact(*row) for row in rows.values_list("pk", "student_no", "name", "sex", "exam_no", "phone")]
        found.students |= {fact.student_no: fact for fact in facts}
        keys = [fact.pk for fact in facts]
        if not keys:
            continue
        spans = RosterEntry.objects.standing().filter(student_id__in=keys).order_by("student_id", "starts_on")
        for student, school_class, state, first, last, pk in spans.values_list(
            "student_id", "school_class_id", "state", "starts_on", "ends_on", "pk"
        ):
            if school_class not in class_code:
                # Somebody else's import was committed between the two questions.
                raise StaleError("名册刚被他人更改，请稍后重新核对再导入。")
            found.spells[student].append(Spell(class_code[school_class], state, first, last, pk))
        parents = Guardian.objects.filter(student_id__in=keys).order_by("student_id", "pk")
        for row in parents.values_list("student_id", "pk", "name", "relation", "phone"):
            found.guardians[row[0]].append(GuardianFact(*row[1:]))


def _load_posts(found: Snapshot, codes: set[str | None]) -> None:
    for part in _parts(codes):
        rows = Appointment.objects.effective().filter(school_class__code__in=part).order_by("starts_on").values_list(
            "pk", "school_class__code", "teacher__user__staff_no", "starts_on", "ends_on", "end_reason", "filed_on",
            "state", "share",
        )  # fmt: skip
        for row in rows:
            found.posts[row[1]].append(PostFact(*row))


def _load_leaves(found: Snapshot, numbers: set[str | None]) -> None:
    for part in _parts(numbers):
        rows = Leave.objects.standing().filter(teacher__user__staff_no__in=part).order_by("starts_on")
        for row in rows.values_list(
            "pk", "teacher__user__staff_no", "starts_on", "ends_on", "stand_in__user__staff_no"
        ):
            found.leaves[row[1]].append(LeaveFact(*row))


def _parts(values: set[str | None]) -> Iterator[list[str]]:
    """Sorted parts small enough for one query on every database."""
    ordered = sorted(value for value in values if value)
    for start in range(0, len(ordered), PER_QUERY):
        yield ordered[start : start + PER_QUERY]


def folded(code: str) -> str:
    """The form in which two codes that differ only by case are the same."""
    return clean(code).casefold()
