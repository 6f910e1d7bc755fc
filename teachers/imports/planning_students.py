"""Plans the sheet 学生: the student, the guardian and the spans of the roster."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gaobo_banzhuren.accounts.names import pinyin_of
from gaobo_banzhuren.web.templatetags.gaobo import mask_phone

from ..models import StudentState
from ..services.imports.operations import CLASS, ENTRY, GUARDIAN, NOW, STUDENT, WRITER, Ref
from .checks import FOREIGN, Context, changed, check_names, note_new, note_updated, unknown
from .columns import CLASSES, STUDENTS
from .reading import Row
from .snapshot import GuardianFact, StudentFact, folded
from .timeline import ENROLLED, Contradiction, Said, Spell, desired, difference

NOTED = 10
VOID_REASON = "名册导入更正"


def plan_students(context: Context) -> None:
    check_names(context, STUDENTS, ("name",))
    for rows in _by_student(context):
        for row in rows:
            _check_row(context, row)
        if any(context.is_bad(STUDENTS, row) for row in rows):
            continue
        known = context.snapshot.students.get(rows[0]["student_no"])
        if known is None:
            _make(context, rows)
        else:
            _change(context, rows, known)
    _note_early(context)


def _note_early(context: Context) -> None:
    """Joined before the class opened: no rule forbids it, and it is a slip more often than not."""
    opens = {code: fact.opens_on for code, fact in context.snapshot.classes.items()}
    opens |= {row["code"]: row["opens_on"] for row in context.reading.rows(CLASSES) if row["code"] and row["opens_on"]}
    early = [
        row.number
        for row in context.reading.rows(STUDENTS)
        if row["joined_on"] and row["class_code"] in opens and row["joined_on"] < opens[row["class_code"]]
    ]
    if early:
        listed = "、".join(map(str, early[:NOTED])) + ("等" if len(early) > NOTED else "")
        context.plan.notes.append(
            f"工作表「{STUDENTS}」有 {len(early)} 行的入班日期早于班级的开班日期（第 {listed} 行），请核对"
        )


def _by_student(context: Context) -> Iterator[list[Row]]:
    """Rows by 学号: one each, or several that tell of a move (转出 here, joined there) in order of time."""
    found: dict[str, list[Row]] = {}
    for row in context.reading.rows(STUDENTS):
        number = row["student_no"]
        if number is None:
            continue
        known = found.setdefault(folded(number), [row])
        first = known[0]
        if first is row:
            continue
        if first["student_no"] != number:
            context.report(
                STUDENTS, row, "student_no", f"与第 {first.number} 行「{first['student_no']}」只有大小写不同"
            )
        elif _is_move(known[-1], row):
            known.append(row)
        else:
            context.report(STUDENTS, row, "student_no", f"与第 {first.number} 行重复{_difference(first, row)}")
    yield from found.values()


def _is_move(earlier: Row, later: Row) -> bool:
    left = earlier["state_on"]
    return (
        earlier["state"] == StudentState.TRANSFERRED
        and left is not None
        and later["joined_on"] is not None
        and earlier["class_code"] != later["class_code"]
        and earlier["name"] == later["name"]
        and left <= later["joined_on"]
    )


def _difference(first: Row, row: Row) -> str:
    if first["name"] and row["name"] and first["name"] != row["name"]:
        return f"，姓名不同（「{first['name']}」「{row['name']}」）"
    if first["class_code"] and row["class_code"] and first["class_code"] != row["class_code"]:
        return f"，同一学生在两个班级（「{first['class_code']}」「{row['class_code']}」）"
    return ""


def _check_row(context: Context, row: Row) -> None:
    code, joined, state, state_on = row["class_code"], row["joined_on"], row["state"], row["state_on"]
    if code is not None:
        known = context.snapshot.classes.get(code)
        if context.scope.colleges is not None and not _may_use(context, code):
            context.report(STUDENTS, row, "class_code", FOREIGN)
        elif known is None and (CLASS, code) not in context.made and CLASSES not in context.reading.unreadable:
            context.report(STUDENTS, row, "class_code", unknown(context.class_codes(), code))
    if state and state != ENROLLED and state_on is None and "state_on" not in row.bad:
        context.report(STUDENTS, row, "state_on", f"不能为空（状态为「{state}」）")
    if joined and state_on and state_on < joined:
        context.report(STUDENTS, row, "state_on", f"早于入班日期 {joined}")


def _may_use(context: Context, code: str) -> bool:
    known = context.snapshot.classes.get(code)
    return context.scope.allows(known.college_id) if known else (CLASS, code) in context.made


def _make(context: Context, rows: list[Row]) -> None:
    plan, last = context.plan, rows[-1]
    number, name = last["student_no"], last["name"]
    full, initials = pinyin_of(name)
    student = plan.create(
        STUDENT, number,
        {
            "student_no": number, "name": name, "name_pinyin": full, "name_initials": initials, "sex": last["sex"] or "",
            "exam_no": last["exam_no"] or "", "phone": last["phone"] or "",
        },
    )  # fmt: skip
    spells: list[Spell] = []
    for row in rows:
        wanted = _wanted(context, spells, row)
        if wanted is None:
            return
        spells = wanted
    for spell in spells:
        _make_entry(context, student, number, spell)
    _plan_guardian(context, student, last, [])
    for row in rows:
        note_new(context, STUDENTS, row, number, name, "class_code", "state", "state_on")


def _wanted(context: Context, recorded: list[Spell], row: Row) -> list[Spell] | None:
    said = Said(row["class_code"], row["joined_on"], row["state"], row["state_on"])
    try:
        return desired(recorded, said)
    except Contradiction as problem:
        context.report(STUDENTS, row, problem.field, problem.reason)
        return None


def _make_entry(context: Context, student: int | Ref, number: str, spell: Spell) -> None:
    known = context.snapshot.classes.get(spell.class_code)
    context.plan.create(
        ENTRY, (number, spell.first),
        {
            "student_id": student, "school_class_id": known.pk if known else Ref(CLASS, spell.class_code),
            "state": spell.state, "starts_on": spell.first, "ends_on": spell.last, "recorded_by_id": WRITER,
        },
    )  # fmt: skip


def _change(context: Context, rows: list[Row], known: StudentFact) -> None:
    recorded = context.snapshot.spells[known.pk]
    last = rows[-1]
    if recorded and context.scope.colleges is not None and not _may_use(context, recorded[-1].class_code):
        context.report(STUDENTS, last, "student_no", FOREIGN)
        return
    wanted: list[Spell] | None = recorded
    for row in rows if len(rows) == 1 else _not_yet_told(rows, recorded):
        wanted = _wanted(context, wanted or [], row)
        if wanted is None:
            return
    before, after, details = changed(
        (
            ("name", "姓名", known.name, last["name"]),
            ("sex", "性别", known.sex, last["sex"]),
            ("exam_no", "准考证号", known.exam_no, last["exam_no"]),
            ("phone", "手机", known.phone, last["phone"]),
        )
    )
    if "name" in after:
        after["name_pinyin"], after["name_initials"] = pinyin_of(last["name"])
    if after:
        context.plan.update(STUDENT, known.pk, before, after)
    details += _plan_spells(context, known, recorded, wanted or [])
    details += _plan_guardian(context, known.pk, last, context.snapshot.guardians[known.pk])
    for row in rows:
        note_updated(context, STUDENTS, row, known.student_no, last["name"], details)


def _not_yet_told(rows: list[Row], recorded: list[Spell]) -> list[Row]:
    """Of the rows of a move those from the class on in which the student is recorded last."""
    places = [(row["class_code"], row["joined_on"]) for row in rows]
    starts = {(spell.class_code, spell.first) for spell in recorded}
    told = [index for index, place in enumerate(places) if place in starts]
    return rows[told[-1] :] if told else rows


def _plan_spells(
    context: Context, known: StudentFact, recorded: list[Spell], wanted: list[Spell]
) -> list[tuple[str, str, str]]:
    difference_ = difference(recorded, wanted)
    if not difference_:
        return []
    plan = context.plan
    for spell, last in difference_.close:
        assert spell.pk is not None
        plan.update(ENTRY, spell.pk, {"ends_on": None, "voided_at": None}, {"ends_on": last})
    for spell in difference_.void:
        assert spell.pk is not None
        plan.update(
            ENTRY, spell.pk,
            {"ends_on": spell.last, "voided_at": None},
            {"voided_at": NOW, "voided_by_id": WRITER, "void_reason": VOID_REASON},
        )  # fmt: skip
    for spell in difference_.make:
        _make_entry(context, known.pk, known.student_no, spell)
    closed = {spell.pk: last for spell, last in difference_.close}
    old = [spell for spell in recorded if spell in difference_.void or spell.pk in closed]
    new = sorted(
        [*difference_.make, *(spell._replace(last=last) for spell, last in difference_.close)],
        key=lambda spell: spell.first,
    )
    return [("在册记录", "；".join(map(_in_words, old)), "；".join(map(_in_words, new)))]


def _in_words(spell: Spell) -> str:
    return f"{spell.class_code} {spell.state} {spell.first}～{spell.last or ''}"


def _plan_guardian(
    context: Context, student: int | Ref, row: Row, known: list[GuardianFact]
) -> list[tuple[str, str, str]]:
    name, relation, phone = row["guardian_name"], row["guardian_relation"], row["guardian_phone"]
    if name is None and relation is None and phone is None:
        return []
    found = next((guardian for guardian in known if guardian.name == (name or "")), None)
    if found is None and name is None and len(known) == 1:
        found = known[0]
    if found is None:
        values: dict[str, Any] = {
            "student_id": student,
            "name": name or "",
            "relation": relation or "",
            "phone": phone or "",
        }
        context.plan.create(GUARDIAN, row["student_no"], values)
        return [("家长", "", " ".join(part for part in (name, relation, phone and mask_phone(phone)) if part))]
    before, after, details = changed(
        (("relation", "家长关系", found.relation, relation), ("phone", "家长电话", found.phone, phone))
    )
    if after:
        context.plan.update(GUARDIAN, found.pk, before, after)
    return details
