"""毕业生鉴定: the opinion about each graduate and where the papers stand (article 6 (3))."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.audit.services import record as audit
from gaobo_banzhuren.audit.services import sensitive
from gaobo_banzhuren.web.errors import StaleError, UserError
from teachers.models import SchoolClass, Student

from ..graduates import STEPS, graduates_of
from ..models import Appraisal
from ..opinions import digest_of, warning_about
from ..policies import graduation as policies

LONGEST = 2000


@dataclass(frozen=True, slots=True)
class AppraisalFields:
    """Everything that is entered about one graduate's appraisal."""

    opinion: str = ""
    self_summary_received: bool = False
    stamped: bool = False
    qualification: str = Appraisal.Qualification.OPEN
    photo_ok: bool = False
    identity_ok: bool = False
    applied: bool = False
    round: str = ""


@transaction.atomic
def save(
    actor: User, school_class: SchoolClass, student: Student, fields: AppraisalFields, *, version: int
) -> tuple[Appraisal, str]:
    """Write the appraisal; `version` 0 for the first time. Returns it with a warning about a thin opinion, or "".

    Raises UserError when the same words already stand for another student, StaleError for an old version.
    """
    policies.can_keep(actor, school_class).require()
    graduates = _graduate(school_class, student)
    _check(fields)
    digest = digest_of(fields.opinion, (one.name for one in graduates))
    _not_reused(school_class, student, fields.opinion.strip(), digest)
    values = asdict(fields) | {"opinion": fields.opinion.strip(), "opinion_digest": digest, "updated_by": actor}
    before = _facts(Appraisal.objects.filter(student=student).first())
    try:
        with transaction.atomic():
            saved = _write(school_class, student, values, version)
    except IntegrityError as problem:
        raise StaleError("刚有人保存了这名学生的鉴定，或同样的意见，没有保存。请刷新后核对。") from problem
    audit(actor, "duties.appraisal_save", saved, before=before, after=_facts(saved), college=school_class.college_id)
    return saved, warning_about(saved.opinion)


def _write(school_class: SchoolClass, student: Student, values: dict[str, Any], version: int) -> Appraisal:
    if not version:
        return Appraisal.objects.create(student=student, school_class=school_class, **values)
    rows = Appraisal.objects.filter(student=student, version=version)
    if not rows.update(version=F("version") + 1, updated_at=timezone.now(), school_class=school_class, **values):
        raise StaleError(f"{student.name}的鉴定刚被他人修改，没有保存。请核对后再改。")
    return Appraisal.objects.get(student=student)


def _graduate(school_class: SchoolClass, student: Student) -> list[Student]:
    found = graduates_of([school_class.pk]).get(school_class.pk, [])
    if student not in found:
        raise UserError(f"{student.name}不是{school_class}的毕业生。")
    return found


def _check(fields: AppraisalFields) -> None:
    if len(fields.opinion) > LONGEST:
        raise UserError(f"意见最多 {LONGEST} 个字，现有 {len(fields.opinion)} 个。")
    if fields.qualification not in Appraisal.Qualification.values:
        raise UserError("请选择资审结果。")
    if fields.stamped and not fields.opinion.strip():
        raise UserError("还没有意见，鉴定表不能登记为已盖章。")


def _not_reused(school_class: SchoolClass, student: Student, opinion: str, digest: str) -> None:
    if not digest:
        return
    same = Q(opinion_digest=digest) | Q(opinion=opinion)
    other = Appraisal.objects.filter(same).exclude(student=student).select_related("student").first()
    if other is None:
        return
    whose = other.student.name if other.school_class_id == school_class.pk else "另一个班的学生"
    raise UserError(f"这段意见与{whose}的相同（换名字不算改动）。请按{student.name}自己的表现修改。")


@transaction.atomic
def mark(actor: User, school_class: SchoolClass, step: str, students: Collection[int], *, done: bool = True) -> int:
    """Set one step for several graduates at once; returns how many changed. `step` also takes 资审通过."""
    policies.can_keep(actor, school_class).require()
    if step not in (*STEPS, "qualification"):
        raise UserError("请选择要登记的步骤。")
    known = {student.pk: student for student in graduates_of([school_class.pk]).get(school_class.pk, [])}
    if not students or set(students) - set(known):
        raise UserError("请选择本班的毕业生。")
    value: Any = done
    if step == "qualification":
        value = Appraisal.Qualification.PASSED if done else Appraisal.Qualification.OPEN
    there = set(Appraisal.objects.filter(student__in=students).values_list("student_id", flat=True))
    Appraisal.objects.bulk_create(
        Appraisal(student=known[key], school_class=school_class) for key in students if key not in there
    )
    rows = Appraisal.objects.filter(student__in=students).exclude(**{step: value})
    if step == "stamped" and done:
        _all_written(rows.filter(opinion="").select_related("student"))
    count = rows.update(version=F("version") + 1, updated_by=actor, updated_at=timezone.now(), **{step: value})
    after = {"step": step, "done": done, "rows": count}
    audit(actor, "duties.appraisal_mark", school_class, after=after, college=school_class.college_id)
    return count


def _all_written(empty: Any) -> None:
    names = [one.student.name for one in empty[:3]]
    if names:
        raise UserError(f"{'、'.join(names)}等还没有意见，鉴定表不能登记为已盖章。")


def _facts(one: Appraisal | None) -> dict[str, Any] | None:
    if one is None:
        return None
    names = (*STEPS, "qualification", "round")
    return {name: getattr(one, name) for name in names} | {"opinion": sensitive(one.opinion)}
