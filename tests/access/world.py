"""Two colleges with one of everything in each, and a person for every identity of the access table.

Each college's texts carry a word of their own, so that a foreign word in an answer shows a leak: `金桂` stands in the
texts of the first class of college A, `丹枫` in those of its second class, `银杉` in everything of college B. Students
carry a second word, so that it shows who reads names that the role has no business with.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from importlib import import_module
from itertools import count
from pkgutil import iter_modules
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from allowance.calculation import Month
from allowance.models import Adjustment, HeadcountConfirmation, HeadcountSnapshot, MonthSheet, SheetLine
from allowance.services import adjustments, bundles, workflow
from allowance.services.checks import confirm_warnings
from allowance.services.settlement import settle_month
from gaobo_banzhuren.accounts.models import College, RoleGrant, User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.accounts.services import issue_code
from gaobo_banzhuren.audit.models import AuditEntry
from gaobo_banzhuren.audit.services import record
from gaobo_banzhuren.documents.services import store
from gaobo_banzhuren.regulation.models import CalendarDay, RuleVersion, SchoolYear
from gaobo_banzhuren.regulation.services import versions
from teachers.imports import batches
from teachers.models import (
    Appointment,
    ClassTeacher,
    Guardian,
    ImportBatch,
    RosterEntry,
    SchoolClass,
    Student,
)
from teachers.services import dismissals, filing, handovers, leaves, nominations
from teachers.services import people as people_services
from tests.access import rooms
from tests.factories import UserFactory, person, with_role
from tests.teachers.given import SchoolClassFactory, appointed, day
from tests.teachers.rosters import base, workbook

A1, A2, B = "金桂", "丹枫", "银杉"
"""Words in the texts of the first and the second class of college A, and of college B."""
PUPIL = "生徒"
"""In the name of every student, behind the word of the class."""
SECRET = "密语"
"""Behind the word in texts that few may read: facts of a dismissal, reasons, remarks."""

HANDED, BUNDLED, FREE, WAITING, DRAFT = (
    Month.parse(text) for text in ("2023-10", "2023-11", "2023-12", "2024-01", "2024-02")
)
"""The months, one for every step: handed to HR, in an open bundle, reviewed, submitted, draft."""

PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"

IDENTITIES = (
    "anonymous", "disabled", "ended", "class_teacher", "college_admin", "assessor", "college_head", "office", "hr",
    "sysadmin", "auditor",
)  # fmt: skip


@dataclass(frozen=True)
class Thing:
    """One object behind an address: the address's arguments, whose it is, in which college, and what has become of it."""

    label: str
    kwargs: dict[str, Any]
    owner: int | None = None
    college: int | None = None
    handed: bool = False


@dataclass
class World:
    """Everything that was made; `things` by the object kinds of the access table."""

    a: College
    b: College
    people: dict[str, User | None] = field(default_factory=dict)
    things: dict[str, list[Thing]] = field(default_factory=lambda: defaultdict(list))
    named: dict[str, Any] = field(default_factory=dict)

    def add(
        self, kind: str, label: str, /, *, owner: User | None = None, college: College | None = None,
        handed: bool = False, **kwargs: Any,
    ) -> None:  # fmt: skip
        whose = owner.pk if owner else None
        self.things[kind].append(Thing(label, kwargs, whose, college.pk if college else None, handed))


@dataclass
class Side:
    """One of the colleges, or the second class of college A: the people who act there and the word in its texts."""

    college: College
    word: str
    admin: User
    second_admin: User
    head: User
    teacher: ClassTeacher
    school_class: SchoolClass
    students: list[Student] = field(default_factory=list)


_numbers = count(1)


def build() -> World:
    """About a hundred objects, through the services wherever one exists."""
    a, b = College.objects.create(code="JA", name="甲学院"), College.objects.create(code="JB", name="乙学院")
    world = World(a, b)
    _identities(world)
    office_one, office_two = _member(Role.OFFICE, None, "提交"), _member(Role.OFFICE, None, "审核")
    world.named |= {"office_one": office_one, "office_two": office_two}
    sides = [_side(world, a, A1, world.people["class_teacher"]), _side(world, a, A2), _side(world, b, B)]
    world.named["sides"] = sides
    for side in sides:
        _chapter_one(world, side, office_one)
    _former(world, sides[0])
    _files(world)
    _months(world, [sides[0], sides[2]], office_one, office_two)
    _accounts(world, sides)
    _regulation(world, office_one)
    _imports(world, sides, office_one)
    for room in iter_modules(rooms.__path__):
        import_module(f"{rooms.__name__}.{room.name}").add(world)
    _log(world, a, b)
    return world


def _member(role: Role, college: College | None, name: str) -> User:
    return person(role, college, name=name, staff_no=f"S{next(_numbers):04d}")


def _identities(world: World) -> None:
    own = {
        "class_teacher": Role.CLASS_TEACHER, "college_admin": Role.COLLEGE_ADMIN, "assessor": Role.ASSESSOR,
        "college_head": Role.COLLEGE_HEAD, "office": Role.OFFICE, "hr": Role.HR, "sysadmin": Role.SYSADMIN,
        "auditor": Role.AUDITOR,
    }  # fmt: skip
    college_roles = {"class_teacher", "college_admin", "assessor", "college_head"}
    world.people["anonymous"] = None
    for key, role in own.items():
        name = f"{A1}甲师" if key == "class_teacher" else f"身份{Role(role).label[:2]}"
        world.people[key] = _member(role, world.a if key in college_roles else None, name)
    world.people["disabled"] = _member(Role.COLLEGE_ADMIN, world.a, "停用者")
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    ended = UserFactory(name="去职者", staff_no=f"S{next(_numbers):04d}", home_college=world.a)
    for role in (Role.COLLEGE_ADMIN, Role.CLASS_TEACHER):
        with_role(ended, role, world.a, ends_on=yesterday)
    world.people["ended"] = ended


def _side(world: World, college: College, word: str, user: User | None = None) -> Side:
    user = user or _member(Role.CLASS_TEACHER, college, f"{word}甲师")
    teacher = ClassTeacher.objects.create(user=user, college=college, phone="13900000000")
    school_class = SchoolClassFactory(
        college=college, name=f"{word}会计2301班", code=f"{college.code}{next(_numbers):03d}"
    )
    side = Side(
        college, word, _member(Role.COLLEGE_ADMIN, college, f"{word}管"),
        _member(Role.COLLEGE_ADMIN, college, f"{word}理"), _member(Role.COLLEGE_HEAD, college, f"{word}长"),
        teacher, school_class,
    )  # fmt: skip
    side.students = [
        Student.objects.create(student_no=f"23{next(_numbers):06d}", name=f"{word}{PUPIL}{number}")
        for number in range(8)
    ]
    RosterEntry.objects.bulk_create(
        RosterEntry(student=student, school_class=school_class, state="在读", starts_on=day("2023-09-01"))
        for student in side.students
    )
    return side


def _another(side: Side) -> ClassTeacher:
    user = _member(Role.CLASS_TEACHER, side.college, f"{side.word}乙师")
    return ClassTeacher.objects.create(user=user, college=side.college)


def _another_class(side: Side) -> SchoolClass:
    return SchoolClassFactory(
        college=side.college, name=f"{side.word}金融2302班", code=f"{side.college.code}{next(_numbers):03d}"
    )


def _chapter_one(world: World, side: Side, office: User) -> None:
    """Class, students, appointment, nomination, hand-over, dismissal and leave of one side, all about its teacher."""
    college, teacher, word = side.college, side.teacher, side.word
    who = {"owner": teacher.user, "college": college}
    appointment = appointed(
        side.school_class, teacher, filed_on=day("2023-09-05"), state="filed", note=f"{word}{SECRET}"
    )
    record(side.admin, "teachers.appoint", appointment, college=college, reason=f"{word}{SECRET}")
    entry = RosterEntry.objects.filter(student=side.students[0]).get()
    guardian = Guardian.objects.create(
        student=side.students[0], name=f"{word}{PUPIL}家长", relation="父", phone="13800000001"
    )
    world.add("class", word, pk=side.school_class.pk, **who)
    world.add("student", word, pk=side.students[0].pk, **who)
    world.add("roster entry", word, pk=side.students[0].pk, entry=entry.pk, **who)
    world.add("guardian", word, pk=side.students[0].pk, guardian=guardian.pk, **who)
    world.add("teacher", word, pk=teacher.pk, **who)
    world.add("appointment", word, pk=appointment.pk, **who)
    document = people_services.add_document(
        side.admin, teacher, title=f"{word}证书",
        file=store(SimpleUploadedFile(f"{word}.pdf", PDF), owner=side.admin, purpose=people_services.DOCUMENT_PURPOSE),
    )  # fmt: skip
    world.add("document", word, pk=teacher.pk, document=document.pk, **who)
    world.named[f"document {word}"] = document
    _nominations(world, side)
    _changes(world, side, appointment)
    unfiled = appointed(_another_class(side), _another(side))
    world.add("unfiled appointment", word, pk=unfiled.pk, college=college)
    asked = appointed(_another_class(side), _another(side))
    filing.ask_back(office, asked, text=f"{word}{SECRET}为何", version=asked.version)
    world.named[f"unfiled {word}"] = unfiled
    acting = appointed(
        _another_class(side), _another(side), planned_end_on=timezone.localdate() + dt.timedelta(days=20)
    )
    world.named[f"expiring {word}"] = acting


def _nominations(world: World, side: Side) -> None:
    draft = nominations.create_nomination(
        side.admin, school_class=_another_class(side), teacher=_another(side), starts_on=day("2023-10-09"),
        note=f"{side.word}{SECRET}提名",
    )  # fmt: skip
    upload = SimpleUploadedFile(f"{side.word}.pdf", PDF)
    nominations.save_conditions(
        side.admin, draft, {"C1.3": nominations.ConditionInput(True, f"{side.word}{SECRET}", upload)}
    )
    world.add("nomination", f"{side.word} draft", pk=draft.pk, college=side.college)
    world.named[f"nomination {side.word}"] = draft
    waiting = nominations.create_nomination(
        side.second_admin, school_class=_another_class(side), teacher=_another(side), starts_on=day("2023-10-09")
    )
    clauses = list(waiting.conditions.values_list("clause", flat=True))
    nominations.save_conditions(
        side.second_admin, waiting, {clause: nominations.ConditionInput(True) for clause in clauses}
    )
    nominations.submit(side.second_admin, waiting)
    world.named[f"waiting {side.word}"] = waiting


def _changes(world: World, side: Side, appointment: Appointment) -> None:
    """The side's teacher hands another class over, is proposed for dismissal and was on leave."""
    who = {"owner": side.teacher.user, "college": side.college}
    old = appointed(_another_class(side), side.teacher, state="filed", filed_on=day("2023-09-05"))
    handover = handovers.start_handover(
        side.admin, old, teacher=_another(side), takes_over_on=day("2023-09-20"), reason="工作需要",
        note=f"{side.word}{SECRET}交接",
    )  # fmt: skip
    world.add("handover", side.word, pk=handover.pk, **who)
    dismissal = dismissals.propose(
        side.admin, teacher=side.teacher, college=side.college, ground="玩忽职守", facts=f"{side.word}{SECRET}事实",
        effective_on=timezone.localdate() + dt.timedelta(days=30),
        evidence=[SimpleUploadedFile(f"{side.word}.pdf", PDF)],
    )  # fmt: skip
    world.add("dismissal", side.word, pk=dismissal.pk, **who)
    world.named[f"dismissal {side.word}"] = dismissal
    leave = leaves.record_leave(
        side.admin, teacher=side.teacher, starts_on=day("2023-09-25"), ends_on=day("2023-09-27"),
        reason=f"{side.word}{SECRET}请假",
    )  # fmt: skip
    world.add("leave", side.word, pk=leave.pk, **who)


def _former(world: World, side: Side) -> None:
    """Who has no role any more led a class once."""
    user = world.people["ended"]
    assert user is not None
    teacher = ClassTeacher.objects.create(user=user, college=side.college)
    past = appointed(_another_class(side), teacher, "2023-09-01", "2023-09-15")
    world.add("appointment", "former", pk=past.pk, owner=user, college=side.college)


def _files(world: World) -> None:
    for word, college in ((A1, world.a), (A2, world.a), (B, world.b)):
        owner = world.named[f"document {word}"].teacher.user
        who = {"owner": owner, "college": college}
        world.add("file of a teacher", word, public_id=world.named[f"document {word}"].file.public_id, **who)
        evidence = world.named[f"dismissal {word}"].evidence.get()
        world.add("file of a dismissal", word, public_id=evidence.public_id, **who)
        attached = world.named[f"nomination {word}"].conditions.get(clause="C1.3").attachment
        world.add("file of a nomination", word, public_id=attached.public_id, college=college)
    nobody = store(SimpleUploadedFile("无主.pdf", PDF), owner=world.named["office_one"], purpose="nobody.knows")
    world.named["unowned file"] = nobody


def _months(world: World, sides: list[Side], office_one: User, office_two: User) -> None:
    years = {
        SchoolYear.objects.get(starts_on__lte=month.first_day, ends_on__gte=month.first_day).pk
        for month in (HANDED, DRAFT)
    }
    SchoolYear.objects.filter(pk__in=years).update(payable_confirmed_at=timezone.now())
    reviewed: dict[Month, list[MonthSheet]] = defaultdict(list)
    for month in (HANDED, BUNDLED, FREE, WAITING, DRAFT):
        for side in sides:
            settle_month(month, actor=side.admin, college=side.college)
            sheet = MonthSheet.objects.get(college=side.college, month=month.first_day)
            if month == DRAFT:
                continue
            reason = f"{side.word}{SECRET}核对"
            confirm_warnings(sheet, list(sheet.warnings.all()), actor=side.admin, reason=reason)
            sheet = workflow.submit(MonthSheet.objects.get(pk=sheet.pk), actor=side.admin)
            if month != WAITING:
                reviewed[month].append(workflow.review(sheet, actor=office_one, note=f"{side.word}{SECRET}审"))
    handed = bundles.create_bundle(reviewed[HANDED], actor=office_one)
    bundles.hand_over(handed, actor=office_one)
    opened = bundles.create_bundle(reviewed[BUNDLED], actor=office_one)
    world.named |= {"handed bundle": handed, "open bundle": opened}
    world.add("bundle", "handed", pk=handed.pk, handed=True)
    world.add("bundle", "open", pk=opened.pk)
    world.add("sheet in a bundle", "open", pk=opened.pk, sheet=reviewed[BUNDLED][0].pk)
    for side in sides:
        _sheets(world, side)
        _differences(world, side)


def _sheets(world: World, side: Side) -> None:
    college, word = side.college, side.word
    months = {"handed": HANDED, "free": FREE, "waiting": WAITING, "draft": DRAFT}
    for label, month in months.items():
        sheet = MonthSheet.objects.get(college=college, month=month.first_day)
        world.named[f"{label} sheet {word}"] = sheet
        if label in ("handed", "draft"):
            world.add("sheet", f"{word} {label}", pk=sheet.pk, college=college, handed=label == "handed")
    handed, draft = world.named[f"handed sheet {word}"], world.named[f"draft sheet {word}"]
    others = {A1: A2}.get(word)
    line = SheetLine.objects.get(sheet=handed, teacher=side.teacher)
    world.add("line", f"{word} handed", pk=line.pk, college=college, handed=True)
    world.add("my line", f"{word} handed", pk=line.pk, owner=side.teacher.user, college=college)
    unsent = SheetLine.objects.get(sheet=draft, teacher=side.teacher)
    world.add("line", f"{word} draft", pk=unsent.pk, college=college)
    world.add("my line", f"{word} draft", pk=unsent.pk, college=college)
    snapshot = HeadcountSnapshot.objects.get(sheet=draft, school_class=side.school_class)
    world.add("headcount", word, pk=snapshot.pk, owner=side.teacher.user, college=college)
    if others:
        second = next(one for one in world.named["sides"] if one.word == others)
        foreign = SheetLine.objects.get(sheet=handed, teacher=second.teacher)
        world.add("line", f"{others} handed", pk=foreign.pk, college=college, handed=True)
        world.add("my line", f"{others} handed", pk=foreign.pk, owner=second.teacher.user, college=college)
        snapshot = HeadcountSnapshot.objects.get(sheet=draft, school_class=second.school_class)
        world.add("headcount", others, pk=snapshot.pk, owner=second.teacher.user, college=college)
    answer = HeadcountConfirmation.objects.create(
        school_class=side.school_class, month=DRAFT.first_day, teacher=side.teacher, headcount=8, agreed=False,
        objection=f"{word}{SECRET}少一人",
    )  # fmt: skip
    world.add("objection", word, pk=answer.pk, owner=side.teacher.user, college=college)


def _differences(world: World, side: Side) -> None:
    """A student left before the handed-over month; a second difference was entered by hand."""
    with transaction.atomic():
        for entry in RosterEntry.objects.filter(school_class=side.school_class).order_by("-pk")[:1]:
            entry.ends_on = day("2023-09-30")
            entry.save(update_fields=["ends_on"])
        record(side.admin, "teachers.roster_change", side.school_class, college=side.college)
    adjustments.detect_differences(side.college)
    found = Adjustment.objects.filter(college=side.college).first()
    if found is None:
        found = adjustments.propose(
            actor=side.admin, college=side.college, teacher=side.teacher, origin_month=HANDED.first_day, kind="在读",
            amount_fen=-100, reason=f"{side.word}{SECRET}更正",
        )  # fmt: skip
    world.add("adjustment", side.word, pk=found.pk, owner=side.teacher.user, college=side.college)
    world.named[f"adjustment {side.word}"] = found


def _accounts(world: World, sides: list[Side]) -> None:
    for side in sides:
        user = side.teacher.user
        world.add("account", side.word, pk=user.pk, owner=user, college=side.college)
        grant = RoleGrant.objects.get(user=user)
        world.add("grant", side.word, pk=grant.pk, owner=user, college=side.college)
    issue_code(world.named["office_one"], sides[2].teacher.user)
    world.add("college", "A", pk=world.a.pk, college=world.a)
    world.add("college", "B", pk=world.b.pk, college=world.b)
    for side in sides:
        years = {"slug": "2023-2024", "pk": side.teacher.pk}
        world.add("year of a teacher", side.word, owner=side.teacher.user, college=side.college, **years)


def _regulation(world: World, office: User) -> None:
    active = RuleVersion.objects.active().get()
    draft = versions.create_draft(
        active, title="修订草稿", effective_from=dt.date(2027, 9, 1), note=f"{SECRET}草稿", actor=office
    )
    world.add("version in force", "active", pk=active.pk)
    world.add("draft version", "draft", pk=draft.pk)
    world.add("part of a draft", "draft", pk=draft.pk, part="allowance")
    world.add("reading", "A-04", code="A-04")
    world.add("school year", "2023-2024", name="2023-2024")
    world.add("allowance year", "2023-2024", slug="2023-2024")
    world.add("month", "2023-10", month="2023-10")
    holiday = CalendarDay.objects.create(day=dt.date(2027, 1, 1), kind="holiday", name="元旦")
    world.add("calendar day", "holiday", pk=holiday.pk)


def _imports(world: World, sides: list[Side], office: User) -> None:
    """A batch that waits and one that was refused, for each college, and the office's own of the whole school."""
    for side in (sides[0], sides[2]):
        code = side.school_class.code
        students = [[f"99{next(_numbers):06d}", f"{side.word}{PUPIL}新", "男", None, code, "2024-03-01", "在读"]]
        good = _uploaded(workbook({"学生": students}), side.word, side.admin)
        unknown = [[f"99{next(_numbers):06d}", f"{side.word}{PUPIL}", "男", None, "没有的班", "2024-03-01", "在读"]]
        bad = _uploaded(workbook({"学生": unknown}), side.word, side.admin)
        world.add("import batch", f"{side.word} waiting", pk=good.pk, college=side.college)
        world.add("refused batch", f"{side.word} refused", pk=bad.pk, college=side.college)
        world.named[f"batch {side.word}"] = good
    whole = _uploaded(workbook(base()), "全校", office)
    world.add("import batch", "whole school", pk=whole.pk)


def _uploaded(content: bytes, word: str, actor: User) -> ImportBatch:
    *_, batch = batches.upload_steps(content, f"{word}名册.xlsx", actor=actor)
    assert isinstance(batch, ImportBatch)
    return batch


def _log(world: World, a: College, b: College) -> None:
    for label, college in (("A", a), ("B", b)):
        entry = AuditEntry.objects.filter(college_id=college.pk).order_by("sequence").first()
        assert entry is not None
        world.add("log entry", label, sequence=entry.sequence, college=college)
    whole = AuditEntry.objects.filter(college_id=None).order_by("sequence").first()
    assert whole is not None
    world.add("log entry", "whole school", sequence=whole.sequence)
