"""Plans the sheets 二级学院, 班主任 and 班级."""

from __future__ import annotations

from typing import Any

from gaobo_banzhuren.accounts.names import pinyin_of
from gaobo_banzhuren.accounts.roles import Role

from ..models import StaffCategory
from ..services.imports.operations import CLASS, COLLEGE, GRANT, PROGRAMME, SAME, TEACHER, USER, Ref
from .checks import FOREIGN, Context, changed, check_names, note_new, note_updated, unique_rows, unknown
from .columns import APPOINTMENTS, CLASSES, COLLEGES, TEACHERS
from .reading import Row
from .snapshot import ClassFact, PersonFact

OTHER_ROLES = "的账号有您不能管理的角色或是您本人的，改动请由系统管理员办理"


def college_key(context: Context, code: str) -> int | Ref | None:
    """Key of a college that exists or is made by this workbook."""
    known = context.snapshot.colleges.get(code)
    return known.pk if known else context.made.get((COLLEGE, code))


def plan_colleges(context: Context) -> None:
    plan, snapshot = context.plan, context.snapshot
    check_names(context, COLLEGES, ("name",))
    names = {fact.name: fact.code for fact in snapshot.colleges.values()}
    in_file: dict[str, Row] = {}
    for row in unique_rows(context, COLLEGES, "code"):
        known = snapshot.colleges.get(row["code"])
        if not known:
            # A college with a bad name is still a college that other sheets may name.
            context.made[COLLEGE, row["code"]] = Ref(COLLEGE, row["code"])
        if not context.scope.allows(known.pk if known else None):
            context.report(COLLEGES, row, "code", FOREIGN)
            continue
        name = row["name"]
        if name and in_file.setdefault(name, row) is not row:
            context.report(COLLEGES, row, "name", f"与第 {in_file[name].number} 行重复")
        elif name and names.get(name, row["code"]) != row["code"]:
            context.report(COLLEGES, row, "name", f"已是学院「{names[name]}」的名称")
        if context.is_bad(COLLEGES, row):
            continue
        if known is None:
            plan.create(COLLEGE, row["code"], {"code": row["code"], "name": name})
            note_new(context, COLLEGES, row, row["code"], name)
        elif known.name == name:
            plan.count(COLLEGES, SAME)
        elif context.scope.colleges is not None:
            context.report(COLLEGES, row, "name", "与记录不同；学院名称由继续教育学院维护")
        else:
            plan.update(COLLEGE, known.pk, {"name": known.name}, {"name": name})
            note_updated(context, COLLEGES, row, row["code"], name, [("学院名称", known.name, name)])


def plan_teachers(context: Context) -> None:
    check_names(context, TEACHERS, ("name",))
    first_days: dict[str, Any] = {}
    for post in context.reading.rows(APPOINTMENTS):
        number, day = post["staff_no"], post["starts_on"]
        if number and day:
            first_days[number] = min(day, first_days.get(number, day))
    for row in unique_rows(context, TEACHERS, "staff_no"):
        known = context.snapshot.people.get(row["staff_no"])
        if known is None or known.teacher_id is None:
            context.made[TEACHER, row["staff_no"]] = Ref(TEACHER, row["staff_no"])
        college = _college_of(context, TEACHERS, row)
        if known is not None and not _may_take(context, known):
            context.report(TEACHERS, row, "staff_no", FOREIGN)
        elif known is not None and _needs_manager(context, row, known, college):
            context.report(TEACHERS, row, "staff_no", OTHER_ROLES)
        if context.is_bad(TEACHERS, row):
            continue
        if known is None or known.teacher_id is None:
            _make_teacher(context, row, known, college, first_days.get(row["staff_no"]))
        else:
            _change_teacher(context, row, known, college)


def _may_take(context: Context, known: PersonFact) -> bool:
    """A college keeps only the people of the own college; accounts without a college are the office's."""
    scope = context.scope
    if scope.colleges is None:
        return True
    return scope.allows(known.college_id if known.teacher_id else known.home_college_id)


def _needs_manager(context: Context, row: Row, known: PersonFact, college: Any) -> bool:
    """The row makes a class teacher of an account, renames or moves it, and the person may not manage that account."""
    changes = known.teacher_id is None or known.name != row["name"] or known.college_id != college
    return changes and not context.scope.manages(known.user_id, known.roles)


def _college_of(context: Context, sheet: str, row: Row) -> int | Ref | None:
    code = row["college"]
    if code is None:
        return None
    key = college_key(context, code)
    if context.scope.colleges is not None and not (isinstance(key, int) and context.scope.allows(key)):
        context.report(sheet, row, "college", FOREIGN)
    elif key is None and COLLEGES not in context.reading.unreadable:
        context.report(sheet, row, "college", unknown(context.snapshot.colleges, code))
    return key


def _make_teacher(context: Context, row: Row, known: PersonFact | None, college: Any, first_day: Any) -> None:
    plan, number, name = context.plan, row["staff_no"], row["name"]
    user: int | Ref
    if known is None:
        full, initials = pinyin_of(name)
        user = plan.create(
            USER, number,
            {"staff_no": number, "name": name, "name_pinyin": full, "name_initials": initials, "home_college_id": college},
        )  # fmt: skip
    else:
        user = known.user_id
        if known.name != name:
            _rename(context, known, name)
    plan.create(
        TEACHER, number,
        {
            "user_id": user, "college_id": college, "sex": row["sex"] or "", "phone": row["phone"] or "",
            "category": row["category"] or StaffCategory.INTERNAL.value,
        },
    )  # fmt: skip
    if known is None or Role.CLASS_TEACHER not in known.roles:
        starts_on = min(first_day or context.today, context.today)
        plan.create(GRANT, number, {"user_id": user, "role": Role.CLASS_TEACHER.value, "starts_on": starts_on})
    note_new(context, TEACHERS, row, number, name, "college", "category")


def _rename(context: Context, known: PersonFact, name: str) -> None:
    full, initials = pinyin_of(name)
    context.plan.update(
        USER, known.user_id, {"name": known.name}, {"name": name, "name_pinyin": full, "name_initials": initials}
    )


def _change_teacher(context: Context, row: Row, known: PersonFact, college: Any) -> None:
    plan = context.plan
    assert known.teacher_id is not None
    assert known.college_id is not None
    before, after, details = changed(
        (
            ("sex", "性别", known.sex, row["sex"]),
            ("phone", "手机", known.phone, row["phone"]),
            ("category", "人员类别", known.category, row["category"]),
        )
    )
    if college != known.college_id:
        before["college_id"], after["college_id"] = known.college_id, college
        details.append(("学院代码", context.snapshot.college_of(known.college_id).code, row["college"]))
        plan.update(USER, known.user_id, {"home_college_id": known.home_college_id}, {"home_college_id": college})
    if after:
        plan.update(TEACHER, known.teacher_id, before, after)
    if known.name != row["name"]:
        _rename(context, known, row["name"])
        details.insert(0, ("姓名", known.name, row["name"]))
    note_updated(context, TEACHERS, row, row["staff_no"], row["name"], details)


def plan_classes(context: Context) -> None:
    plan, snapshot = context.plan, context.snapshot
    check_names(context, CLASSES, ("name",))
    for row in unique_rows(context, CLASSES, "code"):
        known = snapshot.classes.get(row["code"])
        if known is None:
            context.made[CLASS, row["code"]] = Ref(CLASS, row["code"])
        college = _college_of(context, CLASSES, row)
        if known is not None and not context.scope.allows(known.college_id):
            context.report(CLASSES, row, "code", FOREIGN)
        _check_days(context, row, known)
        if context.is_bad(CLASSES, row):
            continue
        programme = _programme(context, row, known)
        if known is None:
            full, initials = pinyin_of(row["name"])
            values = {
                name: row[name] for name in ("code", "name", "entry_year", "opens_on", "teaching_ends_on", "closes_on")
            }
            values |= {"name_pinyin": full, "name_initials": initials, "college_id": college, "programme_id": programme}
            plan.create(CLASS, row["code"], values)
            note_new(context, CLASSES, row, row["code"], row["name"], "college", "project_type", "opens_on")
        else:
            _change_class(context, row, known, college, programme)


def _check_days(context: Context, row: Row, known: ClassFact | None) -> None:
    """Days of the sheet among each other and, where a cell is blank, against what is recorded and stays."""

    def day(name: str) -> Any:
        return row[name] if row[name] is not None or known is None or name in row.bad else getattr(known, name)

    opens, teaching, closes = day("opens_on"), day("teaching_ends_on"), day("closes_on")
    if opens and teaching and teaching < opens:
        context.report(CLASSES, row, "teaching_ends_on", f"早于开班日期 {opens}", teaching)
    if opens and closes and closes < opens:
        context.report(CLASSES, row, "closes_on", f"早于开班日期 {opens}", closes)
    elif teaching and closes and closes < teaching:
        context.report(CLASSES, row, "closes_on", f"早于教学结束日期 {teaching}", closes)


def _programme(context: Context, row: Row, known: ClassFact | None) -> int | Ref:
    sponsor = row["sponsor"] if row["sponsor"] is not None else known.sponsor if known else ""
    major = row["major"] if row["major"] is not None else known.major if known else ""
    key = (row["project_type"], sponsor, major)
    found = context.snapshot.programmes.get(key)
    if found is not None:
        return found
    if key not in context.plan.creates[PROGRAMME]:
        context.plan.create(PROGRAMME, key, {"project_type": key[0], "sponsor": sponsor, "major": major})
    return Ref(PROGRAMME, key)


def _change_class(context: Context, row: Row, known: ClassFact, college: Any, programme: Any) -> None:
    labels = {
        "name": "班级名称", "entry_year": "入学年份", "opens_on": "开班日期", "teaching_ends_on": "教学结束日期",
        "closes_on": "结班日期",
    }  # fmt: skip
    before, after, details = changed((name, label, getattr(known, name), row[name]) for name, label in labels.items())
    if "name" in after:
        after["name_pinyin"], after["name_initials"] = pinyin_of(row["name"])
    if college != known.college_id:
        before["college_id"], after["college_id"] = known.college_id, college
        details.append(("学院代码", context.snapshot.college_of(known.college_id).code, row["college"]))
    if programme != known.programme_id:
        before["programme_id"], after["programme_id"] = known.programme_id, programme
        for label, name in (("项目类型", "project_type"), ("主考院校", "sponsor"), ("专业", "major")):
            if row[name] is not None and row[name] != getattr(known, name):
                details.append((label, getattr(known, name), row[name]))
    if after:
        context.plan.update(CLASS, known.pk, before, after)
    note_updated(context, CLASSES, row, row["code"], row["name"], details)
